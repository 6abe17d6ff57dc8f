"""What the program imports, told from its text by the library behind import-linter: nothing of it is run."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import grimp
from grimp.application.config import settings
from grimp.application.ports.filesystem import AbstractFileSystem
from grimp.application.ports.packagefinder import AbstractPackageFinder
from grimp.exceptions import SourceSyntaxError

from review.affected import Imports

PROGRAM = "__main__.py"
PACK = "policies.__main__"
FIRST = ("components", "spec", "policies")
"""Packages of which each file is known, imported or not; those that they import come on top."""


class _In(AbstractPackageFinder):
    """Finds packages in one folder, whatever this process has imported under the same names."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def determine_package_directories(
        self,
        package_name: str,
        file_system: AbstractFileSystem,  # noqa: ARG002  # as the library calls it
    ) -> set[str]:
        """Return where a package lies."""
        return {str(self.root / package_name)}


def imports(root: Path) -> Imports:
    """Return which files of a project its program and its policies import.

    Where a file is no Python, every one counts as imported: the preview will say what is wrong with it.
    """
    packages = {name for name in FIRST if _is_package(root, name)}
    program = root / PROGRAM
    try:
        begin = {PACK, *(_imported(program.read_text()) if program.exists() else ())}
        while packages:
            graph = _graph(root, packages)
            more = {name.partition(".")[0] for name in (*graph.modules, *begin)}
            if not (more := {name for name in more - packages if _is_package(root, name)}):
                return _parted(root, graph, begin)
            packages |= more
    except (SourceSyntaxError, SyntaxError, UnicodeDecodeError):
        every = {str(path.relative_to(root)) for name in packages for path in (root / name).rglob("*.py")}
        return Imports(reached={*every, PROGRAM}, idle=())
    return Imports(reached={PROGRAM}, idle=())


def _is_package(root: Path, name: str) -> bool:
    return (root / name / "__init__.py").is_file()


def _graph(root: Path, packages: Iterable[str]) -> grimp.ImportGraph:
    settings.configure(PACKAGE_FINDER=_In(root))
    return grimp.build_graph(*sorted(packages), include_external_packages=True, cache_dir=None)


def _imported(text: str) -> Iterator[str]:
    """Yield what a file outside of any package may import; a name of a module's is one too many, and does no harm."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (node.module, *(f"{node.module}.{each.name}" for each in node.names))


def _parted(root: Path, graph: grimp.ImportGraph, begin: Iterable[str]) -> Imports:
    reached: set[str] = set()
    ahead = list(begin)
    while ahead:
        module = ahead.pop()
        if module not in reached:
            reached.add(module)
            ahead += filter(None, [module.rpartition(".")[0]])  # which Python imports before it
            if module in graph.modules:
                ahead += graph.find_modules_directly_imported_by(module)
    files = {_file(root, module): module in reached for module in graph.modules}
    return Imports(
        reached={PROGRAM, *(file for file, is_reached in files.items() if file and is_reached)},
        idle={file for file, is_reached in files.items() if file and not is_reached},
    )


def _file(root: Path, module: str) -> str:
    """Return the file of a module; empty for one from outside."""
    path = root.joinpath(*module.split("."))
    found = next((each for each in (path / "__init__.py", path.with_suffix(".py")) if each.is_file()), None)
    return str(found.relative_to(root)) if found else ""
