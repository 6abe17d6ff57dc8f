"""Tenants with a database and a shop in front of it."""

import json
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from spec.labels import PART_OF
from tests.e2e.databases.objects import giving_keys
from tests.e2e.databases.shop import shop
from tests.e2e.scratch import Scratch, scratch
from tests.e2e.stacks import ROOT, kubectl

PATIENCE = 590  # seconds for a drill
ORDERS = {"plan": "small", "version": 15}


@dataclass(frozen=True)
class Shop:
    """A tenant whose shop runs."""

    tenant: Scratch

    @property
    def namespace(self) -> str:
        return self.tenant.namespace

    def ask(self, path: str, *, within: float = 10) -> str:
        """Ask the shop, by its Service."""
        with urllib.request.urlopen(f"http://{self._address}{path}", timeout=within) as answer:
            return str(answer.read().decode())

    @property
    def _address(self) -> str:
        return kubectl("-n", self.namespace, "get", "service", "shop", "-o", "jsonpath={.spec.clusterIP}")

    def rows(self) -> int:
        return int(self.ask("/rows"))

    def change(self, **changes: Any) -> str:
        """Change the stack file and bring it up; return what the engine said."""
        self.tenant.write(self.tenant.document() | changes)
        with giving_keys(self.namespace, self.tenant.labels):
            return self.tenant.stack.up()

    def sql(self, text: str, *, pod: str | None = None) -> str:
        """Run SQL as superuser where it is written."""
        primary = pod or kubectl(
            "-n", self.namespace, "get", "cluster", "orders--db", "-o", "jsonpath={.status.currentPrimary}"
        )
        words = ("psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", "orders", "-c", text)
        return kubectl("-n", self.namespace, "exec", primary, "-c", "postgres", "--", *words).strip()

    def drill(self, *words: str, tries: int = 1) -> dict[str, Any]:
        """Run a drill that must be passed, and return its verdict.

        Args:
            tries: more than one where it measures times, which the machine's other work can only make longer.
        """
        for _ in range(tries):
            ran = subprocess.run(
                [ROOT / "paas", "drill", *words, "--output", "json"],
                cwd=self.tenant.stack.root,
                capture_output=True,
                text=True,
                timeout=PATIENCE,
                check=False,
            )
            if ran.returncode == 0:
                break
        assert ran.returncode == 0, f"{ran.stdout}\n{ran.stderr}"
        verdict: dict[str, Any] = json.loads(ran.stdout)["verdict"]
        return verdict


@dataclass
class Customers:
    """Customers who order all the time.

    Attributes:
        answers: how many got which.
        served: when somebody's order was taken.
    """

    answers: Counter[str] = field(default_factory=Counter)
    served: list[float] = field(default_factory=list)

    @property
    def standstill(self) -> float:
        """The longest time in which nobody's order was taken, in seconds."""
        return max(later - sooner for sooner, later in pairwise(sorted(self.served)))

    def served_since(self, moment: float) -> bool:
        """Return whether an order was taken after `moment`: till then a standstill has no end."""
        return max(self.served, default=0.0) > moment


@contextmanager
def customers(of: Shop) -> Iterator[Customers]:
    """Order all the time, each time anew, while the block runs."""
    found, over, address = Customers(), threading.Event(), of._address

    def order() -> None:
        while not over.is_set():
            try:
                with urllib.request.urlopen(f"http://{address}/write", timeout=10) as answer:
                    found.answers[str(answer.status)] += 1
                found.served.append(time.monotonic())
            except urllib.error.HTTPError as error:
                found.answers[f"{error.code} {error.read().decode()[:200]}"] += 1
            except OSError as error:
                found.answers[str(error)] += 1
            time.sleep(0.05)

    threads = [threading.Thread(target=order) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        yield found
    finally:
        over.set()
        for thread in threads:
            thread.join()


@contextmanager
def a_shop(
    folder: Path, *, name: str, environment: str = "prod", tier: str = "standard", **more: Any
) -> Iterator[Shop]:
    """Give a tenant whose shop is bound to its database; afterwards it is gone, with its disks."""
    given = {"databases": {"orders": ORDERS}, "apps": {"shop": shop()}} | more
    with scratch(folder, name=name, environment=environment, tier=tier, **given) as tenant:
        try:
            with giving_keys(tenant.namespace, tenant.labels):
                tenant.stack.up()
            yield Shop(tenant)
        finally:
            forget_disks(tenant)


def forget_disks(tenant: Scratch) -> None:
    """Production's outlive their claims: the namespace goes first, then what stays of it."""
    # A database in SQL is let go by its instances, so it goes before them: else its finalizer stays for ever.
    kubectl("delete", "databases.postgresql.cnpg.io", "--all", "-n", tenant.namespace, "--timeout=55s")
    kubectl("delete", "clusters.postgresql.cnpg.io,poolers", "--all", "-n", tenant.namespace, "--wait=false")
    kubectl("delete", "namespace", "-l", f"{PART_OF}={tenant.stack.name}", "--wait=false")
    found = json.loads(kubectl("get", "persistentvolumes", "-o", "json"))["items"]
    mine = [
        each["metadata"]["name"]
        for each in found
        if (each["spec"].get("claimRef") or {}).get("namespace") == tenant.namespace
    ]
    if mine:
        kubectl("delete", "persistentvolumes", *mine, "--wait=false")
