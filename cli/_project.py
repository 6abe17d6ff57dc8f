"""The project that a command works on: its folder, and the stack files in it."""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cli import _files
from cli._clashes import clashes
from cli._codes import Code
from cli._errors import CliError
from cli._files import StackFile
from cli._reports import Finding


@dataclass(frozen=True)
class Project:
    """A folder with `Pulumi.yaml` and `stacks/`."""

    root: Path

    @cached_property
    def files(self) -> dict[str, StackFile]:
        """All stack files, read and checked by themselves, by stack."""
        found = (_files.read(path, self.root) for path in _files.stack_files(self.root))
        return {file.stack: file for file in found}

    def findings(self, file: StackFile) -> list[Finding]:
        """Return everything to correct in `file`, clashes with all other files of the project included."""
        others = [other for other in self.files.values() if other.path != file.path]
        return [*file.findings, *clashes(file, others)]

    def usable(self, stack: str) -> StackFile:
        """Return the file of `stack`, which must have no problem.

        Raises:
            CliError: with all of its problems, or that there is none.
        """
        file = self.files.get(stack)
        if file is None:
            raise no_file(stack, self.files)
        if problems := self.findings(file):
            lines = "\n".join(f"  {each}" for each in problems)
            raise CliError(f"{file.path} cannot be used:\n{lines}", "correct it; `paas validate` checks", Code.INVALID)
        return file


def no_file(stack: str, known: object) -> CliError:
    """Return the error of a stack that has no file."""
    names = ", ".join(sorted(known)) if isinstance(known, dict) and known else "none"
    return CliError(f"stack {stack} has no file; there are: {names}", "correct the name, or make it: `paas new`")


def find(start: Path | None = None) -> Project:
    """Return the project of a folder: it is the folder itself, or one above it.

    Args:
        start: None for the present folder.

    Raises:
        CliError: there is none.
    """
    folder = (start or Path.cwd()).resolve()
    for each in (folder, *folder.parents):
        if (each / "Pulumi.yaml").is_file():
            return Project(each)
    home = os.environ.get("PWD", str(folder))
    raise CliError(
        f"no Pulumi.yaml in {start or home} or above it", "go to the project's folder, or name it: `-C FOLDER`"
    )
