"""What `paas cost` reports."""

from decimal import Decimal

from cli._reports import Report, Rows
from spec import Model


class AppCost(Model):
    """One app, or one part of a database, on the bill."""

    name: str
    """`apps.web`, `databases.orders` as in the stack file; `databases.orders.pooler` for what stands before it."""

    least_copies: int
    """The fewest copies."""

    most_copies: int
    """The most: what its autoscaler may make of them."""

    cpu: str
    """What one copy reserves."""

    memory: str
    """What one copy reserves."""

    storage: str | None = None
    """The volume of each copy; null where it has none."""

    least: Decimal
    """A month of the fewest copies."""

    most: Decimal
    """A month of the most."""


class StackCost(Model):
    """A month of one stack."""

    stack: str
    """Its name."""

    tier: str
    """What it may use."""

    cost_centre: str
    """Who pays."""

    least: Decimal
    """With the fewest copies of all apps: what is reserved in any case."""

    most: Decimal
    """With the most copies of all apps, all month."""

    budget: Decimal | None
    """What it may cost; null where nobody said."""

    left: Decimal | None
    """What the budget leaves of `least`; negative where that is more. Null where there is no budget."""

    apps: tuple[AppCost, ...]
    """Its apps."""

    databases: tuple[AppCost, ...] = ()
    """Its databases' instances and poolers."""

    uncounted: tuple[str, ...]
    """What is not in it."""


class CostReport(Report):
    """`paas cost`."""

    currency: str
    """Of all amounts."""

    basis: str
    """Where the prices come from."""

    stacks: tuple[StackCost, ...]
    """Each stack, by name."""

    least: Decimal
    """Of all stacks."""

    most: Decimal
    """Of all stacks."""

    def rows(self) -> list[Rows]:
        """Return a row for each stack and the sum; of one stack what it is made of as well."""
        title = f"{self.currency} a month; {self.basis}"
        columns = ("stack", "tier", "cost centre", "least", "most", "budget", "left")
        rows = [_row(each) for each in self.stacks]
        if len(self.stacks) == 1:
            return [_parts(self.stacks[0]), Rows(columns, rows, title)]
        return [Rows(columns, [*rows, ["all", "", "", f"{self.least}", f"{self.most}", "", ""]], title)]


def _row(each: StackCost) -> list[str]:
    budget, left = (f"{amount:.2f}" if amount is not None else "-" for amount in (each.budget, each.left))
    return [each.stack, each.tier, each.cost_centre, f"{each.least}", f"{each.most}", budget, left]


def _parts(stack: StackCost) -> Rows:
    counted = [
        [each.name, _span(each), each.cpu, each.memory, each.storage or "", f"{each.least}", f"{each.most}"]
        for each in (*stack.apps, *stack.databases)
    ]
    others = [[name, "", "", "", "", "not counted", "not counted"] for name in stack.uncounted]
    return Rows(("what", "copies", "cpu each", "memory each", "storage each", "least", "most"), [*counted, *others])


def _span(each: AppCost) -> str:
    same = each.least_copies == each.most_copies
    return f"{each.least_copies}" if same else f"{each.least_copies} to {each.most_copies}"
