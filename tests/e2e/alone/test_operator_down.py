"""What never gets ready ends a run at its timeout, with the reason; the run after its repair goes on (E1, X7)."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from spec import plan
from tests.e2e.scratch import Scratch, scratch, served
from tests.e2e.stacks import kubectl, standing

pytestmark = [pytest.mark.e2e, pytest.mark.node, pytest.mark.timeout(900)]

GATEWAY, COPIES = ("deployment", "gateway", "-n", "paas-gateway"), 2


@contextmanager
def no_gateways() -> Iterator[None]:
    """Let the operator of gateways not run."""
    kubectl("scale", *GATEWAY, "--replicas=0")
    kubectl("wait", "--for=delete", "pods", "--all", "-n", "paas-gateway", "--timeout=55s")  # till then it goes on
    try:
        yield
    finally:
        kubectl("scale", *GATEWAY, f"--replicas={COPIES}")
        kubectl("rollout", "status", *GATEWAY, "--timeout=50s")


@contextmanager
def an_issuer_without_its_key() -> Iterator[None]:
    """Let the platform's issuer look for its key where none is."""
    kubectl(*_signing_with("nowhere"))
    try:
        kubectl("wait", "clusterissuer", plan.ISSUER, "--for=condition=Ready=False", "--timeout=50s")
        yield
    finally:
        kubectl(*_signing_with("paas-root"))
        kubectl("wait", "clusterissuer", plan.ISSUER, "--for=condition=Ready", "--timeout=50s")


def _signing_with(secret: str) -> tuple[str, ...]:
    patch = json.dumps({"spec": {"ca": {"secretName": secret}}})
    return ("patch", "clusterissuer", plan.ISSUER, "--type=merge", "-p", patch)


def kinds(tenant: Scratch) -> set[str]:
    return {found["kind"] for found in tenant.stack.objects()}


@pytest.fixture
def patient(tmp_path: Path) -> Iterator[Scratch]:
    standing("platform")
    apps = {"web": served(hosts=["www.patient.example"])}
    with scratch(tmp_path, name="patient", environment="dev", domains=["patient.example"], apps=apps) as found:
        yield found


def test_a_run_ends_at_its_timeout_and_the_next_converges(patient: Scratch) -> None:
    with an_issuer_without_its_key():
        failed = patient.stack.attempt("up", "--yes", "--skip-preview")
    assert failed.returncode != 0
    assert "Certificate patient-dev/web was not ready after 180 s" in failed.stdout, failed.stdout
    assert re.search(r"certificaterequest web-\w+: Pending: .*issuer", failed.stdout, re.IGNORECASE), failed.stdout
    assert "Gateway" not in kinds(patient), "nothing serves what is not issued"

    with no_gateways():
        failed = patient.stack.attempt("up", "--yes", "--skip-preview")
    assert failed.returncode != 0
    assert "condition Programmed is Unknown, not True" in failed.stdout, failed.stdout
    assert "Certificate" in kinds(patient), "the issuer has its key again"
    assert "HTTPRoute" not in kinds(patient), "nothing leads to what is not ready"

    patient.stack.up()
    assert {"Certificate", "Gateway", "HTTPRoute"} <= kinds(patient)
