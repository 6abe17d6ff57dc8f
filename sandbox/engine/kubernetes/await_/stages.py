"""What has to be waited for, one stage after another: mostly one question about the object itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sandbox.engine.kubernetes.await_.readiness import Question, balanced, claim, question
from sandbox.engine.kubernetes.await_.verdict import READY, Verdict, waiting
from sandbox.engine.kubernetes.await_.wait_for import parse
from sandbox.engine.kubernetes.discovery import Served
from sandbox.engine.kubernetes.objects import SKIP_AWAIT, WAIT_FOR, Key, annotation, flag, group_kind
from sandbox.engine.kubernetes.session import Session
from sandbox.engine.kubernetes.values import Object, get

DEFAULT_CLASS: Final = "storageclass.kubernetes.io/is-default-class"


@dataclass(frozen=True)
class Stage:
    """Objects to follow, and the question about them.

    Attributes:
        path: the collection's path.
        selector: `fieldSelector` or `labelSelector`.
        ask: the verdict on all objects that match.
        about_itself: the objects are the awaited one alone.
    """

    path: str
    selector: dict[str, str]
    ask: Callable[[list[Object]], Verdict]
    about_itself: bool = True


def stages(session: Session, key: Key, served: Served, live: Object) -> list[Stage]:
    """Return what makes `live` ready; nothing where it is ready as soon as it exists.

    Raises:
        InvalidInput: its annotation `pulumi.com/waitFor` is not understood.
    """
    if flag(live, SKIP_AWAIT):
        return []
    if text := annotation(live, WAIT_FOR):
        return [_itself(key, served, parse(text))]
    kind = group_kind(live)
    if kind == ("", "Service"):
        return _service(key, served, live)
    if kind == ("", "PersistentVolumeClaim"):
        return [_itself(key, served, _claim(session, live))]
    asked = question(live)
    return [_itself(key, served, asked)] if asked else []


def _itself(key: Key, served: Served, ask: Question) -> Stage:
    def one(found: list[Object]) -> Verdict:
        return ask(found[0]) if found else waiting("it has gone from the cluster")

    return Stage(served.collection(key.namespace), {"fieldSelector": f"metadata.name={key.name}"}, one)


def _service(key: Key, served: Served, live: Object) -> list[Stage]:
    """A Service is ready when some endpoint is, and when it has an address if it asks for a load balancer.

    Headless Services, ExternalName and those without a selector (whose endpoints are somebody else's business)
    are ready at once, as in the official plugin.
    """
    spec = live.get("spec") or {}
    found: list[Stage] = []
    if spec.get("type") == "LoadBalancer":
        found.append(_itself(key, served, balanced))
    if spec.get("type") != "ExternalName" and spec.get("clusterIP") != "None" and spec.get("selector"):
        found.append(
            Stage(
                f"/apis/discovery.k8s.io/v1/namespaces/{key.namespace}/endpointslices",
                {"labelSelector": f"kubernetes.io/service-name={key.name}"},
                lambda slices: _answered(slices, spec["selector"], publish=bool(spec.get("publishNotReadyAddresses"))),
                about_itself=False,
            )
        )
    return found


def _answered(slices: list[Object], selector: dict[str, str], *, publish: bool) -> Verdict:
    endpoints = [one for each in slices for one in each.get("endpoints") or []]
    # A condition that is absent counts as true (EndpointConditions in discovery.k8s.io/v1).
    if any(publish or get(one, "conditions", "ready") is not False for one in endpoints):
        return READY
    labels = ", ".join(f"{name}={value}" for name, value in selector.items())
    if endpoints:
        return waiting(f"none of its {len(endpoints)} Pods ({labels}) is ready")
    return waiting(f"no Pod matches its selector ({labels})", needs_others=True)


def _claim(session: Session, live: Object) -> Question:
    """A claim whose class binds only when a Pod asks for it is ready unbound: waiting would be for ever."""
    name = get(live, "spec", "storageClassName")
    classes = "/apis/storage.k8s.io/v1/storageclasses"
    if name:
        found = session.client.get(f"{classes}/{name}", what=f"StorageClass {name}")
        if get(found, "volumeBindingMode") == "WaitForFirstConsumer":
            return lambda _: READY
        if found is None:
            return lambda now: claim(now) if claim(now).ready else waiting(f"its StorageClass {name} does not exist")
    return claim
