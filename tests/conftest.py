"""Who may use the machine's one sandbox at the same time, and in which order: tests run in several processes."""

from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path, PurePath

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from tests.locks import SANDBOX, held
from tests.told import TOLD

# How long an example takes tells of the machine's other work.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

ALONE = "alone"
"""Tests in folders of this name take the sandbox down, or load it: they have it to themselves."""

MEASURED = "measured"
"""Tests in folders of this name have the whole machine to themselves: they come when all others have ended."""

TOGETHER = ("examples", "access", "review")
"""One process runs all tests of a folder of these names: they share stacks."""


_holding: dict[Path, ExitStack] = {}


class Together(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """What one process runs from its beginning to its end: a file, or all of a folder that shares something."""

    def _split_scope(self, nodeid: str) -> str:
        return _group(PurePath(nodeid.partition("::")[0]))


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Together:
    """Give each group of tests to one process."""
    return Together(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what needs the sandbox for itself, beside what needs none of it; end with what needs quiet."""
    items.sort(key=_rank)


def _group(path: PurePath) -> str:
    return next((name for name in (ALONE, MEASURED, *TOGETHER) if name in path.parts), str(path))


def _rank(item: pytest.Item) -> int:
    group = _group(item.path)
    if group == ALONE:
        return 1 if "e2e" in item.path.parts else 0
    if group == MEASURED:
        return 5
    if not _uses_sandbox(item):
        return 2
    return 3 if group in TOGETHER else 4


def _uses_sandbox(item: pytest.Item) -> bool:
    return any(item.get_closest_marker(name) for name in ("e2e", "node"))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, object, object]:
    """Hold the sandbox from the first test of a file that needs it to its last: outside the time that a test has."""
    if item.path not in _holding:
        _holding[item.path] = ExitStack()
        if any(_uses_sandbox(other) for other in item.session.items if other.path == item.path):
            shared = _group(item.path) not in (ALONE, MEASURED)
            _holding[item.path].enter_context(held(SANDBOX, shared=shared))
    try:
        return (yield)
    finally:
        if nextitem is None or nextitem.path != item.path:
            _holding.pop(item.path).close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Write what tests have told, whichever process they ran in."""
    reports = (report for group in terminalreporter.stats.values() for report in group)
    told = {text for report in reports for name, text in getattr(report, "user_properties", ()) if name == TOLD}
    for text in sorted(told):
        terminalreporter.write_line(f"TOLD {text}")
