"""One API server: objects by their paths, what stands there as text, and commands within pods."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from apiserver.errors import Late, NotYet, Refused, Unreachable, refusal
from apiserver.kubeconfig import client_of

if TYPE_CHECKING:
    from kubernetes.client import ApiException

Object = Mapping[str, Any]
TIMEOUT = (4, 30)
"""Seconds to connect, and to answer."""

JSON = "application/json"
MERGE = "application/merge-patch+json"
HANDSHAKE = re.compile(r"Handshake status (\d+) (.*?) -\+-\+-.*-\+-\+- (.*)", re.DOTALL)


class Cluster:
    """One API server. Whatever asks it raises Unreachable where it does not answer."""

    def __init__(self, kubeconfig: str | None = None) -> None:
        """Take the cluster of `kubeconfig`, its text; None: that of KUBECONFIG, like kubectl.

        Raises:
            Unreachable: it names none.
        """
        self._client = client_of(kubeconfig)

    def answers(self) -> bool:
        """Say whether the API server answers at all; a refusal is an answer."""
        try:
            self.given("/version")
        except Unreachable:
            return False
        return True

    def call(
        self, verb: str, path: str, body: object = None, *, content: str = JSON, accept: str = JSON, **query: str
    ) -> Any:
        """Return what the API server answers; None where what is read or deleted is not there.

        Raises:
            Refused: it says no.
        """
        try:
            with self._told(verb, path):
                return self._client.call_api(
                    path,
                    verb,
                    query_params=list(query.items()),
                    header_params={"Accept": accept, "Content-Type": content},
                    body=body,
                    response_types_map={200: "object", 201: "object", 202: "object"},
                    auth_settings=["BearerToken"],
                    _return_http_data_only=True,
                    _request_timeout=TIMEOUT,
                )
        except Refused as error:
            if error.status == 404 and verb in ("GET", "DELETE"):
                return None
            raise

    def get(self, path: str, *, accept: str = JSON, **query: str) -> Any:
        """Return an object or a list; None where there is none.

        Raises:
            Refused: the API server does not give it.
        """
        return self.call("GET", path, accept=accept, **query)

    def items(self, path: str, **query: str) -> list[Object]:
        """Return the objects of a list.

        Raises:
            Refused: the API server does not give it, or there is no such list.
        """
        found = self.get(path, **query)
        if found is None:
            raise Refused(f"GET {path}: 404 the cluster lists no such thing", status=404)
        return list(found["items"])

    def given(self, path: str, *, accept: str = JSON, **query: str) -> Any:
        """Return an object or a list; None where there is none, or the API server does not give it."""
        try:
            return self.get(path, accept=accept, **query)
        except Refused:
            return None

    def text(self, path: str) -> str:
        """Return what stands at a path as text: a log, or metrics by the proxy of a pod.

        Raises:
            Refused: it is not to be had.
        """
        with self._told("GET", path):
            answer: Any = self._client.call_api(
                path,
                "GET",
                auth_settings=["BearerToken"],
                _preload_content=False,  # else the library makes `b'...'` of it
                _return_http_data_only=True,
                _request_timeout=TIMEOUT,
            )
            return str(answer.data.decode())

    def run(self, namespace: str, pod: str, container: str, command: list[str], *, within: float = 60) -> str:
        """Run a command in a container and return what it printed.

        Raises:
            Refused: it did not end well; with what it said.
            NotYet: the connection ended before it did, as when its pod is killed.
            Late: it did not end.
        """
        from kubernetes import client, stream  # noqa: PLC0415  # as in `client_of`
        from websocket import WebSocketException  # noqa: PLC0415

        api = client.CoreV1Api(client.ApiClient(self._client.configuration))
        with self._told("exec", f"{namespace}/{pod}"):
            ran = stream.stream(
                api.connect_get_namespaced_pod_exec,
                pod,
                namespace,
                container=container,
                command=command,
                stderr=True,
                stdout=True,
                stdin=False,
                tty=False,
                _preload_content=False,
            )
        try:
            ran.run_forever(timeout=within)
            if ran.is_open():
                raise Late(f"{' '.join(command)[:80]} in {namespace}/{pod} did not end within {within:.0f} s")
            out, err, failed = ran.read_stdout(), ran.read_stderr(), ran.returncode
        except (WebSocketException, OSError, TypeError):  # the last: the library got no status to read
            raise NotYet(f"{namespace}/{pod}: the connection ended before the command did") from None
        except (ValueError, KeyError, IndexError) as error:  # a status that is not that of a program
            raise Refused(f"{namespace}/{pod}: the command could not be run: {error}") from None
        finally:
            ran.sock.shutdown()  # at once: to close it would wait for the other end
        if failed:
            raise Refused(f"{namespace}/{pod}: {err.strip() or out.strip()}")
        return str(out)

    @contextmanager
    def _told(self, verb: str, path: str) -> Iterator[None]:
        """Put what goes wrong in words."""
        from kubernetes.client import ApiException  # noqa: PLC0415  # as in `client_of`
        from urllib3.exceptions import HTTPError  # noqa: PLC0415

        try:
            yield
        except (ApiException, AttributeError) as error:
            # The library stumbles over a refusal that has no body: the one before its stumbling tells more.
            found = error if isinstance(error, ApiException) else error.__context__
            if not isinstance(found, ApiException):
                raise
            status, why = _answer(found)
            if not status:  # TLS, or no connection for a command
                raise self._silent(why) from None
            raise refusal(f"{verb} {path}: {status} {why}", status) from None
        except (HTTPError, OSError) as error:
            raise self._silent(_why(error)) from None

    def _silent(self, why: str) -> Unreachable:
        return Unreachable(f"the cluster at {self._client.configuration.host} does not answer: {why}")


def _answer(error: ApiException) -> tuple[int, str]:
    """Return the HTTP status and what was said; 0 where nobody answered."""
    status, reason, body = error.status, " ".join(str(error.reason).split()), error.body
    try:
        if found := HANDSHAKE.search(str(error.reason)):  # of a command: all of the refusal is in the reason
            status, reason, body = found.groups()
        reason = str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError):  # not every refusal is an object of Kubernetes
        reason = str(body or "").strip().partition("\n")[0] or reason
    return int(status or 0), reason


def _why(error: Exception) -> str:
    """Return why nobody answered, without the layers in which libraries wrap it."""
    from urllib3 import exceptions  # noqa: PLC0415  # as in `client_of`

    match error:
        case exceptions.NameResolutionError():
            return "its name is not known"
        case exceptions.NewConnectionError(__cause__=OSError(strerror=str(told))):
            return told
        case exceptions.ConnectTimeoutError():
            return f"timed out: no connection within {TIMEOUT[0]} s"
        case exceptions.ReadTimeoutError():
            return f"timed out: no answer within {TIMEOUT[1]} s"
    return str(error)
