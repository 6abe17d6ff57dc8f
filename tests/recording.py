"""The engine's stand-in for component tests: records what is registered, with parents and outputs.

made = deploy(a_tenant())
made.one("ResourceQuota").spec["hard"]["requests.cpu"]

It proves wording, not truth: what the API server says of the same objects is the end-to-end tests' part.
"""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from google.protobuf import empty_pb2
from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks, rpc, set_mocks
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.settings import get_project, get_stack, set_root_resource
from pulumi.runtime.stack import run_in_stack

from components import build, cluster
from policies.admission import twins
from spec import PlatformSpec, TenantSpec, names

STACK_TYPE = "pulumi:pulumi:Stack"
GROUP = "kubernetes:yaml/v2:ConfigGroup"
PLATFORM_OUTPUTS: dict[str, dict[str, Any]] = {
    "facts": {
        "networks": ["10.244.0.0/16", "10.96.0.0/12"],
        "region": "eu",
        "requireDigest": False,
        "databases": {
            "images": {"17": "ghcr.io/cloudnative-pg/postgresql:17.6@sha256:" + 64 * "a"},
            "pooler": "ghcr.io/cloudnative-pg/pgbouncer:1.24.1@sha256:" + 64 * "b",
            "bucket": "paas-backups",
            "endpoint": "http://minio.paas-objects.svc:9000",
            "secret": "paas-backups",
            "readyWithinSeconds": "600",
        },
        "edge": {"class": "paas", "issuer": "paas", "limits": "traefik"},
        "authority": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
    }
}


@dataclass(kw_only=True)
class Made:
    """One registered resource.

    Attributes:
        type: the token; `kubernetes:core/v1:Namespace`.
        name: the logical name.
        props: what it was registered with, in the wire's spelling (camelCase).
        parent: URN of its parent.
        secrets: names of top-level properties that were marked as secret.
        outputs: what a component registered at its end; None where it never did.
    """

    urn: str
    type: str
    name: str
    props: dict[str, Any]
    parent: str
    depends_on: list[str]
    protect: bool
    custom: bool
    provider: str
    secrets: set[str]
    outputs: dict[str, Any] | None = None

    @property
    def kind(self) -> str:
        """The last word of the token: `Namespace`."""
        return self.type.rpartition(":")[2]

    @property
    def metadata(self) -> dict[str, Any]:
        """Of a Kubernetes object."""
        found: dict[str, Any] = self.props["metadata"]
        return found

    @property
    def spec(self) -> dict[str, Any]:
        """Of a Kubernetes object."""
        found: dict[str, Any] = self.props["spec"]
        return found


@dataclass
class Deployed:
    """What a program registered, in order."""

    all: dict[str, Made] = field(default_factory=dict)
    reads: list[str] = field(default_factory=list)

    def urns(self) -> list[str]:
        """Return all that the state will hold, in order; the engine adds only its own default provider."""
        return sorted([*self.all, *self.reads])

    def objects(self) -> Iterator[Made]:
        """Yield the Kubernetes objects; what the plugin makes of a manifest or a chart is not known here."""
        return (made for made in self.all.values() if made.type.startswith("kubernetes:") and made.custom)

    def components(self) -> Iterator[Made]:
        """Yield the program's own components."""
        return (made for made in self.all.values() if not made.custom and not made.type.startswith("kubernetes:"))

    def many(self, kind: str) -> list[Made]:
        """Return all of a kind."""
        return [made for made in self.all.values() if made.kind == kind]

    def one_of(self, token: str) -> Made:
        """Return the only one of a whole token."""
        [found] = [made for made in self.all.values() if made.type == token]
        return found

    def one(self, kind: str, name: str | None = None) -> Made:
        """Return the only one of a kind, or the one whose physical name is `name`."""
        found = [made for made in self.many(kind) if name is None or made.metadata["name"] == name]
        assert len(found) == 1, f"{len(found)} of {kind} {name or ''}: {[made.urn for made in found]}"
        return found[0]


