"""Pairs of programs whose previews are recorded: what stands, and what a pull request makes of it.

Objects are written as manifests. A text `secret:...` becomes a secret that the engine knows, `unknown:<name>` what no
preview knows: the resource version of another object.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.builders import a_tenant_document, an_app
from tests.review.manifests import (
    CANARY,
    EVERYTHING,
    HOSTILE,
    READ,
    Z,
    binding,
    certificate,
    claim,
    crd,
    database,
    keys,
    leaks,
    named,
    policy,
    quota,
    role,
    service,
    settings,
    space,
    stateful,
    web,
    wide,
)

Objects = dict[str, dict[str, Any]]

PROGRAM = """\
import json
import pulumi
import pulumi_kubernetes as k8s

OBJECTS = json.loads({objects!r})
MADE = {{}}


class Environment(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("paas:tenant:Environment", name, {{}})


def value(found):
    if isinstance(found, dict):
        return {{key: value(each) for key, each in found.items()}}
    if isinstance(found, list):
        return [value(each) for each in found]
    if isinstance(found, str) and found.startswith("secret:"):
        return pulumi.Output.secret(found.removeprefix("secret:"))
    if isinstance(found, str) and found.startswith("unknown:"):
        return MADE[found.removeprefix("unknown:")].metadata["resource_version"]
    return found


provider = k8s.Provider("cluster")
environment = Environment("environment")
opts = pulumi.ResourceOptions(provider=provider, parent=environment)
for name, manifest in OBJECTS.items():
    rest = value({{key: found for key, found in manifest.items() if key not in ("apiVersion", "kind")}})
    group, _, version = manifest["apiVersion"].rpartition("/")
    module = getattr(k8s, group.partition(".")[0] or "core", None)
    known = getattr(getattr(module, version, None), manifest["kind"], None)
    if known is None:
        made = k8s.apiextensions.CustomResource(
            name,
            api_version=manifest["apiVersion"],
            kind=manifest["kind"],
            metadata=rest["metadata"],
            spec=rest["spec"],
            opts=opts,
        )
    else:
        SNAKE = {{"stringData": "string_data", "roleRef": "role_ref"}}
        made = known(name, **{{SNAKE.get(key, key): found for key, found in rest.items()}}, opts=opts)
    MADE[name] = made
{extra}
"""


def program(objects: Objects, extra: str = "") -> str:
    """Return a program that makes some objects."""

    return PROGRAM.format(objects=json.dumps(objects), extra=extra)


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One stack before and after.

    Attributes:
        before: what stands; None for nothing.
        after: what the pull request's program makes.
        pending: what the program of the merge base makes, where that is not what stands.
        extra: lines at the end of the pull request's program.
        judged: the policy pack is asked.
        tenant: the stack file.
        lost: there is no cluster to be reached at the preview.
        cancelled: the preview is interrupted.
        ours: the program is this repository's own, and `after` is not used.
        kinds: of objects that are none of the API server's own: group, kind and plural of each.
    """

    stack: str
    before: Objects | None
    after: Objects
    pending: Objects | None = None
    extra: str = ""
    judged: bool = False
    tenant: Mapping[str, Any] = field(default_factory=dict)
    lost: bool = False
    cancelled: bool = False
    ours: bool = False
    kinds: tuple[tuple[str, str, str], ...] = ()


CAREFUL = {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
HOSTILE_NAME = "<img src=x onerror=alert(1)> | @everyone `x` </summary>"

BASE: Objects = {"space": space(Z), "web": web(Z), "settings": settings(Z, level="info")}

SCENARIOS: dict[str, Scenario] = {
    "first": Scenario(stack=Z, before=None, after=BASE),
    "routine": Scenario(
        stack=Z, before=BASE, after=BASE | {"web": web(Z, image="registry.example.com/shop/web:1.4.3", replicas=3)}
    ),
    "nothing": Scenario(stack=Z, before=BASE, after=BASE),
    "deletes": Scenario(
        stack=Z, before=BASE | {"files": claim(Z), "keys": keys(Z, f"secret:{CANARY}-a")}, after={"space": space(Z)}
    ),
    "replaces": Scenario(
        stack=Z,
        before=BASE | {"files": claim(Z), "keys": keys(Z, f"{CANARY}-plain-a")},
        after=BASE | {"files": claim(Z, kind="paas-scratch"), "keys": keys(Z, f"{CANARY}-plain-b")},
    ),
    "rbac": Scenario(
        stack=Z, before=BASE | {"robot": role(Z, READ)}, after=BASE | {"robot": role(Z, READ, EVERYTHING)}
    ),
    "unknown": Scenario(
        stack=Z,
        before=BASE,
        after=BASE | {"early": settings(Z) | named("early"), "late": settings(Z, v="unknown:early") | named("late")},
    ),
    "hostile": Scenario(stack=Z, before=BASE, after=BASE | {"settings": settings(Z, level=HOSTILE)}),
    "pending": Scenario(
        stack=Z,
        before=BASE,
        pending=BASE | {"settings": settings(Z, level="debug")},
        after=BASE | {"settings": settings(Z, level="debug"), "web": web(Z, replicas=4)},
    ),
    "program": Scenario(stack=Z, before=BASE, after=BASE, extra='raise RuntimeError("the file has no tenant")'),
    "unreachable": Scenario(stack=Z, before=BASE, after=BASE | {"web": web(Z, replicas=3)}, lost=True),
    "refused": Scenario(
        stack=Z,
        before=BASE,
        after=BASE | {"settings": settings(Z, level=f"secret:{CANARY}-map")},
        judged=True,
        tenant=a_tenant_document(name="zeta", environment="dev"),
    ),
    "exposed": Scenario(
        stack=Z,
        before=BASE | {"front": service(), "closed": policy()},
        after=BASE | {"front": service("LoadBalancer"), "closed": policy({"from": [{"namespaceSelector": {}}]})},
    ),
    "security": Scenario(
        stack=Z,
        before=BASE,
        after=BASE | {"web": web(Z, container={"securityContext": {"privileged": True}}, pod={"hostNetwork": True})},
    ),
    "image": Scenario(
        stack=Z,
        before=BASE | {"web": web(Z, image=f"registry.example.com/shop/web:1.4.2@sha256:{'0' * 64}")},
        after=BASE | {"web": web(Z, image="registry.example.com/shop/web:2.0.0")},
    ),
    "stopped": Scenario(stack=Z, before=BASE, after=BASE | {"web": web(Z, replicas=0)}),
    "quota": Scenario(
        stack=Z,
        before=BASE | {"bound": quota("1")},
        after=BASE | {"bound": quota("150m"), "more": settings(Z) | named("more")},
    ),
    "renamed": Scenario(
        stack=Z, before=BASE, after={"space": BASE["space"], "front": BASE["web"], "settings": BASE["settings"]}
    ),
    "binding": Scenario(
        stack=Z,
        before=BASE | {"who": binding("view", "oidc:a")},
        after=BASE | {"who": binding("view", "oidc:a", "oidc:everybody")},
    ),
    "platform": Scenario(
        stack="platform",
        before={"space": space("platform"), "wide": wide(READ)},
        after={"space": space("platform"), "wide": wide(READ | {"resources": ["pods", "secrets"]})},
    ),
    "database": Scenario(
        stack=Z,
        before=BASE | {"db": database("main")},
        after=BASE | {"db": database("main-2", "20Gi")},
        kinds=(("postgresql.cnpg.io", "Cluster", "clusters"),),
    ),
    "stateful": Scenario(stack=Z, before=BASE | {"store": stateful("old")}, after=BASE | {"store": stateful("new")}),
    "certificate": Scenario(
        stack=Z,
        before=BASE | {"cert": certificate("letsencrypt")},
        after=BASE | {"cert": certificate("selfsigned", "RSA")},
        kinds=(("cert-manager.io", "Certificate", "certificates"),),
    ),
    "crd": Scenario(
        stack="platform",
        before={"space": space("platform"), "kind": crd("review.example.com", "Widget", "widgets")},
        after={"space": space("platform")},
    ),
    "namespace": Scenario(stack=Z, before=BASE | {"batch": space(f"{Z}--batch")}, after=BASE),
    "policy": Scenario(stack=Z, before=BASE | {"closed": policy()}, after=BASE),
    "rollout": Scenario(
        stack=Z,
        before=BASE | {"web": web(Z, strategy=CAREFUL), "bound": quota("250m")},
        after=BASE
        | {"web": web(Z, strategy=CAREFUL, image="registry.example.com/shop/web:1.4.3"), "bound": quota("250m")},
    ),
    "names": Scenario(
        stack=Z, before=BASE, after={"space": BASE["space"], "web": BASE["web"], HOSTILE_NAME: BASE["settings"]}
    ),
    "leaks": Scenario(stack=Z, before=BASE | leaks("a"), after=BASE | leaks("b")),
    "cancelled": Scenario(stack=Z, before=BASE, after=BASE, extra="import time; time.sleep(60)", cancelled=True),
    "tenant": Scenario(
        stack=Z,
        before=None,
        after={},
        ours=True,
        judged=True,
        tenant=a_tenant_document(
            name="zeta",
            environment="dev",
            tier="small",
            apps={"web": an_app(image="registry.example.com/shop/web:1.4.2")},
            exceptions={
                "old-probe": {
                    "rule": "P3",
                    "scope": {"kind": "Deployment", "name": "web"},
                    "owner": "storefront@zeta.example",
                    "ticket": "SHOP-7",
                    "reason": "the old front has one page only",
                    "until": "2026-12-24T00:00:00Z",
                }
            },
        ),
    ),
}
