"""Bring the cluster up, or complete one that is half there."""

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from sandbox import images
from sandbox.cluster import addons, disk, node, pki, ports, powers, services, templates
from sandbox.cluster.api import Kubectl
from sandbox.cluster.graph import Graph, Task
from sandbox.cluster.layout import DEFAULT, Layout
from sandbox.cluster.services import ADDONS, IMAGES, Service
from sandbox.cluster.settings import LOOPBACK, NODE_IP, REGISTRY
from sandbox.cluster.simulated import FALLBACK_NODES
from sandbox.cluster.source import check_own, source
from sandbox.cluster.supervision import Supervisor
from sandbox.images import Image, programs_needed
from sandbox.machine import Progress
from sandbox.toolchain.catalogue import KUBERNETES

_CONTROL_PLANE = (
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kubeadm",
    "kubectl",
    "local-path-provisioner",
    "registry",
)
MANIFESTS = ("cert-manager.yaml", "cloudnative-pg.yaml", "gateway-api.yaml")
"""What operators of managed services are installed from; stack files name them in `.sandbox/manifests`."""

_REAL_NODE = ("kubelet", "kube-proxy", *powers.DEBIAN_PROGRAMS)


def needs(simulated: int = 0, *, services: bool = False, layout: Layout = DEFAULT) -> frozenset[str]:
    """Return the toolchain's names of the programs that `up` wants here and now."""
    if source(layout) == "kubeconfig":
        return frozenset({"kubectl"})
    real = not powers.lacking()
    more = {
        *(_REAL_NODE if real else ()),
        *(("kwok",) if simulated or not real else ()),
        *(MANIFESTS if services else ()),
    }
    return frozenset(_CONTROL_PLANE) | programs_needed(_images(services)) | more


def _images(services: bool) -> tuple[Image, ...]:
    return images.IMAGES + images.SERVICES if services else images.IMAGES


def up(
    programs: Mapping[str, Path],
    simulated: int,
    progress: Progress,
    *,
    services: bool = False,
    layout: Layout = DEFAULT,
) -> None:
    """Bring the cluster up; what is well already stays as it is.

    A real node where the machine allows one, else simulated nodes only, and a line that says why. Where KUBECONFIG
    names another cluster, that one is used and nothing is started.

    Args:
        programs: paths by the toolchain's names; those of `needs`.
        simulated: how many simulated nodes there shall be; in the fallback, 0 stands for three.
        services: whether to have the images of managed services as well.

    Raises:
        SandboxError: a port is taken, the disk is nearly full, a service does not come up, KUBECONFIG is no use.
    """
    if source(layout) == "kubeconfig":
        version = check_own(Kubectl(programs["kubectl"]))
        progress.line(f"KUBECONFIG={os.environ['KUBECONFIG']}: using that cluster ({version}); none is started")
        return
    lacking = powers.lacking()
    real = not lacking
    if lacking:
        simulated = simulated or FALLBACK_NODES
        progress.line(f"SIMULATED NODES ONLY: this machine lacks {', '.join(power.name for power in lacking)}")
        progress.line("  no container will run; " + "; ".join(power.fix for power in lacking))
    api_host = NODE_IP if real else LOOPBACK
    wanted = _services(programs, layout, api_host, real, simulated)
    with progress.step("configuration and certificates"):
        ports.check({service.name for service in wanted}, layout)
        ports.check_networks()
        disk.check(layout.root)
        layout.make()
        templates.write(layout.etc / "registry.yaml", templates.config("registry.yaml", layout))
        for name in MANIFESTS if services else ():
            shutil.copyfile(programs[name], layout.manifests / name)
        if real:
            node.prepare(programs, layout)
        pki.ensure(programs["kubeadm"], KUBERNETES, api_host, layout)
        supervisor = Supervisor(layout)
        supervisor.ensure(wanted)
    kubectl = Kubectl(programs["kubectl"], layout.kubeconfigs / "super-admin.conf")
    digests: dict[str, str] = {}

    def published() -> None:
        digests.update(images.publish(_images(services), programs, REGISTRY))

    tasks = [
        Task(name=IMAGES, work=published, after=("registry",)),
        *_tasks(
            kubectl,
            supervisor,
            simulated,
            real=real,
            manifests=lambda: addons.manifests(digests, layout, real),
        ),
    ]
    Graph(wanted, tasks, supervisor, layout, progress).run()


def _services(
    programs: Mapping[str, Path], layout: Layout, api_host: str, real: bool, simulated: int
) -> tuple[Service, ...]:
    return (
        *services.control_plane(programs, layout, api_host),
        *(services.node(programs, layout) if real else ()),
        *(services.simulation(programs, layout) if simulated else ()),
    )


def _tasks(
    kubectl: Kubectl,
    supervisor: Supervisor,
    simulated: int,
    *,
    real: bool,
    manifests: Callable[[], str],
) -> list[Task]:
    def objects() -> None:
        addons.apply(kubectl, manifests(), simulated, real)

    tasks = [Task(name=ADDONS, work=objects, after=("kube-apiserver", IMAGES))]
    if real:
        tasks += [
            Task(name="node is ready", work=lambda: addons.wait_for_node(kubectl, supervisor), after=("kubelet",)),
            Task(name="DNS answers", work=addons.wait_for_dns, after=("node is ready", "kube-proxy", ADDONS)),
        ]
    return tasks
