"""A tenant's life by `paas`: made, previewed, brought up, shown, destroyed, with nothing left."""

import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import a_tenant
from tests.e2e.commands import Paas, a_paas, only, wait_for_line
from tests.e2e.leftovers import labelled
from tests.e2e.stacks import ROOT, Stack, kubectl

pytestmark = pytest.mark.e2e

STUCK = """\
    apps:
      web:
        image: registry.example.invalid/shop/web:1.0.0
        port: 8080
        health:
          ready: /ready
          live: /healthz
"""

REFUSED = """\
    jobs:
      nightly:
        image: registry.example.invalid/shop/report:1.0.0
        schedule: 0 3 29 2 *
"""


@pytest.fixture(scope="module")
def paas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Paas]:
    with a_paas(tmp_path_factory.mktemp("paas")) as made:
        yield made


@pytest.fixture(scope="module")
def lively(paas: Paas) -> str:
    """A stack that is up."""
    made = paas.new("lively")
    assert made.code == 0, made.err
    up = paas("up", "lively-dev", "--yes")
    assert up.code == 0, up.err
    return "lively-dev"


def test_a_new_tenant_is_checked_made_and_brought_up(paas: Paas) -> None:
    made = paas.new("fresh")
    assert (made.code, made.out) == (0, "fresh-dev\n")
    assert paas.file("fresh-dev").read_text().startswith("# yaml-language-server: $schema=schema.json\n")
    assert paas("validate").code == 0
    preview = paas("preview", "fresh-dev", "-o", "json")
    assert preview.code == 2
    assert only(preview.json())["counts"]["create"] > 5
    up = paas("up", "fresh-dev", "--yes", "-o", "json")
    run = only(up.json())
    assert (up.code, run["result"]) == (0, "changed")
    assert {"op": "create", "type": "kubernetes:core/v1:Namespace", "name": "namespace", "keys": []} in run["changes"]
    assert "fresh-dev: create kubernetes:core/v1:Namespace namespace" in up.err
    assert kubectl("get", "namespace", "fresh-dev", "-o", "name") == "namespace/fresh-dev\n"
    assert paas("preview", "fresh-dev").code == 0
    shown = paas("show", "fresh-dev", "-o", "json").json()
    assert (shown["stack"]["tenant"], shown["stack"]["last"]["result"]) == ("fresh", "succeeded")
    assert shown["kinds"]["kubernetes:core/v1:Namespace"] == 1
    gone = paas("destroy", "fresh-dev", "--yes", "--remove", "-o", "json")
    assert (gone.code, only(gone.json())["leftovers"], only(gone.json())["unasked"]) == (0, [], [])
    assert "fresh-dev: 0 leftovers in the cluster" in gone.err
    assert labelled(a_tenant(name="fresh", environment="dev", apps=None)) == set()
    assert not paas.file("fresh-dev").exists()
    assert "fresh-dev" not in paas("list").out


def test_a_change_is_told_property_by_property(paas: Paas, lively: str) -> None:
    paas.rewrite(lively, "oncall@acme.example", "night@acme.example")
    preview = paas("preview", lively, "-o", "json")
    paas.rewrite(lively, "night@acme.example", "oncall@acme.example")
    assert preview.code == 2, preview.err
    key = 'metadata.annotations["paas.internal/escalation"]'
    assert key in {key for change in only(preview.json())["changes"] for key in change["keys"]}


def test_a_list_has_file_and_state_side_by_side(paas: Paas, lively: str) -> None:
    stacks = {each["stack"]: each for each in paas("list", "-o", "json").json()["stacks"]}
    assert (stacks[lively]["known"], stacks[lively]["team"], stacks[lively]["valid"]) == (True, "storefront", True)
    assert stacks[lively]["since"] is not None
    assert stacks["platform"]["file"] is None
    assert stacks["platform"]["resources"] > 0


def test_a_doctor_finds_everything_here(paas: Paas) -> None:
    ended = paas("doctor", "-o", "json", PULUMI_OPTION_POLICY_PACK=str(ROOT / "policies"))
    assert [each for each in ended.json()["checks"] if not each["ok"]] == []
    assert ended.code == 0


def test_a_stack_that_is_there_is_not_made_again(paas: Paas, lively: str) -> None:
    text = paas.file(lively).read_text()
    again = paas.new("lively")
    assert (again.code, paas.file(lively).read_text()) == (7, text)
    assert f"stacks/Pulumi.{lively}.yaml exists" in again.err
    paas.file(lively).unlink()
    lost = paas.new("lively")
    assert lost.code == 7
    assert f"the backend has a stack {lively} already, without a file here" in lost.err
    assert not paas.file(lively).exists()
    paas.file(lively).write_text(text)


def test_a_stack_that_cannot_be_made_leaves_no_file(paas: Paas) -> None:
    refused = paas.new("halfway", "--secrets-provider", "nothing://at-all")
    assert refused.code == 1
    assert not paas.file("halfway-dev").exists()
    assert paas.new("halfway").code == 0


