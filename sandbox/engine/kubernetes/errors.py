"""What goes wrong in the provider, and what the engine is told.

ProviderError            a sentence for the user + the gRPC code that tells the engine what it means for the state
├── InvalidInput         the program asked for something that cannot be
├── AlreadyExists        a strict create met an object that is not ours
├── FieldConflict        another field manager owns fields that we apply
├── ApiError             the API server answered with a Status
├── NoSuchKind           the API server does not serve this kind (its CRD is missing)
├── Unreachable          no answer from the API server; nothing was changed
├── Interrupted          the run was cancelled while we waited
├── OutcomeUnknown       the connection broke in the middle of a write: it may or may not have happened
└── NotReady             the object exists, but it did not become ready: the state must keep it

The engine leaves an operation pending for code UNKNOWN only (sdk/go/common/resource/plugin, parseError);
every other code means "nothing happened".
"""

from typing import Any

from grpc import StatusCode


class ProviderError(Exception):
    """Something the user can act on; the message says what, where and the way on."""

    code = StatusCode.FAILED_PRECONDITION


class InvalidInput(ProviderError):
    """The program asked for something that cannot be."""

    code = StatusCode.INVALID_ARGUMENT


class AlreadyExists(ProviderError):
    """A create met an object that this resource did not make."""

    code = StatusCode.ALREADY_EXISTS


class FieldConflict(ProviderError):
    """Another manager owns fields that would change."""

    code = StatusCode.ABORTED


class Unreachable(ProviderError):
    """The API server does not answer."""

    code = StatusCode.UNAVAILABLE


class Interrupted(ProviderError):
    """The engine cancelled."""

    code = StatusCode.CANCELLED


class OutcomeUnknown(ProviderError):
    """A write was sent and its answer never came."""

    code = StatusCode.UNKNOWN


class NoSuchKind(ProviderError):
    """The API server serves no such kind.

    Attributes:
        api_version: as given, such as `cert-manager.io/v1`.
        kind: as given.
    """

    def __init__(self, api_version: str, kind: str) -> None:
        super().__init__(
            f"The cluster serves no kind {kind} in {api_version}. "
            "If a CustomResourceDefinition in this program brings it, let this resource depend on that one; "
            "if not, install the CRD first or correct `apiVersion` and `kind`."
        )
        self.api_version = api_version
        self.kind = kind


class ApiError(ProviderError):
    """A Status that is not a success.

    Attributes:
        status: the HTTP status code.
        reason: Kubernetes' machine-readable word, such as `Forbidden`, `Invalid`, `Conflict`.
        message: what the API server said.
        causes: details, each with `reason`, `message` and `field`.
        retry_after: seconds after which the API server wants to be asked again, if it said so.
    """

    def __init__(self, status: int, body: dict[str, Any], what: str) -> None:
        self.status = status
        self.reason = str(body.get("reason") or "")
        self.message = str(body.get("message") or f"HTTP {status}")
        details = body.get("details") or {}
        self.causes: list[dict[str, str]] = details.get("causes") or []
        self.retry_after: float | None = details.get("retryAfterSeconds")
        self.details: dict[str, Any] = details
        super().__init__(f"{what}: {self.message}{self._advice()}")
        self.code = _CODES.get(status, StatusCode.FAILED_PRECONDITION)

    def _advice(self) -> str:
        if self.status == 401:
            return " (the kubeconfig's credentials are not accepted; renew them)"
        return ""


_CODES = {
    400: StatusCode.INVALID_ARGUMENT,
    401: StatusCode.UNAUTHENTICATED,
    403: StatusCode.PERMISSION_DENIED,
    404: StatusCode.NOT_FOUND,
    422: StatusCode.INVALID_ARGUMENT,
    429: StatusCode.RESOURCE_EXHAUSTED,
    504: StatusCode.UNKNOWN,  # the server gave up waiting: the write may still happen
}


class NotReady(ProviderError):
    """The object exists and is not ready.

    Attributes:
        live: the object as last seen.
        reasons: sentences, the most telling first.
    """

    def __init__(self, live: dict[str, Any], reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.live = live
        self.reasons = reasons
