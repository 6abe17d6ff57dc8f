"""What the API server says, past the engine and its state: whether it answers, and what a stack has left there."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError as RuamelError

from cli._codes import Code
from cli._errors import CliError
from review.secrets import message

if TYPE_CHECKING:
    from kubernetes.client import ApiClient

TIMEOUT = (4, 20)
"""Seconds to connect, and to answer."""

WORKERS = 8
METADATA = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"
"""Asks for names and labels alone: no Secret's contents leave the API server."""

Object = Mapping[str, Any]
T = TypeVar("T")


class Unreachable(Exception):
    """The API server does not answer, or there is no kubeconfig that names one."""


@dataclass(frozen=True)
class Kind:
    """A kind that can be listed.

    Attributes:
        path: where it is listed, over all namespaces.
    """

    name: str
    path: str


class Cluster:
    """One API server."""

    def __init__(self, kubeconfig: str | None = None) -> None:
        """Take the cluster of `kubeconfig`, its text; None: that of KUBECONFIG, like kubectl."""
        self._client = _client(kubeconfig)

    def answers(self) -> bool:
        """Say whether the API server answers at all; a refusal is an answer."""
        try:
            self.get("/version")
        except Unreachable:
            return False
        return True

    def get(self, path: str, *, accept: str = "application/json", **query: str) -> Any:
        """Return what stands at a path; None where the API server does not give it.

        Raises:
            Unreachable: no answer.
        """
        from kubernetes.client import ApiException  # noqa: PLC0415  # takes a second to load, and few verbs need it
        from urllib3.exceptions import HTTPError  # noqa: PLC0415

        try:
            return self._client.call_api(
                path,
                "GET",
                query_params=list(query.items()),
                header_params={"Accept": accept},
                response_types_map={200: "object"},
                auth_settings=["BearerToken"],
                _return_http_data_only=True,
                _request_timeout=TIMEOUT,
            )
        except ApiException:
            return None
        except (HTTPError, OSError) as error:
            raise Unreachable(message(str(error))) from None

    def kinds(self) -> tuple[list[Kind], list[str]]:
        """Return every kind that can be listed, and the groups that do not say which they have."""
        groups = self.get("/apis")
        if groups is None:
            return [], ["/apis"]
        paths = ["/api/v1", *(f"/apis/{group['preferredVersion']['groupVersion']}" for group in groups["groups"])]
        found = _each(self.get, paths)
        kinds = [kind for path, answer in zip(paths, found, strict=True) if answer for kind in _listable(path, answer)]
        return kinds, [path for path, answer in zip(paths, found, strict=True) if not answer]

    def labelled(self, kinds: Sequence[Kind], label: str) -> tuple[list[tuple[Kind, Object]], list[str]]:
        """Return all objects with a label, and the kinds that the API server does not list."""

        def ask(kind: Kind) -> Any:
            return self.get(kind.path, accept=METADATA, labelSelector=label)

        answers = list(zip(kinds, _each(ask, kinds), strict=True))
        found = [(kind, each) for kind, answer in answers if answer for each in answer.get("items") or ()]
        return found, [kind.name for kind, answer in answers if answer is None]

    def items(self, path: str, selector: str = "") -> list[Object]:
        """Return the objects at a path, those with labels that fit; none where the API server does not give them."""
        answer = self.get(path, labelSelector=selector)
        return list((answer or {}).get("items") or ())


def _each(ask: Callable[[T], Any], things: Sequence[T]) -> list[Any]:
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(ask, things))


def _listable(path: str, answer: Object) -> list[Kind]:
    return [
        Kind(each["kind"], f"{path}/{each['name']}")
        for each in answer.get("resources", ())
        if "list" in each["verbs"] and "/" not in each["name"] and each["kind"] != "Event"
    ]


def _client(kubeconfig: str | None) -> ApiClient:
    from kubernetes import config  # noqa: PLC0415  # takes a second to load, and few verbs need it
    from yaml import YAMLError  # noqa: PLC0415  # what that library reads with

    try:
        if kubeconfig is None:
            # By name: the library reads KUBECONFIG when it is imported, which may be before it was set.
            client = config.new_client_from_config(os.environ.get("KUBECONFIG") or None)
        else:
            client = config.new_client_from_config_dict(YAML(typ="safe", pure=True).load(kubeconfig))
    except config.ConfigException as error:
        raise Unreachable(str(error)) from None
    except (YAMLError, RuamelError, TypeError, AttributeError):  # none says anything that may be repeated
        raise Unreachable("the kubeconfig is no YAML, or not that of a cluster") from None
    client.rest_client.pool_manager.connection_pool_kw["retries"] = False  # its configuration comes too late
    return client


def unreachable(error: Unreachable) -> CliError:
    """Return the error of a cluster that does not answer, where that is the end."""
    return CliError(f"the cluster does not answer: {error}", "look at KUBECONFIG; `paas doctor`", Code.UNREACHABLE)
