"""Provider arguments and kubeconfigs: typed, complete, and wrong ones named."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.engine.kubernetes.configuration import SWITCHES, ClientSettings, configuration, problems
from sandbox.engine.kubernetes.errors import InvalidInput
from sandbox.engine.kubernetes.identity import replaces_provider
from sandbox.engine.kubernetes.kubeconfig import ExecPlugin, ask, load
from sandbox.engine.kubernetes.manifests import documents, objects
from sandbox.engine.kubernetes.order import waves
from sandbox.engine.kubernetes.values import Object
from tests.sandbox.provider.builders import config_map, crd, custom


def written(server: str = "https://one:6443", /, **user: Any) -> str:
    return yaml.safe_dump(
        {
            "apiVersion": "v1",
            "clusters": [
                {"name": "c1", "cluster": {"server": server}},
                {"name": "c2", "cluster": {"server": "https://two:6443/", "insecure-skip-tls-verify": True}},
            ],
            "users": [{"name": "u1", "user": user}],
            "contexts": [
                {"name": "x1", "context": {"cluster": "c1", "user": "u1"}},
                {"name": "x2", "context": {"cluster": "c2", "user": "u1", "namespace": "shop"}},
            ],
            "current-context": "x1",
        }
    )


@pytest.mark.parametrize("key", sorted(set(SWITCHES) - {"enableServerSideApply", "strictMode"}))
@pytest.mark.parametrize(("said", "wanted"), [("true", True), (True, True), ("false", False), (False, False)])
def test_switches_are_read_as_text_and_as_truth(key: str, said: object, wanted: bool) -> None:
    name = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in key)
    assert getattr(configuration({key: said}, env={}), name) is wanted


def test_the_environment_stands_in_for_what_is_not_given() -> None:
    env = {"PULUMI_K8S_ENABLE_PATCH_FORCE": "true", "PULUMI_K8S_UPSERT_EXISTING_OBJECTS": "1"}
    found = configuration({"upsertExistingObjects": "false"}, env=env)
    assert (found.enable_patch_force, found.upsert_existing_objects) == (True, False)


def test_client_settings() -> None:
    settings = json.dumps({"qps": 5.5, "burst": 10, "timeout": 30})
    assert configuration({"kubeClientSettings": settings}, env={}).client == ClientSettings(5.5, 10, 30)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"kubeClientSettings": '{"speed": 1}'}, "has no `speed`"),
        ({"kubeClientSettings": '{"qps": "fast"}'}, "must be a number"),
        ({"kubeClientSettings": "fast"}, "must be a map"),
        ({"enablePatchForce": "maybe"}, "must be true or false"),
        ({"enableServerSideApply": "false"}, "server-side apply only"),
        ({"renderYamlToDirectory": "out"}, "rendering manifests"),
        ({"helmReleaseSettings": '{"timeout": 3}'}, "Helm releases"),
        ({"kubeconfg": "x"}, "no argument `kubeconfg`"),
        ({"strictMode": "true"}, "`kubeconfig` to be given explicitly"),
    ],
)
def test_wrong_arguments_are_named(args: Object, words: str) -> None:
    assert words in " ".join(problems(args, provider_name="k").values())
    with pytest.raises(InvalidInput):
        configuration(args, env={})


def test_right_arguments_have_no_problems() -> None:
    args = {"kubeconfig": "x", "context": "y", "strictMode": "true", "kubeClientSettings": '{"qps": 5}'}
    assert problems(args, provider_name="k") == {}


def test_strict_mode_forbids_the_default_provider() -> None:
    args = {"kubeconfig": "x", "context": "y", "strictMode": "true"}
    assert "default provider" in problems(args, provider_name="default_4_34_2")["strictMode"]


def test_a_kubeconfig_as_text_and_as_path(tmp_path: Path) -> None:
    (tmp_path / "config").write_text(written(token="t"))
    for given in (written(token="t"), str(tmp_path / "config")):
        found = load(given, env={})
        assert (found.server, found.credentials.token, found.namespace) == ("https://one:6443", "t", "default")


def test_context_and_cluster_choose() -> None:
    assert load(written(), context="x2", env={}).namespace == "shop"
    assert load(written(), context="x2", env={}).server == "https://two:6443"
    assert load(written(), cluster="c2", env={}).server == "https://two:6443"


def test_several_files_are_one(tmp_path: Path) -> None:
    (tmp_path / "one").write_text(written())
    (tmp_path / "two").write_text(
        yaml.safe_dump({"clusters": [], "contexts": [{"name": "x3", "context": {"cluster": "c2"}}]})
    )
    env = {"KUBECONFIG": f"{tmp_path}/one:{tmp_path}/missing:{tmp_path}/two"}
    assert load(None, context="x3", env=env).server == "https://two:6443"


def test_certificates_come_from_data_and_from_files_beside_it(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_bytes(b"KEY")
    data = base64.b64encode(b"CERT").decode()
    (tmp_path / "config").write_text(written(**{"client-certificate-data": data, "client-key": "key.pem"}))
    found = load(str(tmp_path / "config"), env={}).credentials
    assert (found.certificate, found.key) == (b"CERT", b"KEY")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("clusters: {", "is not YAML"),
        ("a: b\n", "is no kubeconfig"),
        (written().replace("current-context: x1", "current-context: nope"), "no context 'nope'; it has x1, x2"),
        (written(**{"client-key-data": "!"}), "is not base64"),
        (written(**{"auth-provider": {"name": "gcp"}}), "auth-provider 'gcp' was removed"),
        ("/does/not/exist", "cannot be read"),
    ],
)
def test_a_wrong_kubeconfig_is_named(text: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        load(text if "\n" in text or text.startswith("/") else text + "\n", env={})


def test_a_broken_kubeconfig_is_not_quoted() -> None:
    with pytest.raises(InvalidInput) as refused:
        load("token: very-secret\nclusters: {\n", env={})
    assert "very-secret" not in str(refused.value)


def test_no_kubeconfig_at_all_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="set KUBECONFIG"):
        load(None, env={"HOME": str(tmp_path)})


def test_an_exec_plugin_hands_out_a_token() -> None:
    said = '{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "abc"}}'
    assert ask(ExecPlugin("echo", (said,))).token == "abc"


@pytest.mark.parametrize(
    ("plugin", "words"),
    [
        (ExecPlugin("no-such-program"), "does not exist; install it"),
        (ExecPlugin("false"), "exited with 1"),
        (ExecPlugin("echo", ("hello",)), "did not print an ExecCredential"),
    ],
)
def test_an_exec_plugin_that_fails_is_named(plugin: ExecPlugin, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        ask(plugin)


@pytest.mark.parametrize(
    ("olds", "news", "wanted"),
    [
        ({"kubeconfig": written()}, {"kubeconfig": written("https://other:6443")}, ["kubeconfig"]),
        ({"kubeconfig": written()}, {"kubeconfig": written(token="new")}, []),
        ({"kubeconfig": written()}, {"kubeconfig": written(), "context": "x2"}, ["context"]),
        ({"clusterIdentifier": "a"}, {"clusterIdentifier": "b"}, ["clusterIdentifier"]),
        ({"clusterIdentifier": "a", "kubeconfig": written()}, {"clusterIdentifier": "a", "kubeconfig": "/x"}, []),
        ({"kubeconfig": "/gone"}, {"kubeconfig": written()}, []),
    ],
    ids=["server", "credentials", "context", "identifier", "identifier wins", "old one lost"],
)
def test_only_another_cluster_replaces_the_provider(olds: Object, news: Object, wanted: list[str]) -> None:
    assert replaces_provider(olds, news) == wanted


# --- manifests


def test_yaml_is_read_as_kubernetes_reads_it() -> None:
    [found] = documents("a: yes\nb: 2020-01-01\nc: true\nd: 1e3\ne: 0x10\nf: ~\n1: one\ng: 12:30\n", where="x")
    assert found == {
        "a": "yes",
        "b": "2020-01-01",
        "c": True,
        "d": 1000.0,
        "e": 16,
        "f": None,
        "1": "one",
        "g": "12:30",
    }


def test_empty_documents_are_skipped_and_lists_taken_apart() -> None:
    text = "---\n---\n" + yaml.safe_dump(
        {
            "apiVersion": "v1",
            "kind": "ConfigMapList",
            "items": [{"metadata": {"name": "a"}}, {"metadata": {"name": "b"}}],
        }
    )
    assert [(one["kind"], one["metadata"]["name"]) for one in objects(text, where="x")] == [
        ("ConfigMap", "a"),
        ("ConfigMap", "b"),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: [", "x is not YAML in line"),
        ("- a\n", "x holds a list"),
        ("metadata: {name: m}\n", r"x holds an object \(m\)"),
    ],
)
def test_a_wrong_manifest_is_named(text: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        objects(text, where="x")


def test_waves_put_definitions_and_namespaces_first() -> None:
    space: Object = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "demo"}}
    found = [custom("demo", "Gear"), config_map("demo"), space, crd("gears", "Gear")]
    assert [[one.index for one in wave] for wave in waves(found)] == [[2, 3], [0, 1]]


def depending(value: Object, on: str) -> Object:
    return {**value, "metadata": {**value["metadata"], "annotations": {"config.kubernetes.io/depends-on": on}}}


def test_waves_follow_depends_on() -> None:
    one, two = config_map("demo", "one"), config_map("demo", "two")
    found = [depending(one, "/namespaces/demo/ConfigMap/two"), two]
    assert [[each.index for each in wave] for wave in waves(found)] == [[1], [0]]


def test_a_circle_is_named() -> None:
    found = [
        depending(config_map("demo", "one"), "/namespaces/demo/ConfigMap/two"),
        depending(config_map("demo", "two"), "/namespaces/demo/ConfigMap/one"),
    ]
    with pytest.raises(InvalidInput, match="circle"):
        list(waves(found))


def test_a_dependency_that_is_not_there_is_named() -> None:
    with pytest.raises(InvalidInput, match="not in the same manifest"):
        list(waves([depending(config_map("demo"), "/namespaces/demo/ConfigMap/nope")]))
