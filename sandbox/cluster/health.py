"""Ask a service whether it is well."""

import warnings
from collections.abc import Callable

import grpc
import urllib3

from sandbox.cluster.services import Check, Service

SECONDS = 2.0
"""How long one question may take."""

_http = urllib3.PoolManager(cert_reqs="CERT_NONE", retries=False, timeout=SECONDS)
"""Without checking certificates: on loopback, and only to learn whether somebody answers."""


def well(service: Service) -> bool:
    """Tell whether the service answers as it should. Takes `SECONDS` at most; raises nothing."""
    return _ASK[service.check](service.health)


def _answers_200(url: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", urllib3.exceptions.InsecureRequestWarning)
        try:
            return _http.request("GET", url).status == 200
        except urllib3.exceptions.HTTPError:
            return False


def _runtime_answers(socket: str) -> bool:
    """Ask for the runtime's version (CRI v1). Both messages are opaque here: that one came back is the answer."""
    with grpc.insecure_channel(f"unix://{socket}") as channel:
        ask: Callable[..., bytes] = channel.unary_unary("/runtime.v1.RuntimeService/Version")
        try:
            ask(b"", timeout=SECONDS)
        except grpc.RpcError:
            return False
    return True


def _runs(_: str) -> bool:
    return True


_ASK: dict[Check, Callable[[str], bool]] = {
    Check.HTTP: _answers_200,
    Check.RUNTIME: _runtime_answers,
    Check.RUNS: _runs,
}
