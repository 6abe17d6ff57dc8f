"""The table of `python -m sandbox doctor`: every part, where it comes from, and how to get what is missing."""

from rich.table import Table

from sandbox.toolchain.catalogue import DEBIAN, MODULES
from sandbox.toolchain.find import Found, find


def fixes() -> dict[str, str]:
    """Return, for each program, the one command that makes it be there."""
    build = {p.name: f"python -m sandbox build {module.name}" for module in MODULES for p in module.programs}
    return build | {p.name: f"apt-get install --no-install-recommends {' '.join(p.packages)}" for p in DEBIAN}


def table(found: dict[str, Found] | None = None) -> Table:
    """Draw the table; `found` None looks at the machine now."""
    drawn = Table("part", "source", "version", "path or fix", title="Programs of the sandbox", title_justify="left")
    ways = fixes()
    for name, program in (found if found is not None else find()).items():
        colour = "green" if program.usable else "red"
        where = str(program.path) if program.path else ways[name]
        drawn.add_row(name, f"[{colour}]{program.source}[/]", program.version, where)
    return drawn
