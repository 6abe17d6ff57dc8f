"""The reference shows who reaches whom as the example stacks say it now."""

from tests.golden import REACHABILITY, reachability


def test_the_reference_shows_who_reaches_whom() -> None:
    """A path that opens or closes is seen in review. Run `python -m tests.golden` and look at the difference."""
    assert REACHABILITY.read_text() == reachability()
