"""The same stacks with their state on S3: moto's server, and a real MinIO."""

import json
import signal
from pathlib import Path

import pytest

from tests.e2e.stores import BUCKET, Store
from tests.sandbox.engine.workspace import Workspace, engine_environment

pytestmark = pytest.mark.e2e

PROGRAM = """\
import pulumi
from pulumi.dynamic import CreateResult, Resource, ResourceProvider

class Note(ResourceProvider):
    def create(self, props):
        return CreateResult("note", props)

class NoteResource(Resource):
    def __init__(self, name, text, parent):
        super().__init__(Note(), name, {"text": text}, pulumi.ResourceOptions(parent=parent))

class Shop(pulumi.ComponentResource):
    def __init__(self, name, secret):
        super().__init__("test:shop:Shop", name)
        NoteResource(f"{name}-note", secret, self)
        self.register_outputs({})

Shop("shop", pulumi.Config().require_secret("text"))
pulumi.export("answer", 42)
"""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return engine_environment(tmp_path_factory.mktemp("engine") / "sandbox")


@pytest.fixture
def project(tmp_path: Path, engine: dict[str, str], store: Store) -> Workspace:
    workspace = Workspace(tmp_path / "project", engine | store.variables())
    workspace.program(PROGRAM)
    return workspace


def test_a_stack_lives_on_the_store_from_up_to_destroy(project: Workspace, store: Store) -> None:
    project.run("stack", "init", "dev")
    project.run("config", "set", "--secret", "text", "hunter2")
    project.up()
    key = ".pulumi/stacks/shop/dev.json"
    assert key in store.objects()
    stored = store.client().get_object(Bucket=BUCKET, Key=key)["Body"].read().decode()
    assert "hunter2" not in stored
    assert len(json.loads(stored)["checkpoint"]["latest"]["resources"]) == 4, "stack, component, provider, note"
    assert project.outputs() == {"answer": 42}
    assert "3 unchanged" in project.run("preview", "--expect-no-changes")
    assert not [name for name in store.objects() if "/locks/" in name], "the lock is gone"
    project.run("destroy", "--yes", "--skip-preview")
    assert project.types() == []
    project.run("stack", "rm", "--yes")
    assert key not in store.objects()


def test_a_second_update_meets_the_lock_of_the_first(project: Workspace, store: Store) -> None:
    project.run("stack", "init", "dev")
    project.run("config", "set", "--secret", "text", "hunter2")
    project.program("import time\nprint('the program runs', flush=True)\ntime.sleep(600)\n")
    with project.start("up", "--yes", "--skip-preview") as first:
        assert first.stdout
        assert any("the program runs" in line for line in first.stdout)
        second = project.attempt("up", "--yes", "--skip-preview")
        first.send_signal(signal.SIGINT)
        first.communicate(timeout=30)
    assert second.code != 0
    assert "the stack is currently locked" in second.output
    assert not [name for name in store.objects() if "/locks/" in name], "an interrupted update gives its lock back"


def test_wrong_credentials_are_refused_and_nothing_is_written(
    tmp_path: Path, engine: dict[str, str], minio: Store
) -> None:
    minio.client().create_bucket(Bucket=BUCKET)
    try:
        project = Workspace(tmp_path / "project", engine | minio.variables(password="a wrong password"))
        project.program(PROGRAM)
        ran = project.attempt("stack", "init", "dev")
        assert ran.code != 0
        assert "SignatureDoesNotMatch" in ran.output
        assert minio.objects() == []
    finally:
        minio.client().delete_bucket(Bucket=BUCKET)


def test_a_missing_bucket_is_said(tmp_path: Path, engine: dict[str, str], minio: Store) -> None:
    project = Workspace(tmp_path / "project", engine | minio.variables())
    project.program(PROGRAM)
    ran = project.attempt("stack", "init", "dev")
    assert ran.code != 0
    assert "NoSuchBucket" in ran.output
