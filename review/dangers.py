"""What a reviewer must not overlook, by rule: a table of checks, each about one change and what stands around it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from review._exposure import exposed
from review._pods import changed_images, jump, loosened
from review.kubernetes import DATABASE, Kind, backed_up, kind, told
from review.model import Change, Op, Shape, StackReview
from review.rbac import BINDINGS, GROUP, ROLES, role, subjects, undecided, widened
from review.values import Mark, get, mapped
from spec import image

SHOWN: Final = 6  # grants of a role, before the rest is a number

STATEFUL: Final[dict[Kind, str]] = {
    ("", "Namespace"): "everything in it goes with it",
    ("", "PersistentVolumeClaim"): "its data goes with it, unless its storage class retains it",
    ("", "PersistentVolume"): "what claims it loses its data",
    ("", "Secret"): "pods that read it do not start as long as it is gone",
    ("", "ResourceQuota"): "nothing bounds what its namespace uses",
    ("apps", "StatefulSet"): "all its copies stop at once",
    ("networking.k8s.io", "NetworkPolicy"): "what it closes is open, what it opens is closed",
    DATABASE: "the database goes, with its data",
    ("postgresql.cnpg.io", "Database"): "the database goes, unless it is retained",
    ("postgresql.cnpg.io", "ScheduledBackup"): "nothing backs the database up as long as it is gone",
    ("barmancloud.cnpg.io", "ObjectStore"): "databases that use it archive nothing as long as it is gone",
    ("apiextensions.k8s.io", "CustomResourceDefinition"): "all objects of its kind go with it",
}
"""Kinds whose end costs more than the object, and what it costs."""

TRIVIAL: Final[frozenset[Kind]] = frozenset({("", "ConfigMap")})
"""Kinds that come and go with every change of what they hold."""


@dataclass(frozen=True, kw_only=True)
class Danger(Shape):
    """One thing to look at.

    Attributes:
        id: of the check.
        grave: a careful look is needed; else it is only worth knowing.
        message: what, and what it means.
    """

    id: str
    stack: str
    urn: str
    grave: bool
    message: str


@dataclass(frozen=True, kw_only=True)
class Check:
    """One question to each change of a stack."""

    id: str
    ask: Callable[[Change, StackReview], Iterator[str]]
    grave: bool = True


def dangers(stack: StackReview) -> list[Danger]:
    """Return the dangers of a stack's own changes, grave ones first."""
    found = [
        Danger(id=check.id, stack=stack.stack, urn=change.urn, grave=check.grave, message=f"{told(change)}: {said}")
        for check in CHECKS
        for change in stack.own
        for said in check.ask(change, stack)
    ]
    return sorted(found, key=lambda each: not each.grave)


def _lost(change: Change, _stack: StackReview) -> Iterator[str]:
    cost = STATEFUL.get(kind(change))
    if cost is None or change.patch:
        return
    if change.op is Op.REPLACE:
        yield f"{_replaced(change)}, because of {', '.join(change.reasons) or 'a change'}: {cost}"
    elif change.op is Op.DELETE and not change.retained:
        yield f"is deleted: {cost}"


def _replaced(change: Change) -> str:
    """Return how an object is replaced: what is lost is the old one, which may bear another name."""
    old = get(change.old, "metadata", "name")
    return "is replaced" if old in (None, change.name) else f"takes the place of {old}"


def _made_anew(change: Change, _stack: StackReview) -> Iterator[str]:
    if change.op is Op.REPLACE and not change.component and kind(change) not in {*STATEFUL, *TRIVIAL}:
        yield f"is deleted and made anew, because of {', '.join(change.reasons) or 'a change'}"


def _renamed(change: Change, stack: StackReview) -> Iterator[str]:
    if change.op is not Op.CREATE or not change.kind:
        return
    same = (change.group, change.kind, change.namespace, change.name)
    for other in stack.changes:
        if other.op is Op.DELETE and (other.group, other.kind, other.namespace, other.name) == same:
            yield f"is made as {change.logical} and deleted as {other.logical}: give the new one an alias"


def _unprotected(change: Change, _stack: StackReview) -> Iterator[str]:
    if change.protected and change.op in (Op.DELETE, Op.REPLACE):
        yield "is protected, and is to be deleted"


def _exposed(change: Change, stack: StackReview) -> Iterator[str]:
    if not _closed_anyway(change, stack):
        yield from exposed(change)


