"""Pictures of a tenant and of the fleet, as Mermaid flowcharts, from the stack files alone. Pure."""

from collections.abc import Iterator, Mapping

from spec import PLATFORM_STACK, PlatformSpec, TenantSpec, plan, rules

OPEN, CLOSED = "([", "])"
"""Mermaid's brackets of what lies outside the cluster; within it, things are boxes."""

STORE = "[(", ")]"
"""Those of what keeps data."""


def tenant(spec: TenantSpec) -> str:
    """Return an environment: who is reached from outside, who calls whom, and what may be called outside."""
    lines = ["flowchart LR"]
    for space in plan.spaces(spec):
        inner = [
            f"    {_id(path)}[{_said(path)}]" for path, each in rules.workloads(spec) if each.namespace == space.key
        ]
        inner += [
            f"    {_id(f'databases.{name}')}{STORE[0]}{_said(f'databases.{name}')}{STORE[1]}"
            for name, each in spec.databases.items()
            if each.namespace == space.key
        ]
        lines += [f"  subgraph {_id(space.name)}[{_said(space.name)}]", *inner, "  end"]
    lines += [f"  {line}" for line in _arrows(spec)]
    return "\n".join(lines) + "\n"


def _arrows(spec: TenantSpec) -> Iterator[str]:
    for name, app in spec.apps.items():
        for host in app.hosts:
            yield f"{_id(host)}{OPEN}{_said(host)}{CLOSED} --> {_id(f'apps.{name}')}"
    for path, workload in rules.workloads(spec):
        for name, binding in workload.bindings.items():
            target = f"apps.{binding.app}" if binding.app else f"databases.{binding.database}"
            yield f"{_id(path)} -->|{_said(name)}| {_id(target)}"
    for space in plan.spaces(spec):
        for name, place in spec.egress.items():
            ports = ", ".join(f"{port}" for port in place.ports)
            there = f"{_id(f'egress.{name}')}{OPEN}{_said(f'{name}: {place.cidr}, {place.protocol} {ports}')}{CLOSED}"
            yield f"{_id(space.name)} -.-> {there}"


def fleet(specs: Mapping[str, TenantSpec | PlatformSpec]) -> str:
    """Return all stacks: tenants with their environments and tiers, on the platform if there is one."""
    lines = ["flowchart LR"]
    if PLATFORM_STACK in specs:
        lines.append(f"  {_id(PLATFORM_STACK)}[{_said(PLATFORM_STACK)}]")
    tenants: dict[str, dict[str, TenantSpec]] = {}
    for stack, spec in specs.items():
        if isinstance(spec, TenantSpec):
            tenants.setdefault(spec.name, {})[stack] = spec
    for name, stacks in tenants.items():
        team = next(iter(stacks.values())).owner.team
        lines.append(f"  subgraph {_id(f'tenant.{name}')}[{_said(f'{name}, of {team}')}]")
        lines += [f"    {_id(stack)}[{_said(f'{stack}, {spec.tier}')}]" for stack, spec in stacks.items()]
        lines.append("  end")
        if PLATFORM_STACK in specs:
            lines += [f"  {_id(PLATFORM_STACK)} --> {_id(stack)}" for stack in stacks]
    return "\n".join(lines) + "\n"


def _id(name: str) -> str:
    """Return a name that Mermaid takes for a node: each thing has another, and none is a word of its language."""
    return "n_" + "".join(sign if sign.isalnum() and sign.isascii() else f"_{ord(sign):x}_" for sign in name)


def _said(text: str) -> str:
    """Return a label in quotes; what would end them is escaped the way Mermaid does."""
    return '"' + text.replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;") + '"'
