"""`python -m sandbox`: the one-machine platform on the command line. Data goes to stdout, progress to stderr."""

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console

from sandbox import cluster, engine, images, toolchain
from sandbox.machine import Progress, SandboxError
from sandbox.status import collect
from sandbox.toolchain import doctor

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="One machine, no cloud: a real engine and a real cluster, from published packages only.",
)

WIDE = 140
"""Columns of a table that goes to a file, where paths must stay whole."""

TEST_PROGRAMS = {"chromium", "minio", "netpolicy", "prometheus", "promtool"}
"""What only the tests run, besides simulated nodes, which they always have."""


@app.command()
def up(
    simulated: Annotated[int, typer.Option(min=0, help="How many simulated nodes to have besides the real one.")] = 0,
    services: Annotated[bool, typer.Option("--services", help="Also get what managed services run.")] = False,
    tests: Annotated[
        bool, typer.Option("--tests", help="Also get the programs that only the tests need, and all of `--services`.")
    ] = False,
) -> None:
    """Build what is missing and bring engine and cluster up. Safe to repeat: it repairs what is half there."""
    with _reported(), Progress("sandbox") as progress:
        services = services or tests
        wanted = cluster.needs(max(simulated, int(tests)), services=services) | engine.needs()
        programs = toolchain.ensure(wanted | (TEST_PROGRAMS if tests else set()), progress)
        engine.install_engine()
        cluster.up(programs, simulated, progress, services=services)
    for line in collect().lines():
        print(line, file=sys.stderr)


@app.command()
def down(
    purge: Annotated[
        bool, typer.Option("--purge", help="Also remove its state: every object and every stack.")
    ] = False,
) -> None:
    """Stop everything: no process, mount, interface or firewall rule is left behind."""
    with _reported(), Progress("sandbox") as progress:
        cluster.down(progress, purge)


@app.command()
def status(as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """Tell how engine and cluster are, and which parts are the user's own. Exit code 1: the cluster is not up."""
    with _reported():
        now = collect()
        print(json.dumps(now.as_json(), indent=2) if as_json else "\n".join(now.lines()))
    if not now.cluster.up:
        raise typer.Exit(1)


@app.command()
def env() -> None:
    """Print what makes plain `pulumi` and `kubectl` work in a shell: eval "$(python -m sandbox env)"."""
    with _reported():
        print(engine.export_lines(engine.environment_for_shell(cluster.DEFAULT.kubeconfig)), end="")


@app.command("doctor")
def look() -> None:
    """Show every program: where it comes from, and for what is missing the one command that gets it."""
    with _reported():
        found = toolchain.find()
        Console(width=None if sys.stdout.isatty() else WIDE).print(doctor.table(found))
    if not all(program.usable for program in found.values()):
        raise typer.Exit(1)


@app.command()
def build(modules: Annotated[list[str] | None, typer.Argument(help="Modules; none: all.")] = None) -> None:
    """Build programs that are missing, without starting anything."""
    known = {module.name: [program.name for program in module.programs] for module in toolchain.MODULES}
    with _reported(), Progress("sandbox") as progress:
        if unknown := set(modules or ()) - set(known):
            raise SandboxError(f"no such module: {', '.join(sorted(unknown))}", f"name some of: {', '.join(known)}")
        toolchain.ensure([name for module in modules or known for name in known[module]], progress)


@app.command()
def image(names: Annotated[list[str], typer.Argument(help=f"Some of: {', '.join(images.ON_DEMAND)}.")]) -> None:
    """Build images that `up` leaves out, with their manifests, and give them to the sandbox that is up."""
    with _reported(), Progress("sandbox") as progress:
        if unknown := set(names) - set(images.ON_DEMAND):
            known = ", ".join(images.ON_DEMAND)
            raise SandboxError(f"no such image: {', '.join(sorted(unknown))}", f"name some of: {known}")
        extras = [images.ON_DEMAND[name] for name in names]
        wanted = [each for extra in extras for each in extra.images]
        manifests = {name for extra in extras for name in extra.manifests}
        programs = toolchain.ensure(images.programs_needed(wanted) | manifests, progress)
        with progress.step("images") as step:
            step.say(", ".join(each.reference for each in wanted))
            images.publish(wanted, programs, cluster.REGISTRY)
        for name in manifests:
            shutil.copyfile(programs[name], cluster.DEFAULT.manifests / name)


@contextmanager
def _reported() -> Iterator[None]:
    """Turn errors that the user can act on into lines, and an interruption into its usual exit code."""
    try:
        yield
    except SandboxError as error:
        print(f"error: {error}", file=sys.stderr)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        print("interrupted; the same command goes on where this one stopped", file=sys.stderr)
        raise typer.Exit(130) from None
