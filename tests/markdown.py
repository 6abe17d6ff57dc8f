"""What GitHub makes of a page in Markdown: its links, and the anchors of its headings."""

import re
from collections import Counter
from collections.abc import Iterator

FENCE = re.compile(r"^(```|~~~).*?^\1[^\S\n]*$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)


def links(text: str) -> list[str]:
    """Return the targets of all links, in their order; code has none."""
    return LINK.findall(CODE.sub("", FENCE.sub("", text)))


def anchors(text: str) -> list[str]:
    """Return the anchors of all headings: small, without signs, blanks as hyphens, and numbered from the second on."""
    return list(_numbered(_slug(heading) for heading in HEADING.findall(FENCE.sub("", text))))


def _slug(heading: str) -> str:
    shown = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
    return re.sub(r"[^\w\- ]", "", shown).replace(" ", "-")


def _numbered(slugs: Iterator[str]) -> Iterator[str]:
    times: Counter[str] = Counter()
    for slug in slugs:
        yield f"{slug}-{times[slug]}" if times[slug] else slug
        times[slug] += 1
