"""Who answers for something."""

from spec._base import Model
from spec.scalars import Contact, Team


class Owner(Model):
    """A team, and who is reached when it does not answer."""

    team: Team
    """The team, as a label on everything: costs and alerts go by it."""

    escalation: Contact
    """Who is reached when the team does not answer."""
