"""What no field can know by itself: rules over a whole tenant. Each yields the problems that it finds."""

from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from spec import plan
from spec.errors import Problem, shown
from spec.quantity import binary_text, decimal_text, parse
from spec.tenant import Environment, TenantSpec
from spec.workload import Workload

ROOT = "paas:tenant"
DIGEST = "@sha256:"
MOST_EXTRA_PERCENT = 90  # what the extra namespaces may have together


def problems(spec: TenantSpec) -> list[Problem]:
    """Return every problem of `spec` that concerns several of its fields."""
    return [problem for rule in RULES for problem in rule(spec)]


def workloads(spec: TenantSpec) -> Iterator[tuple[str, Workload]]:
    """Yield apps and jobs with their paths, `apps.web`."""
    yield from ((f"apps.{name}", app) for name, app in spec.apps.items())
    yield from ((f"jobs.{name}", job) for name, job in spec.jobs.items())


def _problem(path: str, given: object, wanted: str, fix: str) -> Problem:
    return Problem(path=f"{ROOT}.{path}", given=shown(given), wanted=wanted, fix=fix)


def lifetime(spec: TenantSpec) -> Iterator[Problem]:
    """A sandbox ends by itself; nothing else does."""
    if spec.environment is Environment.SANDBOX and spec.ttl is None:
        yield _problem("environment", "sandbox", "`ttl` with it", "add `ttl: 72h`, for example")
    if spec.environment is not Environment.SANDBOX and spec.ttl is not None:
        yield _problem("ttl", spec.ttl, f"none in environment {spec.environment}", "remove it, or make it a sandbox")


def shares(spec: TenantSpec) -> Iterator[Problem]:
    """The environment's own namespace keeps a tenth of the quota at least."""
    together = sum(found.percent for found in spec.namespaces.values())
    if together > MOST_EXTRA_PERCENT:
        yield _problem(
            "namespaces", f"{together} percent together", f"at most {MOST_EXTRA_PERCENT}", "lower some `percent`"
        )


def known_namespaces(spec: TenantSpec) -> Iterator[Problem]:
    """What names a namespace names one of the environment's."""
    for path, workload in workloads(spec):
        if workload.namespace is not None and workload.namespace not in spec.namespaces:
            wanted = f"one of `namespaces`: {', '.join(spec.namespaces) or 'there is none'}"
            yield _problem(f"{path}.namespace", workload.namespace, wanted, "correct it, or add the namespace")
    for name, found in spec.exceptions.items():
        if found.scope.namespace is not None and found.scope.namespace not in spec.namespaces:
            wanted = f"one of `namespaces`: {', '.join(spec.namespaces) or 'there is none'}"
            path = f"exceptions.{name}.scope.namespace"
            yield _problem(path, found.scope.namespace, wanted, "correct it, or add the namespace")

    for key, database in spec.databases.items():
        if database.namespace is not None and database.namespace not in spec.namespaces:
            wanted = f"one of `namespaces`: {', '.join(spec.namespaces) or 'there is none'}"
            yield _problem(f"databases.{key}.namespace", database.namespace, wanted, "correct it, or add the namespace")


def one_name_one_thing(spec: TenantSpec) -> Iterator[Problem]:
    """Apps and jobs share names of service accounts and config maps."""
    for name in spec.jobs:
        if name in spec.apps:
            yield _problem(f"jobs.{name}", name, "a name that no app has", "rename the job or the app")


def known_bindings(spec: TenantSpec) -> Iterator[Problem]:
    """A binding goes to another app that is served."""
    served = [name for name, app in spec.apps.items() if app.served]
    for path, workload in workloads(spec):
        others = [name for name in served if path != f"apps.{name}"]
        for name, binding in workload.bindings.items():
            if binding.app is not None and binding.app not in others:
                wanted = f"another app that is served: {', '.join(others) or 'there is none'}"
                yield _problem(f"{path}.bindings.{name}.app", binding.app, wanted, "correct the name, or add the app")


