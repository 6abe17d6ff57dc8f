"""Writes the golden files anew: `python -m tests.golden`. Review the difference.

A changed URN is a replacement. A changed line of the reachability matrix is a path that opens or closes.
"""

from pathlib import Path

from spec import PlatformSpec, TenantSpec, plan
from tests.examples import EXAMPLES, SPECS

GOLDEN = Path(__file__).parent / "contracts" / "golden"
REACHABILITY = Path(__file__).parents[1] / "docs" / "reference" / "reachability.md"

HEAD = """# Who reaches whom, in the example stacks

Written by `python -m tests.golden` from `stacks/`. Every open path is here; the other {closed} pairs that were asked
are closed: between tenants, to metadata and link-local addresses (IPv4 and IPv6), to the cluster's own networks by
address, and from everywhere that is not named. Networks are asked at both edges, and just outside. The end-to-end tests
hold this against the policies that are in the cluster.

| from | to | ports |
|---|---|---|
"""


def reachability() -> str:
    """Return the open paths of all example tenants on the example platform, as Markdown."""
    [platform] = [spec for spec in SPECS.values() if isinstance(spec, PlatformSpec)]
    tenants = [spec for spec in SPECS.values() if isinstance(spec, TenantSpec)]
    network = platform.network
    found = plan.matrix(tenants, [*network.pods, *network.services, *network.nodes])
    rows = [f"| {source} | {target} | {plan.told(ports)} |" for (source, target), ports in found.items() if ports]
    return HEAD.format(closed=len(found) - len(rows)) + "".join(f"{row}\n" for row in rows)


def main() -> None:
    """Write one file per example stack, remove those of stacks that are gone, and write the matrix."""
    GOLDEN.mkdir(exist_ok=True)
    for path in GOLDEN.glob("*.urns"):
        path.unlink()
    for stack, made in EXAMPLES.items():
        (GOLDEN / f"{stack}.urns").write_text("".join(f"{urn}\n" for urn in made.urns()))
    REACHABILITY.write_text(reachability())


if __name__ == "__main__":
    main()
