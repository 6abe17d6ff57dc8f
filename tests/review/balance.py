"""Whether a comment is whole: what is opened is closed, rows have their columns, and a reader of Markdown agrees."""

import re

from markdown_it import MarkdownIt

READER = MarkdownIt("commonmark", {"html": True}).enable("table")


def unbalanced(text: str) -> list[str]:
    """Return what is wrong with the shape of a comment."""
    found = []
    tokens = READER.parse(text)
    fences = [token for token in tokens if token.type == "fence"]
    rows: list[str] = text.split("\n")
    for token in fences:
        begin, end = token.map or (0, 0)
        rows[begin + 1 : end - 1] = [""] * (end - begin - 2)  # by place: what it holds may stand elsewhere too
    outside = "\n".join(rows)
    for token in fences:
        if token.info != "diff" or not token.markup:
            found.append(f"a block that is no diff: {token.content[:80]}")
        if not re.search(rf"^{token.markup}$", outside, re.MULTILINE):
            found.append("a block that does not end")
    html = "".join(token.content for token in tokens if token.type == "html_block")
    for tag in ("details", "summary"):
        if html.count(f"<{tag}>") != html.count(f"</{tag}>"):
            found.append(f"{tag}: {html.count(f'<{tag}>')} opened, {html.count(f'</{tag}>')} closed")
    inline = [child for token in tokens for child in token.children or () if child.type == "html_inline"]
    for tag in {child.content for child in inline}:
        if tag not in ("<code>", "</code>", "<sub>", "</sub>", "<br>"):
            found.append(f"markup of somebody else: {tag}")
    columns = 0
    for line in outside.splitlines():
        if line.startswith("|"):
            cells = len(re.findall(r"(?<!\\)\|", line)) - 1
            columns = columns or cells
            if cells != columns:
                found.append(f"a row of {cells} columns in a table of {columns}: {line[:80]}")
        else:
            columns = 0
    return found
