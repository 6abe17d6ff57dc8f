"""Writes the golden URN files anew: `python -m tests.golden`. Review the difference: a changed URN is a replacement."""

from pathlib import Path

from tests.examples import EXAMPLES

GOLDEN = Path(__file__).parent / "contracts" / "golden"


def main() -> None:
    """Write one file per example stack, and remove those of stacks that are gone."""
    GOLDEN.mkdir(exist_ok=True)
    for path in GOLDEN.glob("*.urns"):
        path.unlink()
    for stack, made in EXAMPLES.items():
        (GOLDEN / f"{stack}.urns").write_text("".join(f"{urn}\n" for urn in made.urns()))


if __name__ == "__main__":
    main()
