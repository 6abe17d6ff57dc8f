"""An exception from a rule, from the stack file to the API server: for one object, and until its moment (row E2)."""

from collections.abc import Iterator
from typing import Any

import pytest

from policies.rules import BY_ID
from spec.labels import EXCEPTIONS
from tests.e2e.access.conftest import moment
from tests.e2e.access.hostile import good
from tests.e2e.access.live import owned
from tests.e2e.access.people import Answer, Person
from tests.e2e.scratch import Scratch, scratch, served
from tests.spec.bad_exceptions import an_exception
from tests.waiting import eventually

pytestmark = pytest.mark.e2e

PATIENCE = 60  # seconds; API servers renew their Leases every ten
SCOPE = {"kind": "Deployment", "name": "own"}


@pytest.fixture(scope="module")
def lenient(machine: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    """A tenant whose file lets one Deployment have an image from anywhere."""
    exceptions = {"vendor": an_exception(rule="I1", scope=SCOPE, until=moment(hours=1))}
    folder = tmp_path_factory.mktemp("lenient")
    apps = {"web": served()}
    with scratch(folder, name="lenient", environment="dev", tier="free", apps=apps, exceptions=exceptions) as found:
        found.stack.up()
        yield found


def post(lenient: Scratch, name: str = "own", **changes: Any) -> Answer:
    path, body = good("deployment", lenient.namespace)
    body["metadata"]["name"] = name
    body["spec"]["template"]["spec"]["containers"][0] |= {"image": "docker.io/library/busybox:1.36", **changes}
    return Person().ask("POST", path, owned(lenient.namespace, body))


def refused(answer: Answer, rule: str) -> bool:
    return answer.code == 403 and f"denied request: {rule}: {BY_ID[rule].title}" in answer.said


def say(lenient: Scratch, text: str) -> None:
    """Let the namespace say what its exceptions are, as a run of the stack would."""
    body = {"metadata": {"annotations": {EXCEPTIONS: text}}}
    assert Person().ask("PATCH", f"/api/v1/namespaces/{lenient.namespace}", body, dry=False).code == 200


def test_it_lets_one_object_break_one_rule(lenient: Scratch) -> None:
    answer = post(lenient)
    assert answer.code == 201, answer.said
    assert refused(post(lenient, name="other"), "I1"), "another object is not excused"
    assert refused(post(lenient, livenessProbe=None), "P3"), "nor is another rule"


@pytest.fixture
def excused(lenient: Scratch) -> Iterator[None]:
    """The namespace's own words, which excuse, before and afterwards."""
    own = Person().ask("GET", f"/api/v1/namespaces/{lenient.namespace}").body["metadata"]["annotations"][EXCEPTIONS]
    yield
    say(lenient, own)
    eventually(lambda: post(lenient).code == 201, PATIENCE, otherwise="not excused again")


@pytest.mark.usefixtures("excused")
def test_it_ends_at_its_moment_without_a_run_of_the_stack(lenient: Scratch) -> None:
    end = moment(seconds=12)
    say(lenient, f"{end} I1 Deployment/own")
    assert post(lenient).code == 201
    eventually(lambda: refused(post(lenient), "I1"), PATIENCE, otherwise="still excused")
    assert moment() >= end, "it stood until then"


@pytest.mark.usefixtures("excused")
@pytest.mark.parametrize(
    "text",
    ["", "I1 Deployment/own", "2999-01-01T00:00:00Z I1 Deployment/ow", "2999-01-01T00:00:00Z I11 Deployment/own"],
)
def test_words_that_excuse_nothing(lenient: Scratch, text: str) -> None:
    assert post(lenient).code == 201
    say(lenient, text)
    eventually(lambda: refused(post(lenient), "I1"), PATIENCE, otherwise="still excused")


def test_what_is_over_ends_the_run_with_its_place(lenient: Scratch) -> None:
    document = lenient.document()
    document["exceptions"]["vendor"]["until"] = moment(hours=-1)
    lenient.write(document)
    ran = lenient.stack.attempt("preview")
    assert ran.returncode != 0
    assert "paas:tenant.exceptions.vendor.until: given" in ran.stdout + ran.stderr
    assert "remove the exception, or have it decided anew; its ticket is SEC-1234" in ran.stdout + ran.stderr
