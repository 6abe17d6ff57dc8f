"""Pod Security level `restricted`, check by check, as the API server's own evaluator has it from v1.35 on.

`CHECKS` bears the evaluator's names. Like there, a check of level `restricted` stands for the `baseline` one that it
makes stricter. Templates are judged as pods are; of a patch, which leaves out what it does not change, only what it
says.
"""

from collections.abc import Callable, Iterator
from typing import Final

from policies._object import Template
from policies._view import View, apart

Check = Callable[[Template, bool], Iterator[str]]
"""Of a pod, and of whether what is absent is absent: it is not in a patch."""

PROFILES: Final = ("RuntimeDefault", "Localhost")
VOLUMES: Final = frozenset(
    {
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "persistentVolumeClaim",
        "projected",
        "secret",
    }
)
CAPABILITIES: Final = frozenset(
    {
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    }
)
SELINUX_TYPES: Final = ("container_t", "container_init_t", "container_kvm_t", "container_engine_t")
SYSCTLS: Final = frozenset(
    {
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ping_group_range",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_rmem",
        "net.ipv4.tcp_syncookies",
        "net.ipv4.tcp_wmem",
    }
)
ADDED: Final = ("NET_BIND_SERVICE",)
"""Capabilities that may be added back."""

APP_ARMOR: Final = "container.apparmor.security.beta.kubernetes.io/"
APP_ARMOR_PROFILES: Final = ("", "runtime/default")
APP_ARMOR_LOCAL: Final = "localhost/"
HOST_NAMESPACES: Final = ("hostNetwork", "hostPID", "hostIPC")
PROBES: Final = ("livenessProbe", "readinessProbe", "startupProbe")
HOOKS: Final = ("postStart", "preStop")
HANDLERS: Final = ("httpGet", "tcpSocket")
"""Where a host can stand in probes and hooks."""


def _contexts(pod: Template) -> list[View]:
    """Return every securityContext: the pod's, then those of its containers."""
    return [pod.spec["securityContext"], *(container["securityContext"] for container in pod.containers)]


def _windows(pod: Template) -> bool:
    return pod.spec.at("os.name").text() == "windows"


def _own_users(pod: Template) -> bool:
    """Return whether the pod has a user namespace, in which root is nobody outside."""
    return pod.spec["hostUsers"].flag() is False


def _except(excused: Callable[[Template], bool], check: Check) -> Check:
    """Return a check that some pods need not pass. Whether this is one is asked only where it matters."""

    def checked(pod: Template, whole: bool) -> Iterator[str]:
        for sentence in check(pod, whole):
            if not excused(pod):
                yield sentence

    return checked


def _escalation(pod: Template, whole: bool) -> Iterator[str]:
    for container in pod.containers:
        with apart(container):
            value = container.at("securityContext.allowPrivilegeEscalation").flag()
            if value or (value is None and whole):
                yield f"{container.path}.securityContext.allowPrivilegeEscalation is not false"


def _app_armor(pod: Template, _whole: bool) -> Iterator[str]:
    for context in _contexts(pod):
        with apart(context):
            profile = context["appArmorProfile"]
            if profile.present and profile["type"].text() not in PROFILES:
                yield f"{profile.path}.type is neither RuntimeDefault nor Localhost"
    with apart(pod.metadata):
        for key, view in pod.metadata["annotations"].fields().items():
            with apart(view):
                if key.startswith(APP_ARMOR):
                    value = view.text()
                    if value not in (None, *APP_ARMOR_PROFILES) and not str(value).startswith(APP_ARMOR_LOCAL):
                        yield f"{view.path} is neither runtime/default nor below localhost/"


def _capabilities_baseline(pod: Template, _whole: bool) -> Iterator[str]:
    for container in pod.containers:
        with apart(container):
            added = set(container.at("securityContext.capabilities.add").texts())
            if added - CAPABILITIES:
                named = ", ".join(sorted(added - CAPABILITIES))
                yield f"{container.path}.securityContext.capabilities.add has {named}, beyond what runtimes give"


def _capabilities(pod: Template, whole: bool) -> Iterator[str]:
    for container in pod.containers:
        capabilities = container.at("securityContext.capabilities")
        with apart(container):
            drop = capabilities["drop"]
            if "ALL" not in drop.texts() and (whole or drop.present):
                yield f"{container.path}.securityContext.capabilities.drop is without ALL"
        with apart(container):
            added = set(capabilities["add"].texts()) - set(ADDED)
            if added:
                named = ", ".join(sorted(added))
                yield f"{container.path}.securityContext.capabilities.add has {named}, not only NET_BIND_SERVICE"


def _host_namespaces(pod: Template, _whole: bool) -> Iterator[str]:
    for name in HOST_NAMESPACES:
        with apart(pod.spec):
            if pod.spec[name].flag():
                yield f"{pod.spec.path}.{name} is true: it sees the node as its own"


