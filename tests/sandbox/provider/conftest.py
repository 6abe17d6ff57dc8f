"""Fixtures for the conformance suite: a live API server, a plugin, a namespace for each test."""

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox.engine.environment import NO_SIDE_FILES
from sandbox.engine.kubernetes.client import Client
from sandbox.engine.kubernetes.kubeconfig import load
from sandbox.engine.kubernetes.values import Object
from tests.sandbox.engine.workspace import Workspace, engine_environment
from tests.sandbox.provider.builders import NODE
from tests.sandbox.provider.cluster import Cluster
from tests.sandbox.provider.driving import Plugin, Resource, running, token_of

Make = Callable[..., Resource]


@pytest.fixture(scope="session")
def apiserver() -> Iterator[Cluster]:
    """The API server that KUBECONFIG names, with a node that nobody runs, for Pods that the tests decide about."""
    if not os.environ.get("KUBECONFIG"):
        pytest.fail('KUBECONFIG is not set: start the sandbox and `eval "$(python -m sandbox env)"`')
    cluster = Cluster(Client(load(None)))
    node: Object = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": NODE}, "spec": {"unschedulable": True}}
    cluster.delete(node)
    cluster.make(node)
    yield cluster
    cluster.delete(node)


@pytest.fixture(scope="module")
def plugin(apiserver: Cluster) -> Iterator[Plugin]:
    """A plugin that all tests of a module share."""
    with running() as plugin:
        yield plugin


@pytest.fixture
def namespace(apiserver: Cluster) -> Iterator[str]:
    """A namespace of this test's own; nobody waits for its end."""
    name = f"conformance-{uuid.uuid4().hex[:8]}"
    space: Object = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    apiserver.make(space)
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default", "namespace": name}}
    apiserver.wait(lambda: apiserver.get(account), "the namespace's default service account")
    yield name
    apiserver.delete(space)


@pytest.fixture
def make(plugin: Plugin) -> Make:
    """Make a resource of a program: `make(config_map(namespace))`, optionally under another logical name."""

    def made(value: Object, name: str = "thing", *, of: Plugin = plugin, token: str | None = None) -> Resource:
        return Resource(of, token or token_of(value["apiVersion"], value["kind"]), name)

    return made


@pytest.fixture(scope="session")
def engine(apiserver: Cluster, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A shell's environment with the sandbox's engine and the tests' API server."""
    return engine_environment(tmp_path_factory.mktemp("engine")) | {"KUBECONFIG": os.environ["KUBECONFIG"]}


@pytest.fixture
def project(tmp_path: Path, engine: dict[str, str]) -> Workspace:
    """A project with state of its own and the stack `dev`."""
    (tmp_path / "state").mkdir()
    backend = f"file://{tmp_path / 'state'}{NO_SIDE_FILES}"
    workspace = Workspace(tmp_path / "project", engine | {"PULUMI_BACKEND_URL": backend})
    workspace.run("stack", "init", "dev")
    return workspace
