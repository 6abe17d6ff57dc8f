"""The operator's kind Stack: its published definition where a file of it is given, else what of it is used here.

The published one (deploy/crds of pulumi/pulumi-kubernetes-operator) has more than a million characters, most of them a
pod's, and comes by no package registry. So the fields that we write are said again, with the published types; all
others are unknown, and the API server refuses them. `PAAS_OPERATOR_CRD` names a file with the whole of it.
"""

import os
from pathlib import Path
from typing import Any

import yaml

NAME = "stacks.pulumi.com"
GIVEN = "PAAS_OPERATOR_CRD"
TEXT = {"type": "string"}
YES_OR_NO = {"type": "boolean"}
NUMBER = {"type": "integer", "format": "int64"}


def an_object(*required: str, **fields: Any) -> dict[str, Any]:
    return {"type": "object", "properties": fields} | ({"required": list(required)} if required else {})


REFERENCE = an_object(
    "type",
    type=TEXT,
    env=an_object("name", name=TEXT),
    filesystem=an_object("path", path=TEXT),
    literal=an_object("value", value=TEXT),
    secret=an_object("key", "name", key=TEXT, name=TEXT, namespace=TEXT),
)

SPEC = an_object(
    "stack",
    stack=TEXT,
    projectRepo=TEXT,
    branch=TEXT,
    commit=TEXT,
    repoDir=TEXT,
    backend=TEXT,
    secretsProvider=TEXT,
    serviceAccountName=TEXT,
    envRefs={"type": "object", "additionalProperties": REFERENCE},
    prerequisites={
        "type": "array",
        "items": an_object("name", name=TEXT, requirement=an_object(succeededWithinDuration=TEXT)),
    },
    destroyOnFinalize=YES_OR_NO,
    resyncFrequencySeconds=NUMBER,
    retryMaxBackoffDurationSeconds=NUMBER,
    workspaceTemplate=an_object(spec=an_object(image=TEXT, securityProfile=TEXT)),
)


def definition() -> dict[str, Any]:
    """Return the CustomResourceDefinition."""
    if path := os.environ.get(GIVEN):
        every = yaml.safe_load_all(Path(path).read_text())
        return dict(next(each for each in every if each and each["metadata"]["name"] == NAME))
    schema = an_object(apiVersion=TEXT, kind=TEXT, metadata={"type": "object"}, spec=SPEC)
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": NAME},
        "spec": {
            "group": "pulumi.com",
            "names": {"kind": "Stack", "listKind": "StackList", "plural": "stacks", "singular": "stack"},
            "scope": "Namespaced",
            "versions": [version],
        },
    }
