"""The provider's arguments: explicit, typed, and none of them silently ignored.

The engine sends every argument as a string; what is not a string by nature is JSON inside it. Names and meanings
are those of the official plugin (its schema's provider section).
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sandbox.engine.kubernetes.errors import InvalidInput
from sandbox.engine.kubernetes.values import UNKNOWN, Unknown

SWITCHES: Final = {
    "deleteUnreachable": "PULUMI_K8S_DELETE_UNREACHABLE",
    "enableConfigMapMutable": "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE",
    "enablePatchForce": "PULUMI_K8S_ENABLE_PATCH_FORCE",
    "enableSecretMutable": "PULUMI_K8S_ENABLE_SECRET_MUTABLE",
    "enableServerSideApply": "PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY",
    "skipUpdateUnreachable": "PULUMI_K8S_SKIP_UPDATE_UNREACHABLE",
    "strictMode": None,
    "suppressDeprecationWarnings": "PULUMI_K8S_SUPPRESS_DEPRECATION_WARNINGS",
    "suppressHelmHookWarnings": "PULUMI_K8S_SUPPRESS_HELM_HOOK_WARNINGS",
    "upsertExistingObjects": "PULUMI_K8S_UPSERT_EXISTING_OBJECTS",
}
"""Arguments that are true or false, with the environment variable that stands in for them."""

TEXTS: Final = ("kubeconfig", "context", "cluster", "namespace", "clusterIdentifier")
OFFICIAL_ONLY: Final = {
    "renderYamlToDirectory": "rendering manifests into a directory",
    "alwaysRender": "rendering manifests into a directory",
    "helmReleaseSettings": "Helm releases",
}
"""Arguments that this plugin cannot honour, with what they are for."""

IGNORED: Final = ("version", "pluginDownloadURL", "pluginChecksums", "parameterization", "__internal")


@dataclass(frozen=True)
class ClientSettings:
    """How fast and how patiently requests are sent; None means no limit, and the client's own timeout (seconds)."""

    qps: float | None = None
    burst: int | None = None
    timeout: float | None = None


@dataclass(frozen=True)
class Configuration:
    """The arguments; every switch is off unless said otherwise.

    Attributes:
        kubeconfig: a path or the text of a kubeconfig; None means KUBECONFIG and its usual successors.
        context: None means the current one.
        cluster: None means the context's.
        namespace: None means the context's.
        cluster_identifier: where given, only its change replaces the provider.
        enable_server_side_apply: must stay on.
        strict_mode: forbids the default provider and implicit kubeconfigs.
    """

    kubeconfig: str | None = None
    context: str | None = None
    cluster: str | None = None
    namespace: str | None = None
    cluster_identifier: str | None = None
    client: ClientSettings = field(default_factory=ClientSettings)
    delete_unreachable: bool = False
    enable_config_map_mutable: bool = False
    enable_patch_force: bool = False
    enable_secret_mutable: bool = False
    enable_server_side_apply: bool = True
    skip_update_unreachable: bool = False
    strict_mode: bool = False
    suppress_deprecation_warnings: bool = False
    suppress_helm_hook_warnings: bool = False
    upsert_existing_objects: bool = False


def problems(args: Mapping[str, Any], *, provider_name: str) -> dict[str, str]:
    """Return what is wrong with the arguments: argument -> sentence. Empty means fine; unknown values are fine."""
    found: dict[str, str] = {}
    for key, value in args.items():
        if value is None or isinstance(value, Unknown) or key in IGNORED:
            continue
        if key in OFFICIAL_ONLY:
            if _json(value) not in (False, "", {}):
                found[key] = (
                    f"`{key}` is for {OFFICIAL_ONLY[key]}, which this plugin does not do; "
                    "drop it, or put the official pulumi-resource-kubernetes first on PATH."
                )
        elif key in SWITCHES:
            if not isinstance(_json(value), bool):
                found[key] = f"`{key}` is {value!r}; it must be true or false."
        elif key == "kubeClientSettings":
            try:
                _client(value)
            except InvalidInput as error:
                found[key] = str(error)
        elif key not in TEXTS:
            found[key] = f"The Kubernetes provider has no argument `{key}`; remove it or correct its name."
    if _json(args.get("enableServerSideApply")) is False:
        found["enableServerSideApply"] = (
            "This plugin knows server-side apply only; drop `enableServerSideApply: false`, "
            "or put the official pulumi-resource-kubernetes first on PATH."
        )
    if _json(args.get("strictMode")) is True:
        found |= _strict(args, provider_name)
    return found


def _strict(args: Mapping[str, Any], provider_name: str) -> dict[str, str]:
    if provider_name.startswith("default"):
        return {"strictMode": "Strict mode forbids the default provider; make one and pass it to every resource."}
    return {
        key: f"Strict mode wants `{key}` to be given explicitly."
        for key in ("kubeconfig", "context")
        if not args.get(key)
    }


def configuration(args: Mapping[str, Any], env: Mapping[str, str] | None = None) -> Configuration:
    """Return the typed arguments.

    Args:
        args: as the engine sends them.
        env: environment for what is not given; None means ours.

    Raises:
        InvalidInput: the first of `problems`.
    """
    env = os.environ if env is None else env
    if found := problems(args, provider_name=""):
        raise InvalidInput(next(iter(found.values())))
    texts: dict[str, Any] = {_snake(key): args[key] for key in TEXTS if args.get(key)}
    switches: dict[str, Any] = {_snake(key): on for key in SWITCHES if (on := _switch(key, args, env)) is not None}
    if switches.get("enable_server_side_apply") is False:
        raise InvalidInput("This plugin knows server-side apply only; unset PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY.")
    settings = args.get("kubeClientSettings")
    return Configuration(**texts, **switches, client=_client(settings) if settings else ClientSettings())


def _switch(key: str, args: Mapping[str, Any], env: Mapping[str, str]) -> bool | None:
    if args.get(key) is not None:
        return bool(_json(args[key]))
    name = SWITCHES[key]
    said = env.get(name, "").lower() if name else ""
    return {"true": True, "1": True, "t": True, "false": False, "0": False, "f": False}.get(said)


def _client(value: Any) -> ClientSettings:
    settings = _json(value)
    if not isinstance(settings, dict):
        raise InvalidInput(f"`kubeClientSettings` is {value!r}; it must be a map of `qps`, `burst` and `timeout`.")
    for key, number in settings.items():
        if key not in ("qps", "burst", "timeout"):
            raise InvalidInput(f"`kubeClientSettings` has no `{key}`; it has `qps`, `burst` and `timeout`.")
        if number is not None and (isinstance(number, bool) or not isinstance(number, int | float) or number < 0):
            raise InvalidInput(f"`kubeClientSettings.{key}` is {number!r}; it must be a number from 0 up.")
    return ClientSettings(
        qps=settings.get("qps") or None, burst=settings.get("burst") or None, timeout=settings.get("timeout") or None
    )


def _json(value: Any) -> Any:
    """Return what a JSON-encoded argument holds; text that is no JSON stays text."""
    if not isinstance(value, str) or value is UNKNOWN:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return {"True": True, "False": False}.get(value, value)


def _snake(key: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in key)
