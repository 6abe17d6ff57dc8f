"""Fill in the sandbox's configuration files and manifests, which lie beside the code as they are in the wild."""

from collections.abc import Mapping
from pathlib import Path
from string import Template

from sandbox.cluster import settings
from sandbox.cluster.layout import Layout

_HERE = Path(__file__).parent


def words(layout: Layout) -> dict[str, str]:
    """Return what every template may name: folders, addresses, names."""
    return {
        "root": str(layout.root),
        "etc": str(layout.etc),
        "pki": str(layout.pki),
        "data": str(layout.data),
        "logs": str(layout.logs),
        "run": str(layout.run),
        "kubelet": str(layout.kubelet),
        "kubeconfigs": str(layout.kubeconfigs),
        "cgroup": layout.cgroup,
        "node": settings.NODE,
        "node_ip": settings.NODE_IP,
        "bridge": settings.BRIDGE,
        "cni_network": settings.CNI_NETWORK,
        "pod_cidr": settings.POD_CIDR,
        "cluster_cidr": settings.CLUSTER_CIDR,
        "service_cidr": settings.SERVICE_CIDR,
        "dns_ip": settings.DNS_IP,
        "dns_domain": settings.DNS_DOMAIN,
        "api_port": str(settings.PORTS["kube-apiserver"]),
        "proxy_port": str(settings.PORTS["kube-proxy"]),
        "proxy_metrics_port": str(settings.PORTS["kube-proxy-metrics"]),
        "registry": settings.REGISTRY,
    }


def config(name: str, layout: Layout, **more: str) -> str:
    """Return `config/<name>` with its words filled in.

    Raises:
        KeyError: the file names a word that is not given.
    """
    return _fill(_HERE / "config" / name, words(layout) | more)


def manifest(name: str, layout: Layout, **more: str) -> str:
    """Return `manifests/<name>` with its words filled in; raises as `config` does."""
    return _fill(_HERE / "manifests" / name, words(layout) | more)


def write(target: Path, text: str, mode: int = 0o644) -> None:
    """Write a file whole, readable by others only as `mode` says."""
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = target.with_name(f".{target.name}.new")
    scratch.touch(mode=mode)
    scratch.chmod(mode)
    scratch.write_text(text)
    scratch.replace(target)


def _fill(file: Path, given: Mapping[str, str]) -> str:
    return Template(file.read_text()).substitute(given)
