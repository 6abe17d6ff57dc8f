"""The pod of an app or a job, at Pod Security level `restricted`."""

from pulumi import Input, ResourceOptions

from components._kubernetes import (
    ConfigMap,
    ContainerArgsDict,
    EnvVarArgsDict,
    PodSpecArgsDict,
    VolumeArgsDict,
    VolumeMountArgsDict,
    VolumeProjectionArgsDict,
)
from components._meta import meta
from spec import TenantSpec, Workload, plan

AUTHORITY = "authority"
BINDINGS = "/bindings"  # servicebinding.io: where programs look for SERVICE_BINDING_ROOT


def pod(
    tenant: TenantSpec, name: str, workload: Workload, container: ContainerArgsDict, *, account: Input[str]
) -> PodSpecArgsDict:
    """Return the pod of app or job `name`, which runs `container` as service account `account`."""
    disk = plan.workload_resources(tenant, workload).limits["ephemeral-storage"]
    return {
        "priority_class_name": plan.priority(tenant),
        "service_account_name": account,
        "automount_service_account_token": False,
        "enable_service_links": False,
        "security_context": {
            "run_as_non_root": True,
            "run_as_user": workload.user,
            "run_as_group": workload.user,
            "fs_group": workload.user,
            "seccomp_profile": {"type": "RuntimeDefault"},
        },
        "containers": [container],
        "volumes": [
            {"name": "tmp", "empty_dir": {"size_limit": disk}},
            *_binding_volumes(tenant, name, workload),
            *_trust_volumes(workload),
        ],
    }


def container(tenant: TenantSpec, name: str, workload: Workload, *, image: Input[str]) -> ContainerArgsDict:
    """Return the container of a workload; probes and ports are the app's own.

    Args:
        image: the workload's, as the platform takes it.
    """
    resources = plan.workload_resources(tenant, workload)
    found: ContainerArgsDict = {
        "name": name,
        "image": image,
        "resources": {"requests": resources.requests, "limits": resources.limits},
        "security_context": {
            "allow_privilege_escalation": False,
            "read_only_root_filesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volume_mounts": [
            {"name": "tmp", "mount_path": "/tmp"},
            *_binding_mounts(tenant, name, workload),
            *_trust_mounts(workload),
        ],
    }
    if workload.args:
        found["args"] = list(workload.args)
    if variables := _variables(tenant, name, workload):
        found["env"] = variables
    return found


def binding_maps(
    name: str, tenant: TenantSpec, owner: str, workload: Workload, *, namespace: Input[str], opts: ResourceOptions
) -> list[ConfigMap]:
    """Make the ConfigMaps that tell app or job `owner` where what it is bound to is found."""
    return [
        ConfigMap(
            f"{name}-binding-{found.name}",
            metadata=meta(tenant, found.config_map, namespace=namespace, app=owner),
            immutable=True,
            data=found.entries,
            opts=opts,
        )
        for found in plan.bindings(tenant, owner, workload)
    ]


def _variables(tenant: TenantSpec, name: str, workload: Workload) -> list[EnvVarArgsDict]:
    """Values in clear, references to Secrets, references to bindings; by name, so that order changes nothing."""
    bindings = plan.bindings(tenant, name, workload)
    clear: list[EnvVarArgsDict] = [{"name": key, "value": value} for key, value in workload.config.items()]
    secret: list[EnvVarArgsDict] = [
        {"name": key, "value_from": {"secret_key_ref": {"name": ref.name, "key": ref.key}}}
        for key, ref in workload.secrets.items()
    ]
    bound: list[EnvVarArgsDict] = [
        {"name": variable, "value_from": {"config_map_key_ref": {"name": found.config_map, "key": entry}}}
        for found in bindings
        if found.by == "env"
        for variable, entry in plan.binding_variables(found.name, workload.bindings[found.name]).items()
        if entry not in found.secret_entries
    ]
    bound += [
        {
            "name": variable,
            "value_from": {"secret_key_ref": {"name": str(found.secret), "key": found.secret_entries[entry]}},
        }
        for found in bindings
        if found.by == "env"
        for variable, entry in plan.binding_variables(found.name, workload.bindings[found.name]).items()
        if entry in found.secret_entries
    ]
    has_files = any(found.by == "files" for found in bindings)
    root: list[EnvVarArgsDict] = [{"name": "SERVICE_BINDING_ROOT", "value": BINDINGS}] if has_files else []
    return sorted(clear + secret + bound + root, key=lambda variable: str(variable["name"]))


def _files(tenant: TenantSpec, name: str, workload: Workload) -> list[plan.BoundTo]:
    return [found for found in plan.bindings(tenant, name, workload) if found.by == "files"]


def _binding_volumes(tenant: TenantSpec, name: str, workload: Workload) -> list[VolumeArgsDict]:
    files: list[VolumeArgsDict] = [
        {"name": f"binding-{found.name}", "projected": {"sources": _sources(found)}}
        if found.secret
        else {"name": f"binding-{found.name}", "config_map": {"name": found.config_map}}
        for found in _files(tenant, name, workload)
    ]
    return files + [
        # Renewed certificates arrive in it by themselves, and every new connection reads it.
        {
            "name": f"ca-{database}",
            "secret": {"secret_name": secret, "items": [{"key": plan.CA_KEY, "path": plan.CA_KEY}]},
        }
        for database, secret in _authorities(tenant, name, workload).items()
    ]


def _sources(found: plan.BoundTo) -> list[VolumeProjectionArgsDict]:
    entries = [{"key": key, "path": entry} for entry, key in found.secret_entries.items()]
    return [
        {"config_map": {"name": found.config_map}},
        {"secret": {"name": str(found.secret), "items": entries}},  # type: ignore[typeddict-item]  # two literal keys
    ]


def _authorities(tenant: TenantSpec, name: str, workload: Workload) -> dict[str, str]:
    """Return the Secret with the CA of each database that is bound, by the database."""
    return {
        str(workload.bindings[found.name].database): found.ca_secret
        for found in plan.bindings(tenant, name, workload)
        if found.ca_secret
    }


def _binding_mounts(tenant: TenantSpec, name: str, workload: Workload) -> list[VolumeMountArgsDict]:
    files: list[VolumeMountArgsDict] = [
        {"name": f"binding-{found.name}", "mount_path": f"{BINDINGS}/{found.name}", "read_only": True}
        for found in _files(tenant, name, workload)
    ]
    return files + [
        {"name": f"ca-{database}", "mount_path": f"{plan.CA_FOLDER}/{database}", "read_only": True}
        for database in _authorities(tenant, name, workload)
    ]


def _trust_volumes(workload: Workload) -> list[VolumeArgsDict]:
    found: VolumeArgsDict = {"name": AUTHORITY, "config_map": {"name": plan.AUTHORITY_NAME}}
    return [found] if workload.trust else []


def _trust_mounts(workload: Workload) -> list[VolumeMountArgsDict]:
    found: VolumeMountArgsDict = {"name": AUTHORITY, "mount_path": plan.AUTHORITY_FOLDER, "read_only": True}
    return [found] if workload.trust else []
