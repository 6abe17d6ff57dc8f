"""The running cluster: what a pod may rely on, and that it comes back after every kind of kill."""

import json
import os
import signal
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import urllib3

from sandbox.images import AGNHOST, BUSYBOX, digest
from sandbox.machine.errors import CommandError
from tests.sandbox.cluster.running import Sandbox
from tests.waiting import eventually

pytestmark = pytest.mark.node

SERVICES = (
    "containerd",
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-proxy",
    "kube-scheduler",
    "kubelet",
    "local-path-provisioner",
    "registry",
)


def web(image: str = AGNHOST.reference, policy: str = "IfNotPresent", **pod: Any) -> dict[str, Any]:
    container = {
        "name": "web",
        "image": image,
        "imagePullPolicy": policy,
        "args": ["netexec", "--http-port=8080"],
        "readinessProbe": {"httpGet": {"path": "/healthz", "port": 8080}, "periodSeconds": 1},
        "securityContext": {"readOnlyRootFilesystem": True, "allowPrivilegeEscalation": False},
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web", "labels": {"app": "web"}},
        "spec": {
            "containers": [container],
            "securityContext": {"runAsNonRoot": True},
            "terminationGracePeriodSeconds": 0,
            **pod,
        },
    }


SERVICE = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "web"},
    "spec": {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": 8080}]},
}


def create(sandbox: Sandbox, namespace: str, *objects: dict[str, Any]) -> None:
    given = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})
    sandbox.kubectl.run(["-n", namespace, "create", "-f", "-"], input=given)


def wait(sandbox: Sandbox, namespace: str, what: str, condition: str, timeout: int = 60) -> None:
    sandbox.kubectl.run(
        ["-n", namespace, "wait", what, f"--for={condition}", f"--timeout={timeout}s"], timeout=timeout + 10
    )


def fetch(url: str) -> str:
    with urllib3.PoolManager(retries=urllib3.Retry(10, backoff_factor=0.1), timeout=5) as http:
        return http.request("GET", url).data.decode()


def test_a_pod_answers_by_service_address_and_by_name(sandbox: Sandbox, namespace: str) -> None:
    create(sandbox, namespace, web(), SERVICE)
    wait(sandbox, namespace, "pod/web", "condition=Ready")
    address = sandbox.kubectl.get("-n", namespace, "service", "web")["spec"]["clusterIP"]
    assert fetch(f"http://{address}/hostname") == "web"
    name = f"web.{namespace}.svc.cluster.local"
    through = json.loads(fetch(f"http://{address}/dial?host={name}&port=80&request=hostname&protocol=http"))
    assert through == {"responses": ["web"]}
    nowhere = fetch(f"http://{address}/dial?host=no{name}&port=80&request=hostname&protocol=http")
    assert "no such host" in nowhere


def test_logs_and_exec_reach_the_pod(sandbox: Sandbox, namespace: str) -> None:
    create(sandbox, namespace, web())
    wait(sandbox, namespace, "pod/web", "condition=Ready")
    assert "healthz" in sandbox.kubectl.run(["-n", namespace, "logs", "web"])
    assert "netexec" in sandbox.kubectl.run(["-n", namespace, "exec", "web", "--", "/agnhost", "--help"])


def test_images_are_pulled_by_tag_and_by_digest(sandbox: Sandbox, namespace: str) -> None:
    create(sandbox, namespace, web(f"{AGNHOST.reference}@{digest(AGNHOST.reference)}", policy="Always"))
    wait(sandbox, namespace, "pod/web", "condition=Ready")
    status = sandbox.kubectl.get("-n", namespace, "pod", "web")["status"]["containerStatuses"][0]
    assert status["imageID"].endswith(digest(AGNHOST.reference))


