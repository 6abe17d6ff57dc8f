"""What tenants' stacks must know of the platform and cannot know by themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pulumi
from pulumi import Input, Output

from spec import Problem, SpecError, TenantSpec, plan, rules
from spec.errors import shown
from spec.names import stack_file


@dataclass(frozen=True, kw_only=True)
class PlatformFacts:
    """Outputs of the platform's stack.

    Attributes:
        networks: the cluster's own networks, which egress never opens.
        region: where the platform is.
        edge: the `class` of gateways, the `issuer` of certificates and the controller that `limits` rates, where one
            does; empty where nothing is reached from outside.
        authority: the certificate of the platform's own issuer, in PEM; None where it has no such issuer.
        require_digest: whether staging and prod run only images that are named with their digest.
        databases: what they are made of; None where the platform has none.
    """

    networks: Input[Sequence[str]]
    region: Input[str]
    require_digest: Input[bool]
    databases: Input[Mapping[str, Any] | None]
    edge: Input[Mapping[str, str]]
    authority: Input[str | None]


def read_facts(stack: str) -> PlatformFacts:
    """Return the facts that the platform's stack exports.

    Args:
        stack: its full name, such as `organization/paas/platform`; one that does not exist, or that an older program
            has brought up, ends the run.
    """
    facts = pulumi.StackReference(stack).require_output("facts")

    def fact(name: str) -> Output[Any]:
        def pick(found: dict[str, Any]) -> Any:
            if name not in found:
                raise pulumi.RunError(
                    f"{stack} does not export the fact `{name}` yet; first run: pulumi up -s platform"
                )
            return found[name]

        return facts.apply(pick)

    return PlatformFacts(
        networks=fact("networks"),
        region=fact("region"),
        require_digest=fact("requireDigest"),
        # Of what a platform that an older program has brought up does not have, it says nothing.
        databases=facts.apply(lambda found: found.get("databases")),
        edge=fact("edge"),
        authority=facts.apply(lambda found: found.get("authority")),
    )


def refused(*, path: str, given: object, wanted: str, fix: str) -> pulumi.RunError:
    """Return the error of a stack file that is right by itself and does not fit this platform.

    Args:
        path: below `paas:tenant`.
    """
    return _run_error([Problem(path=f"paas:tenant.{path}", given=shown(given), wanted=wanted, fix=fix)])


def _run_error(problems: Sequence[Problem]) -> pulumi.RunError:
    return pulumi.RunError(str(SpecError(stack_file(pulumi.get_stack()), problems)))


def checked_region(residency: str, region: Input[str]) -> Output[str]:
    """Return `residency`, where data must stay; a platform in another region ends the run."""

    def check(found: str) -> str:
        if found != residency:
            raise refused(
                path="residency",
                given=residency,
                wanted=f"{found}, where this platform is",
                fix="deploy to a platform in that region, or change the residency",
            )
        return residency

    return Output.from_input(region).apply(check)


def check_exceptions(spec: TenantSpec, now: datetime) -> None:
    """End the run where an exception is over at `now`, or would last too long; all are told at once."""
    days = plan.LONGEST_EXCEPTION.days
    faults = [
        *((name, found, "a moment that is still to come") for name, found in plan.over(spec, now).items()),
        *((name, found, f"a moment at most {days} days ahead") for name, found in plan.too_far(spec, now).items()),
    ]
    problems = [
        Problem(
            path=f"paas:tenant.exceptions.{name}.until",
            given=shown(found.until),
            wanted=wanted,
            fix=f"remove the exception, or have it decided anew; its ticket is {found.ticket}",
        )
        for name, found, wanted in faults
    ]
    if problems:
        raise _run_error(problems)


def checked_images(spec: TenantSpec, require_digest: Input[bool]) -> Output[dict[str, str]]:
    """Return the images of all apps and jobs by their paths, `apps.web`.

    Where the platform demands digests, every image that lacks one is told at once, and the run ends.
    """

    def check(required: bool) -> dict[str, str]:
        if required and (problems := list(rules.floating_images(spec))):
            raise _run_error(problems)
        return {path: workload.image for path, workload in rules.workloads(spec)}

    return Output.from_input(require_digest).apply(check)


def database_fact(facts: PlatformFacts, database: str, name: str) -> Output[Any]:
    """Return what the platform says of databases; one that has none ends the run.

    Args:
        database: whose sake it is for.
        name: a key of the fact.
    """

    def pick(found: Mapping[str, Any] | None) -> Any:
        if found is None:
            raise refused(
                path=f"databases.{database}",
                given=database,
                wanted="no database: this platform has none",
                fix="add `databases:` to the platform's stack file and run: pulumi up -s platform",
            )
        return found[name]

    return Output.from_input(facts.databases).apply(pick)


def backup_store(facts: PlatformFacts, database: str) -> Output[dict[str, str]]:
    """Return where a database's backups go, and by whom: `method`, `bucket`, `endpoint`, `secret`."""
    named = {name: database_fact(facts, database, name) for name in ("bucket", "endpoint", "secret")}
    # A platform that an older program has brought up says nothing of who makes them: then it is the operator.
    known = Output.from_input(facts.databases).apply(lambda found: (found or {}).get("backups", plan.BY_OPERATOR))
    return Output.all(method=known, **named)


def database_image(facts: PlatformFacts, database: str, version: int) -> Output[str]:
    """Return the image of a major version; one that the platform does not have ends the run."""

    def pick(images: Mapping[str, str]) -> str:
        if str(version) not in images:
            raise refused(
                path=f"databases.{database}.version",
                given=version,
                wanted=f"a version that this platform has: {', '.join(sorted(images))}",
                fix="write one of these, or have the platform take it up",
            )
        return images[str(version)]

    return database_fact(facts, database, "images").apply(pick)
