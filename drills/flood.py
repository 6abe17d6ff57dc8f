"""One tenant opens far more connections than it may: its own wait, and everybody else's work goes on."""

from apiserver import Cluster, Late, wait
from drills._event import told
from drills.client import Client, client
from drills.postgres import Postgres
from drills.verdict import Bench, Verdict
from spec import TenantSpec, plan

CONNECTIONS = 500
MOST_TIMES = 2.0
"""What is promised: the 95th percentile of the other tenant, over what it was before."""

MEASURED_SECONDS = 15
FLOOD_SECONDS = 90
ALERT_PATIENCE = 75.0  # seconds; the exporter answers from what it saw half a minute ago

QUERY = "SELECT 1"
WORK = "SELECT pg_sleep(0.05)"


def flood(flooding: tuple[TenantSpec, str], other: tuple[TenantSpec, str]) -> Verdict:
    """Flood one database and measure another.

    Args:
        flooding: who floods, and its database.
        other: who must not notice.
    """
    cluster = Cluster()
    (spec, database), (beside, theirs) = flooding, other
    flooded, quiet = Postgres.of(cluster, spec, database), Postgres.of(cluster, beside, theirs)
    bench = Bench("flood", namespace=flooded.namespace, subject=database)
    flooded.settle()
    quiet.settle()
    image = str(flooded.object()["spec"]["imageName"])
    with client(cluster, beside, theirs, image) as victim, client(cluster, spec, database, image) as attacker:
        before = bench.figure("beforeP95Milliseconds", _p95(victim))
        start(attacker, FLOOD_SECONDS)
        held = wait(f"{CONNECTIONS} connections", lambda: _open(attacker), within=FLOOD_SECONDS)
        bench.check("connections of the flood", held >= CONNECTIONS, found=held, wanted=CONNECTIONS)
        during = bench.figure("duringP95Milliseconds", _p95(victim))
        times = bench.figure("times", during / before)
        wanted = f"at most {MOST_TIMES:g} times {before:.1f} ms"
        bench.check("the other's p95", times <= MOST_TIMES, found=f"{during:.1f} ms", wanted=wanted)
        _limits(bench, spec, database, flooded)
    return told(cluster, flooded.path, bench.verdict())


def _limits(bench: Bench, spec: TenantSpec, database: str, flooded: Postgres) -> None:
    """The flood stops at the budget, where the alert's expression has a value."""
    budget, usable = plan.budget(spec.databases[database]), plan.usable(spec.databases[database])
    used = 0.0

    def fires() -> bool:
        nonlocal used
        used = flooded.metric("cnpg_paas_connections_used")
        return 100 * used >= plan.BUDGET_PERCENT * flooded.metric("cnpg_paas_connections_usable")

    try:
        fired = wait("the alert's measure", fires, within=ALERT_PATIENCE, poll=3)
    except Late:
        fired = False
    bench.figure("connectionsUsed", used)
    bench.check(
        f"alert DatabaseConnections ({plan.BUDGET_PERCENT} %)",
        fired,
        found=f"{used:.0f} of {usable}",
        wanted=f"{plan.BUDGET_PERCENT} % or more",
    )
    # People and the exporter have sessions of their own beside the poolers'.
    most = usable - 1
    bench.check("connections that are left", used <= most, found=f"{usable - used:.0f}", wanted="1 or more")
    bench.figure("budget", budget)


def start(attacker: Client, seconds: int) -> None:
    """Let a client hold as many connections as make a flood, for a while; return at once."""
    attacker.run(
        f"echo '{WORK};' >/tmp/work.sql;"
        f' nohup pgbench -n -c {CONNECTIONS} -j 2 -T {seconds} -f /tmp/work.sql "$URI" >/tmp/flood.log 2>&1 &'
    )


def _open(attacker: Client) -> int:
    """Return how many connections the flood has, once it has all of them."""
    # Established ones, by the client's own kernel: state 01 in /proc/net/tcp, port 5432 = 1538.
    found = int(attacker.run("cat /proc/net/tcp /proc/net/tcp6 | grep -c ':1538 01 ' || true") or 0)
    return found if found >= CONNECTIONS else 0


def _p95(victim: Client) -> float:
    """Return the 95th percentile of a small query's time, in milliseconds, through the pooler."""
    text = victim.run(
        f"cd /tmp; rm -f lat.*; echo '{QUERY};' >q.sql;"
        f' pgbench -n -c 2 -j 1 -R 40 -T {MEASURED_SECONDS} -f q.sql -l --log-prefix=lat "$URI" >bench.log 2>&1'
        " || { cat bench.log; exit 1; };"
        " cat lat.* | awk '{print $3}' | sort -n | awk '{a[NR]=$1} END {print a[int((NR*95+99)/100)]}'",
        within=MEASURED_SECONDS + 60,
    )
    return float(text) / 1000
