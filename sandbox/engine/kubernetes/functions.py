"""Functions of the provider (`Invoke`): `yaml:decode`; the others are refused by name."""

from typing import Final

from sandbox.engine.kubernetes.errors import InvalidInput, NoSuchKind, Unreachable
from sandbox.engine.kubernetes.manifests import documents
from sandbox.engine.kubernetes.session import Session
from sandbox.engine.kubernetes.values import Object, get

OFFICIAL_ONLY: Final = {
    "kubernetes:helm:template": "renders Helm charts (helm.v3.Chart)",
    "kubernetes:kustomize:directory": "renders Kustomize directories (kustomize.Directory)",
}


def invoke(session: Session, token: str, args: Object) -> Object:
    """Call the function `token`.

    Raises:
        InvalidInput: there is no such function here.
    """
    if token == "kubernetes:yaml:decode":
        return {"result": decode_yaml(session, str(args.get("text", "")), args.get("defaultNamespace"))}
    if token in OFFICIAL_ONLY:
        raise InvalidInput(
            f"`{token}` {OFFICIAL_ONLY[token]}, which this plugin does not do; "
            "render the manifests beforehand and use `kubernetes.yaml.v2.ConfigGroup`, "
            "or put the official pulumi-resource-kubernetes first on PATH."
        )
    raise InvalidInput(f"The Kubernetes provider has no function `{token}`.")


def decode_yaml(session: Session, text: str, default_namespace: object = None) -> list[Object]:
    """Return the documents of a manifest; the SDK takes lists apart itself.

    Args:
        default_namespace: where namespaced objects go that name no namespace; None leaves them as they are.
    """
    found = documents(text, where="The manifest")
    return [_placed(session, one, str(default_namespace)) for one in found] if default_namespace else found


def _placed(session: Session, value: Object, namespace: str) -> Object:
    if get(value, "metadata", "namespace"):
        return value
    try:
        served = session.discovery.find(str(value.get("apiVersion")), str(value.get("kind")))
    except (NoSuchKind, Unreachable):
        return value
    return {**value, "metadata": {**value.get("metadata", {}), "namespace": namespace}} if served.namespaced else value
