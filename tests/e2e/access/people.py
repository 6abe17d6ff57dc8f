"""People as the API server meets them: impersonated, by a client certificate, or by a token.

alice = impersonated("alice", "oidc:acme-viewers")
alice.can("get", "pods/log", "acme-prod")
alice.ask("DELETE", "/api/v1/namespaces/acme-prod/pods/web").said
"""

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import urllib3
from kubernetes import client, config

REVIEWS = "/apis/authorization.k8s.io/v1"
DRY = "dryRun=All"
PATCH = "application/merge-patch+json"
APPLY = "application/apply-patch+yaml"

Rules = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    """What the API server said: HTTP status, object or Status, and texts of Warning headers."""

    code: int
    body: dict[str, Any]
    warnings: tuple[str, ...]

    @property
    def said(self) -> str:
        """Why not."""
        return str(self.body.get("message", ""))


@functools.cache
def settings() -> Any:
    """Return what the shell's KUBECONFIG says."""
    found = client.Configuration()
    config.load_kube_config(client_configuration=found)
    return found


def server() -> str:
    return str(settings().host)


ADMINISTRATORS = "administrators"


@functools.cache
def connection(certificate: str | None = ADMINISTRATORS, key: str | None = None) -> urllib3.PoolManager:
    """Return connections that present the client certificate and key in these files, or none."""
    if certificate == ADMINISTRATORS:
        certificate, key = settings().cert_file, settings().key_file
    return urllib3.PoolManager(
        ca_certs=settings().ssl_ca_cert, cert_file=certificate, key_file=key, maxsize=16, timeout=30
    )


@dataclass(frozen=True)
class Person:
    """Somebody who asks the API server, with headers and connections of their own, which are made when they ask."""

    headers: tuple[tuple[str, str], ...] = ()
    pool: Callable[[], urllib3.PoolManager] = field(default=connection, repr=False)

    def ask(self, method: str, path: str, body: object = None, *, dry: bool = True, kind: str = "") -> Answer:
        """Send a request; one that would change something only pretends to, unless `dry` is False."""
        headers = urllib3.HTTPHeaderDict(self.headers)
        headers["Content-Type"] = kind or (PATCH if method == "PATCH" else "application/json")
        query = f"{'&' if '?' in path else '?'}{DRY}" if dry and method != "GET" else ""
        data = None if body is None else json.dumps(body)
        found = self.pool().request(method, f"{server()}{path}{query}", body=data, headers=headers, retries=False)
        try:
            said = json.loads(found.data)
        except ValueError:  # some subresources answer in words
            said = {"message": found.data.decode(errors="replace")}
        warnings = tuple(text.replace('\\"', '"') for text in found.headers.getlist("Warning"))
        return Answer(found.status, said, warnings)

    def apply(self, path: str, body: object) -> Answer:
        """Pretend to apply, server-side and with force."""
        return self.ask("PATCH", f"{path}?fieldManager=somebody&force=true", body, kind=APPLY)

    def can(self, verb: str, what: str, namespace: str = "", name: str = "") -> bool:
        """Ask whether `verb` on `what` is allowed: `deployments.apps/scale` as kubectl spells it, or a URL path."""
        if what.startswith("/"):
            attributes = {"nonResourceAttributes": {"verb": verb, "path": what}}
        else:
            attributes = {"resourceAttributes": attributes_of(verb, what) | {"namespace": namespace, "name": name}}
        asked = self.ask("POST", f"{REVIEWS}/selfsubjectaccessreviews", {"spec": attributes}, dry=False)
        assert asked.code == 201, asked.said
        return bool(asked.body["status"]["allowed"])

    def rules(self, namespace: str) -> Rules:
        """Return everything that is allowed in `namespace`, as (verb, what)."""
        body = {"spec": {"namespace": namespace}}
        status = self.ask("POST", f"{REVIEWS}/selfsubjectrulesreviews", body, dry=False).body["status"]
        # The node authorizer has no list to give; it concerns nobody but nodes.
        assert not status["incomplete"] or status["evaluationError"] == (
            "node authorizer does not support user rule resolution"
        )
        assert not any(rule.get("resourceNames") for rule in status["resourceRules"])
        return frozenset(
            (verb, spelled(resource, group))
            for rule in status["resourceRules"]
            for verb in rule["verbs"]
            for group in rule["apiGroups"]
            for resource in rule["resources"]
        )


def attributes_of(verb: str, what: str) -> dict[str, str]:
    """Return the parts of `deployments.apps/scale`."""
    full, _, subresource = what.partition("/")
    resource, _, group = full.partition(".")
    return {"verb": verb, "group": group, "resource": resource, "subresource": subresource}


def spelled(resource: str, group: str) -> str:
    """Return the opposite of `attributes_of`: resource `deployments/scale` of group `apps` as one word."""
    name, slash, subresource = resource.partition("/")
    return f"{name}{'.' if group else ''}{group}{slash}{subresource}"


def impersonated(user: str, *groups: str) -> Person:
    """Return `user` in `groups`, as the cluster's administrator may play them."""
    groups = (*groups, "system:authenticated")
    return Person((("Impersonate-User", user), *(("Impersonate-Group", group) for group in groups)))


def bearer(token: str) -> Person:
    """Return whoever `token` was issued to."""
    return Person((("Authorization", f"Bearer {token}"),), functools.partial(connection, None, None))
