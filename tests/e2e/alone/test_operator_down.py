"""An operator that is down ends a run at its timeout, with the reason; the run after its repair goes on (E1, X7)."""

from pathlib import Path

import pytest

from tests.e2e.scratch import Scratch, scratch, served
from tests.e2e.stacks import kubectl, standing

pytestmark = [pytest.mark.e2e, pytest.mark.node]


@pytest.mark.parametrize(
    ("namespace", "deployment", "copies", "reason"),
    [
        ("cert-manager", "cert-manager", 1, "condition Ready is absent, not True"),
        ("paas-gateway", "gateway", 2, "condition Programmed is Unknown, not True"),
    ],
)
def test_a_run_ends_at_its_timeout_and_the_next_converges(
    tmp_path: Path, namespace: str, deployment: str, copies: int, reason: str
) -> None:
    standing("platform")
    apps = {"web": served(hosts=["www.patient.example"])}
    with scratch(tmp_path, name="patient", environment="dev", domains=["patient.example"], apps=apps) as patient:
        kubectl("scale", "deployment", deployment, "-n", namespace, "--replicas=0")
        try:
            failed = patient.stack.attempt("up", "--yes", "--skip-preview")
        finally:
            kubectl("scale", "deployment", deployment, "-n", namespace, f"--replicas={copies}")
            kubectl("rollout", "status", "deployment", deployment, "-n", namespace, "--timeout=50s")
        assert failed.returncode != 0
        assert reason in failed.stdout
        assert "HTTPRoute" not in kinds(patient), "nothing leads to what is not ready"
        patient.stack.up()
        assert {"Certificate", "Gateway", "HTTPRoute"} <= kinds(patient)


def kinds(tenant: Scratch) -> set[str]:
    return {found["kind"] for found in tenant.stack.objects()}
