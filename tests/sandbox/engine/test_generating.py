"""The program that the host writes for one in the engine's notation: exact, ordered, laid out, or refused."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pulumi.runtime.proto import language_pb2 as pb
from pulumi.runtime.proto.codegen import loader_pb2 as loader

from sandbox.engine.kubernetes.schema import schema
from sandbox.engine.language.errors import HostError
from sandbox.engine.language.generate import program
from sandbox.engine.language.schemas import GET_SCHEMA, Package
from tests.sandbox.engine.hosting import a_host

KUBERNETES = schema("1.2.3")
RANDOM = {
    "name": "random-things",
    "meta": {"moduleFormat": "(.*)(?:/[^/]*)"},
    "resources": {
        "random-things:index/petName:PetName": {
            "inputProperties": {"keepIPs": {}, "old": {"language": {"python": {"name": "former"}}}}
        }
    },
}
CONFIG_MAP = 'resource {} "kubernetes:core/v1:ConfigMap" {{ {} }}\n'


def load(wanted: loader.GetSchemaRequest) -> Package:
    if wanted.package == "kubernetes":
        return Package("kubernetes", "pulumi_kubernetes", json.loads(KUBERNETES))
    return Package("random_things", "pulumi_random_things", RANDOM)


def generated(*source: str) -> str:
    return program({"anonymous.pp": "".join(source)}, load)


def config_map(name: str = "settings", body: str = "") -> str:
    return CONFIG_MAP.format(name, body)


def test_a_program() -> None:
    text = generated(
        'package "kubernetes" {\n baseProviderName = "kubernetes"\n baseProviderVersion = "1.2.3"\n}\n',
        config_map(
            body='apiVersion = "v1"\n kind = "ConfigMap"\n data = { "colour" = "blue", "none" = null }\n'
            'metadata = {\n"name" = "settings"\n}\n options { protect = true }'
        ),
    )
    assert text == (
        "import pulumi\n"
        "import pulumi_kubernetes as kubernetes\n"
        "\n"
        "settings = kubernetes.core.v1.ConfigMap(\n"
        '    "settings",\n'
        '    data={"colour": "blue", "none": None},\n'
        '    metadata={"name": "settings"},\n'
        "    opts=pulumi.ResourceOptions(protect=True),\n"
        ")\n"
    )


def test_what_the_class_sets_itself_is_left_out_and_what_differs_is_not() -> None:
    assert "api_version" not in generated(config_map(body='apiVersion = "v1"'))
    assert 'api_version="v2"' in generated(config_map(body='apiVersion = "v2"'))


def test_modules_are_those_of_the_sdk() -> None:
    role = 'resource r "kubernetes:rbac.authorization.k8s.io/v1:Role" { rules = [] }'
    assert 'r = kubernetes.rbac.v1.Role("r", rules=[])' in generated(role)


def test_a_provider_is_a_resource_like_others() -> None:
    made = 'resource k "pulumi:providers:kubernetes" { enablePatchForce = true }'
    assert 'k = kubernetes.Provider("k", enable_patch_force=True)' in generated(made)


def test_other_packages_follow_their_schema() -> None:
    text = generated('resource pet "random-things:index/petName:PetName" { keepIPs = [1.5, -2]\n old = 1e+21 }')
    assert "import pulumi_random_things as random_things\n" in text
    assert 'pet = random_things.PetName("pet", keep_ips=[1.5, -2], former=1e+21)' in text


def test_a_component_of_the_program() -> None:
    text = generated('component group { token = "shop:index:Group" }', config_map(body="options { parent = group }"))
    assert 'group = pulumi.ComponentResource("shop:index:Group", "group")' in text
    assert "opts=pulumi.ResourceOptions(parent=group)" in text


def test_what_is_used_is_made_first_and_the_rest_keeps_its_order() -> None:
    text = generated(
        config_map("zebra"),
        config_map("user", 'metadata = { "namespace" = space.id }'),
        config_map("ape", "options { dependsOn = [last] }"),
        'resource space "kubernetes:core/v1:Namespace" { }\n',
        config_map("last"),
    )
    order = [line.split(" = ")[0] for line in text.splitlines() if " = kubernetes" in line]
    assert order == ["zebra", "space", "user", "last", "ape"]
    assert '"namespace": space.id' in text
    assert "depends_on=[last]" in text


def test_resources_that_need_each_other_are_named() -> None:
    with pytest.raises(HostError, match="need each other: a, b"):
        generated(config_map("a", "data = b.id"), config_map("b", "data = a.id"))


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("webApp", "web_app"),
        ("web-app", "web_app"),
        ("class", "class_"),
        ('"1st"', "_1st"),
        ("kubernetes", "kubernetes_2"),
    ],
)
def test_names_become_variables(name: str, variable: str) -> None:
    assert f"{variable} = kubernetes.core.v1.ConfigMap({json.dumps(name.strip(chr(34)))})" in generated(
        config_map(name)
    )


def test_names_that_python_cannot_tell_apart_get_a_number() -> None:
    text = generated(config_map("a-b"), config_map("a_b"), config_map("c", "data = a_b.id"))
    assert 'a_b = kubernetes.core.v1.ConfigMap("a-b")' in text
    assert 'a_b_2 = kubernetes.core.v1.ConfigMap("a_b")' in text
    assert "data=a_b_2.id" in text


def test_the_logical_name_counts() -> None:
    assert 'x = kubernetes.core.v1.ConfigMap("the x")' in generated(config_map("x", '__logicalName = "the x"'))


def test_a_variable_of_the_users_own_program_is_spelled_as_theirs() -> None:
    assert "ResourceOptions(provider=my_cluster)" in generated(config_map("x", "options { provider = myCluster }"))


def test_secrets_stay_secrets() -> None:
    text = generated(config_map("x", 'data = secret({ "a" = "b" })'))
    assert 'data=pulumi.Output.secret({"a": "b"})' in text


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (config_map("x", 'data = "a ${y.id} b"'), r"`\$\{` within a text is not supported"),
        (config_map("x", 'data = "%{ if y }"'), r"`%\{` within a text is not supported"),
        (config_map("x", "data = <<E\na\nE\n"), r"anonymous\.pp:1:\d+: cannot be read"),
        (config_map("x", "data = y ? 1 : 2"), r"anonymous\.pp:1:\d+: cannot be read"),
        (config_map("x", 'data = toBase64("a")'), "function `toBase64` has no counterpart"),
        (config_map("x", "data = y.items[0].name"), r"`y\.items\.0\.name` reaches into a value"),
        (config_map("x", "options { range = 3 }"), "resource option `range` of `x` is not known"),
        (config_map("x", "lifecycle { }"), "`lifecycle` of `x` has no counterpart"),
        ('output x { value = "a" }', "`output x` has no counterpart"),
        ('component x { source = "./x" }', "`component x` has no counterpart"),
        ('resource x "kubernetes:example.com/v1:Knob" { }', "has no resource kubernetes:example.com/v1:Knob"),
        ('package p {\n parameterization {\n name = "p"\n}\n}', "package p is made from another one"),
    ],
)
def test_what_cannot_be_said_exactly_is_refused(source: str, words: str) -> None:
    with pytest.raises(HostError, match=words):
        generated(source)


Values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


WORDS = {"None": "null", "True": "true", "False": "false"}
ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def as_pcl(value: Any) -> str:
    """Write a value as the engine's importer does."""
    if isinstance(value, str):
        escaped = "".join(ESCAPES.get(each) or _escaped(each) for each in value)
        return f'"{escaped.replace("${", "$${").replace("%{", "%%{")}"'
    if isinstance(value, list):
        return f"[{', '.join(map(as_pcl, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{as_pcl(key)} = {as_pcl(item)}" for key, item in value.items()) + "}"
    return WORDS.get(repr(value)) or repr(value)