def test_always_pulls_again_and_a_missing_image_is_told(sandbox: Sandbox, namespace: str) -> None:
    create(sandbox, namespace, web(policy="Always"))
    wait(sandbox, namespace, "pod/web", "condition=Ready")
    events = sandbox.kubectl.get("-n", namespace, "events", "--field-selector=reason=Pulled")["items"]
    assert any("Successfully pulled image" in event["message"] for event in events)
    missing = web("registry.k8s.io/nothing:1") | {"metadata": {"name": "missing"}}
    create(sandbox, namespace, missing)
    wait(sandbox, namespace, "pod/missing", "jsonpath={.status.containerStatuses[0].state.waiting.reason}=ErrImagePull")


def keeper(command: str) -> dict[str, Any]:
    container = {
        "name": "keeper",
        "image": BUSYBOX.reference,
        "command": ["sh", "-c", command],
        "volumeMounts": [{"name": "data", "mountPath": "/data"}],
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": f"keeper-{uuid.uuid4().hex[:6]}"},
        "spec": {
            "containers": [container],
            "restartPolicy": "Never",
            "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}],
        },
    }


CLAIM = {
    "apiVersion": "v1",
    "kind": "PersistentVolumeClaim",
    "metadata": {"name": "data"},
    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}},
}


def test_a_volume_keeps_its_data_and_goes_with_its_claim(sandbox: Sandbox, namespace: str) -> None:
    writes, reads = keeper("echo kept > /data/file"), keeper("grep -q kept /data/file")
    create(sandbox, namespace, CLAIM, writes)
    wait(sandbox, namespace, f"pod/{writes['metadata']['name']}", "jsonpath={.status.phase}=Succeeded")
    create(sandbox, namespace, reads)
    wait(sandbox, namespace, f"pod/{reads['metadata']['name']}", "jsonpath={.status.phase}=Succeeded")
    volume = sandbox.kubectl.get("-n", namespace, "pvc", "data")["spec"]["volumeName"]
    sandbox.kubectl.run(["-n", namespace, "delete", "pods", "--all", "--now"])
    sandbox.kubectl.run(["-n", namespace, "delete", "pvc", "data"])
    sandbox.kubectl.run(["wait", f"pv/{volume}", "--for=delete", "--timeout=60s"], timeout=70)
    assert not list((sandbox.layout.data / "volumes").glob(f"{volume}*"))


def test_network_policy_is_said_not_to_be_enforced(sandbox: Sandbox) -> None:
    assert sandbox.status().as_dict()["networkPolicy"] == "not enforced"


def test_audit_log_tells_who_wrote_what_but_no_secrets(sandbox: Sandbox, namespace: str) -> None:
    mark = uuid.uuid4().hex
    sandbox.kubectl.run(["-n", namespace, "create", "secret", "generic", "s", f"--from-literal=key={mark}"])
    sandbox.kubectl.run(["-n", namespace, "create", "configmap", "c", f"--from-literal=key={mark}"])
    sandbox.kubectl.run(["-n", namespace, "create", "quota", "q", "--hard=pods=7"])

    def told() -> dict[str, dict[str, Any]]:
        lines = (sandbox.layout.logs / "audit.log").read_text().splitlines()
        events = [json.loads(line) for line in lines if namespace in line]
        return {
            event["objectRef"]["resource"]: event
            for event in events
            if event["verb"] == "create" and event["user"]["username"] == "kubernetes-admin"
        }

    eventually(lambda: {"secrets", "configmaps", "resourcequotas"} <= told().keys())
    assert told()["resourcequotas"]["requestObject"]["spec"]["hard"] == {"pods": "7"}
    assert mark not in (sandbox.layout.logs / "audit.log").read_text()


@contextmanager
def simulated(sandbox: Sandbox, count: int) -> Iterator[None]:
    """Have simulated nodes, and afterwards as many as before."""
    before = sum(node.kind == "simulated" for node in sandbox.status().nodes)
    sandbox.up(simulated=count)
    try:
        yield
    finally:
        sandbox.up(simulated=before)


