"""What calls answer with, and how they fail: sentences for the user, codes and details for the engine."""

import functools
import logging
from collections.abc import Callable, Iterable
from typing import NoReturn, TypeVar

import grpc
from google.protobuf.any_pb2 import Any as Packed
from google.protobuf.struct_pb2 import Struct
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]  # it ships types without py.typed
from pulumi.runtime.proto import provider_pb2 as pb

from sandbox.engine.kubernetes.diff import Difference
from sandbox.engine.kubernetes.errors import ProviderError
from sandbox.engine.kubernetes.values import Path, dotted

Self_ = TypeVar("Self_")
Request = TypeVar("Request")
Response = TypeVar("Response")
Context = grpc.ServicerContext

DETAILS = "grpc-status-details-bin"  # where gRPC carries a google.rpc.Status


class Partial(ProviderError):
    """The operation went half way: the object exists, its state must be kept, and it is not ready.

    The engine writes the state down and tries again at the next update (ErrorResourceInitFailed).
    """

    def __init__(self, identity: str, outputs: Struct, inputs: Struct | None, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.detail = pb.ErrorResourceInitFailed(id=identity, properties=outputs, reasons=reasons, inputs=inputs)


def call(method: Callable[[Self_, Request], Response]) -> Callable[[Self_, Request, Context], Response]:
    """Make a gRPC method of one that takes a request: its errors become statuses.

    What nobody foresaw is an internal error; its trace goes to stderr, which the engine shows in verbose logs.
    """

    @functools.wraps(method)
    def answered(self: Self_, request: Request, context: Context) -> Response:
        try:
            return method(self, request)
        except Partial as error:
            _fail(context, grpc.StatusCode.UNKNOWN, str(error), error.detail)
        except ProviderError as error:
            _fail(context, error.code, str(error))
        except Exception as error:
            logging.getLogger(__name__).exception("%s failed", method.__name__)
            _fail(
                context,
                grpc.StatusCode.INTERNAL,
                f"The Kubernetes provider has a bug in {method.__name__}: {type(error).__name__}: {error}",
            )

    return answered


def _fail(
    context: Context, code: grpc.StatusCode, message: str, detail: pb.ErrorResourceInitFailed | None = None
) -> NoReturn:
    if detail is not None:
        packed = Packed()
        packed.Pack(detail)
        status = Status(code=code.value[0], message=message, details=[packed])
        context.set_trailing_metadata(((DETAILS, status.SerializeToString()),))
    context.abort(code, message)


def diff_response(found: Difference) -> pb.DiffResponse:
    """Return a difference in the protocol's terms."""
    if not found.changes:
        return pb.DiffResponse(changes=pb.DiffResponse.DIFF_NONE, hasDetailedDiff=True)
    answer = pb.DiffResponse(
        changes=pb.DiffResponse.DIFF_SOME,
        diffs=_tops(found.changes),
        replaces=sorted(dotted(path) for path in found.replacing),
        deleteBeforeReplace=found.delete_first,
        hasDetailedDiff=True,
    )
    for path, change in found.changes.items():
        entry = answer.detailedDiff[dotted(path)]
        # The stubs know members only, the protocol's numbers for a replacement are one more.
        entry.kind = change.value + (1 if path in found.replacing else 0)  # type: ignore[assignment]
        entry.inputDiff = True
    return answer


def _tops(paths: Iterable[Path]) -> list[str]:
    return list(dict.fromkeys(str(path[0]) for path in paths if path))


def mask(text: str, values: Iterable[object]) -> str:
    """Return `text` without secret values: the API server quotes what it refuses."""
    for value in values:
        if isinstance(value, str) and len(value) >= 4:
            text = text.replace(value, "[secret]")
    return text
