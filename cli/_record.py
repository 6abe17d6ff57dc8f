"""How far a fleet is, on disk: so that a run that was stopped goes on where it stopped.

A stack counts as done as long as its file and the program are what they were when it was done.
"""

import hashlib
import json
import os
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import platformdirs

from cli._project import Project

PROGRAM = ("Pulumi.yaml", "__main__.py", "components/**/*.py", "spec/**/*.py", "policies/**/*.py")
"""What decides, beside a stack's file, what becomes of the stack."""


@dataclass
class Record:
    """What is done of one verb, in one project, on one backend.

    Attributes:
        done: fingerprints, by stack.
    """

    path: Path
    done: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @classmethod
    def of(cls, project: Project, verb: str) -> Self:
        """Return the record of a verb, as it stands on disk; empty where there is none, or it cannot be read."""
        whose = f"{project.root}\n{os.environ.get('PULUMI_BACKEND_URL', '')}\n{verb}"
        name = hashlib.sha256(whose.encode()).hexdigest()[:16]
        path = platformdirs.user_state_path("paas") / "fleet" / f"{name}.json"
        try:
            done = json.loads(path.read_text())["done"]
            return cls(path, {str(stack): str(found) for stack, found in done.items()})
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return cls(path)

    def forget(self) -> None:
        """Begin anew."""
        self.done = {}
        self.path.unlink(missing_ok=True)

    def add(self, stack: str, fingerprint: str) -> None:
        """Note that a stack is done. What is on disk is whole at any moment."""
        with self._lock:
            self.done[stack] = fingerprint
            self.path.parent.mkdir(parents=True, exist_ok=True)
            draft = self.path.with_suffix(".draft")
            draft.write_text(json.dumps({"done": self.done}))
            draft.replace(self.path)


def fingerprint(project: Project, stack: str) -> str:
    """Return a hash of all that decides what becomes of `stack`, as far as it lies in the project."""
    return hashlib.sha256(
        (_hash(project.root / "stacks", f"Pulumi.{stack}.yaml") + program(project)).encode()
    ).hexdigest()


def program(project: Project) -> str:
    """Return a hash of the program and its policies."""
    return _hash(project.root, *PROGRAM)


def _hash(folder: Path, *patterns: str) -> str:
    found = hashlib.sha256()
    for path in sorted(path for pattern in patterns for path in folder.glob(pattern)):
        found.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return found.hexdigest()
