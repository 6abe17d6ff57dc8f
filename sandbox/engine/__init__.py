"""Pulumi's engine on this machine: which parts are installed, the ones that we fill in, and a shell's environment.

The names below are imported when they are first used: the plugins, which start with every `pulumi` command, are
packages in here, and must not load what they do not need.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.engine.environment import environment_for_shell, export_lines
    from sandbox.engine.install import install_engine
    from sandbox.engine.needs import needs
    from sandbox.engine.parts import EngineParts, Part, find_parts

_HOMES = {
    "EngineParts": "parts",
    "Part": "parts",
    "environment_for_shell": "environment",
    "export_lines": "environment",
    "find_parts": "parts",
    "install_engine": "install",
    "needs": "needs",
}

__all__ = ["EngineParts", "Part", "environment_for_shell", "export_lines", "find_parts", "install_engine", "needs"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
