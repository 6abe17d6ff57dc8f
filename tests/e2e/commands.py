"""The command `paas`, as a process of its own, on a project of a test's own."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from spec.labels import PART_OF
from tests.cli.projects import Ended
from tests.e2e.scratch import PROGRAM
from tests.e2e.stacks import ROOT, Stack, kubectl, standing
from tests.locks import PLATFORM, held

PATIENCE = 400  # seconds for one command


@dataclass
class Paas:
    """`paas` in the folder of a project; stacks that it makes are noted, and gone afterwards."""

    folder: Path
    made: set[str] = field(default_factory=set)

    def start(self, *words: str, **variables: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [ROOT / "paas", *words],
            cwd=self.folder,
            env=os.environ | variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __call__(self, *words: str, **variables: str) -> Ended:
        """Run it to its end."""
        with self.start(*words, **variables) as process:
            try:
                out, err = process.communicate(timeout=PATIENCE)
            except BaseException:
                process.kill()
                raise
        return Ended(process.returncode, out, err)

    def new(self, name: str, *words: str, environment: str = "dev") -> Ended:
        """Make a tenant of tier `small`, in an environment that is not a sandbox."""
        self.made.add(f"{name}-{environment}")
        who = ("--team", "storefront", "--escalation", "oncall@acme.example", "--cost-centre", "cc-1001")
        return self("new", name, "--environment", environment, "--tier", "small", *who, *words)

    def file(self, stack: str) -> Path:
        return self.folder / "stacks" / f"Pulumi.{stack}.yaml"

    def rewrite(self, stack: str, old: str, new: str) -> None:
        """Change what a stack file says."""
        text = self.file(stack).read_text()
        assert old in text
        self.file(stack).write_text(text.replace(old, new))


@contextmanager
def a_paas(folder: Path) -> Iterator[Paas]:
    """Give the command on an empty project whose platform stands; afterwards nothing of its stacks is there."""
    for part in PROGRAM:
        (folder / part).symlink_to(ROOT / part)
    (folder / "stacks").mkdir()
    (folder / "stacks/schema.json").symlink_to(ROOT / "stacks/schema.json")
    with held(PLATFORM, shared=True):
        standing("platform")
        paas = Paas(folder)
        try:
            yield paas
        finally:
            for name in paas.made:
                kubectl("delete", "namespaces,flowschemas", "-l", f"{PART_OF}={name}", "--wait=false")
                gone = Stack(name, root=folder).attempt("stack", "rm", "--yes", "--force")
                assert gone.returncode == 0 or "no stack named" in gone.stderr, gone.stderr


def wait_for_line(stream: IO[str] | None, text: str) -> list[str]:
    """Read lines until one has `text`, and return them all."""
    assert stream
    lines = []
    for line in stream:
        lines.append(line)
        if text in line:
            return lines
    raise AssertionError(f"no line has {text!r}:\n{''.join(lines)}")


def only(report: dict[str, Any]) -> dict[str, Any]:
    """Return the one stack of a report."""
    [found] = report["stacks"]
    assert isinstance(found, dict)
    return found
