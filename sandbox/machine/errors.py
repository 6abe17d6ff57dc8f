"""The one error that a user of the sandbox sees: what went wrong, and the way on.

SandboxError            what happened + what to do about it
└── CommandError        a program of ours ended badly; carries the end of what it printed
"""


class SandboxError(Exception):
    """Something the user can act on. Printed as two lines, without a traceback; exit code 1."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what, fix)
        self.what = what
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.what}\n  fix: {self.fix}"


class CommandError(SandboxError):
    """A command exited with a code other than 0.

    Attributes:
        code: its exit code (negative: the signal that ended it).
        tail: the last lines that it printed, at most 2,000 characters.
    """

    def __init__(self, command: str, code: int, tail: str, fix: str) -> None:
        super().__init__(f"`{command}` exited with {code}:\n{tail.rstrip()}", fix)
        self.code = code
        self.tail = tail
