"""Stack files as a person wrote them: read with the place of everything, and checked like the program checks them."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError

import spec
from cli._errors import CliError
from cli._reports import Finding
from spec import PlatformSpec, Problem, SpecError, TenantSpec, names
from spec.errors import sort_of

PREFIX, SUFFIX = "Pulumi.", ".yaml"
PROJECT = "paas:"
SETTINGS = ("cluster", "kubeconfig")
"""Keys below `paas:` besides those that a stack has one of."""


class _Constructor(RoundTripConstructor):
    """Takes moments for the text that they are: the model has its own grammar for them."""


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", RoundTripConstructor.construct_scalar)


@dataclass(frozen=True, kw_only=True)
class StackFile:
    """A stack file.

    Attributes:
        path: as it is shown: from the project's folder where it lies there.
        stack: the stack that its name says.
        document: what it says, with the place of everything; empty where it is no YAML.
        spec: what it means; None where it has problems.
        findings: its problems, by themselves: not those that it has with other files.
    """

    path: str
    stack: str
    document: CommentedMap
    spec: TenantSpec | PlatformSpec | None
    findings: tuple[Finding, ...]

    def finding(self, problem: Problem) -> Finding:
        """Return `problem` with its place in the file."""
        line, column = place(self.document, problem.path)
        return Finding(file=self.path, line=line, column=column, **vars(problem))


def stack_files(root: Path) -> list[Path]:
    """Return the stack files of the project in `root`, by name."""
    return sorted((root / "stacks").glob(f"{PREFIX}*{SUFFIX}"))


def stack_of(path: Path) -> str | None:
    """Return the stack whose file `path` is by its name; None: it is no stack's."""
    name = path.name
    long_enough = len(name) > len(PREFIX) + len(SUFFIX)
    if not (long_enough and name.startswith(PREFIX) and name.endswith(SUFFIX)):
        return None
    return name[len(PREFIX) : -len(SUFFIX)]


def read(path: Path, root: Path) -> StackFile:
    """Read and check one file.

    Raises:
        CliError: it cannot be read, or its name is not that of a stack file.
    """
    label = str(path.resolve().relative_to(root)) if path.resolve().is_relative_to(root) else str(path)
    stack = stack_of(path)
    if stack is None:
        raise CliError(f"{label} is not named like a stack file", "name it Pulumi.<stack>.yaml")
    try:
        text = path.read_bytes().decode()
    except OSError as error:
        raise CliError(f"{label} cannot be read: {error.strerror}", "name a file that exists") from None
    except UnicodeDecodeError as error:
        return _unreadable(label, stack, Problem(path="file", given=str(error), wanted="UTF-8", fix="save it as UTF-8"))
    return parse(text, label, stack)


def parse(text: str, label: str, stack: str) -> StackFile:
    """Check `text`, which stands, or is to stand, in the file `label` of `stack`."""
    yaml = YAML(typ="rt", pure=True)
    yaml.Constructor = _Constructor
    try:
        document = yaml.load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        wanted = "YAML in which every key stands once" if "duplicate key" in str(error.problem) else "YAML"
        given = " ".join(str(error.problem or error.context).split()).partition(" with value ")[0]  # of a key twice
        return _unreadable(label, stack, Problem(path="file", given=given, wanted=wanted, fix="correct this line"), at)
    except YAMLError as error:
        given = " ".join(str(error).split())
        problem = Problem(path="file", given=given, wanted="YAML", fix="remove what editors do not show")
        return _unreadable(label, stack, problem)
    if not (isinstance(document, CommentedMap) and isinstance(document.get("config"), CommentedMap)):
        problem = Problem(path="config", given=_at_top(document), wanted="a mapping `config:`", fix="add it")
        return _unreadable(label, stack, problem)
    return _checked(label, stack, document)


def _at_top(document: object) -> str:
    """Return what stands at the top of a file: names alone, since nothing is known of what they hold."""
    if not isinstance(document, CommentedMap):
        return sort_of(document)
    if "config" in document:
        return sort_of(document["config"])
    return f"only {', '.join(map(str, document)) or 'nothing'}"


def _checked(label: str, stack: str, document: CommentedMap) -> StackFile:
    draft = StackFile(path=label, stack=stack, document=document, spec=None, findings=())
    config = plain(document["config"])
    problems = list(_unknown_keys(config))
    meaning = None
    try:
        meaning = spec.load(stack, {key.removeprefix(PROJECT): value for key, value in config.items()})
    except SpecError as error:
        problems += error.problems
    findings = sorted((draft.finding(each) for each in problems), key=lambda each: (each.line, each.column))
    return StackFile(
        path=label,
        stack=stack,
        document=document,
        spec=None if problems else meaning,
        findings=tuple(findings),
    )


def _unknown_keys(config: Mapping[str, Any]) -> Iterator[Problem]:
    """The engine takes a misspelt key without a word."""
    known = [f"{PROJECT}{key}" for key in (*spec.KINDS, *SETTINGS)]
    for key in config:
        if key.startswith(PROJECT) and key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            fix = f"did you mean `{near[0]}`?" if near else "remove it"
            yield Problem(path=key, given="a key of that name", wanted=f"one of {', '.join(known)}", fix=fix)


def _unreadable(label: str, stack: str, problem: Problem, at: tuple[int, int] = (1, 1)) -> StackFile:
    finding = Finding(file=label, line=at[0], column=at[1], **vars(problem))
    return StackFile(path=label, stack=stack, document=CommentedMap(), spec=None, findings=(finding,))


def plain(value: object) -> Any:
    """Return what a file says without the places, as the engine would hand it over."""
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if isinstance(value, bool) or value is None:
        return value
    for kind in (int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return str(value)


def place(document: CommentedMap, path: str) -> tuple[int, int]:
    """Return line and column, from 1, of what `path` names, or of the nearest thing above it that is there."""
    parts = path.split(".")
    here: Any = document.get("config", document) if path.startswith(PROJECT) else document
    at = (1, 1)
    while parts:
        step = _step(here, parts)
        if step is None:
            break
        key, parts = step
        at = _at(here, key) or at
        here = here[key]
    return at


def _step(here: object, parts: list[str]) -> tuple[str | int, list[str]] | None:
    """Return the key of `here` that `parts` begin with, which may itself have dots, and the rest."""
    if isinstance(here, CommentedSeq):
        found = parts[0].isdecimal() and int(parts[0]) < len(here)
        return (int(parts[0]), parts[1:]) if found else None
    if isinstance(here, CommentedMap):
        keys = {str(key): key for key in here}
        for length in range(len(parts), 0, -1):
            key = ".".join(parts[:length])
            if key in keys:
                return keys[key], parts[length:]
    return None


def _at(here: Any, key: str | int) -> tuple[int, int] | None:
    """Return where to look: at a value that stands on one line, else at the key above it.

    None: it stands elsewhere, and has come here by an anchor.
    """
    if key not in (here.lc.data or {}):
        return None
    if isinstance(here, CommentedSeq):
        line, column = here.lc.item(key)
    else:
        nested = isinstance(here[key], (CommentedMap, CommentedSeq)) and not here[key].fa.flow_style()
        line, column = here.lc.key(key) if nested else here.lc.value(key)
    return line + 1, column + 1


def stack_path(root: Path, stack: str) -> Path:
    """Return where the file of `stack` stands, or would."""
    return root / names.stack_file(stack)
