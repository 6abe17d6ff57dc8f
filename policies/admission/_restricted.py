"""CEL of Pod Security level `restricted`, check by check, as `policies._restricted` has it."""

from typing import Final

from policies import _restricted as tables
from policies.admission._common import ALL, cel
from policies.admission._twin import Check

CONTAINERS: Final = "(" + " + ".join(f"pod.?{kind}.orValue([])" for kind in ALL) + ")"
PROFILES: Final = cel(tables.PROFILES)
OWN_PROFILE: Final = "pod.?securityContext.?seccompProfile"
OWN_USER: Final = "pod.?securityContext.?runAsNonRoot"

VARIABLES: Final = {
    "linux": "variables.pods.filter(pod, pod.?os.?name.orValue('') != 'windows')",
    "sharing": "variables.pods.filter(pod, pod.?hostUsers.orValue(true))",
    "confined": f"variables.linux.map(pod, {CONTAINERS}).flatten()",
    "contexts": "variables.pods.map(pod, pod.?securityContext.orValue({}))"
    " + variables.containers.map(container, container.?securityContext.orValue({}))",
    "users": f"variables.sharing.map(pod, {CONTAINERS}).flatten().map(each, each.?securityContext.orValue({{}}))"
    " + variables.sharing.map(pod, pod.?securityContext.orValue({}))",
}
"""Pods with exceptions are left out where these matter: Windows has no such things (`linux`, and `confined`, what runs
there); `sharing` have no user namespace of their own, and `users` are who runs there."""


def _of_containers(test: str, pods: str = "containers") -> str:
    return f"variables.{pods}.all(container, {test})"


def _of_contexts(test: str, contexts: str = "contexts") -> str:
    return f"variables.{contexts}.all(context, {test})"


def _hosts() -> str:
    places = [f"container.?{name}" for name in tables.PROBES] + [
        f"container.?lifecycle.?{name}" for name in tables.HOOKS
    ]
    return " && ".join(f"{place}.?{handler}.?host.orValue('') == ''" for place in places for handler in tables.HANDLERS)


CAPABILITIES: Final = "container.?securityContext.?capabilities"

CHECKS: Final = {
    "allowPrivilegeEscalation": Check(
        unless=_of_containers("!container.?securityContext.?allowPrivilegeEscalation.orValue(true)", "confined"),
        says="securityContext.allowPrivilegeEscalation is not false",
    ),
    "appArmorProfile": Check(
        unless=_of_contexts(f"!has(context.appArmorProfile) || context.appArmorProfile.?type.orValue('') in {PROFILES}")
        + " && variables.templates.all(template, template.?metadata.?annotations.orValue({}).all(key, value,"
        f" !key.startsWith('{tables.APP_ARMOR}') || value in {cel(tables.APP_ARMOR_PROFILES)}"
        f" || value.startsWith('{tables.APP_ARMOR_LOCAL}')))",
        says="an AppArmor profile is neither the runtime's nor local",
    ),
    "capabilities_baseline": Check(
        unless=_of_containers(f"{CAPABILITIES}.?add.orValue([]).all(name, name in {cel(tables.CAPABILITIES)})"),
        says="capabilities.add goes beyond what runtimes give",
    ),
    "capabilities_restricted": Check(
        unless=_of_containers(
            f"'ALL' in {CAPABILITIES}.?drop.orValue([])"
            f" && {CAPABILITIES}.?add.orValue([]).all(name, name in {cel(tables.ADDED)})",
            "confined",
        ),
        says=f"capabilities do not drop ALL, or add more than {', '.join(tables.ADDED)}",
    ),
    "hostNamespaces": Check(
        unless="variables.pods.all(pod, "
        + " && ".join(f"!pod.?{name}.orValue(false)" for name in tables.HOST_NAMESPACES)
        + ")",
        says=f"one of {', '.join(tables.HOST_NAMESPACES)} is true: it sees the node as its own",
    ),
    "hostPorts": Check(
        unless=_of_containers("container.?ports.orValue([]).all(port, port.?hostPort.orValue(0) == 0)"),
        says="hostPort takes a port of the node",
    ),
    "hostProbesAndHostLifecycle": Check(
        unless=_of_containers(_hosts()),
        says="a probe or hook has a host: the kubelet would call it",
    ),
    "privileged": Check(
        unless=_of_containers("!container.?securityContext.?privileged.orValue(false)"),
        says="securityContext.privileged is true: it is root on the node",
    ),
    "procMount_restricted": Check(
        unless=_of_containers("container.?securityContext.?procMount.orValue('Default') == 'Default'"),
        says="securityContext.procMount is not Default",
    ),
    "restrictedVolumes": Check(
        unless="variables.pods.all(pod, pod.?volumes.orValue([]).all(volume, volume.all(key, key == 'name')"
        f" || {cel(tables.VOLUMES)}.exists(kind, kind in volume)))",
        says="a volume is of a type that tenants have none of",
    ),
    "runAsNonRoot": Check(
        unless=f"variables.sharing.all(pod, {OWN_USER}.orValue(true) && {CONTAINERS}.all(container,"
        f" container.?securityContext.?runAsNonRoot.or({OWN_USER}).orValue(false)))",
        says="securityContext.runAsNonRoot is not true of all containers, by themselves or by their pod",
    ),
    "runAsUser": Check(
        unless=_of_contexts("context.?runAsUser.orValue(1) != 0", "users"),
        says="securityContext.runAsUser is 0, which is root",
    ),
    "seLinuxOptions": Check(
        unless=_of_contexts(
            f"context.?seLinuxOptions.?type.orValue('') in {cel(['', *tables.SELINUX_TYPES])}"
            " && context.?seLinuxOptions.?user.orValue('') == '' && context.?seLinuxOptions.?role.orValue('') == ''"
        ),
        says="seLinuxOptions have a user, a role, or a type that is not containers'",
    ),
    "seccompProfile_restricted": Check(
        unless=f"variables.linux.all(pod, (!{OWN_PROFILE}.hasValue() || {OWN_PROFILE}.?type.orValue('') in {PROFILES})"
        f" && {CONTAINERS}.all(container,"
        f" container.?securityContext.?seccompProfile.or({OWN_PROFILE}).?type.orValue('') in {PROFILES}))",
        says="securityContext.seccompProfile of a container, or its pod, is neither RuntimeDefault nor Localhost",
    ),
    "sysctls": Check(
        unless="variables.pods.all(pod, pod.?securityContext.?sysctls.orValue([]).all(sysctl,"
        f" sysctl.?name.orValue('') in {cel(tables.SYSCTLS)}))",
        says="a sysctl is not among the safe ones",
    ),
    "windowsHostProcess": Check(
        unless=_of_contexts("!context.?windowsOptions.?hostProcess.orValue(false)"),
        says="windowsOptions.hostProcess is true",
    ),
}
"""By the evaluator's names."""
