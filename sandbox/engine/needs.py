"""Which programs the toolchain must have for the engine on this machine: none where Pulumi is installed whole."""

from sandbox.engine.install import DYNAMIC, RUNNER
from sandbox.engine.parts import find_parts, users_bundled


def needs() -> frozenset[str]:
    """Return the toolchain's names of the programs that `install_engine` wants here and now."""
    parts = find_parts()
    wanted = {
        "pulumi": parts.pulumi.source != "path",
        RUNNER: parts.language_host.source == "built",
        DYNAMIC: users_bundled(DYNAMIC, parts.pulumi) is None,
    }
    return frozenset(name for name, missing in wanted.items() if missing)
