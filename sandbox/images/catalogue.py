"""The images, as data. A new one is one more row.

Every image holds only what its row names, over a skeleton that programs expect: `/tmp`, and users in `/etc/passwd`.
"""

import platform
from dataclasses import dataclass

from sandbox.toolchain.catalogue import CERT_MANAGER, CLOUDNATIVE_PG, TRAEFIK

ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
"""The machine's, as images name it."""

NONROOT = "65532:65532"
"""User and group of images that need no privilege; the number that distroless images use."""


@dataclass(frozen=True, kw_only=True)
class File:
    """A program of the toolchain inside an image.

    Attributes:
        program: its name in the toolchain. It must be linked statically: there is no libc in the image.
        path: where it goes.
        applets: folder for a symbolic link per applet, for a multi-call program that answers `--list`.
    """

    program: str
    path: str
    applets: str = ""


@dataclass(frozen=True, kw_only=True)
class System:
    """A Debian of the machine's own release inside an image, for what is not one static program.

    Attributes:
        packages: what is installed in it besides the bare minimum.
        without: patterns of files that are left out, as dpkg's `path-exclude` takes them.
        commands: run in it as root, one after the other, when all is installed.
    """

    packages: tuple[str, ...]
    without: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OtherSystem(System):
    """A Debian of another release. What it lacks comes from the machine's own.

    Attributes:
        release: its code name.
    """

    release: str


@dataclass(frozen=True, kw_only=True)
class Image:
    """One image: programs from scratch, a system, or programs over a system.

    Attributes:
        reference: upstream's own name and tag.
        user: `uid:gid` that its process has unless the pod says otherwise; empty: root.
        entrypoint: what always runs.
        command: its arguments unless the pod gives others.
    """

    reference: str
    files: tuple[File, ...] = ()
    system: System | None = None
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    user: str = NONROOT
    env: tuple[str, ...] = ("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",)


PAUSE = Image(
    reference="registry.k8s.io/pause:3.10",
    files=(File(program="pause", path="/pause"),),
    entrypoint=("/pause",),
    user="65535:65535",
)

COREDNS = Image(
    reference="registry.k8s.io/coredns/coredns:v1.13.1",
    files=(File(program="coredns", path="/coredns"),),
    entrypoint=("/coredns",),
)

BUSYBOX = Image(
    reference="docker.io/library/busybox:1.35.0",
    files=(File(program="busybox", path="/bin/busybox", applets="/bin"),),
    command=("sh",),
    user="",
)
"""With a shell; its applets are those that Debian compiles in.

Linked statically against glibc, it cannot look names up by `getaddrinfo`: `nslookup` works, `wget http://name` fails.
"""

AGNHOST = Image(
    reference="registry.k8s.io/e2e-test-images/agnhost:2.59",
    files=(File(program="agnhost", path="/agnhost"),),
    entrypoint=("/agnhost",),
    command=("pause",),
)
"""Kubernetes' own test server; `netexec --http-port=8080` makes it a web application."""


def _cert_manager(command: str) -> Image:
    return Image(
        reference=f"quay.io/jetstack/cert-manager-{command}:v{CERT_MANAGER}",
        files=(File(program=f"cert-manager-{command}", path=f"/app/cmd/{command}/{command}"),),
        entrypoint=(f"/app/cmd/{command}/{command}",),
        user="1000:1000",
    )


CLOUDNATIVE_PG_OPERATOR = Image(
    reference=f"ghcr.io/cloudnative-pg/cloudnative-pg:{CLOUDNATIVE_PG}",
    files=(
        File(program="cloudnative-pg-manager", path="/manager"),
        # It looks there for the programs that it can give to databases, one for each architecture.
        File(program="cloudnative-pg-manager", path=f"/operator/manager_{ARCHITECTURE}"),
    ),
    entrypoint=("/manager",),
)
"""The operator. Its program is copied from this image into every pod of a database, so it may need no library there."""

_WITHOUT = (
    "/usr/share/doc/*",
    "/usr/share/man/*",
    "/usr/share/locale/*",
    # Compiling queries needs LLVM, a third of the image; without its library the server does not try.
    "/usr/lib/*/libLLVM*",
    "/usr/lib/postgresql/*/lib/llvmjit*",
    "/usr/lib/postgresql/*/lib/bitcode/*",
)

