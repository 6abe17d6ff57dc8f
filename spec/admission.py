"""Rules of the API server for tenants' namespaces, in the API server's own words and before anything renders them.

Whoever may `manage` the virtual resource `environments.paas.internal` is the platform: cluster administrators may, and
the identity of the pipeline that runs these stacks must.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from spec.labels import DOMAIN

BY_THE_PLATFORM = f"authorizer.group('{DOMAIN}').resource('environments').check('manage').allowed()"

CONTROLLERS = ("system:kube-controller-manager", "system:kube-scheduler", "system:apiserver")
OPERATORS = ("kube-system", "cert-manager", "cnpg-system", "paas-gateway")
"""Namespaces whose service accounts act for the cluster itself, or make what the platform's objects ask for: instances
of databases with their claims, Secrets, roles and Services, certificates, ways in. Only the platform writes what these
operators read."""

BY_A_CONTROLLER = " || ".join(
    (
        f"request.userInfo.username in {list(CONTROLLERS)}",
        *(f"request.userInfo.username.startsWith('system:serviceaccount:{name}:')" for name in OPERATORS),
        "'system:nodes' in request.userInfo.groups",
    )
)


@dataclass(frozen=True, kw_only=True)
class Validation:
    """One thing that a request must keep.

    Attributes:
        unless: CEL that holds where it is kept.
        message: the whole refusal.
    """

    unless: str
    message: str


@dataclass(frozen=True, kw_only=True)
class AdmissionPolicy:
    """A ValidatingAdmissionPolicy on everything that belongs to tenants.

    Attributes:
        name: in small letters, unique among all; `q3`.
        resources: (API group, resource) that it judges when they are created or updated; `*` is any.
        excluded: what of these it leaves alone.
        conditions: CEL by name, each of which a request must meet to be judged.
        variables: CEL by name; later ones may use earlier ones, as `variables.<name>`.
        validations: what a request must keep.
        enforced: whether what breaks it is refused, or only told.
    """

    name: str
    resources: tuple[tuple[str, str], ...]
    excluded: tuple[tuple[str, str], ...] = ()
    conditions: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    validations: tuple[Validation, ...]
    enforced: bool = True
