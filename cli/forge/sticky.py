"""One comment of ours on a pull request, kept up to date: found by a hidden line and by who wrote it."""

from typing import Literal

from cli.forge._base import Forge, ForgeError, Note

Written = Literal["written", "edited", "unchanged", "out of date"]
"""`out of date`: the pull request has a newer commit, and what is said of that stays."""


def upsert(forge: Forge, marker: str, body: str, commit: str = "") -> Written:
    """Make `body` the one comment of ours. Safe to repeat.

    Args:
        marker: the line that `body` begins with.
        commit: what `body` is about; where the pull request has gone on since, nothing is written. Empty: not known.
    """
    author = forge.me()
    if commit and forge.head() != commit:
        return "out of date"
    there = _ours(forge, marker, author)
    if not there:
        forge.write(body)
        # Another run may have seen none either, and written its own: whoever comes last leaves the oldest.
        there = _ours(forge, marker, author)
        if len(there) > 1:
            _one(forge, there, body)
        return "written"
    return _one(forge, there, body)


def _ours(forge: Forge, marker: str, author: str) -> list[Note]:
    """Return our comments, the oldest first. A comment that only quotes the marker does not begin with it."""
    found = [note for note in forge.notes() if note.author == author and note.body.lstrip().startswith(marker)]
    return sorted(found, key=lambda note: note.id)


def _one(forge: Forge, there: list[Note], body: str) -> Written:
    first, *others = there
    changed = _plain(first.body) != _plain(body)
    if changed:
        try:
            forge.edit(first.id, body)
        except ForgeError as error:
            if error.status != 404:
                raise
            forge.write(body)  # somebody has removed it meanwhile
    for note in others:
        forge.remove(note.id)
    return "edited" if changed else "unchanged"


def _plain(body: str) -> str:
    """Return a text as forges keep it: GitHub gives line ends of its own, and both cut blanks at the end."""
    return body.replace("\r\n", "\n").rstrip()
