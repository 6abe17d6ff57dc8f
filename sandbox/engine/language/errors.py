"""What the host answers when it cannot do as asked; the engine shows the text to the user.

HostError               what was given, what was wanted, the fix
└── NotHere             a call or option that only the official host has
"""


class HostError(Exception):
    """Something the user can act on: one message, shown as it is."""


class NotHere(HostError):
    """Something that this host does not do, named, with who does."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} is not supported by the sandbox's Python language host; "
            "install the official Pulumi distribution, whose `pulumi-language-python` has it, and put it on PATH"
        )
