"""What policies say, told apart by what it asks of the reader: refusals and advice, open questions, exceptions.

Our own pack writes a title, a sentence and a fix, a line each; other packs write what they like.
"""

import re
from collections.abc import Iterator

from review.events import Log, Violation
from review.model import Finding, Standing, Undecided

OPEN = "not decided at preview: "
STANDING = re.compile(r"exception \S+ until ")
FIX = "fix: "


def findings(log: Log) -> Iterator[Finding]:
    """Yield what policies refuse or advise, each once."""
    yield from dict.fromkeys(_finding(found) for found in log.violations if not (_open(found) or _stands(found)))


def undecided(log: Log) -> Iterator[Undecided]:
    """Yield what policies could not judge."""
    yield from dict.fromkeys(
        Undecided(rule=found.rule, urn=found.urn, message=_open(found)) for found in log.violations if _open(found)
    )


def exceptions(log: Log) -> Iterator[Standing]:
    """Yield the exceptions that stand."""
    yield from dict.fromkeys(
        Standing(rule=found.rule, message=found.message) for found in log.violations if _stands(found)
    )


def _finding(found: Violation) -> Finding:
    lines = found.message.splitlines()
    fixes = [line.removeprefix(FIX) for line in lines if line.startswith(FIX)]
    said = [line for line in lines if not line.startswith(FIX)]
    titled = len(said) > 1
    return Finding(
        rule=found.rule,
        level=found.level,
        severity=found.severity,
        title=said[0] if titled else "",
        message="\n".join(said[1:] if titled else said),
        fix=" ".join(fixes),
        urn=found.urn,
    )


def _open(found: Violation) -> str:
    """Return the open question; empty where it is none."""
    asked = next((line for line in found.message.splitlines() if line.startswith(OPEN)), "")
    return "" if found.level == "mandatory" else asked.removeprefix(OPEN)


def _stands(found: Violation) -> bool:
    return found.level != "mandatory" and bool(STANDING.match(found.message))
