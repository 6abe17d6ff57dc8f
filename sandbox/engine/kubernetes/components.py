"""Components of the package: `yaml/v2` ConfigFile and ConfigGroup, every object of a manifest a resource of its own.

The provider registers them with the engine's resource monitor, those first that others need: CRDs before their objects,
Namespaces before what they hold, and whatever `config.kubernetes.io/depends-on` names.
"""

from concurrent.futures import ThreadPoolExecutor
from glob import glob
from pathlib import Path
from typing import Any, Final

import grpc
import urllib3
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto import resource_pb2, resource_pb2_grpc

from sandbox.engine.kubernetes.errors import InvalidInput, ProviderError
from sandbox.engine.kubernetes.manifests import flat, objects
from sandbox.engine.kubernetes.objects import SKIP_AWAIT, is_secret, secret_paths
from sandbox.engine.kubernetes.order import waves
from sandbox.engine.kubernetes.session import Session
from sandbox.engine.kubernetes.values import SIGNATURE, UNKNOWN, Object, decode, encode, get, holds_unknown

FILE: Final = "kubernetes:yaml/v2:ConfigFile"
GROUP: Final = "kubernetes:yaml/v2:ConfigGroup"
INPUTS: Final = {FILE: ("file",), GROUP: ("files", "yaml", "objs")}
REFERENCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"  # the signature of a reference to a resource
AT_ONCE: Final = 64  # registrations under way; the engine keeps its own limit below
MESSAGE: Final = 400 * 1024 * 1024  # bytes


def construct(session: Session, request: pb.ConstructRequest, version: str) -> pb.ConstructResponse:
    """Register a component and its children; return its URN and outputs.

    Args:
        version: the plugin's version, for children that use the default provider.

    Raises:
        InvalidInput: this plugin has no such component, or its manifests cannot be read.
        ProviderError: the engine refused a child; it has said why.
    """
    if request.type not in INPUTS:
        raise InvalidInput(
            f"This plugin has no component {request.type}; it has {', '.join(INPUTS)}. "
            "Helm charts and Kustomize directories need the official pulumi-resource-kubernetes first on PATH."
        )
    options = [("grpc.max_receive_message_length", MESSAGE), ("grpc.max_send_message_length", MESSAGE)]
    with grpc.insecure_channel(request.monitorEndpoint, options=options) as channel:
        component = _Component(resource_pb2_grpc.ResourceMonitorStub(channel), request, version)
        try:
            return component.build(session)
        except grpc.RpcError as error:
            raise ProviderError(f"{request.type} {request.name} could not be built: {_details(error)}") from error


