"""The programs, as data: which Go module or Debian package each comes from, and how to ask its version.

Go modules are pinned with checksums by `modules/<name>/go.mod` and `go.sum`; versions here are the ones that those
files require, said again only where a program must be told its own version (`-X`) or is looked for on PATH.
"""

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

MODULE_FILES = Path(__file__).with_name("modules")

KUBERNETES = "1.35.4"
"""1.35 is the last minor release that works with containerd 1.x, which is what Debian 12 ships."""

PULUMI = "3.259.0"
"""The newest release whose `pkg` module the Go module proxy serves together with its `sdk`."""


class Accept(Enum):
    """Which version found on PATH will do instead of ours."""

    SAME_MINOR = "the same major and minor version"
    AT_LEAST = "this version or a newer one"
    NEVER = "only our own build"


@dataclass(frozen=True, kw_only=True)
class Program:
    """One program of a Go module.

    Attributes:
        package: the Go package to build, for a program in Go.
        file: `module path/in/module`, for a file that is used as it lies in the module. A pattern with `*` is all the
            files that it finds, one after the other as YAML documents. A folder is a Helm chart's sources, rendered
            into one file of YAML by the `helm` of the same module.
        c_source: the same for a C source that is compiled statically.
        version: what `ask` must answer; also what a copy on PATH is compared with.
        ask: arguments that make it print its version; empty: it cannot be asked.
    """

    name: str
    version: str
    package: str = ""
    file: str = ""
    c_source: str = ""
    ask: tuple[str, ...] = ("--version",)
    accept: Accept = Accept.NEVER


@dataclass(frozen=True, kw_only=True)
class Module:
    """A Go module of tools, built in one go so that its programs share what they have in common.

    Attributes:
        name: its folder under `modules/`.
        ldflags: values set at link time.
        disk: GiB free that its build needs (sources and compiler cache, both removed afterwards).
        seconds: a cold build on two cores, measured; for the user's patience only.
    """

    name: str
    programs: tuple[Program, ...]
    ldflags: tuple[str, ...] = ()
    disk: float = 3
    seconds: int = 60


@dataclass(frozen=True, kw_only=True)
class DebianProgram:
    """A program from a Debian package.

    Attributes:
        packages: what `apt-get install` is told.
        path: where it then lies, if that is not on PATH.
        unpacked: the package is a service that would start; only the program at `path` in it goes to the cache.
    """

    name: str
    packages: tuple[str, ...]
    path: str = ""
    ask: tuple[str, ...] = ("--version",)
    needed_for: str = field(default="the real node")
    unpacked: bool = False


def _kubernetes(name: str, accept: Accept = Accept.SAME_MINOR) -> Program:
    ask = {"kubectl": ("version", "--client"), "kubeadm": ("version", "-o", "short")}.get(name, ("--version",))
    return Program(name=name, version=KUBERNETES, package=f"k8s.io/kubernetes/cmd/{name}", ask=ask, accept=accept)


CERT_MANAGER = "1.11.5"
"""The newest release whose commands are packages of its one module: since 1.12 they are modules that are not served."""

CLOUDNATIVE_PG = "1.30.0"
BARMAN_PLUGIN = "0.14.0"
TRAEFIK = "3.6.12"
GATEWAY_API = "1.4.0"
"""As Traefik requires it."""


def _cert_manager(command: str) -> Program:
    package = f"github.com/cert-manager/cert-manager/cmd/{command}"
    return Program(name=f"cert-manager-{command}", version=CERT_MANAGER, package=package, ask=())


_VERSION_OF_KUBERNETES = tuple(
    f"-X {package}.{name}={value}"
    # The second is what programs call themselves when they talk to the API server.
    for package in ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
    for name, value in {
        "gitVersion": f"v{KUBERNETES}",
        "gitMajor": KUBERNETES.split(".", maxsplit=1)[0],
        "gitMinor": KUBERNETES.split(".")[1],
        "gitTreeState": "clean",
    }.items()
)