def _host_ports(pod: Template, _whole: bool) -> Iterator[str]:
    for container in pod.containers:
        with apart(container):
            for port in container["ports"].items():
                with apart(port):
                    if port["hostPort"].number():
                        yield f"{port.path}.hostPort takes a port of the node"


def _hosts(pod: Template, _whole: bool) -> Iterator[str]:
    """Probes and hooks that name a host make the kubelet call it, from the node's network."""
    for container in pod.containers:
        places = [container[name] for name in PROBES]
        places += [container["lifecycle"][name] for name in HOOKS]
        for place in places:
            for handler in HANDLERS:
                with apart(container):
                    if place[handler]["host"].text():
                        yield f"{place.path}.{handler}.host is set: the kubelet would call it"


def _privileged(pod: Template, _whole: bool) -> Iterator[str]:
    for container in pod.containers:
        with apart(container):
            if container.at("securityContext.privileged").flag():
                yield f"{container.path}.securityContext.privileged is true: it is root on the node"


def _proc_mount(pod: Template, _whole: bool) -> Iterator[str]:
    for container in pod.containers:
        with apart(container):
            if container.at("securityContext.procMount").text() not in (None, "Default"):
                yield f"{container.path}.securityContext.procMount is not Default"


def _volumes(pod: Template, _whole: bool) -> Iterator[str]:
    """A volume that says no type is an emptyDir."""
    for volume in pod.spec["volumes"].items():
        with apart(volume):
            kinds = set(volume.fields()) - {"name"}
            if kinds and not kinds & VOLUMES:
                yield f"{volume.path} is of type {', '.join(sorted(kinds))}"


def _non_root(pod: Template, whole: bool) -> Iterator[str]:
    own = pod.spec.at("securityContext.runAsNonRoot")
    with apart(pod.spec):
        if own.flag() is False:
            yield f"{own.path} is false"
    for container in pod.containers:
        with apart(container):
            value = container.at("securityContext.runAsNonRoot").flag()
            if value is False:
                yield f"{container.path}.securityContext.runAsNonRoot is false"
            elif value is None and not own.flag() and whole:
                yield f"{container.path}: neither it nor its pod has securityContext.runAsNonRoot: true"


def _user(pod: Template, _whole: bool) -> Iterator[str]:
    for context in _contexts(pod):
        with apart(context):
            if context["runAsUser"].number() == 0:
                yield f"{context.path}.runAsUser is 0, which is root"


def _selinux(pod: Template, _whole: bool) -> Iterator[str]:
    for context in _contexts(pod):
        options = context["seLinuxOptions"]
        with apart(context):
            if options["type"].text() not in (None, "", *SELINUX_TYPES):
                yield f"{options.path}.type is not one of containers'"
        for name in ("user", "role"):
            with apart(context):
                if options[name].text():
                    yield f"{options.path}.{name} is set"


def _seccomp(pod: Template, whole: bool) -> Iterator[str]:
    own = pod.spec.at("securityContext.seccompProfile")
    with apart(pod.spec):
        if own.present and not _confined(own):
            yield f"{own.path}.type is neither RuntimeDefault nor Localhost"
    for container in pod.containers:
        profile = container.at("securityContext.seccompProfile")
        with apart(container):
            if profile.present:
                if not _confined(profile):
                    yield f"{profile.path}.type is neither RuntimeDefault nor Localhost"
            elif whole and not _confined(own):
                yield f"{container.path}: neither it nor its pod has securityContext.seccompProfile"


def _confined(profile: View) -> bool:
    return profile["type"].text() in PROFILES


def _sysctls(pod: Template, _whole: bool) -> Iterator[str]:
    for sysctl in pod.spec.at("securityContext.sysctls").items():
        with apart(sysctl):
            if sysctl["name"].text() not in SYSCTLS:
                yield f"{sysctl.path} is not among the safe ones"


def _host_process(pod: Template, _whole: bool) -> Iterator[str]:
    for context in _contexts(pod):
        with apart(context):
            if context.at("windowsOptions.hostProcess").flag():
                yield f"{context.path}.windowsOptions.hostProcess is true"


CHECKS: Final[dict[str, Check]] = {
    "allowPrivilegeEscalation": _except(_windows, _escalation),
    "appArmorProfile": _app_armor,
    "capabilities_baseline": _capabilities_baseline,
    "capabilities_restricted": _except(_windows, _capabilities),
    "hostNamespaces": _host_namespaces,
    "hostPorts": _host_ports,
    "hostProbesAndHostLifecycle": _hosts,
    "privileged": _privileged,
    "procMount_restricted": _proc_mount,
    "restrictedVolumes": _volumes,
    "runAsNonRoot": _except(_own_users, _non_root),
    "runAsUser": _except(_own_users, _user),
    "seLinuxOptions": _selinux,
    "seccompProfile_restricted": _except(_windows, _seccomp),
    "sysctls": _sysctls,
    "windowsHostProcess": _host_process,
}
