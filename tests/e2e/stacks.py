"""The project's own stacks, driven by plain `pulumi` in the sandbox's environment."""

import functools
import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.locks import held

ROOT = Path(__file__).parents[2]
PATIENCE = 300  # seconds for one command


@dataclass(frozen=True)
class Stack:
    """One stack of this project, in the backend that the environment names.

    Attributes:
        root: the project's folder.
    """

    name: str
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    root: Path = ROOT

    def attempt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, whatever that is; stdout and stderr are kept apart."""
        with held(f"stack-{self.name}"):
            return subprocess.run(
                ["pulumi", *arguments, "--stack", self.name, "--non-interactive"],
                cwd=self.root,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=PATIENCE,
                check=False,
            )

    def run(self, *arguments: str) -> str:
        """Run a command that must succeed, and return what it printed."""
        ran = self.attempt(*arguments)
        assert ran.returncode == 0, f"pulumi {' '.join(arguments)}: {ran.returncode}\n{ran.stdout}\n{ran.stderr}"
        return ran.stdout

    def init(self) -> None:
        """Make sure that the backend knows the stack."""
        created = self.attempt("stack", "init")
        assert created.returncode == 0 or "already exists" in created.stderr, created.stderr

    def up(self, *arguments: str) -> str:
        """Update, without a preview."""
        return self.run("up", "--yes", "--skip-preview", *arguments)

    def destroy(self) -> str:
        """Destroy everything of the stack."""
        return self.run("destroy", "--yes", "--skip-preview")

    def outputs(self) -> dict[str, Any]:
        """Return the stack's outputs."""
        outputs: dict[str, Any] = json.loads(self.run("stack", "output", "--json"))
        return outputs

    def resources(self) -> list[dict[str, Any]]:
        """Return the stored resources."""
        stored = json.loads(self.run("stack", "export"))["deployment"]
        resources: list[dict[str, Any]] = stored.get("resources", [])
        return resources

    def objects(self) -> list[dict[str, Any]]:
        """Return the Kubernetes objects of the state, as they were last seen."""
        kept = [each for each in self.resources() if each["type"].startswith("kubernetes:") and each["custom"]]
        return [each["outputs"] for each in kept]


@functools.cache
def standing(name: str) -> Stack:
    """Return one of the repository's stacks, brought up as its file and the program now say."""
    stack = Stack(name)
    stack.init()
    stack.up()
    return stack


def kubectl(*arguments: str, stdin: str | None = None) -> str:
    """Run kubectl, which must succeed, and return what it printed."""
    ran = subprocess.run(["kubectl", *arguments], input=stdin, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, f"kubectl {' '.join(arguments)}: {ran.stderr}"
    return ran.stdout
