"""The way in from outside: a gateway for one namespace, which ends TLS with certificates that renew themselves.

It is a Gateway of the platform's class in the tenant's own namespace: listeners, certificates, routes and apps are
beside each other, so nothing refers to anything across namespaces, and classes may serve all gateways from the same
pods. Plain HTTP is only sent on to HTTPS.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pulumi import Input, Output, Resource

from components import _crds
from components._base import Args, Component, Outputs
from components._facts import PlatformFacts, refused
from components._meta import meta
from components.certificates import app_certificate
from components.limits import rate_limit
from spec import TenantSpec, plan


@dataclass(frozen=True, kw_only=True)
class EdgeArgs(Args):
    """One namespace with apps that have hosts.

    Attributes:
        entrances: how they are reached; at least one.
        namespace: its name, once it may be used.
        facts: of the platform.
    """

    spec: TenantSpec
    entrances: Sequence[plan.Entrance]
    namespace: Input[str]
    facts: PlatformFacts


@dataclass(frozen=True, kw_only=True)
class EdgeOutputs(Outputs):
    """Where each app is reached, by its name."""

    urls: dict[str, list[str]]


class Edge(Component[EdgeArgs, EdgeOutputs]):
    """A gateway with certificates and routes."""

    token = "paas:edge:Edge"

    def build(self, name: str, args: EdgeArgs) -> EdgeOutputs:
        """Make the certificates first: a listener is ready only with one."""
        edge = _offered(args)
        certificates = [
            app_certificate(
                f"{name}-certificate-{found.app}",
                args.spec,
                found,
                namespace=args.namespace,
                issuer=edge["issuer"],
                opts=self.child(),
            )
            for found in args.entrances
        ]
        gateway = _crds.gateway(
            f"{name}-gateway",
            metadata=meta(
                args.spec,
                plan.GATEWAY_NAME,
                namespace=args.namespace,
                extra_annotations=_crds.waiting("condition=Programmed"),
            ),
            spec={
                "gatewayClassName": edge["class"],
                "listeners": [_listener(each) for found in args.entrances for each in found.listeners()],
            },
            opts=self.child(depends_on=certificates),
        )
        for found in args.entrances:
            self._routes(name, args, found, gateway)
        return EdgeOutputs(urls={found.app: [f"https://{host}" for host in found.hosts] for found in args.entrances})

    def _routes(self, name: str, args: EdgeArgs, entrance: plan.Entrance, gateway: Resource) -> None:
        listeners = list(entrance.listeners())
        needed, forward = [gateway], _to_the_app(entrance.app)
        if entrance.rate is not None:
            limit, forward["filters"] = rate_limit(
                f"{name}-limit-{entrance.app}",
                args.spec,
                entrance,
                entrance.rate,
                namespace=args.namespace,
                facts=args.facts,
                opts=self.child(),
            )
            needed.append(limit)  # before the route, which is then never without it
        opts = self.child(depends_on=needed)
        for purpose, secure, rule in (
            ("route", True, forward),
            ("redirect", False, _to_https()),
        ):
            called = entrance.app if secure else f"{entrance.app}-to-https"
            _crds.http_route(
                f"{name}-{purpose}-{entrance.app}",
                metadata=meta(
                    args.spec,
                    called,
                    namespace=args.namespace,
                    app=entrance.app,
                    extra_annotations=_crds.waiting(*_crds.ACCEPTED),
                ),
                spec={
                    "hostnames": list(entrance.hosts),
                    "parentRefs": [
                        {"name": plan.GATEWAY_NAME, "sectionName": each.name}
                        for each in listeners
                        if (each.secret is not None) is secure
                    ],
                    "rules": [rule],
                },
                opts=opts,
            )


def _offered(args: EdgeArgs) -> Mapping[str, Output[str]]:
    """Return what the platform offers; one without a gateway ends the run, at the first host."""
    first = args.entrances[0]

    def pick(key: str) -> Output[str]:
        def found(edge: Mapping[str, str]) -> str:
            if not edge:
                raise refused(
                    path=f"apps.{first.app}.hosts",
                    given=list(first.hosts),
                    wanted="none: this platform lets nothing in from outside",
                    fix="remove the hosts, or add `operators.gateway` to the platform's stack file",
                )
            return edge[key]

        return Output.from_input(args.facts.edge).apply(found)

    return {key: pick(key) for key in ("class", "issuer")}


def _listener(listener: plan.Listener) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": listener.name,
        "hostname": listener.host,
        "port": listener.port,
        "protocol": listener.protocol,
        "allowedRoutes": {"namespaces": {"from": "Same"}},
    }
    if listener.secret is not None:
        found["tls"] = {"mode": "Terminate", "certificateRefs": [{"name": listener.secret}]}
    return found


def _to_the_app(app: str) -> dict[str, Any]:
    return {
        "matches": [{"path": {"type": "PathPrefix", "value": "/"}}],
        "timeouts": {"request": plan.REQUEST_TIMEOUT},
        "backendRefs": [{"name": app, "port": plan.HTTP_PORT}],
    }


def _to_https() -> dict[str, Any]:
    return {
        "matches": [{"path": {"type": "PathPrefix", "value": "/"}}],
        "filters": [{"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}],
    }
