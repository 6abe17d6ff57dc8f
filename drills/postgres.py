"""A database as drills see it: its Cluster, its instances, SQL as its superuser from within."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from apiserver import MERGE, Cluster, Late, NotYet, Object, Refused, wait
from spec import TenantSpec, plan

GROUP = "/apis/postgresql.cnpg.io/v1"
HEALTHY = "Cluster in healthy state"
CONTAINER = "postgres"
PATIENCE = 300.0  # seconds until a database is healthy again


@dataclass(frozen=True)
class Postgres:
    """A database in the cluster.

    Attributes:
        cluster: the API server.
        namespace: where it is.
        name: of its Cluster.
        database: its name in SQL, and its owner's.
    """

    cluster: Cluster
    namespace: str
    name: str
    database: str

    @classmethod
    def of(cls, cluster: Cluster, spec: TenantSpec, database: str) -> "Postgres":
        """Return a database of a stack file.

        Raises:
            Refused: there is none, or nobody who says so.
        """
        found = cls(cluster, plan.namespace_of(spec, database), plan.cluster_name(database), plan.sql_name(database))
        found.object()
        return found

    @property
    def path(self) -> str:
        """Where its Cluster is."""
        return f"{GROUP}/namespaces/{self.namespace}/clusters/{self.name}"

    def object(self) -> dict[str, Any]:
        """Return its Cluster.

        Raises:
            Refused: there is none, or the cluster does not know what a database is.
        """
        found: dict[str, Any] | None = self.cluster.get(self.path)
        if found is None:
            if self.cluster.get(GROUP) is None:
                fix = "bring the platform up with its operator `cloudnativePg`: `paas up platform`"
                raise Refused(f"the cluster knows no databases: it has no {GROUP.removeprefix('/apis/')}", fix)
            raise Refused(f"there is no database {self.namespace}/{self.name}", "bring its stack up: `paas up`")
        return found

    def status(self) -> dict[str, Any]:
        """Return what its operator says of it."""
        found: dict[str, Any] = self.object().get("status") or {}
        return found

    def primary(self) -> str:
        """Return the pod that writes."""
        return str(self.status().get("currentPrimary") or "")

    def pods(self) -> list[Object]:
        """Return the pods of its instances."""
        path = f"/api/v1/namespaces/{self.namespace}/pods"
        selector = f"cnpg.io/cluster={self.name},cnpg.io/podRole=instance"
        return self.cluster.items(path, labelSelector=selector)

    def healthy(self) -> bool:
        """Return whether all instances are there, and one of them writes."""
        status = self.status()
        ready = status.get("readyInstances") == self.object()["spec"]["instances"]
        return status.get("phase") == HEALTHY and ready and status.get("currentPrimary") == status.get("targetPrimary")

    def settle(self, within: float = PATIENCE) -> None:
        """Wait until it is healthy.

        Raises:
            Late: it is not; with what its operator says.
            Refused: it is not there, or may not be asked for: no time changes that.
        """
        try:
            wait(f"{self.namespace}/{self.name} healthy", self.healthy, within=within)
        except Late as late:
            status = self.status()
            says = " ".join(str(status.get(key) or "") for key in ("phase", "phaseReason")).strip()
            raise Late(f"{late}; its operator says: {says or 'nothing'}") from None

    def sql(self, text: str, *, pod: str | None = None, database: str | None = None) -> str:
        """Run SQL as superuser in an instance, by default the one that writes; return rows as `a|b` lines."""
        command = ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database or self.database, "-c", text]
        return self.cluster.run(self.namespace, pod or self.primary(), CONTAINER, command).strip()

    def promote(self, pod: str) -> None:
        """Have another instance write, the way its operator's own plugin asks for it."""
        now = self.sql("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")
        wish = {
            "targetPrimary": pod,
            "targetPrimaryTimestamp": now,
            "phase": "Switchover in progress",
            "phaseReason": f"Switching over to {pod}",
        }
        self.cluster.call("PATCH", f"{self.path}/status", {"status": wish}, content=MERGE)

    def kill(self, pod: str) -> None:
        """End a pod without a warning."""
        now = {"gracePeriodSeconds": 0}
        self.cluster.call("DELETE", f"/api/v1/namespaces/{self.namespace}/pods/{pod}", now)

    def evict(self, pod: str) -> None:
        """Ask a pod to go, as a node that is drained does.

        Raises:
            NotYet: a disruption budget keeps it.
        """
        wish = {
            "apiVersion": "policy/v1",
            "kind": "Eviction",
            "metadata": {"name": pod, "namespace": self.namespace},
        }
        self.cluster.call("POST", f"/api/v1/namespaces/{self.namespace}/pods/{pod}/eviction", wish)

    def metric(self, name: str, *, pod: str | None = None) -> float:
        """Return the sum of a metric's values in an instance.

        Raises:
            NotYet: there is none of that name.
        """
        path = f"/api/v1/namespaces/{self.namespace}/pods/{pod or self.primary()}:9187/proxy/metrics"
        found = list(_values(self.cluster.text(path), name))
        if not found:
            raise NotYet(f"{self.namespace}/{self.name} has no metric {name}")  # the exporter asks now and then
        return sum(found)


def _values(text: str, name: str) -> Iterator[float]:
    for line in text.splitlines():
        if line.startswith((f"{name} ", f"{name}{{")):
            yield float(line.rpartition(" ")[2])
