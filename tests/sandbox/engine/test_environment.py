"""The shell's environment: the sandbox's values, but the user's own win."""

import stat
import subprocess
from pathlib import Path

import pytest

from sandbox.engine import environment_for_shell, export_lines
from sandbox.engine.users import MARK, users_own
from sandbox.machine.paths import programs

BARE = {"PATH": "/usr/bin:/bin", "HOME": "/home/somebody"}


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "it's a sandbox"


def variables(state: Path, **base: str) -> dict[str, str]:
    return environment_for_shell(state / "kubeconfig", state, BARE | base)


def test_a_bare_shell_gets_the_sandbox(state: Path) -> None:
    assert variables(state) == {
        MARK: str(state),
        "PATH": f"/usr/bin:/bin:{state}/engine/bin:{programs()}",
        "KUBECONFIG": f"{state}/kubeconfig",
        "PULUMI_HOME": f"{state}/pulumi",
        "PULUMI_BACKEND_URL": f"file://{state}/state?metadata=skip",
        "PULUMI_OPTION_POLICY_PACK": f"{state.parent}/policies",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_PARALLEL": "32",
        "PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS": "true",
        "GOGC": "400",
        "PULUMI_CONFIG_PASSPHRASE_FILE": f"{state}/passphrase",
    }
    assert (state / "state").is_dir()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KUBECONFIG", "/home/somebody/.kube/config"),
        ("PULUMI_BACKEND_URL", "s3://team"),
        ("PULUMI_OPTION_POLICY_PACK", "/home/somebody/pack"),
        ("PULUMI_CONFIG_PASSPHRASE_FILE", "/home/somebody/words"),
    ],
)
def test_what_the_user_has_set_wins(state: Path, name: str, value: str) -> None:
    assert variables(state, **{name: value})[name] == value


def test_a_passphrase_of_the_users_leaves_no_file(state: Path) -> None:
    assert "PULUMI_CONFIG_PASSPHRASE_FILE" not in variables(state, PULUMI_CONFIG_PASSPHRASE="words")
    assert not (state / "passphrase").exists()


def test_an_empty_variable_is_not_set(state: Path) -> None:
    assert variables(state, KUBECONFIG="")["KUBECONFIG"] == f"{state}/kubeconfig"


def test_the_passphrase_is_made_once_and_for_its_owner_alone(state: Path) -> None:
    file = Path(variables(state)["PULUMI_CONFIG_PASSPHRASE_FILE"])
    words = file.read_text()
    assert len(words) >= 40
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    variables(state)
    assert file.read_text() == words


def test_asking_again_in_such_a_shell_changes_nothing(state: Path) -> None:
    once = variables(state)
    assert variables(state, **once) == once


def test_another_checkouts_environment_is_replaced(state: Path, tmp_path: Path) -> None:
    other = variables(tmp_path / "other")
    assert variables(state, **other) == variables(state)


def test_only_what_lies_in_the_marked_sandbox_is_not_the_users(tmp_path: Path) -> None:
    base = {MARK: f"{tmp_path}/other", "KUBECONFIG": f"{tmp_path}/other/kubeconfig", "PULUMI_HOME": "/home/me/.pulumi"}
    assert users_own("KUBECONFIG", base) is None
    assert users_own("PULUMI_HOME", base) == "/home/me/.pulumi"


def test_a_shell_reads_the_lines_back(state: Path) -> None:
    wanted = variables(state)
    lines = export_lines(wanted)
    read = subprocess.run(
        ["/bin/sh", "-c", 'eval "$1"; /usr/bin/env -0', "sh", lines],
        env=BARE,
        capture_output=True,
        text=True,
        check=True,
    )
    got = dict(line.split("=", 1) for line in read.stdout.split("\0") if line)
    assert wanted.items() <= got.items()
