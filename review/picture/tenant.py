"""An environment by its stack file: who is reached from outside, who calls whom, what may be called outside."""

from collections.abc import Iterator

from review.picture.model import Area, Edge, Node, Picture, Tone
from review.verdict import counted
from spec import JobSpec, TenantSpec, Workload, names, plan, rules


def tenant(spec: TenantSpec) -> Picture:
    """Return the picture of an environment."""
    spaces = {space.key: space for space in plan.spaces(spec)}
    workloads = dict(rules.workloads(spec))
    stack = names.stack_of(spec)
    return Picture(
        title=f"Environment {stack}",
        said=f"{counted(len(spaces), 'namespace')} with {counted(len(spec.apps), 'app')},"
        f" {counted(len(spec.databases), 'database')} and {counted(len(spec.jobs), 'job')};"
        f" reached by {counted(sum(len(app.hosts) for app in spec.apps.values()), 'host')},"
        f" may call {counted(len(spec.egress), 'place')} outside.",
        areas=tuple(
            Area(id=space.name, name=space.name, detail=f"{space.percent} % of the tier {spec.tier}")
            for space in spaces.values()
        ),
        nodes=(
            *(
                Node(id=host, name=host, detail="host", tone=Tone.OUTSIDE)
                for app in spec.apps.values()
                for host in app.hosts
            ),
            *(
                Node(id=path, name=path, detail=_detail(spec, each), area=spaces[each.namespace].name)
                for path, each in workloads.items()
            ),
            *(
                Node(
                    id=f"databases.{name}",
                    name=f"databases.{name}",
                    detail=f"Postgres, plan {each.plan}",
                    area=spaces[each.namespace].name,
                )
                for name, each in spec.databases.items()
            ),
            *(
                Node(
                    id=f"egress.{name}",
                    name=name,
                    detail=f"{place.cidr}, {place.protocol} {', '.join(map(str, place.ports))}",
                    tone=Tone.OUTSIDE,
                    hint=f"{name}: {place.reason}",
                )
                for name, place in spec.egress.items()
            ),
        ),
        edges=tuple(_edges(spec)),
    )


def _edges(spec: TenantSpec) -> Iterator[Edge]:
    for name, app in spec.apps.items():
        yield from (Edge(start=host, end=f"apps.{name}") for host in app.hosts)
    for path, workload in rules.workloads(spec):
        for name, binding in workload.bindings.items():
            target = f"apps.{binding.app}" if binding.app else f"databases.{binding.database}"
            yield Edge(start=path, end=target, label=name)
    for space in plan.spaces(spec):
        yield from (Edge(start=space.name, end=f"egress.{name}", loose=True) for name in spec.egress)


def _detail(spec: TenantSpec, workload: Workload) -> str:
    if isinstance(workload, JobSpec):
        return f"job, {workload.schedule}" if workload.schedule else "job"
    [app] = [each for each in spec.apps.values() if each is workload]
    least, most = plan.copies(spec, app)
    return f"{least} to {most} copies" if least != most else f"{least} {'copy' if least == 1 else 'copies'}"
