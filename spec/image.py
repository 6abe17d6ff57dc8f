"""References of images, taken apart as the container runtime does."""

from dataclasses import dataclass
from typing import Final

DOCKER_HUB: Final = "docker.io"


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A reference in its parts.

    Attributes:
        registry: host and port; Docker Hub where it says none.
        repository: with the registry in front.
    """

    registry: str
    repository: str
    tag: str | None
    digest: str | None


def parse(text: str) -> Reference:
    """Return the parts of `registry:port/path:tag@digest`."""
    name, _, digest = text.partition("@")
    host, slash, rest = name.partition("/")
    explicit = bool(slash) and ("." in host or ":" in host or host == "localhost")
    registry, path = (host, rest) if explicit else (DOCKER_HUB, name)
    path, _, tag = path.partition(":")
    return Reference(registry=registry, repository=f"{registry}/{path}", tag=tag or None, digest=digest or None)
