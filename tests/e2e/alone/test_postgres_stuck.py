"""A database that never gets ready: the run ends at its timeout and says why, and the next one goes on (E1, K5)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.databases.objects import a_store, giving_keys
from tests.e2e.databases.shops import ORDERS, Shop, forget_disks
from tests.e2e.scratch import scratch
from tests.e2e.stacks import kubectl

pytestmark = [pytest.mark.e2e, pytest.mark.node, pytest.mark.timeout(900)]

NODE = "sandbox"


@contextmanager
def no_room() -> Iterator[None]:
    """Let no new pod start on the node while the block runs."""
    kubectl("cordon", NODE)
    try:
        yield
    finally:
        kubectl("uncordon", NODE)


def test_a_database_that_gets_no_node_fails_in_time_and_the_next_run_converges(tmp_path: Path) -> None:
    given = {"databases": {"orders": ORDERS}, "apps": {}}
    with a_store(), scratch(tmp_path, name="dbstuck", environment="dev", tier="small", **given) as tenant:
        try:
            with giving_keys(tenant.namespace, tenant.labels):
                with no_room():
                    stuck = tenant.stack.attempt("up", "--yes", "--skip-preview")
                said = stuck.stdout + stuck.stderr
                assert stuck.returncode != 0
                assert "Cluster dbstuck-dev/orders--db was not ready after 180 s" in said, said
                assert "Setting up primary" in said
                assert "unschedulable" in said, "the reason is the pod's own"
                tenant.stack.up()
            assert Shop(tenant).sql("SELECT 1") == "1"
        finally:
            forget_disks(tenant)
