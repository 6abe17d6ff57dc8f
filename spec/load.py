"""From the configuration that the engine hands over to a spec, or to every problem that it has."""

import json
from collections.abc import Iterator, Mapping

from pydantic import ValidationError

from spec import explain, names, rules
from spec.errors import Problem, SpecError, shown
from spec.platform import PlatformSpec
from spec.tenant import TenantSpec

KINDS: dict[str, type[TenantSpec] | type[PlatformSpec]] = {"tenant": TenantSpec, "platform": PlatformSpec}
"""Configuration keys below `paas:`, of which a stack file has exactly one, and what each holds."""


def load(stack: str, config: Mapping[str, object]) -> TenantSpec | PlatformSpec:
    """Return the spec of `stack`.

    Args:
        stack: the stack's name; its file is `stacks/Pulumi.<stack>.yaml`.
        config: values of the keys of `KINDS`, None or empty where the file does not have them.

    Raises:
        SpecError: with every problem of the file. What concerns several fields together is looked at once each of
            them is right by itself.
    """
    file = names.stack_file(stack)
    given = {key: config[key] for key in KINDS if config.get(key)}
    if len(given) != 1:
        raise SpecError(file, [_not_one(sorted(given))])
    [(key, value)] = given.items()
    try:
        spec = KINDS[key].model_validate_json(json.dumps(value))
    except ValidationError as error:
        raise SpecError(file, explain.problems(f"paas:{key}", KINDS[key], error.errors())) from None
    problems = [*_named(stack, spec), *(rules.problems(spec) if isinstance(spec, TenantSpec) else ())]
    if problems:
        raise SpecError(file, problems)
    return spec


def _not_one(given: list[str]) -> Problem:
    return Problem(
        path="config",
        given=" and ".join(f"paas:{key}" for key in given) or "neither",
        wanted="exactly one of paas:tenant and paas:platform",
        fix="keep one: a stack is either the platform or one tenant's environment",
    )


def _named(stack: str, spec: TenantSpec | PlatformSpec) -> Iterator[Problem]:
    """A stack's name follows from its spec, so that no two stacks ever describe one namespace."""
    wanted = names.stack_of(spec)
    if stack != wanted:
        yield Problem(
            path="paas:platform" if isinstance(spec, PlatformSpec) else "paas:tenant.name",
            given=f"stack {shown(stack)}",
            wanted=f"stack {shown(wanted)}, which follows from this file",
            fix=f"rename the file to Pulumi.{wanted}.yaml and use that stack, or correct the file",
        )
