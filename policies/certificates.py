"""Certificates that renew themselves in time, with new keys: what cert-manager takes, and what it takes in vain."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from policies._certificate import ASKING, CERTIFICATES, DEFAULT_LIFETIME, Request
from policies._object import Object
from policies._openings import longest_wait
from policies._rule import HIGH, MANDATORY, MEDIUM, rule
from policies._stack import Stack
from policies._view import Malformed, View, apart
from spec import PlatformSpec, duration

SHORTEST: Final = Decimal(3600)
SHORTEST_NOTICE: Final = Decimal(300)


@rule(
    "C1",
    area="certificates",
    level=MANDATORY,
    severity=MEDIUM,
    title="Certificates live for an hour at least, and not for too long",
    why="A stolen key is good for as long as its certificate, and what renews twice a year is never rehearsed.",
    fix="set spec.duration, in hours, minutes and seconds: there is no unit `d`",
    serves=("F4", "O5"),
    judges=ASKING,
    settings={
        "longest": {
            "type": "string",
            "default": "2160h",
            "description": "The longest duration; cert-manager's own default is 2160h, 90 days.",
        }
    },
)
def lifetime(found: Object, stack: Stack) -> Iterator[str]:
    """An issuer may give a shorter life than is asked for; what the socket serves is watched elsewhere."""
    request = Request(found)
    longest = str(stack.settings["longest"])
    seconds = request.seconds("duration")
    if seconds is None:
        if duration.parse(longest) < DEFAULT_LIFETIME and request.made:
            yield f"{request.field('duration').path} is missing, so it is 2160h, more than {longest}"
    elif seconds < SHORTEST:
        yield f"{request.field('duration').path} is below 1h, which cert-manager refuses"
    elif seconds > duration.parse(longest) and not _authority(found, stack):
        yield f"{request.field('duration').path} is above {longest}"


def _authority(found: Object, stack: Stack) -> bool:
    """The platform's own authority outlives what it signs, and only the platform's stack may make one (C7)."""
    return isinstance(stack.spec, PlatformSpec) and found.at("spec.isCA").flag() is True


@rule(
    "C2",
    area="certificates",
    level=MANDATORY,
    severity=HIGH,
    title="Certificates are renewed before they expire, with five minutes to spare at least",
    why="A renewal that is due after expiry, or at once and for ever, is an outage with a date.",
    fix="set either renewBefore, below the duration, or renewBeforePercentage, 1 to 99; or neither: a third is left",
    serves=("F4", "O5"),
    judges=ASKING,
)
def renewed(found: Object, _stack: Stack) -> Iterator[str]:
    """A percentage is of the life that remains. cert-manager's webhook reads it the other way round: both must hold."""
    request = Request(found)
    before, percentage = request.field("renewBefore"), request.field("renewBeforePercentage")
    with apart(found):
        if before.present and percentage.present:
            yield f"{before.path} and {percentage.path} exclude each other"
    with apart(found):
        notice = request.seconds("renewBefore")
        if notice is not None:
            if notice < SHORTEST_NOTICE:
                yield f"{before.path} is below 5m"
            else:
                life = _life(request)
                if life is not None and notice >= life:
                    yield f"{before.path} is not below the certificate's life: it would be renewed for ever"
    with apart(found):
        percent = request.whole("renewBeforePercentage")
        if percent is not None:
            if not 0 < percent < 100:
                yield f"{percentage.path} is not between 1 and 99"
            else:
                life = _life(request)
                if life is not None and life * min(percent, 100 - percent) / 100 < SHORTEST_NOTICE:
                    yield f"{percentage.path} leaves less than 5m of the certificate's life"


def _life(request: Request) -> Decimal | None:
    """Return how long a certificate lives; a patch that does not say it leaves that to what it patches."""
    seconds = request.seconds("duration")
    return DEFAULT_LIFETIME if seconds is None and not request.found.patch else seconds