def _escaped(letter: str) -> str:
    if letter < " " or letter == "\x7f":
        return f"\\u{ord(letter):04x}"
    return f"\\U{ord(letter):08x}" if letter > "\uffff" else letter


@settings(deadline=None)
@given(Values)
def test_every_value_comes_back_as_it_was(value: Any) -> None:
    tree = ast.parse(generated(config_map("x", f"data = {as_pcl(value)}")))
    [call] = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    [data] = call.keywords
    assert ast.literal_eval(data.value) == value


def test_a_formatter_finds_nothing_to_do() -> None:
    containers = [
        {"name": "web", "image": "example/" + "web" * 30, "args": ["-v", '"', "it's"], "ports": [], "env": {}}
    ]
    spec = {"replicas": 1, "template": {"spec": {"containers": containers * 2}}, "text": "one\n\ttwo '''\n", "none": {}}
    text = generated(
        f'resource web-app "kubernetes:apps/v1:Deployment" {{ spec = {as_pcl(spec)} }}\n',
        config_map("small", 'metadata = { "name" = "small" }'),
    )
    formatter = str(Path(sys.executable).with_name("ruff"))
    command = [formatter, "format", "--isolated", "--quiet", "-"]
    formatted = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    assert formatted.stdout == text


class Loader(grpc.GenericRpcHandler):
    """Stands in for the engine's loader."""

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        return grpc.unary_unary_rpc_method_handler(_schema) if handler_call_details.method == GET_SCHEMA else None


def _schema(request: bytes, context: grpc.ServicerContext) -> bytes:
    if loader.GetSchemaRequest.FromString(request).package != "kubernetes":
        context.abort(grpc.StatusCode.UNKNOWN, "no such plugin")
    return loader.GetSchemaResponse(schema=KUBERNETES.encode()).SerializeToString()


@pytest.fixture
def engines_loader() -> Iterator[str]:
    server = grpc.server(ThreadPoolExecutor(1), handlers=[Loader()])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}"
    server.stop(0).wait()


def test_the_host_asks_the_engine_for_schemas(tmp_path: Path, engines_loader: str) -> None:
    with a_host(tmp_path) as host:
        request = pb.GenerateProgramRequest(source={"a.pp": config_map()}, loader_target=engines_loader)
        answer = host.call.GenerateProgram(request)
        assert [*answer.source] == ["__main__.py"]
        assert b'settings = kubernetes.core.v1.ConfigMap("settings")' in answer.source["__main__.py"]
        request.source["a.pp"] = 'resource x "nowhere:index:Thing" { }'
        with pytest.raises(grpc.RpcError, match="the schema of package nowhere cannot be had: no such plugin"):
            host.call.GenerateProgram(request)
