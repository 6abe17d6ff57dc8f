"""What git says of a project: what has changed since a branch, and how the project was there."""

import subprocess
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from cli._codes import Code
from cli._errors import CliError
from review.secrets import message

WAY_ON = "name a commit that is here, such as origin/main; in CI, fetch all of history"
OUTSIDE = "run it on a project in a git repository: `-C FOLDER` names another"


def git(folder: Path, *words: str, fine: Collection[int] = (0,)) -> str:
    """Return what git prints.

    Args:
        fine: codes with which it may end.

    Raises:
        CliError: git is not there, or refuses.
    """
    try:
        ran = subprocess.run(
            ["git", "-C", folder, *words], capture_output=True, text=True, errors="replace", check=False
        )
    except FileNotFoundError:
        raise CliError("`git` is not on PATH", "install it") from None
    if ran.returncode not in fine:
        said = " ".join(ran.stderr.split()).removeprefix("fatal: ") or f"it ends with {ran.returncode}"
        fix = OUTSIDE if said.startswith("not a git repository") else WAY_ON
        raise CliError(f"git {words[0]}: {message(said)}", fix)
    return ran.stdout


def commit(folder: Path, name: str) -> str:
    """Return the commit that `name` is."""
    _no_option(name)
    found = git(
        folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}", fine=(0, 1)
    ).strip()
    if not found:
        raise CliError(f"git knows no commit {name}", WAY_ON)
    return found


def merge_base(folder: Path, other: str) -> str:
    """Return the commit at which HEAD and `other` parted."""
    return git(folder, "merge-base", "HEAD", commit(folder, other)).strip()


def at(folder: Path, revision: str, path: str) -> str | None:
    """Return what the file `path` of a folder said at a commit; None where there was none."""
    # The commit is looked for first: of `show`, a missing file and a missing commit fail alike.
    found = commit(folder, revision)
    if path not in paths(folder, found, str(Path(path).parent)):
        return None
    return git(folder, "show", f"{found}:./{path}")


def paths(folder: Path, revision: str, within: str) -> list[str]:
    """Return the files that a folder within `folder` had at a commit, from `folder`."""
    listed = git(folder, "ls-tree", "-z", "--name-only", commit(folder, revision), "--", f"./{within}/")
    return [path for path in listed.split("\0") if path]


def changed(folder: Path, since: str) -> list[str]:
    """Return the paths in `folder` that are not as they were at a commit; what is moved is told under both names."""
    tracked = git(folder, "diff", "--name-only", "--no-renames", "--relative", "-z", since, "--", ".")
    new = git(folder, "ls-files", "--others", "--exclude-standard", "-z", "--", ".")
    return sorted({path for path in (tracked + new).split("\0") if path})


@contextmanager
def as_of(folder: Path, when: str) -> Iterator[Path]:
    """Give `folder` as it was at a commit, in a place of its own."""
    inside = git(folder, "rev-parse", "--show-prefix").strip()
    with tempfile.TemporaryDirectory(prefix="paas-base-") as place:
        there = Path(place).resolve() / "tree"
        git(folder, "worktree", "add", "--detach", "--force", str(there), when)
        try:
            yield there / inside
        finally:
            git(folder, "worktree", "remove", "--force", str(there))


def _no_option(name: str) -> None:
    if not name or name.startswith("-"):
        what = f"{name} is no commit" if name else "no commit is named"
        raise CliError(what, "name a branch, a tag or a commit", Code.USAGE)
