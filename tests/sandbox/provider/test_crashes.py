"""SIGKILL of engine, plugin or language host at any moment: `pulumi cancel`, `pulumi up`, and all is well."""

import os
import signal
import time
from pathlib import Path

import pytest

from sandbox.engine.kubernetes.values import Object
from tests.sandbox.engine.workspace import Workspace
from tests.sandbox.provider.cluster import Cluster

pytestmark = pytest.mark.e2e

COUNT = 12
PROGRAM = """
import pulumi
import pulumi_kubernetes as k8s

opts = pulumi.ResourceOptions(provider=k8s.Provider("k"))
space = k8s.core.v1.Namespace("space", metadata={{"name": "{namespace}"}}, opts=opts)
for number in range({count}):
    metadata = {{"namespace": space.metadata.name}} | ({{"name": f"named-{{number}}"}} if number % 2 else {{}})
    k8s.core.v1.ConfigMap(f"map-{{number}}", metadata=metadata, data={{"number": str(number)}}, opts=opts)
"""
MOMENTS = [
    ("engine", 0),
    ("engine", 1),
    ("engine", 4),
    ("engine", 9),
    ("plugin", 0),
    ("plugin", 1),
    ("plugin", 6),
    ("language host", 0),
    ("language host", 3),
    ("language host", 8),
]
MARKS = {"plugin": "engine.kubernetes", "language host": "pulumi-language-python-exec"}


def descendants(pid: int) -> list[int]:
    children = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended meanwhile
        if int(fields[1]) == pid:
            children.append(int(status.parent.name))
    return children + [grandchild for child in children for grandchild in descendants(child)]


def find(pid: int, victim: str) -> int | None:
    if victim == "engine":
        return pid
    for child in descendants(pid):
        try:
            words = Path(f"/proc/{child}/cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if MARKS[victim] in words:
            return child
    return None


def maps(apiserver: Cluster, namespace: str) -> list[Object]:
    found = apiserver.list("v1", "ConfigMap", namespace)
    return [one for one in found if one["metadata"]["name"] != "kube-root-ca.crt"]


@pytest.mark.parametrize(("victim", "objects"), MOMENTS, ids=[f"{victim} at {count}" for victim, count in MOMENTS])
def test_a_rerun_converges(project: Workspace, apiserver: Cluster, namespace: str, victim: str, objects: int) -> None:
    space = f"{namespace}-crash"
    project.program(PROGRAM.format(namespace=space, count=COUNT))
    with project.start("up", "--yes", "--skip-preview") as running:
        while running.poll() is None and len(maps(apiserver, space)) < objects:
            time.sleep(0.001)
        target = None
        while running.poll() is None and target is None:
            target = find(running.pid, victim)
        assert target is not None, "it was over before it could be killed"
        os.kill(target, signal.SIGKILL)
        running.communicate(timeout=60)
    project.attempt("cancel", "--yes")  # the lock of a killed engine
    project.up()
    in_state = {one["id"] for one in project.state()["resources"] if one["type"] == "kubernetes:core/v1:ConfigMap"}
    in_cluster = {f"{space}/{one['metadata']['name']}" for one in maps(apiserver, space)}
    assert len(in_cluster) == COUNT
    assert in_cluster == in_state
    assert "unchanged" in project.up("--expect-no-changes")
    apiserver.delete({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": space}})
