"""What a hostile tenant would write: objects that are accepted as they are, and the one change each that is not."""

import copy
from dataclasses import dataclass
from typing import Any

from policies.rules import BY_ID
from tests.e2e.scratch import IMAGE

Object = dict[str, Any]

MARKS = "labels that say whose a thing is"
FINALIZERS = "finalizers would keep this environment from being removed"
OWNERS = "owner references are set by controllers"
PRIORITY = f"Q7: {BY_ID['Q7'].title}"
NODE = "pods go where the scheduler puts them: no nodeName"
TOLERATIONS = "pods tolerate node.kubernetes.io/not-ready and node.kubernetes.io/unreachable only"
AFFINITY = "pods are drawn to and kept from pods of their own namespace only"
GRACE = "pods have at most 600 seconds to end"
WAY_IN = f"N3: {BY_ID['N3'].title}"
TOKENS = f"R9: {BY_ID['R9'].title}"
RESTRICTED = f"P2: {BY_ID['P2'].title}"
BACKGROUND = "Secrets are deleted in the background"
CLASSES = "claims name storage class paas-scratch; volumes that outlive their claim are the platform's"
VOLUME = "claims get a new volume: no volumeName"


def _metadata(name: str = "own") -> Object:
    return {"name": name, "labels": {"app": "own"}}


SIZE = {"cpu": "25m", "memory": "32Mi", "ephemeral-storage": "64Mi"}
PROBES = {
    "readinessProbe": {"httpGet": {"path": "/hostname", "port": 8080}},
    "livenessProbe": {"httpGet": {"path": "/healthz", "port": 8080}},
}


def _template(restart: str = "Always") -> Object:
    """Return a pod that keeps every rule of the platform, as a tenant's own must."""
    container = {
        "name": "main",
        "image": IMAGE,
        "resources": {"requests": SIZE, "limits": SIZE},
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        **(PROBES if restart == "Always" else {}),
    }
    security = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    spec = {
        "restartPolicy": restart,
        "automountServiceAccountToken": False,
        "securityContext": security,
        "containers": [container],
    }
    return {"metadata": {"labels": {"app": "own"}}, "spec": spec}


def _claim(**more: Any) -> Object:
    resources = {"requests": {"storage": "1Mi"}}
    return {"accessModes": ["ReadWriteOnce"], "storageClassName": "paas-scratch", "resources": resources, **more}


def _ephemeral(**metadata: Any) -> Object:
    """Return a volume whose claim a controller makes from the pod."""
    return {"name": "own", "ephemeral": {"volumeClaimTemplate": {"metadata": metadata, "spec": _claim()}}}


SELECTOR = {"matchLabels": {"app": "own"}}
JOB = {"template": _template("Never")}

GOOD: dict[str, tuple[str, Object]] = {
    "configmap": ("/api/v1/{}/configmaps", {"data": {"a": "1"}}),
    "secret": ("/api/v1/{}/secrets", {"type": "Opaque", "stringData": {"a": "1"}}),
    "service": (
        "/api/v1/{}/services",
        {"spec": {"type": "ClusterIP", "selector": {"app": "own"}, "ports": [{"port": 80}]}},
    ),
    "claim": ("/api/v1/{}/persistentvolumeclaims", {"spec": _claim()}),
    "deployment": ("/apis/apps/v1/{}/deployments", {"spec": {"selector": SELECTOR, "template": _template()}}),
    "statefulset": (
        "/apis/apps/v1/{}/statefulsets",
        {
            "spec": {
                "selector": SELECTOR,
                "serviceName": "own",
                "template": _template(),
                "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": _claim()}],
            }
        },
    ),
    "job": ("/apis/batch/v1/{}/jobs", {"spec": JOB}),
    "cronjob": ("/apis/batch/v1/{}/cronjobs", {"spec": {"schedule": "0 3 * * *", "jobTemplate": {"spec": JOB}}}),
}
"""Path of the collection, with `namespaces/<name>` in place of `{}`, and a body that is accepted."""


