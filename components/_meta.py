"""Metadata of every object that components make: name, labels, annotations, by one explicit function."""

from collections.abc import Mapping

from pulumi import Input

from components._kubernetes import ObjectMetaArgsDict
from spec import PlatformSpec, TenantSpec
from spec.labels import annotations, labels


def meta(
    spec: TenantSpec | PlatformSpec,
    name: str,
    *,
    namespace: Input[str] | None = None,
    app: str | None = None,
    extra_labels: Mapping[str, Input[str]] | None = None,
    extra_annotations: Mapping[str, str] | None = None,
) -> ObjectMetaArgsDict:
    """Return the metadata of an object of `spec`.

    Args:
        name: its physical name; never left to the engine, so that people find what they wrote.
        namespace: None for what belongs to the whole cluster.
        app: the app that it is part of.
        extra_labels: those that only this kind has, such as Pod Security's.
        extra_annotations: likewise.
    """
    found: ObjectMetaArgsDict = {
        "name": name,
        "labels": {**labels(spec, app), **(extra_labels or {})},
        "annotations": {**annotations(spec), **(extra_annotations or {})},
    }
    if namespace is not None:
        found["namespace"] = namespace
    return found