_DATABASES = System(
    packages=("postgresql-15", "barman-cli-cloud", "ca-certificates"),
    without=_WITHOUT,
    commands=("usermod -u 26 postgres",),
)
"""The operator runs Postgres as user 26 and looks for its programs on PATH."""

_NEWER = OtherSystem(
    release="trixie",
    packages=("postgresql-17", "barman-cli-cloud", "ca-certificates", "libicu72", "libldap-2.5-0"),
    without=_WITHOUT,
    commands=("usermod -u 26 postgres",),
)
"""With the two libraries of Debian 12 that Debian 13 lacks: an upgrade runs the old server's programs in this image."""


def _postgres(version: int, release: str, system: System) -> Image:
    path = f"/usr/lib/postgresql/{version}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return Image(
        reference=f"ghcr.io/cloudnative-pg/postgresql:{version}-{release}",
        system=system,
        user="26:26",
        env=(f"PATH={path}", "LANG=C.UTF-8"),
    )


POSTGRES = _postgres(15, "bookworm", _DATABASES)
POSTGRES_NEWER = _postgres(17, "trixie", _NEWER)

PGBOUNCER = Image(
    reference="ghcr.io/cloudnative-pg/pgbouncer:1.24-trixie",
    system=OtherSystem(
        release="trixie",
        packages=("pgbouncer", "ca-certificates"),
        without=_WITHOUT,
        commands=(
            "usermod -u 998 -g postgres pgbouncer || useradd -u 998 -g postgres pgbouncer",
            "ln -s /usr/sbin/pgbouncer /usr/bin/pgbouncer",
        ),
    ),
    user="998:996",
)
"""The operator runs it as user 998 and looks for it in `/usr/bin`. It wants 1.19 or newer, which Debian 12 lacks."""

_PLUGIN = File(program="plugin-barman-cloud", path="/manager")

BARMAN_PLUGIN = Image(
    reference="ghcr.io/cloudnative-pg/plugin-barman-cloud-testing:main",
    files=(_PLUGIN,),
    entrypoint=("/manager",),
)
"""Under the name that the manifest in its module has; only a release's has others."""

BARMAN_SIDECAR = Image(
    reference="ghcr.io/cloudnative-pg/plugin-barman-cloud-sidecar-testing:main",
    files=(_PLUGIN,),
    system=_DATABASES,
    entrypoint=("/manager",),
    user="26:26",
)
"""What stands beside each instance: it needs Barman's programs, which the databases' own system has."""

TRAEFIK_IMAGE = Image(
    reference=f"docker.io/library/traefik:v{TRAEFIK}",
    files=(File(program="traefik", path="/usr/local/bin/traefik"),),
    entrypoint=("traefik",),
)

MINIO = Image(
    reference="quay.io/minio/minio:RELEASE.2026-02-12T20-18-48Z",
    files=(File(program="minio", path="/usr/bin/minio"),),
    entrypoint=("minio",),
    user="1000:1000",
)

IMAGES = (PAUSE, COREDNS, BUSYBOX, AGNHOST)
"""What every sandbox has."""

SERVICES = (
    *(_cert_manager(command) for command in ("controller", "webhook", "cainjector")),
    CLOUDNATIVE_PG_OPERATOR,
    POSTGRES,
    PGBOUNCER,
    TRAEFIK_IMAGE,
    MINIO,
)
"""What managed services need besides: half an hour of building, so only where they are asked for."""


@dataclass(frozen=True, kw_only=True)
class Extra:
    """What goes together.

    Attributes:
        manifests: the toolchain's names of files that its objects are made from.
    """

    images: tuple[Image, ...]
    manifests: tuple[str, ...] = ()


ON_DEMAND = {
    "postgres-17": Extra(images=(POSTGRES_NEWER,)),
    "plugin-barman-cloud": Extra(images=(BARMAN_PLUGIN, BARMAN_SIDECAR), manifests=("plugin-barman-cloud.yaml",)),
}
"""What `python -m sandbox image NAME` adds: large or slow to build, and only few want it."""


def references() -> frozenset[str]:
    """Return the names of all images that a sandbox may have."""
    extras = (image for extra in ON_DEMAND.values() for image in extra.images)
    return frozenset(image.reference for image in (*IMAGES, *SERVICES, *extras))
