"""The plugin under the real engine: the SDK's shapes, components, imports, interruptions."""

import re
import signal
import time

import pytest

from sandbox.engine.kubernetes.values import get
from tests.sandbox.engine.workspace import Workspace
from tests.sandbox.provider.builders import config_map, crd, custom, deployment
from tests.sandbox.provider.cluster import Cluster

pytestmark = pytest.mark.e2e

HEAD = """
import pulumi
import pulumi_kubernetes as k8s

provider = k8s.Provider("k", {arguments})
opts = pulumi.ResourceOptions(provider=provider)
components = pulumi.ResourceOptions(providers={{"kubernetes": provider}})
"""


def program(project: Workspace, body: str, arguments: str = "") -> None:
    project.program(HEAD.format(arguments=arguments) + body)


def test_up_preview_refresh_destroy(project: Workspace, apiserver: Cluster, namespace: str) -> None:
    program(
        project,
        f"""
made = k8s.core.v1.ConfigMap("settings", metadata={{"namespace": "{namespace}"}}, data={{"a": "b"}}, opts=opts)
place = {{"namespace": "{namespace}"}}
secret = k8s.core.v1.Secret("keys", metadata=place, string_data={{"p": "sesame-open"}}, opts=opts)
pulumi.export("name", made.metadata.name)
pulumi.export("data", secret.data)
""",
    )
    assert "2 created" not in project.run("preview")
    assert "+ 4 created" in project.up()
    assert re.fullmatch(r"settings-[0-9a-f]{8}", project.outputs()["name"])
    assert project.outputs()["data"] == {"p": "c2VzYW1lLW9wZW4="}
    assert "sesame-open" not in str(project.state())
    assert "c2VzYW1lLW9wZW4=" not in str(project.state())
    assert "4 unchanged" in project.up("--expect-no-changes")
    project.run("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    assert "- 4 deleted" in project.run("destroy", "--yes", "--skip-preview")


def test_a_preview_shows_a_detailed_diff(project: Workspace, namespace: str) -> None:
    body = """
k8s.core.v1.ConfigMap("settings", metadata={{"namespace": "{0}", "name": "s", "labels": {{"tier": "{1}"}}}}, opts=opts)
"""
    program(project, body.format(namespace, "one"))
    project.up()
    program(project, body.format(namespace, "two"))
    events = project.read("preview", "--json")
    [step] = [one for one in events["steps"] if one["op"] == "update"]
    assert step["detailedDiff"] == {"metadata.labels.tier": {"kind": "update", "inputDiff": True}}
    project.run("destroy", "--yes", "--skip-preview")


def test_an_import_in_the_program(project: Workspace, apiserver: Cluster, namespace: str) -> None:
    apiserver.make(config_map(namespace))
    program(
        project,
        f"""
place = {{"namespace": "{namespace}", "name": "settings"}}
k8s.core.v1.ConfigMap("settings", metadata=place, data={{"colour": "blue"}},
    opts=pulumi.ResourceOptions(provider=provider, import_="{namespace}/settings"))
""",
    )
    assert "1 imported" in project.up()
    assert "unchanged" in project.up("--expect-no-changes")


def test_get_reads_an_object(project: Workspace, apiserver: Cluster, namespace: str) -> None:
    apiserver.make(config_map(namespace))
    program(
        project,
        f"""
found = k8s.core.v1.ConfigMap.get("settings", "{namespace}/settings", opts=opts)
pulumi.export("colour", found.data["colour"])
""",
    )
    project.up()
    assert project.outputs() == {"colour": "blue"}


def test_config_group_makes_crds_and_namespaces_first(project: Workspace, apiserver: Cluster, namespace: str) -> None:
    definition = crd(f"knobs{namespace[-4:]}", f"Knob{namespace[-4:]}")
    thing = custom(f"{namespace}-in", definition["spec"]["names"]["kind"])
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": f"{namespace}-in"}}
    items = {"apiVersion": "v1", "kind": "List", "items": [config_map(f"{namespace}-in")]}
    program(
        project,
        f"""
import json
group = k8s.yaml.v2.ConfigGroup("all", objs={[thing, items, space, definition]!r}, opts=components)
pulumi.export("count", group.resources.apply(len))
""",
    )
    project.run("preview")
    project.up()
    names = [one["urn"].rpartition("::")[2] for one in project.state()["resources"]]
    assert f"all:{namespace}-in/settings" in names
    assert f"all:{namespace}-in/mine" in names
    assert project.outputs()["count"] == 4
    assert "unchanged" in project.up("--expect-no-changes")
    project.run("destroy", "--yes", "--skip-preview")


def test_config_files_of_both_generations(project: Workspace, apiserver: Cluster, namespace: str) -> None:
    (project.folder / "one.yaml").write_text(
        f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: one, namespace: {namespace}}}\ndata: {{a: 'yes'}}\n---\n"
    )
    (project.folder / "two.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMapList\nitems:\n"
        f"- metadata: {{name: two, namespace: {namespace}}}\n  data: {{day: 2020-01-01}}\n"
    )
    program(
        project,
        """
k8s.yaml.ConfigFile("old", file="one.yaml", opts=pulumi.ResourceOptions(providers={"kubernetes": provider}))
k8s.yaml.v2.ConfigFile("new", file="two.yaml", opts=components)
""",
    )
    project.up()
    assert get(apiserver.get(config_map(namespace, "one")), "data") == {"a": "yes"}
    assert get(apiserver.get(config_map(namespace, "two")), "data") == {"day": "2020-01-01"}
    project.run("destroy", "--yes", "--skip-preview")


