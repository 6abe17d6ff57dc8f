"""Push images to a registry on loopback, only what it lacks (OCI distribution specification 1.1)."""

from pathlib import Path
from urllib.parse import urljoin

import urllib3

from sandbox.images.build import blobs
from sandbox.images.oci import MANIFEST, Blob, Layout
from sandbox.machine import SandboxError

UPSTREAM_HOSTS = ("docker.io", "ghcr.io", "quay.io", "registry.k8s.io")
"""Hosts whose images the loopback registry stands in for. It keeps each under `<host>/<name>`, so none collide."""


class Registry:
    """A registry reached by plain HTTP.

    Attributes:
        address: `host:port`.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._http = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(connect=5, read=120))

    def push(self, reference: str, manifest: Blob, layout: Layout) -> None:
        """Let `reference` mean `manifest` in the registry.

        Raises:
            SandboxError: it cannot be reached, or refused.
        """
        repository, _, tag = reference.rpartition(":")
        known = self._ask("HEAD", f"/v2/{repository}/manifests/{tag}", accept=(200, 404), headers={"Accept": MANIFEST})
        if known.headers.get("Docker-Content-Digest") == manifest.digest:
            return
        for blob in blobs(layout, manifest.digest):
            self._push_blob(repository, blob, layout.blob(blob.digest))
        self._ask(
            "PUT",
            f"/v2/{repository}/manifests/{tag}",
            accept=(201,),
            headers={"Content-Type": MANIFEST},
            body=layout.blob(manifest.digest).read_bytes(),
        )

    def _push_blob(self, repository: str, blob: Blob, content: Path) -> None:
        there = self._ask("HEAD", f"/v2/{repository}/blobs/{blob.digest}", accept=(200, 404))
        if there.status == 200:
            return
        upload = self._ask("POST", f"/v2/{repository}/blobs/uploads/", accept=(202,)).headers["Location"]
        target = urljoin(f"http://{self.address}", upload)
        with content.open("rb") as body:
            self._ask(
                "PUT",
                f"{target}{'&' if '?' in target else '?'}digest={blob.digest}",
                accept=(201,),
                headers={"Content-Type": "application/octet-stream", "Content-Length": str(blob.size)},
                body=body,
            )

    def _ask(
        self,
        method: str,
        where: str,
        *,
        accept: tuple[int, ...],
        headers: dict[str, str] | None = None,
        body: object = None,
    ) -> urllib3.BaseHTTPResponse:
        url = urljoin(f"http://{self.address}", where)
        fix = "`python -m sandbox up` starts and repairs the registry; its log is .sandbox/logs/registry.log"
        try:
            answer = self._http.request(method, url, headers=headers, body=body)  # type: ignore[arg-type]  # its own alias is private
        except urllib3.exceptions.HTTPError as error:
            raise SandboxError(f"the registry at {self.address} does not answer: {error}", fix) from error
        if answer.status not in accept:
            said = answer.data.decode(errors="replace")[:500]
            raise SandboxError(f"the registry answered {answer.status} to {method} {url}: {said}", fix)
        return answer
