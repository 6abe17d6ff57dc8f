"""A writer that never stops: what it was told is written, and when, shows how long a database was away."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

from apiserver import wait
from drills.client import Client
from drills.postgres import Postgres

WARM = 10  # writes before anything is broken
PATIENCE = 90.0

LOOP = """\
n=0
while [ ! -e /tmp/stop ]; do
  n=$((n+1))
  if timeout 4 psql "$URI" -XAtqc "INSERT INTO {table} VALUES ($n)" >/dev/null 2>>/tmp/errors; then
    echo "$n $(date +%s.%N)" >>/tmp/done
  fi
  sleep 0.05
done
"""


@dataclass(frozen=True)
class Writes:
    """What a writer was told is written: numbers, and seconds since 1970 by its own clock."""

    done: list[tuple[int, float]]
    kept: set[int]

    @property
    def lost(self) -> list[int]:
        """Return what is not there any more."""
        return sorted({number for number, _ in self.done} - self.kept)

    def gap(self, since: float) -> tuple[float, float]:
        """Return the longest time without a write after `since`, and how long after it that ended."""
        times = [since, *(at for _, at in self.done if at >= since)]
        longest, end = max(((later - sooner, later) for sooner, later in pairwise(times)), default=(float("inf"), 0.0))
        return longest, end - since


class Writer:
    """A writer on its way."""

    def __init__(self, client: Client, postgres: Postgres, table: str) -> None:
        self._client, self._postgres, self._table = client, postgres, table

    def now(self) -> float:
        """Return what its clock says."""
        return float(self._client.run("date +%s.%N"))

    def count(self) -> int:
        """Return how many writes it was told are done."""
        return int(self._client.run("wc -l </tmp/done 2>/dev/null || echo 0") or 0)

    def go_on(self, more: int = WARM) -> None:
        """Wait for some more writes."""
        wanted = self.count() + more
        wait(f"{more} more writes", lambda: self.count() >= wanted, within=PATIENCE)

    def stop(self) -> Writes:
        """End it, and return what it has done."""
        self._client.run("touch /tmp/stop; sleep 1")
        lines = [line.split() for line in self._client.run("cat /tmp/done").splitlines()]
        kept = {int(text) for text in self._postgres.sql(f"SELECT n FROM {self._table}").split()}
        return Writes(done=[(int(number), float(at)) for number, at in lines], kept=kept)


@contextmanager
def writer(client: Client, postgres: Postgres) -> Iterator[Writer]:
    """Give a writer that is on its way; afterwards its table is gone."""
    table = f"paas_drill_{secrets.token_hex(3)}"
    postgres.sql(f"CREATE TABLE {table} (n bigint PRIMARY KEY); ALTER TABLE {table} OWNER TO {postgres.database}")
    try:
        client.run(f"cat >/tmp/loop.sh <<'EOF'\n{LOOP.format(table=table)}EOF\nnohup sh /tmp/loop.sh >/dev/null 2>&1 &")
        found = Writer(client, postgres, table)
        found.go_on()
        yield found
    finally:
        postgres.settle()
        postgres.sql(f"DROP TABLE {table}")
