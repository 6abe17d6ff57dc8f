"""Conduct: what a tenant's own objects may be, beyond what Pod Security and quotas say.

Roles say which kinds a tenant's people write, this says what may stand in them: nothing that claims to be the
platform's, or holds up the platform's work. What nobody may write, the platform's pipeline neither, the rules of the
policy pack say (`twins`). The cluster's own controllers are left alone, except where they act on a tenant's wish: a
StatefulSet's claims are the tenant's claims.
"""

from pulumi import ResourceOptions

from components._kubernetes import ValidationArgsDict
from components.shared._admission import (
    MARKED,
    NOT_BY_A_CONTROLLER,
    NOT_BY_THE_DATABASES_OPERATOR,
    NOT_BY_THE_PLATFORM,
    OF_ITS_OWN,
    WHERE_A_TENANT_IS,
    enforce,
    refuse,
    requests,
    variables,
)
from spec import PlatformSpec, plan
from spec.app import LONGEST_GRACE
from spec.labels import DOMAIN, MANAGED_BY, PART_OF, PULUMI

OPERATORS_LABELS = "cnpg.io/"
CLAIMS = ("", "persistentvolumeclaims")
SECRETS = ("", "secrets")  # tenants write them and never read them
TOLERATED = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"]  # every pod does, for a while
NEW_VOLUME = "claims get a new volume: no volumeName"
GIVEN = ["kubernetes.io/pvc-protection"]  # finalizers that the API server itself adds to what people make
REQUIRED, PREFERRED = (f"{how}DuringSchedulingIgnoredDuringExecution" for how in ("required", "preferred"))
OWN_NAMESPACE = "!has(term.namespaceSelector) && size(term.?namespaces.orValue([])) == 0"


def conduct(spec: PlatformSpec, opts: ResourceOptions) -> None:
    """Make the rules, and put them into force wherever a tenant is."""
    enforce(
        "conduct",
        spec,
        {
            "match_constraints": {
                "resource_rules": requests(["CREATE", "UPDATE"], plan.written()),
                "namespace_selector": {"match_expressions": [WHERE_A_TENANT_IS]},
            },
            "match_conditions": [
                {"name": "not-the-guards", "expression": f"oldObject == null || !({MARKED} && {OF_ITS_OWN})"},
                NOT_BY_A_CONTROLLER,
                NOT_BY_THE_PLATFORM,
            ],
            "variables": variables(
                {
                    "whole": "dyn(object)",
                    "before": "dyn(oldObject)",
                    # Of Deployments, StatefulSets and Jobs, and of CronJobs.
                    "jobs": "variables.whole.?spec.?jobTemplate.optMap(found, [found]).orValue([])",
                    "templates": "variables.whole.?spec.?template.optMap(found, [found])"
                    ".orValue(variables.jobs.map(job, job.spec.template))",
                    "pods": "variables.templates.map(template, template.spec)",
                    "near": "variables.pods.map(pod, pod.?affinity.?podAffinity.orValue({}))"
                    " + variables.pods.map(pod, pod.?affinity.?podAntiAffinity.orValue({}))",
                    "volumes": "variables.pods.map(pod, pod.?volumes.orValue([]))[?0].orValue([])",
                    "claims": "variables.whole.?spec.?volumeClaimTemplates.orValue([])"
                    " + variables.volumes.filter(found, has(found.ephemeral))"
                    ".map(found, found.ephemeral.volumeClaimTemplate)",
                    "below": "(variables.templates + variables.jobs + variables.claims)"
                    ".map(part, part.?metadata.orValue({}))",
                    "labels": "([variables.whole.metadata] + variables.below).map(each, each.?labels.orValue({}))",
                }
            ),
            "validations": [*_marks(), *_pods(), *_kinds()],
        },
        opts,
    )
    enforce(
        "claims",
        spec,
        {
            "match_constraints": {
                "resource_rules": requests(["CREATE"], [CLAIMS]),
                "namespace_selector": {"match_expressions": [WHERE_A_TENANT_IS]},
            },
            # A database's volumes are claimed by its operator, as the stack file says.
            "match_conditions": [NOT_BY_THE_PLATFORM, NOT_BY_THE_DATABASES_OPERATOR],
            "validations": _claims(),
        },
        opts,
    )
    enforce(
        "secrets",
        spec,
        {
            "match_constraints": {
                "resource_rules": requests(["DELETE"], [SECRETS]),
                "namespace_selector": {"match_expressions": [WHERE_A_TENANT_IS]},
            },
            "match_conditions": [NOT_BY_A_CONTROLLER, NOT_BY_THE_PLATFORM],
            "validations": [
                refuse(
                    "Secrets are deleted in the background: else the answer is the Secret with all that it holds",
                    unless="request.?options.?propagationPolicy.orValue('Background') == 'Background'"
                    " && !request.?options.?orphanDependents.hasValue()",
                )
            ],
        },
        opts,
    )


