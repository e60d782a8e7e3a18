"""An MT940 or MT942 file taken apart: messages, and in each its fields in order.

What counts as a field is decided by where it stands: bank texts wrap anywhere, so that a line of a purpose may well begin
with ``:20:`` or a lonely dash.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cabinet_finsystem.statements.formats.texts_of_banks import too_long

_FIELD = re.compile(r":(20|21|25P?|28C?|60[FM]|61|62[FM]|64|65|86|13D?|34F|90[CD]|NS):(.*)", re.IGNORECASE | re.DOTALL)
_BLOCK = re.compile(r"\s*\{[1-5]:")
_CONTROL = dict.fromkeys(range(0x20)) | {0xFEFF: None, 0x9: " "}
_HEAD = ("20", "21", "25", "25P", "28", "28C")
_AFTER_20 = re.compile(r":(?:21|25P?|28C?|NS):", re.IGNORECASE)
_CLOSING = ("62F", "62M", "64", "65", "90C", "90D")
_SEVERAL_LINES = ("61", "86", "NS")


class Field(NamedTuple):
    """One field: its tag, and the lines of its value, unstripped at their ends."""

    tag: str
    lines: list[str]

    @property
    def value(self) -> str:
        """The first line, stripped."""
        return self.lines[0].strip()


class MessageStart(NamedTuple):
    """Between two messages. ``closed``: the one before had its closing figures."""

    closed: bool


class _Walk:
    """Where in a message the walk is."""

    def __init__(self) -> None:
        self.open = False
        self.closed = True
        self.last = ""

    def is_field(self, tag: str, following: str | None) -> bool:
        """Whether ``tag`` at a line's beginning is a field here, or text that looks so."""
        if tag == "20":
            if not self.open or self.closed:
                return True
            return following is not None and _AFTER_20.match(following) is not None
        if tag in _HEAD:
            return not self.open or self.last in _HEAD
        return True


def fields_of(lines: Iterable[str], limit: int) -> Iterator[Field | MessageStart]:
    """The fields of all messages; a `MessageStart` before each. ``limit``: characters of one field at most."""
    walk = _Walk()
    field: Field | None = None
    size = 0
    for line, following in _with_next(lines):
        found = _FIELD.match(line)
        tag = found[1].upper() if found else ""
        if found and walk.is_field(tag, following):
            if field is not None:
                yield field
            if tag == "20" or not walk.open:
                yield MessageStart(walk.closed or not walk.open)
                walk.open, walk.closed = True, False
            walk.last = tag
            walk.closed = walk.closed or tag in _CLOSING
            field, size = Field(tag, [found[2]]), len(line)
        elif _ends_message(line, walk):
            if field is not None:
                yield field
            field = None
            walk.open = False
        elif field is not None and field.tag in _SEVERAL_LINES:
            size += len(line)
            if size > limit:
                raise too_long()
            field.lines.append(line)
    if field is not None:
        yield field


def _ends_message(line: str, walk: _Walk) -> bool:
    """A lonely dash after the closing figures, or the envelope of the next message."""
    if _BLOCK.match(line):
        return True
    text = line.strip()
    return walk.closed and (text.startswith(("-}", "-XXX")) or text.rstrip("-") == "" != text)


def _with_next(lines: Iterable[str]) -> Iterator[tuple[str, str | None]]:
    """Each line, with the one that follows it; control characters dropped."""
    before: str | None = None
    for line in lines:
        clean = line.translate(_CONTROL) if not line.isprintable() else line
        if before is not None:
            yield before, clean
        before = clean
    if before is not None:
        yield before, None
