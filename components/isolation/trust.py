"""ConfigMap: the platform's authority, so that apps know each other's hosts; its certificate, never its key."""

from pulumi import Input, Output, ResourceOptions

from components._facts import PlatformFacts, refused
from components._meta import meta
from components._packages import objects
from components._wire import spelled
from spec import TenantSpec, plan
from spec.rules import workloads


def trust(
    name: str, spec: TenantSpec, key: str | None, *, namespace: Input[str], facts: PlatformFacts, opts: ResourceOptions
) -> None:
    """Make the namespace's ConfigMap where the platform has an authority of its own, and nothing where it has none.

    Args:
        key: the namespace's name in the stack file; None for the environment's own.
    """
    asking = [path for path, found in workloads(spec) if found.trust and found.namespace == key]

    def known(authority: str | None) -> str | None:
        if authority is None and asking:
            raise refused(
                path=f"{asking[0]}.trust",
                given=True,
                wanted="no `trust`: this platform has no authority of its own",
                fix="remove it: its hosts, if it has any, are known to clients by what their images trust",
            )
        return authority

    authority = Output.from_input(facts.authority).apply(known)
    found = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": spelled(meta(spec, plan.AUTHORITY_NAME, namespace=namespace)),
        "data": {plan.CA_KEY: authority},
    }
    objects(f"{name}-authority", Output.all(authority, found).apply(lambda both: both[1:] if both[0] else []), opts)
