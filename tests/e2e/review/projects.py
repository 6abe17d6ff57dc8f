"""A project in a git repository of a test's own, with a program of a few lines, reviewed by the real engine."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from cli._engine import PACK
from tests.builders import a_tenant_document
from tests.cli.projects import Ended
from tests.cli.repositories import committed
from tests.e2e.stacks import ROOT

PATIENCE = 240  # seconds for one command

PROGRAM = """\
import pulumi
from pulumi_kubernetes.core.v1 import ConfigMap, Namespace

from components import values

stack = pulumi.get_stack()
provider = pulumi.ProviderResource("kubernetes", "cluster", {"clusterIdentifier": "default"})  # by KUBECONFIG
within = pulumi.ResourceOptions(provider=provider)
space = Namespace("space", metadata={"name": f"review-{stack}"}, opts=within)
ConfigMap("settings", metadata={"name": "settings", "namespace": f"review-{stack}"}, data=values(),
          opts=pulumi.ResourceOptions(provider=provider, depends_on=[space]))
"""


@dataclass(frozen=True)
class Repository:
    """A project with stacks.

    Attributes:
        environment: a shell's, with the engine and a cluster.
    """

    folder: Path
    environment: Mapping[str, str]

    def values(self, text: str) -> str:
        """Let the program's settings be what `text` says, in Python; return the commit."""
        (self.folder / "components" / "__init__.py").write_text(
            f"import pulumi\n\n\ndef values():\n    return {text}\n"
        )
        return committed(self.folder)

    def run(self, *words: str, **variables: str) -> Ended:
        """Run a command in the project."""
        ran = subprocess.run(
            words,
            cwd=self.folder,
            env={**self.environment, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return Ended(ran.returncode, ran.stdout, ran.stderr)

    def paas(self, *words: str, **variables: str) -> Ended:
        return self.run(str(ROOT / "paas"), *words, **variables)


def a_repository(folder: Path, environment: Mapping[str, str], *tenants: str) -> Repository:
    """Make a project whose stacks are the `dev` environments of `tenants`, committed once."""
    state = folder / "state"
    state.mkdir(parents=True)
    project = folder / "project"
    (project / "stacks").mkdir(parents=True)
    (project / "components").mkdir()
    (project / ".gitignore").write_text(".venv\nreview-out/\nplans/\n")
    runtime = {"name": "python", "options": {"toolchain": "pip", "virtualenv": sys.prefix}}
    (project / "Pulumi.yaml").write_text(
        yaml.safe_dump({"name": "paas", "runtime": runtime, "stackConfigDir": "stacks"})
    )
    (project / "__main__.py").write_text(PROGRAM)
    for tenant in tenants:
        document = a_tenant_document(name=tenant, environment="dev", tier="small", apps=None)
        path = project / "stacks" / f"Pulumi.{tenant}-dev.yaml"
        path.write_text(yaml.safe_dump({"config": {"paas:tenant": document}}, sort_keys=False))
    theirs = {
        "PULUMI_BACKEND_URL": f"file://{state}",
        "CI": "true",
        "KUBECONFIG": os.environ["KUBECONFIG"],
        PACK: "",  # a few lines are no tenant's environment, and the sandbox's shell names a pack
    }
    made = Repository(project, {**environment, **theirs})
    made.values('{"level": "info"}')
    return made