MODULES: tuple[Module, ...] = (
    Module(
        name="pulumi",
        ldflags=(f"-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v{PULUMI}",),
        programs=(
            Program(
                name="pulumi",
                version=PULUMI,
                package="github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
                ask=("version",),
                accept=Accept.AT_LEAST,
            ),
            Program(
                name="pulumi-language-python-exec",
                version=PULUMI,
                file="github.com/pulumi/pulumi/sdk/v3 python/cmd/pulumi-language-python-exec",
                ask=(),
            ),
            Program(
                name="pulumi-resource-pulumi-python",
                version=PULUMI,
                file="github.com/pulumi/pulumi/sdk/v3 python/dist/pulumi-resource-pulumi-python",
                ask=(),
            ),
        ),
        disk=5,
        seconds=200,
    ),
    Module(
        name="etcd",
        programs=(
            Program(name="etcd", version="3.6.7", package="go.etcd.io/etcd/server/v3", accept=Accept.SAME_MINOR),
        ),
        seconds=25,
    ),
    Module(
        name="kubernetes",
        ldflags=_VERSION_OF_KUBERNETES,
        programs=(
            _kubernetes("kube-apiserver"),
            _kubernetes("kube-controller-manager"),
            _kubernetes("kube-scheduler"),
            _kubernetes("kubelet"),
            _kubernetes("kube-proxy"),
            _kubernetes("kubeadm"),
            _kubernetes("kubectl"),
            Program(name="agnhost", version="2.59", package="k8s.io/kubernetes/test/images/agnhost", ask=()),
            Program(name="pause", version="3.10", c_source="k8s.io/kubernetes build/pause/linux/pause.c", ask=()),
        ),
        disk=5,
        seconds=320,
    ),
    Module(
        name="coredns",
        programs=(Program(name="coredns", version="1.13.1", package="github.com/coredns/coredns", ask=("-version",)),),
        seconds=70,
    ),
    Module(
        name="registry",
        programs=(
            Program(name="registry", version="3.0.0", package="github.com/distribution/distribution/v3/cmd/registry"),
        ),
        ldflags=("-X github.com/distribution/distribution/v3/version.version=v3.0.0",),
        seconds=65,
    ),
    Module(
        name="local-path-provisioner",
        programs=(
            Program(
                name="local-path-provisioner",
                version="0.0.30",
                package="github.com/rancher/local-path-provisioner",
            ),
        ),
        ldflags=("-X main.VERSION=v0.0.30",),
        seconds=40,
    ),
    Module(
        name="kwok",
        programs=(Program(name="kwok", version="0.7.0", package="sigs.k8s.io/kwok/cmd/kwok"),),
        seconds=85,
    ),
    Module(
        name="minio",
        programs=(Program(name="minio", version="2026-02-12", package="github.com/minio/minio", ask=()),),
        disk=4,
        seconds=150,
    ),
    Module(
        name="netpol-analyzer",
        programs=(
            Program(
                name="netpolicy",
                version="1.4.4",
                package="github.com/np-guard/netpol-analyzer/cmd/netpolicy",
                ask=(),
            ),
        ),
        seconds=60,
    ),
    Module(
        name="cert-manager",
        ldflags=(f"-X github.com/cert-manager/cert-manager/pkg/util.AppVersion=v{CERT_MANAGER}",),
        programs=(
            *(_cert_manager(command) for command in ("controller", "webhook", "cainjector")),
            Program(name="helm", version="3.11.1", package="helm.sh/helm/v3/cmd/helm", ask=()),
            Program(
                name="cert-manager.yaml",
                version=CERT_MANAGER,
                file="github.com/cert-manager/cert-manager deploy/charts/cert-manager",
                ask=(),
            ),
        ),
        seconds=120,
    ),
    Module(
        name="cloudnative-pg",
        programs=(
            Program(
                name="cloudnative-pg-manager",
                version=CLOUDNATIVE_PG,
                package="github.com/cloudnative-pg/cloudnative-pg/cmd/manager",
                ask=(),
            ),
            Program(
                name="cloudnative-pg.yaml",
                version=CLOUDNATIVE_PG,
                file=f"github.com/cloudnative-pg/cloudnative-pg releases/cnpg-{CLOUDNATIVE_PG}.yaml",
                ask=(),
            ),
        ),
        seconds=100,
    ),
    Module(
        name="plugin-barman-cloud",
        programs=(
            Program(
                name="plugin-barman-cloud",
                version=BARMAN_PLUGIN,
                package="github.com/cloudnative-pg/plugin-barman-cloud/cmd/manager",
                ask=(),
            ),
            Program(
                name="plugin-barman-cloud.yaml",
                version=BARMAN_PLUGIN,
                file="github.com/cloudnative-pg/plugin-barman-cloud manifest.yaml",
                ask=(),
            ),
        ),
        seconds=140,
    ),
    Module(
        name="traefik",
        ldflags=(f"-X github.com/traefik/traefik/v3/pkg/version.Version={TRAEFIK}",),
        programs=(
            Program(
                name="traefik", version=TRAEFIK, package="github.com/traefik/traefik/v3/cmd/traefik", ask=("version",)
            ),
            Program(
                name="gateway-api.yaml",
                version=GATEWAY_API,
                file="sigs.k8s.io/gateway-api config/crd/standard/gateway*.yaml",
                ask=(),
            ),
        ),
        disk=6,
        seconds=340,
    ),
)

DEBIAN: tuple[DebianProgram, ...] = (
    DebianProgram(name="containerd", packages=("containerd",)),
    DebianProgram(name="runc", packages=("runc",)),
    DebianProgram(name="iptables", packages=("iptables",), path="/usr/sbin/iptables"),
    DebianProgram(name="conntrack", packages=("conntrack",), path="/usr/sbin/conntrack"),
    DebianProgram(name="cni-plugins", packages=("containernetworking-plugins",), path="/usr/lib/cni/bridge", ask=()),
    DebianProgram(
        name="busybox", packages=("busybox-static",), ask=("--help",), needed_for="the volume helper's image"
    ),
    DebianProgram(
        name="chromium",
        packages=("chromium", "fonts-dejavu-core"),
        path="/usr/bin/chromium",
        needed_for="looking at reports and pictures, which only tests do",
    ),
    *(
        DebianProgram(
            name=name,
            packages=("prometheus",),
            path=f"/usr/bin/{name}",
            needed_for="trying alerts, which only tests do",
            unpacked=True,
        )
        for name in ("prometheus", "promtool")
    ),
    DebianProgram(name="mmdebstrap", packages=("mmdebstrap",), needed_for="images with a Debian in them"),
    DebianProgram(name="gcc", packages=("gcc", "libc6-dev"), needed_for="compiling the pause program"),
)
