"""Fill the gaps: put the engine's missing parts where the engine finds them, without a warning.

.sandbox/engine/bin/            on PATH after the user's own
    pulumi                          a hard link to the built program: as a symbolic link it would look for its
                                    bundled plugins beside the original
    pulumi-language-python          starts our language host; beside `pulumi`, so it counts as bundled
    pulumi-resource-pulumi-python   starts dynamic providers
.sandbox/pulumi/plugins/        PULUMI_HOME
    resource-kubernetes-v<version>/ our provider, or a link to the user's
.sandbox/pulumi/logs            a file where the engine would have a folder
"""

import shlex
import shutil
import sys
from pathlib import Path

from sandbox.engine.parts import LANGUAGE_HOST, PROVIDER, EngineParts, Part, find_parts, provider_version, users_bundled
from sandbox.machine import SandboxError
from sandbox.machine.paths import ROOT, STATE, programs

RUNNER = "pulumi-language-python-exec"
DYNAMIC = "pulumi-resource-pulumi-python"

LAUNCHER = """\
#!/bin/sh
exec {python} -I -c {code} {arguments} "$@"
"""
"""Starts a module of ours from any folder, whatever the user's Python variables say."""

NO_LOGS = """\
The engine would keep a log here of each run, of every property that it sends, and has no switch against it: 85 MB for
one run of the platform, and a seventh of the time of a preview. Where it finds a file instead of a folder, it goes on
without. `pulumi -v=9 --logtostderr` says the same when somebody wants to know.
"""

BUILD = "run `python -m sandbox up`, which builds what is missing"


def bin_folder(state: Path = STATE) -> Path:
    """Return the folder that goes on PATH."""
    return state / "engine" / "bin"


def pulumi_home(state: Path = STATE) -> Path:
    """Return the folder that PULUMI_HOME names."""
    return state / "pulumi"


def install_engine(state: Path = STATE) -> EngineParts:
    """Write what the user lacks, remove what the user has meanwhile, and return the parts. Safe to repeat.

    Args:
        state: the sandbox's folder.

    Raises:
        SandboxError: `pulumi`, or a file that our language host needs, was neither found nor built.
    """
    parts = find_parts(state)
    if parts.pulumi.path is None:
        raise SandboxError("`pulumi` is neither on PATH nor built", BUILD)
    bin_folder(state).mkdir(parents=True, exist_ok=True)
    _install_pulumi(parts.pulumi, bin_folder(state) / "pulumi")
    _install_language_host(parts.language_host, bin_folder(state) / LANGUAGE_HOST)
    _install_dynamic_providers(parts.pulumi, bin_folder(state) / DYNAMIC)
    plugin = pulumi_home(state) / "plugins" / f"resource-kubernetes-v{provider_version()}"
    plugin.mkdir(parents=True, exist_ok=True)
    _install_provider(parts.kubernetes_provider, plugin / PROVIDER)
    _forget_schema(state)
    _keep_no_logs(pulumi_home(state) / "logs")
    return parts


def _install_pulumi(part: Part, target: Path) -> None:
    if part.source != "built" or part.path is None:
        target.unlink(missing_ok=True)
    elif not (target.exists() and target.samefile(part.path)):
        draft = target.with_name("pulumi.draft")
        draft.unlink(missing_ok=True)
        try:
            draft.hardlink_to(part.path)
        except OSError:  # the cache lies on another file system
            shutil.copy2(part.path, draft)
        draft.replace(target)


def _install_language_host(part: Part, target: Path) -> None:
    if part.source != "built":
        target.unlink(missing_ok=True)
        return
    runner = programs() / RUNNER
    if not runner.is_file():
        raise SandboxError(f"{runner}, by which the language host runs programs, is missing", BUILD)
    _write_program(target, _launcher("sandbox.engine.language.__main__", "--runner", str(runner)))


def _install_dynamic_providers(pulumi: Part, target: Path) -> None:
    if users_bundled(DYNAMIC, pulumi):
        target.unlink(missing_ok=True)
        return
    starter = programs() / DYNAMIC
    if not starter.is_file():
        raise SandboxError(f"{starter}, which starts dynamic providers, is missing", BUILD)
    _write_program(target, starter.read_text())


def _install_provider(part: Part, target: Path) -> None:
    # A link to the folder would not do: the engine takes only real folders for plugins.
    if part.source != "plugin" or part.path is None:
        _write_program(target, _launcher("sandbox.engine.kubernetes.__main__"))
    elif not (target.is_symlink() and target.readlink() == part.path):
        target.unlink(missing_ok=True)
        target.symlink_to(part.path)


def _forget_schema(state: Path) -> None:
    """Have the engine ask anew: it keeps a schema until the plugin's folder changes, and our code lies elsewhere."""
    (pulumi_home(state) / "schemas" / f"kubernetes-{provider_version()}.json").unlink(missing_ok=True)


def _keep_no_logs(place: Path) -> None:
    if place.is_dir():
        shutil.rmtree(place)
    if not place.is_file() or place.read_text() != NO_LOGS:
        place.write_text(NO_LOGS)


def _launcher(module: str, *arguments: str) -> str:
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from {module} import main; main()"
    return LAUNCHER.format(python=shlex.quote(sys.executable), code=shlex.quote(code), arguments=shlex.join(arguments))


def _write_program(target: Path, text: str) -> None:
    if target.is_file() and not target.is_symlink() and target.read_text() == text:
        return
    draft = target.with_name(f"{target.name}.draft")
    draft.write_text(text)
    draft.chmod(0o755)
    draft.replace(target)
