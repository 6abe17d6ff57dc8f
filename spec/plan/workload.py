"""Apps and jobs: what they reserve, how many there are, what they are told."""

from dataclasses import dataclass
from decimal import Decimal

from spec import names
from spec.app import AppSpec
from spec.duration import parse
from spec.job import JobSpec
from spec.plan.sizes import Resources, resources, tier
from spec.quantity import decimal_text
from spec.tenant import TenantSpec
from spec.tiers import Size
from spec.workload import Workload

HTTP_PORT = 80
"""Of every Service, so that callers need to know a name only."""

TOLERANCE = Decimal("0.5")
"""By which share the load of an app may differ from what its copies are meant for before their number changes."""


@dataclass(frozen=True, kw_only=True)
class Autoscaling:
    """What an autoscaler keeps to.

    Attributes:
        cpu_percent: of the reserved CPU, which the copies are brought to.
        tolerance: by which share the load may differ from that before anything changes, as a quantity.
        settle_seconds: how long the load must have been lower before copies go.
        up_percent: at most so many percent more copies in one period.
        down_percent: at most so many percent fewer.
        period_seconds: of both.
    """

    min: int
    max: int
    cpu_percent: int
    tolerance: str
    settle_seconds: int
    up_percent: int
    down_percent: int
    period_seconds: int


def workload_resources(spec: TenantSpec, workload: Workload) -> Resources:
    """Return requests and limits of a container: its own wishes, else the tier's defaults."""
    facts = tier(spec)
    size = Size(
        cpu=workload.cpu or facts.container.cpu,
        memory=workload.memory or facts.container.memory,
        disk=workload.disk or facts.container.disk,
    )
    return resources(size, facts.burst)


def copies(spec: TenantSpec, app: AppSpec) -> tuple[int, int]:
    """Return the fewest and the most copies of an app; the same number twice where no autoscaler owns it."""
    if app.scale:
        return app.scale.min, app.scale.max
    fixed = app.replicas or tier(spec).replicas
    return fixed, fixed


def autoscaling(app: AppSpec) -> Autoscaling | None:
    """Return what the app's autoscaler keeps to, or None where it has none.

    A load that goes up and down in any rhythm makes less than six changes an hour. Each change is a large one: nothing
    happens until the load is half above or half below what the copies are meant for; then there are up to twice as
    many in half an hour, and fewer again only after an hour of less load. Without the wide tolerance a load that
    swings slowly would be followed copy by copy.
    """
    if app.scale is None:
        return None
    return Autoscaling(
        min=app.scale.min,
        max=app.scale.max,
        cpu_percent=round(app.scale.cpu / (1 + TOLERANCE)),
        tolerance=decimal_text(TOLERANCE),
        settle_seconds=3600,
        up_percent=100,
        down_percent=50,
        period_seconds=1800,
    )


def host_of(spec: TenantSpec, app: str) -> str:
    """Return the name under which an app is called from any namespace of the cluster."""
    namespace = names.namespace(spec.name, spec.environment, spec.apps[app].namespace)
    return f"{app}.{namespace}"


def deadline_seconds(job: JobSpec) -> int:
    """Return how long a run may take, in whole seconds, at least one."""
    return max(1, int(parse(job.deadline)))


def job_name(name: str, job: JobSpec) -> str:
    """Return the name of a job's object: that of a job that runs once changes with its spec, so that it runs again."""
    return name if job.schedule else names.hashed(name, job.model_dump(mode="json"))


def uri(spec: TenantSpec, app: str) -> str:
    """Return where an app is called from within the cluster."""
    return f"http://{host_of(spec, app)}"
