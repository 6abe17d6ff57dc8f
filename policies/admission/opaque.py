"""Twins of `policies.opaque`."""

from collections.abc import Iterator
from typing import Final

from policies import opaque
from policies._kinds import GROUPS, LONE
from policies.admission._common import cel, is_one_of, optional
from policies.admission._twin import Check, Settings, twin

SOURCES: Final = {
    "sources": "".join(
        f"{is_one_of([kind])} ? variables.whole{optional(path)}.orValue({{}}) : "
        for kind, path in opaque.MONITORS.items()
    )
    + "{}",
}


@twin(opaque.readable, SOURCES)
def readable(_settings: Settings) -> Iterator[Check]:
    """What an object shows by itself. Operators keep kinds of their own in a tenant's namespace, and may."""
    yield Check(
        unless=f"!variables.ours || request.kind.group in {cel(GROUPS)} || {is_one_of(LONE)}",
        says="no rule knows kinds of its group",
    )
    yield Check(
        unless="variables.sources.?any.orValue(false) == false",
        says="namespaceSelector.any reads the metrics of every tenant",
    )
    yield Check(
        unless="variables.sources.?matchNames.orValue([]).all(name, name in variables.namespaces)",
        says="namespaceSelector reads the metrics of a namespace that is not this environment's",
    )
