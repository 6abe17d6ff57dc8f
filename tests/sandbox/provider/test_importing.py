"""`pulumi import` as a user types it: the object comes into the state, and the code it prints changes nothing."""

import json

import pytest

from sandbox.engine.kubernetes.values import Object
from tests.sandbox.engine.workspace import Ran, Workspace
from tests.sandbox.provider.builders import config_map, crd, custom, deployment, secret
from tests.sandbox.provider.cluster import Cluster

pytestmark = pytest.mark.e2e

CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
ODD = {
    "a": "${x} $${y} %{ if } $",
    "api_version": "q\"'\\ \t\u2028 é😀\n",
    "lines": 'one\r\n"""two"""\n  three"',
    "empty": "",
    "key.with-dash": "1",
}
"""Texts that a generator of code gets wrong first."""


def role(namespace: str, name: str = "reader") -> Object:
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": {"namespace": namespace, "name": name, "labels": {"tier": "gold"}},
        "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}],
    }


def attempt(project: Workspace, *arguments: str) -> Ran:
    return project.attempt("import", "--yes", "--skip-preview", *arguments)


def printed(project: Workspace, *arguments: str) -> str:
    """Import, and return the code that was printed."""
    ran = attempt(project, *arguments)
    assert ran.code == 0, ran.output
    assert "Please copy the following code" in ran.output
    return ran.output[ran.output.index("import pulumi\n") :]


def changes_nothing(project: Workspace, code: str) -> None:
    project.program(code)
    project.run("preview", "--expect-no-changes")


def test_one_object(project: Workspace, apiserver: Cluster, namespace: str) -> None:
    apiserver.make(config_map(namespace, **ODD))
    code = printed(project, CONFIG_MAP, "my-settings", f"{namespace}/settings")
    assert 'my_settings = kubernetes.core.v1.ConfigMap(\n    "my-settings",\n' in code
    assert "opts=pulumi.ResourceOptions(protect=True)" in code, "imports are protected unless told otherwise"
    changes_nothing(project, code)
    project.program(code.replace("metadata={", 'metadata={"labels": {"tier": "gold"}, '))
    changed = project.attempt("preview", "--expect-no-changes")
    assert changed.code != 0
    assert "no changes were expected for preview but changes were proposed" in changed.output


def test_many_objects_from_a_file(project: Workspace, apiserver: Cluster, namespace: str) -> None:
    wanted = [
        ("settings.odd", config_map(namespace, **ODD)),
        ("class", secret(namespace, stringData={"p": "sesame-open"})),
        ("web-app", deployment(namespace)),
        ("reader", role(namespace)),
    ]
    resources: list[Object] = [
        {"type": "kubernetes:core/v1:Namespace", "name": "space", "logicalName": "the space", "id": namespace}
    ]
    for name, value in wanted:
        apiserver.make(value)
        group = value["apiVersion"] if "/" in value["apiVersion"] else f"core/{value['apiVersion']}"
        identity = f"{namespace}/{value['metadata']['name']}"
        resources.insert(0, {"type": f"kubernetes:{group}:{value['kind']}", "name": name, "id": identity})
    (project.folder / "objects.json").write_text(json.dumps({"resources": resources}))
    assert attempt(project, "--file", "objects.json", "--out", "code.py", "--protect=false").code == 0
    code = (project.folder / "code.py").read_text()
    assert code.index('space = kubernetes.core.v1.Namespace(\n    "the space"') < code.index("space.id")
    for made in ("rbac.v1.Role", "apps.v1.Deployment", "core.v1.Secret"):
        assert f" = kubernetes.{made}(" in code
    assert "protect" not in code
    assert len(project.types()) == 5
    assert "c2VzYW1lLW9wZW4=" not in str(project.state()), "the code has it in clear, as the user asked; the state not"
    changes_nothing(project, code)


def test_under_a_provider_of_the_program(project: Workspace, apiserver: Cluster, namespace: str) -> None:
    apiserver.make(config_map(namespace))
    made = 'import pulumi_kubernetes as kubernetes\n\ncluster = kubernetes.Provider("k")\n'
    project.program(made)
    project.up()
    [urn] = [one["urn"] for one in project.state()["resources"] if "providers:kubernetes" in one["type"]]
    named = (CONFIG_MAP, "settings", f"{namespace}/settings")
    code = printed(project, *named, "--provider", f"cluster={urn}")
    assert "opts=pulumi.ResourceOptions(provider=cluster, protect=True)" in code
    changes_nothing(project, made + code)


def test_an_object_that_is_not_there(project: Workspace, namespace: str) -> None:
    ran = attempt(project, CONFIG_MAP, "settings", f"{namespace}/nowhere")
    assert ran.code != 0
    assert f"resource '{namespace}/nowhere' does not exist" in ran.output
    assert "import pulumi" not in ran.output


def test_a_kind_that_is_not_there(project: Workspace, namespace: str) -> None:
    ran = attempt(project, "kubernetes:core/v1:Nonsense", "settings", f"{namespace}/settings")
    assert ran.code != 0
    assert "The cluster serves no kind Nonsense in v1." in ran.output
    assert project.types() == []


def test_a_custom_kind_comes_into_the_state_without_code(
    project: Workspace, apiserver: Cluster, namespace: str
) -> None:
    """As with the official plugin: no SDK has a class for it, and the engine says so after the import."""
    kind = f"Dial{namespace[-4:]}"
    definition = crd(f"{kind.lower()}s", kind)
    apiserver.make(definition)
    try:
        thing = custom(namespace, kind)
        apiserver.make(thing)
        token = f"kubernetes:conformance.example/v1:{kind}"
        ran = attempt(project, token, "mine", f"{namespace}/mine", "--protect=false")
        assert ran.code != 0
        assert "unknown resource type" in ran.output
        assert project.types() == [token]
        changes_nothing(
            project,
            "import pulumi_kubernetes as kubernetes\n"
            f'kubernetes.apiextensions.CustomResource("mine", api_version="conformance.example/v1", kind="{kind}",'
            f" metadata={thing['metadata']!r}, spec={thing['spec']!r})\n",
        )
    finally:
        apiserver.delete(definition)


def test_a_network_policy_that_selects_every_pod(project: Workspace, apiserver: Cluster, namespace: str) -> None:
    """An empty selector is a value of its own; empty lists below it are not, and no code for them is printed."""
    policy: Object = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"namespace": namespace, "name": "closed"},
        "spec": {
            "podSelector": {"matchLabels": {}},
            "policyTypes": ["Ingress", "Egress"],
            "ingress": [{"from": [{"podSelector": {}}], "ports": []}],
        },
    }
    apiserver.make(policy)
    code = printed(project, "kubernetes:networking.k8s.io/v1:NetworkPolicy", "closed", f"{namespace}/closed")
    assert '"podSelector": {}' in code
    assert "matchLabels" not in code
    assert "ports" not in code
    changes_nothing(project, code)
