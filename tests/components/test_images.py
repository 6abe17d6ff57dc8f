"""Images by digest where a tag's meaning must not change (I5, X16, X21), unless the platform makes its own images."""

from typing import Any

import pulumi
import pytest

from tests.builders import a_job, a_platform, a_tenant, an_app
from tests.recording import PLATFORM_OUTPUTS, deploy

TAG = "registry.example.com/shop/web:1.4.2"
PINNED = f"{TAG}@sha256:{'0' * 64}"
UNTAGGED = f"registry.example.com/shop/web@sha256:{'0' * 64}"


@pytest.fixture
def demanding(monkeypatch: pytest.MonkeyPatch) -> None:
    """A platform that says nothing of images, and so demands digests."""
    facts: Any = PLATFORM_OUTPUTS["facts"]
    monkeypatch.setitem(facts, "requireDigest", a_platform().images.require_digest)


def told(environment: str, path: str) -> str:
    return (
        f'stacks/Pulumi.acme-{environment}.yaml: paas:tenant.{path}.image: given "{TAG}", wanted an image with its '
        f"digest in environment {environment}, registry/name:tag@sha256:...; append the digest that "
        f"`docker buildx imagetools inspect {TAG}` prints"
    )


@pytest.mark.usefixtures("demanding")
@pytest.mark.parametrize("environment", ["staging", "prod"])
def test_a_tag_alone_is_refused_and_every_one_is_told(environment: str) -> None:
    apps = {"web": an_app(image=TAG), "api": an_app(image=PINNED), "old": an_app(image=TAG)}
    with pytest.raises(pulumi.RunError) as raised:
        deploy(a_tenant(environment=environment, apps=apps, jobs={"report": a_job(image=TAG)}))
    assert str(raised.value).splitlines() == [
        told(environment, path) for path in ("apps.web", "apps.old", "jobs.report")
    ]


@pytest.mark.usefixtures("demanding")
@pytest.mark.parametrize("image", [PINNED, UNTAGGED])
def test_a_digest_reaches_the_pods_as_it_is_written(image: str) -> None:
    made = deploy(a_tenant(apps={"web": an_app(image=image)}, jobs={"report": a_job(image=image)}))
    for kind in ("Deployment", "Job"):
        [container] = made.one(kind).spec["template"]["spec"]["containers"]
        assert container["image"] == image


@pytest.mark.usefixtures("demanding")
@pytest.mark.parametrize("environment", [{"environment": "dev"}, {"environment": "sandbox", "ttl": "1h"}])
def test_where_things_are_tried_out_a_tag_will_do(environment: dict[str, str]) -> None:
    deployment = deploy(a_tenant(apps={"web": an_app(image=TAG)}, **environment)).one("Deployment")
    assert deployment.spec["template"]["spec"]["containers"][0]["image"] == TAG


def test_a_platform_that_makes_its_own_images_takes_tags() -> None:
    deployment = deploy(a_tenant(apps={"web": an_app(image=TAG)})).one("Deployment")
    assert deployment.spec["template"]["spec"]["containers"][0]["image"] == TAG


@pytest.mark.parametrize("required", [True, False])
def test_tenants_learn_whether_the_platform_demands_digests(required: bool) -> None:
    outputs = deploy(a_platform(images={"requireDigest": required})).one("Platform").outputs
    assert outputs is not None
    assert outputs["facts"]["requireDigest"] is required
