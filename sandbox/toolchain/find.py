"""Find a program: the user's own on PATH first, then our cache, then Debian's."""

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sandbox.machine import output
from sandbox.machine.paths import STATE, programs
from sandbox.toolchain import receipts
from sandbox.toolchain.catalogue import DEBIAN, MODULES, Accept, DebianProgram, Module, Program

Source = Literal["path", "built", "debian", "missing", "outdated", "corrupt"]
_VERSION = re.compile(r"\d+(?:\.\d+)+")


@dataclass(frozen=True)
class Found:
    """Where a program is, or why it is not.

    Attributes:
        source: `path` (the user's own), `built` (ours), `debian`; or `missing`, `outdated`, `corrupt`.
        version: as the program says, or as its module is pinned; empty where it is not there.
        path: None where it is not there.
    """

    name: str
    source: Source
    version: str = ""
    path: Path | None = None

    @property
    def usable(self) -> bool:
        """Whether it can be run as it is."""
        return self.path is not None


def find(names: set[str] | None = None) -> dict[str, Found]:
    """Find all programs, or those named."""
    found: dict[str, Found] = {}
    for module in MODULES:
        wanted = [program for program in module.programs if names is None or program.name in names]
        if wanted:
            found |= _in_module(module, wanted)
    for debian in DEBIAN:
        if names is None or debian.name in names:
            found[debian.name] = _from_debian(debian)
    return found


def own_path() -> str:
    """Return PATH without the sandbox's own folders, so that `path` means what the user installed."""
    ours = [str(programs()), str(STATE), os.environ.get("PAAS_SANDBOX", str(STATE))]  # the last: another checkout's
    parts = os.environ.get("PATH", "").split(os.pathsep)
    return os.pathsep.join(part for part in parts if not any(Path(part).is_relative_to(folder) for folder in ours))


def _in_module(module: Module, wanted: list[Program]) -> dict[str, Found]:
    on_path = {program.name: _on_path(program) for program in wanted}
    state = receipts.state(module) if any(found is None for found in on_path.values()) else {}
    return {program.name: on_path[program.name] or _cached(program, state[program.name]) for program in wanted}


def _cached(program: Program, state: str) -> Found:
    match state:
        case "good":
            return Found(program.name, "built", program.version, programs() / program.name)
        case "outdated":
            return Found(program.name, "outdated")
        case "corrupt":
            return Found(program.name, "corrupt")
        case _:
            return Found(program.name, "missing")


def _on_path(program: Program) -> Found | None:
    if program.accept is Accept.NEVER:
        return None
    where = shutil.which(program.name, path=own_path())
    version = version_of(Path(where), program.ask) if where else ""
    if not where or not version or not _accepts(program, version):
        return None
    return Found(program.name, "path", version, Path(where))


def _accepts(program: Program, version: str) -> bool:
    ours, theirs = _numbers(program.version), _numbers(version)
    return theirs >= ours if program.accept is Accept.AT_LEAST else theirs[:2] == ours[:2]


def _from_debian(program: DebianProgram) -> Found:
    where = shutil.which(programs() / program.name if program.unpacked else program.path or program.name)
    if not where:
        return Found(program.name, "missing")
    version = version_of(Path(where), program.ask) if program.ask else ""
    return Found(program.name, "debian", version, Path(where))


def version_of(path: Path, ask: tuple[str, ...]) -> str:
    """Return the first thing that looks like a version in what the program answers, or an empty text."""
    said = _VERSION.search(output([path, *ask]) or "")
    return said[0] if said else ""


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
