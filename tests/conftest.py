"""Who may use the machine's one sandbox at the same time, and in which order: tests run in several processes."""

from collections.abc import Iterator
from pathlib import PurePath

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from tests.locks import SANDBOX, held
from tests.told import TOLD

# How long an example takes tells of the machine's other work.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

ALONE = "alone"
"""Tests in folders of this name take the sandbox down, or measure it: they have it to themselves."""

TOGETHER = ("examples", "access", "review")
"""One process runs all tests of a folder of these names: they share stacks."""


class Together(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """What one process runs from its beginning to its end: a file, or all of a folder that shares something."""

    def _split_scope(self, nodeid: str) -> str:
        return _group(PurePath(nodeid.partition("::")[0]))


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Together:
    """Give each group of tests to one process."""
    return Together(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what needs the sandbox for itself, beside what needs none of it; then what takes longest."""
    items.sort(key=_rank)


def _group(path: PurePath) -> str:
    return next((name for name in (ALONE, *TOGETHER) if name in path.parts), str(path))


def _rank(item: pytest.Item) -> int:
    group = _group(item.path)
    if group == ALONE:  # measurements last: by then all other processes wait
        return 1 if "e2e" in item.path.parts else 0
    if not _uses_sandbox(item):
        return 2
    return 3 if group in TOGETHER else 4


def _uses_sandbox(item: pytest.Item) -> bool:
    return any(item.get_closest_marker(name) for name in ("e2e", "node"))


@pytest.fixture(scope="module", autouse=True)
def machine(request: pytest.FixtureRequest) -> Iterator[None]:
    """Hold the sandbox where any test of this file needs it."""
    if not any(_uses_sandbox(item) for item in request.session.items if item.path == request.path):
        yield
        return
    with held(SANDBOX, shared=_group(request.path) != ALONE):
        yield


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Write what tests have told, whichever process they ran in."""
    reports = (report for group in terminalreporter.stats.values() for report in group)
    told = {text for report in reports for name, text in getattr(report, "user_properties", ()) if name == TOLD}
    for text in sorted(told):
        terminalreporter.write_line(f"TOLD {text}")
