"""Operators of the platform: who issues certificates, who lets requests in, who runs databases; and how each comes."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from spec._base import Model, refuse, wrong
from spec.platform_scalars import ChartVersion, Manifest, Repository
from spec.scalars import ObjectName


class Chart(Model):
    """Another chart than upstream's own at the version that the platform pins."""

    repository: Repository
    """Where it is, a mirror for example."""

    version: ChartVersion
    """Which one, exactly."""


class Operator(Model):
    """One operator."""

    source: Literal["chart", "manifest", "adopt"] = "chart"
    """`chart`: installed by Helm's chart. `manifest`: installed from a file. `adopt`: it is there, and stays somebody
    else's. Absent: chart."""

    chart: Chart | None = None
    """Absent: upstream's, at the version that the platform pins."""

    manifest: Manifest | None = None
    """The file, from the root of the project, or its https:// address. Absent: none, as for other sources."""

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        faults = []
        if (self.manifest is None) is (self.source == "manifest"):
            faults.append((("manifest",), self.manifest, wrong("it with `source: manifest`, and only there", "add it")))
        if self.chart is not None and self.source != "chart":
            faults.append((("chart",), "a chart", wrong("it with `source: chart` only", "remove it")))
        refuse("Operator", faults)
        return self


class CertManager(Operator):
    """cert-manager, and the one issuer that tenants' certificates come from."""

    issuer: ObjectName | None = None
    """A ClusterIssuer that is there already, and that clients trust. Absent: the platform makes an authority of its
    own, `paas`, which only clients trust that are told of it."""


class Gateway(Operator):
    """A controller of the Gateway API: what lets requests in from outside."""

    controller: Literal["envoy", "traefik"] = "envoy"
    """Which one: Envoy Gateway, or Traefik. Traefik's manifest holds the definitions of the Gateway API, and the
    platform deploys Traefik itself; the other one's holds all of it. Absent: envoy."""

    replicas: Annotated[int, Field(ge=1, le=20)] = 2
    """How many copies let requests in, where the platform deploys it itself. Absent: 2."""

    rate_limits: bool | None = None
    """Whether apps may have a `rateLimit`, which only kinds of the controller's own say: Envoy Gateway's
    BackendTrafficPolicy, from 1.4 on, or Traefik's Middleware, by its provider `kubernetesCRD`. False: none of it is
    installed. Absent: yes, unless the controller is adopted."""

    @model_validator(mode="after")
    def _traefik_has_no_chart(self) -> Self:
        if self.controller == "traefik" and self.source == "chart":
            fix = "write `source: manifest` and name the Gateway API's definitions, or adopt one that is there"
            refuse("Gateway", [(("source",), self.source, wrong("`manifest` or `adopt` with traefik", fix))])
        return self


class Operators(Model):
    """Operators that the platform has. One that is absent is not there, and what needs it is refused."""

    cert_manager: CertManager | None = None
    """Issues and renews certificates. Absent: no app has hosts."""

    gateway: Gateway | None = None
    """Lets requests in from outside. Absent: no app has hosts."""

    cloudnative_pg: Operator | None = None
    """Runs databases: CloudNativePG 1.30 or newer. Absent: no environment has any."""

    barman_cloud: Operator | None = None
    """Its plugin that takes backups to the store, from a container of its own beside each instance. Absent:
    CloudNativePG does so itself, as it can before 1.31. Once it is there, it stays as long as there are databases."""

    @model_validator(mode="after")
    def _some_need_others(self) -> Self:
        needed = [
            ("gateway", self.gateway, "certManager", self.cert_manager, "every host is served with TLS"),
            ("barmanCloud", self.barman_cloud, "certManager", self.cert_manager, "its operator calls it by TLS"),
            ("barmanCloud", self.barman_cloud, "cloudnativePg", self.cloudnative_pg, "it is a plugin of that"),
        ]
        refuse(
            "Operators",
            [
                ((name,), name, wrong(f"`{other}` with it", f"add `{other}`: {why}"))
                for name, found, other, there, why in needed
                if found is not None and there is None
            ],
        )
        return self
