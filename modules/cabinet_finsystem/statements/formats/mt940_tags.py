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
_OPERATIONS = (":61:", ":86:")


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

    def field(self, line: str, following: str | None) -> re.Match[str] | None:
        """Tag and value of ``line``, where it is a field here and no text that looks so."""
        found = _FIELD.match(line) if line[:1] == ":" else None
        tag = found[1].upper() if found else ""
        if tag == "20" and self.open and not self.closed:
            return found if following is not None and _AFTER_20.match(_clean(following)) else None
        if tag in _HEAD and tag != "20" and self.open and self.last not in _HEAD:
            return None
        return found

    def enter(self, tag: str) -> tuple[MessageStart, ...]:
        """Go on to the field ``tag``; where it begins a message, that is told."""
        start: tuple[MessageStart, ...] = ()
        if tag == "20" or not self.open:
            start = (MessageStart(self.closed or not self.open),)
            self.open, self.closed = True, False
        self.last = tag
        self.closed = self.closed or tag in _CLOSING
        return start


def fields_of(pieces: Iterable[str], limit: int) -> Iterator[Field | MessageStart]:
    """The fields of all messages of a text that comes in ``pieces``; a `MessageStart` before each.

    ``limit``: characters of one line, and of one field, at most.
    """
    walk = _Walk()
    field: Field | None = None
    size = 0
    for lines, behind in _runs(pieces, limit):
        for number, raw in enumerate(lines):
            line = raw if raw.isprintable() else _clean(raw)
            if walk.open and line.startswith(_OPERATIONS):  # what nearly every line is, or goes on with
                if field is not None:
                    yield field
                walk.last = line[1:3]
                field, size = Field(walk.last, [line[4:]]), len(line)
                continue
            found = walk.field(line, lines[number + 1] if number + 1 < len(lines) else behind)
            if found:
                tag = found[1].upper()
                if field is not None:
                    yield field
                yield from walk.enter(tag)
                field, size = Field(tag, [found[2]]), len(line)
            elif (walk.closed or "{" in line) and _ends_message(line, walk):
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


def _runs(pieces: Iterable[str], limit: int) -> Iterator[tuple[list[str], str | None]]:
    """The lines of a text, many at a time, with the line that follows them."""
    held = ""
    for piece in pieces:
        *lines, rest = f"{held}{piece}".split("\n")
        if len(rest) > limit or max(map(len, lines), default=0) > limit:
            raise too_long()
        following = lines.pop() if lines else None
        held = rest if following is None else f"{following}\n{rest}"
        if lines:
            yield lines, following
    lines = held.split("\n")
    if not lines[-1]:
        lines.pop()
    yield lines, None


def _clean(line: str) -> str:
    """``line`` without control characters."""
    return line.translate(_CONTROL)
