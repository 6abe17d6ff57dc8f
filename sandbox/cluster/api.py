"""Ask the API server by kubectl: it understands every kubeconfig, and its apply is the reference."""

import json
from pathlib import Path
from typing import Any

from sandbox.machine import run

FIELD_MANAGER = "paas-sandbox"


class Kubectl:
    """kubectl with one kubeconfig.

    Attributes:
        kubeconfig: None lets kubectl follow the environment.
    """

    def __init__(self, program: Path, kubeconfig: Path | None = None) -> None:
        self._base = [str(program), *(["--kubeconfig", str(kubeconfig)] if kubeconfig else [])]
        self.kubeconfig = kubeconfig

    def apply(self, manifests: str, timeout: float = 60) -> None:
        """Apply YAML documents server-side; what others set on our own objects is taken back.

        Raises:
            CommandError: the API server refused; its words are quoted.
        """
        self.run(
            ["apply", "--server-side", "--force-conflicts", f"--field-manager={FIELD_MANAGER}", "-f", "-"],
            input=manifests,
            timeout=timeout,
        )

    def get(self, *what: str, timeout: float = 20) -> Any:
        """Return the answer to `kubectl get <what> -o json`."""
        return json.loads(self.run(["get", *what, "-o", "json"], timeout=timeout))

    def version(self, timeout: float = 10) -> str:
        """Return the API server's version, such as `v1.35.4`."""
        said = self.run(["get", "--raw", "/version", f"--request-timeout={timeout:g}s"], timeout=timeout + 5)
        return str(json.loads(said)["gitVersion"])

    def run(self, words: list[str], *, input: str | None = None, timeout: float = 60) -> str:
        """Run kubectl; raises CommandError when it fails."""
        return run(
            [*self._base, *words],
            input=input,
            timeout=timeout,
            fix="`python -m sandbox status` tells what is not well; `python -m sandbox up` repairs it",
        )
