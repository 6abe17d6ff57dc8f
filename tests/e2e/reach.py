"""What the network policies in the cluster amount to, as netpol-analyzer reads them, held against `plan.matrix`.

The truth is what the API server has. Only the far ends that no tenant owns are stand-ins in the exported copy: a pod of
the gateway and one of a stranger.
"""

import copy
import json
import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any

from sandbox.machine.paths import programs
from spec import TenantSpec, plan
from spec.plan.network import DNS_NAMESPACE, DNS_PODS, GATEWAY_NAMESPACE, MONITORING_NAMESPACE
from tests.e2e.stacks import kubectl

Item = dict[str, Any]
Range = tuple[int, int]

KINDS = "namespaces,networkpolicies,deployments,cronjobs,jobs"
ELSEWHERE = "stand-in-elsewhere"
MONITOR = f"{MONITORING_NAMESPACE}/stand-in"
FIRST_STAND_IN = int(IPv4Address("1.0.0.0"))


def exported(tenants: Sequence[TenantSpec]) -> list[Item]:
    """Return the namespaces, policies and workloads of `tenants` and of the cluster's DNS, as they are."""
    wanted = {space.name for spec in tenants for space in plan.spaces(spec)} | {DNS_NAMESPACE}
    found = json.loads(kubectl("get", KINDS, "--all-namespaces", "-o", "json"))["items"]
    return [
        item
        for item in found
        if item["metadata"].get("namespace", item["metadata"]["name"]) in wanted
        and not item["metadata"].get("ownerReferences")
    ]


def pods_of(namespace: str) -> list[Item]:
    """Return a namespace with its policies, CronJobs, and every pod by itself, whatever made it."""
    found = json.loads(kubectl("get", "networkpolicies,cronjobs,pods", "-n", namespace, "-o", "json"))["items"]
    for item in found:
        item["metadata"].pop("ownerReferences", None)
    return [json.loads(kubectl("get", "namespace", namespace, "-o", "json")), *found]


def analysed(items: Sequence[Item], folder: Path) -> "Analysis":
    """Return what is open between the pods of some objects, and from a stranger and from who measures."""
    return _analysed([*items, *_stand_ins(ELSEWHERE), *_stand_ins(MONITORING_NAMESPACE)], folder, set())


def faults(items: Sequence[Item], wanted: plan.Matrix, folder: Path) -> list[str]:
    """Return where the cluster differs from the matrix: `from -> to: open for TCP 80, wanted nothing`.

    Args:
        items: of `exported`, changed or not.
        folder: where the analyzer may read its input from.
    """
    (folder / "4").mkdir(exist_ok=True)
    (folder / "6").mkdir(exist_ok=True)
    everything = [*items, *_stand_ins(GATEWAY_NAMESPACE), *_stand_ins(ELSEWHERE)]
    of_dns = _dns(items)
    four = _analysed([_of_family(item, _only_four) for item in everything], folder / "4", of_dns)
    line = _Line.of(everything, wanted)
    six = _analysed([_of_family(item, line.stand_ins) for item in everything], folder / "6", of_dns)
    known = {place for pair in wanted for place in pair} | {plan.GATEWAY, plan.STRANGER}
    strange = sorted({f"{end}: no spec has it" for end in four.places() - known if not end.startswith(DNS_NAMESPACE)})
    return strange + [
        f"{source} -> {target}: open for {plan.told(found)}, wanted {plan.told(ports)}"
        for (source, target), ports in wanted.items()
        if (found := _found(source, target, four, six, line)) != ports
    ]


@dataclass(frozen=True)
class _Row:
    """One line of the analyzer: ends are places, or ranges of addresses as numbers."""

    source: str | Range
    target: str | Range
    ports: plan.Ports


@dataclass(frozen=True)
class Analysis:
    """What the analyzer says of some objects."""

    rows: list[_Row]

    def ports(self, source: str | int, target: str | int) -> plan.Ports:
        """Return what is open between two ends; addresses are numbers."""
        rows = [row.ports for row in self.rows if _is(row.source, source) and _is(row.target, target)]
        return plan.EVERY if plan.EVERY in rows else plan.CLOSED.union(*rows)

    def places(self) -> set[str]:
        return {end for row in self.rows for end in (row.source, row.target) if isinstance(end, str)}


@dataclass(frozen=True)
class _Line:
    """IPv6 as few IPv4 addresses.

    The analyzer knows IPv4 only and reads 2001:db8::/32 as 32.1.13.184. So the IPv6 addresses that are named anywhere
    cut all of IPv6 into stretches, and one IPv4 address stands for each.

    Attributes:
        cuts: where stretches begin, and the end of the last.
    """

    cuts: list[int]

    @classmethod
    def of(cls, items: Sequence[Item], wanted: plan.Matrix) -> "_Line":
        blocks = [block for item in items for block in _blocks(item) if ":" in block["cidr"]]
        networks = [ip_network(text) for block in blocks for text in (block["cidr"], *block.get("except", []))]
        networks += [ip_network(place) for pair in wanted for place in pair if ":" in place]
        edges = {edge for each in networks for edge in (int(each.network_address), int(each.broadcast_address) + 1)}
        return cls(sorted(edges | {0, 2**128}))

    def number(self, address: IPv6Address) -> int:
        """Return the IPv4 address, as a number, that stands for the stretch with `address` in it."""
        return FIRST_STAND_IN + sum(cut <= int(address) for cut in self.cuts) - 1

    def stand_ins(self, block: Item) -> Iterator[Item]:
        """Yield what stands for an `ipBlock`; nothing for one of IPv4."""
        if ":" not in block["cidr"]:
            return
        inside, holes = IPv6Network(block["cidr"]), [IPv6Network(text) for text in block.get("except", [])]
        for cut in self.cuts[:-1]:
            first = IPv6Address(cut)
            if first in inside and not any(first in hole for hole in holes):
                yield {"cidr": f"{IPv4Address(self.number(first))}/32"}