def good(kind: str, namespace: str) -> tuple[str, Object]:
    """Return where to post, and what is accepted."""
    path, body = GOOD[kind]
    return path.format(f"namespaces/{namespace}"), {"metadata": _metadata(), **copy.deepcopy(body)}


@dataclass(frozen=True)
class Change:
    """One change to a good object, and the reason for its refusal; none where it is accepted.

    Attributes:
        at: path of the field, with `|` between keys; a number is a place in a list.
    """

    kind: str
    at: str
    value: Any
    why: str = ""

    def applied(self, body: Object) -> Object:
        """Return the body with the change."""
        *way, last = self.at.split("|")
        found: Any = body
        for key in way:
            found = found[int(key)] if key.isdigit() else found.setdefault(key, {})
        found[last] = self.value
        return body


POD = "spec|template|spec"
CRON_POD = "spec|jobTemplate|spec|template|spec"
OWNER = [{"apiVersion": "apps/v1", "kind": "Deployment", "name": "web", "uid": "0", "controller": True}]

REQUIRED, PREFERRED = (f"{how}DuringSchedulingIgnoredDuringExecution" for how in ("required", "preferred"))
OWN_PODS = {"topologyKey": "kubernetes.io/hostname", "labelSelector": SELECTOR}
EVERYBODYS_PODS = {"topologyKey": "kubernetes.io/hostname", "labelSelector": {}, "namespaceSelector": {}}
NEIGHBOURS_PODS = OWN_PODS | {"namespaces": ["rival-dev"]}

BAD = (
    Change("configmap", "metadata|labels|paas.internal/tenant", "rival", MARKS),
    Change("configmap", "metadata|labels|paas.internal/cost-centre", "cc-of-another", MARKS),
    Change("secret", "metadata|labels|app.kubernetes.io/managed-by", "pulumi", MARKS),
    Change("service", "metadata|labels|app.kubernetes.io/part-of", "vault-prod", MARKS),
    Change("deployment", "spec|template|metadata|labels|app.kubernetes.io/part-of", "vault-prod", MARKS),
    Change("statefulset", "spec|template|metadata|labels|paas.internal/tier", "critical", MARKS),
    Change("statefulset", "spec|volumeClaimTemplates|0|metadata|labels|paas.internal/tenant", "rival", MARKS),
    Change("job", "spec|template|metadata|labels|app.kubernetes.io/managed-by", "pulumi", MARKS),
    Change("cronjob", "spec|jobTemplate|metadata|labels|paas.internal/owner", "rival", MARKS),
    Change("cronjob", "spec|jobTemplate|spec|template|metadata|labels|paas.internal/owner", "rival", MARKS),
    Change("configmap", "metadata|finalizers", ["example.com/for-ever"], FINALIZERS),
    Change("claim", "metadata|finalizers", ["example.com/for-ever"], FINALIZERS),
    Change("deployment", "spec|template|metadata|finalizers", ["example.com/for-ever"], FINALIZERS),
    Change("cronjob", "spec|jobTemplate|spec|template|metadata|finalizers", ["example.com/for-ever"], FINALIZERS),
    Change("statefulset", "spec|volumeClaimTemplates|0|metadata|finalizers", ["example.com/for-ever"], FINALIZERS),
    Change("deployment", f"{POD}|volumes", [_ephemeral(labels={"app.kubernetes.io/managed-by": "pulumi"})], MARKS),
    Change("job", "metadata|ownerReferences", OWNER, OWNERS),
    Change("deployment", f"{POD}|priorityClassName", "paas-critical", PRIORITY),
    Change("statefulset", f"{POD}|priorityClassName", "system-node-critical", PRIORITY),
    Change("job", f"{POD}|priorityClassName", "system-cluster-critical", PRIORITY),
    Change("cronjob", f"{CRON_POD}|priorityClassName", "paas-critical", PRIORITY),
    Change("deployment", f"{POD}|nodeName", "sandbox", NODE),
    Change("cronjob", f"{CRON_POD}|nodeName", "sandbox", NODE),
    Change("deployment", f"{POD}|tolerations", [{"operator": "Exists"}], TOLERATIONS),
    Change("job", f"{POD}|tolerations", [{"key": "node-role.kubernetes.io/control-plane"}], TOLERATIONS),
    Change("statefulset", f"{POD}|tolerations", [{"key": "node.kubernetes.io/unschedulable"}], TOLERATIONS),
    Change("deployment", f"{POD}|affinity|podAntiAffinity", {REQUIRED: [EVERYBODYS_PODS]}, AFFINITY),
    Change("cronjob", f"{CRON_POD}|affinity|podAntiAffinity", {REQUIRED: [OWN_PODS, NEIGHBOURS_PODS]}, AFFINITY),
    Change(
        "job",
        f"{POD}|affinity|podAffinity",
        {PREFERRED: [{"weight": 1, "podAffinityTerm": NEIGHBOURS_PODS}]},
        AFFINITY,
    ),
    Change("deployment", f"{POD}|terminationGracePeriodSeconds", 601, GRACE),
    Change("cronjob", f"{CRON_POD}|terminationGracePeriodSeconds", 10**9, GRACE),
    Change("service", "spec|type", "NodePort", WAY_IN),
    Change("service", "spec|type", "LoadBalancer", WAY_IN),
    Change("service", "spec", {"type": "ExternalName", "externalName": "metadata.example.com"}, WAY_IN),
    Change("service", "spec|externalIPs", ["203.0.113.7"], WAY_IN),
    Change("claim", "spec|storageClassName", "local-path", CLASSES),
    Change("claim", "spec|storageClassName", "paas-retained", CLASSES),
    Change("claim", "spec|storageClassName", "", CLASSES),
    Change("claim", "spec|volumeName", "pv-of-another-tenant", VOLUME),
)

