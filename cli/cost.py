"""`paas cost`: what a month of stacks costs, by their files."""

from decimal import Decimal
from typing import Annotated

import typer

from cli import _prices
from cli._codes import Code
from cli._command import complete
from cli._errors import CliError
from cli._money import AppCost, CostReport, StackCost
from cli._output import Output, OutputOption, emit, say
from cli._prices import Prices, PricesOption
from cli._project import Project
from review.bill import Item, bill
from spec import TenantSpec


def cost(
    context: typer.Context,
    stacks: Annotated[
        list[str] | None, typer.Argument(help="Tenants' stacks; none: all.", autocompletion=complete)
    ] = None,
    prices: PricesOption = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Tell what a month of stacks costs by what their files reserve, and what their budgets leave.

    Nothing has to run for it. What a change costs more or less, a review tells.
    """
    project: Project = context.obj
    book = _prices.of(project.root, prices)
    specs = {stack: project.usable(stack).spec for stack in sorted(stacks or project.files)}
    tenants = {stack: spec for stack, spec in specs.items() if isinstance(spec, TenantSpec)}
    if stacks and (others := sorted(specs.keys() - tenants)):
        raise CliError(f"{', '.join(others)} is no tenant's stack", "name tenants' stacks: `paas list` shows them")
    found = tuple(_cost(stack, spec, book) for stack, spec in tenants.items())
    emit(
        CostReport(
            currency=book.book.currency,
            basis=book.book.basis,
            stacks=found,
            least=sum((each.least for each in found), Decimal(0)),
            most=sum((each.most for each in found), Decimal(0)),
        ),
        output,
    )
    over = [each for each in found if each.left is not None and each.left < 0]
    for each in over:
        say(f"{each.stack}: {each.least} a month is more than its budget of {each.budget:.2f}")
    if over:
        raise typer.Exit(Code.CHANGES)


def _cost(stack: str, spec: TenantSpec, prices: Prices) -> StackCost:
    found, budget = bill(spec, prices.book), prices.budget(stack, spec)
    return StackCost(
        stack=stack,
        tier=spec.tier,
        cost_centre=spec.cost_centre,
        least=found.least,
        most=found.most,
        budget=budget,
        left=None if budget is None else budget - found.least,
        apps=tuple(_part(item) for item in found.apps),
        databases=tuple(_part(item) for item in found.databases),
        uncounted=found.uncounted,
    )


def _part(item: Item) -> AppCost:
    return AppCost(
        name=item.name,
        least_copies=item.copies[0],
        most_copies=item.copies[1],
        **item.each,
        least=item.least,
        most=item.most,
    )