@rule(
    "C3",
    area="certificates",
    level=MANDATORY,
    severity=HIGH,
    title="A renewed certificate has a new private key",
    why="With the old key a leak outlives every renewal.",
    fix="set spec.privateKey.rotationPolicy: Always",
    serves=("F4", "F8"),
    judges=ASKING,
)
def rekeyed(found: Object, _stack: Stack) -> Iterator[str]:
    """Where nothing is said it is Always since cert-manager 1.18; whoever writes an older API has an older one."""
    request = Request(found)
    policy = request.field("privateKey.rotationPolicy")
    value = policy.text()
    if value is not None:
        if value != "Always":
            yield f"{policy.path} is not Always: the key stays the same for ever"
    elif found.kind in CERTIFICATES and request.made and found["apiVersion"].text() not in (None, "cert-manager.io/v1"):
        yield f"{policy.path} is missing, which meant Never where this API version was served"


@rule(
    "C4",
    area="certificates",
    level=MANDATORY,
    severity=HIGH,
    title="Renewal is not switched off, and its windows open while the certificate lives",
    why="A certificate that nobody renews expires, and a window that opens once a year opens too late.",
    fix="remove spec.renewal, or give it policy RenewBefore and windows that open more often than the duration",
    serves=("F4", "X7", "O5"),
    judges=CERTIFICATES,
)
def not_off(found: Object, _stack: Stack) -> Iterator[str]:
    """One window that comes around often enough is enough."""
    renewal = found.at("spec.renewal")
    with apart(found):
        policy = renewal["policy"].text()
        if renewal.present and policy != "RenewBefore" and not (found.patch and policy is None):
            yield f"{renewal.path}.policy is not RenewBefore: nobody renews it"
    windows = renewal["windows"].items()
    for window in windows:
        with apart(window):
            if _seconds(window["windowDuration"]) == 0:
                yield f"{window.path}.windowDuration is 0"
    if not windows:
        return
    with apart(found):
        life = _life(Request(found))
        waits = [_wait(window["cron"]) for window in windows]
        if life is not None and not any(wait is not None and wait < life for wait in waits):
            yield f"{renewal.path}.windows open too seldom: a certificate can expire between two of them"


def _wait(view: View) -> Decimal | None:
    text = view.text() or ""
    try:
        return longest_wait(text)
    except ValueError as error:
        raise Malformed(view.path, f"a schedule of {error}", "none") from None


def _seconds(view: View) -> Decimal | None:
    text = view.text()
    try:
        return None if text is None else duration.parse(text)
    except ValueError as error:
        raise Malformed(view.path, str(error), "text that is none") from None


ALGORITHMS: Final = {"RSA": range(2048, 8193), "ECDSA": (256, 384, 521), "Ed25519": None}
"""Sizes by algorithm; a key of Ed25519 has but one."""
SIGNATURES: Final = {
    "RSA": ("SHA256WithRSA", "SHA384WithRSA", "SHA512WithRSA"),
    "ECDSA": ("ECDSAWithSHA256", "ECDSAWithSHA384", "ECDSAWithSHA512"),
    "Ed25519": ("PureEd25519",),
}


@rule(
    "C5",
    area="certificates",
    level=MANDATORY,
    severity=HIGH,
    title="Keys are RSA of 2048 to 8192 bits, ECDSA of 256, 384 or 521, or Ed25519",
    why="Weak keys are computed, and a signature of another algorithm is never issued.",
    fix="set spec.privateKey to algorithm: ECDSA and size: 256",
    serves=("F4", "O6"),
    judges=ASKING,
)
def strong(found: Object, _stack: Stack) -> Iterator[str]:
    """Without an algorithm it is RSA, without a size 2048 bits of RSA or 256 of ECDSA."""
    request = Request(found)
    with apart(found):
        algorithm = request.field("privateKey.algorithm").text()
        if algorithm is None and found.patch:
            return
        algorithm = algorithm or "RSA"
        if algorithm not in ALGORITHMS:
            yield f"{request.field('privateKey.algorithm').path} is not RSA, ECDSA or Ed25519"
            return
        with apart(found):
            sizes, size = ALGORITHMS[algorithm], request.field("privateKey.size")
            if sizes is not None and (request.whole("privateKey.size") or min(sizes)) not in sizes:
                yield f"{size.path} is no size that {algorithm} keys may have"
        if request.annotated:
            return
        signature = found.at("spec.signatureAlgorithm")
        value = signature.text()
        if value is not None and value not in SIGNATURES[algorithm]:
            yield f"{signature.path} does not go with {algorithm} keys"
