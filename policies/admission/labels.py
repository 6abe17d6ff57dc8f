"""Twins of `policies.labels`."""

from collections.abc import Iterator
from typing import Final

from policies import labels
from policies._kinds import CLAIMS
from policies.admission._common import cel, is_one_of, optional
from policies.admission._twin import Check, Settings, twin
from spec.labels import DOMAIN, TIER

CLAIM: Final = "".join(
    f" + ({is_one_of([kind])} ? variables.whole{optional(path.removesuffix('[]'))}.orValue([]) : [])"
    for kind, path in CLAIMS.items()
)
MARKS: Final = {
    "marks": f"([variables.whole] + variables.templates{CLAIM}).map(each, each.?metadata.?labels.orValue({{}}))",
}


@twin(labels.owned, MARKS)
def owned(_settings: Settings) -> Iterator[Check]:
    """What the platform makes says it, and what people make must not: these labels are the platform's to give.

    So nothing is asked of what people make, nor of what they made where the platform changes it. That nobody claims to
    be the platform is the business of another policy (`paas-conduct`). What is in no namespace only must say something.
    """
    yield _by_us(
        f"{cel(labels.REQUIRED)}.all(key, key in each && each[key] == variables.home[?key].orValue(''))",
        says=f"{', '.join(labels.REQUIRED)} are not all there, as the namespace has them",
    )
    yield _by_us(
        f"!('{TIER}' in each) || each['{TIER}'] == variables.home[?'{TIER}'].orValue('')",
        says=f"{TIER} is not what the namespace has",
    )
    yield _by_us(
        f"each.all(key, !key.startsWith('{DOMAIN}/') || key in {cel(labels.KNOWN)})",
        says=f"a label {DOMAIN}/... that nobody knows",
    )


def _by_us(test: str, says: str) -> Check:
    return Check(unless=f"!variables.ours || variables.marks.all(each, {test})", says=says)