def free_variables(spec: TenantSpec) -> Iterator[Problem]:
    """A binding's variables are not those of `config` or `secrets`."""
    for path, workload in workloads(spec):
        for name, binding in workload.bindings.items():
            taken = set(workload.config) | set(workload.secrets)
            clash = sorted(taken & set(plan.binding_variables(name, binding))) if binding.by == "env" else []
            if clash:
                wanted = f"a name whose variables are free: {', '.join(clash)} is taken"
                yield _problem(f"{path}.bindings.{name}", name, wanted, "rename the binding, or use `by: files`")


def known_databases(spec: TenantSpec) -> Iterator[Problem]:
    """A binding goes to a database beside the workload: its Secrets are there and nowhere else."""
    for path, workload in workloads(spec):
        beside = [name for name, found in spec.databases.items() if found.namespace == workload.namespace]
        for name, binding in workload.bindings.items():
            if binding.database is not None and binding.database not in beside:
                wanted = f"a database of the same namespace: {', '.join(beside) or 'there is none'}"
                fix = "correct the name, or add the database"
                yield _problem(f"{path}.bindings.{name}.database", binding.database, wanted, fix)


def parted_by_name(spec: TenantSpec) -> Iterator[Problem]:
    """Who parts with a database says which one, so that no copied line ever does."""
    for name, database in spec.databases.items():
        if database.retire is not None and database.retire != name:
            wanted = f"{name}, its own name once more"
            yield _problem(f"databases.{name}.retire", database.retire, wanted, "correct it, or remove it to keep it")


def enough_connections(spec: TenantSpec) -> Iterator[Problem]:
    """At their most copies, all that bind to a database leave it connections to spare."""
    for name, database in spec.databases.items():
        shares, budget = plan.shares(spec, name), plan.budget(database)
        needed = sum(share.connections for share in shares)
        if needed <= budget:
            continue
        sums = " + ".join(f"{share.path} {share.copies} x {share.pool} = {share.connections}" for share in shares)
        most = plan.DATABASE_PLANS[database.plan].max_connections
        yield _problem(
            f"databases.{name}.plan",
            database.plan,
            f"a plan for {needed} connections ({sums}); {database.plan} has {budget}: {plan.BUDGET_PERCENT} % of"
            f" {plan.usable(database)}, which are its {most} without {plan.RESERVED_CONNECTIONS} of the platform's",
            "take a larger `plan`, or lower `pool` of a binding or the copies of an app",
        )


def databases_within_tier(spec: TenantSpec) -> Iterator[Problem]:
    """An instance is a container with a volume, and no larger than any other."""
    facts = plan.tier(spec)
    for name, database in spec.databases.items():
        size, path = plan.DATABASE_PLANS[database.plan].size, f"databases.{name}"
        for field in ("cpu", "memory", "disk"):
            given, most = getattr(size, field), getattr(facts.largest, field)
            if parse(given) > parse(most):
                wanted = f"a plan with at most {most} of {field}, the most of one container in tier {spec.tier}"
                yield _problem(f"{path}.plan", database.plan, wanted, "take a smaller plan, or a larger `tier`")
        given, least = plan.volume_text(database), plan.DATABASE_PLANS[database.plan].storage
        if parse(given) > parse(facts.volume):
            wanted = f"at most {facts.volume}, the largest volume in tier {spec.tier}"
            yield _problem(f"{path}.storage", given, wanted, "lower it, or take a larger `tier`")
        if parse(given) < parse(least):
            wanted = f"at least {least}, which plan {database.plan} has"
            yield _problem(f"{path}.storage", given, wanted, "raise it, or remove it")


