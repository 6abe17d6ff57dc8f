"""Make sure that programs are there: what the user has, what the cache has, and only then a build, one at a time."""

import fcntl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sandbox.machine import Progress, SandboxError
from sandbox.machine.paths import cache
from sandbox.toolchain.build import build
from sandbox.toolchain.catalogue import DEBIAN, MODULES, Module
from sandbox.toolchain.debian import install
from sandbox.toolchain.find import Found, find


def ensure(names: Iterable[str], progress: Progress) -> dict[str, Path]:
    """Return where each program is, after building or installing those that are nowhere.

    A damaged or outdated program in the cache is built anew, and said so. Interrupted, it goes on at the next call.

    Raises:
        SandboxError: something could not be had; what was finished stays.
        ValueError: a name that the catalogue does not have.
    """
    wanted = set(names)
    if unknown := wanted - known():
        raise ValueError(f"not in the toolchain's catalogue: {', '.join(sorted(unknown))}")
    found = find(wanted)
    if not all(program.usable for program in found.values()):
        with _alone(progress):
            found = _complete(find(wanted), progress)  # another process may have built it while we waited
    return {name: program.path for name, program in found.items() if program.path}


def known() -> set[str]:
    """Return every name of the catalogue."""
    return {program.name for module in MODULES for program in module.programs} | {program.name for program in DEBIAN}


def missing_modules(found: Mapping[str, Found]) -> list[Module]:
    """Return the modules that must be built for what `found` lacks."""
    return [module for module in MODULES if any(_lacks(found, program.name) for program in module.programs)]


def _complete(found: Mapping[str, Found], progress: Progress) -> dict[str, Found]:
    modules = missing_modules(found)
    compiles_c = any(program.c_source for module in modules for program in module.programs)
    gcc = find({"gcc"}) if compiles_c else {}
    debian = [program for program in DEBIAN if _lacks(found, program.name) or _lacks(gcc, program.name)]
    if debian:
        with progress.step("Debian packages") as step:
            step.say(", ".join(package for program in debian for package in program.packages))
            install(debian)
    for number, module in enumerate(modules, 1):
        why = {found[program.name].source for program in module.programs if _lacks(found, program.name)}
        if "corrupt" in why:
            progress.line(f"  {module.name}: the cached programs do not match their checksums; building them anew")
        with progress.step(f"build {module.name} ({number} of {len(modules)}, about {module.seconds} s)") as step:
            build(module, step)
    after = find(set(found))
    if lost := [name for name, program in after.items() if not program.usable]:
        raise SandboxError(f"{', '.join(lost)} cannot be found even after installing", "run `python -m sandbox doctor`")
    return after


def _lacks(found: Mapping[str, Found], name: str) -> bool:
    return name in found and not found[name].usable


@contextmanager
def _alone(progress: Progress) -> Iterator[None]:
    """Hold the cache's lock: two checkouts may build at the same time, but not the same cache."""
    cache().mkdir(parents=True, exist_ok=True)
    with (cache() / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with progress.step("another process is building; waiting for it"):
                fcntl.flock(file, fcntl.LOCK_EX)
        yield
