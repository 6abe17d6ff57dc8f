"""A citizen of the protocol: its process, its handshake, its refusals."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import plugin_pb2
from pulumi.runtime.proto import provider_pb2 as pb

from sandbox.engine.kubernetes.values import UNKNOWN, decode, encode
from tests.sandbox.provider.builders import config_map
from tests.sandbox.provider.cluster import Cluster
from tests.sandbox.provider.conftest import Make
from tests.sandbox.provider.driving import Plugin, Refused, running, token_of, urn

pytestmark = pytest.mark.e2e


def test_the_first_line_is_the_port(plugin: Plugin) -> None:
    assert 0 < plugin.port < 65536


def test_start_up_is_fast() -> None:
    """Well under a second on an idle machine; the bound leaves room for a busy one."""
    began = time.process_time() + _children()
    with running():
        pass
    assert time.process_time() + _children() - began < 2


def _children() -> float:
    times = os.times()
    return times.children_user + times.children_system


def test_handshake(plugin: Plugin) -> None:
    answer = plugin.call("Handshake", pb.ProviderHandshakeRequest(engine_address="127.0.0.1:1"))
    assert answer.accept_secrets
    assert answer.supports_autonaming_configuration
    assert not answer.accept_resources
    assert not answer.accept_outputs


def test_the_version_is_that_of_the_sdk(plugin: Plugin) -> None:
    import pulumi_kubernetes  # noqa: PLC0415 (slow to import)

    installed = Path(pulumi_kubernetes.__file__).parent / "pulumi-plugin.json"
    info: plugin_pb2.PluginInfo = plugin.call("GetPluginInfo", Empty())
    assert f'"{info.version}"' in installed.read_text()


def test_schema_is_valid_json(plugin: Plugin) -> None:
    assert '"name": "kubernetes"' in plugin.call("GetSchema", pb.GetSchemaRequest()).schema


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_end_it_quietly(number: signal.Signals) -> None:
    with running() as mine:
        mine.process.send_signal(number)
        assert mine.process.wait(10) == 0


def test_it_does_not_outlive_its_parent(tmp_path: Path) -> None:
    starter = (
        "import subprocess, sys, time\n"
        "command = [sys.executable, '-m', 'sandbox.engine.kubernetes']\n"
        "plugin = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)\n"
        "port = plugin.stdout.readline()\n"
        "print(plugin.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", starter], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()
    until = time.monotonic() + 15
    while Path(f"/proc/{pid}").exists() and "Z" not in Path(f"/proc/{pid}/stat").read_text().split()[2]:
        assert time.monotonic() < until, "the plugin is still there"
        time.sleep(0.05)


def test_a_call_before_configure_is_refused() -> None:
    plugin = Plugin()
    try:
        with pytest.raises(Refused, match="before it was configured"):
            plugin.call("Create", pb.CreateRequest(urn=urn(token_of("v1", "ConfigMap"), "x")))
    finally:
        plugin.close()


def test_check_config_names_wrong_arguments(plugin: Plugin) -> None:
    request = pb.CheckRequest(urn=urn("pulumi:providers:kubernetes", "k"), news=encode({"contxt": "x"}))
    [failure] = plugin.call("CheckConfig", request).failures
    assert failure.property == "contxt"


def test_check_config_lets_unknowns_pass(plugin: Plugin) -> None:
    news = encode({"kubeconfig": UNKNOWN, "enablePatchForce": UNKNOWN, "kubeClientSettings": UNKNOWN})
    request = pb.CheckRequest(urn=urn("pulumi:providers:kubernetes", "k"), news=news)
    answer = plugin.call("CheckConfig", request)
    assert not answer.failures
    assert decode(answer.inputs).value["kubeconfig"] is UNKNOWN


def test_a_wrong_kubeconfig_is_an_error_of_configure() -> None:
    plugin = Plugin({"kubeconfig": "/does/not/exist"})
    try:
        with pytest.raises(Refused, match="/does/not/exist cannot be read"):
            plugin.configure()
    finally:
        plugin.close()


def test_client_settings_are_honoured(make: Make, namespace: str) -> None:
    with running({"kubeClientSettings": '{"qps": 5, "burst": 1}'}) as slow:
        began = time.monotonic()
        for name in ("a", "b", "c"):
            make(config_map(namespace, name), name, of=slow).up(config_map(namespace, name))
        assert time.monotonic() - began > 1, "six requests at five a second"


@pytest.mark.parametrize(
    ("method", "request_", "words"),
    [
        ("Invoke", pb.InvokeRequest(tok="kubernetes:helm:template"), "Helm charts"),
        ("Invoke", pb.InvokeRequest(tok="kubernetes:kustomize:directory"), "Kustomize"),
        ("Invoke", pb.InvokeRequest(tok="kubernetes:no:such"), "no function `kubernetes:no:such`"),
        ("Call", pb.CallRequest(tok="kubernetes:no:method"), "no method kubernetes:no:method"),
        (
            "Construct",
            pb.ConstructRequest(type="kubernetes:helm.sh/v4:Chart"),
            "no component kubernetes:helm.sh/v4:Chart",
        ),
        ("Parameterize", pb.ParameterizeRequest(), "no parameterized packages"),
    ],
    ids=["helm", "kustomize", "function", "method", "chart", "extension"],
)
def test_what_is_not_supported_is_named(plugin: Plugin, method: str, request_: object, words: str) -> None:
    with pytest.raises(Refused, match=words):
        plugin.call(method, request_)


def test_a_helm_release_is_refused_by_its_type(make: Make) -> None:
    release = make({"apiVersion": "v1", "kind": "x"}, token="kubernetes:helm.sh/v3:Release")
    with pytest.raises(Refused, match=r"does not manage kubernetes:helm\.sh/v3:Release"):
        release.check({"chart": "x"})


def test_a_list_kind_is_refused_with_the_way_on(make: Make) -> None:
    items = {"apiVersion": "v1", "kind": "ConfigMapList", "items": []}
    with pytest.raises(Refused, match="declare each item"):
        make(items).check(items)


def test_decode_reads_manifests(plugin: Plugin) -> None:
    args = encode({"text": "a: yes\n---\nb: 1\n"})
    answer = plugin.call("Invoke", pb.InvokeRequest(tok="kubernetes:yaml:decode", args=args))
    assert decode(getattr(answer, "return")).value == {"result": [{"a": "yes"}, {"b": 1}]}


def test_decode_puts_objects_into_the_default_namespace(plugin: Plugin) -> None:
    one = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}"
    other = "{apiVersion: v1, kind: Namespace, metadata: {name: b}}"
    text = f"{one}\n---\n{other}"
    args = encode({"text": text, "defaultNamespace": "shop"})
    answer = plugin.call("Invoke", pb.InvokeRequest(tok="kubernetes:yaml:decode", args=args))
    first, second = decode(getattr(answer, "return")).value["result"]
    assert first["metadata"] == {"name": "a", "namespace": "shop"}
    assert second["metadata"] == {"name": "b"}


def test_the_engines_autonaming_is_honoured(make: Make, namespace: str) -> None:
    options = pb.CheckRequest.AutonamingOptions(
        proposed_name="prod-thing", mode=pb.CheckRequest.AutonamingOptions.ENFORCE
    )
    checked = make(config_map(namespace)).check(config_map(namespace, None), autonaming=options)
    assert checked["metadata"]["name"] == "prod-thing"


def test_disabled_autonaming_is_a_failure_of_the_name(make: Make, namespace: str) -> None:
    options = pb.CheckRequest.AutonamingOptions(mode=pb.CheckRequest.AutonamingOptions.DISABLE)
    with pytest.raises(Refused, match="Automatic naming is disabled"):
        make(config_map(namespace)).check(config_map(namespace, None), autonaming=options)


def test_an_adopted_object_is_not_deleted_under_its_old_state(make: Make, apiserver: Cluster, namespace: str) -> None:
    """A state can hold an object twice after two crashes: as the new one, and as one that waits for its deletion."""
    with running() as mine:
        old = make(config_map(namespace), of=mine).up(config_map(namespace))
        make(config_map(namespace), of=mine).up(config_map(namespace))
        old.destroy()
        assert apiserver.get(config_map(namespace)) is not None