def known_clocks(spec: TenantSpec) -> Iterator[Problem]:
    """Backups begin in the maintenance window, so its clock is one that is known."""
    if spec.maintenance is None or not spec.databases:
        return
    try:
        ZoneInfo(spec.maintenance.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        wanted = "a time zone that the IANA database has"
        yield _problem("maintenance.timezone", spec.maintenance.timezone, wanted, "write for example Europe/Berlin")


def owned_hosts(spec: TenantSpec) -> Iterator[Problem]:
    """A host lies in one of the tenant's domains, and belongs to one app."""
    times = Counter(host for app in spec.apps.values() for host in app.hosts)
    for name, app in spec.apps.items():
        for index, host in enumerate(app.hosts):
            if not any(host == domain or host.endswith(f".{domain}") for domain in spec.domains):
                wanted = f"a host in one of `domains`: {', '.join(spec.domains) or 'there is none'}"
                yield _problem(f"apps.{name}.hosts.{index}", host, wanted, "correct it, or add its domain")
            if times[host] > 1:
                wanted = "a host that no other app has"
                yield _problem(f"apps.{name}.hosts.{index}", host, wanted, "keep it at one app")


def containers_within_tier(spec: TenantSpec) -> Iterator[Problem]:
    """One container asks for no more than the tier's largest."""
    largest = plan.tier(spec).largest
    for path, workload in workloads(spec):
        for name in ("cpu", "memory", "disk"):
            given, most = getattr(workload, name), getattr(largest, name)
            if given is not None and parse(given) > parse(most):
                wanted = f"at most {most}, the most of one container in tier {spec.tier}"
                yield _problem(f"{path}.{name}", given, wanted, "lower it, or take a larger `tier`")


def enough_copies(spec: TenantSpec) -> Iterator[Problem]:
    """Where the tier promises that a node may fail, one copy is not enough."""
    least = plan.tier(spec).least_replicas
    for name, app in spec.apps.items():
        if plan.copies(spec, app)[0] < least:
            field = "scale.min" if app.scale else "replicas"
            given = app.scale.min if app.scale else app.replicas
            wanted = f"at least {least} in tier {spec.tier}, so that one may fail"
            yield _problem(f"apps.{name}.{field}", given, wanted, f"write {least} or more")


def fits_the_quota(spec: TenantSpec) -> Iterator[Problem]:
    """Scaled to its most, and rolling out, an environment still fits its quota: else it could never be updated."""
    for space in plan.spaces(spec):
        if space.percent <= 0:
            continue  # `shares` has said so
        demands = plan.demand(spec, space.key)
        for name, (needed, available) in plan.overrun(demands, plan.quota(spec, space.key)).items():
            text = binary_text if "memory" in name or "storage" in name else decimal_text
            largest = max(demands, key=lambda each: _weight(each, name))
            yield Problem(
                path=f"{ROOT}.{largest.name}",
                given=f"{text(needed)} {name} of namespace {space.name} at worst, with one more copy of each app",
                wanted=f"at most {text(available)}, as tier {spec.tier} has",
                fix="lower its size or its copies, or take a larger `tier`",
            )


def _weight(demand: plan.Demand, name: str) -> Decimal:
    each = Decimal(1) if name == "pods" else demand.each.get(name.removeprefix("requests."), Decimal(0))
    return demand.pods * each


def break_glass_in_production(spec: TenantSpec) -> Iterator[Problem]:
    """Elsewhere developers may look into containers anyway."""
    if spec.break_glass and spec.environment is not Environment.PROD:
        given = [found.group for found in spec.break_glass]
        wanted = "none outside prod, where developers and admins may look into containers anyway"
        yield _problem("breakGlass", given, wanted, "remove it")
    for group, times in Counter(found.group for found in spec.break_glass).items():
        if times > 1:
            yield _problem("breakGlass", group, "each group once", "keep the entry that ends last")


def floating_images(spec: TenantSpec) -> Iterator[Problem]:
    """In staging and prod, what a tag means may not change between two runs, or between the two environments.

    Not one of `RULES`: whether it holds is the platform's to say.
    """
    if spec.environment not in (Environment.STAGING, Environment.PROD):
        return
    for path, workload in workloads(spec):
        if DIGEST not in workload.image:
            wanted = f"an image with its digest in environment {spec.environment}, registry/name:tag@sha256:..."
            fix = f"append the digest that `docker buildx imagetools inspect {workload.image}` prints"
            yield _problem(f"{path}.image", workload.image, wanted, fix)


RULES: tuple[Callable[[TenantSpec], Iterator[Problem]], ...] = (
    lifetime,
    shares,
    known_namespaces,
    one_name_one_thing,
    known_bindings,
    known_databases,
    free_variables,
    owned_hosts,
    containers_within_tier,
    databases_within_tier,
    parted_by_name,
    enough_connections,
    known_clocks,
    enough_copies,
    break_glass_in_production,
    fits_the_quota,
)
