"""What the policy pack costs a preview: the same tenant, with and without it, in turn.

python -m bench.policies
"""

import sys
import time
from statistics import median

from rich.console import Console
from rich.table import Table

from bench.environments import Fleet, fleet, platform_up
from sandbox.engine.environment import POLICY_PACK

APPS = 66  # with them the tenant has some 340 objects
ROUNDS = 5
FIXED, EACH = 1.0, 0.002  # seconds that the pack may add to a preview, and for each resource


def tenant() -> dict[str, object]:
    """Return `paas:tenant` of one tenant with many apps."""
    app = {
        "image": "registry.k8s.io/e2e-test-images/agnhost:2.59",
        "port": 8080,
        "health": {"ready": "/hostname", "live": "/healthz"},
        "config": {"MODE": "bench"},
        "replicas": 2,
    }
    return {
        "name": "judged",
        "environment": "dev",
        "tier": "critical",
        "owner": {"team": "bench", "escalation": "bench@paas.example"},
        "costCentre": "cc-bench",
        "apps": {f"app{number}": app for number in range(APPS)},
    }


def preview(made: Fleet, pack: str) -> float:
    """Return the seconds of one preview."""
    began = time.monotonic()
    made.pulumi("preview", "--stack", made.stacks[0], **{POLICY_PACK: pack})
    return time.monotonic() - began


def main() -> None:
    """Run and print the table."""
    platform_up()
    with fleet([tenant()]) as made:
        pack = str(made.folder / "policies")
        planned = made.pulumi("preview", "--stack", made.stacks[0], "--json", **{POLICY_PACK: ""})
        resources = planned.count('"op": "create"')
        pairs = [(preview(made, ""), preview(made, pack)) for _ in range(ROUNDS)]
    bare, judged = (median(column) for column in zip(*pairs, strict=True))
    added = median(with_pack - without for without, with_pack in pairs)
    table = Table("preview of a new tenant", "seconds", title="The policy pack", title_justify="left")
    table.add_row(f"{resources} resources, without", f"{bare:.2f}")
    table.add_row("with", f"{judged:.2f}")
    table.add_row(f"added, where {FIXED + EACH * resources:.2f} are meant to be the most", f"{added:.2f}")
    Console(width=110).print(table)
    print(f"  added by the pack: {added:.2f} s", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
