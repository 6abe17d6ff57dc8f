"""How a stack begins: its configuration becomes a spec, and its cluster an explicit provider."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version

import pulumi

import spec
from components._facts import read_facts
from components.shared import Platform, PlatformArgs
from components.tenant import TenantEnvironment, TenantEnvironmentArgs
from spec import PlatformSpec, TenantSpec
from spec.admission import AdmissionPolicy


def read() -> TenantSpec | PlatformSpec:
    """Return the spec of the stack that runs.

    Raises:
        pulumi.RunError: every problem of the stack file; the engine prints it without a traceback.
    """
    config = pulumi.Config()
    with _usable():
        return spec.load(pulumi.get_stack(), {key: config.get_object(key) for key in spec.KINDS})


@contextmanager
def _usable() -> Iterator[None]:
    try:
        yield
    except spec.SpecError as error:
        raise pulumi.RunError(f"the stack file cannot be used:\n{error}") from None


def cluster() -> pulumi.ProviderResource:
    """Return the provider of the stack's cluster.

    It finds the cluster by KUBECONFIG, like kubectl, unless the stack says `paas:kubeconfig` (a secret). The typed
    `pulumi_kubernetes.Provider` would copy KUBECONFIG, a path of one machine, into the state; this one leaves it to
    the plugin. The cluster's name alone decides whether a changed provider means another cluster.
    """
    config = pulumi.Config()
    return pulumi.ProviderResource(
        "kubernetes",
        "cluster",
        {
            "clusterIdentifier": config.get("cluster") or "default",
            "enableServerSideApply": "true",
            # What the platform states is the platform's: an edit by hand is drift, and the next `up` takes it back.
            # What it leaves out, such as the replicas under an autoscaler, stays whoever's it is.
            "enablePatchForce": "true",
            "kubeconfig": config.get_secret("kubeconfig"),
        },
        pulumi.ResourceOptions(version=version("pulumi-kubernetes")),
    )


def build(
    stack: TenantSpec | PlatformSpec,
    *,
    provider: pulumi.ProviderResource,
    admission: Callable[[PlatformSpec], Sequence[AdmissionPolicy]],
) -> Platform | TenantEnvironment:
    """Make everything of `stack` with `provider`, and return its root component.

    Args:
        admission: gives the rules that the platform installs in the API server, as its stack file sets them.
    """
    opts = pulumi.ResourceOptions(providers=[provider])
    if isinstance(stack, PlatformSpec):
        with _usable():
            policies = admission(stack)
        return Platform("platform", PlatformArgs(spec=stack, admission=policies), opts)
    platform = f"{pulumi.get_organization()}/{pulumi.get_project()}/{spec.PLATFORM_STACK}"
    return TenantEnvironment("tenant", TenantEnvironmentArgs(spec=stack, facts=read_facts(platform)), opts)
