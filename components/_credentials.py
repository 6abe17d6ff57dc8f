"""Passwords: made once, when their Secret is, and kept in the state as secrets, encrypted by the stack's own key."""

import secrets
from base64 import b64encode
from collections.abc import Mapping

from pulumi import Output

BYTES = 32


def password() -> str:
    """Return a new password: 256 bits, in signs that every address can have."""
    return secrets.token_urlsafe(BYTES)


def encoded(entries: Mapping[str, str]) -> Output[dict[str, str]]:
    """Return the `data` of a Secret, marked as what nobody may see."""
    return Output.secret({key: b64encode(text.encode()).decode() for key, text in entries.items()})
