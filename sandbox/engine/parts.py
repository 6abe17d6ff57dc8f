"""Find the engine's parts: the user's own first, and the ones that the sandbox fills in.

The order is the engine's own: a plugin on PATH, then one next to `pulumi`, then one in its plugin folder.
"""

import json
import os
import shutil
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal

from sandbox.engine.language import VERSION
from sandbox.engine.plugin_info import version_of_plugin
from sandbox.engine.users import is_ours, users_own, users_path
from sandbox.machine import SandboxError
from sandbox.machine.paths import STATE
from sandbox.toolchain.find import find

Source = Literal["path", "plugin", "built", "missing"]
LANGUAGE_HOST = "pulumi-language-python"
PROVIDER = "pulumi-resource-kubernetes"


@dataclass(frozen=True)
class Part:
    """One part of the engine.

    Attributes:
        version: as it says of itself; empty where it is missing.
        source: `path` and `plugin` are the user's own (on PATH; in a plugin folder of theirs), `built` is ours.
        path: the program; None for what is missing, and for plugins of ours, which `install_engine` writes.
    """

    version: str
    source: Source
    path: Path | None = None


@dataclass(frozen=True)
class EngineParts:
    """The parts that every update needs."""

    pulumi: Part
    language_host: Part
    kubernetes_provider: Part

    def as_json(self) -> dict[str, dict[str, str]]:
        """Return `{pulumi, languageHost, kubernetesProvider}`, each `{version, source}`."""
        parts = {
            "pulumi": self.pulumi,
            "languageHost": self.language_host,
            "kubernetesProvider": self.kubernetes_provider,
        }
        return {name: {"version": part.version, "source": part.source} for name, part in parts.items()}


def find_parts(state: Path = STATE) -> EngineParts:
    """Look for all parts.

    Args:
        state: the sandbox's folder; the plugins in there are ours.

    Raises:
        SandboxError: the Kubernetes SDK is not installed.
    """
    pulumi = _pulumi()
    return EngineParts(pulumi, _language_host(pulumi), _provider(state))


def provider_version() -> str:
    """Return the version of the Kubernetes provider that the installed SDK asks the engine for.

    Raises:
        SandboxError: the SDK is not installed.
    """
    try:
        return str(json.loads((files("pulumi_kubernetes") / "pulumi-plugin.json").read_text())["version"])
    except ModuleNotFoundError as error:
        raise SandboxError("the Python package pulumi-kubernetes is not installed", "run `make setup`") from error


def _pulumi() -> Part:
    found = find({"pulumi"})["pulumi"]
    if found.path is None:
        return Part("", "missing")
    if found.source == "path" and is_ours(found.path):  # the link that another sandbox has on PATH
        return Part(found.version, "built", found.path)
    return Part(found.version, "built" if found.source == "built" else "path", found.path)


def users_bundled(name: str, pulumi: Part) -> Path | None:
    """Return where the user has a program that a Pulumi distribution bundles: on PATH, or beside their `pulumi`."""
    beside = [str(pulumi.path.resolve().parent)] if pulumi.source == "path" and pulumi.path else []
    where = shutil.which(name, path=os.pathsep.join([users_path(), *beside]))
    return Path(where) if where else None


def _language_host(pulumi: Part) -> Part:
    where = users_bundled(LANGUAGE_HOST, pulumi)
    if where is None:
        return Part(VERSION, "built")
    beside = pulumi.path is not None and where.resolve().parent == pulumi.path.resolve().parent
    return Part(pulumi.version if beside else version_of_plugin(where), "path", where)


def _provider(state: Path) -> Part:
    where = shutil.which(PROVIDER, path=users_path())
    if where is not None:
        return Part(version_of_plugin(Path(where)), "path", Path(where))
    version = provider_version()
    for home in _users_homes(state):
        plugin = home / "plugins" / f"resource-kubernetes-v{version}" / PROVIDER
        if plugin.is_file():
            return Part(version, "plugin", plugin)
    return Part(version, "built")


def _users_homes(state: Path) -> list[Path]:
    named = users_own("PULUMI_HOME")
    homes = [Path(named)] if named else []
    return [home for home in [*homes, Path.home() / ".pulumi"] if home != state / "pulumi"]
