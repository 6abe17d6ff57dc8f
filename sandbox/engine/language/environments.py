"""Which Python a program runs with, from the runtime options in its project file.

runtime:
  name: python
  options:
    toolchain: pip | uv | poetry    # default: by the lock file that is there, else pip
    virtualenv: .venv               # relative to the project file; default: uv's and poetry's own, none for pip
    typechecker: mypy | pyright     # run before the program; default: none
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pulumi.runtime.proto import language_pb2 as pb

from sandbox.engine.language.errors import HostError

OPTIONS = ("toolchain", "virtualenv", "typechecker")
TYPECHECKERS = ("mypy", "pyright")


@dataclass(frozen=True)
class Environment:
    """The Python environment of one program.

    Attributes:
        root: folder of the project file.
        toolchain: `pip`, `uv` or `poetry`.
        virtualenv: its folder, which need not exist; None where the Python on PATH is to be used.
        typechecker: module to run over the program first; empty for none.
    """

    root: Path
    toolchain: str
    virtualenv: Path | None
    typechecker: str

    @property
    def python(self) -> Path:
        """The interpreter.

        Raises:
            HostError: the virtual environment is not there, or there is no Python on PATH.
        """
        if self.virtualenv is None:
            return _python_on_path()
        python = self.virtualenv / "bin" / "python"
        if not python.is_file():
            found = "is not a virtual environment" if self.virtualenv.exists() else "does not exist"
            raise HostError(
                f'runtime option `virtualenv` is "{self.virtualenv}", which {found}; '
                "create it and install the program's dependencies with `pulumi install`"
            )
        return python

    def variables(self, base: Mapping[str, str]) -> dict[str, str]:
        """Return `base` with the virtual environment activated: first on PATH, and no foreign PYTHONHOME."""
        if self.virtualenv is None:
            return dict(base)
        active = {name: value for name, value in base.items() if name != "PYTHONHOME"}
        active["VIRTUAL_ENV"] = str(self.virtualenv)
        active["PATH"] = f"{self.virtualenv / 'bin'}{os.pathsep}{base.get('PATH', os.defpath)}"
        return active


def environment(info: pb.ProgramInfo) -> Environment:
    """Read the runtime options of a program.

    Raises:
        HostError: an option, or its value, that is not known; or poetry is asked for and missing.
    """
    given = dict(info.options.items())
    if unknown := sorted(set(given) - set(OPTIONS)):
        raise HostError(f"runtime option `{unknown[0]}` is not known; known are {_listed(OPTIONS)}")
    root = Path(info.root_directory)
    toolchain = str(given.get("toolchain") or _by_lock_file(root))
    if toolchain not in VIRTUALENVS:
        raise HostError(f'runtime option `toolchain` is "{toolchain}"; wanted is one of {_listed(VIRTUALENVS)}')
    typechecker = str(given.get("typechecker") or "")
    if typechecker and typechecker not in TYPECHECKERS:
        raise HostError(f'runtime option `typechecker` is "{typechecker}"; wanted is one of {_listed(TYPECHECKERS)}')
    named = str(given.get("virtualenv") or "")
    virtualenv = root / Path(named).expanduser() if named else VIRTUALENVS[toolchain](root)
    return Environment(root, toolchain, virtualenv, typechecker)


def tool(name: str) -> Path:
    """Return where the program of a toolchain is.

    Raises:
        HostError: it is not on PATH.
    """
    where = shutil.which(name)
    if where is None:
        raise HostError(
            f"runtime option `toolchain` is `{name}`, which is not on PATH; install {name}, or set `toolchain: pip`"
        )
    return Path(where)


def prompts(info: pb.ProgramInfo) -> list[pb.RuntimeOptionPrompt]:
    """Return what `pulumi new` asks the user: the toolchain, unless it is given."""
    if "toolchain" in info.options:
        return []
    text = pb.RuntimeOptionPrompt.STRING
    choices = [
        pb.RuntimeOptionPrompt.RuntimeOptionValue(promptType=text, stringValue=name, displayName=name)
        for name in VIRTUALENVS
        if name == "pip" or shutil.which(name)
    ]
    return [
        pb.RuntimeOptionPrompt(
            key="toolchain",
            description="The toolchain to use for installing dependencies and running the program",
            promptType=text,
            choices=choices,
            default=choices[0],
        )
    ]


def _by_lock_file(root: Path) -> str:
    return next((name for name in ("uv", "poetry") if (root / f"{name}.lock").is_file()), "pip")


def _none(_root: Path) -> Path | None:
    return None


def _of_uv(root: Path) -> Path:
    return root / os.environ.get("UV_PROJECT_ENVIRONMENT", ".venv")


def _of_poetry(root: Path) -> Path:
    asked = subprocess.run(
        [tool("poetry"), "env", "info", "--path"], cwd=root, capture_output=True, text=True, check=False
    )
    if asked.returncode:
        raise HostError(f"`poetry env info --path` exited with {asked.returncode}: {asked.stderr.strip()}")
    return Path(asked.stdout.strip())


VIRTUALENVS: dict[str, Callable[[Path], Path | None]] = {"pip": _none, "uv": _of_uv, "poetry": _of_poetry}
"""Where each toolchain keeps the virtual environment of a project whose options name none."""


def _python_on_path() -> Path:
    wanted = [name for name in (os.environ.get("PULUMI_PYTHON_CMD"), "python3", "python") if name]
    found = next((where for where in map(shutil.which, wanted) if where), None)
    if found is None:
        raise HostError(f"none of {_listed(wanted)} is on PATH; install Python, or set the runtime option `virtualenv`")
    return Path(found)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
