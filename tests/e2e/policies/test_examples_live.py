"""What the components make of the repository's stacks, every twin lets through: no false alarm (row E2)."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from policies._wire import plain
from policies.admission import TWINS
from spec import TenantSpec
from tests.e2e.policies.court import JUDGED, Court, court
from tests.e2e.policies.definitions import definitions, theirs
from tests.examples import SPECS
from tests.recording import deploy

pytestmark = pytest.mark.e2e

TENANTS = {stack: spec for stack, spec in SPECS.items() if isinstance(spec, TenantSpec)}
FEWEST = 10  # objects of a stack


@pytest.fixture(scope="module")
def it() -> Iterator[Court]:
    with court([twin.policy() for twin in TWINS]) as found:
        yield found


def objects(spec: TenantSpec) -> list[dict[str, Any]]:
    """Return all objects of a tenant's stack, but those that only change what the cluster makes."""
    made = [found for found in deploy(spec).objects() if not found.kind.endswith("Patch")]
    return [json.loads(json.dumps(plain(found.props))) for found in made]


@pytest.mark.parametrize("stack", TENANTS)
def test_every_object_of_a_stack_is_let_through(it: Court, stack: str) -> None:
    spec = TENANTS[stack].model_copy(update={"name": "akme"})  # the stack itself may stand in this cluster
    it.sits_for(spec)
    made = objects(spec)
    it.serve(definitions(each for each in made if theirs(each) and it.path(each) is None))
    refusals = {}
    for each in made:
        if each["kind"] == "Namespace":
            each["metadata"]["labels"][JUDGED] = "true"
        answer = it.judge(each)
        if answer.told or answer.status not in (201, 409):
            refusals[each["kind"], each["metadata"]["name"]] = (answer.told, answer.message)
    assert refusals == {}
    assert len(made) >= FEWEST
