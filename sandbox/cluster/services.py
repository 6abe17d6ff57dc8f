"""The sandbox's processes, as data: what runs, after what, and how to tell that it is well."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from sandbox.cluster.layout import Layout
from sandbox.cluster.settings import (
    LOOPBACK,
    NODE,
    NODE_IP,
    PORTS,
    SERVICE_CIDR,
    SIMULATED_POD_CIDR,
)

IMAGES = "images"
"""In `after`: not a process, but the moment when the registry holds every image."""

ADDONS = "add-ons"
"""In `after`: the moment when the API server has the sandbox's own objects."""


class Check(Enum):
    """How a service is asked whether it is well; `Service.health` is what it is asked at."""

    HTTP = "a URL answers 200"
    RUNTIME = "containerd's runtime interface answers on a socket"
    RUNS = "its process runs; it has nothing to ask"


@dataclass(frozen=True, kw_only=True)
class Service:
    """One process under the supervisor.

    Attributes:
        command: program and arguments.
        after: services (or `IMAGES`, `ADDONS`) that must be well before it starts; it stops before them.
        inputs: files whose change asks for a restart.
        fix: the way on if it does not come up; empty: read its log.
    """

    name: str
    command: tuple[str, ...]
    check: Check = Check.RUNS
    health: str = ""
    after: tuple[str, ...] = ()
    inputs: tuple[Path, ...] = ()
    fix: str = ""


def control_plane(programs: Mapping[str, Path], layout: Layout, api_host: str) -> tuple[Service, ...]:
    """Return what every mode of the sandbox runs.

    Args:
        programs: paths by the toolchain's names.
        api_host: the address that the API server serves on.
    """
    return (
        _etcd(programs["etcd"], layout),
        _registry(programs["registry"], layout),
        _apiserver(programs["kube-apiserver"], layout, api_host),
        _controller_manager(programs["kube-controller-manager"], layout),
        _scheduler(programs["kube-scheduler"], layout),
        _provisioner(programs["local-path-provisioner"], layout),
    )


def node(programs: Mapping[str, Path], layout: Layout) -> tuple[Service, ...]:
    """Return what the real node runs."""
    return (
        Service(
            name="containerd",
            command=_command(programs["containerd"], config=layout.etc / "containerd.toml"),
            check=Check.RUNTIME,
            health=str(layout.containerd_socket),
            inputs=(layout.etc / "containerd.toml",),
        ),
        Service(
            name="kubelet",
            command=_command(
                programs["kubelet"],
                config=layout.etc / "kubelet.yaml",
                kubeconfig=layout.kubeconfigs / "kubelet.conf",
                root_dir=layout.kubelet,
                cert_dir=layout.kubelet / "pki",
                hostname_override=NODE,
                node_ip=NODE_IP,
                node_labels="paas.sandbox/kind=real",
            ),
            check=Check.HTTP,
            health=f"http://{LOOPBACK}:{PORTS['kubelet-health']}/healthz",
            after=("containerd", "kube-apiserver", IMAGES),
            inputs=(layout.etc / "kubelet.yaml", layout.kubeconfigs / "kubelet.conf", layout.etc / "resolv.conf"),
        ),
        Service(
            name="kube-proxy",
            command=_command(programs["kube-proxy"], config=layout.etc / "kube-proxy.yaml"),
            check=Check.HTTP,
            health=f"http://{LOOPBACK}:{PORTS['kube-proxy']}/livez",
            after=("kube-apiserver",),
            inputs=(layout.etc / "kube-proxy.yaml", layout.kubeconfigs / "kube-proxy.conf"),
        ),
    )


def simulation(programs: Mapping[str, Path], layout: Layout) -> tuple[Service, ...]:
    """Return what plays the simulated nodes. It must not touch the others: it would fake their pods' states."""
    stages = Path(__file__).with_name("config") / "kwok.yaml"
    return (
        Service(
            name="kwok",
            command=_command(
                programs["kwok"],
                config=stages,
                kubeconfig=layout.kubeconfigs / "kwok.conf",
                manage_all_nodes="false",
                manage_nodes_with_label_selector="paas.sandbox/kind=simulated",
                cidr=SIMULATED_POD_CIDR,
                node_ip=NODE_IP,
                node_lease_duration_seconds="40",
                server_address=f"{LOOPBACK}:{PORTS['kwok']}",
            ),
            check=Check.HTTP,
            health=f"http://{LOOPBACK}:{PORTS['kwok']}/healthz",
            after=("kube-apiserver",),
            inputs=(stages, layout.kubeconfigs / "kwok.conf"),
        ),
    )


def _etcd(program: Path, layout: Layout) -> Service:
    client, peer = (f"https://{LOOPBACK}:{PORTS[name]}" for name in ("etcd", "etcd-peer"))
    pki = layout.pki / "etcd"
    health = f"http://{LOOPBACK}:{PORTS['etcd-health']}"
    return Service(
        name="etcd",
        command=_command(
            program,
            data_dir=layout.data / "etcd",
            listen_client_urls=client,
            advertise_client_urls=client,
            listen_peer_urls=peer,
            initial_advertise_peer_urls=peer,
            initial_cluster=f"default={peer}",
            listen_metrics_urls=health,
            cert_file=pki / "server.crt",
            key_file=pki / "server.key",
            trusted_ca_file=pki / "ca.crt",
            client_cert_auth="true",
            peer_cert_file=pki / "peer.crt",
            peer_key_file=pki / "peer.key",
            peer_trusted_ca_file=pki / "ca.crt",
            peer_client_cert_auth="true",
            # A power cut may cost a sandbox's state; waiting for the disk at every write would cost seconds every day.
            unsafe_no_fsync="true",
            log_level="warn",
        ),
        check=Check.HTTP,
        health=f"{health}/readyz",
        inputs=(pki / "server.crt", pki / "peer.crt"),
        fix="if its log says that the data is damaged: `python -m sandbox down --purge`, then `up` makes a new cluster",
    )


