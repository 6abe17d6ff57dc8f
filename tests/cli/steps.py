"""Steps of the workflows, run as GitHub runs them: by the shell that they name, with what their `env` says."""

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
BASH = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c")
PATIENCE = 240  # seconds for one step


@dataclass(frozen=True, kw_only=True)
class Ran:
    """How a step ended.

    Attributes:
        said: stdout and stderr, which are the log.
        outputs: what it wrote for later steps.
        variables: what it set for later steps.
    """

    code: int
    said: str
    summary: str
    outputs: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)


def step(path: str, name: str, job: str = "") -> dict[str, Any]:
    """Return the step of a name, of a workflow's job or of an action."""
    document = yaml.safe_load((ROOT / path).read_text())
    every = document["jobs"][job]["steps"] if job else document["runs"]["steps"]
    [found] = [each for each in every if each.get("name") == name]
    return dict(found)


def run(found: dict[str, Any], where: Path, temp: Path, env: dict[str, str], **said: str) -> Ran:
    """Run a step in the folder `where`.

    Args:
        temp: the runner's folder for things of no duration.
        env: variables of the runner.
        said: what the expressions of the step's `env` come to; each must be one of them.
    """
    assert set(said) == set(found.get("env", {})), found.get("env")
    files = {name: temp / name for name in ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_STEP_SUMMARY")}
    for path in files.values():
        path.write_text("")
    ran = subprocess.run(
        [*BASH, found["run"]],
        cwd=where,
        env={
            **os.environ,
            **env,
            **said,
            "RUNNER_TEMP": str(temp),
            **{name: str(path) for name, path in files.items()},
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    pairs = {
        name: dict(
            line.split("=", 1)
            for line in path.read_text().splitlines()
            if "=" in line and name != "GITHUB_STEP_SUMMARY"
        )
        for name, path in files.items()
    }
    return Ran(
        code=ran.returncode,
        said=ran.stdout,
        summary=files["GITHUB_STEP_SUMMARY"].read_text(),
        outputs=pairs["GITHUB_OUTPUT"],
        variables=pairs["GITHUB_ENV"],
    )
