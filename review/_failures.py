"""Why a preview is not whole, told from its messages: the program, the cluster, the policies, the log itself."""

import re
from collections.abc import Iterator
from typing import Final

from review._ops import IGNORED, OPS
from review.events import Diagnostic, Log, Severity
from review.model import Cause, Failure, Warned

SIGNS: Final[tuple[tuple[Cause, re.Pattern[str]], ...]] = (
    (
        Cause.UNREACHABLE,
        re.compile(
            r"cluster (?:is|was) (?:\w+ )?unreachable|cannot be reached|does not answer"
            r"|unable to load schema information from the API"
            r"|connection refused|no such host|no route to host|i/o timeout|TLS handshake timeout|x509: ",
            re.IGNORECASE,
        ),
    ),
    (Cause.CANCELLED, re.compile(r"\bcancell?ed\b", re.IGNORECASE)),
    (Cause.CONFIGURATION, re.compile(r"stacks/Pulumi\.|[Cc]onfiguration key|missing required configuration")),
    (Cause.PROGRAM, re.compile(r"Program failed|Traceback \(most recent call last\)|unhandled exception")),
    (Cause.POLICY, re.compile(r"policy pack|policy configuration|analyzer", re.IGNORECASE)),
)
"""What a message says of its cause: the first that fits."""

ENDS: Final = re.compile(r"(?:preview|update) failed\.?")
"""Says only that there is a cause."""


def failures(log: Log) -> Iterator[Failure]:
    """Yield why a preview is not whole, each reason once; mandatory findings are told by the findings."""
    found = dict.fromkeys(
        Failure(cause=_cause(said.message), message=said.message, urn=said.urn)
        for said in log.diagnostics
        if _fails(said)
    )
    yield from found
    refused = any(said.level == "mandatory" for said in log.violations)
    if log.result != "succeeded" and not (found or refused or log.faults):
        yield Failure(cause=Cause.ENGINE, message="the preview failed, and its events do not say why", urn="")
    yield from dict.fromkeys(
        Failure(cause=Cause.INCOMPLETE, message=f"the engine would {step.op} it, which no review knows", urn=step.urn)
        for step in log.steps
        if step.op not in {*OPS, *IGNORED}
    )
    yield from (Failure(cause=Cause.INCOMPLETE, message=fault, urn="") for fault in log.faults)


def warnings(log: Log) -> Iterator[Warned]:
    """Yield what the engine warns of, each once."""
    yield from dict.fromkeys(
        Warned(message=said.message, urn=said.urn)
        for said in log.diagnostics
        if said.severity is Severity.WARNING and not _fails(said)
    )


def _fails(said: Diagnostic) -> bool:
    """Return whether a message says why a preview is not whole: without its cluster, it is only a guess."""
    if said.severity is Severity.ERROR:
        return not ENDS.fullmatch(said.message)
    return said.severity is Severity.WARNING and _cause(said.message) is Cause.UNREACHABLE


def _cause(message: str) -> Cause:
    return next((cause for cause, sign in SIGNS if sign.search(message)), Cause.ENGINE)
