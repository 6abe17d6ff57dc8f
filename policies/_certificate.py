"""Certificates that objects ask cert-manager for: by being one, or by annotations of an Ingress or Gateway."""

from decimal import Decimal
from typing import Final

from policies._kinds import of
from policies._object import Object
from policies._view import Malformed, View
from spec import duration

CERTIFICATES: Final = of("cert-manager.io", "Certificate") | of("certmanager.k8s.io", "Certificate")
ENTRANCES: Final = (
    of("networking.k8s.io", "Ingress")
    | of("extensions", "Ingress")
    | of("gateway.networking.k8s.io", "Gateway", "ListenerSet")
    | of("gateway.networking.x-k8s.io", "XListenerSet")
)
"""What cert-manager makes Certificates for, where annotations say so."""

ASKING: Final = CERTIFICATES | ENTRANCES
PREFIX: Final = "cert-manager.io/"
DEFAULT_LIFETIME: Final = Decimal(90 * 24 * 3600)


class Request:
    """What an object asks for, whichever way it does. Fields go by their path in a Certificate's spec."""

    ANNOTATIONS: Final = {
        "duration": "duration",
        "renewBefore": "renew-before",
        "renewBeforePercentage": "renew-before-percentage",
        "privateKey.rotationPolicy": "private-key-rotation-policy",
        "privateKey.algorithm": "private-key-algorithm",
        "privateKey.size": "private-key-size",
    }

    def __init__(self, found: Object) -> None:
        self.found = found
        self.annotated = found.kind in ENTRANCES

    def annotation(self, name: str) -> View:
        """Return one of cert-manager's annotations."""
        return self.found.at("metadata.annotations")[f"{PREFIX}{name}"]

    def field(self, path: str) -> View:
        """Return a field, wherever it stands here."""
        return self.annotation(self.ANNOTATIONS[path]) if self.annotated else self.found.at(f"spec.{path}")

    def seconds(self, path: str) -> Decimal | None:
        """Return a duration in seconds, or None where there is none."""
        view = self.field(path)
        text = view.text()
        if text is None:
            return None
        try:
            return duration.parse(text)
        except ValueError as error:
            raise Malformed(view.path, str(error), "text that is none") from None

    def whole(self, path: str) -> int | None:
        """Return a whole number; annotations have them as text."""
        view = self.field(path)
        if not self.annotated:
            return view.number()
        text = view.text()
        if text is None:
            return None
        if not (text.isascii() and text.isdecimal()):
            raise Malformed(view.path, "a whole number", "text that is none")
        return int(text)

    @property
    def made(self) -> bool:
        """Whether a certificate comes of this, so that what is left out has its default. A patch leaves out more."""
        if self.found.patch:
            return False
        return not self.annotated or self.named or self.found.at("metadata.annotations")[AUTOMATIC].text() == "true"

    @property
    def named(self) -> bool:
        """Whether annotations name an issuer."""
        return self.annotation("issuer").present or self.annotation("cluster-issuer").present


AUTOMATIC: Final = "kubernetes.io/tls-acme"


def covers(name: str, host: str) -> bool:
    """Return whether a certificate's name is good for a host: `*` is one label, and only the first."""
    name, host = normal(name), normal(host)
    if name == host:
        return True
    label, _, rest = host.partition(".")
    return name.startswith("*.") and name[2:] == rest and bool(label)


def within(name: str, domain: str) -> bool:
    """Return whether a name is a domain or lies in it. `evilexample.com` does not lie in `example.com`."""
    bare, domain = normal(name).removeprefix("*."), normal(domain)
    return "*" not in bare and (bare == domain or bare.endswith(f".{domain}"))


def normal(name: str) -> str:
    """Return a name as DNS compares it."""
    return name.lower().removesuffix(".")
