"""Two tenants that share nothing but the platform: `vault-prod` with break-glass, and `rival-dev`."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.e2e.access.people import Person, impersonated
from tests.e2e.access.tables import COLUMNS
from tests.e2e.scratch import Scratch, scratch, served
from tests.locks import SANDBOX, held

ROLES = ("admin", "developer", "viewer", "deployer")
BATCH = "vault-prod--batch"


def group(tenant: str, role: str) -> str:
    return f"oidc:{tenant}-{role}s"


def moment(**ahead: float) -> str:
    """Return the time so far ahead, in a stack file's spelling."""
    return (datetime.now(UTC) + timedelta(**ahead)).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Tenants:
    """Both environments, running."""

    prod: Scratch
    dev: Scratch

    def of(self, column: str) -> tuple[Person, str]:
        """Return somebody of a column of the table, and the namespace of their environment."""
        environment, role = COLUMNS[column]
        found = {"prod": self.prod, "dev": self.dev}[environment]
        return self.person(found, role), found.namespace

    def person(self, tenant: Scratch, role: str) -> Person:
        """Return somebody with `role` in the environment."""
        name = tenant.namespace.partition("-")[0]
        return impersonated(f"{name}-{role}", group(name, role))


def _document(tenant: str, **changes: Any) -> dict[str, Any]:
    return {"name": tenant, "members": {role: [group(tenant, role)] for role in ROLES}, **changes}


@pytest.fixture(scope="package", autouse=True)
def machine() -> Iterator[None]:
    """Hold the sandbox for as long as both tenants live, not for each file anew."""
    with held(SANDBOX, shared=True):
        yield


@pytest.fixture(scope="package")
def tenants(machine: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tenants]:
    glass = [
        {"group": group("vault", "glass"), "until": moment(hours=1), "reason": "INC-1: looks into it"},
        {"group": group("vault", "past"), "until": moment(hours=-1), "reason": "INC-0: is over"},
    ]
    prod = _document(
        "vault",
        environment="prod",
        tier="standard",
        breakGlass=glass,
        namespaces={"batch": {"percent": 10}},
        domains=["vault.example"],
        apps={"web": served(scale={"min": 2, "max": 3}, grace=10)},
        jobs={"report": {"image": served()["image"], "schedule": "0 3 1 1 *", "bindings": {"web": {"app": "web"}}}},
    )
    dev = _document("rival", environment="dev", tier="free", apps={"web": served(grace=10)})
    with ExitStack() as life, ThreadPoolExecutor(2) as both:
        made = [life.enter_context(scratch(tmp_path_factory.mktemp("stack"), **document)) for document in (prod, dev)]
        list(both.map(lambda tenant: tenant.stack.up(), made))
        yield Tenants(*made)
        list(both.map(lambda tenant: tenant.stack.destroy(), made))
