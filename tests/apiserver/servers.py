"""API servers on this machine that answer as they are told, and some that answer nothing."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

Answer = tuple[int, Any]
"""HTTP status, and an object or a text."""


def kubeconfig(server: str) -> str:
    user = {"name": "u", "user": {"token": "t"}}
    context = {"name": "x", "context": {"cluster": "c", "user": "u"}}
    named = {"name": "c", "cluster": {"server": server}}
    return json.dumps({"clusters": [named], "users": [user], "contexts": [context], "current-context": "x"})


def status(code: int, message: str) -> Answer:
    """A refusal as Kubernetes writes it."""
    return code, {"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": message, "code": code}


@dataclass
class Fake:
    """An API server.

    Attributes:
        answers: by `VERB /path`; one that is a function is called each time. Nothing else is there.
        asked: all requests, in order.
    """

    answers: dict[str, Answer | Callable[[], Answer]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    kubeconfig: str = ""

    def answer(self, request: str) -> Answer:
        self.asked.append(request)
        found = self.answers.get(request, (404, "404 page not found"))
        return found() if callable(found) else found


@contextmanager
def serving(fake: Fake) -> Iterator[Fake]:
    class Handler(BaseHTTPRequestHandler):
        def respond(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            code, body = fake.answer(f"{self.command} {urlsplit(self.path).path}")
            data = (body if isinstance(body, str) else json.dumps(body)).encode()
            self.send_response(code)
            self.send_header("Content-Type", "text/plain" if isinstance(body, str) else "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = do_DELETE = respond

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        fake.kubeconfig = kubeconfig(f"http://127.0.0.1:{server.server_port}")
        try:
            yield fake
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def silent() -> Iterator[str]:
    """Give the address of one that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def closed() -> str:
    """Return an address where nobody is."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    return f"http://127.0.0.1:{port}"