def test_a_helm_chart_is_refused_by_name(project: Workspace) -> None:
    program(project, """k8s.helm.v4.Chart("x", chart="./nothing", opts=components)""")
    ran = project.attempt("up", "--yes", "--skip-preview")
    assert ran.code != 0
    assert "no component kubernetes:helm.sh/v4:Chart" in ran.output


def test_a_patch_class(project: Workspace, apiserver: Cluster, namespace: str) -> None:
    apiserver.make(config_map(namespace))
    program(
        project,
        f"""
place = {{"namespace": "{namespace}", "name": "settings"}}
k8s.core.v1.ConfigMapPatch("more", metadata=place, data={{"more": "1"}}, opts=opts)
""",
    )
    project.up()
    assert get(apiserver.get(config_map(namespace)), "data") == {"colour": "blue", "more": "1"}
    project.run("destroy", "--yes", "--skip-preview")
    assert get(apiserver.get(config_map(namespace)), "data") == {"colour": "blue"}


def test_ctrl_c_keeps_what_was_being_awaited(project: Workspace, apiserver: Cluster, namespace: str) -> None:
    program(
        project,
        f"""
place = {{"namespace": "{namespace}", "name": "web"}}
k8s.apps.v1.Deployment("web", metadata=place, spec={deployment(namespace)["spec"]!r}, opts=opts)
""",
    )
    with project.start("up", "--yes", "--skip-preview") as running:
        apiserver.wait(lambda: apiserver.get(deployment(namespace)), "the Deployment", 60)
        running.send_signal(signal.SIGINT)
        began = time.monotonic()
        running.communicate(timeout=60)
    assert running.returncode != 0
    assert time.monotonic() - began < 20
    state = project.state()
    assert "pending_operations" not in state
    assert "kubernetes:apps/v1:Deployment" in project.types()
    apiserver.pods_become_ready(namespace, 1)
    project.up()
    assert "unchanged" in project.up("--expect-no-changes")


def test_another_cluster_replaces_the_provider_and_new_credentials_do_not(project: Workspace, namespace: str) -> None:
    program(project, "", "namespace='default'")
    project.up()
    program(project, "", f"namespace='{namespace}'")
    [step] = [one for one in project.read("preview", "--json")["steps"] if "providers" in one["urn"]]
    assert step["op"] == "update"
    program(project, "", "cluster_identifier='one'")
    project.up()
    program(project, "", "cluster_identifier='two'")
    steps = {one["op"] for one in project.read("preview", "--json")["steps"] if "providers" in one["urn"]}
    assert "replace" in steps


def test_an_unknown_provider_argument_is_refused_by_name(project: Workspace) -> None:
    program(project, "", "render_yaml_to_directory='out'")
    ran = project.attempt("up", "--yes", "--skip-preview")
    assert ran.code != 0
    assert "`renderYamlToDirectory` is for rendering manifests into a directory" in ran.output
