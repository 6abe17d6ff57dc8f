"""The engine's side of a policy pack: requests as it sends them, answers as it reads them."""

from typing import Any, NoReturn

import grpc
from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi_policy import proxy
from pulumi_policy.deserialize import SPECIAL_SECRET_SIG, SPECIAL_SIG_KEY

UNKNOWN_TEXT = proxy.UNKNOWN_STRING_VALUE
CLUSTER = pb.AnalyzerProviderResource(type="pulumi:providers:kubernetes", name="cluster")


def secret(value: Any) -> dict[str, Any]:
    """A value with the engine's mark of a secret."""
    return {SPECIAL_SIG_KEY: SPECIAL_SECRET_SIG, "value": value}


def struct(properties: dict[str, Any]) -> struct_pb2.Struct:
    """Properties on the wire: every number becomes a float."""
    return json_format.ParseDict(properties, struct_pb2.Struct())


def about(token: str, properties: dict[str, Any]) -> pb.AnalyzeRequest:
    urn = f"urn:pulumi:acme-prod::paas::{token}::it"
    return pb.AnalyzeRequest(type=token, urn=urn, name="it", properties=struct(properties), provider=CLUSTER)


def about_all(*found: tuple[str, dict[str, Any]]) -> pb.AnalyzeStackRequest:
    """All of a stack; what its n-th resource is called ends in n."""
    return pb.AnalyzeStackRequest(
        resources=[
            pb.AnalyzerResource(
                type=token,
                urn=f"urn:pulumi:acme-prod::paas::{token}::{position}",
                name=str(position),
                properties=struct(properties),
                provider=CLUSTER,
            )
            for position, (token, properties) in enumerate(found)
        ]
    )


class Refused(Exception):
    """A call that the pack answers with an error."""


class _Call:
    """The context of a call: all that a pack does with it is end it."""

    def abort(self, code: grpc.StatusCode, details: str) -> NoReturn:
        raise Refused(code, details)


CALL: Any = _Call()
