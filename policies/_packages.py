"""Objects of packages: what upstream ships for an operator of the platform is judged by its pinned version, not by us.

Only the platform's own stack may hold any, and only below the component that confines an operator's namespace. What the
platform adds beside them is judged as everything else.
"""

from collections.abc import Iterable
from itertools import pairwise
from typing import Final

from policies._object import Resource
from policies._stack import Stack
from spec import PlatformSpec

OPERATOR: Final = "paas:platform:InstalledOperator"
PACKAGES: Final = ("kubernetes:yaml/v2:ConfigFile", "kubernetes:helm.sh/v4:Chart")


def without_packages(resources: Iterable[Resource], stack: Stack) -> tuple[Resource, ...]:
    """Return the resources without those of packages."""
    if not isinstance(stack.spec, PlatformSpec):
        return tuple(resources)
    return tuple(found for found in resources if not packaged(found.urn))


def packaged(urn: str) -> bool:
    """Tell whether a URN's chain of types goes through a package of an operator."""
    *parents, _ = urn.split("::")[2].split("$")
    return any(pair in pairwise(parents) for pair in ((OPERATOR, each) for each in PACKAGES))
