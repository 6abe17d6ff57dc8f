"""Nothing is destroyed unless a person types the name, and tenants go before the platform."""

import io
import sys

import pytest

from cli._codes import Code
from cli._command import waves
from cli._errors import CliError
from cli.destroy import ask


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What a person types; attended."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdin", stream)
    monkeypatch.setattr(stream, "isatty", lambda: True, raising=False)
    return stream


def test_the_name_itself_lets_a_stack_go(typed: io.StringIO) -> None:
    typed.write("acme-dev\nglobex-dev\n")
    typed.seek(0)
    ask(["acme-dev", "globex-dev", "acme-dev"])
    assert typed.read() == "", "each name is asked for once, and both answers are taken"


@pytest.mark.parametrize("answer", ["acme", "y", "acme-dev\nacme-dev"])
def test_anything_else_keeps_all_of_them(typed: io.StringIO, answer: str) -> None:
    typed.write(f"{answer}\n")
    typed.seek(0)
    with pytest.raises(CliError, match="nothing is destroyed") as error:
        ask(["acme-dev", "globex-dev"])
    assert error.value.code is Code.CANCELLED


def test_where_nobody_is_there_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("acme-dev\n"))
    with pytest.raises(CliError, match="nobody is there"):
        ask(["acme-dev"])


def test_tenants_come_after_the_platform_and_go_before_it() -> None:
    stacks = ["acme-dev", "platform", "globex-dev", "acme-dev"]
    assert waves(stacks) == [["platform"], ["acme-dev", "globex-dev"]]
    assert waves(stacks, last=True) == [["acme-dev", "globex-dev"], ["platform"]]
    assert waves(["acme-dev"]) == [["acme-dev"]]
