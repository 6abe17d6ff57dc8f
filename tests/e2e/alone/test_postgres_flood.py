"""One tenant floods its database; the other's goes on, and who is called is told (F3, M7, S3)."""

from collections.abc import Callable, Iterator

import pytest

from tests.e2e.databases.objects import Store, a_store
from tests.e2e.databases.shops import Shop, a_shop
from tests.e2e.stacks import Stack
from tests.told import TOLD

pytestmark = [pytest.mark.e2e, pytest.mark.node, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with a_store() as found:
        yield found


@pytest.fixture(scope="module")
def loud(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("loud")
    with a_shop(folder, name="dbloud", environment="dev", tier="small", apps={}) as found:
        yield found


@pytest.fixture(scope="module")
def quiet(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("quiet")
    with a_shop(folder, name="dbquiet", environment="dev", tier="small", apps={}) as found:
        yield found


def test_five_hundred_connections_are_one_tenants_own_trouble(
    loud: Shop, quiet: Shop, record_property: Callable[[str, str], None]
) -> None:
    beside: Stack = quiet.tenant.stack
    # One project has both files, as the repository has.
    (loud.tenant.stack.root / "stacks" / quiet.tenant.file.name).symlink_to(quiet.tenant.file)
    verdict = loud.drill("flood", loud.tenant.stack.name, "orders", "--beside", beside.name, tries=3)
    record_property(TOLD, f"flood: {verdict['figures']}")
    names = {check["name"] for check in verdict["checks"]}
    assert {"connections of the flood", "the other's p95", "alert DatabaseConnections (70 %)"} <= names
