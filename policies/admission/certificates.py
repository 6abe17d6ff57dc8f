"""Twins of `policies.certificates`."""

from collections.abc import Iterator

from policies import certificates
from policies._certificate import DEFAULT_LIFETIME
from policies.admission._certificate import REQUEST, given, if_timed, timed
from policies.admission._common import cel
from policies.admission._cron import often, schedules
from policies.admission._twin import Check, Settings, twin
from policies.certificates import ALGORITHMS, SHORTEST, SHORTEST_NOTICE, SIGNATURES
from spec import duration

NO_DURATION = "is none of hours, minutes and seconds such as 72h or 1h30m"


@twin(certificates.lifetime, variables=REQUEST)
def lifetime(settings: Settings) -> Iterator[Check]:
    """The default counts where a certificate is made at all."""
    longest = settings["longest"]
    yield Check(unless=given("duration", timed("it")), says=f"the duration {NO_DURATION}")
    yield Check(
        unless=given("duration", if_timed("it", f"duration(it) >= duration('{SHORTEST}s')")),
        says="the duration is below 1h, which cert-manager refuses",
    )
    yield Check(
        unless=given("duration", if_timed("it", f"duration(it) <= duration('{longest}')")),
        says=f"the duration is above {longest}",
    )
    if duration.parse(longest) < DEFAULT_LIFETIME:
        yield Check(
            unless="variables.duration.hasValue() || !variables.made",
            says=f"the duration is missing, so it is 2160h, more than {longest}",
        )


@twin(
    certificates.renewed,
    variables={
        **REQUEST,
        # The least percentage of its life that is long enough: percentages may be floats, which CEL only compares.
        "share": f"({SHORTEST_NOTICE * 1000 * 100} - 1) / variables.life.getMilliseconds() + 1",
    },
)
def renewed(_settings: Settings) -> Iterator[Check]:
    """How long it lives is asked only where that decides: a duration that is none then refuses here as well."""
    least = f"duration('{SHORTEST_NOTICE}s')"
    yield Check(
        unless="!variables.renewBefore.hasValue() || !variables.renewBeforePercentage.hasValue()",
        says="renewBefore and renewBeforePercentage exclude each other",
    )
    yield Check(unless=given("renewBefore", timed("it")), says=f"renewBefore {NO_DURATION}")
    yield Check(
        unless=given("renewBefore", if_timed("it", f"duration(it) >= {least}")),
        says="renewBefore is below 5m",
    )
    yield Check(
        unless=given("renewBefore", if_timed("it", f"duration(it) < {least} || duration(it) < variables.life")),
        says="renewBefore is not below the certificate's life: it would be renewed for ever",
    )
    yield Check(
        unless=given("renewBeforePercentage", "it > 0 && it < 100"),
        says="renewBeforePercentage is not between 1 and 99",
    )
    yield Check(
        unless=given(
            "renewBeforePercentage",
            "it <= 0 || it >= 100 || it >= variables.share && it <= 100 - variables.share",
        ),
        says="renewBeforePercentage leaves less than 5m of the certificate's life",
    )


@twin(certificates.rekeyed, variables=REQUEST)
def rekeyed(_settings: Settings) -> Iterator[Check]:
    """Which version it is written in, the API server still says: rules see objects as they were sent."""
    yield Check(
        unless=given("rotationPolicy", "it == 'Always'"),
        says="rotationPolicy is not Always: the key stays the same for ever",
    )
    yield Check(
        unless="variables.annotated || variables.rotationPolicy.hasValue()"
        " || variables.whole.apiVersion == 'cert-manager.io/v1'",
        says="rotationPolicy is missing, which meant Never where this API version was served",
    )


@twin(
    certificates.not_off,
    variables={
        **REQUEST,
        "renewal": "variables.spec.?renewal",
        "windows": "variables.spec.?renewal.?windows.orValue([])",
        **schedules("variables.windows.map(window, window.?cron.orValue(''))"),
    },
)
def not_off(_settings: Settings) -> Iterator[Check]:
    """One window that comes around often enough is enough."""
    yield Check(
        unless=given("renewal", "it.?policy.orValue('') == 'RenewBefore'"),
        says="spec.renewal.policy is not RenewBefore: nobody renews it",
    )
    closing = "window.?windowDuration.orValue('1h')"
    yield Check(unless=f"variables.windows.all(window, {timed(closing)})", says=f"a windowDuration {NO_DURATION}")
    opens = if_timed(closing, f"duration({closing}) != duration('0s')")
    yield Check(
        unless=f"variables.windows.all(window, {opens})",
        says="a windowDuration is 0",
    )
    yield Check(unless="variables.scheduled", says="the cron of a window is no schedule of five fields")
    yield Check(
        unless=f"size(variables.windows) == 0 || !variables.scheduled || {often('variables.life')}",
        says="spec.renewal.windows open too seldom: a certificate can expire between two of them",
    )


SIZES = {name: list(sizes) for name, sizes in ALGORITHMS.items() if isinstance(sizes, tuple)}
BOUNDS = {name: [sizes[0], sizes[-1]] for name, sizes in ALGORITHMS.items() if isinstance(sizes, range)}


@twin(
    certificates.strong,
    variables={
        **REQUEST,
        # What says nothing is RSA, and what has no size has the least, which is one that it may have.
        "kind": "variables.algorithm.orValue('') == '' ? 'RSA' : variables.algorithm.value()",
        "bits": "variables.size.orValue(0)",
    },
)
def strong(_settings: Settings) -> Iterator[Check]:
    """What Ed25519 has for a size means nothing."""
    yield Check(unless=f"variables.kind in {cel(set(ALGORITHMS))}", says="the algorithm is not RSA, ECDSA or Ed25519")
    for name, sizes in SIZES.items():
        yield Check(
            unless=f"variables.kind != '{name}' || variables.bits in {cel([0, *sizes])}",
            says=f"the size is none that {name} keys may have",
        )
    for name, (least, most) in BOUNDS.items():
        yield Check(
            unless=f"variables.kind != '{name}' || variables.bits == 0"
            f" || variables.bits >= {least} && variables.bits <= {most}",
            says=f"the size is none that {name} keys may have",
        )
    yield Check(
        unless="variables.annotated || !has(variables.spec.signatureAlgorithm)"
        f" || !(variables.kind in {cel(set(ALGORITHMS))})"
        f" || variables.spec.signatureAlgorithm in {cel(SIGNATURES)}[variables.kind]",
        says="spec.signatureAlgorithm does not go with keys of this algorithm",
    )
