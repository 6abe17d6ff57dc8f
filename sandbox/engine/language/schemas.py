"""Ask the engine for packages' schemas, and find in them what a resource is called in Python.

Protocol: `codegen.Loader`, in the SDK's `proto/codegen/loader.proto`.
"""

import json
import re
from dataclasses import dataclass
from typing import Any, TypeAlias

import grpc
from pulumi.runtime.proto.codegen import loader_pb2 as pb

from sandbox.engine.language.errors import HostError

LARGEST_MESSAGE = 400 << 20  # bytes, as the engine's own limit
GET_SCHEMA = "/codegen.Loader/GetSchema"  # called by name: the SDK's stub for it imports a module that is not there
PROVIDER = "pulumi:providers:"

Call: TypeAlias = "grpc.UnaryUnaryMultiCallable[bytes, pb.GetSchemaResponse]"

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True)
class Package:
    """One package as its SDK for Python has it.

    Attributes:
        name: `kubernetes`, by which programs call it.
        module: `pulumi_kubernetes`, which they import.
    """

    name: str
    module: str
    schema: dict[str, Any]

    def path(self, token: str) -> str:
        """Return where a resource's class is: `kubernetes.core.v1.ConfigMap`.

        Raises:
            HostError: the schema has no such resource.
        """
        if token.startswith(PROVIDER):
            return f"{self.name}.Provider"
        if token not in self.schema.get("resources", {}):
            raise HostError(f"the schema of package {self.name} has no resource {token}")
        _, middle, name = token.split(":")
        form = re.fullmatch(self.schema.get("meta", {}).get("moduleFormat") or "(.*)", middle)
        module = form[1] if form else middle
        overrides = self._python.get("moduleNameOverrides", {})
        folders = str(overrides.get(module, module)).lower().split("/")
        return ".".join([self.name, *(each for each in folders if each not in ("", "index")), name])

    def sets_itself(self, token: str, name: str, value: object) -> bool:
        """Return whether a resource's class gives an input this value unasked."""
        found = self._inputs(token).get(name, {})
        return "const" in found and found["const"] == value

    def argument(self, token: str, name: str) -> str:
        """Return what an input is called in Python."""
        said = self._inputs(token).get(name, {}).get("language", {}).get("python", {}).get("name")
        return str(said or snake_case(name))

    @property
    def _python(self) -> dict[str, Any]:
        found: dict[str, Any] = self.schema.get("language", {}).get("python", {})
        return found

    def _inputs(self, token: str) -> dict[str, Any]:
        resource = self.schema.get("resources", {}).get(token) or {}
        found: dict[str, Any] = resource.get("inputProperties", {})
        return found


def load(target: str, request: pb.GetSchemaRequest) -> Package:
    """Ask the engine for a package.

    Args:
        target: address of the engine's loader.

    Raises:
        HostError: the engine cannot tell.
    """
    name = request.parameterization.name or request.package
    try:
        size = [("grpc.max_receive_message_length", LARGEST_MESSAGE)]
        with grpc.insecure_channel(target, options=size) as channel:
            ask: Call = channel.unary_unary(GET_SCHEMA, response_deserializer=pb.GetSchemaResponse.FromString)
            schema = json.loads(ask(request.SerializeToString()).schema)
    except (grpc.RpcError, ValueError) as error:
        why = error.details() if isinstance(error, grpc.Call) else error
        raise HostError(f"the schema of package {name} cannot be had: {why}") from error
    module = schema.get("language", {}).get("python", {}).get("packageName") or f"pulumi_{name.replace('-', '_')}"
    return Package(name.replace("-", "_"), module, schema)


def snake_case(name: str) -> str:
    """Return a name as the SDKs spell it: `externalIPs` is `external_ips`."""
    return _WORD.sub("_", re.sub(r"(?<=[A-Z])s(?![a-z])", "S", name)).lower()
