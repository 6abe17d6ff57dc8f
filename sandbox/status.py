"""How the whole sandbox is: engine, cluster and cache in one answer."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox import cluster
from sandbox.engine.parts import EngineParts, find_parts
from sandbox.machine.paths import cache
from sandbox.toolchain import find


@dataclass(frozen=True)
class Status:
    """What `python -m sandbox status` tells.

    Attributes:
        cache_bytes: size of the shared cache on disk.
    """

    engine: EngineParts
    cluster: cluster.Status
    cache_bytes: int

    def as_json(self) -> dict[str, Any]:
        """Return `{engine, cluster, cache: {path, bytes}}`, keys in camelCase."""
        return {
            "engine": self.engine.as_json(),
            "cluster": self.cluster.as_dict(),
            "cache": {"path": str(cache()), "bytes": self.cache_bytes},
        }

    def lines(self) -> list[str]:
        """Return it as a person reads it."""
        parts = self.engine.as_json().items()
        return [
            "engine " + ", ".join(f"{name} {part['version']} ({part['source']})".strip() for name, part in parts),
            *self.cluster.lines(),
            f"cache {cache()}: {self.cache_bytes / 1e9:.1f} GB",
        ]


def collect() -> Status:
    """Look at everything now. Changes nothing."""
    kubectl = find({"kubectl"})["kubectl"].path
    return Status(find_parts(), cluster.status({"kubectl": kubectl} if kubectl else {}), size(cache()))


def size(folder: Path) -> int:
    """Return the bytes that a folder takes on disk; a file that goes away meanwhile counts nothing."""
    total = 0
    for path in folder.rglob("*"):
        try:
            info = path.lstat()
        except FileNotFoundError:
            continue
        total += info.st_blocks * 512 // info.st_nlink
    return total
