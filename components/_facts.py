"""What tenants' stacks must know of the platform and cannot know by themselves."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi import Input, Output

from spec import Problem, SpecError
from spec.errors import shown
from spec.names import stack_file


@dataclass(frozen=True, kw_only=True)
class PlatformFacts:
    """Outputs of the platform's stack.

    Attributes:
        networks: the cluster's own networks, which egress never opens.
        region: where the platform is.
    """

    networks: Input[Sequence[str]]
    region: Input[str]


def read_facts(stack: str) -> PlatformFacts:
    """Return the facts that the platform's stack exports.

    Args:
        stack: its full name, such as `organization/paas/platform`; a stack that does not exist ends the run.
    """
    outputs = pulumi.StackReference(stack).require_output("facts")
    return PlatformFacts(networks=outputs["networks"], region=outputs["region"])


def refused(*, path: str, given: str, wanted: str, fix: str) -> pulumi.RunError:
    """Return the error of a stack file that is right by itself and does not fit this platform.

    Args:
        path: below `paas:tenant`.
    """
    problem = Problem(path=f"paas:tenant.{path}", given=shown(given), wanted=wanted, fix=fix)
    return pulumi.RunError(str(SpecError(stack_file(pulumi.get_stack()), [problem])))


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
