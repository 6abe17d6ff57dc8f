"""A policy pack: what is sold must have a name, and cost no more than the stack's configuration allows."""

import pulumi
from pulumi_policy import (
    EnforcementLevel,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)


def named(resource: ResourceValidationArgs, report: ReportViolation) -> None:
    if resource.resource_type == "test:shop:Shop" and not resource.props.get("title"):
        report("a shop must have a title", None)


def affordable(stack: StackValidationArgs, report: ReportViolation) -> None:
    limit = pulumi.Config("shop").get_int("limit")
    if limit is None:  # `pulumi policy analyze` gives packs no configuration
        return
    for resource in stack.resources:
        if resource.resource_type == "test:shop:Shop" and resource.props.get("price", 0) > limit:
            report(f"the price must not exceed {limit}", resource.urn)


PolicyPack(
    name="shop-rules",
    enforcement_level=EnforcementLevel.MANDATORY,
    policies=[
        ResourceValidationPolicy(name="named", description="Shops have titles.", validate=named),
        StackValidationPolicy(name="affordable", description="Prices have a limit.", validate=affordable),
    ],
)
