"""Limits of rates: no standard kind says them yet, so they are said in the words of the platform's own controller.

Which one that is only the platform's facts tell. One that we have no words for is refused: a limit that nobody keeps is
worse than none.
"""

from collections.abc import Callable, Mapping
from typing import Any

from pulumi import Input, Output, Resource, ResourceOptions

from components import _crds
from components._facts import PlatformFacts, refused
from components._kubernetes import ObjectMetaArgsDict
from components._meta import meta
from components._packages import objects
from spec import TenantSpec, plan
from spec.app import RateLimit

EVERYBODY = ("0.0.0.0/0", "::/0")


def rate_limit(
    name: str,
    spec: TenantSpec,
    entrance: plan.Entrance,
    rate: RateLimit,
    *,
    namespace: Input[str],
    facts: PlatformFacts,
    opts: ResourceOptions,
) -> tuple[Resource, Output[list[dict[str, object]]]]:
    """Make the limit of one app's hosts; return it, and the filters that the app's route needs for it."""
    limiter = Output.from_input(facts.edge).apply(lambda edge: _known(entrance.app, rate, edge))
    metadata = meta(spec, entrance.limit, namespace=namespace, app=entrance.app)
    bodies = {controller: body(metadata, entrance.app, rate) for controller, body in _BODIES.items()}
    found = Output.all(limiter, bodies).apply(lambda both: [both[1][both[0]]])
    filters = {plan.TRAEFIK: [_crds.middleware_filter(entrance.limit)], plan.ENVOY: []}
    return objects(name, found, opts), limiter.apply(lambda controller: filters[controller])


def _known(app: str, rate: RateLimit, edge: Mapping[str, str]) -> str:
    """Return the controller; one that keeps no such limit ends the run."""
    limiter = edge.get("limits")
    if limiter not in _BODIES:
        raise refused(
            path=f"apps.{app}.rateLimit",
            given=rate.model_dump(exclude_none=True),
            wanted="none: we do not know that this platform's gateway keeps any",
            fix="remove it; or, if the gateway can, write `rateLimits: true` under `operators.gateway` in the "
            "platform's stack file and run: pulumi up -s platform",
        )
    if limiter == plan.ENVOY and rate.at_once != rate.requests:
        raise refused(
            path=f"apps.{app}.rateLimit.burst",
            given=rate.burst,
            wanted=f"{rate.requests}, as `requests`: with Envoy Gateway as many come at once as in a second",
            fix="remove it",
        )
    return limiter


def _middleware(metadata: ObjectMetaArgsDict, _route: str, rate: RateLimit) -> dict[str, object]:
    client = {"ipStrategy": {"ipv6Subnet": plan.IPV6_CLIENT}}
    limit = {"average": rate.requests, "burst": rate.at_once, "sourceCriterion": client}
    return _crds.middleware(metadata, {"rateLimit": limit})


def _traffic_policy(metadata: ObjectMetaArgsDict, route: str, rate: RateLimit) -> dict[str, object]:
    rules: list[dict[str, Any]] = [
        {
            "clientSelectors": [{"sourceCIDR": {"type": "Distinct", "value": clients}}],
            "limit": {"requests": rate.requests, "unit": "Second"},
        }
        for clients in EVERYBODY
    ]
    return _crds.traffic_policy(metadata, route, {"rateLimit": {"type": "Local", "local": {"rules": rules}}})


_BODIES: dict[str, Callable[[ObjectMetaArgsDict, str, RateLimit], dict[str, object]]] = {
    plan.TRAEFIK: _middleware,
    plan.ENVOY: _traffic_policy,
}
