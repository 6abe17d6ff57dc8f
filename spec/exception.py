"""Exceptions from the platform's rules: for one object, by somebody, for a reason, until a moment."""

from spec._base import Model
from spec.scalars import Contact, KindName, Moment, Name, ObjectName, Reason, RuleId, Ticket


class Scope(Model):
    """The one object that an exception is about."""

    kind: KindName
    """Its kind, as manifests spell it."""

    name: ObjectName
    """Its name in the cluster."""

    namespace: Name | None = None
    """One of the environment's extra namespaces. Absent: the environment's own."""


class RuleException(Model):
    """One rule that does not hold for one object for a while, at preview and in the API server alike."""

    rule: RuleId
    """Which rule. Those that Kubernetes itself enforces (quotas, Pod Security, roles) have no exceptions."""

    scope: Scope
    """For which object."""

    owner: Contact
    """Who answers for it."""

    ticket: Ticket
    """Where it was decided."""

    reason: Reason
    """Why. Every preview shows it."""

    until: Moment
    """When it ends, by the API server's own clock and without a run of the stack; at most 90 days ahead. A file with an
    exception that is over is refused: remove it, or have it decided anew."""
