"""Where the sandbox keeps things.

Artefacts that any checkout can share (programs, images) lie in the user's cache; what belongs to one
checkout (state, certificates, logs, sockets) lies in its `.sandbox/`, which git ignores.
"""

from pathlib import Path

import platformdirs

ROOT = Path(__file__).resolve().parents[2]
"""The checkout."""

STATE = ROOT / ".sandbox"
"""This checkout's running sandbox."""

PASSPHRASE = "passphrase"
"""The file in it that opens the secrets of the checkout's stacks."""


def cache() -> Path:
    """Return the folder of shared artefacts: `$XDG_CACHE_HOME/paas`, by default `~/.cache/paas`."""
    return Path(platformdirs.user_cache_dir("paas", appauthor=False))


def programs() -> Path:
    """Return the folder of programs that the toolchain built."""
    return cache() / "bin"
