"""Rules as the SDK's policies, and the server that the engine asks.

The SDK unpacks a resource again for each policy, and drops the marks of secrets on the way. This server unpacks it
once, marks and all, for those rules alone that are about its kind, and lets the SDK do the rest: levels,
configuration, what the engine asks about the pack. What rules could not decide is answered beside what they refuse, as
advice.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final

import grpc
import pulumi
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.policy import _PolicyAnalyzerServicer
from typing_extensions import override

from policies import _config, _exceptions, _stack
from policies._judge import Verdict, applies, concerns, judge, judge_stack
from policies._ledger import Entry
from policies._object import Resource
from policies._packages import without_packages
from policies._rule import Rule
from policies._stack import Stack
from policies._wire import plain, read
from spec import TenantSpec

NAME: Final = "paas"
UNVERSIONED: Final = "0.0.1"  # the engine takes the version of PulumiPolicy.yaml
DESCRIPTION: Final = "What the platform demands of everything that a stack makes"
LEVELS: Final = {pb.ADVISORY: "advisory", pb.MANDATORY: "mandatory", pb.DISABLED: "disabled", pb.REMEDIATE: "remediate"}


@dataclass(kw_only=True)
class Sight:
    """What one call of the engine is about, and what it left open."""

    stack: Stack
    resources: tuple[Resource, ...]
    ledger: list[tuple[Rule, Entry]] = field(default_factory=list)


_SDK: Any = _PolicyAnalyzerServicer  # its methods have no types
_SIGHT: ContextVar[Sight] = ContextVar("sight")


def policy(rule: Rule) -> Policy:
    """Return a rule as the engine knows it."""
    facts: dict[str, Any] = {
        "name": rule.id,
        "description": rule.title,
        "enforcement_level": EnforcementLevel(rule.level),
        "severity": Severity(rule.severity),
        "display_name": rule.title,
        "tags": [rule.area, *rule.serves],
        "remediation_steps": rule.fix,
        "url": rule.url,
    }
    if rule.settings:
        facts["config_schema"] = PolicyConfigSchema(
            properties={name: dict(found) for name, found in rule.settings.items()}
        )
    if rule.check_stack:
        return StackValidationPolicy(
            validate=_validate(rule, lambda stack, all_: judge_stack(rule, all_, stack)), **facts
        )
    return ResourceValidationPolicy(validate=_validate(rule, lambda stack, one: judge(rule, one[0], stack)), **facts)


def _validate(
    rule: Rule, verdict: Callable[[Stack, tuple[Resource, ...]], Verdict]
) -> Callable[[ResourceValidationArgs | StackValidationArgs, ReportViolation], None]:
    def validate(args: ResourceValidationArgs | StackValidationArgs, report: ReportViolation) -> None:
        sight = _SIGHT.get()
        if not applies(rule, sight.stack):
            args.not_applicable("the stack is the platform's own")
        settings = rule.defaults | {name: plain(value) for name, value in (args.get_config() or {}).items()}
        found = verdict(sight.stack.set(settings), sight.resources)
        for refusal in found.refusals:
            report(f"{refusal.sentence}\nfix: {rule.fix}; see {rule.url}", refusal.urn or None)
        sight.ledger += [(rule, entry) for entry in found.ledger]

    return validate


class Servicer(_PolicyAnalyzerServicer):
    """Answers the engine for a list of rules."""

    def __init__(self, rules: Iterable[Rule], stack: Stack) -> None:
        self._rules = tuple(rules)
        self._policies = {rule.id: policy(rule) for rule in self._rules}
        self._stack = stack
        self._configuration = pb.ConfigureAnalyzerRequest()
        self._parts: dict[tuple[str, ...], Any] = {}
        super().__init__(
            NAME,
            UNVERSIONED,
            list(self._policies.values()),
            EnforcementLevel.MANDATORY,
            description=DESCRIPTION,
        )

    @override
    def Analyze(self, request: pb.AnalyzeRequest, _context: grpc.ServicerContext) -> pb.AnalyzeResponse:
        """Judge one resource by the rules about objects."""
        resource = _resource(request)
        if not self._stack.known:  # `pulumi policy analyze` gives no configuration; parents come first
            self._stack = _stack.deployed(resource.urn, resource.type, resource.properties) or self._stack
        if not without_packages((resource,), self._stack):
            return pb.AnalyzeResponse()
        ids = tuple(rule.id for rule in self._rules if concerns(rule, resource))
        if not ids:
            return pb.AnalyzeResponse()
        return self._answer((resource,), lambda: self._part(ids).Analyze(pb.AnalyzeRequest(), _context))

    def _part(self, ids: tuple[str, ...]) -> Any:
        """Return the SDK's servicer of some rules: it spends time on each, whether the rule has anything to say."""
        if ids not in self._parts:
            part: Any = _PolicyAnalyzerServicer(
                NAME, UNVERSIONED, [self._policies[id] for id in ids], EnforcementLevel.MANDATORY
            )
            part.Configure(self._configuration, None)
            self._parts[ids] = part
        return self._parts[ids]

    @override
    def Remediate(self, _request: pb.AnalyzeRequest, _context: grpc.ServicerContext) -> pb.RemediateResponse:
        """No rule changes a resource; the SDK would unpack each to find that out."""
        return pb.RemediateResponse()

    @override
    def AnalyzeStack(self, request: pb.AnalyzeStackRequest, _context: grpc.ServicerContext) -> pb.AnalyzeResponse:
        """Judge all resources together by the rules about stacks."""
        bare = pb.AnalyzeStackRequest()
        resources = without_packages((_resource(each) for each in request.resources), self._stack)
        response = self._answer(resources, lambda: _SDK.AnalyzeStack(self, bare, _context))
        response.diagnostics.extend(self._exceptions())
        return response

    def _exceptions(self) -> Iterator[pb.AnalyzeDiagnostic]:
        """Tell every exception, and refuse those that are none any more, or never were."""
        tenant, now = self._stack.spec, self._stack.now
        if isinstance(tenant, TenantSpec):
            yield from (_told(rule, sentence, pb.ADVISORY) for rule, sentence in _exceptions.told(tenant, now))
            yield from (
                _told(rule, sentence, pb.MANDATORY) for rule, sentence in _exceptions.wrong(tenant, self._rules, now)
            )

    def _answer(self, resources: tuple[Resource, ...], ask: Callable[[], pb.AnalyzeResponse]) -> pb.AnalyzeResponse:
        sight = Sight(stack=self._stack, resources=resources)
        token = _SIGHT.set(sight)
        try:
            response = ask()
        finally:
            _SIGHT.reset(token)
        response.diagnostics.extend(_advice(rule, entry) for rule, entry in sight.ledger)
        return response

    @override
    def Configure(self, request: pb.ConfigureAnalyzerRequest, _context: grpc.ServicerContext) -> Any:
        """Take the pack's configuration, or refuse it with all that is wrong with it."""
        given = {
            name: {_config.LEVEL: LEVELS[found.enforcementLevel], **dict(found.properties)}
            for name, found in request.policyConfig.items()
        }
        wrong = list(_config.problems(given, self._rules))
        if wrong:
            _context.abort(grpc.StatusCode.INVALID_ARGUMENT, "policy configuration: " + "; ".join(wrong))
        self._configuration = request
        self._parts.clear()
        return _SDK.Configure(self, request, _context)

    @override
    def ConfigureStack(self, request: pb.AnalyzerStackConfigureRequest, _context: grpc.ServicerContext) -> Any:
        """Learn whose stack it is."""
        self._stack = _stack.read(request.stack, dict(request.config))
        return super().ConfigureStack(request, _context)


def _resource(request: pb.AnalyzeRequest | pb.AnalyzerResource) -> Resource:
    return Resource(
        type=request.type,
        urn=request.urn,
        name=request.name,
        properties=read(request.properties),
        provider=request.provider.name if request.HasField("provider") else None,
        protect=request.options.protect,
    )


def _advice(rule: Rule, entry: Entry) -> pb.AnalyzeDiagnostic:
    return _told(rule.id, f"{rule.title}\n{entry}", pb.ADVISORY, urn=entry.urn)


def _told(rule: str, message: str, level: pb.EnforcementLevel.ValueType, *, urn: str = "") -> pb.AnalyzeDiagnostic:
    return pb.AnalyzeDiagnostic(
        policyName=rule,
        policyPackName=NAME,
        policyPackVersion=UNVERSIONED,
        description=message.partition("\n")[0],
        message=message,
        urn=urn,
        enforcementLevel=level,
    )


def from_environment(environment: Mapping[str, str] = os.environ) -> Stack:
    """Return the stack that the engine's variables tell: engines that never call `ConfigureStack` set them."""
    return _stack.read(environment.get("PULUMI_STACK", ""), pulumi.runtime.get_config_env())