class _NoCloud(Mocks):
    """Every object is as it was asked for; its id is `namespace/name`, as the real provider's."""

    def call(self, args: MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        raise AssertionError(f"no component may call {args.token} while building")

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        if args.typ == "pulumi:pulumi:StackReference":
            return args.name, args.inputs | {"outputs": PLATFORM_OUTPUTS}
        metadata = args.inputs.get("metadata") or {}
        return "/".join(filter(None, (metadata.get("namespace"), metadata.get("name", args.name)))), args.inputs


class _TidyThreads(ThreadPoolExecutor):
    """The SDK's mocks open an event loop in each thread that they answer on; here each call closes its own."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        def tidy() -> Any:
            loop = asyncio.new_event_loop()
            asyncio.set_event_loop(loop)
            try:
                return fn(*args, **kwargs)
            finally:
                asyncio.set_event_loop(None)
                loop.close()

        return super().submit(tidy)


class _Recorder(MockMonitor):
    """The SDK's monitor keeps URNs and states only; this one keeps what the contracts are about."""

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """Qualify the type by all its parents but the stack, as the engine does; the SDK's mock uses the last only."""
        above = parent.split("::")[2] if parent else STACK_TYPE
        qualified = type_ if above == STACK_TYPE else f"{above}${type_}"
        return "::".join((f"urn:pulumi:{get_stack()}", get_project(), qualified, name))

    def __init__(self, deployed: Deployed) -> None:
        super().__init__(_NoCloud())
        self.deployed = deployed

    def RegisterResource(self, request: Any) -> Any:
        response = super().RegisterResource(request)
        assert response.urn not in self.deployed.all, f"two resources are {response.urn}"
        given = rpc.deserialize_properties(request.object, keep_unknowns=True)
        self.deployed.all[response.urn] = Made(
            urn=response.urn,
            type=request.type,
            name=request.name,
            props={key: rpc.unwrap_rpc_secret(value) for key, value in given.items()},
            parent=request.parent,
            depends_on=list(request.dependencies),
            protect=request.protect,
            custom=request.custom,
            provider=request.provider,
            secrets={key for key, value in given.items() if rpc.is_rpc_secret(value)},
        )
        if request.type == GROUP:
            self._unpack(self.deployed.all[response.urn], request.providers["kubernetes"])
        return response

    def _unpack(self, group: Made, provider: str) -> None:
        """Record the objects of a list as the plugin registers them."""
        for found in group.props["objs"]:
            metadata = found["metadata"]
            type_ = f"kubernetes:{'' if '/' in found['apiVersion'] else 'core/'}{found['apiVersion']}:{found['kind']}"
            name = f"{group.name}:{metadata['namespace']}/{metadata['name']}"
            urn = self.make_urn(group.urn, type_, name)
            self.deployed.all[urn] = Made(
                urn=urn,
                type=type_,
                name=name,
                props=found,
                parent=group.urn,
                depends_on=group.depends_on,
                protect=False,
                custom=True,
                provider=provider,
                secrets=set(),
            )

    def ReadResource(self, request: Any) -> Any:
        response = super().ReadResource(request)
        self.deployed.reads.append(response.urn)
        return response

    def RegisterResourceOutputs(self, request: Any) -> Any:
        if request.urn in self.deployed.all:
            self.deployed.all[request.urn].outputs = rpc.deserialize_properties(request.outputs)
        return empty_pb2.Empty()


async def _drained() -> None:
    """Wait until nothing goes on in this loop: a program that fails leaves its other registrations under way."""
    while others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.gather(*others, return_exceptions=True)


_NO_ROOT: Any = object()
_NOTHING: Any = None


def record(program: Callable[[], object], *, stack: str) -> Deployed:
    """Run `program` as stack `stack` of project `paas` and return what it registered."""
    deployed = Deployed()

    async def run() -> None:
        asyncio.get_running_loop().set_default_executor(_TidyThreads())
        set_root_resource(_NO_ROOT)  # or set_mocks makes a root of its own, and the program could not have one
        set_mocks(
            _NoCloud(),
            project="paas",
            stack=stack,
            organization="organization",
            preview=False,
            monitor=_Recorder(deployed),
        )
        set_root_resource(_NOTHING)
        try:
            await run_in_stack(lambda: (program(), None)[1])
        except BaseException:
            # The exception is ours to tell; that every Output which waited for it holds it too is not worth a log line.
            asyncio.get_running_loop().set_exception_handler(lambda *_: None)
            raise
        finally:
            await _drained()

    asyncio.run(run())
    return deployed


def deploy(spec: TenantSpec | PlatformSpec) -> Deployed:
    """Build the stack of `spec` and return what it registered."""
    return record(lambda: build(spec, provider=cluster(), admission=twins), stack=names.stack_of(spec))
