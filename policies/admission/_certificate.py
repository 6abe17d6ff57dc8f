"""CEL about the certificates that objects ask for, whichever way they do, as `policies._certificate` reads them."""

from typing import Final

from policies._certificate import AUTOMATIC, DEFAULT_LIFETIME, ENTRANCES, PREFIX, Request
from policies.admission._common import cel, is_one_of
from spec import duration

NUMBERS: Final = ("renewBeforePercentage", "privateKey.size")
"""Fields that are whole numbers, which annotations have as text. Text that is none becomes -1, which no rule takes."""


def annotation(name: str) -> str:
    """Return one of cert-manager's annotations, as an optional."""
    return f"variables.annotations[?'{PREFIX}{name}']"


def _field(path: str) -> str:
    """Return a field of a Certificate's spec, or the annotation that stands for it, as an optional."""
    text = annotation(Request.ANNOTATIONS[path])
    if path in NUMBERS:
        text += ".optMap(it, dyn(it.matches('^[0-9]+$') ? int(it) : -1))"
    return f"variables.annotated ? {text} : variables.spec.{'.'.join(f'?{part}' for part in path.split('.'))}"


def timed(text: str) -> str:
    """Return CEL that holds where a text is a Go duration."""
    return f"(type({text}) == string && {text}.matches({cel(duration.GRAMMAR)}))"


_DURATION: Final = f"variables.duration.orValue('{DEFAULT_LIFETIME}s')"

REQUEST: Final = {
    "annotated": is_one_of(ENTRANCES),
    "made": f"!variables.annotated || {annotation('issuer')}.hasValue() || {annotation('cluster-issuer')}.hasValue()"
    f" || variables.annotations[?'{AUTOMATIC}'].orValue('') == 'true'",
    **{path.rpartition(".")[2]: _field(path) for path in Request.ANNOTATIONS},
    # CEL takes a sign as well; what has one is none, and asking for it is an error.
    "life": f"duration({timed(_DURATION)} ? {_DURATION} : '')",
}
"""Variables of twins about requests: `annotated`, `made`, each field by its own name as an optional, and `life`."""


def given(field: str, condition: str) -> str:
    """Return CEL that holds where a field is absent, or `condition` holds for it, which calls it `it`."""
    return f"variables.{field}.optMap(it, {condition}).orValue(true)"


def if_timed(text: str, condition: str) -> str:
    """Return CEL that asks only durations: what is none is another check's."""
    return f"!{timed(text)} || {condition}"
