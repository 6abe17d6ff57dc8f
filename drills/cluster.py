"""The API server as drills ask it: objects by their paths, and commands within pods."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kubernetes.client import ApiClient

Object = Mapping[str, Any]
TIMEOUT = (4, 30)
"""Seconds to connect, and to answer."""

MERGE = "application/merge-patch+json"
POLL = 0.5


class Refused(Exception):
    """The API server, or a program in a pod, does not do what it was asked; the text is its own."""


class Late(Exception):
    """What was waited for did not come in time; the text says what was last seen."""


class Cluster:
    """One API server, by KUBECONFIG like kubectl. Whatever asks it raises Refused where it does not answer."""

    def __init__(self) -> None:
        from kubernetes import config  # noqa: PLC0415  # takes a second to load, and few verbs need it
        from yaml import YAMLError  # noqa: PLC0415  # as above

        try:
            self._client: ApiClient = config.new_client_from_config(os.environ.get("KUBECONFIG") or None)
        except config.ConfigException as error:
            raise Refused(f"KUBECONFIG names no cluster: {error}") from None
        except (YAMLError, TypeError, AttributeError):  # none says anything that may be repeated
            raise Refused("KUBECONFIG is no YAML, or not that of a cluster") from None
        self._client.rest_client.pool_manager.connection_pool_kw["retries"] = False  # its configuration comes too late

    def call(
        self, verb: str, path: str, body: object = None, *, content: str = "application/json", **query: str
    ) -> Any:
        """Return what the API server answers; None where there is no such thing.

        Raises:
            Refused: it says no.
        """
        from kubernetes.client import ApiException  # noqa: PLC0415  # as above
        from urllib3.exceptions import HTTPError  # noqa: PLC0415  # as above

        try:
            return self._client.call_api(
                path,
                verb,
                query_params=list(query.items()),
                header_params={"Accept": "application/json", "Content-Type": content},
                body=body,
                response_types_map={200: "object", 201: "object", 202: "object"},
                auth_settings=["BearerToken"],
                _return_http_data_only=True,
                _request_timeout=TIMEOUT,
            )
        except ApiException as error:
            if error.status == 404:  # read beside its name
                return None
            raise Refused(f"{verb} {path}: {error.status} {_message(error.body)}") from None
        except (HTTPError, OSError) as error:
            raise Refused(f"{verb} {path}: {error}") from None

    def get(self, path: str, **query: str) -> Any:
        """Return an object or a list; None where there is none."""
        return self.call("GET", path, **query)

    def text(self, path: str) -> str:
        """Return what stands at a path as text: a log, or metrics by the proxy of a pod.

        Raises:
            Refused: it is not to be had.
        """
        from kubernetes.client import ApiException  # noqa: PLC0415  # as above
        from urllib3.exceptions import HTTPError  # noqa: PLC0415  # as above

        try:
            answer: Any = self._client.call_api(
                path,
                "GET",
                auth_settings=["BearerToken"],
                _preload_content=False,  # else the library makes `b'...'` of it
                _return_http_data_only=True,
                _request_timeout=TIMEOUT,
            )
        except ApiException as error:
            raise Refused(f"GET {path}: {error.status} {error.body}") from None
        except (HTTPError, OSError) as error:
            raise Refused(f"GET {path}: {error}") from None
        return str(answer.data.decode())

    def run(self, namespace: str, pod: str, container: str, command: list[str], *, within: float = 60) -> str:
        """Run a command in a container and return what it printed.

        Raises:
            Refused: it did not end well; with what it said.
            Late: it did not end.
        """
        from kubernetes import client, stream  # noqa: PLC0415  # as above

        api = client.CoreV1Api(client.ApiClient(self._client.configuration))
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
        ran.run_forever(timeout=within)
        out, err = ran.read_stdout(), ran.read_stderr()
        if ran.is_open():
            ran.close()
            raise Late(f"{' '.join(command)[:80]} in {namespace}/{pod} did not end within {within:.0f} s")
        if ran.returncode:
            raise Refused(f"{namespace}/{pod}: {err.strip() or out.strip()}")
        return str(out)


def _message(body: object) -> str:
    try:
        return str(json.loads(str(body))["message"])
    except (ValueError, KeyError, TypeError):
        return str(body)


def wait(what: str, ask: Callable[[], Any], *, within: float, poll: float = POLL) -> Any:
    """Return the first answer that is something.

    Args:
        what: what is waited for, for the error.
        ask: answers nothing (None, False, empty) as long as it is not there.

    Raises:
        Late: `within` seconds are over.
    """
    end = time.monotonic() + within
    while True:
        if found := ask():
            return found
        if time.monotonic() > end:
            raise Late(f"{what}: not within {within:.0f} s")
        time.sleep(poll)
