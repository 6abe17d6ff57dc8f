"""Mutation testing of the rules, `make mutants`: a test must notice every small change of a rule's code.

A mutant that cannot be imported is none, nor is one that `equivalent.yaml` names. Ends are kept in `.sandbox/mutants`,
so that a run goes on where another one stopped: what survived is tried again, what was killed is not. Remove that
folder to begin anew.
"""

import difflib
import hashlib
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Final

import yaml

from tests.policies.forks import (
    CODE,
    EXITS,
    KILLED,
    MODULES,
    STILLBORN,
    SURVIVED,
    TESTS,
    TIMEOUT,
    fork,
    prepare,
    serves,
)
from tests.policies.mutations import mutations

ENDS: Final = Path(".sandbox/mutants")
EQUIVALENT: Final[dict[str, dict[str, str]]] = yaml.safe_load((TESTS / "equivalent.yaml").read_text())
EQUAL: Final = "equivalent"
JOBS: Final = int(os.environ.get("JOBS", "1"))
GOAL: Final = 90  # percent


def judge(module: str) -> Counter[str]:
    """Run all mutants of a module that have not ended yet, say which survived, and return how many ended how."""
    chosen = serves(module)
    assert os.waitpid(fork(module, CODE[module], chosen), 0)[1] == 0, f"the tests of {module} fail without a mutant"
    found = {hashlib.sha256(code.encode()).hexdigest()[:16]: code for code in mutations(CODE[module])}
    ends = _kept(module) | dict.fromkeys(_equivalent(module, found), EQUAL)
    left = [id for id in found if ends.get(id, SURVIVED) == SURVIVED]
    running: dict[int, str] = {}
    with (ENDS / module).open("a") as kept:
        while left or running:
            while left and len(running) < JOBS:
                id = left.pop()
                running[fork(module, found[id], chosen)] = id
            child, status = os.wait()
            id = running.pop(child)
            ends[id] = EXITS[os.waitstatus_to_exitcode(status)]
            print(id, ends[id], file=kept, flush=True)
    for id, code in found.items():
        if ends[id] == SURVIVED:
            print(f"{module} survived:", *_change(module, code), sep="\n    ", flush=True)
    return Counter(ends[id] for id in found)


def _kept(module: str) -> dict[str, str]:
    path = ENDS / module
    return dict(line.split() for line in path.read_text().splitlines()) if path.exists() else {}


def _change(module: str, code: str) -> list[str]:
    found = difflib.unified_diff(CODE[module].splitlines(), code.splitlines(), lineterm="", n=0)
    return [f"{line[0]} {line[1:].strip()}" for line in [*found][3:]]


def _equivalent(module: str, found: dict[str, str]) -> list[str]:
    named = EQUIVALENT.get(module, {})
    by_line = [
        (line[2:], id) for id, code in found.items() if named for line in _change(module, code) if line[0] == "+"
    ]
    strange = named.keys() - {line for line, _ in by_line}
    assert not strange, f"equivalent.yaml: no mutant of {module} has {strange}"
    return [id for line, id in by_line if line in named]


def main(modules: list[str]) -> int:
    """Judge modules, print a table of them, and return whether one of them, or all together, is below the goal."""
    ENDS.mkdir(parents=True, exist_ok=True)
    prepare()
    table = {module: judge(module) for module in modules}
    table["all"] = sum(table.values(), Counter())
    print(f"{'module':22}{'mutants':>8}{KILLED:>8}{SURVIVED:>10}{'timeouts':>10}{'percent':>9}")
    low = False
    for module, ends in table.items():
        mutants = ends[KILLED] + ends[SURVIVED] + ends[TIMEOUT]
        percent = 100 * (mutants - ends[SURVIVED]) / max(mutants, 1)
        print(f"{module:22}{mutants:8}{ends[KILLED]:8}{ends[SURVIVED]:10}{ends[TIMEOUT]:10}{percent:9.1f}")
        low |= percent < GOAL
    print(f"besides: {table['all'][STILLBORN]} that cannot be imported, {table['all'][EQUAL]} that change nothing")
    return int(low)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or MODULES))
