"""The Python language host: runs Pulumi programs, policy packs and plugins written in Python for the engine.

Stands in for the official `pulumi-language-python` where that is not installed, over the same protocol. Of code it
generates what `pulumi import` prints; `pulumi convert`, `package gen-sdk` and `package add` need the official host, and
are told so.
"""

VERSION = "0.1.0"
"""The host's own version, which the engine shows in `pulumi about`."""
