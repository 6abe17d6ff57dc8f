"""Delete, and wait until it is gone."""

from typing import Final

from sandbox.engine.kubernetes.await_ import until_gone
from sandbox.engine.kubernetes.discovery import Served
from sandbox.engine.kubernetes.errors import ApiError, InvalidInput, NoSuchKind, Unreachable
from sandbox.engine.kubernetes.objects import PROPAGATION, SKIP_AWAIT, Key, annotation, flag, group_kind
from sandbox.engine.kubernetes.session import Session
from sandbox.engine.kubernetes.values import Object, get

POLICIES: Final = {"background": "Background", "foreground": "Foreground", "orphan": "Orphan"}
LEAVES: Final = frozenset(
    {
        ("", "ConfigMap"),
        ("", "Secret"),
        ("", "Service"),
        ("", "ServiceAccount"),
        ("", "ResourceQuota"),
        ("", "LimitRange"),
        ("", "PersistentVolumeClaim"),
        ("", "PersistentVolume"),
        ("", "Namespace"),
        ("", "Pod"),
        ("autoscaling", "HorizontalPodAutoscaler"),
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"),
        ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
        ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
        ("apiextensions.k8s.io", "CustomResourceDefinition"),
        ("networking.k8s.io", "Ingress"),
        ("networking.k8s.io", "IngressClass"),
        ("networking.k8s.io", "NetworkPolicy"),
        ("policy", "PodDisruptionBudget"),
        ("rbac.authorization.k8s.io", "ClusterRole"),
        ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
        ("rbac.authorization.k8s.io", "Role"),
        ("rbac.authorization.k8s.io", "RoleBinding"),
        ("scheduling.k8s.io", "PriorityClass"),
        ("storage.k8s.io", "StorageClass"),
    }
)
"""Kinds whose objects own nothing that outlives them. For them foreground deletion would only add a finalizer and a
round through the garbage collector; the outcome is the same without."""


def delete(session: Session, urn: str, state: Object, *, timeout: float) -> None:
    """Delete the object that `state` (outputs) speaks of, and wait until it is gone. Nothing to delete is fine.

    The uid goes along as a precondition: an object that has taken the name since is not ours to delete.

    Raises:
        StillThere: something holds it longer than `timeout` seconds.
        ProviderError: the API server refuses or does not answer.
    """
    try:
        key, served = session.locate(state)
        _delete(session, urn, key, served, state, timeout=timeout)
    except NoSuchKind:
        return  # its CRD is gone, and every object of it
    except Unreachable as error:
        if not session.configuration.delete_unreachable:
            raise Unreachable(
                f"{error} Nothing was deleted. If the cluster is gone for good, set the provider's `deleteUnreachable` "
                "to drop its resources from the state."
            ) from error
        session.log.warning(urn, f"{error} The object is dropped from the state only (`deleteUnreachable`).")


def _delete(session: Session, urn: str, key: Key, served: Served, state: Object, *, timeout: float) -> None:
    uid = get(state, "metadata", "uid")
    if uid in session.adopted:
        session.log.info(urn, f"{key} stays: this run took it into the state again.")
        return
    options: Object = {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": propagation(state)}
    if uid:
        options["preconditions"] = {"uid": uid}
    path = served.path(key.namespace, key.name)
    try:
        answer = session.client.request("DELETE", path, body=options, what=str(key)).body
    except ApiError as error:
        if error.status == 404 or (error.status == 409 and "uid" in error.message.lower()):
            return  # gone; a 409 means that the name belongs to another object by now
        raise
    if answer.get("kind") == "Status" or flag(state, SKIP_AWAIT):
        return  # a Status instead of the object: it is gone already
    live = session.client.get(path, what=str(key))
    if live and get(live, "metadata", "uid") == get(answer, "metadata", "uid"):
        until_gone(session, urn, key, served, live, timeout=timeout)


def propagation(state: Object) -> str:
    """Return the propagation policy: the annotation's, or Foreground where dependents may exist.

    Raises:
        InvalidInput: the annotation names no policy.
    """
    said = annotation(state, PROPAGATION)
    if said is None:
        return "Background" if group_kind(state) in LEAVES else "Foreground"
    if said.lower() not in POLICIES:
        raise InvalidInput(f"`{PROPAGATION}` is {said!r}; it must be background, foreground or orphan.")
    return POLICIES[said.lower()]