def _marks() -> list[ValidationArgsDict]:
    """What makes others take an object for another's, or keep it when it should go."""
    return [
        refuse(
            f"labels that say whose a thing is ({DOMAIN}/..., {MANAGED_BY}: {PULUMI}, this environment's {PART_OF}) "
            "are the platform's",
            unless="variables.labels.all(found, found.all(key,"
            f" !key.startsWith('{DOMAIN}/')"
            f" && !(key == '{MANAGED_BY}' && found[key] == '{PULUMI}')"
            f" && !(key == '{PART_OF}' && found[key] == namespaceObject.metadata.labels['{PART_OF}'])))",
        ),
        refuse(
            f"labels of databases ({OPERATORS_LABELS}...) are their operator's: their pods reach the API server",
            unless="variables.below.all(each, each.?labels.orValue({})"
            f".all(key, !key.startsWith('{OPERATORS_LABELS}')))",
        ),
        refuse(
            "finalizers would keep this environment from being removed",
            unless="variables.whole.metadata.?finalizers.orValue([]).all(found,"
            f" found in {GIVEN} || found in variables.before.?metadata.?finalizers.orValue([]))"
            " && variables.below.all(each, size(each.?finalizers.orValue([])) == 0)",
        ),
        refuse(
            "owner references are set by controllers",
            unless="variables.whole.metadata.?ownerReferences.orValue([]).all(found,"
            " found in variables.before.?metadata.?ownerReferences.orValue([]))",
        ),
    ]


def _pods() -> list[ValidationArgsDict]:
    """What lets a pod outlast others, or choose its node."""
    return [
        refuse(
            "pods go where the scheduler puts them: no nodeName",
            unless="variables.pods.all(pod, pod.?nodeName.orValue('') == '')",
        ),
        refuse(
            f"pods tolerate {' and '.join(TOLERATED)} only",
            unless="variables.pods.all(pod, pod.?tolerations.orValue([]).all(found,"
            f" found.?key.orValue('') in {TOLERATED}))",
        ),
        refuse(
            "pods are drawn to and kept from pods of their own namespace only: others could find no node",
            unless="variables.near.all(each,"
            f" each.?{REQUIRED}.orValue([]).all(term, {OWN_NAMESPACE})"
            f" && each.?{PREFERRED}.orValue([]).map(found, found.podAffinityTerm).all(term, {OWN_NAMESPACE}))",
        ),
        refuse(
            f"pods have at most {LONGEST_GRACE} seconds to end: a node that is drained waits for them",
            unless=f"variables.pods.all(pod, pod.?terminationGracePeriodSeconds.orValue(30) <= {LONGEST_GRACE})",
        ),
    ]


def _kinds() -> list[ValidationArgsDict]:
    """What only one kind has."""
    return [
        refuse(
            NEW_VOLUME,  # Kubernetes lets a claim that is not bound yet take one later, too
            unless=f"request.resource.resource != '{CLAIMS[1]}' || variables.whole.spec.?volumeName.orValue('') == ''"
            " || variables.whole.spec.volumeName == variables.before.?spec.?volumeName.orValue('')",
        ),
    ]


def _claims() -> list[ValidationArgsDict]:
    classes = plan.claimable()
    return [
        refuse(
            f"claims name storage class {' or '.join(classes)}; volumes that outlive their claim are the platform's",
            # The mark: a StatefulSet of the platform's, whose templates bear it. People's never do, see `_marks`.
            unless=f"object.spec.?storageClassName.orValue('') in {classes}"
            f" || object.metadata.?labels[?'{MANAGED_BY}'].orValue('') == '{PULUMI}'",
        ),
        refuse(
            NEW_VOLUME,
            unless="object.spec.?volumeName.orValue('') == ''",
        ),
    ]