def test_simulated_nodes_run_what_asks_for_them_and_nothing_else(sandbox: Sandbox, namespace: str) -> None:
    there: dict[str, Any] = {
        "nodeSelector": {"paas.sandbox/kind": "simulated"},
        "tolerations": [{"key": "kwok.x-k8s.io/node", "operator": "Exists"}],
    }
    job = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "job"},
        "spec": {"template": {"spec": web(**there)["spec"] | {"restartPolicy": "Never"}}},
    }
    unasked = web() | {"metadata": {"name": "unasked", "labels": {"app": "unasked"}}}
    volume: dict[str, Any] = {"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]}
    with simulated(sandbox, 2):
        create(sandbox, namespace, web("nowhere.example/x:1", **there, **volume), CLAIM, job, unasked)
        wait(sandbox, namespace, "pod/web", "condition=Ready")
        wait(sandbox, namespace, "job/job", "condition=Complete")
        wait(sandbox, namespace, "pod/unasked", "condition=Ready")
        assert [node.kind for node in sandbox.status().nodes].count("simulated") == 2
        placed = {
            pod["metadata"]["name"]: pod["spec"]["nodeName"]
            for pod in sandbox.kubectl.get("-n", namespace, "pods")["items"]
        }
        assert placed["web"].startswith("simulated-")
        assert placed["unasked"] == "sandbox"
        sandbox.kubectl.run(["-n", namespace, "delete", "pod", "web", "--timeout=20s"])


def test_simulated_pods_keep_their_finalizers(sandbox: Sandbox, namespace: str) -> None:
    held = web(
        "nowhere.example/x:1", nodeSelector={"paas.sandbox/kind": "simulated"}, tolerations=[{"operator": "Exists"}]
    )
    held["metadata"]["finalizers"] = ["test/held"]
    with simulated(sandbox, 1):
        create(sandbox, namespace, held)
        wait(sandbox, namespace, "pod/web", "condition=Ready")
        with pytest.raises(CommandError, match="timed out"):
            sandbox.kubectl.run(["-n", namespace, "delete", "pod", "web", "--timeout=3s"])
        sandbox.kubectl.run(
            ["-n", namespace, "patch", "pod", "web", "--type=merge", '-p={"metadata":{"finalizers":null}}']
        )
        wait(sandbox, namespace, "pod/web", "delete")


def test_a_second_up_starts_nothing(sandbox: Sandbox) -> None:
    before = sandbox.status().services
    sandbox.up(simulated=sum(node.kind == "simulated" for node in sandbox.status().nodes))
    assert sandbox.status().services == before


@pytest.mark.parametrize("name", SERVICES)
def test_a_killed_service_is_well_again_after_up(sandbox: Sandbox, name: str) -> None:
    before = {state.name: state for state in sandbox.status().services}
    os.kill(before[name].pid, signal.SIGKILL)
    sandbox.up(simulated=sum(node.kind == "simulated" for node in sandbox.status().nodes))
    now = sandbox.status()
    assert now.up
    eventually(lambda: all(state.state == "RUNNING" for state in sandbox.status().services))
    assert {state.name: state for state in sandbox.status().services}[name].pid != before[name].pid


def test_a_deleted_kubeconfig_is_written_again(sandbox: Sandbox) -> None:
    text = sandbox.layout.kubeconfig.read_text()
    sandbox.layout.kubeconfig.unlink()
    assert "gone" in sandbox.status().problem
    sandbox.up(simulated=0)
    assert sandbox.layout.kubeconfig.read_text() == text


def test_an_own_kubeconfig_is_used_and_nothing_is_started(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "config"
    own.write_text(sandbox.layout.kubeconfig.read_text())
    monkeypatch.setenv("KUBECONFIG", str(own))
    before = sandbox.status()
    assert (before.source, before.up, before.services) == ("kubeconfig", True, ())
    sandbox.up()
    assert f"KUBECONFIG={own}: using that cluster" in capsys.readouterr().err


def test_an_old_kubeconfig_is_told(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "config"
    own.write_text(sandbox.layout.kubeconfig.read_text().replace(":6443", ":6449"))
    monkeypatch.setenv("KUBECONFIG", str(own))
    with pytest.raises(Exception, match="refuses or does not answer") as caught:
        sandbox.up()
    assert "unset KUBECONFIG" in str(caught.value)
