"""One engine for all tests here, and a new project for each."""

from pathlib import Path

import pytest

from tests.sandbox.engine.workspace import Workspace, engine_environment


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of an engine with the sandbox's parts; its folder's name has a space."""
    return engine_environment(tmp_path_factory.mktemp("engine") / "the sandbox")


@pytest.fixture
def project(tmp_path: Path, engine: dict[str, str]) -> Workspace:
    """A project with state of its own and the stack `dev`."""
    state = tmp_path / "state"
    state.mkdir()
    workspace = Workspace(tmp_path / "project", engine | {"PULUMI_BACKEND_URL": f"file://{state}"})
    workspace.run("stack", "init", "dev")
    return workspace