FINE = (
    Change("configmap", "metadata|annotations", {"example.com/note": "1"}),
    Change("configmap", "metadata|labels|app.kubernetes.io/managed-by", "Helm"),
    Change("deployment", "metadata|labels|app.kubernetes.io/part-of", "a-thing-of-our-own"),
    Change("deployment", f"{POD}|priorityClassName", "paas-standard"),
    Change("deployment", f"{POD}|priorityClassName", "paas-free"),
    Change("deployment", f"{POD}|affinity|podAntiAffinity", {REQUIRED: [OWN_PODS]}),
    Change("job", f"{POD}|affinity|podAffinity", {PREFERRED: [{"weight": 1, "podAffinityTerm": OWN_PODS}]}),
    Change("deployment", f"{POD}|terminationGracePeriodSeconds", 600),
    Change("job", f"{POD}|tolerations", [{"key": "node.kubernetes.io/not-ready", "operator": "Exists"}]),
    Change("service", "spec|clusterIP", "None"),
    Change("deployment", f"{POD}|volumes", [_ephemeral(labels={"app": "own"})]),
)
"""Changes as near to the bad ones as may be, which are accepted."""

INSECURE = (
    ("hostNetwork", {"hostNetwork": True}, "host namespaces (hostNetwork=true)"),
    ("hostPID", {"hostPID": True}, "host namespaces (hostPID=true)"),
    ("hostPath", {"volumes": [{"name": "host", "hostPath": {"path": "/"}}]}, 'restricted volume types (volume "host"'),
    ("root", {"securityContext": {"runAsUser": 0}}, "runAsUser=0"),
)
"""Name, part of a pod's spec, and why Pod Security refuses it."""


def insecure_pod(part: Object) -> Object:
    """Return a pod that is good but for `part`."""
    spec = _template()["spec"]
    security = spec["securityContext"] | part.get("securityContext", {})
    return {"metadata": _metadata(), "spec": spec | part | {"securityContext": security}}


def privileged_pod() -> Object:
    """Return a pod with a privileged container."""
    found = insecure_pod({})
    [container] = found["spec"]["containers"]
    container["securityContext"] = {"privileged": True}
    return found
