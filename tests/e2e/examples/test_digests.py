"""Images by digest (I5, X21): a platform that demands them refuses a tag at preview, and runs what has one."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.images import AGNHOST, digest
from tests.builders import a_job, a_tenant_document
from tests.e2e.scratch import Scratch, scratch, served
from tests.e2e.stacks import Stack, kubectl, standing

pytestmark = [pytest.mark.e2e, pytest.mark.node]

TAG = AGNHOST.reference
TENANT = {"name": "pinned", "tier": "free"}
URN = "urn:pulumi:platform::paas::pulumi:pulumi:Stack::paas-platform"


@pytest.fixture
def tenant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scratch]:
    """A tenant in production with images by tag, in a backend whose platform says nothing of images but the default."""
    facts = standing("platform").outputs()["facts"] | {"requireDigest": True}
    backend = tmp_path / "state"
    backend.mkdir()
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{backend}?metadata=skip")
    folder = tmp_path / "program"
    folder.mkdir()
    with scratch(folder, **TENANT, apps={"web": served(image=TAG)}, jobs={"once": a_job(image=TAG)}) as found:
        platform = Stack("platform", root=found.stack.root)
        platform.init()
        root = {"urn": URN, "custom": False, "type": "pulumi:pulumi:Stack", "outputs": {"facts": facts}}
        state = tmp_path / "platform.json"
        state.write_text(json.dumps({"version": 3, "deployment": {"resources": [root]}}))
        platform.run("stack", "import", "--file", str(state))
        yield found


def test_a_tag_is_refused_before_anything_is_made_and_a_digest_runs(tenant: Scratch) -> None:
    refused = tenant.stack.attempt("preview")
    assert refused.returncode != 0
    for path in ("apps.web", "jobs.once"):
        assert (
            f'stacks/Pulumi.pinned-prod.yaml: paas:tenant.{path}.image: given "{TAG}", wanted an image with its '
            "digest in environment prod, registry/name:tag@sha256:...; append the digest that "
            f"`docker buildx imagetools inspect {TAG}` prints"
        ) in refused.stdout
    assert kubectl("get", "namespace", tenant.namespace, "--ignore-not-found") == ""

    pinned = f"{TAG}@{digest(TAG)}"
    tenant.write(a_tenant_document(**TENANT, apps=None, jobs={"once": a_job(image=pinned, args=["help"])}))
    tenant.stack.up()
    [pod] = json.loads(kubectl("get", "pods", "-n", tenant.namespace, "-o", "json"))["items"]
    assert pod["status"]["phase"] == "Succeeded"
    assert pod["spec"]["containers"][0]["image"] == pinned
    assert pod["status"]["containerStatuses"][0]["imageID"].endswith(digest(TAG))
