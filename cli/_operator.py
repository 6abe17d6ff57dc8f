"""A fleet as objects of the Pulumi Kubernetes Operator (2.x): it runs what `fleet up` would, without a runner. Pure.

Nothing secret is in them: states' keys and passphrase stay in a Secret that whoever runs the operator makes.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from spec import PLATFORM_STACK
from spec.labels import MANAGED_BY

Object = dict[str, Any]

INSTANCE = "app.kubernetes.io/instance"

PACK = "policies"
"""The policy pack, from the project's folder."""

RESYNC = 300
"""Seconds between two looks at the branch."""

LONGEST_WAIT = 3600
"""Seconds between two tries of what failed; the operator's own is a day."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """What all stacks of a fleet have in common.

    Attributes:
        project: its name in Pulumi.yaml.
        namespace: where the objects lie.
        repository: address of the git repository.
        branch: what is followed; empty where `commit` says what is run.
        folder: the project's folder in the repository; empty for its root.
        backend: where states are.
        secrets_provider: empty: the passphrase in `secret`.
        secret: a Secret with the environment's variables that are secret.
        keys: which of its keys become variables of the same names.
        account: the ServiceAccount that stacks run as.
        image: of the workspaces; empty: the operator's own.
    """

    project: str
    namespace: str
    repository: str
    branch: str = ""
    commit: str = ""
    folder: str = ""
    backend: str
    secrets_provider: str = ""
    secret: str = "paas-states"
    keys: tuple[str, ...] = ()
    account: str = "paas"
    image: str = ""


def objects(source: Source, stacks: Mapping[str, bool]) -> Iterator[Object]:
    """Yield all objects, in an order in which they can be applied.

    Args:
        stacks: whether each goes with its object: sandboxes do, and nothing that keeps data.
    """
    yield from _account(source)
    for stack in sorted(stacks, key=lambda name: (name != PLATFORM_STACK, name)):
        yield _stack(source, stack, needs=_needs(stack, stacks), goes=stacks[stack])


def _needs(stack: str, stacks: Iterable[str]) -> list[str]:
    """Return what must have succeeded before: each tenant's stack reads what the platform's exports."""
    return [PLATFORM_STACK] if stack != PLATFORM_STACK and PLATFORM_STACK in stacks else []


def _account(source: Source) -> Iterator[Object]:
    """Yield the account, and the right to have the operator's requests to its workspaces checked."""
    metadata = {"name": source.account, "namespace": source.namespace, "labels": _labels(source.account)}
    yield {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}
    yield {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {
            "name": f"{source.namespace}:{source.account}:auth-delegator",
            "labels": _labels(source.account),
        },
        "roleRef": {
            "apiGroup": "rbac.authorization.k8s.io",
            "kind": "ClusterRole",
            "name": "system:auth-delegator",
        },
        "subjects": [{"kind": "ServiceAccount", "name": source.account, "namespace": source.namespace}],
    }


def _stack(source: Source, stack: str, *, needs: list[str], goes: bool) -> Object:
    said: Object = {
        "stack": f"organization/{source.project}/{stack}",
        "projectRepo": source.repository,
        "branch": source.branch,
        "commit": source.commit,
        "repoDir": source.folder,
        "backend": source.backend,
        "secretsProvider": source.secrets_provider,
        "serviceAccountName": source.account,
        "envRefs": dict(_variables(source)),
        "prerequisites": [{"name": name} for name in needs],
        "destroyOnFinalize": goes,
        "resyncFrequencySeconds": RESYNC,
        "retryMaxBackoffDurationSeconds": LONGEST_WAIT,
        "workspaceTemplate": {"spec": {"image": source.image, "securityProfile": "restricted"}} if source.image else {},
    }
    return {
        "apiVersion": "pulumi.com/v1",
        "kind": "Stack",
        "metadata": {"name": stack, "namespace": source.namespace, "labels": _labels(stack)},
        "spec": {key: value for key, value in said.items() if value not in ("", [], {})},
    }


def _variables(source: Source) -> Iterator[tuple[str, Object]]:
    yield "PULUMI_OPTION_POLICY_PACK", {"type": "Literal", "literal": {"value": PACK}}
    for key in source.keys:
        yield key, {"type": "Secret", "secret": {"name": source.secret, "key": key}}


def _labels(stack: str) -> dict[str, str]:
    # Not `part-of`: what bears it is a stack's own, and a leftover once the stack is gone.
    return {INSTANCE: stack, MANAGED_BY: "paas"}
