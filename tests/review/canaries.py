"""Values that no reader may ever see, one for each place where programs and people leave such things.

`PLACES` says what each place is. A marker is made of its place and of the side of the change that it stands on, so that
what is found says where it came from.
"""

import base64
import json
from collections.abc import Iterator

from tests.review.manifests import Z, named, settings, space, web
from tests.review.scenarios import Objects, program

PLACES = {
    "confighidden": "secret configuration of the stack, used in a ConfigMap",
    "configplain": "configuration in clear, by the name of a token",
    "stringdata": "a Secret's stringData, not marked",
    "data": "a Secret's data",
    "pull": "an image pull secret, as Docker spells it",
    "applied": "what kubectl notes of a Secret in an annotation",
    "annotation": "an annotation that the program marks",
    "annotationname": "an annotation by the name of a token, not marked",
    "env": "a container's variable by value, by the name of a password",
    "envmarked": "a container's variable that the program marks",
    "argument": "--password=...",
    "argumentnext": "--token ...",
    "url": "a password in an address",
    "pem": "a private key",
    "kubeconfig": "a kubeconfig in a ConfigMap",
    "provider": "a kubeconfig of the provider",
    "json": "JSON in a ConfigMap",
    "yaml": "YAML in a ConfigMap",
    "bearer": "a header",
    "component": "an input of a component, by the name of a password",
    "output": "an output that the program marks",
    "outputname": "an output by the name of a password, not marked",
    "passphrase": "the passphrase of the stack's secrets, in the environment",
    "process": "a variable of the program, in the error that it ends with",
    "error": "a password in the error that the program ends with",
    "spec": "a variable in a stack file that should have been a secret",
    "reference": "text in a stack file where a reference to a Secret belongs",
    "list": "a variable in a stack file that is no text",
    "whole": "text in a stack file where the whole tenant belongs",
    "bare": "a file of another kind by the name of a stack file",
    "twice": "a key in a stack file that stands twice",
    "image": "a password in the address of an image in a stack file",
    "specargument": "--token ... of an app in a stack file",
    "query": "?api_key=... in an address in a stack file",
    "specurl": "a password in an address in a stack file",
    "stackkubeconfig": "a kubeconfig in clear in a stack file",
    "user": "a token in KUBECONFIG",
    "server": "a password in the address of the cluster in KUBECONFIG",
    "torn": "a kubeconfig that is no YAML",
    "prices": "a file of prices that is no YAML",
    "review": "a review that is none",
    "backend": "a password in the address of the backend",
    "origin": "a password in the address of the repository, as git has it",
    "option": "a password in an address on the command line",
    "forge": "the token of the forge",
}

EXTRA = """
import os, yaml
side = {side!r}
class Keeper(pulumi.ComponentResource):
    def __init__(self):
        super().__init__("paas:tenant:Keeper", "keeper", {{"password": {component!r}}})
Keeper()
config = pulumi.Config("canary")
k8s.core.v1.ConfigMap("hidden", metadata={{"name": "hidden", "namespace": {z!r}}},
                      data={{"v": config.require_secret("hidden"), "side": side}}, opts=opts)
k8s.core.v1.Secret("plain", metadata={{"name": "plain", "namespace": {z!r}}},
                   string_data={{"v": config.require("apiToken") + side}}, opts=opts)
kubeconfig = yaml.safe_load(open(os.environ["KUBECONFIG"]))
kubeconfig["users"].append({{"name": "nobody", "user": {{"token": {provider!r}}}}})
k8s.Provider("other", kubeconfig=yaml.safe_dump(kubeconfig))
pulumi.export("marked", pulumi.Output.secret({output!r}))
pulumi.export("adminPassword", {outputname!r})
"""

FAILS = """
raise RuntimeError(f"AWS_SECRET_ACCESS_KEY={{os.environ['AWS_SECRET_ACCESS_KEY']}}, {{dict(password={error!r})}}")
"""


def marker(place: str, side: str = "") -> str:
    """Return the value that stands in a place, on side `a` or `b`; without a side, how both begin."""
    assert place in PLACES
    return f"canary9{place}7{side}"


def found(text: str) -> set[str]:
    """Return the places whose values a text has, in clear or encoded."""
    return {place for place in PLACES if any(form in text for form in _forms(place))}


def _forms(place: str) -> Iterator[str]:
    """Yield a marker as it is, and as it is within base64, wherever it begins there."""
    plain = marker(place)
    yield plain
    for shift in range(3):
        encoded = base64.b64encode(b" " * shift + plain.encode()).decode()
        yield encoded[4 if shift else 0 : len(encoded) - 4]


def source(side: str, *, fails: bool = False) -> str:
    """Return the program that leaves all of them, as it is before (`a`) or after (`b`) the change."""
    words = {place: marker(place, side) for place in PLACES}
    return program(_objects(side), (EXTRA + (FAILS if fails else "")).format(side=side, z=Z, **words))


def _objects(side: str) -> Objects:
    def at(place: str) -> str:
        return marker(place, side)

    def encoded(text: str) -> str:
        return base64.b64encode(text.encode()).decode()

    docker = {"auths": {"registry.example.com": {"auth": encoded(f"robot:{at('pull')}")}}}
    annotations = {
        "kubectl.kubernetes.io/last-applied-configuration": json.dumps({"data": {"v": at("applied")}}),
        "example.com/note": f"secret:{at('annotation')}",
        "example.com/token": at("annotationname"),
    }
    container = {
        "env": [{"name": "DB_PASSWORD", "value": at("env")}, {"name": "X", "value": f"secret:{at('envmarked')}"}],
        "args": [f"--password={at('argument')}", "--token", at("argumentnext")],
    }
    kept = settings(
        Z,
        url=f"postgres://shop:{at('url')}@db.example/shop",
        pem=f"-----BEGIN EC PRIVATE KEY-----\n{at('pem')}\n-----END EC PRIVATE KEY-----",
        kubeconfig=f"users: [{{user: {{client-key-data: {at('kubeconfig')}}}}}]",
        json=json.dumps({"clientSecret": at("json"), "port": 80}),
        yaml=f"db:\n  user: shop\n  password: {at('yaml')}\n",
        header=f"Authorization: Bearer {at('bearer')}",
    )
    secret, place = {"apiVersion": "v1", "kind": "Secret"}, {"name": "data", "namespace": Z}
    return {
        "space": space(Z),
        "web": web(Z, container=container, pod={"imagePullSecrets": [{"name": "pull"}]}),
        "kept": kept,
        "string": secret | named("string") | {"stringData": {"v": at("stringdata")}},
        "data": secret | {"data": {"v": encoded(at("data"))}, "metadata": {**place, "annotations": annotations}},
        "pull": secret
        | named("pull")
        | {"type": "kubernetes.io/dockerconfigjson", "stringData": {".dockerconfigjson": json.dumps(docker)}},
    }
