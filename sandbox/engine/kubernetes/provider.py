"""The resource provider: one thin method per call of the protocol; each says what it does and lets others do it.

The engine checks inputs (`Check`), compares them with the state (`Diff`), and then creates, updates or deletes.
Reads serve `refresh`, `import` and `.get()`. See proto/pulumi/provider.proto of pulumi/pulumi.
"""

from collections.abc import Mapping
from typing import Any, Final

from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import plugin_pb2
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto import provider_pb2_grpc as rpc

from sandbox.engine.kubernetes import operations
from sandbox.engine.kubernetes.answers import call, diff_response
from sandbox.engine.kubernetes.checks import check
from sandbox.engine.kubernetes.client import Client
from sandbox.engine.kubernetes.configuration import configuration, problems
from sandbox.engine.kubernetes.diffing import asks_cluster, diff
from sandbox.engine.kubernetes.discovery import Discovery
from sandbox.engine.kubernetes.errors import InvalidInput, ProviderError
from sandbox.engine.kubernetes.functions import invoke
from sandbox.engine.kubernetes.identity import replaces_provider
from sandbox.engine.kubernetes.kubeconfig import load
from sandbox.engine.kubernetes.log import Log
from sandbox.engine.kubernetes.naming import Autonaming, Mode, logical_name
from sandbox.engine.kubernetes.objects import secret_paths
from sandbox.engine.kubernetes.pace import Pace
from sandbox.engine.kubernetes.session import Session
from sandbox.engine.kubernetes.values import UNKNOWN_SENTINELS, decode, encode, holds_unknown

VERSION: Final = "4.34.2"
"""The release of the official plugin that this one keeps to: programs pin it through their SDK."""

CONFIG: Final = "kubernetes:config:"


