"""A tenant's environment: confined namespaces, then what keeps data in them, then what runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pulumi import Output, Resource

from components._base import Args, Component, Outputs
from components._facts import PlatformFacts, checked_images
from components.app import App, AppArgs
from components.database import ManagedDatabase, ManagedDatabaseArgs
from components.edge import Edge, EdgeArgs
from components.isolation import IsolatedNamespace, IsolatedNamespaceArgs, flow
from components.job import ScheduledJob, ScheduledJobArgs
from spec import TenantSpec, Workload, plan


@dataclass(frozen=True, kw_only=True)
class TenantEnvironmentArgs(Args):
    """The stack file's `paas:tenant`, and what the platform's stack says.

    Attributes:
        facts: of the platform.
    """

    spec: TenantSpec
    facts: PlatformFacts


@dataclass(frozen=True, kw_only=True)
class TenantEnvironmentOutputs(Outputs):
    """What people ask of a stack.

    Attributes:
        namespaces: where the tenant works, its own first.
        urls: where each app is called from within the cluster, by the app's name.
        hosts: where it is called from outside.
    """

    namespaces: list[Output[str]]
    urls: dict[str, str]
    hosts: dict[str, list[str]]


class TenantEnvironment(Component[TenantEnvironmentArgs, TenantEnvironmentOutputs]):
    """Everything of one environment.

    Example:
        environment = TenantEnvironment("tenant", TenantEnvironmentArgs(spec=spec, facts=facts))
        pulumi.export("urls", environment.outputs.urls)
    """

    token = "paas:tenant:TenantEnvironment"

    def build(
        self,
        name: str,  # noqa: ARG002  a root's children are named for what they are
        args: TenantEnvironmentArgs,
    ) -> TenantEnvironmentOutputs:
        """Confine first, run then."""
        spec = args.spec
        flow(spec, self.child())
        homes = {
            space.key: IsolatedNamespace(
                "namespace" if space.key is None else f"namespace-{space.key}",
                IsolatedNamespaceArgs(spec=spec, space=space, facts=args.facts),
                self.child(),
            )
            for space in plan.spaces(spec)
        }
        databases = {
            key: ManagedDatabase(
                f"database-{key}",
                ManagedDatabaseArgs(
                    spec=database,
                    tenant=spec,
                    database=key,
                    facts=args.facts,
                    namespace=homes[database.namespace].outputs.name,
                ),
                self.child(depends_on=[homes[database.namespace]]),
            )
            for key, database in spec.databases.items()
        }
        images = checked_images(spec, args.facts.require_digest)
        apps = {
            key: App(
                f"app-{key}",
                AppArgs(
                    spec=app,
                    tenant=spec,
                    app=key,
                    image=images[f"apps.{key}"],
                    namespace=homes[app.namespace].outputs.name,
                ),
                self.child(depends_on=[homes[app.namespace], *_called(app, databases=databases)]),
            )
            for key, app in spec.apps.items()
        }
        for key, job in spec.jobs.items():
            ScheduledJob(
                f"job-{key}",
                ScheduledJobArgs(
                    spec=job,
                    tenant=spec,
                    job=key,
                    image=images[f"jobs.{key}"],
                    namespace=homes[job.namespace].outputs.name,
                ),
                # What a job calls is there before it runs: a job that runs once has one chance.
                self.child(depends_on=[homes[job.namespace], *_called(job, databases=databases, apps=apps)]),
            )
        edges = [
            Edge(
                "edge" if space.key is None else f"edge-{space.key}",
                EdgeArgs(spec=spec, entrances=entrances, namespace=homes[space.key].outputs.name, facts=args.facts),
                self.child(depends_on=[homes[space.key], *(apps[found.app] for found in entrances)]),
            )
            for space in plan.spaces(spec)
            if (entrances := plan.entrances(spec, space.key))
        ]
        return TenantEnvironmentOutputs(
            namespaces=[home.outputs.name for home in homes.values()],
            urls={key: app.outputs.url for key, app in apps.items() if app.outputs.url},
            hosts={app: urls for edge in edges for app, urls in edge.outputs.urls.items()},
        )


def _called(
    workload: Workload, *, databases: Mapping[str, ManagedDatabase], apps: Mapping[str, App] = MappingProxyType({})
) -> list[Resource]:
    """Return what a workload needs to be there before it. Apps call each other in circles, so they wait for none."""
    found: list[Resource] = []
    for binding in workload.bindings.values():
        if binding.database is not None:
            found.append(databases[binding.database])
        elif binding.app is not None and binding.app in apps:
            found.append(apps[binding.app])
    return found
