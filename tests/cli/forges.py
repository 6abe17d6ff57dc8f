"""Forges on this machine that answer like the real ones: pages, limits, refusals, and what others do meanwhile."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.cli.projects import Ended

TOKEN = "ghp_canary0123456789"
OUR_NAME = "paas[bot]"
HEAD, OLD = "a" * 40, "b" * 40
"""Commits: the newest of pull request 7, and one before."""

Answer = tuple[int, Any]


@dataclass
class Forge:
    """What a forge knows of one repository with pull request 7.

    Attributes:
        notes: id, author and body, in the order of pages.
        page: how many things a page has at most, whatever is asked.
        longest: characters of a comment.
        artefacts: of runs, by name.
        troubles: answers that come before any other: (words that the request begins with, status, headers, how often).
        asked: method and path of all requests.
        before: called with each request, as others would do something meanwhile.
    """

    notes: list[dict[str, Any]] = field(default_factory=list)
    pulls: dict[int, str] = field(default_factory=lambda: {7: HEAD})
    labels: set[str] = field(default_factory=set)
    known_labels: set[str] = field(default_factory=set)
    statuses: list[dict[str, Any]] = field(default_factory=list)
    artefacts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    page: int = 100
    longest: int = 65_536
    troubles: list[tuple[str, int, dict[str, str], int]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    before: Callable[[str], None] = lambda request: None
    message: str = f"trouble, {TOKEN}"
    url: str = ""
    _next: int = 1000
    lock: threading.RLock = field(default_factory=threading.RLock)

    def add(self, author: str, body: str) -> int:
        """Let somebody write a comment; return its id."""
        self._next += 1
        self.notes.append({"id": self._next, "author": author, "body": body})
        return self._next

    def bodies(self, author: str = OUR_NAME) -> list[str]:
        return [note["body"] for note in self.notes if note["author"] == author]

    def writes(self) -> list[str]:
        return [each for each in self.asked if not each.startswith("GET") and "graphql" not in each]

    def note(self, id: str) -> dict[str, Any] | None:
        return next((note for note in self.notes if note["id"] == int(id)), None)

    def trouble(self, request: str) -> tuple[int, dict[str, str]] | None:
        """Return what goes wrong with a request, if anything does."""
        for index, (words, status, headers, times) in enumerate(self.troubles):
            if request.startswith(words) and times:
                self.troubles[index] = (words, status, headers, times - 1)
                return status, headers
        return None

    def answer(self, request: str, query: dict[str, str], given: Any) -> Answer:
        raise NotImplementedError


def told(ended: Ended) -> Ended:
    """The token is in nothing that is printed."""
    assert TOKEN not in ended.out + ended.err
    return ended


@contextmanager
def serving(forge: Forge) -> Iterator[Forge]:
    """Let a forge answer at `forge.url`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # an answer is one packet

        def handle_any(self) -> None:
            at = urlsplit(self.path)
            given = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"null")
            request = f"{self.command} {unquote(at.path)}"
            query = {name: found[-1] for name, found in parse_qs(at.query).items()}
            with forge.lock:
                forge.asked.append(request)
            forge.before(request)
            with forge.lock:
                self._answer(request, at.path, query, given)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # the names that the server calls

        def _answer(self, request: str, path: str, query: dict[str, str], given: Any) -> None:
            if trouble := forge.trouble(request):
                self._send(trouble[0], {"message": forge.message}, trouble[1])
                return
            authorised = (f"token {TOKEN}", f"Bearer {TOKEN}", TOKEN)
            if (self.headers.get("Authorization") or self.headers.get("PRIVATE-TOKEN")) not in authorised:
                self._send(401, {"message": "Bad credentials"}, {})
                return
            status, answer = forge.answer(request, query, given)
            headers = {}
            if isinstance(answer, list) and self.command == "GET":
                size = min(forge.page, int(query.get("per_page", "20")))
                page = int(query.get("page", "1"))
                more = len(answer) > page * size
                if more:
                    rest = "&".join(f"{name}={value}" for name, value in query.items() if name != "page")
                    headers["Link"] = f'<{forge.url}{path}?{rest}&page={page + 1}>; rel="next"'
                answer = answer[(page - 1) * size : page * size]
            self._send(status, answer, headers)

        def _send(self, status: int, answer: Any, headers: dict[str, str]) -> None:
            body = b"" if answer is None else json.dumps(answer).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    forge.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield forge
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
