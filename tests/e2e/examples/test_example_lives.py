"""The example tenants beside the first one: each is brought up, stays as it is, goes without a trace, and comes again.

U8: a sandbox's environment leaves nothing. C3: decommissioning has zero leftovers.
"""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import spec
from spec import TenantSpec, plan
from spec.labels import labels
from tests import examples
from tests.e2e import reach
from tests.e2e.examples.objects import differences, golden, live
from tests.e2e.leftovers import labelled, volumes
from tests.e2e.pods import keeping, pod
from tests.e2e.stacks import Stack, kubectl, standing

pytestmark = pytest.mark.e2e

NAMES = ("globex-dev", "initech-prod", "sandbox-pr-123")

RUNNING = ("/apis/apps/v1/deployments", "/apis/batch/v1/jobs", "/apis/batch/v1/cronjobs")
CONFINING = ("/api/v1/resourcequotas", "/api/v1/limitranges", "/apis/networking.k8s.io/v1/networkpolicies")


def of(name: str) -> TenantSpec:
    found = spec.load(name, examples.config(name))
    assert isinstance(found, TenantSpec)
    return found


@pytest.fixture(scope="module")
def stacks() -> Iterator[dict[str, Stack]]:
    """All of them, up; they share nothing, so they come up together."""
    found = {name: Stack(name) for name in NAMES}
    for stack in found.values():
        stack.init()
    with ThreadPoolExecutor() as pool:
        list(pool.map(Stack.up, found.values()))
        yield found
        list(pool.map(Stack.destroy, found.values()))


@pytest.mark.parametrize("name", NAMES)
def test_a_second_up_a_refresh_and_a_preview_change_nothing(stacks: dict[str, Stack], name: str) -> None:
    stacks[name].up("--expect-no-changes")
    stacks[name].run("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    stacks[name].run("preview", "--expect-no-changes")


@pytest.mark.parametrize("name", NAMES)
def test_its_objects_are_those_of_the_golden_file(stacks: dict[str, Stack], name: str) -> None:
    assert list(differences(golden(name), live(stacks[name]))) == []


@pytest.mark.node
@pytest.mark.parametrize("name", NAMES)
def test_its_apps_answer_and_its_jobs_ran(stacks: dict[str, Stack], name: str) -> None:
    tenant = of(name)
    home = stacks[name].outputs()["namespaces"][0]
    for app in tenant.apps:
        path = f"/api/v1/namespaces/{home}/services/{app}:http/proxy/hostname"
        assert kubectl("get", "--raw", path).startswith(f"{app}-")
    once = [plan.job_name(key, job) for key, job in tenant.jobs.items() if not job.schedule]
    for job in once:
        assert kubectl("get", "job", job, "-n", home, "-o", "jsonpath={.status.succeeded}") == "1"


def test_nobody_reaches_more_or_less_than_the_files_say(stacks: dict[str, Stack], tmp_path: Path) -> None:
    """O6, U5: all example tenants together. `test_reachability` has the ways to break it."""
    standing("acme-prod")
    tenants = [of(name) for name in (*stacks, "acme-prod")]
    wanted = plan.matrix(tenants, Stack("platform").outputs()["facts"]["networks"])
    assert reach.faults(reach.exported(tenants), wanted, tmp_path) == []


@pytest.mark.node
def test_destroy_goes_in_order_and_leaves_nothing_and_up_makes_it_again(stacks: dict[str, Stack]) -> None:
    before = {name: labelled(of(name)) for name in NAMES}
    a_volume_of_its_own("sandbox-pr-123")
    since = now()
    with ThreadPoolExecutor() as pool:
        list(pool.map(Stack.destroy, stacks.values()))
    ends = {path: ended(path, since) for path in (*RUNNING, *CONFINING)}
    closed = closing(since)
    for name, stack in stacks.items():
        assert stack.resources() == []
        assert labelled(of(name)) == set()
        for space in plan.spaces(of(name)):
            assert f"namespace/{space.name}" in before[name]
            assert kubectl("get", "namespace", space.name, "--ignore-not-found") == ""
            assert volumes(space.name) == []
            for path in RUNNING:
                assert all(end < closed[space.name] for end in ends[path].get(space.name, [])), path
            for path in CONFINING:
                assert all(end > closed[space.name] for end in ends[path][space.name]), path
    with ThreadPoolExecutor() as pool:
        list(pool.map(Stack.up, stacks.values()))
    for name in NAMES:
        lasting = {each for each in before[name] if not each.startswith(("pod/", "endpoint", "replicaset"))}
        assert lasting <= labelled(of(name))


def now() -> str:
    version: str = json.loads(kubectl("get", "--raw", "/api/v1/namespaces?limit=1"))["metadata"]["resourceVersion"]
    return version


def history(path: str, since: str) -> Iterator[dict[str, Any]]:
    """Yield what happened to objects of one kind after `since`, from the API server's own memory."""
    told = kubectl("get", "--raw", f"{path}?watch=1&resourceVersion={since}&timeoutSeconds=1")
    return (json.loads(line) for line in told.splitlines())


def ended(path: str, since: str) -> dict[str, list[int]]:
    """Return when (resource version) objects of a kind ended, by namespace."""
    found: dict[str, list[int]] = {}
    for event in history(path, since):
        if event["type"] == "DELETED":
            metadata = event["object"]["metadata"]
            found.setdefault(metadata["namespace"], []).append(int(metadata["resourceVersion"]))
    return found


def closing(since: str) -> dict[str, int]:
    """Return when each namespace began to refuse new objects."""
    found: dict[str, int] = {}
    for event in history("/api/v1/namespaces", since):
        metadata = event["object"]["metadata"]
        if "deletionTimestamp" in metadata:
            found.setdefault(metadata["name"], int(metadata["resourceVersion"]))
    return found


def a_volume_of_its_own(namespace: str) -> None:
    """Claim a volume in the tenant's name, of the class whose data may go, and use it."""
    own = labels(of(namespace))
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data", "labels": own},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": "paas-scratch",
            "resources": {"requests": {"storage": "10Mi"}},
        },
    }
    objects = [claim, keeping(pod("writer", "pause", labels=own), "data")]
    kubectl(
        "apply", "-n", namespace, "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
    )
    kubectl("wait", "-n", namespace, "pod/writer", "--for=condition=Ready", "--timeout=60s")
    assert volumes(namespace)
