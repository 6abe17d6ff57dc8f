"""How long a comment may be on each forge, and how it may be marked for the next run to find."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Forge:
    """What a forge takes.

    Attributes:
        comment: the longest comment, in UTF-16 units: no forge counts less for a character, and none more.
        folds: `<details>` folds there.
    """

    name: str
    comment: int
    folds: bool = True


GITHUB: Final = Forge(name="github", comment=65_536)
GITHUB_CHECK: Final = Forge(name="github-check", comment=65_535)
GITHUB_SUMMARY: Final = Forge(name="github-summary", comment=1_048_576 // 3)  # it counts bytes
GITLAB: Final = Forge(name="gitlab", comment=1_000_000)
AZURE: Final = Forge(name="azure", comment=150_000)
BITBUCKET: Final = Forge(name="bitbucket", comment=32_768, folds=False)

FORGES: Final = {forge.name: forge for forge in (GITHUB, GITHUB_CHECK, GITHUB_SUMMARY, GITLAB, AZURE, BITBUCKET)}


def size(text: str) -> int:
    """Return the length of a text in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