def _registry(program: Path, layout: Layout) -> Service:
    return Service(
        name="registry",
        command=(str(program), "serve", str(layout.etc / "registry.yaml")),
        check=Check.HTTP,
        health=f"http://{LOOPBACK}:{PORTS['registry']}/v2/",
        inputs=(layout.etc / "registry.yaml",),
    )


def _apiserver(program: Path, layout: Layout, api_host: str) -> Service:
    pki = layout.pki
    policy = Path(__file__).with_name("config") / "audit-policy.yaml"
    return Service(
        name="kube-apiserver",
        command=_command(
            program,
            bind_address=api_host,
            advertise_address=NODE_IP,
            secure_port=PORTS["kube-apiserver"],
            allow_privileged="true",
            authorization_mode="Node,RBAC",
            enable_admission_plugins="NodeRestriction",
            client_ca_file=pki / "ca.crt",
            tls_cert_file=pki / "apiserver.crt",
            tls_private_key_file=pki / "apiserver.key",
            etcd_servers=f"https://{LOOPBACK}:{PORTS['etcd']}",
            etcd_cafile=pki / "etcd" / "ca.crt",
            etcd_certfile=pki / "apiserver-etcd-client.crt",
            etcd_keyfile=pki / "apiserver-etcd-client.key",
            kubelet_client_certificate=pki / "apiserver-kubelet-client.crt",
            kubelet_client_key=pki / "apiserver-kubelet-client.key",
            kubelet_preferred_address_types="InternalIP",
            service_account_issuer="https://kubernetes.default.svc.cluster.local",
            service_account_key_file=pki / "sa.pub",
            service_account_signing_key_file=pki / "sa.key",
            service_cluster_ip_range=SERVICE_CIDR,
            proxy_client_cert_file=pki / "front-proxy-client.crt",
            proxy_client_key_file=pki / "front-proxy-client.key",
            requestheader_client_ca_file=pki / "front-proxy-ca.crt",
            requestheader_allowed_names="front-proxy-client",
            requestheader_extra_headers_prefix="X-Remote-Extra-",
            requestheader_group_headers="X-Remote-Group",
            requestheader_username_headers="X-Remote-User",
            enable_aggregator_routing="true",
            audit_policy_file=policy,
            audit_log_path=layout.logs / "audit.log",
            audit_log_format="json",
            audit_log_maxsize=100,  # MiB
            audit_log_maxbackup=3,
        ),
        check=Check.HTTP,
        health=f"https://{api_host}:{PORTS['kube-apiserver']}/readyz",
        after=("etcd",),
        inputs=(policy, pki / "apiserver.crt", pki / "ca.crt", pki / "sa.pub"),
    )


def _controller_manager(program: Path, layout: Layout) -> Service:
    pki, kubeconfig = layout.pki, layout.kubeconfigs / "controller-manager.conf"
    return Service(
        name="kube-controller-manager",
        command=_command(
            program,
            **_one_of_its_kind(kubeconfig),
            cluster_signing_cert_file=pki / "ca.crt",
            cluster_signing_key_file=pki / "ca.key",
            root_ca_file=pki / "ca.crt",
            service_account_private_key_file=pki / "sa.key",
            use_service_account_credentials="true",
            # The defaults (20 and 30 a second) make a hundred objects wait for the client, not for the server.
            kube_api_qps=200,
            kube_api_burst=400,
        ),
        check=Check.HTTP,
        health=f"https://{LOOPBACK}:{PORTS['kube-controller-manager']}/healthz",
        after=("kube-apiserver",),
        inputs=(kubeconfig, pki / "ca.crt", pki / "sa.pub"),
    )


def _scheduler(program: Path, layout: Layout) -> Service:
    kubeconfig = layout.kubeconfigs / "scheduler.conf"
    return Service(
        name="kube-scheduler",
        command=_command(program, **_one_of_its_kind(kubeconfig)),
        check=Check.HTTP,
        health=f"https://{LOOPBACK}:{PORTS['kube-scheduler']}/readyz",
        after=("kube-apiserver",),
        inputs=(kubeconfig,),
    )


def _provisioner(program: Path, layout: Layout) -> Service:
    """Return the volume provisioner: beside the cluster, not in it, so that it also serves where no real node is."""
    kubeconfig = layout.kubeconfigs / "local-path-provisioner.conf"
    return Service(
        name="local-path-provisioner",
        command=(
            str(program),
            "start",
            *_flags(kubeconfig=kubeconfig, namespace="local-path-storage", service_account_name="helper"),
        ),
        after=("kube-apiserver", ADDONS),
        inputs=(kubeconfig,),
    )


def _one_of_its_kind(kubeconfig: Path) -> dict[str, object]:
    """Return the flags of a controller that needs no election: a lease left by a killed one would cost 15 seconds."""
    return {
        "kubeconfig": kubeconfig,
        "authentication_kubeconfig": kubeconfig,
        "authorization_kubeconfig": kubeconfig,
        "bind_address": LOOPBACK,
        "leader_elect": "false",
    }


def _command(program: Path, **flags: object) -> tuple[str, ...]:
    return (str(program), *_flags(**flags))


def _flags(**flags: object) -> tuple[str, ...]:
    return tuple(f"--{name.replace('_', '-')}={value}" for name, value in flags.items())