def _only_four(block: Item) -> Iterator[Item]:
    if ":" not in block["cidr"]:
        yield block


def _found(source: str, target: str, four: Analysis, six: Analysis, line: _Line) -> plan.Ports:
    ends = [_address(source) or source, _address(target) or target]
    if any(isinstance(end, IPv6Address) for end in ends):
        return six.ports(*(line.number(end) if isinstance(end, IPv6Address) else str(end) for end in ends))
    return four.ports(*(int(end) if isinstance(end, IPv4Address) else str(end) for end in ends))


def _address(place: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(place)
    except ValueError:
        return None


def _is(end: str | Range, wanted: str | int) -> bool:
    if isinstance(end, tuple) and isinstance(wanted, int):
        return end[0] <= wanted <= end[1]
    return end == wanted


def _blocks(item: Item) -> Iterator[Item]:
    if item["kind"] == "NetworkPolicy":
        for rule, way in _rules(item["spec"]):
            yield from (peer["ipBlock"] for peer in rule.get(way, []) if "ipBlock" in peer)


def _rules(spec: Item) -> Iterator[tuple[Item, str]]:
    yield from ((rule, "from") for rule in spec.get("ingress", []))
    yield from ((rule, "to") for rule in spec.get("egress", []))


def _of_family(item: Item, keep: Any) -> Item:
    """Return the item with `keep(block)` instead of each `ipBlock`; a rule that is left without any peer goes."""
    if item["kind"] != "NetworkPolicy":
        return item
    changed = copy.deepcopy(item)
    for rule, way in list(_rules(changed["spec"])):
        if not rule.get(way):
            continue  # open for all, in both families
        peers = rule[way]
        rule[way] = [peer for peer in peers if "ipBlock" not in peer]
        rule[way] += [{"ipBlock": block} for peer in peers if "ipBlock" in peer for block in keep(peer["ipBlock"])]
        if not rule[way]:
            changed["spec"][{"from": "ingress", "to": "egress"}[way]].remove(rule)
    return changed


def _analysed(items: Sequence[Item], folder: Path, dns: set[str]) -> Analysis:
    # JSON is YAML, and the analyzer passes over files that are not called so.
    (folder / "items.yaml").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": list(items)}))
    ran = subprocess.run(
        [programs() / "netpolicy", "list", "--dirpath", folder, "--quiet", "--output", "json"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    names = dict.fromkeys(dns, plan.DNS) | {
        f"{GATEWAY_NAMESPACE}/stand-in": plan.GATEWAY,
        f"{ELSEWHERE}/stand-in": plan.STRANGER,
    }
    return Analysis(
        [_Row(_end(row["src"], names), _end(row["dst"], names), _ports(row["conn"])) for row in json.loads(ran.stdout)]
    )


def _end(text: str, names: dict[str, str]) -> str | Range:
    if found := re.fullmatch(r"([0-9.]+)-([0-9.]+)", text):
        return int(IPv4Address(found[1])), int(IPv4Address(found[2]))
    place = text.partition("[")[0]
    return names.get(place, place)


def _ports(text: str) -> plan.Ports:
    """Read `TCP 53,80-81,UDP 53`."""
    if text == "All Connections":
        return plan.EVERY
    found, protocol = set(), ""
    for part in text.split(","):
        match = re.fullmatch(r"(?:(TCP|UDP|SCTP) )?(\d+)(?:-(\d+))?", part)
        assert match, text
        protocol = match[1] or protocol
        found |= {(protocol, port) for port in range(int(match[2]), int(match[3] or match[2]) + 1)}
    return frozenset(found)


def _dns(items: Sequence[Item]) -> set[str]:
    """Return the workloads whose pods bear the labels of the cluster's DNS."""
    return {
        f"{DNS_NAMESPACE}/{item['metadata']['name']}"
        for item in items
        if item["kind"] == "Deployment" and item["metadata"]["namespace"] == DNS_NAMESPACE
        if DNS_PODS.items() <= item["spec"]["template"]["metadata"]["labels"].items()
    }


def _stand_ins(namespace: str) -> list[Item]:
    labels = {"app": "stand-in"}
    pod = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "stand-in", "image": "stand-in"}]}}
    return [
        {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": namespace, "labels": {plan.NAMESPACE_NAME: namespace}},
        },
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "stand-in", "namespace": namespace},
            "spec": {"selector": {"matchLabels": labels}, "template": pod},
        },
    ]
