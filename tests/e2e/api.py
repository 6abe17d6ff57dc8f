"""The API server asked directly, by many at once: for what `pulumi` and `kubectl` are too slow to show."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from kubernetes import client, config
from kubernetes.client.exceptions import ApiException

CONNECTIONS = 128


def connected() -> Any:
    """Return a client of the cluster, as the shell's KUBECONFIG says, for many threads."""
    settings = client.Configuration()
    config.load_kube_config(client_configuration=settings)
    settings.connection_pool_maxsize = CONNECTIONS
    return client.ApiClient(settings)


def at_once(count: int, do: Callable[[int], Any]) -> list[Any]:
    """Call `do(0)` to `do(count - 1)` in threads that start together; return answers, and refusals as exceptions."""
    gate = Barrier(count)

    def one(number: int) -> Any:
        gate.wait()
        try:
            return do(number)
        except ApiException as error:
            return error

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def refused(answers: list[Any]) -> list[str]:
    """Return the API server's own sentences in `answers`."""
    return [str(answer.body) for answer in answers if isinstance(answer, ApiException)]


def made(answers: list[Any]) -> list[Any]:
    return [answer for answer in answers if not isinstance(answer, ApiException)]
