"""Projects in folders of a test's own, and the command run in them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from typer.testing import CliRunner

from cli.app import app
from tests.builders import a_tenant_document


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


def paas(folder: Path, *words: str, typed: str | None = None) -> Ended:
    """Run `paas` on the project in `folder`; `typed` is what a person answers."""
    ran = CliRunner().invoke(app, ["-C", str(folder), *words], input=typed, prog_name="paas")
    if ran.exception and not isinstance(ran.exception, SystemExit):
        raise ran.exception
    return Ended(ran.exit_code, ran.stdout, ran.stderr)


def a_project(folder: Path, *documents: dict[str, Any]) -> Path:
    """Make a project with a file for each of `documents`, each a `paas:tenant`."""
    (folder / "stacks").mkdir(parents=True, exist_ok=True)
    (folder / "Pulumi.yaml").write_text("name: paas\nruntime: python\nstackConfigDir: stacks\n")
    for document in documents:
        write(folder, f"{document['name']}-{document['environment']}", document)
    return folder


def write(folder: Path, stack: str, document: dict[str, Any]) -> Path:
    """Write the file of `stack`."""
    path = folder / "stacks" / f"Pulumi.{stack}.yaml"
    path.write_text(yaml.safe_dump({"config": {"paas:tenant": document}}, sort_keys=False))
    return path


def a_quiet(name: str, **changes: Any) -> dict[str, Any]:
    """The smallest tenant, without apps, in `dev`."""
    return a_tenant_document(**{"name": name, "environment": "dev", "tier": "small", "apps": None} | changes)
