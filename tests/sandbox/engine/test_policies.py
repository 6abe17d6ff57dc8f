"""Policy packs run under our language host, with the stack's configuration."""

import shutil
import sys
from pathlib import Path

import pytest
import yaml

from tests.sandbox.engine.workspace import Workspace

pytestmark = pytest.mark.e2e

SHOP = """\
import pulumi

class Shop(pulumi.ComponentResource):
    def __init__(self, name, title, price):
        super().__init__("test:shop:Shop", name, {"title": title, "price": price})
        self.register_outputs({"title": title, "price": price})

config = pulumi.Config()
Shop("shop", config.get("title"), config.get_int("price") or 0)
"""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "pack"
    shutil.copytree(Path(__file__).with_name("packs") / "shop_rules", folder)
    runtime = {"name": "python", "options": {"toolchain": "pip", "virtualenv": sys.prefix}}
    (folder / "PulumiPolicy.yaml").write_text(yaml.safe_dump({"runtime": runtime, "version": "1.2.3"}))
    return folder


@pytest.fixture
def shop(project: Workspace) -> Workspace:
    project.program(SHOP)
    for name, value in {"title": "Corner", "price": "5", "limit": "10"}.items():
        project.run("config", "set", name, value)
    return project


def test_what_keeps_the_rules_passes(shop: Workspace, pack: Path) -> None:
    assert "shop-rules" in shop.run("preview", "--policy-pack", str(pack))


def test_a_mandatory_rule_on_a_resource_stops_the_update(shop: Workspace, pack: Path) -> None:
    shop.run("config", "rm", "title")
    ran = shop.attempt("up", "--yes", "--skip-preview", "--policy-pack", str(pack))
    assert ran.code != 0
    assert "a shop must have a title" in ran.output
    assert "affordable" not in ran.output


def test_a_rule_reads_the_stacks_configuration(shop: Workspace, pack: Path) -> None:
    shop.run("config", "set", "limit", "4")
    ran = shop.attempt("preview", "--policy-pack", str(pack))
    assert ran.code != 0
    assert "the price must not exceed 4" in ran.output


def test_the_stored_state_is_analyzed_without_the_program(shop: Workspace, pack: Path) -> None:
    shop.up()
    shop.program("raise SystemExit('the program must not run')")
    shop.run("policy", "analyze", "--policy-pack", str(pack))


def test_a_violation_in_the_stored_state_is_found(shop: Workspace, pack: Path) -> None:
    shop.run("config", "rm", "title")
    shop.up()
    ran = shop.attempt("policy", "analyze", "--policy-pack", str(pack))
    assert ran.code != 0
    assert "a shop must have a title" in ran.output


def test_a_broken_pack_fails_with_its_traceback(shop: Workspace, pack: Path) -> None:
    (pack / "__main__.py").write_text("raise RuntimeError('no rules today')\n")
    ran = shop.attempt("preview", "--policy-pack", str(pack))
    assert ran.code != 0
    assert "no rules today" in ran.output


def test_a_pack_without_its_environment_says_which_and_how(shop: Workspace, pack: Path) -> None:
    runtime = {"name": "python", "options": {"virtualenv": "gone"}}
    (pack / "PulumiPolicy.yaml").write_text(yaml.safe_dump({"runtime": runtime}))
    ran = shop.attempt("preview", "--policy-pack", str(pack))
    assert ran.code != 0
    assert f'runtime option `virtualenv` is "{pack}/gone", which does not exist' in ran.output
