"""Another instance takes over: because the one that writes was killed, was asked to, or its node is drained."""

from collections.abc import Callable

from apiserver import Cluster, NotYet, Refused, wait
from drills._event import told
from drills.client import client
from drills.postgres import Postgres
from drills.verdict import Bench, Verdict
from drills.writer import Writer, writer
from spec import TenantSpec

FAILOVER_SECONDS, SWITCHOVER_SECONDS = 10.0, 20.0
"""What is promised: how long nobody can write, at most."""

PATIENCE = 180.0


def failover(spec: TenantSpec, database: str) -> Verdict:
    """Kill the instance that writes, and measure until somebody can write again."""
    return _drill("failover", spec, database, _killed, FAILOVER_SECONDS)


def switchover(spec: TenantSpec, database: str) -> Verdict:
    """Have a standby take over in good order, as every update of a database does."""
    return _drill("switchover", spec, database, _switched, SWITCHOVER_SECONDS)


def drain(spec: TenantSpec, database: str) -> Verdict:
    """Have each instance leave its node in turn, as if all nodes were drained one after the other."""
    return _drill("drain", spec, database, _drained, SWITCHOVER_SECONDS)


Harm = Callable[[Bench, Postgres, Writer], float]
"""Does it, and returns the writer's clock at that moment."""


def _drill(name: str, spec: TenantSpec, database: str, harm: Harm, most: float) -> Verdict:
    postgres = Postgres.of(Cluster(), spec, database)
    bench = Bench(name, namespace=postgres.namespace, subject=database)
    postgres.settle()
    instances = postgres.object()["spec"]["instances"]
    if bench.check("instances", instances > 1, found=instances, wanted="2 or more, so that one can take over"):
        image = str(postgres.object()["spec"]["imageName"])
        with client(postgres.cluster, spec, database, image) as caller, writer(caller, postgres) as writing:
            since = harm(bench, postgres, writing)
            writing.go_on()
            postgres.settle()
            writing.go_on()
            writes = writing.stop()
        longest, first = writes.gap(since)
        bench.figure("longestGapSeconds", longest)
        bench.figure("sinceOrderSeconds", first)
        bench.figure("writes", len(writes.done))
        bench.check("nobody could write for", longest < most, found=f"{longest:.1f} s", wanted=f"< {most:.0f} s")
        bench.check("writes that were lost", not writes.lost, found=len(writes.lost), wanted=f"0 of {len(writes.done)}")
    return told(postgres.cluster, postgres.path, bench.verdict())


def _killed(bench: Bench, postgres: Postgres, writing: Writer) -> float:
    before, since = postgres.primary(), writing.now()
    postgres.kill(before)
    wait("another primary", lambda: postgres.primary() not in ("", before), within=PATIENCE)
    bench.check("who writes now", True, found=postgres.primary(), wanted=f"another than {before}")
    return since


def _switched(bench: Bench, postgres: Postgres, writing: Writer) -> float:
    before, since = postgres.primary(), writing.now()
    chosen = next(str(pod["metadata"]["name"]) for pod in postgres.pods() if pod["metadata"]["name"] != before)
    postgres.promote(chosen)
    wait(f"{chosen} writes", lambda: postgres.primary() == chosen, within=PATIENCE)
    bench.check("who writes now", True, found=chosen, wanted=f"another than {before}")
    return since


def _drained(bench: Bench, postgres: Postgres, writing: Writer) -> float:
    """A standby goes when it is asked; the one that writes is kept until another does."""
    since, first = writing.now(), postgres.primary()
    try:
        postgres.evict(first)
        bench.check("eviction of the one that writes", False, found="let go", wanted="refused by its budget")
    except NotYet as refusal:
        kept = "disruption budget" in str(refusal)
        bench.check("eviction of the one that writes", kept, found=refusal, wanted="refused by its budget")
    for pod in [str(each["metadata"]["name"]) for each in postgres.pods() if each["metadata"]["name"] != first]:
        _leave(bench, postgres, pod)
    _switched(bench, postgres, writing)
    _leave(bench, postgres, first)
    return since


def _leave(bench: Bench, postgres: Postgres, pod: str) -> None:
    def uid() -> str:
        return next((str(each["metadata"]["uid"]) for each in postgres.pods() if each["metadata"]["name"] == pod), "")

    def evicted() -> bool:
        try:
            postgres.evict(pod)
        except Refused as refusal:
            if refusal.status != 404:  # it has gone
                raise
        return True

    before = uid()
    wait(f"eviction of {pod}", evicted, within=PATIENCE)
    wait(f"{pod} anew", lambda: uid() not in ("", before), within=PATIENCE)
    postgres.settle()
    bench.check(f"{pod} left its node", True, found="came back, healthy", wanted="healthy again")
