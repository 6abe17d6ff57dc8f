"""A Pulumi project in a folder of its own, driven through the real `pulumi` with the sandbox's parts."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sandbox.engine import environment_for_shell, install_engine
from sandbox.engine.environment import POLICY_PACK

RUNTIME_OPTIONS = {"toolchain": "pip", "virtualenv": sys.prefix}
PATIENCE = 120  # seconds for one command


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    output: str
    errors: str = ""


def engine_environment(state: Path) -> dict[str, str]:
    """Install the engine in `state` and return a shell's environment with nothing of the user's own in it.

    Programs of tests are no tenants' environments, so no pack judges them.
    """
    install_engine(state)
    theirs = {name: value for name, value in os.environ.items() if not name.startswith(("PULUMI_", "PAAS_", "AWS_"))}
    found = theirs | environment_for_shell(state / "kubeconfig", state, theirs)
    return {name: value for name, value in found.items() if name != POLICY_PACK}


class Workspace:
    """One project with one stack, `dev`.

    Args:
        folder: where it is written.
        environment: see `engine_environment`.
        options: runtime options, on top of the virtual environment of this test run.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str], **options: str) -> None:
        self.folder = folder
        self.environment = dict(environment)
        folder.mkdir(parents=True, exist_ok=True)
        runtime = {"name": "python", "options": RUNTIME_OPTIONS | options}
        (folder / "Pulumi.yaml").write_text(yaml.safe_dump({"name": "shop", "runtime": runtime}))

    def program(self, text: str) -> None:
        """Write the program."""
        (self.folder / "__main__.py").write_text(text)

    def start(self, *arguments: str, stderr: int = subprocess.STDOUT) -> subprocess.Popen[str]:
        """Start a command; its output is one stream of lines, unless `stderr` says otherwise."""
        return subprocess.Popen(
            ["pulumi", *arguments, "--non-interactive"],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )

    def attempt(self, *arguments: str, stderr: int = subprocess.STDOUT) -> Ran:
        """Run a command to its end, whatever that is."""
        with self.start(*arguments, stderr=stderr) as process:
            try:
                output, errors = process.communicate(timeout=PATIENCE)
            except BaseException:
                process.kill()
                raise
        return Ran(process.returncode, output, errors or "")

    def run(self, *arguments: str) -> str:
        """Run a command that must succeed, and return what it printed."""
        ran = self.attempt(*arguments)
        assert ran.code == 0, f"pulumi {' '.join(arguments)} exited with {ran.code}:\n{ran.output}"
        return ran.output

    def read(self, *arguments: str) -> Any:
        """Run a command that must succeed, and return the JSON that it printed."""
        ran = self.attempt(*arguments, stderr=subprocess.PIPE)
        assert ran.code == 0, ran.errors
        return json.loads(ran.output)

    def up(self, *arguments: str) -> str:
        """Update, without a preview."""
        return self.run("up", "--yes", "--skip-preview", *arguments)

    def outputs(self) -> dict[str, Any]:
        """Return the stack's outputs, secrets in clear."""
        outputs: dict[str, Any] = self.read("stack", "output", "--json", "--show-secrets")
        return outputs

    def state(self) -> dict[str, Any]:
        """Return the stored deployment."""
        exported: dict[str, Any] = self.read("stack", "export")["deployment"]
        return exported

    def types(self) -> list[str]:
        """Return the types of the stored resources, but for the stack and providers."""
        every = [resource["type"] for resource in self.state().get("resources", [])]
        return sorted(each for each in every if not re.match(r"pulumi:(pulumi:Stack|providers:)", each))
