"""The comments of the recorded scenarios, which golden files hold: `python -m tests.review.comments` writes them anew.

Review the difference: it is what reviewers will read.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from review.assess import Assessment, assess
from review.build import review
from review.events import Log, read
from review.limits import BITBUCKET
from review.markdown import About, comment
from review.model import Review
from tests.review.logs import RECORDED, recorded
from tests.review.manifests import Z
from tests.review.scenarios import SCENARIOS

GOLDEN = Path(__file__).parent / "golden"
ABOUT = About(
    commit="0f2028f",
    base="9efbd9d",
    run="https://ci.example/run/7",
    rules="https://docs.example/rules#",
)

ENGINE = "3.272.0"


def reviewed(heads: Mapping[str, Log], bases: Mapping[str, Log] | None = None) -> Review:
    """Return a review by an engine of a version that stays the same."""
    return replace(review(heads, bases), engine=ENGINE)


def sides(name: str) -> dict[str, Log]:
    """Return the logs of a scenario, by side."""
    return {
        path.name.split(".")[1]: recorded(name, path.name.split(".")[1]) for path in RECORDED.glob(f"{name}.*.jsonl")
    }


def assessed(name: str) -> Assessment:
    """Return what a scenario means."""
    logs = sides(name)
    stack = SCENARIOS[name].stack
    bases: Mapping[str, Log] | None = {stack: logs["base"]} if "base" in logs else None
    return assess(reviewed({stack: logs["head"]}, bases))


def fleet(name: str, number: int) -> Assessment:
    """Return what it means when many stacks say what one has said, each under its own name."""
    text = (RECORDED / f"{name}.head.jsonl").read_text()
    stacks = [f"tenant{each:03}-dev" for each in range(number)]
    return assess(reviewed({stack: read(text.replace(Z, stack).splitlines()) for stack in stacks}))


def different(number: int) -> Assessment:
    """Return what it means when many stacks come to be, each of its own kind."""
    text = (RECORDED / "first.head.jsonl").read_text()
    logs = {
        f"tenant{each:03}-dev": text.replace(Z, f"tenant{each:03}-dev").replace('"info"', f'"level {each * 7919}"')
        for each in range(number)
    }
    return assess(reviewed({stack: read(log.splitlines()) for stack, log in logs.items()}))


def mixed() -> Assessment:
    """Return what it means when stacks meet different ends, and most the same."""
    ends = {"acme-prod": "replaces", "globex-dev": "exposed", "initech-prod": "rbac"}
    logs = {
        stack: (RECORDED / f"{name}.head.jsonl").read_text().replace(Z, stack)
        for stack, name in [*ends.items(), *((f"tenant{number:02}-dev", "routine") for number in range(12))]
    }
    found = reviewed({stack: read(log.splitlines()) for stack, log in logs.items()})
    return assess(found, budgets={"globex-dev": Decimal(20)})


def comments() -> dict[str, str]:
    """Return the comment of each scenario, and those of fleets."""
    found = {name: comment(assessed(name), ABOUT) for name in SCENARIOS}
    return found | {
        "fleet-same": comment(fleet("routine", 37), ABOUT),
        "fleet-refused": comment(fleet("refused", 12), ABOUT),
        "fleet-different": comment(different(200), ABOUT, BITBUCKET),
    }


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for name, text in comments().items():
        (GOLDEN / f"{name}.md").write_text(text + "\n")
