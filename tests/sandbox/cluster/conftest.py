"""The running sandbox, as the tests of its cluster see it."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import cluster, toolchain
from tests.sandbox.cluster.running import Sandbox


@pytest.fixture(scope="session")
def programs() -> dict[str, Path]:
    found = toolchain.find(set(cluster.needs(simulated=1)))
    assert all(one.usable for one in found.values()), "run `python -m sandbox up` first"
    return {name: one.path for name, one in found.items() if one.path}


@pytest.fixture
def sandbox(programs: dict[str, Path]) -> Sandbox:
    """This checkout's own sandbox, up."""
    return Sandbox(cluster.DEFAULT, programs)


@pytest.fixture
def namespace(sandbox: Sandbox) -> Iterator[str]:
    name = f"test-{uuid.uuid4().hex[:8]}"
    sandbox.kubectl.run(["create", "namespace", name])
    yield name
    sandbox.kubectl.run(["delete", "namespace", name, "--wait=false"])
