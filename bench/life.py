"""A tenant's life by `paas`: from the first word to a running environment, and away again with nothing left.

python -m bench.life
"""

import os
import subprocess
import sys
import time
from statistics import median

from rich.console import Console
from rich.table import Table

from bench.environments import ROOT, fleet, platform_up, tenant

ROUNDS = 3
MEANT = 60  # seconds that may pass from `new` to a running tenant
WHO = ("--tier", "small", "--team", "bench", "--escalation", "bench@paas.example", "--cost-centre", "cc-bench")
LIFE = (
    ("new", "briefly", "--environment", "dev", *WHO),
    ("up", "briefly-dev", "--yes"),
    ("preview", "briefly-dev"),
    ("destroy", "briefly-dev", "--yes", "--remove"),
)


def main() -> None:
    """Run and print the table."""
    platform_up()
    seconds: dict[str, list[float]] = {words[0]: [] for words in LIFE}
    with fleet([tenant(0, 1)]) as made:
        backend = {"PULUMI_BACKEND_URL": f"file://{made.folder}/state?metadata=skip"}
        for _ in range(ROUNDS):
            for words in LIFE:
                began = time.monotonic()
                command = [str(ROOT / "paas"), "-C", str(made.folder), *words]
                ran = subprocess.run(command, env=os.environ | backend, capture_output=True, text=True, check=False)
                if ran.returncode:
                    raise SystemExit(f"paas {' '.join(words)} exited with {ran.returncode}:\n{ran.stderr}")
                seconds[words[0]].append(time.monotonic() - began)
    table = Table("a tenant's life by paas, without apps", "seconds", title_justify="left")
    for verb, took in seconds.items():
        table.add_row(verb, f"{median(took):.1f}")
    ready = median(new + up for new, up in zip(seconds["new"], seconds["up"], strict=True))
    table.add_row(f"from new to running, where {MEANT} are meant to be the most", f"{ready:.1f}")
    Console(width=110).print(table)
    print(f"  from new to running: {ready:.1f} s", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
