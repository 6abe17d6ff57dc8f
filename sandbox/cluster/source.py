"""Whose cluster is meant: the user's own, named by KUBECONFIG, or the sandbox's."""

import os
from pathlib import Path
from typing import Literal

from sandbox.cluster.api import Kubectl
from sandbox.cluster.layout import Layout
from sandbox.engine.users import users_own
from sandbox.machine import SandboxError
from sandbox.machine.errors import CommandError

Source = Literal["sandbox", "kubeconfig"]


def source(layout: Layout) -> Source:
    """Return `kubeconfig` where the user's KUBECONFIG names other files than the sandbox's own, else `sandbox`.

    What a sandbox's environment has set, this one's or another's, is not the user's.
    """
    named = [Path(part) for part in (users_own("KUBECONFIG") or "").split(os.pathsep) if part]
    own = layout.kubeconfig.resolve()
    return "kubeconfig" if any(path.expanduser().resolve() != own for path in named) else "sandbox"


def check_own(kubectl: Kubectl) -> str:
    """Return the version of the cluster that KUBECONFIG names.

    Raises:
        SandboxError: the file is missing, or old, or its cluster does not answer.
    """
    named = os.environ["KUBECONFIG"]
    fix = "`unset KUBECONFIG` to use the sandbox's own cluster, or name the kubeconfig of one that runs"
    if missing := [part for part in named.split(os.pathsep) if part and not Path(part).expanduser().exists()]:
        raise SandboxError(f"KUBECONFIG={named}: {', '.join(missing)} does not exist", fix)
    try:
        return kubectl.version()
    except CommandError as error:
        said = error.tail.strip().splitlines() or ["no reason given"]
        raise SandboxError(
            f"KUBECONFIG={named}: the cluster that it names refuses or does not answer: {said[-1]}", fix
        ) from error
