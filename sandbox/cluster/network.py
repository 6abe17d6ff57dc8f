"""The node's network on the machine: one bridge that carries its address, and the firewall rules that come with it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sandbox.cluster.settings import BRIDGE, NODE_IP, POD_CIDR, SERVICE_CIDR
from sandbox.machine import run

_OURS = ("KUBE-", "CNI-")
"""How the chains of kube-proxy, the kubelet and the CNI plugins begin."""

_BRIDGE = Path("/sys/class/net") / BRIDGE

_FIREWALLS = ("iptables", "ip6tables")


def make_bridge(owner: Path) -> None:
    """Make the bridge, or complete it if it is there. Service addresses are routed over it, network or no network.

    Args:
        owner: the state folder of the sandbox that it belongs to; written on the bridge.
    """
    if not bridge_exists():
        run(["ip", "link", "add", BRIDGE, "type", "bridge"])
    run(["ip", "address", "replace", f"{NODE_IP}/{POD_CIDR.split('/')[1]}", "dev", BRIDGE])
    run(["ip", "link", "set", BRIDGE, "alias", str(owner), "up"])
    run(["ip", "route", "replace", SERVICE_CIDR, "dev", BRIDGE])
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1")


def remove_bridge() -> None:
    """Remove the bridge and what hangs on it; routes go with it."""
    for port in ports_of_bridge():
        run(["ip", "link", "delete", port])
    if bridge_exists():
        run(["ip", "link", "delete", BRIDGE])


def bridge_exists() -> bool:
    """Tell whether the bridge is there."""
    return _BRIDGE.exists()


def bridge_owner() -> str | None:
    """Return the state folder of the sandbox that made the bridge, or None where there is none."""
    return (_BRIDGE / "ifalias").read_text().strip() if bridge_exists() else None


def ports_of_bridge() -> list[str]:
    """Return the interfaces plugged into the bridge: the machine's ends of the pods' cables."""
    if not bridge_exists():
        return []
    links: list[dict[str, Any]] = json.loads(run(["ip", "-json", "link", "show", "master", BRIDGE]) or "[]")
    return [link["ifname"] for link in links]


def chains() -> set[str]:
    """Return the Kubernetes and CNI chains that are there, as `<command>/<table>/<chain>`."""
    return {
        f"{firewall}/{table}/{chain}"
        for firewall in _FIREWALLS
        for table, lines in _tables(firewall)
        for chain in _chains_in(lines)
    }


def remove_chains(keep: set[str]) -> None:
    """Remove those chains and every rule that leads to them, in one step a firewall.

    Args:
        keep: chains that stay, as `chains` names them.
    """
    for firewall in _FIREWALLS:
        script = [line for table, lines in _tables(firewall) for line in removal(firewall, table, lines, keep)]
        if script:
            run([f"{firewall}-restore", "--noflush", "--wait", "10"], input="\n".join([*script, ""]))


def removal(firewall: str, table: str, lines: list[str], keep: set[str]) -> list[str]:
    """Return what `<firewall>-restore` must read to remove our chains from one table; empty if there are none.

    Args:
        lines: the table as `<firewall>-save` prints it, chains and rules.
        keep: chains that stay, as `chains` names them.
    """
    doomed = {chain for chain in _chains_in(lines) if f"{firewall}/{table}/{chain}" not in keep}
    if not doomed:
        return []
    leading = [
        f"-D {line.removeprefix('-A ')}"
        for line in lines
        if line.startswith("-A ") and line.split()[1] not in doomed and _target(line) in doomed
    ]
    flush = [f":{chain} - [0:0]" for chain in sorted(doomed)]  # naming a chain empties it
    return [f"*{table}", *flush, *leading, *(f"-X {chain}" for chain in sorted(doomed)), "COMMIT"]


def _target(rule: str) -> str:
    words = rule.split()
    return words[words.index("-j") + 1] if "-j" in words else ""


def _chains_in(lines: list[str]) -> list[str]:
    names = [line[1:].split()[0] for line in lines if line.startswith(":")]
    return [name for name in names if name.startswith(_OURS)]


def _tables(firewall: str) -> Iterator[tuple[str, list[str]]]:
    table, lines = "", list[str]()
    for line in run([f"{firewall}-save"]).splitlines():
        if line.startswith("*"):
            table, lines = line[1:], []
        elif line == "COMMIT":
            yield table, lines
        elif line.startswith((":", "-A")):
            lines.append(line)
