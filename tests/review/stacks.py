"""Stacks of a few steps, without an engine: what is made, changed, deleted and kept."""

import json
from typing import Any

from review.build import stack
from review.dangers import dangers
from review.events import Log, read
from review.model import StackReview
from tests.review.logs import END, lines, step, summary

Z = "zeta-dev"


def an_object(
    kind: str, *, of: str = "v1", name: str = "it", namespace: str | None = Z, **fields: Any
) -> dict[str, Any]:
    """An object as a manifest says it."""
    metadata: dict[str, Any] = {"name": name} | ({"namespace": namespace} if namespace else {})
    metadata |= fields.pop("metadata", {})
    return {"apiVersion": of, "kind": kind, "metadata": metadata, **fields}


def a_deployment(*, name: str = "web", pod: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    """A Deployment whose container is as `container` says."""
    container = {"name": "c", "image": "r.example/web:1.2@sha256:00"} | spec.pop("container", {})
    template = {"spec": {"containers": [container], **(pod or {})}}
    return an_object("Deployment", of="apps/v1", name=name, spec={"replicas": 1, "template": template, **spec})


def log_of(*steps: dict[str, Any], config: dict[str, Any] | None = None) -> Log:
    """What the engine says of some steps."""
    prelude = {"preludeEvent": {"config": {key: json.dumps(value) for key, value in (config or {}).items()}}}
    return read(lines(prelude, *steps, summary(), END))


def stack_of(*steps: dict[str, Any], config: dict[str, Any] | None = None, name: str = Z) -> StackReview:
    """A stack in which that happens."""
    found = stack(name, log_of(*steps, config=config))
    assert found.failures == ()
    return found


def made(value: dict[str, Any]) -> dict[str, Any]:
    return step("create", value)


def changed(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    return step("update", new, old=old)


def replaced(old: dict[str, Any], new: dict[str, Any], *keys: str) -> dict[str, Any]:
    found = step("replace", new, old=old)
    found["resourcePreEvent"]["metadata"]["keys"] = list(keys)
    return found


def deleted(value: dict[str, Any], **state: Any) -> dict[str, Any]:
    found = step("delete", value, old=value)
    found["resourcePreEvent"]["metadata"]["old"] |= state
    return found


def kept(value: dict[str, Any]) -> dict[str, Any]:
    return step("same", value, old=value)


def grave(*steps: dict[str, Any]) -> list[str]:
    """What is grave, without the object."""
    return [each.message.partition(": ")[2] for each in dangers(stack_of(*steps)) if each.grave]


def held(**context: Any) -> dict[str, Any]:
    """A container that may do nothing."""
    return {
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "runAsNonRoot": True,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
            "seccompProfile": {"type": "RuntimeDefault"},
            **context,
        }
    }
