"""The environment in which plain `pulumi` and `kubectl` work on the sandbox.

What the user has set already wins: KUBECONFIG, PULUMI_BACKEND_URL and the passphrase. PATH gets the sandbox's
programs behind the user's own. `PAAS_SANDBOX` marks a shell that has this environment, so that what an earlier call
set (here, or in another checkout) is not taken for the user's.
"""

import os
import secrets
import shlex
from collections.abc import Mapping
from pathlib import Path

from sandbox.engine.install import bin_folder, pulumi_home
from sandbox.engine.users import MARK, users_own
from sandbox.machine.paths import PASSPHRASE, STATE, programs

SETTINGS = {
    # The sandbox works without a network; asking for a newer release only waits for a timeout there.
    "PULUMI_SKIP_UPDATE_CHECK": "true",
    # The engine's own figure is four a core; but nearly all that its workers do here is wait for pods to get ready.
    "PULUMI_PARALLEL": "32",
    # Before and after each resource the engine writes its whole state, half of what a big run costs. The file backend
    # puts each version in place at once; a copy of the one before, and frequent garbage collection, only double it.
    "PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS": "true",
    "GOGC": "400",
}
"""What is set unless the user has set it, and why."""

POLICY_PACK = "PULUMI_OPTION_POLICY_PACK"
"""The engine takes any of its flags from a variable of this form: with it every preview and every `up` is judged."""

NO_SIDE_FILES = "?metadata=skip"
"""The file backend writes a second file of attributes beside each state file, in place: an engine that is killed then
leaves it empty, and the stack cannot be loaded any more (`failed to load checkpoint: EOF`). Nobody reads it."""


def environment_for_shell(
    kubeconfig: Path, state: Path = STATE, base: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the variables to set, and nothing of what is set already.

    Makes the state folder and the passphrase (readable by its owner alone) where they are missing.

    Args:
        kubeconfig: the sandbox cluster's, used unless the user has one.
        state: the sandbox's folder.
        base: the present environment; None for this process's.
    """
    base = os.environ if base is None else base
    backend = state / "state"
    backend.mkdir(parents=True, exist_ok=True)
    variables = {
        MARK: str(state),
        "PATH": _path(base, state),
        "KUBECONFIG": users_own("KUBECONFIG", base) or str(kubeconfig),
        "PULUMI_HOME": str(pulumi_home(state)),
        "PULUMI_BACKEND_URL": users_own("PULUMI_BACKEND_URL", base) or f"file://{backend}{NO_SIDE_FILES}",
        POLICY_PACK: _users_pack(base) or str(state.parent / "policies"),
        **{name: users_own(name, base) or value for name, value in SETTINGS.items()},
    }
    if not users_own("PULUMI_CONFIG_PASSPHRASE", base):
        file = users_own("PULUMI_CONFIG_PASSPHRASE_FILE", base) or str(_passphrase_file(state))
        variables["PULUMI_CONFIG_PASSPHRASE_FILE"] = file
    return variables


def export_lines(variables: Mapping[str, str]) -> str:
    """Return the variables as lines for `eval` in a POSIX shell."""
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items())


def _path(base: Mapping[str, str], state: Path) -> str:
    ours = [str(bin_folder(state)), str(programs())]
    mark = base.get(MARK)
    theirs = [
        part
        for part in base.get("PATH", os.defpath).split(os.pathsep)
        if part not in ours and not (mark and part.startswith(mark))
    ]
    return os.pathsep.join([*theirs, *ours])


def _users_pack(base: Mapping[str, str]) -> str | None:
    """Return the user's own policy pack, or None where there is none or it is one that a sandbox's environment set."""
    value, mark = base.get(POLICY_PACK), base.get(MARK)
    return None if mark and value == str(Path(mark).parent / "policies") else value


def _passphrase_file(state: Path) -> Path:
    file = state / PASSPHRASE
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file
    with os.fdopen(handle, "w") as stream:
        stream.write(secrets.token_urlsafe(32))
    return file
