"""Where a database's backups are, whoever makes them: its operator, or the operator's plugin."""

from dataclasses import dataclass
from typing import Any

from apiserver import Object, Refused
from drills.postgres import GROUP, Postgres
from spec import plan

STORES = "/apis/barmancloud.cnpg.io/v1"
ORIGIN = "origin"


@dataclass(frozen=True)
class Backups:
    """A database's backups.

    Attributes:
        postgres: the database.
        server: the folder of its present version.
        store: the plugin's ObjectStore; None where the operator makes them.
        configuration: of the store, as the kinds of both have it.
    """

    postgres: Postgres
    server: str
    store: Object | None
    configuration: dict[str, Any]

    @classmethod
    def of(cls, postgres: Postgres) -> "Backups":
        """Return those that a database's Cluster names.

        Raises:
            Refused: it names none, or a store that is not there.
        """
        spec = postgres.object()["spec"]
        for plugin in spec.get("plugins") or ():
            if plugin["name"] == plan.BARMAN_CLOUD:
                told = plugin["parameters"]
                path = f"{STORES}/namespaces/{postgres.namespace}/objectstores/{told['barmanObjectName']}"
                store: Object | None = postgres.cluster.get(path)
                if store is None:
                    what = f"there is no ObjectStore {postgres.namespace}/{told['barmanObjectName']}"
                    raise Refused(what, "bring its stack up: `paas up`")
                return cls(postgres, told["serverName"], store, store["spec"]["configuration"])
        found = (spec.get("backup") or {}).get(plan.BY_OPERATOR)
        if found is None:
            what = f"the database {postgres.namespace}/{postgres.name} is not backed up"
            raise Refused(what, "bring its stack up: `paas up`")
        return cls(postgres, found["serverName"], None, found)

    @property
    def secret(self) -> str:
        """The Secret that opens the store."""
        return str(self.configuration["s3Credentials"]["accessKeyId"]["name"])

    def newest(self) -> str:
        """Return when the newest whole one ended; empty: there is none."""
        return max([*self._by_the_operator(), *self._by_the_plugin()], default="")

    def _by_the_operator(self) -> list[str]:
        """Those that it made remain good where its plugin goes on with them."""
        path = f"{GROUP}/namespaces/{self.postgres.namespace}/backups"
        return [
            str(each["status"]["stoppedAt"])
            for each in self.postgres.cluster.items(path)
            if each["spec"]["cluster"]["name"] == self.postgres.name
            and (each.get("status") or {}).get("phase") == "completed"
            and each["status"].get("serverName") == self.server
        ]

    def _by_the_plugin(self) -> list[str]:
        windows = ((self.store or {}).get("status") or {}).get("serverRecoveryWindow") or {}
        last = (windows.get(self.server) or {}).get("lastSuccessfulBackupTime")
        return [str(last)] if last else []

    def copied_to(self, namespace: str) -> dict[str, Any]:
        """Have what a restore in another namespace reads there, and return the external cluster that it names."""
        cluster = self.postgres.cluster
        key = cluster.get(f"/api/v1/namespaces/{self.postgres.namespace}/secrets/{self.secret}")
        copy = {"metadata": {"name": self.secret}, "type": key["type"], "data": key["data"]}
        cluster.call("POST", f"/api/v1/namespaces/{namespace}/secrets", copy)
        if self.store is None:
            return {"name": ORIGIN, plan.BY_OPERATOR: self.configuration}
        name = self.store["metadata"]["name"]
        # Whoever restores removes nothing that is old, and needs not leave room for a database that works.
        store = {
            "apiVersion": self.store["apiVersion"],
            "kind": self.store["kind"],
            "metadata": {"name": name},
            "spec": {"configuration": self.configuration},
        }
        cluster.call("POST", f"{STORES}/namespaces/{namespace}/objectstores", store)
        parameters = {"barmanObjectName": name, "serverName": self.server}
        return {"name": ORIGIN, "plugin": {"name": plan.BARMAN_CLOUD, "parameters": parameters}}
