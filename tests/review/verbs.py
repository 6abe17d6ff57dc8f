"""How each verb of `paas` is tried where values lie about that nobody may see: once for each way of writing its report.

A verb that stands in no line here fails the tests. Those that need engine or cluster are tried in
`tests/e2e/review/test_canaries.py`, the others in `tests/cli/test_canaries.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cli import reference
from cli._codes import Code
from tests.review.manifests import Z

OTHER = "zeta-staging"
MADE = "fresh-dev"
OWNER = ("--team", "t", "--escalation", "t@t.example", "--cost-centre", "cc-1")
OPERATOR = ("--engine", "operator", "--repository", "https://git.example/paas.git", "--branch", "main")


@dataclass(frozen=True)
class Trial:
    """One command.

    Attributes:
        words: after `paas`.
        code: how it ends: else it did not come as far as it should.
        live: it needs the engine, a backend or a cluster.
        forms: how its report is written; None: all ways that it has.
    """

    words: tuple[str, ...]
    code: int = 0
    live: bool = False
    forms: tuple[str, ...] | None = None


def _live(*words: str, code: int = 0, forms: tuple[str, ...] | None = ("table", "json")) -> Trial:
    return Trial(words, code, live=True, forms=forms)


def _drill(*words: str) -> tuple[Trial, ...]:
    return (Trial(("drill", *words), Code.UNREACHABLE),)


TRIALS: dict[str, tuple[Trial, ...]] = {
    "validate": (Trial(("validate",)),),
    "affected": (Trial(("affected", "--base", "HEAD")),),
    "diff": (Trial(("diff", Z), 2), Trial(("diff", Z, OTHER), 2)),
    "cost": (Trial(("cost",)), Trial(("cost", Z))),
    "graph": (Trial(("graph",)), Trial(("graph", Z))),
    "fleet export": (Trial(("fleet", "export", *OPERATOR, "--backend", "s3://states")),),
    # Where the cluster does not answer. What drills measure, tests of databases and of the edge look at.
    "drill restore": _drill("restore", Z, "orders"),
    "drill failover": _drill("failover", Z, "orders"),
    "drill switchover": _drill("switchover", Z, "orders"),
    "drill drain": _drill("drain", Z, "orders"),
    "drill flood": _drill("flood", Z, "orders", "--beside", OTHER),
    "drill certificate": _drill("certificate", Z, "web"),
    "drill expiry": _drill("expiry", Z, "web"),
    # A forge that refuses it, and says why: what is posted, the tests of comments look at.
    "comment": (Trial(("comment", "review.json", "--number", "7", "--commit", "a" * 40), 1),),
    "preview": (_live("preview", Z, code=3),),
    "review": (_live("review", Z, "--base", "HEAD", code=3),),
    "fleet preview": (_live("fleet", "preview", code=2),),
    "audit": (_live("audit", Z, code=3),),
    "up": (_live("up", Z, "--yes"),),
    "fleet up": (_live("fleet", "up", "--yes"),),
    "refresh": (_live("refresh", Z),),
    "list": (_live("list", forms=None),),
    "show": (_live("show", Z, forms=None),),
    "doctor": (_live("doctor", code=1, forms=None),),
    "reap": (_live("reap", Z, "--dry-run"),),
    "new": (_live("new", "fresh", "--environment", "dev", "--tier", "small", *OWNER),),
    "destroy": (_live("destroy", MADE, "--yes", "--remove", forms=("table",)), _live("destroy", Z, "--yes")),
}
"""In the order in which they are tried: what one does, the next one finds."""


def missing(trials: dict[str, Any]) -> set[str]:
    """Return the verbs that are not among `trials`, and those of them that are no verbs."""
    return {name.removeprefix("paas ") for name, _ in reference.verbs()} ^ set(trials)


def _forms(output: Any) -> tuple[str, ...]:
    return tuple(each.value for each in output.type_descriptor.choices)


def commands(*, live: bool) -> Iterator[tuple[str, tuple[str, ...], int]]:
    """Yield what is to be run: its name, its words after `paas`, how it ends."""
    options = {name.removeprefix("paas "): command.params for name, command in reference.verbs()}
    for verb, trials in TRIALS.items():
        output = next((each for each in options[verb] if "--output" in each.opts), None)
        for trial in trials:
            if trial.live is not live:
                continue
            for form in (trial.forms or _forms(output)) if output else ():
                yield f"{' '.join(trial.words)}, {form}", (*trial.words, "--output", form), trial.code
            if output is None:
                yield " ".join(trial.words), trial.words, trial.code
