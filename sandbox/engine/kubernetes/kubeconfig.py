"""Read a kubeconfig: where the API server is, and how to prove who we are.

Supports certificates, tokens, token files, basic authentication and exec plugins, several files in KUBECONFIG,
and the service account of a pod. Written by hand, because importing the `kubernetes` package loads every model
of every API, which takes longer than all else that this plugin does at its start.
"""

import base64
import binascii
import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from sandbox.engine.kubernetes.errors import InvalidInput

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
EXEC_TIMEOUT = 60  # seconds that a credential plugin may take
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class ExecPlugin:
    """A program that hands out credentials (client.authentication.k8s.io ExecCredential)."""

    command: str
    args: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    api_version: str = "client.authentication.k8s.io/v1"


@dataclass(frozen=True)
class Credentials:
    """How to prove who we are; everything may be absent. Certificates are PEM."""

    certificate: bytes | None = None
    key: bytes | None = None
    token: str | None = None
    token_file: Path | None = None
    username: str | None = None
    password: str | None = None
    plugin: ExecPlugin | None = None


@dataclass(frozen=True)
class Connection:
    """One API server as one user.

    Attributes:
        server: its address, without a slash at the end.
        ca: PEM certificates to trust; None trusts those of the system.
        verify: False accepts any certificate.
        server_name: the name that its certificate must bear, if not the address's.
        proxy: an HTTP proxy in between.
        namespace: the context's default namespace.
        credentials: who we are.
    """

    server: str
    ca: bytes | None = None
    verify: bool = True
    server_name: str | None = None
    proxy: str | None = None
    namespace: str = "default"
    credentials: Credentials = field(default_factory=Credentials)


def load(
    kubeconfig: str | None,
    *,
    context: str | None = None,
    cluster: str | None = None,
    env: Mapping[str, str] | None = None,
) -> Connection:
    """Return the connection that `kubeconfig` describes.

    Args:
        kubeconfig: a file's path or its text; None means $KUBECONFIG, then ~/.kube/config, then the pod we run in.
        context: the context to use instead of the current one.
        cluster: the cluster to use instead of the context's.
        env: environment; None means ours.

    Raises:
        InvalidInput: it cannot be read, or names something that it lacks.
    """
    env = os.environ if env is None else env
    documents = _documents(kubeconfig, env)
    if documents is None:
        return _in_cluster(env)
    wanted = context or next((str(d["current-context"]) for d, _ in documents if d.get("current-context")), None)
    if wanted is None:
        raise InvalidInput("The kubeconfig has no current context; set `context` or run `kubectl config use-context`.")
    chosen, _ = _named(documents, "context", wanted)
    server, folder = _named(documents, "cluster", cluster or chosen.get("cluster"))
    if not server.get("server"):
        raise InvalidInput(f"Cluster {cluster or chosen.get('cluster')!r} in the kubeconfig has no `server`.")
    user, user_folder = _named(documents, "user", chosen["user"]) if chosen.get("user") else ({}, folder)
    return Connection(
        server=str(server["server"]).rstrip("/"),
        ca=_pem(server, "certificate-authority", folder),
        verify=not server.get("insecure-skip-tls-verify", False),
        server_name=server.get("tls-server-name"),
        proxy=server.get("proxy-url"),
        namespace=chosen.get("namespace") or "default",
        credentials=_credentials(user, user_folder),
    )


def _documents(kubeconfig: str | None, env: Mapping[str, str]) -> list[tuple[dict[str, Any], Path]] | None:
    if kubeconfig:
        if "\n" in kubeconfig or kubeconfig.lstrip().startswith("{"):
            return [(_parse(kubeconfig, "the given kubeconfig text"), Path.cwd())]
        paths = [Path(kubeconfig).expanduser()]
    elif env.get("KUBECONFIG"):
        paths = [Path(part).expanduser() for part in env["KUBECONFIG"].split(os.pathsep) if part]
    else:
        paths = [Path(env.get("HOME", "~")).expanduser() / ".kube" / "config"]
        if not paths[0].exists():
            return None
    found = [(_parse(_read(path), str(path)), path.parent) for path in paths if len(paths) == 1 or path.exists()]
    if not found:
        raise InvalidInput(f"None of the files in KUBECONFIG exists: {', '.join(map(str, paths))}.")
    return found


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError as error:
        raise InvalidInput(f"The kubeconfig {path} cannot be read: {error.strerror}.") from error