def _closed_anyway(change: Change, stack: StackReview) -> bool:
    """Return whether an object comes with its namespace: there is nothing yet that it could open."""
    if change.op is not Op.CREATE:
        return False
    return get(change.new, "metadata", "namespace") is Mark.UNKNOWN or any(
        other.kind == "Namespace" and other.op is Op.CREATE and other.name == change.namespace
        for other in stack.changes
    )


def _allowed(change: Change, stack: StackReview) -> Iterator[str]:
    if change.group != GROUP or change.op is Op.DELETE or _closed_anyway(change, stack):
        return
    if change.kind in ROLES:
        if undecided(change.new.get("rules")):
            yield "what it allows is not known at preview"
        if get(change.old, "aggregationRule") != get(change.new, "aggregationRule"):
            yield "collects other roles than before: what it allows depends on the cluster"
        if more := widened(change.old.get("rules"), change.new.get("rules")):
            shown = ", ".join(str(grant) for grant in more[:SHOWN])
            rest = f" and {len(more) - SHOWN} more" if len(more) > SHOWN else ""
            yield f"now also allows {shown}{rest}"
    if change.kind in BINDINGS:
        if change.old and role(change.old) != role(change.new):
            yield f"gives {role(change.new)} instead of {role(change.old)}"
        if more_of_them := subjects(change.new) - subjects(change.old):
            yield f"now also gives {role(change.new)} to {', '.join(sorted(more_of_them))}"


def _issued(change: Change, _stack: StackReview) -> Iterator[str]:
    if kind(change) != ("cert-manager.io", "Certificate") or not (change.old and change.new):
        return
    for field, what in (("issuerRef", "another issuer signs it"), ("privateKey", "its key is made otherwise")):
        old, new = (mapped(get(side, "spec", field)) for side in (change.old, change.new))
        if old != new:
            changed = sorted(key for key in {*old, *new} if old.get(key) != new.get(key))
            yield f"{what}: spec.{field}.{', '.join(changed)}"


def _standing_alone(change: Change, _stack: StackReview) -> Iterator[str]:
    """What a database loses that would save it: its standbys, its backups."""
    if kind(change) != DATABASE or change.op is not Op.UPDATE:
        return
    old, new = (get(side, "spec", "instances") for side in (change.old, change.new))
    if isinstance(old, int) and isinstance(new, int) and new == 1 < old:
        yield "has no standby any more: it stands still as long as its only instance does"
    if backed_up(change.old) and not backed_up(change.new):
        yield "is not backed up any more"


def _upgraded(change: Change, _stack: StackReview) -> Iterator[str]:
    """A database that is upgraded in place is away meanwhile; with an older image its operator refuses it."""
    if kind(change) != DATABASE:
        return
    old, new = (get(side, "spec", "imageName") for side in (change.old, change.new))
    if isinstance(old, Mark) or isinstance(new, Mark) or not (isinstance(old, str) and isinstance(new, str)):
        return
    if majors := jump(image.parse(old).tag, image.parse(new).tag):
        before, after = majors
        if int(after) > int(before):
            yield f"PostgreSQL {before} becomes {after}: minutes of standstill, and only a restore leads back"
        else:
            yield f"PostgreSQL {before} would become {after}, which its operator refuses"


def _loosened(change: Change, _stack: StackReview) -> Iterator[str]:
    yield from loosened(change)


def _images(change: Change, _stack: StackReview) -> Iterator[str]:
    yield from (said for grave, said in changed_images(change) if grave)


def _loose_images(change: Change, _stack: StackReview) -> Iterator[str]:
    yield from (said for grave, said in changed_images(change) if not grave)


def _stopped(change: Change, _stack: StackReview) -> Iterator[str]:
    old, new = (get(side, "spec", "replicas") for side in (change.old, change.new))
    if new == 0 and change.old and old != 0:
        yield "replicas go to 0: nothing of it runs any more"


CHECKS: Final[tuple[Check, ...]] = (
    Check(id="stateful-lost", ask=_lost),
    Check(id="made-anew", ask=_made_anew),
    Check(id="renamed", ask=_renamed),
    Check(id="protected-lost", ask=_unprotected),
    Check(id="access-widened", ask=_allowed),
    Check(id="exposure-opened", ask=_exposed),
    Check(id="database-unsafe", ask=_standing_alone),
    Check(id="security-loosened", ask=_loosened),
    Check(id="certificate-changed", ask=_issued),
    Check(id="image-jump", ask=_images),
    Check(id="database-upgrade", ask=_upgraded),
    Check(id="replicas-zero", ask=_stopped),
    Check(id="image-unpinned", ask=_loose_images, grave=False),
)
