"""How apps with hosts are reached from outside: listeners, certificates and routes, by the app's name."""

from collections.abc import Iterator
from dataclasses import dataclass

from spec.app import RateLimit
from spec.names import LONGEST_LABEL, capped, hashed, namespace
from spec.tenant import TenantSpec

GATEWAY = "edge"
"""A Gateway's name: one in each namespace that has apps with hosts, so that no reference leaves it."""

DURATION, RENEW_BEFORE = "2160h", "720h"
"""A certificate lives for 90 days and is renewed 30 days before its end: weeks in which its issuer may be down."""

REQUEST_TIMEOUT = "60s"
"""The longest that one request may take, where the gateway's class supports such limits."""


IPV6_CLIENT = 64
"""Bits of an IPv6 address that tell clients apart: the rest of it they choose themselves."""


@dataclass(frozen=True, kw_only=True)
class Listener:
    """One listener of a gateway.

    Attributes:
        secret: with the certificate; None for the listener that only sends on to HTTPS.
    """

    name: str
    host: str
    port: int
    protocol: str
    secret: str | None


@dataclass(frozen=True, kw_only=True)
class Entrance:
    """How one app is reached.

    Attributes:
        secret: with its certificate.
        rate: how much one client may ask; None for as much as it likes.
        limit: the name of the object that says so.
    """

    app: str
    hosts: tuple[str, ...]
    secret: str
    rate: RateLimit | None
    limit: str

    def listeners(self) -> Iterator[Listener]:
        """Yield two for each host: plain HTTP, which sends on, and HTTPS."""
        for host in self.hosts:
            yield Listener(name=_listener("http", host), host=host, port=80, protocol="HTTP", secret=None)
            yield Listener(name=_listener("https", host), host=host, port=443, protocol="HTTPS", secret=self.secret)


def entrances(spec: TenantSpec, key: str | None) -> list[Entrance]:
    """Return how the apps of one namespace are reached; `key` is its name in the stack file."""
    return [
        Entrance(
            app=name,
            hosts=app.hosts,
            secret=capped(f"{name}-tls"),
            rate=app.rate_limit,
            # Traefik knows it as `<namespace>-<name>`, which two tenants could have in common without the hash.
            limit=hashed(name, [namespace(spec.name, spec.environment, key), name]),
        )
        for name, app in spec.apps.items()
        if app.hosts and app.namespace == key
    ]


def _listener(scheme: str, host: str) -> str:
    return capped(f"{scheme}.{host}", LONGEST_LABEL)
