"""A database's authority and its servers' certificate are renewed under load, and no order fails (K6, F4).

By hand, for it takes two minutes and a half of a run that is long already.

    python -m sandbox up --tests && eval "$(python -m sandbox env)"
    python -m pytest tests/e2e/alone/by_hand/renewal.py
"""

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from tests.e2e.databases import authority
from tests.e2e.databases.objects import Store
from tests.e2e.databases.shops import Shop, a_shop, customers
from tests.told import TOLD
from tests.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.node, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def shopping(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with a_shop(tmp_path_factory.mktemp("shop"), name="dbrenew") as found:
        yield found


def test_a_renewed_authority_reaches_every_app_and_no_request_fails(
    shopping: Shop, record_property: Callable[[str, str], None]
) -> None:
    """K6: the database's authority, and the certificate of its servers, each near its end, under a constant load."""
    space = shopping.namespace
    before = {name: authority.kept(space, name) for name in (authority.AUTHORITY, authority.SERVER)}
    shown, starts = authority.served(space), authority.starts(space)
    soon = partial(eventually, seconds=authority.PATIENCE)
    with customers(shopping) as served:
        for name in before:
            authority.bring_near_its_end(space, name, by=before[authority.AUTHORITY])
            soon(partial(authority.lasts, space, name), otherwise=f"{name} was not renewed")
        after = {name: authority.kept(space, name) for name in before}
        new = authority.pem(after[authority.AUTHORITY].certificate)
        soon(lambda: authority.known(space) == {new}, otherwise="an app has the authority's old certificate")
        authority.let_poolers_be_looked_at(space)
        soon(
            lambda: authority.served(space) == authority.kept(space, authority.SERVER).certificate != shown,
            otherwise="what is served is not what the operator keeps",
        )
        seen = sum(served.answers.values())
        soon(lambda: sum(served.answers.values()) > seen + 50, otherwise="nobody orders any more")
    record_property(TOLD, f"renewal of a database's authority under load: {dict(served.answers)}")
    assert set(served.answers) == {"200"}
    assert shown == before[authority.SERVER].certificate
    for name, old in before.items():
        assert after[name].certificate.serial_number != old.certificate.serial_number
        assert after[name].certificate.public_key() == old.certificate.public_key(), "who knows the old one is served"
    assert authority.starts(space) == starts, "files follow; nothing had to start anew"
