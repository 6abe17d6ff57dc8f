"""X14: `paas affected` on the project's own imports, and on changes in real repositories."""

import subprocess
import sys
from pathlib import Path

import pytest

from cli._imports import imports
from tests.cli.projects import a_project, a_quiet, paas, write
from tests.cli.repositories import committed, git

ROOT = Path(__file__).parents[2]

LOADED = """
import sys
import runpy
from pathlib import Path
import components, policies.admission, policies._pack, policies._serve, policies.rules, policies._platform
root = Path.cwd()
for module in list(sys.modules.values()):
    file = getattr(module, "__file__", None)
    if file and Path(file).is_relative_to(root) and ".venv" not in file:
        print(Path(file).relative_to(root))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    a_project(tmp_path, a_quiet("acme"), a_quiet("globex"))
    (tmp_path / "__main__.py").write_text("from components import build\n\nbuild()\n")
    for package in ("components", "spec", "lib"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text("")
    (tmp_path / "components" / "__init__.py").write_text("def build():\n    from components import part\n")
    (tmp_path / "components" / "part.py").write_text("import lib.deep\n")
    (tmp_path / "components" / "idle.py").write_text("")
    (tmp_path / "lib" / "deep.py").write_text("")
    (tmp_path / "docs").mkdir()
    committed(tmp_path)
    return tmp_path


def test_all_that_python_really_loads_is_known_to_be_reached() -> None:
    ran = subprocess.run([sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(ran.stdout.split())
    assert len(loaded) > 50
    assert loaded <= set(imports(ROOT).reached)


def test_reached_and_idle_are_all_files_of_the_program() -> None:
    found = imports(ROOT)
    files = {
        str(path.relative_to(ROOT))
        for name in ("components", "spec", "policies")
        for path in (ROOT / name).rglob("*.py")
    }
    assert set(found.reached) | set(found.idle) == {*files, "__main__.py"}
    assert not set(found.reached) & set(found.idle)
    assert "spec/schema.py" in found.idle
    assert not any(file.startswith(("cli/", "review/", "sandbox/", "tests/")) for file in found.reached)


def affected(project: Path, base: str = "HEAD") -> dict[str, list[str]]:
    ended = paas(project, "affected", "--base", base, "-o", "json")
    assert ended.code == 0, ended.err
    return {each["stack"]: each["files"] for each in ended.json()["stacks"]}


BOTH = {"acme-dev", "globex-dev"}


@pytest.mark.parametrize(
    ("path", "stacks"),
    [
        ("components/part.py", BOTH),
        ("components/idle.py", set()),
        ("lib/deep.py", BOTH),
        ("lib/__init__.py", BOTH),
        ("docs/page.md", set()),
        ("stacks/Pulumi.acme-dev.yaml", {"acme-dev"}),
    ],
)
def test_a_changed_file_reaches_by_imports(project: Path, path: str, stacks: set[str]) -> None:
    (project / path).touch()
    (project / path).write_text((project / path).read_text() + "\n# changed\n")
    assert set(affected(project)) == stacks
    committed(project)
    assert set(affected(project, "HEAD~1")) == stacks
    assert affected(project) == {}


def test_only_what_changed_since_the_branches_parted_counts(project: Path) -> None:
    git(project, "checkout", "--quiet", "-b", "topic")
    write(project, "acme-dev", a_quiet("acme", costCentre="cc-9"))
    committed(project)
    git(project, "checkout", "--quiet", "main")
    (project / "lib" / "deep.py").write_text("x = 1\n")
    committed(project)
    git(project, "checkout", "--quiet", "topic")
    assert affected(project, "main") == {"acme-dev": ["stacks/Pulumi.acme-dev.yaml"]}


def test_what_is_new_moved_or_gone_counts(project: Path) -> None:
    (project / "lib" / "deep.py").rename(project / "lib" / "deeper.py")
    assert set(affected(project)["acme-dev"]) == {"lib/deep.py"}
    (project / "components" / "part.py").write_text("import lib.deeper\n")
    assert set(affected(project)["acme-dev"]) == {"components/part.py", "lib/deep.py", "lib/deeper.py"}
    (project / "stacks" / "Pulumi.globex-dev.yaml").unlink()
    ended = paas(project, "affected", "--base", "HEAD", "-o", "json")
    assert ended.json()["gone"] == ["globex-dev"]
    assert [each["stack"] for each in ended.json()["stacks"]] == ["acme-dev"]


def test_what_is_no_python_reaches_all(project: Path) -> None:
    (project / "components" / "idle.py").write_text("def (:\n")
    assert set(affected(project)) == BOTH


@pytest.mark.parametrize(
    ("base", "code", "said"), [("gone", 1, "git knows no commit gone"), ("--output=x", 64, "is no commit")]
)
def test_a_base_that_is_none_is_refused(project: Path, base: str, code: int, said: str) -> None:
    ended = paas(project, "affected", f"--base={base}")
    assert (ended.code, said in ended.err) == (code, True)
