"""The tests of a mutant, in a fork of a process that has imported everything but the policies.

First come the tests that are called after the module, then some cases of the rules that it serves, then the tests that
import it, then other small tests about these rules, then all that is left.
"""

import gc
import importlib
import importlib.util
import os
import re
import signal
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from tests import examples
from tests.policies import asking, cases, mutations

POLICIES, TESTS = Path("policies"), Path("tests/policies")
CODE: Final = {path.stem: path.read_text() for path in sorted(POLICIES.glob("*.py"))}
MODULES: Final = sorted(set(CODE) - {"__init__", "__main__", "_serve"})
CORPUS: Final = TESTS / "test_corpus.py"
FIRST: Final = Path(f"{CORPUS}::test_a_manifest_is_judged_as_it_is_labelled")
CLOSELY: Final = ("test_examples.py", "test_unknowns.py")
LONG: Final = [CORPUS, *(TESTS / name for name in CLOSELY)]
NONE: Final = [TESTS / "test_engine.py", TESTS / "test_catalogue.py"]
"""What needs the engine, and what compares rules with a page that is made from them."""
SMALL: Final = sorted({*TESTS.glob("test_*.py")} - {*LONG, *NONE})
CASES: Final = cases.corpus()
WARM: Final = {module.__name__ for module in (asking, cases, mutations, examples, sys.modules[__name__])}
HERE: Final = ["--rootdir=.", "-c", os.devnull, "--import-mode=importlib", "--noconftest"]
BRIEFLY: Final = ["-qxs", "--tb=no", "-Werror"]
PLUGINS: Final = [f"-pno:{name}" for name in ("cacheprovider", "unraisableexception", "logging", "faulthandler")]
SECONDS: Final = 60  # of the processor
MANY: Final = 300  # cases: a module of so many has all of them judged once, and one in `FEW` looked at closely
FEW: Final = 12

SURVIVED, KILLED, TIMEOUT, STILLBORN = "survived", "killed", "timeout", "stillborn"
EXITS: Final = {0: SURVIVED, 1: KILLED, 2: KILLED, 100: STILLBORN, -signal.SIGPROF: TIMEOUT}


class Chosen:
    """A plugin that leaves out what tests say about other rules."""

    def __init__(self, module: str, rules: set[str]) -> None:
        self.rules = rules
        found = [case for case in CASES if case.rule in rules]
        self._step = FEW if len(found) > MANY else 1
        self.some = found[:: self._step]
        self.small = [[path for path in SMALL if self._far(path, module) == far] for far in range(3)]

    def _far(self, path: Path, module: str) -> int:
        """Return how far the tests of a file are from a module: called after it, using it, about its rules, or not."""
        if path.stem.startswith(f"test_{module.strip('_')}"):
            return 0
        text = path.read_text()
        named = set(re.findall(r'"([A-Z]\d+)"|\b(RULES)\b', text))
        about = not named or named & {("", "RULES"), *((id, "") for id in self.rules)}
        return 1 if f"\nfrom policies.{module} import" in text else 2 if about else 3

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep what is about these rules, or about none."""
        mine = [item for item in items if self._about(item) <= self.rules]
        close = [item for item in mine if self._about(item) and item.path.name in CLOSELY]
        left_out = {id(item) for item in close} - {id(item) for item in close[:: self._step]}
        items[:] = [item for item in mine if id(item) not in left_out]

    def _about(self, item: pytest.Item) -> set[str]:
        given: dict[str, Any] = getattr(getattr(item, "callspec", None), "params", {})
        found = {getattr(given.get("case"), "rule", None), getattr(given.get("rule"), "id", given.get("rule"))}
        return {each for each in found if each is not None}


def prepare() -> None:
    """Import everything, and forget the policies and what tests of them share, so that each fork imports them again."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    for name in MODULES:
        importlib.import_module(f"policies.{name}")
    for name in [*sys.modules]:
        if name.startswith(("policies", "tests.policies.")) and name not in WARM:
            del sys.modules[name]
    gc.freeze()


def serves(module: str) -> Chosen:
    """Choose the rules of a module and of all modules that import it; all rules of one that none of theirs imports."""
    reached, left = set[str](), [module]
    while left:
        name = left.pop()
        reached.add(name)
        uses = re.compile(rf"^from policies(\.{name} import| import .*\b{name}\b)", re.M)
        left += [other for other in MODULES if other not in reached and uses.search(CODE[other])]
    ids = {name: re.findall(r'^@(?:stack_)?rule\(\s*"(\w+)"', CODE[name], re.M) for name in MODULES}
    rules = {id for name in reached for id in ids[name]} or {id for found in ids.values() for id in found}
    return Chosen(module, rules)


def fork(module: str, code: str, chosen: Chosen) -> int:
    """Start the tests of a module with other code, and return the number of their process, which exits as `EXITS`."""
    child = os.fork()
    if child:
        return child
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    gc.disable()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    try:
        _load(module, code)
    except BaseException:
        os._exit(100)
    called, *others = [(CASES, files) for files in chosen.small]
    stages = [called, (chosen.some, [FIRST]), *others, (CASES, LONG)]
    os._exit(next(filter(None, (_test(found, files, chosen) for found, files in stages if files)), 0))


def _load(name: str, code: str) -> None:
    spec = importlib.util.find_spec(f"policies.{name}")
    assert spec
    assert spec.origin
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    exec(compile(code, spec.origin, "exec"), vars(module))
    for other in MODULES:
        importlib.import_module(f"policies.{other}")


def _test(found: list[cases.Case], files: list[Path], chosen: Chosen) -> int:
    sys.modules.pop("tests.policies.test_corpus", None)  # it has its cases from when it was imported
    cases.corpus = lambda: found
    return pytest.main([*HERE, *BRIEFLY, *PLUGINS, *map(str, files)], plugins=[chosen])
