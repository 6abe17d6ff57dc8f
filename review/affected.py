"""Which stacks a change can reach, from the paths that differ. Pure: who asks brings the paths and the imports.

It errs on one side alone: a path of which nothing is known reaches every stack.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from spec import PLATFORM_STACK

STACK_FILE: Final = re.compile(r"stacks/Pulumi\.([^/]+)\.yaml")

QUIET: Final = (
    "*.md",
    ".*",
    "bench/*",
    "changelog.d/*",
    "cli/*",
    "demo",
    "docs/*",
    "LICENSE*",
    "Makefile",
    "paas",
    "pyproject.toml",
    "requirements*.in",  # what is installed is in the compiled files
    "requirements-*",
    "review/*",
    "sandbox/*",
    "stacks/schema.json",
    "templates/*",
    "tests/*",
)
"""What no stack is made of, as long as the program does not import it: `*` stands for folders as well."""


@dataclass(frozen=True, kw_only=True)
class Imports:
    """Files of Python, as paths from the project's folder.

    Attributes:
        reached: those that the program or its policies import, whichever way.
        idle: those that are in the same packages, and that nothing of it imports.
    """

    reached: Collection[str]
    idle: Collection[str]


@dataclass(frozen=True, kw_only=True)
class Affected:
    """What a change can reach.

    Attributes:
        stacks: the paths that reach it, by stack.
        gone: stacks whose files are deleted: what they made is still there.
    """

    stacks: Mapping[str, tuple[str, ...]]
    gone: tuple[str, ...]


def affected(changed: Iterable[str], stacks: Collection[str], imports: Imports) -> Affected:
    """Return what the `changed` paths, from the project's folder, can reach.

    Args:
        stacks: those that have a file.
    """
    found: dict[str, list[str]] = {}
    gone: list[str] = []
    for path in sorted(set(changed)):
        of = STACK_FILE.fullmatch(path)
        if of and of[1] not in stacks:
            gone.append(of[1])
        for stack in _reach(path, of[1] if of else None, stacks, imports):
            found.setdefault(stack, []).append(path)
    return Affected(stacks={stack: tuple(found[stack]) for stack in sorted(found)}, gone=tuple(gone))


def _reach(path: str, stack: str | None, stacks: Collection[str], imports: Imports) -> Collection[str]:
    """Return the stacks that a path can reach.

    Args:
        stack: whose file it is. Each tenant's stack reads what the platform's exports.
    """
    if stack is not None and stack != PLATFORM_STACK:
        return [stack] if stack in stacks else ()
    if path in imports.reached:
        return stacks
    quiet = path in imports.idle or any(fnmatchcase(path, pattern) for pattern in QUIET)
    return () if quiet else stacks
