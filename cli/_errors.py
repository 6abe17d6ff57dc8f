"""The one error that a user of `paas` sees: what went wrong, the way on, and the exit code."""

from apiserver import ClusterError, Unreachable
from cli._codes import Code
from review.secrets import message


class CliError(Exception):
    """Something the user can act on. Printed as two lines, without a traceback."""

    def __init__(self, what: str, fix: str, code: Code = Code.FAILED) -> None:
        super().__init__(what, fix)
        self.what = what
        self.fix = fix
        self.code = code

    def __str__(self) -> str:
        return f"error: {self.what}\n  fix: {self.fix}"


def of_cluster(error: ClusterError, doing: str = "", fix: str = "") -> CliError:
    """Return the error of a cluster, where that is the end.

    Args:
        doing: what could not be done, as the beginning of a sentence.
        fix: the way on where the error knows none.
    """
    code = Code.UNREACHABLE if isinstance(error, Unreachable) else Code.FAILED
    return CliError(message(f"{doing}{error}"), error.fix or fix, code)
