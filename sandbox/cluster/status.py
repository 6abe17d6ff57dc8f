"""Tell how the cluster is: what runs, which nodes are real, and what it does not do."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from sandbox.cluster import powers
from sandbox.cluster.api import Kubectl
from sandbox.cluster.layout import DEFAULT, Layout
from sandbox.cluster.source import Source, source
from sandbox.cluster.supervision import State, Supervisor
from sandbox.machine import SandboxError

NOT_ENFORCED = "not enforced"
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Node:
    """One node.

    Attributes:
        kind: `simulated` nodes run nothing; pods there only look as if.
    """

    name: str
    kind: Literal["real", "simulated"]
    ready: bool


@dataclass(frozen=True, kw_only=True)
class Status:
    """How the cluster is.

    Attributes:
        source: `kubeconfig` is the user's own cluster, which the sandbox leaves alone.
        version: the API server's, such as `v1.35.4`; empty when it does not answer.
        nodes: empty when it does not answer.
        services: the sandbox's own processes; empty for the user's cluster.
        simulated_because: what this machine lacks for a real node; empty where it lacks nothing.
        network_policy: whether anything holds pods to NetworkPolicy objects: the bridge does not.
        problem: why the API server does not answer, in words; empty when it does.
    """

    source: Source
    kubeconfig: str
    version: str = ""
    nodes: tuple[Node, ...] = ()
    services: tuple[State, ...] = ()
    simulated_because: tuple[str, ...] = ()
    network_policy: str = NOT_ENFORCED
    problem: str = ""

    @property
    def up(self) -> bool:
        """Whether the API server answers and some node is ready."""
        return bool(self.version) and any(node.ready for node in self.nodes)

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON has it, keys in camelCase."""
        return {
            "source": self.source,
            "kubeconfig": self.kubeconfig,
            "version": self.version,
            "up": self.up,
            "nodes": [vars(node) for node in self.nodes],
            "services": [{"name": one.name, "state": one.state, "pid": one.pid} for one in self.services],
            "simulatedBecause": list(self.simulated_because),
            "networkPolicy": self.network_policy,
            "problem": self.problem,
        }

    def lines(self) -> list[str]:
        """Return it as a person reads it; every fact that could deceive stands in the first line."""
        ready = [node for node in self.nodes if node.ready]
        real = [node for node in ready if node.kind == "real"]
        version = self.version or "does not answer"
        head = f"cluster {version} ({self.source}): {len(real)} real, {len(ready) - len(real)} simulated nodes ready"
        if self.simulated_because:
            head += f"; SIMULATED ONLY, no container runs: this machine lacks {', '.join(self.simulated_because)}"
        bad = [f"{one.name} is {one.state}" for one in self.services if one.state != "RUNNING"]
        return [
            head,
            *([f"problem: {self.problem}"] if self.problem else []),
            *([f"services: {', '.join(bad)}; `python -m sandbox up` repairs them"] if bad else []),
            f"network policies: {self.network_policy}",
            f"kubeconfig: {self.kubeconfig}",
        ]


def status(programs: Mapping[str, Path], layout: Layout = DEFAULT) -> Status:
    """Return how the cluster is now.

    Args:
        programs: paths by the toolchain's names; only `kubectl` is used, and may be missing.
    """
    whose = source(layout)
    own = whose == "sandbox"
    lacks = tuple(power.name for power in powers.lacking()) if own else ()
    kubeconfig = str(layout.kubeconfig) if own else os.environ["KUBECONFIG"]
    services = tuple(sorted(Supervisor(layout).states().values(), key=lambda one: one.name)) if own else ()
    known = Status(
        source=whose,
        kubeconfig=kubeconfig,
        services=services,
        simulated_because=lacks,
        network_policy=NOT_ENFORCED if own else UNKNOWN,
    )
    if problem := _cannot_ask(programs, layout, own, services):
        return replace(known, problem=problem)
    try:
        kubectl = Kubectl(programs["kubectl"], layout.kubeconfig if own else None)
        version = kubectl.version(timeout=5)
        nodes = tuple(_node(item) for item in kubectl.get("nodes")["items"])
    except SandboxError as error:
        return replace(known, problem=error.what.strip().splitlines()[-1])
    return replace(known, version=version, nodes=nodes)


def _cannot_ask(programs: Mapping[str, Path], layout: Layout, own: bool, services: tuple[State, ...]) -> str:
    if "kubectl" not in programs:
        return "kubectl is not there yet; `python -m sandbox up` gets it"
    if own and not services:
        return "the sandbox is down; `python -m sandbox up` starts it"
    if own and not layout.kubeconfig.exists():
        return f"{layout.kubeconfig} is gone; `python -m sandbox up` writes it anew"
    return ""


def _node(item: Any) -> Node:
    metadata = item["metadata"]
    marks = {**metadata.get("labels", {}), **metadata.get("annotations", {})}
    fake = marks.get("paas.sandbox/kind") == "simulated" or "kwok.x-k8s.io/node" in marks
    conditions = item.get("status", {}).get("conditions", [])
    ready = any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)
    return Node(metadata["name"], "simulated" if fake else "real", ready)
