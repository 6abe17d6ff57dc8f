"""What a drill found: what was promised beside what was measured, check by check.

bench = Bench("failover", namespace="acme-prod", subject="orders")
bench.check("time to first write", 4.2 < 10, found="4.2 s", wanted="less than 10 s")
bench.figure("firstWriteSeconds", 4.2)
verdict = bench.verdict()
"""

import time
from datetime import UTC, datetime

from spec import Model


class Check(Model):
    """One thing that a drill looked at."""

    name: str
    """What."""

    ok: bool
    """Whether it was as it must be."""

    found: str
    """What was measured."""

    wanted: str
    """What was promised."""


class Verdict(Model):
    """The end of one drill."""

    drill: str
    """restore, failover, switchover, flood, drain, certificate, expiry."""

    namespace: str
    """Where."""

    subject: str
    """On what: the name in the stack file."""

    passed: bool
    """Whether every check was."""

    began: datetime
    """When, in UTC."""

    seconds: float
    """How long all of it took, with the cleaning up."""

    checks: tuple[Check, ...]
    """What was looked at, in order."""

    figures: dict[str, float]
    """What was measured, by name; the unit is the name's end."""


class Bench:
    """Where a drill writes down what it sees."""

    def __init__(self, drill: str, *, namespace: str, subject: str) -> None:
        self.drill, self.namespace, self.subject = drill, namespace, subject
        self._began, self._clock = datetime.now(UTC), time.monotonic()
        self._checks: list[Check] = []
        self._figures: dict[str, float] = {}

    def check(self, name: str, ok: bool, *, found: object, wanted: object) -> bool:
        """Note one check, and return whether it was passed."""
        self._checks.append(Check(name=name, ok=ok, found=str(found), wanted=str(wanted)))
        return ok

    def figure(self, name: str, value: float) -> float:
        """Note what was measured, and return it."""
        self._figures[name] = round(value, 3)
        return value

    def verdict(self) -> Verdict:
        """Return what the drill amounts to. One that looked at nothing has not passed."""
        return Verdict(
            drill=self.drill,
            namespace=self.namespace,
            subject=self.subject,
            passed=bool(self._checks) and all(check.ok for check in self._checks),
            began=self._began,
            seconds=round(time.monotonic() - self._clock, 1),
            checks=tuple(self._checks),
            figures=self._figures,
        )
