"""What tests that run alone have in common."""

from collections.abc import Iterator

import pytest

from tests.e2e.databases.objects import Store, a_store


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    """The object store that the example platform's databases are backed up to."""
    with a_store() as found:
        yield found
