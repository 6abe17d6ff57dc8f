"""HTTP to one API server: JSON in and out, connections kept alive, errors typed.

Every write that this provider sends can be sent twice without harm (server-side apply, deletion of one uid), so a
connection that breaks is tried again before anybody hears of it.
"""

import json
import os
import re
import ssl
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationValueError,
    NameResolutionError,
    NewConnectionError,
    ProxyError,
    SSLError,
)

from sandbox.engine.kubernetes.errors import ApiError, InvalidInput, OutcomeUnknown, Unreachable
from sandbox.engine.kubernetes.kubeconfig import Connection, Credentials, ask
from sandbox.engine.kubernetes.pace import Pace
from sandbox.engine.kubernetes.values import Json, Object

JSON: Final = "application/json"
APPLY: Final = "application/apply-patch+yaml"
_SURROGATES: Final = re.compile(r"\\\\|(\\ud[89ab]..)\\ud[c-f]..")  # the first: an escaped backslash begins no escape
CONNECT_TIMEOUT: Final = 5.0  # seconds
READ_TIMEOUT: Final = 60.0  # seconds; the API server itself gives up on a request after 60
ATTEMPTS: Final = 3
BUSY_PATIENCE: Final = 30.0  # seconds that "too many requests" and its like are waited out
REMEMBER_DOWN: Final = 10.0  # seconds in which a dead server is not asked again
CONNECTIONS: Final = 256  # more than the engine ever has operations at once, plus their watches
_BUSY = {429, 503}
_NO_CONNECTION = (ConnectTimeoutError, NewConnectionError, NameResolutionError, ProxyError)


@dataclass(frozen=True)
class Answer:
    """What the API server said.

    Attributes:
        status: HTTP status code; 201 tells that a patch created the object.
        body: the object, list or Status.
        warnings: texts of its Warning headers, such as deprecations and Pod Security hints.
    """

    status: int
    body: Object
    warnings: tuple[str, ...] = ()


class Client:
    """One API server as one user; safe to share between threads.

    Args:
        connection: where and who.
        timeout: seconds for the answer of one request; None means READ_TIMEOUT.
        pace: limits how many requests are sent; None sends them as they come.
    """

    def __init__(self, connection: Connection, *, timeout: float | None = None, pace: Pace | None = None) -> None:
        self.connection = connection
        self._timeout = timeout or READ_TIMEOUT
        self._pace = pace
        self._lock = threading.Lock()
        self._credentials = connection.credentials
        if connection.credentials.plugin:
            self._credentials = ask(connection.credentials.plugin)
        self._pool = _pool(connection, self._credentials)
        self._down_until = 0.0

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: object = None,
        content: str = JSON,
        accept: str = JSON,
        what: str = "",
    ) -> Answer:
        """Send one request and return its answer.

        Args:
            what: what this is about, for errors: `Deployment demo/web`.

        Raises:
            ApiError: the answer is no success.
            Unreachable: no connection; nothing was changed.
            OutcomeUnknown: a write was sent, and the connection broke for good.
        """
        data = None if body is None else _encoded(body)
        patience = time.monotonic() + BUSY_PATIENCE
        renewed = False
        while True:
            response = self._send(method, path, query, data, timeout=self._timeout, content=content, accept=accept)
            answer = _answer(response)
            if response.status < 400:
                return answer
            error = ApiError(response.status, answer.body, what or f"{method} {path}")
            if response.status == 401 and not renewed and self._renew():
                renewed = True
                continue
            if response.status in _BUSY and (wait := _wait(response, error)) and time.monotonic() + wait < patience:
                time.sleep(wait)
                continue
            raise error

    def get(self, path: str, *, what: str = "", query: Mapping[str, str] | None = None) -> Object | None:
        """Return the object at `path`, or None where there is none."""
        try:
            return self.request("GET", path, query=query, what=what).body
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def watch(self, path: str, query: Mapping[str, str], seconds: int) -> Iterator[Object]:
        """Yield watch events of a collection for `seconds` at most: `{"type": ..., "object": ...}`.

        Raises:
            ApiError: 410 where `resourceVersion` is too old to go on from.
            Unreachable: no connection.
        """
        asked = {**query, "watch": "1", "timeoutSeconds": str(seconds), "allowWatchBookmarks": "true"}
        response = self._send("GET", path, asked, None, timeout=seconds + CONNECT_TIMEOUT, stream=True)
        try:
            if response.status >= 400:
                raise ApiError(response.status, _json(response.read()), f"watch of {path}")
            for line in response:
                if line.strip():
                    event = json.loads(line)
                    if event["type"] == "ERROR":
                        raise ApiError(int(event["object"].get("code", 500)), event["object"], f"watch of {path}")
                    yield event
        except HTTPError:
            return  # the stream broke: the caller asks again, as after its regular end
        finally:
            response.drain_conn() if response.status >= 400 else response.close()

    def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        data: bytes | None,
        *,
        timeout: float,
        content: str = JSON,
        accept: str = JSON,
        stream: bool = False,
    ) -> urllib3.BaseHTTPResponse:
        server = self.connection.server
        if time.monotonic() < self._down_until:
            raise Unreachable(f"The cluster at {server} does not answer.")
        url = f"{server}{path}" + (f"?{urlencode(query)}" if query else "")
        for attempt in range(ATTEMPTS):
            if self._pace:
                self._pace.wait()
            try:
                return self._pool.request(
                    method,
                    url,
                    body=data,
                    headers=self._headers(content, accept),
                    timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT, read=timeout),
                    retries=False,
                    preload_content=not stream,
                    redirect=False,
                )
            except LocationValueError as error:
                raise InvalidInput(f"The kubeconfig's server {server!r} is no address: {error}.") from error
            except SSLError as error:
                raise Unreachable(f"The cluster at {server} has a certificate that is not trusted: {error}.") from error
            except _NO_CONNECTION as error:
                failure: HTTPError = error
                lost = False
            except HTTPError as error:
                failure = error
                lost = method != "GET"
            time.sleep(0.1 * 3**attempt)
        if lost:
            raise OutcomeUnknown(f"The connection to {server} broke during {method} {path}: {failure}.") from failure
        self._down_until = time.monotonic() + REMEMBER_DOWN
        raise Unreachable(f"The cluster at {server} does not answer: {failure}.") from failure

    def _headers(self, content: str, accept: str) -> dict[str, str]:
        headers = {"Content-Type": content, "Accept": accept, "User-Agent": "pulumi-kubernetes-sandbox"}
        who = self._credentials
        if who.token_file:
            headers["Authorization"] = f"Bearer {who.token_file.read_text().strip()}"
        elif who.token:
            headers["Authorization"] = f"Bearer {who.token}"
        elif who.username is not None:
            headers |= urllib3.make_headers(basic_auth=f"{who.username}:{who.password or ''}")
        return headers

    def _renew(self) -> bool:
        """Ask the credential plugin again; return whether there is one."""
        plugin = self.connection.credentials.plugin
        if plugin is None:
            return False
        with self._lock:
            self._credentials = ask(plugin)
            self._pool = _pool(self.connection, self._credentials)
        return True


