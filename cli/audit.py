"""`paas audit`: do stacks that stand keep the rules, and are they still what they were made?"""

import os
from collections.abc import Sequence
from typing import Annotated

import typer

from cli import _audit
from cli._codes import Code, worst
from cli._command import complete, fine
from cli._engine import PACK, Engine, interruptible, unknown
from cli._errors import CliError
from cli._output import Output, OutputOption, emit, say
from cli._progress import Progress
from cli._project import Project
from cli._run import Runner, in_waves, no_new_file
from cli._runs import AuditReport, StackRun, Verdict


def audit(
    context: typer.Context,
    stacks: Annotated[
        list[str] | None, typer.Argument(help="Stacks; none: all that stand.", autocompletion=complete)
    ] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Judge the stored states of stacks by the policy pack, and tell where cluster, state and file differ."""
    project: Project = context.obj
    engine = Engine(project)
    packs = engine.packs or [pack for pack in os.environ.get(PACK, "").split(",") if pack]
    if not packs:
        raise CliError("there is no policy pack", f"set {PACK} to the folder of one")
    known = engine.stacks()
    if missing := [stack for stack in stacks or () if stack not in known]:
        raise unknown(*missing)
    chosen = stacks or sorted(name for name, found in known.items() if found.resource_count)
    with interruptible(engine.command), Progress("audit") as progress:
        drifting = Runner(verb="drift", project=project, engine=engine, known=known, progress=progress)
        runs = in_waves([chosen], drifting.run, 1, fine=fine)
        verdicts = [_verdict(project, engine, run, packs) for run in runs]
    emit(AuditReport(stacks=tuple(verdicts)), output)
    for verdict in verdicts:
        for error in verdict.errors:
            say(f"{verdict.stack}: {error}")
    raise typer.Exit(worst(verdict.code for verdict in verdicts))


def _verdict(project: Project, engine: Engine, run: StackRun, packs: Sequence[str]) -> Verdict:
    """The state's violations count; those of the preview are of what is not there yet."""
    errors = list(run.errors)
    broken = None
    try:
        with no_new_file(project, run.stack):
            broken = _audit.judged(engine, run.stack, list(packs))
    except CliError as error:
        errors.append(f"the pack did not judge its state: {error.what}")
    mandatory = broken is None or any(found.level == "mandatory" for found in broken)
    refused = Code.FAILED if broken is None else Code.POLICY if mandatory else Code.DONE
    looked = run.result in ("changed", "unchanged")
    return Verdict(
        stack=run.stack,
        rules="unknown" if broken is None else "broken" if mandatory else "kept",
        drift="unknown" if not looked else "differs" if run.changes else "none",
        code=worst([refused, run.code]),
        violations=broken or (),
        changes=run.changes,
        errors=tuple(errors),
    )
