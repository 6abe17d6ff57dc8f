"""The very stacks of `make demo`, with their state on a real S3; other stores are tried with smaller ones."""

import os
from collections.abc import Iterator
from typing import Final

import pytest

from tests.e2e.stacks import Stack
from tests.e2e.stores import Store
from tests.locks import PLATFORM, held

pytestmark = pytest.mark.e2e

STACKS: Final = ("platform", "acme-prod")


@pytest.fixture(scope="module")
def nothing_there() -> Iterator[None]:
    """Make room: the same objects cannot belong to two states. Afterwards all is as a demo left it."""
    with held(PLATFORM):
        for name in STACKS:
            Stack(name).init()
        for name in reversed(STACKS):
            Stack(name).destroy()
        yield
        for name in STACKS:
            Stack(name).up()


@pytest.mark.parametrize("store", ["minio"], indirect=True)
@pytest.mark.usefixtures("nothing_there")
def test_platform_and_tenant_live_on_the_store_from_up_to_destroy(store: Store) -> None:
    stacks = [Stack(name, os.environ | store.variables()) for name in STACKS]
    for stack in stacks:
        stack.init()
        stack.up()
    for stack in stacks:
        stack.run("preview", "--expect-no-changes")
        assert f".pulumi/stacks/paas/{stack.name}.json" in store.objects()
    for stack in reversed(stacks):
        stack.destroy()
        assert stack.objects() == []