@pytest.mark.parametrize(
    ("old", "new", "code", "told"),
    [
        pytest.param("tier: small", "tier: smal", 7, ":7:11: paas:tenant.tier: given", id="file"),
        pytest.param("tier: small", "tier: small\n    residency: mars", 4, "paas:tenant.residency", id="program"),
        pytest.param("costCentre: cc-1001\n", "costCentre: cc-1001\n" + REFUSED, 3, "I1", id="policy"),
    ],
)
def test_each_reason_of_a_refusal_has_its_code(
    paas: Paas, lively: str, tmp_path: Path, *, old: str, new: str, code: int, told: str
) -> None:
    strict = tmp_path / "pack.json"
    strict.write_text(json.dumps({"I1": {"registries": ["registry.example.com"]}}))
    pack = {"PULUMI_OPTION_POLICY_PACK": str(ROOT / "policies"), "PULUMI_OPTION_POLICY_PACK_CONFIG": str(strict)}
    text = paas.file(lively).read_text()
    paas.rewrite(lively, old, new)
    try:
        for verb in (("preview",), ("up", "--yes")):
            ended = paas(*verb, lively, **pack)
            assert ended.code == code, ended.err
            assert told in ended.out + ended.err
            assert "Traceback" not in ended.err
    finally:
        paas.file(lively).write_text(text)


def test_a_cluster_that_does_not_answer_has_its_code(paas: Paas, lively: str, tmp_path: Path) -> None:
    dead = tmp_path / "kubeconfig"
    server = kubectl("config", "view", "--minify", "-o", "jsonpath={.clusters[0].cluster.server}")
    dead.write_text(kubectl("config", "view", "--raw", "--minify").replace(server, "https://127.0.0.1:1"))
    ended = paas("preview", lively, KUBECONFIG=str(dead))
    assert ended.code == 5
    assert "the cluster does not answer" in ended.err


def test_an_interruption_ends_in_good_order_and_others_are_told_of_a_lock(paas: Paas) -> None:
    assert paas.new("stuck").code == 0
    with paas.file("stuck-dev").open("a") as file:
        file.write("")
    paas.rewrite("stuck-dev", "costCentre: cc-1001\n", "costCentre: cc-1001\n" + STUCK)
    with paas.start("up", "stuck-dev", "--yes", PULUMI_OPTION_POLICY_PACK="") as process:
        wait_for_line(process.stderr, "create kubernetes:core/v1:Namespace namespace")
        locked = paas("refresh", "stuck-dev")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=90)
    assert locked.code == 9, locked.err
    assert process.returncode == 8, err
    assert "cancelling" in err
    assert "cancelled" in out
    assert paas("refresh", "stuck-dev").code == 0
    assert paas("destroy", "stuck-dev", "--yes").code == 0


def test_what_a_stack_leaves_in_the_cluster_is_told(paas: Paas) -> None:
    assert paas.new("messy").code == 0
    assert paas("up", "messy-dev", "--yes").code == 0
    binding = "paas-test-messy"
    kubectl("create", "clusterrolebinding", binding, "--clusterrole=view", "--serviceaccount=messy-dev:default")
    try:
        ended = paas("destroy", "messy-dev", "--yes", "-o", "json")
        assert ended.code == 6
        [left] = only(ended.json())["leftovers"]
        why = "gives view to messy-dev/default"
        assert left == {"kind": "ClusterRoleBinding", "namespace": "", "name": binding, "why": why}
    finally:
        kubectl("delete", "clusterrolebinding", binding)
    assert paas("destroy", "messy-dev", "--yes").code == 0


def test_no_report_has_a_secret(paas: Paas, lively: str) -> None:
    markers = {name: f"canary-{name}-0d9f2c" for name in ("config", "aws", "git", "password")}
    stack = Stack(lively, root=paas.folder)
    stack.run("config", "set", "--secret", "other:note", markers["config"])
    environment = {
        "AWS_SECRET_ACCESS_KEY": markers["aws"],
        "GITHUB_TOKEN": markers["git"],
        "PAAS_TEST_PASSWORD": markers["password"],
    }
    for words in (("list",), ("show", lively), ("preview", lively), ("up", lively, "--yes"), ("audit", lively)):
        for output in ("json", "table"):
            ended = paas(*words, "-o", output, **environment)
            assert ended.code in (0, 2), ended.err
            assert [name for name, marker in markers.items() if marker in ended.out + ended.err] == []
    stack.run("config", "rm", "other:note")


def test_what_is_protected_stays_and_is_named(paas: Paas, lively: str) -> None:
    stack = Stack(lively, root=paas.folder)
    [urn] = [each["urn"] for each in stack.resources() if each["type"] == "kubernetes:core/v1:Namespace"]
    stack.run("state", "protect", urn, "--yes")
    assert paas("show", lively, "-o", "json").json()["protected"] == ["namespace"]
    ended = paas("destroy", lively, "--yes")
    assert ended.code == 1
    assert "protected" in ended.err
    assert kubectl("get", "namespace", lively, "-o", "name") == f"namespace/{lively}\n"
    stack.run("state", "unprotect", urn, "--yes")


def test_a_stack_is_destroyed_only_by_its_name_or_by_yes(paas: Paas, lively: str) -> None:
    ended = paas("destroy", lively)
    assert ended.code == 1
    assert "nobody is there to confirm it" in ended.err
    assert kubectl("get", "namespace", lively, "-o", "name") == f"namespace/{lively}\n"


def test_the_platform_stays_while_tenants_stand_on_it(paas: Paas, lively: str) -> None:
    ended = paas("destroy", "platform", "--yes")
    assert ended.code == 1
    assert "tenants stand on the platform: " in ended.err
    assert lively in ended.err


def test_what_is_selected_for_plain_pulumi_stays_selected(paas: Paas, lively: str) -> None:
    Stack(lively, root=paas.folder).run("stack", "select")
    assert paas.new("aside").code == 0
    assert paas("preview", "aside-dev").code == 2
    listed = json.loads(subprocess.check_output(["pulumi", "stack", "ls", "--json"], cwd=paas.folder))
    assert [each["name"] for each in listed if each["current"]] == [lively]
