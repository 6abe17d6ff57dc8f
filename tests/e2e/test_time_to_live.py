"""A sandbox whose time is over can only be destroyed, or given longer (U8, X8)."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.builders import Document, a_tenant, a_tenant_document
from tests.e2e.leftovers import labelled
from tests.e2e.scratch import Scratch, scratch
from tests.e2e.stacks import kubectl
from tests.waiting import eventually

pytestmark = pytest.mark.e2e

SHORT, LONG = "3s", "1h"


def sandbox(**changes: Any) -> Document:
    return {"name": "short-lived", "environment": "sandbox", "tier": "free", "ttl": LONG, "apps": None} | changes


@pytest.fixture
def short_lived(tmp_path: Path) -> Iterator[Scratch]:
    with scratch(tmp_path, **sandbox()) as found:
        yield found


def age(namespace: str) -> timedelta:
    made = kubectl("get", "namespace", namespace, "-o", "jsonpath={.metadata.creationTimestamp}")
    return datetime.now(UTC) - datetime.fromisoformat(made)


def test_a_sandbox_whose_time_is_over_is_refused_until_it_is_extended_or_destroyed(short_lived: Scratch) -> None:
    stack, namespace = short_lived.stack, short_lived.namespace
    stack.up()
    eventually(lambda: age(namespace) > timedelta(seconds=3))
    short_lived.write(a_tenant_document(**sandbox(ttl=SHORT, costCentre="cc-9")))
    before = kubectl("get", "resourcequota", "environment", "-n", namespace, "-o", "jsonpath={.metadata.uid}")
    for verb in ("preview", "up"):
        ran = stack.attempt(verb, *(["--yes", "--skip-preview"] if verb == "up" else []))
        assert ran.returncode != 0
        told = ran.stdout + ran.stderr
        assert 'sandbox-short-lived.yaml: paas:tenant.ttl: given "3s", wanted a sandbox whose time is not over' in told
        assert "remove it with `pulumi destroy`, or raise `ttl`" in told
        assert "Traceback" not in told
    quota = json.loads(kubectl("get", "resourcequota", "environment", "-n", namespace, "-o", "json"))["metadata"]
    assert (quota["uid"], quota["labels"]["paas.internal/cost-centre"]) == (before, "cc-1001"), (
        "what is in it is as before"
    )
    short_lived.write(a_tenant_document(**sandbox(costCentre="cc-9")))
    stack.up()
    assert kubectl("get", "namespace", namespace, "-o", "jsonpath={.metadata.annotations.paas\\.internal/ttl}") == LONG
    short_lived.write(a_tenant_document(**sandbox(ttl=SHORT)))
    stack.destroy()
    assert labelled(a_tenant(**sandbox())) == set()
