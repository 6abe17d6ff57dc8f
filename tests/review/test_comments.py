"""Comments of what the real engine has said, word by word, and what holds for all of them."""

import re

import pytest

from review.assess import Assessment
from review.limits import FORGES, GITLAB, Forge, size
from review.markdown import comment
from tests.review.balance import unbalanced
from tests.review.comments import ABOUT, GOLDEN, assessed, comments, different, fleet
from tests.review.manifests import CANARY

COMMENTS = comments()


@pytest.mark.parametrize("name", COMMENTS)
def test_the_comment_is_the_golden_one(name: str) -> None:
    assert f"{COMMENTS[name]}\n" == (GOLDEN / f"{name}.md").read_text(), "python -m tests.review.comments"


def test_no_golden_file_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.glob("*.md")} == set(COMMENTS)


@pytest.mark.parametrize("name", COMMENTS)
def test_no_comment_has_a_secret_or_is_unbalanced(name: str) -> None:
    assert CANARY not in COMMENTS[name]
    assert unbalanced(COMMENTS[name]) == []


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("first", "🟩 Routine"),
        ("routine", "🟩 Routine"),
        ("nothing", "**0 stacks** · no change · 1 stack unchanged"),
        ("deletes", "PersistentVolumeClaim files\\: is deleted"),
        ("replaces", "! stringData.password: [secret] changes"),
        ("rbac", "Role robot\\: now also allows \\* \\*.\\*"),
        ("unknown", "+ data.v: [unknown]"),
        ("hostile", '+ data.level: "<img src=x onerror=alert(1)> | @everyone ```\\n</details> **bold**"'),
        ("pending", "Pending before this pull request, and not of it: <code>zeta&#45;dev</code> 1"),
        ("program", "RuntimeError: the file has no tenant"),
        ("unreachable", "does not answer"),
        ("refused", "🟥 Blocked: policies refuse"),
        ("fleet-same", "same in 37 stacks"),
        ("exposed", "Service front\\: is a LoadBalancer, reachable from outside the cluster"),
        ("exposed", "NetworkPolicy closed\\: now opens ingress from all namespaces on all ports"),
        ("security", "Deployment web\\: container web\\: privileged is True"),
        ("security", "Deployment web\\: pods use the node's hostNetwork"),
        ("image", "container web goes from version 1 to 2"),
        ("image", "container web names its image no longer by digest"),
        ("stopped", "replicas go to 0\\: nothing of it runs any more"),
        ("quota", "ResourceQuota bound\\: less than what runs under it asks for\\: requests.cpu"),
        ("renamed", "upsertExistingObjects"),
        ("binding", "RoleBinding who\\: now also gives ClusterRole view to Group oidc\\:everybody"),
        ("platform", "**every tenant** uses what changes in the platform's stack"),
        ("platform", "now also allows get secrets, list secrets"),
        ("leaks", "! data.url"),
        ("database", "Cluster main-2\\: takes the place of main, because of metadata.name\\: the database goes"),
        ("stateful", "StatefulSet store\\: is replaced, because of spec.serviceName\\: all its copies stop at once"),
        ("certificate", "Certificate front\\: another issuer signs it\\: spec.issuerRef.name"),
        ("certificate", "Certificate front\\: its key is made otherwise\\: spec.privateKey.algorithm"),
        ("crd", "CustomResourceDefinition widgets.review.example.com\\: is deleted\\: all objects of its kind go"),
        ("namespace", "Namespace zeta-dev--batch\\: is deleted\\: everything in it goes with it"),
        ("policy", "NetworkPolicy closed\\: is deleted\\: what it closes is open"),
        ("rollout", "its rollout needs 1 more pod, for which the quota has no room\\: requests.cpu"),
        ("names", "ConfigMap &#60;img src&#61;x onerror&#61;alert"),
        ("fleet-different", "✂️ Shortened to what fits here"),
        ("cancelled", "🟥 Blocked: no whole preview of 1 stack"),
        ("tenant", "Exceptions that stand"),
        ("tenant", "metadata.namespace is not known yet"),
    ],
)
def test_a_comment_says_what_a_reader_must_know(name: str, says: str) -> None:
    assert says in COMMENTS[name]


def test_the_same_in_many_stacks_is_told_once() -> None:
    assert COMMENTS["fleet-same"].count("spec.replicas: 3") == 1
    assert COMMENTS["fleet-refused"].count("<details>") == 1


@pytest.mark.parametrize("forge", FORGES.values(), ids=lambda forge: forge.name)
@pytest.mark.parametrize("found", [fleet("refused", 200), different(600)], ids=["refused", "different"])
def test_a_large_fleet_fits_every_forge(forge: Forge, found: Assessment) -> None:
    text = comment(found, ABOUT, forge)
    assert size(text) <= forge.comment
    assert unbalanced(text) == []


def test_what_does_not_fit_is_left_out_by_rule_and_said() -> None:
    found = different(600)
    whole, shortened = comment(found, ABOUT, GITLAB), comment(found, ABOUT)
    assert "Shortened" not in whole
    assert whole.count("@@ + create") == 600 + 2  # what is the same is told once
    assert "✂️ Shortened to what fits here" in shortened
    assert all(f"| <code>tenant{each:03}&#45;dev</code> | +1 |" in shortened for each in range(600))


@pytest.mark.parametrize("name", ["hostile", "names"])
def test_hostile_text_reaches_no_markup_outside_of_code(name: str) -> None:
    text = COMMENTS[name]
    outside = re.sub(r"^(`{3,})diff\n.*?^\1$", "", text, flags=re.DOTALL | re.MULTILINE)
    assert "<img" not in outside
    assert "@everyone" not in outside
    assert assessed(name).review.stacks[0].own