def _parse(text: str, where: str) -> dict[str, Any]:
    try:
        document = yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        # Only the place is quoted: the text may hold keys.
        mark = getattr(error, "problem_mark", None)
        raise InvalidInput(f"{where} is not YAML (line {mark.line + 1 if mark else '?'}).") from None
    if not isinstance(document, dict) or not isinstance(document.get("clusters"), list):
        raise InvalidInput(f"{where} is no kubeconfig: it lacks a list `clusters`.")
    return document


def _named(documents: list[tuple[dict[str, Any], Path]], kind: str, name: Any) -> tuple[dict[str, Any], Path]:
    seen: list[str] = []
    for document, folder in documents:
        for entry in document.get(f"{kind}s") or []:
            if entry.get("name") == name:
                return entry.get(kind) or {}, folder
            seen.append(str(entry.get("name")))
    raise InvalidInput(f"The kubeconfig has no {kind} {name!r}; it has {', '.join(seen) or 'none'}.")


def _pem(entry: Mapping[str, Any], key: str, folder: Path) -> bytes | None:
    if data := entry.get(f"{key}-data"):
        try:
            return base64.b64decode(data, validate=True)
        except (binascii.Error, ValueError) as error:
            raise InvalidInput(f"`{key}-data` in the kubeconfig is not base64.") from error
    if path := entry.get(key):
        try:
            return (folder / str(path)).read_bytes()
        except OSError as error:
            raise InvalidInput(f"`{key}: {path}` in the kubeconfig cannot be read: {error.strerror}.") from error
    return None


def _credentials(user: Mapping[str, Any], folder: Path) -> Credentials:
    if provider := user.get("auth-provider"):
        raise InvalidInput(
            f"The kubeconfig's auth-provider {provider.get('name')!r} was removed from Kubernetes; "
            "use an exec plugin (`kubectl config set-credentials --exec-command`)."
        )
    token_file = user.get("tokenFile")
    return Credentials(
        certificate=_pem(user, "client-certificate", folder),
        key=_pem(user, "client-key", folder),
        token=user.get("token"),
        token_file=folder / token_file if token_file else None,
        username=user.get("username"),
        password=user.get("password"),
        plugin=_plugin(user["exec"]) if user.get("exec") else None,
    )


def _plugin(entry: Mapping[str, Any]) -> ExecPlugin:
    return ExecPlugin(
        command=str(entry["command"]),
        args=tuple(map(str, entry.get("args") or ())),
        env=tuple((str(one["name"]), str(one["value"])) for one in entry.get("env") or ()),
        api_version=str(entry.get("apiVersion") or ExecPlugin.api_version),
    )


def ask(plugin: ExecPlugin) -> Credentials:
    """Run a credential plugin and return what it hands out.

    Raises:
        InvalidInput: it does not exist, fails, or answers with something else.
    """
    info = {"apiVersion": plugin.api_version, "kind": "ExecCredential", "spec": {"interactive": False}}
    env = {**os.environ, **dict(plugin.env), "KUBERNETES_EXEC_INFO": json.dumps(info)}
    command = [plugin.command, *plugin.args]
    try:
        done = subprocess.run(
            command, env=env, capture_output=True, text=True, timeout=EXEC_TIMEOUT, check=True, stdin=subprocess.DEVNULL
        )
        status = json.loads(done.stdout)["status"]
    except FileNotFoundError as error:
        raise InvalidInput(
            f"The kubeconfig's credential plugin `{plugin.command}` does not exist; install it."
        ) from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.strip()[-500:]
        raise InvalidInput(
            f"The credential plugin `{plugin.command}` exited with {error.returncode}: {said}"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise InvalidInput(f"The credential plugin `{plugin.command}` took over {EXEC_TIMEOUT} s.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidInput(f"The credential plugin `{plugin.command}` did not print an ExecCredential.") from error
    certificate, key = status.get("clientCertificateData"), status.get("clientKeyData")
    return Credentials(
        certificate=certificate.encode() if certificate else None,
        key=key.encode() if key else None,
        token=status.get("token"),
    )


def _in_cluster(env: Mapping[str, str]) -> Connection:
    host, port = env.get("KUBERNETES_SERVICE_HOST"), env.get("KUBERNETES_SERVICE_PORT", "443")
    if not host or not SERVICE_ACCOUNT.exists():
        raise InvalidInput(
            "There is no kubeconfig: give the provider `kubeconfig`, set KUBECONFIG, or write ~/.kube/config."
        )
    return Connection(
        server=f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}",
        ca=(SERVICE_ACCOUNT / "ca.crt").read_bytes(),
        namespace=(SERVICE_ACCOUNT / "namespace").read_text().strip() or "default",
        credentials=Credentials(token_file=SERVICE_ACCOUNT / "token"),
    )