class _Component:
    def __init__(
        self, monitor: resource_pb2_grpc.ResourceMonitorStub, request: pb.ConstructRequest, version: str
    ) -> None:
        self._monitor = monitor
        self._request = request
        self._version = version

    def build(self, session: Session) -> pb.ConstructResponse:
        inputs = decode(self._request.inputs).value
        urn = self._register_itself()
        if any(holds_unknown(inputs.get(key)) for key in INPUTS[self._request.type]):
            session.log.info(urn, "The manifests are not known yet: what they hold is not part of this preview.")
            resources: Any = UNKNOWN
        else:
            found = manifests(inputs, self._request.type)
            resources = self._register_all(urn, found, inputs)
        state = encode({"resources": resources})
        self._monitor.RegisterResourceOutputs(resource_pb2.RegisterResourceOutputsRequest(urn=urn, outputs=state))
        return pb.ConstructResponse(urn=urn, state=state)

    def _register_itself(self) -> str:
        asked = self._request
        request = resource_pb2.RegisterResourceRequest(
            type=asked.type,
            name=asked.name,
            parent=asked.parent,
            object=Struct(),
            acceptSecrets=True,
            acceptResources=True,
            providers=asked.providers,
            dependencies=asked.dependencies,
            aliases=asked.aliases,
            aliasSpecs=True,
        )
        if asked.HasField("protect"):
            request.protect = asked.protect
        return str(self._monitor.RegisterResource(request).urn)

    def _register_all(self, parent: str, found: list[Object], inputs: Object) -> list[Object]:
        prefix = inputs.get("resourcePrefix")
        prefix = self._request.name if prefix is None else prefix
        if inputs.get("skipAwait"):
            found = [_skipping(one) for one in found]
        urns: dict[int, str] = {}
        references: dict[int, Object] = {}
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for wave in waves(found):
                done = pool.map(
                    lambda each: (
                        each.index,
                        self._register(parent, str(prefix), found[each.index], [urns[needed] for needed in each.needs]),
                    ),
                    wave,
                )
                for index, answer in done:
                    urns[index] = answer.urn
                    references[index] = {SIGNATURE: REFERENCE, "urn": answer.urn, "id": answer.id or UNKNOWN}
        return [references[index] for index in range(len(found))]

    def _register(
        self, parent: str, prefix: str, value: Object, dependencies: list[str]
    ) -> resource_pb2.RegisterResourceResponse:
        asked = self._request
        api_version, kind = str(value["apiVersion"]), str(value["kind"])
        namespace, name = get(value, "metadata", "namespace"), get(value, "metadata", "name")
        logical = f"{namespace}/{name}" if namespace else str(name)
        request = resource_pb2.RegisterResourceRequest(
            type=f"kubernetes:{'' if '/' in api_version else 'core/'}{api_version}:{kind}",
            name=f"{prefix}:{logical}" if prefix else logical,
            parent=parent,
            custom=True,
            object=encode(value, secret_paths(value, frozenset()) if is_secret(value) else frozenset()),
            acceptSecrets=True,
            acceptResources=True,
            provider=asked.providers.get("kubernetes", ""),
            version=self._version,
            dependencies=[*asked.dependencies, *dependencies],
        )
        if asked.HasField("protect"):
            request.protect = asked.protect
        answer: resource_pb2.RegisterResourceResponse = self._monitor.RegisterResource(request)
        return answer


def manifests(inputs: Object, token: str) -> list[Object]:
    """Return all objects that a ConfigFile or ConfigGroup names, lists taken apart.

    Raises:
        InvalidInput: a file is missing, a text is no manifest, or an object has no name.
    """
    found: list[Object] = []
    for one in inputs.get("objs") or []:
        found += flat(one, where="`objs`")
    files = [inputs["file"]] if token == FILE else inputs.get("files") or []
    for pattern in files:
        for path in _paths(str(pattern)):
            found += objects(_read(path), where=path)
    if inputs.get("yaml"):
        found += objects(str(inputs["yaml"]), where="`yaml`")
    for value in found:
        if not get(value, "metadata", "name"):
            raise InvalidInput(
                f"{value['kind']} in a manifest has no `metadata.name`; manifests must name their objects."
            )
    return found


def _paths(pattern: str) -> list[str]:
    if pattern.startswith(("http://", "https://")) or not any(letter in pattern for letter in "*?["):
        return [pattern]
    return sorted(glob(pattern))  # noqa: PTH207 (Path.glob takes no absolute patterns)


def _read(path: str) -> str:
    try:
        if path.startswith(("http://", "https://")):
            answer = urllib3.request("GET", path, timeout=30.0)
            if answer.status != 200:
                raise InvalidInput(f"{path} answered with HTTP {answer.status}.")
            return answer.data.decode()
        return Path(path).read_text()
    except (OSError, urllib3.exceptions.HTTPError) as error:
        raise InvalidInput(f"The manifest {path} cannot be read: {error}.") from error


def _skipping(value: Object) -> Object:
    metadata = value.get("metadata") or {}
    annotations = {**(metadata.get("annotations") or {}), SKIP_AWAIT: "true"}
    return {**value, "metadata": {**metadata, "annotations": annotations}}


def _details(error: grpc.RpcError) -> str:
    details = getattr(error, "details", None)
    return str(details() if callable(details) else error)
