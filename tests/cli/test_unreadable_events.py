"""X14: what the engine says and the SDK cannot read is not shown: it may hold secrets."""

import subprocess
import sys

import pytest

CANARY = "canary-5b1c"
READ = f"""
from types import SimpleNamespace
from pulumi.automation._stack import _EventsServicer
_EventsServicer(print).StreamEvents([SimpleNamespace(event='{{"stdoutEvent": {CANARY}')], None)
"""


@pytest.mark.parametrize(("first", "shown"), [("import cli._engine", False), ("", True)])
def test_an_event_that_cannot_be_read_is_not_shown(first: str, shown: bool) -> None:
    """The twin shows that the SDK does, by itself."""
    ran = subprocess.run([sys.executable, "-c", first + READ], capture_output=True, text=True, check=True)
    assert (CANARY in ran.stdout + ran.stderr) is shown
