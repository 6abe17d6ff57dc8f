"""Which operators a platform installs, from where, and where they live."""

from dataclasses import dataclass

from spec.operators import Operator
from spec.plan.backups import BY_OPERATOR, BY_PLUGIN
from spec.plan.network import GATEWAY_NAMESPACE
from spec.platform import PlatformSpec

CERT_MANAGER, CLOUDNATIVE_PG, ENVOY, TRAEFIK = "cert-manager", "cloudnative-pg", "envoy", "traefik"
BARMAN_PLUGIN = "plugin-barman-cloud"

CLASS = "paas"
"""The GatewayClass of tenants' gateways: one name, whichever controller answers to it."""

ISSUER = "paas"
"""The platform's own ClusterIssuer."""

AUTHORITY_NAME = "paas-authority"
"""The ConfigMap in each namespace of a tenant's that says by which certificate the platform's issuer is known."""

AUTHORITY_FOLDER = "/platform"
"""Where apps and jobs that ask for it find what is in it."""

CONTROLLERS = {ENVOY: "gateway.envoyproxy.io/gatewayclass-controller", TRAEFIK: "traefik.io/gateway-controller"}
"""What controllers of the Gateway API call themselves."""


@dataclass(frozen=True, kw_only=True)
class ChartFacts:
    """A chart: upstream's repository (or an OCI registry's path), its name, and the version that is pinned.

    Attributes:
        values: the few that differ from the chart's own.
    """

    repository: str
    name: str
    version: str
    values: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, kw_only=True)
class OperatorFacts:
    """What is known of an operator before it is there.

    None has a disruption budget here. Upstream runs one copy of each, all the more as only one leads, and over one copy
    a budget says nothing or keeps its node from being drained. While a copy moves, what it made goes on: certificates
    are served and databases answer; only changes wait, and are tried again. Whoever has more copies by a chart or
    manifest of their own has the budgets there too: a second one over the same pod makes the API server refuse every
    eviction of it.

    Attributes:
        namespace: where it lives; its manifest knows no other.
        chart: None where the platform deploys it itself.
        brings_namespace: whether the manifest makes it.
        webhooks: validating configurations that the operator itself fills when it can answer.
        needs: operators that must be there before it, where the platform has them.
        home: the operator in whose namespace it lives; None where it has its own.
        ports: of its pods, that the API server or another operator calls, or metrics are read from.
    """

    namespace: str
    chart: ChartFacts | None = None
    brings_namespace: bool = False
    webhooks: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    home: str | None = None
    ports: tuple[int, ...]


FACTS = {
    CERT_MANAGER: OperatorFacts(
        namespace="cert-manager",
        chart=ChartFacts(
            repository="https://charts.jetstack.io",
            name="cert-manager",
            version="v1.21.1",
            values=(("crds", {"enabled": True}),),
        ),
        webhooks=("cert-manager-webhook",),
        ports=(9402, 10250),
    ),
    CLOUDNATIVE_PG: OperatorFacts(
        namespace="cnpg-system",
        chart=ChartFacts(repository="https://cloudnative-pg.github.io/charts", name="cloudnative-pg", version="0.29.0"),
        brings_namespace=True,
        webhooks=("cnpg-validating-webhook-configuration",),
        ports=(8080, 9443),
    ),
    BARMAN_PLUGIN: OperatorFacts(
        namespace="cnpg-system",
        chart=ChartFacts(
            repository="https://cloudnative-pg.github.io/charts", name="plugin-barman-cloud", version="0.7.1"
        ),
        needs=(CERT_MANAGER, CLOUDNATIVE_PG),
        home=CLOUDNATIVE_PG,
        ports=(9090,),
    ),
    ENVOY: OperatorFacts(
        namespace=GATEWAY_NAMESPACE,
        chart=ChartFacts(repository="oci://docker.io/envoyproxy", name="gateway-helm", version="1.9.0"),
        ports=(9443, 10080, 10443, 18000, 19001),
    ),
    TRAEFIK: OperatorFacts(
        namespace=GATEWAY_NAMESPACE,
        ports=(80, 443, 8080),
    ),
}


def operators(spec: PlatformSpec) -> dict[str, Operator]:
    """Return the platform's operators by the names above, those first that others need."""
    found = spec.operators
    named: list[tuple[str, Operator | None]] = [
        (CERT_MANAGER, found.cert_manager),
        (found.gateway.controller if found.gateway else "", found.gateway),
        (CLOUDNATIVE_PG, found.cloudnative_pg),
        (BARMAN_PLUGIN, found.barman_cloud),
    ]
    return {name: operator for name, operator in named if operator is not None}


def ports(spec: PlatformSpec, operator: str) -> list[int]:
    """Return the ports of all pods in an operator's own namespace: its own, and those of who lives with it."""
    living = [operator, *(name for name in operators(spec) if FACTS[name].home == operator)]
    return [port for name in living for port in FACTS[name].ports]


def backup_method(spec: PlatformSpec) -> str:
    """Return who makes databases' backups."""
    return BY_OPERATOR if spec.operators.barman_cloud is None else BY_PLUGIN


def issuer(spec: PlatformSpec) -> str | None:
    """Return the ClusterIssuer of tenants' certificates; None where there is none."""
    found = spec.operators.cert_manager
    return None if found is None else found.issuer or ISSUER


def limiter(spec: PlatformSpec) -> str | None:
    """Return the controller whose kinds limit rates; None where nothing does, as far as we know."""
    found = spec.operators.gateway
    if found is None:
        return None
    known = found.source != "adopt" if found.rate_limits is None else found.rate_limits
    return found.controller if known else None
