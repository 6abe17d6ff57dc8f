"""The images, as data. A new one is one more row.

Every image holds only what its row names, over a skeleton that programs expect: `/tmp`, and users in `/etc/passwd`.
"""

from dataclasses import dataclass

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
class Image:
    """One image.

    Attributes:
        reference: upstream's own name and tag.
        user: `uid:gid` that its process has unless the pod says otherwise; empty: root.
        entrypoint: what always runs.
        command: its arguments unless the pod gives others.
    """

    reference: str
    files: tuple[File, ...]
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

IMAGES = (PAUSE, COREDNS, BUSYBOX, AGNHOST)
