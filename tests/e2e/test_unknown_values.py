"""A value that a preview cannot know: told as undecided, and refused at `up` by whoever still judges (rows E2, I9).

The program takes an image's name from a ConfigMap that it makes, once the API server has it: a preview has none.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from policies.rules import BY_ID
from spec import names
from spec.labels import labels
from tests.builders import a_tenant
from tests.e2e.scratch import IMAGE, Scratch, scratch, served
from tests.sandbox.engine.workspace import Ran, Workspace, engine_environment

pytestmark = pytest.mark.e2e

PACK = Path(__file__).parents[2] / "policies"
FOREIGN = "docker.io/library/busybox:1.36"
TENANT = {"name": "unknown", "environment": "dev", "tier": "free", "apps": {"web": served()}}

PROGRAM = """\
import json
import pathlib
import pulumi
import pulumi_kubernetes as k8s

given = json.loads(pathlib.Path("given.json").read_text())
cluster = k8s.Provider("cluster", enable_server_side_apply=True)
opts = pulumi.ResourceOptions(provider=cluster)
meta = {"namespace": given["namespace"], "labels": given["labels"]}
told = k8s.core.v1.ConfigMap("told", metadata=meta | {"name": "told"}, data={"image": given["image"]}, opts=opts)
pod = {
    "restartPolicy": "Never",
    "automountServiceAccountToken": False,
    "securityContext": {"runAsNonRoot": True, "runAsUser": 65532, "seccompProfile": {"type": "RuntimeDefault"}},
    "containers": [
        {
            "name": "main",
            "image": pulumi.Output.all(told.id, told.data).apply(lambda both: both[1]["image"]),
            "args": ["pause"],
            "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
            "resources": {"limits": given["limits"], "requests": given["limits"]},
        }
    ],
}
job = {"suspend": True, "template": {"metadata": {"labels": given["labels"]}, "spec": pod}}
meta |= {"name": "late", "annotations": {"pulumi.com/skipAwait": "true"}}
k8s.batch.v1.Job("late", metadata=meta, spec=job, opts=opts)
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    with scratch(tmp_path_factory.mktemp("home"), **TENANT) as found:
        found.stack.up()
        yield found


@pytest.fixture
def late(home: Scratch, tmp_path: Path) -> Iterator[Workspace]:
    """A program beside the tenant's own, in the tenant's name and namespace."""
    environment = engine_environment(tmp_path / "sandbox")
    (tmp_path / "state").mkdir()
    made = Workspace(tmp_path / "project", environment | {"PULUMI_BACKEND_URL": f"file://{tmp_path / 'state'}"})
    made.program(PROGRAM)
    made.run("stack", "init", home.namespace)
    made.run("config", "set", "paas:tenant", json.dumps(home.document()))
    yield made
    made.run("destroy", "--yes", "--skip-preview")


def give(late: Workspace, image: str) -> None:
    tenant = a_tenant(**TENANT)
    given = {
        "namespace": names.namespace(tenant.name, tenant.environment),
        "labels": labels(tenant),
        "image": image,
        "limits": {"cpu": "25m", "memory": "32Mi", "ephemeral-storage": "64Mi"},
    }
    (late.folder / "given.json").write_text(json.dumps(given))


def preview(late: Workspace) -> Ran:
    return late.attempt("preview", "--policy-pack", str(PACK))


def up(late: Workspace, *pack: str) -> Ran:
    return late.attempt("up", "--yes", "--skip-preview", *pack)


def test_the_preview_tells_what_it_cannot_decide(late: Workspace) -> None:
    give(late, FOREIGN)
    ran = preview(late)
    assert ran.code == 0, ran.output
    assert "not decided at preview: spec.template.spec.containers[0].image is not known yet" in ran.output
    assert "at `up` it is decided by the API server's admission policy" in ran.output


def test_without_the_pack_the_api_server_refuses_it(late: Workspace) -> None:
    give(late, FOREIGN)
    ran = up(late)
    assert ran.code != 0
    assert f"denied request: I1: {BY_ID['I1'].title}" in " ".join(ran.output.split())
    assert "kubernetes:batch/v1:Job" not in late.types()


def test_with_the_pack_it_is_refused_before(late: Workspace) -> None:
    give(late, FOREIGN)
    ran = up(late, "--policy-pack", str(PACK))
    assert ran.code != 0
    assert "images from docker.io are not allowed" in ran.output
    assert "kubernetes:batch/v1:Job" not in late.types()


def test_what_keeps_the_rule_is_made(late: Workspace) -> None:
    give(late, IMAGE)
    assert "not decided at preview" in preview(late).output
    ran = up(late, "--policy-pack", str(PACK))
    assert ran.code == 0, ran.output
    assert "kubernetes:batch/v1:Job" in late.types()
