"""Objects by components of the Kubernetes plugin: a manifest's, a chart's, or a list. Each is seen by policies.

The plugin makes definitions before their objects and namespaces before what they hold, waits until all are ready, and
a component that depends on one of these is gone before its objects go.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

import pulumi

from components._wire import VERSION

DEPLOYMENT = "kubernetes:apps/v1:Deployment"
OUTRANKING = "system-cluster-critical"


def outranking(asked: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
    """Let what a package deploys outrank all tenants, unless the package says how important it is.

    Packages leave the priority out, which is the lowest: on a full node any tenant's pod would take their place.
    """
    if asked.type_ != DEPLOYMENT:
        return None
    props: dict[str, Any] = deepcopy(dict(asked.props))
    props["spec"]["template"]["spec"].setdefault("priorityClassName", OUTRANKING)
    return pulumi.ResourceTransformResult(props=props, opts=asked.opts)


def manifest(name: str, file: str, opts: pulumi.ResourceOptions) -> pulumi.ComponentResource:
    """Make what stands in `file`: a path from the root of the project, or an https:// address."""
    return _remote("kubernetes:yaml/v2:ConfigFile", name, {"file": file}, _important(opts))


def chart(
    name: str,
    *,
    repository: str,
    called: str,
    version: str,
    namespace: str,
    values: Mapping[str, object],
    opts: pulumi.ResourceOptions,
) -> pulumi.ComponentResource:
    """Make what a chart renders; Helm itself keeps no release of it.

    Args:
        repository: https:// of an index, or oci:// of the path that the chart lies in.
        called: the chart's name there.
    """
    found: dict[str, object] = {"version": version, "namespace": namespace, "values": dict(values)}
    if repository.startswith("oci://"):
        found["chart"] = f"{repository.rstrip('/')}/{called}"
    else:
        found |= {"chart": called, "repositoryOpts": {"repo": repository}}
    return _remote("kubernetes:helm.sh/v4:Chart", name, found, _important(opts))


def objects(
    name: str, found: pulumi.Input[Sequence[Mapping[str, object]]], opts: pulumi.ResourceOptions
) -> pulumi.Resource:
    """Make the objects of a list: where only the platform's facts say which kinds they are, or whether there are any.

    Args:
        found: as on the wire, each with its type.
    """
    return _remote("kubernetes:yaml/v2:ConfigGroup", name, {"objs": found}, opts)


def _important(opts: pulumi.ResourceOptions) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(transforms=[outranking]))


def _remote(token: str, name: str, props: dict[str, object], opts: pulumi.ResourceOptions) -> pulumi.ComponentResource:
    opts = pulumi.ResourceOptions.merge(pulumi.ResourceOptions(version=VERSION), opts)
    return pulumi.ComponentResource(token, name, props, opts, remote=True)
