"""Files as they were at a revision, by `git`."""

import subprocess
from pathlib import Path

from cli._errors import CliError


def at(root: Path, revision: str, path: str) -> str | None:
    """Return what the file `path` of the project in `root` said at a revision; None where there was none.

    Raises:
        CliError: no git, no repository, no such revision.
    """
    # The revision is checked first: of `show`, a missing file and a missing revision fail alike.
    found = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if found.returncode:
        why = " ".join(found.stderr.split()) or f"git knows no revision {revision}"
        raise CliError(why, "name a commit, a branch or a tag: `--since origin/main`")
    commit = found.stdout.strip()
    if _git(root, "cat-file", "-e", f"{commit}:./{path}").returncode:
        return None
    return _git(root, "show", f"{commit}:./{path}").stdout


def paths(root: Path, revision: str, folder: str) -> list[str]:
    """Return the files of a folder of the project that a revision had, from the project's folder."""
    listed = _git(root, "ls-tree", "-z", "--name-only", revision, "--", f"./{folder}/")
    return [path for path in listed.stdout.split("\0") if path]


def _git(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            ["git", *words], cwd=root, capture_output=True, text=True, errors="replace", check=False, timeout=60
        )
    except FileNotFoundError:
        raise CliError("`git` is not on PATH", "install it, or compare two stacks: `paas diff ONE OTHER`") from None
