"""A tenant that breaks a rule of every area: one preview tells them all, each with the rule, the place and the fix.

Row I9. Nothing of it is made, by the preview or by an update that skips it.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from policies.rules import BY_ID, RULES
from tests.builders import a_tenant_document
from tests.e2e.stacks import kubectl
from tests.sandbox.engine.workspace import Ran, Workspace, engine_environment

pytestmark = pytest.mark.e2e

PACK = Path(__file__).parents[2] / "policies"
HOME = "badly-prod"

PROGRAM = """\
import json
import pathlib
import pulumi
import pulumi_kubernetes as k8s

cluster = k8s.Provider("cluster", enable_server_side_apply=True)
for found in json.loads(pathlib.Path("objects.json").read_text()):
    api = found["apiVersion"] if "/" in found["apiVersion"] else "core/" + found["apiVersion"]
    token = f"kubernetes:{api}:{found['kind']}"
    opts = pulumi.ResourceOptions(provider=cluster)
    pulumi.CustomResource(token, found["kind"].lower(), found, opts)
"""


def an_object(version: str, kind: str, **rest: Any) -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "bad", "namespace": HOME}, **rest}


CONTAINER = {
    "name": "main",
    "image": "docker.io/library/nginx",
    "env": [{"name": "DB_PASSWORD", "value": "hunter2-in-clear"}],
}
RBAC = "rbac.authorization.k8s.io"

OBJECTS = {
    "Q3": an_object("v1", "ResourceQuota", spec={"hard": {"pods": "100000"}}),
    "I1": an_object(
        "apps/v1",
        "Deployment",
        spec={
            "selector": {"matchLabels": {"app": "bad"}},
            "template": {"metadata": {"labels": {"app": "bad"}}, "spec": {"containers": [CONTAINER]}},
        },
    ),
    "N3": an_object("v1", "Service", spec={"type": "NodePort", "selector": {"app": "bad"}, "ports": [{"port": 80}]}),
    "R1": an_object(
        f"{RBAC}/v1",
        "RoleBinding",
        roleRef={"apiGroup": RBAC, "kind": "ClusterRole", "name": "cluster-admin"},
        subjects=[{"apiGroup": RBAC, "kind": "Group", "name": "oidc:anybody"}],
    ),
    "G1": an_object(
        "networking.k8s.io/v1",
        "Ingress",
        spec={
            "rules": [
                {
                    "host": "bank.example",
                    "http": {
                        "paths": [
                            {
                                "path": "/",
                                "pathType": "Prefix",
                                "backend": {"service": {"name": "bad", "port": {"number": 80}}},
                            }
                        ]
                    },
                }
            ]
        },
    ),
    "B2": an_object(
        "apps/v1",
        "StatefulSet",
        spec={
            "serviceName": "bad",
            "selector": {"matchLabels": {"app": "bad"}},
            "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Delete"},
            "template": {"metadata": {"labels": {"app": "bad"}}, "spec": {"containers": [CONTAINER]}},
        },
    ),
    "O1": {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "bad", "namespace": "kube-system"}},
}
"""By the rule that each is made for; together they break one of every area."""

OBJECTS["G1"]["metadata"]["annotations"] = {"cert-manager.io/issuer": "my-own", "cert-manager.io/duration": "87600h"}
AREAS = {rule.area for rule in RULES}


@pytest.fixture(scope="module")
def badly(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("badly")
    environment = engine_environment(folder / "sandbox")
    (folder / "state").mkdir()
    made = Workspace(folder / "project", environment | {"PULUMI_BACKEND_URL": f"file://{folder / 'state'}"})
    made.program(PROGRAM)
    (made.folder / "objects.json").write_text(json.dumps(list(OBJECTS.values())))
    made.run("stack", "init", HOME)
    made.run("config", "set", "paas:tenant", json.dumps(a_tenant_document(name="badly")))
    return made


@pytest.fixture(scope="module")
def preview(badly: Workspace) -> Ran:
    return badly.attempt("preview", "--policy-pack", str(PACK))


def test_one_preview_tells_a_refusal_of_every_area(preview: Ran) -> None:
    assert preview.code != 0
    refused = {rule.id for rule in RULES if f"[mandatory] [severity: {rule.severity}]  {rule.id}  (" in preview.output}
    assert AREAS - {BY_ID[id].area for id in refused} == set(), preview.output
    assert refused >= OBJECTS.keys()


def test_each_refusal_says_the_rule_the_place_and_the_fix(preview: Ran) -> None:
    for id, place in {
        "Q3": "spec.hard.pods is above",
        "I1": "spec.template.spec.containers[0].image: images from docker.io are not allowed",
        "N3": "spec.type is NodePort",
        "R1": "roleRef.name is cluster-admin",
    }.items():
        assert BY_ID[id].title in preview.output
        assert place in preview.output
        assert f"fix: {BY_ID[id].fix}" in preview.output


def test_what_should_have_been_secret_is_not_told(preview: Ran) -> None:
    policies = preview.output.partition("Policies:")[2]
    assert "S1" in policies
    assert "hunter2" not in policies


def test_nothing_of_it_is_made_by_an_update_that_skips_the_preview(badly: Workspace) -> None:
    ran = badly.attempt("up", "--yes", "--skip-preview", "--policy-pack", str(PACK))
    assert ran.code != 0
    assert not [each for each in badly.types() if each.startswith("kubernetes:")]
    assert HOME not in kubectl("get", "namespaces", "-o", "name")
