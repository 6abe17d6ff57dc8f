"""What a tenant or the platform is, in the platform's own words, and everything that follows from it.

Pure data and arithmetic: this package knows neither Pulumi nor Kubernetes nor the network, so that programs, policies,
reviews and editors can all read the same truth.
"""

from spec._base import Model
from spec.app import AppSpec
from spec.database import DatabaseSpec
from spec.errors import Problem, SpecError
from spec.job import JobSpec
from spec.load import KINDS, load
from spec.names import PLATFORM_STACK
from spec.platform import PlatformSpec
from spec.tenant import TenantSpec
from spec.workload import Workload

__all__ = [
    "KINDS",
    "PLATFORM_STACK",
    "AppSpec",
    "DatabaseSpec",
    "JobSpec",
    "Model",
    "PlatformSpec",
    "Problem",
    "SpecError",
    "TenantSpec",
    "Workload",
    "load",
]
