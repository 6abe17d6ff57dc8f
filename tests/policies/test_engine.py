"""The pack under the real engine: what it prints, how it ends, and that nothing is made that is refused (row I9)."""

import json
import re
from pathlib import Path

import pytest

from tests.builders import a_tenant_document
from tests.sandbox.engine.workspace import Workspace, engine_environment

pytestmark = pytest.mark.e2e

PACK = Path(__file__).parents[2] / "policies"

PROGRAM = """\
import pulumi
from pulumi.dynamic import CreateResult, Resource, ResourceProvider

class Nothing(ResourceProvider):
    def create(self, props):
        return CreateResult("it", props)

class Shop(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("paas:shop:Shop", name, {"title": name})

class Opaque(Resource, module="shop", name="Opaque"):
    pass

Shop("shop")
if pulumi.Config().get_bool("opaque"):
    Opaque(Nothing(), "opaque", {"a": 1})
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A program in a stack that is a tenant's; it makes what nobody can judge where it is told to."""
    folder = tmp_path_factory.mktemp("policies")
    environment = engine_environment(folder / "sandbox")
    (folder / "state").mkdir()
    made = Workspace(folder / "project", environment | {"PULUMI_BACKEND_URL": f"file://{folder / 'state'}"})
    made.program(PROGRAM)
    made.run("stack", "init", "acme-prod")
    made.run("config", "set", "paas:tenant", json.dumps(a_tenant_document()))
    return made


def up(shop: Workspace, *, opaque: bool, skip_preview: bool = True) -> tuple[int, str]:
    shop.run("config", "set", "opaque", str(opaque).lower())
    skip = ["--skip-preview"] if skip_preview else []
    ran = shop.attempt("up", "--yes", *skip, "--policy-pack", str(PACK))
    return ran.code, ran.output


def test_what_can_be_judged_is_made(shop: Workspace) -> None:
    code, output = up(shop, opaque=False)
    assert code == 0, output
    assert "paas@v0.1.0" in output
    assert "not decided" not in output
    assert shop.types() == ["paas:shop:Shop"]


@pytest.mark.parametrize("skip_preview", [False, True])
def test_what_cannot_be_judged_is_refused_with_reason_and_fix_and_not_made(shop: Workspace, skip_preview: bool) -> None:
    code, output = up(shop, opaque=True, skip_preview=skip_preview)
    assert code != 0
    assert "[mandatory] [severity: critical]  O1  (" in output
    # An update ends at the first refusal, which is that of the provider behind it.
    assert re.search(r"pulumi-python(:dynamic/shop:Opaque)? cannot be judged: rules see nothing of what it", output)
    assert "fix: make objects of the API by the stack's provider" in output
    assert shop.types() == ["paas:shop:Shop"]


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"Q33": "mandatory"}, "there is no rule Q33; near: Q3"),
        ({"O1": "disabled"}, "O1: weaker than the rule's own level"),
        ({"all": "advisory"}, "weaker than the rule's own level"),
    ],
)
def test_configuration_that_would_do_nothing_or_harm_ends_the_run(
    shop: Workspace, tmp_path: Path, config: dict[str, str], said: str
) -> None:
    file = tmp_path / "config.json"
    file.write_text(json.dumps(config))
    ran = shop.attempt("preview", "--policy-pack", str(PACK), "--policy-pack-config", str(file))
    assert ran.code != 0
    assert said in ran.output