def _pool(connection: Connection, credentials: Credentials) -> urllib3.PoolManager:
    context = ssl.create_default_context(cadata=connection.ca.decode() if connection.ca else None)
    if not connection.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if credentials.certificate and credentials.key:
        _present(context, credentials.certificate, credentials.key)
    options: dict[str, Any] = {"num_pools": 2, "maxsize": CONNECTIONS, "ssl_context": context}
    if connection.server_name:
        options |= {"server_hostname": connection.server_name, "assert_hostname": connection.server_name}
    if connection.proxy:
        return urllib3.ProxyManager(connection.proxy, **options)
    return urllib3.PoolManager(**options)


def _present(context: ssl.SSLContext, certificate: bytes, key: bytes) -> None:
    """Load a client certificate; the ssl module takes files only, so they exist for this moment, for us alone."""
    handle, name = tempfile.mkstemp()  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(certificate + b"\n" + key)
        context.load_cert_chain(name)
    except ssl.SSLError as error:
        raise InvalidInput(f"The kubeconfig's client certificate and key do not fit: {error.reason}.") from error
    finally:
        Path(name).unlink()


def _json(data: bytes) -> Object:
    try:
        body = json.loads(data) if data else {}
    except ValueError:
        body = {"message": data[:500].decode(errors="replace")}
    return body if isinstance(body, dict) else {"items": body}


def _encoded(body: Json) -> bytes:
    r"""Return JSON that is YAML too, as which the API server reads an apply.

    Python writes a letter beyond U+FFFF, such as an emoji, as two escapes (`\ud83d\ude00`); YAML wants it as it is.
    """
    text = json.dumps(body, separators=(",", ":"))
    return _SURROGATES.sub(lambda found: str(json.loads(f'"{found[0]}"')) if found[1] else found[0], text).encode()


def _answer(response: urllib3.BaseHTTPResponse) -> Answer:
    # A header line reads: 299 - "text"
    texts = tuple(line.split(" ", 2)[-1].strip('"') for line in response.headers.getlist("Warning"))
    return Answer(response.status, _json(response.data), texts)


def _wait(response: urllib3.BaseHTTPResponse, error: ApiError) -> float:
    after = response.headers.get("Retry-After")
    return float(after) if after and after.isdigit() else error.retry_after or 1.0
