"""What goes wrong with an API server; each is a sentence, and knows the way on.

ClusterError
├── Unreachable    nobody answers, or nobody is named
├── Refused        it answers no, or a program in a pod does
│   └── NotYet     no for now: the same may be done in a moment
└── Late           what was waited for did not come in time
"""

from typing import Final

PASSING: Final = frozenset({429, 500, 502, 503, 504})
"""HTTP statuses of what can pass by itself: too much at once, a webhook or a pod that is on its way up."""

FIXES: Final = {
    401: "the cluster does not know the user of KUBECONFIG: log in anew",
    403: "take a KUBECONFIG whose user may do that, or have somebody give the right",
}
"""The way on, by HTTP status."""

LOOK: Final = "look at KUBECONFIG; `paas doctor`"


class ClusterError(Exception):
    """Something about a cluster that a person can act on.

    Attributes:
        fix: the way on; empty: whoever asked knows it better.
    """

    def __init__(self, what: str, fix: str = "") -> None:
        super().__init__(what)
        self.fix = fix


class Unreachable(ClusterError):
    """The API server does not answer, or there is no kubeconfig that names one."""

    def __init__(self, what: str, fix: str = LOOK) -> None:
        super().__init__(what, fix)


class Refused(ClusterError):
    """The API server, or a program in a pod, does not do what it was asked; the text is its own.

    Attributes:
        status: of HTTP; 0 where it was not the API server that said no.
    """

    def __init__(self, what: str, fix: str = "", *, status: int = 0) -> None:
        super().__init__(what, fix or FIXES.get(status, ""))
        self.status = status


class NotYet(Refused):
    """Refused for now, by something that passes by itself. `wait` asks again."""


class Late(ClusterError):
    """What was waited for did not come in time; the text says what was last seen."""


def refusal(what: str, status: int) -> Refused:
    """Return the error of an HTTP status."""
    return (NotYet if status in PASSING else Refused)(what, status=status)
