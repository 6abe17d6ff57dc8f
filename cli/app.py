"""The command line as a whole: which verbs there are, and how each of them may end."""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from cli import _project, drill, fleet
from cli._codes import Code
from cli._errors import CliError
from cli._output import say
from cli.affected import affected
from cli.audit import audit
from cli.comment import comment_
from cli.cost import cost
from cli.destroy import destroy
from cli.diff import diff
from cli.doctor import doctor
from cli.graph import graph
from cli.list import list_
from cli.new import new
from cli.preview import preview
from cli.reap import reap
from cli.refresh import refresh
from cli.review import review_
from cli.show import show
from cli.up import up
from cli.validate import validate


class Verbs(TyperGroup):
    """Gives every way of ending its own exit code."""

    def make_context(self, *args: Any, **more: Any) -> Any:
        """Read the command line."""
        with _Usage():
            return super().make_context(*args, **more)

    def invoke(self, context: Any) -> Any:
        """Run the verb."""
        try:
            with _Usage():
                return super().invoke(context)
        except CliError as error:
            say(str(error))
            raise typer.Exit(error.code) from None
        except BrokenPipeError:  # whoever reads has enough
            raise
        except OSError as error:
            what = f"{error.filename}: {error.strerror}" if error.filename else str(error)
            say(str(CliError(what, "look at its place, and at what you may do there")))
            raise typer.Exit(Code.FAILED) from None
        except (KeyboardInterrupt, typer.Abort):
            say("cancelled")
            raise typer.Exit(Code.CANCELLED) from None


class _Usage:
    """Click's code for a wrong command line is 2, which is that of changes here."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, typer.TyperException):
            error.exit_code = Code.USAGE


app = typer.Typer(
    cls=Verbs,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Tenants' environments: made, previewed, applied, audited and retired. Plain `pulumi` works on beside it.",
)


@app.callback()
def start(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Option("--cwd", "-C", help="The project's folder; absent: the present one, or one above it.")
    ] = None,
) -> None:
    """Tenants' environments: made, previewed, applied, audited and retired."""
    if not context.resilient_parsing:
        context.obj = _project.find(folder)


app.command("list")(list_)
app.command("review")(review_)
app.command("comment")(comment_)
for verb in (show, new, validate, preview, affected, up, refresh, destroy, audit, reap, diff, cost, graph, doctor):
    app.command()(verb)
app.add_typer(fleet.app, name="fleet")
app.add_typer(drill.app, name="drill")