class Provider(rpc.ResourceProviderServicer):
    """Serves one engine.

    Args:
        engine: the engine's address, for messages; empty means that nobody listens.
    """

    def __init__(self, engine: str = "") -> None:
        self._engine = engine
        self._session: Session | None = None

    @property
    def session(self) -> Session:
        """What `Configure` set up.

        Raises:
            ProviderError: the engine has not configured us.
        """
        if self._session is None:
            raise ProviderError("The Kubernetes provider was asked to work before it was configured.")
        return self._session

    @call
    def Handshake(self, request: pb.ProviderHandshakeRequest) -> pb.ProviderHandshakeResponse:
        """Agree on what both sides understand."""
        self._engine = self._engine or request.engine_address
        return pb.ProviderHandshakeResponse(
            accept_secrets=True, accept_resources=False, accept_outputs=False, supports_autonaming_configuration=True
        )

    @call
    def Attach(self, request: plugin_pb2.PluginAttach) -> Empty:
        """Take the address of an engine that found us running (PULUMI_DEBUG_PROVIDERS)."""
        self._engine = request.address
        return Empty()

    @call
    def GetPluginInfo(self, _request: Empty) -> plugin_pb2.PluginInfo:
        """Tell our version."""
        return plugin_pb2.PluginInfo(version=VERSION)

    @call
    def GetSchema(self, _request: pb.GetSchemaRequest) -> pb.GetSchemaResponse:
        """Describe the kinds, for what writes code; programs take their types from the SDK."""
        from sandbox.engine.kubernetes.schema import schema  # noqa: PLC0415 (rarely used)

        return pb.GetSchemaResponse(schema=schema(VERSION))

    @call
    def Parameterize(self, _request: pb.ParameterizeRequest) -> pb.ParameterizeResponse:
        """Refuse extension packages by name."""
        raise InvalidInput(
            "This plugin serves no parameterized packages (typed CRDs of `pulumi package add kubernetes --extension`); "
            "use `kubernetes.apiextensions.CustomResource`, or put the official pulumi-resource-kubernetes on PATH."
        )

    @call
    def GetMapping(self, _request: pb.GetMappingRequest) -> pb.GetMappingResponse:
        """Answer that there is no mapping from other tools."""
        return pb.GetMappingResponse()

    @call
    def CheckConfig(self, request: pb.CheckRequest) -> pb.CheckResponse:
        """Check the provider's own arguments."""
        args = decode(request.news).value
        found = problems(args, provider_name=logical_name(request.urn))
        return pb.CheckResponse(
            inputs=request.news, failures=[pb.CheckFailure(property=key, reason=text) for key, text in found.items()]
        )

    @call
    def DiffConfig(self, request: pb.DiffRequest) -> pb.DiffResponse:
        """Compare arguments; only another cluster replaces the provider, and with it all its resources."""
        olds, news = decode(request.old_inputs).value, decode(request.news).value
        if olds == news:
            return pb.DiffResponse(changes=pb.DiffResponse.DIFF_NONE)
        changed = [key for key in {**olds, **news} if olds.get(key) != news.get(key)]
        return pb.DiffResponse(changes=pb.DiffResponse.DIFF_SOME, diffs=changed, replaces=replaces_provider(olds, news))

    @call
    def Configure(self, request: pb.ConfigureRequest) -> pb.ConfigureResponse:
        """Read the kubeconfig; the cluster itself is asked only when something is to be done."""
        self._session = _session(_arguments(request), self._engine, request.id)
        return pb.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, acceptResources=False, supports_autonaming_configuration=True
        )

    @call
    def Check(self, request: pb.CheckRequest) -> pb.CheckResponse:
        """Complete and check inputs: a name, a namespace, annotations that make sense."""
        olds, news = decode(request.olds), decode(request.news)
        autonaming = None
        if request.HasField("autonaming"):
            autonaming = Autonaming(Mode(request.autonaming.mode), request.autonaming.proposed_name)
        checked, failures = check(
            self.session, request.urn, olds.value, news.value, seed=request.randomSeed, autonaming=autonaming
        )
        return pb.CheckResponse(
            inputs=encode(checked, secret_paths(checked, news.secrets)),
            failures=[pb.CheckFailure(property=key, reason=text) for key, text in failures.items()],
        )

    @call
    def Diff(self, request: pb.DiffRequest) -> pb.DiffResponse:
        """Compare new inputs with those in the state; the cluster is not asked."""
        if request.old_inputs == request.news and not asks_cluster(request.news):
            return pb.DiffResponse(changes=pb.DiffResponse.DIFF_NONE, hasDetailedDiff=True)
        olds, news = decode(request.old_inputs), decode(request.news)
        found = diff(self.session, request.urn, olds.value, news.value, decode(request.olds).value)
        return diff_response(found)

    @call
    def Create(self, request: pb.CreateRequest) -> pb.CreateResponse:
        """Make an object and wait until it is ready."""
        inputs = decode(request.properties)
        if request.preview:
            outputs = operations.preview_create(self.session, request.urn, inputs)
            return pb.CreateResponse(properties=outputs)
        identity, outputs = operations.create(self.session, request.urn, inputs, request.timeout)
        return pb.CreateResponse(id=identity, properties=outputs)

    @call
    def Update(self, request: pb.UpdateRequest) -> pb.UpdateResponse:
        """Change an object and wait until it is ready."""
        inputs, state, ignored = decode(request.news), decode(request.olds), list(request.ignoreChanges)
        if request.preview:
            outputs = operations.preview_update(self.session, request.urn, inputs, state, ignored)
        else:
            outputs = operations.update(
                self.session, request.urn, inputs, state, ignored=ignored, timeout=request.timeout
            )
        return pb.UpdateResponse(properties=outputs)

    @call
    def Delete(self, request: pb.DeleteRequest) -> Empty:
        """Delete an object and wait until it is gone."""
        operations.delete(
            self.session,
            request.urn,
            decode(request.old_inputs).value,
            decode(request.properties).value,
            request.timeout,
        )
        return Empty()

    @call
    def Read(self, request: pb.ReadRequest) -> pb.ReadResponse:
        """Read an object back, for refresh, import and `.get()`; an empty id tells that it is gone."""
        inputs = decode(request.inputs) if request.HasField("inputs") else None
        found = operations.read(self.session, request.urn, request.id, inputs, decode(request.properties))
        if found is None:
            return pb.ReadResponse()
        identity, outputs, live_inputs = found
        return pb.ReadResponse(id=identity, properties=outputs, inputs=live_inputs)

    @call
    def Invoke(self, request: pb.InvokeRequest) -> pb.InvokeResponse:
        """Call a function of the provider."""
        args = decode(request.args).value
        answer = pb.InvokeResponse()
        getattr(answer, "return").CopyFrom(encode(invoke(self.session, request.tok, args)))
        return answer

    @call
    def Call(self, request: pb.CallRequest) -> pb.CallResponse:
        """Refuse methods by name: the Kubernetes package has none."""
        raise InvalidInput(f"The Kubernetes provider has no method {request.tok}.")

    @call
    def Construct(self, request: pb.ConstructRequest) -> pb.ConstructResponse:
        """Build a component: `yaml/v2` ConfigFile and ConfigGroup."""
        from sandbox.engine.kubernetes.components import construct  # noqa: PLC0415 (rarely used, slow to import)

        return construct(self.session, request, VERSION)

    @call
    def Cancel(self, _request: Empty) -> Empty:
        """Stop waiting everywhere; requests under way come to their end."""
        self.stop()
        return Empty()

    def stop(self) -> None:
        """Let every wait end now; what exists and is not ready is reported as such, so that no object gets lost."""
        if self._session:
            self._session.cancelled.set()


def _arguments(request: pb.ConfigureRequest) -> dict[str, Any]:
    """Return the provider's arguments; `args` has them typed, `variables` as text from older engines."""
    args = decode(request.args).value if request.HasField("args") else {}
    texts: Mapping[str, str] = request.variables
    return {key.removeprefix(CONFIG): value for key, value in texts.items()} | args


def _session(args: dict[str, Any], engine: str, provider_id: str) -> Session:
    if holds_unknown(args):
        raise InvalidInput("The Kubernetes provider was configured with values that are not known yet.")
    settings = configuration(args)
    connection = load(settings.kubeconfig, context=settings.context, cluster=settings.cluster)
    limits = settings.client
    pace = Pace(limits.qps, limits.burst or int(limits.qps * 2)) if limits.qps else None
    client = Client(connection, timeout=limits.timeout, pace=pace)
    return Session(
        configuration=settings,
        client=client,
        discovery=Discovery(client),
        log=Log(engine),
        namespace=settings.namespace or connection.namespace,
        provider_id="" if provider_id in UNKNOWN_SENTINELS else provider_id,
    )
