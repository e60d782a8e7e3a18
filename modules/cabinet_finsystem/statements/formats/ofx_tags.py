"""OFX taken apart: SGML whose leaves have no end tags, and XML, by one rule and without a schema.

A tag that text follows is a leaf, whether it is closed or not. Of the others those that are known hold something; what stands
under one that is not known is read as if it stood in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import NamedTuple

from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.statements.formats.texts_of_banks import too_long
from cabinet_finsystem.statements.formats.xml_nodes import Node
from cabinet_finsystem.texts import _

_TAG = re.compile(
    r"<!\[CDATA\[(?P<data>.*?)\]\]>|(?P<declared><!(?:DOCTYPE|ENTITY))|<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9_.]{0,40})"
    r"(?:\s[^<>]{0,400})?(?P<closed>/?)>",
    re.DOTALL | re.IGNORECASE,
)
_CDATA = "<![CDATA["
PIECES = frozenset({"STMTTRN", "STMTTRNP", "LEDGERBAL", "BANKACCTFROM", "CCACCTFROM", "STATUS"})
"""What is given out whole."""
CONTAINERS = frozenset(
    {"OFX", "OFC", "STMTRS", "CCSTMTRS", "INVSTMTRS", "BANKTRANLIST", "BANKTRANLISTP", "SONRS", "PROFRS", "ACCTINFORS"}
)
"""What is told of when it begins and ends."""
_INNER = frozenset(
    {
        "PAYEE",
        "EXTDPAYEE",
        "BANKACCTTO",
        "CCACCTTO",
        "CURRENCY",
        "ORIGCURRENCY",
        "IMAGEDATA",
        "AVAILBAL",
        "BALLIST",
        "BAL",
    }
)
_KNOWN = PIECES | CONTAINERS | _INNER
_OPERATIONS = ("STMTTRN", "STMTTRNP")
_MAX_DEPTH = 64


class Begins(NamedTuple):
    """A container begins."""

    name: str


class Ends(NamedTuple):
    """A container has ended."""

    name: str


class Leaf(NamedTuple):
    """A leaf of a container."""

    name: str
    text: str


class Unclosed(NamedTuple):
    """The text has ended inside these."""

    names: tuple[str, ...]


Event = Begins | Ends | Leaf | Node | Unclosed


class _Token(NamedTuple):
    text: str
    """In front of the tag."""
    name: str
    ends: bool
    closed: bool


def _tokens(pieces: Iterable[str], limit: int) -> Iterator[_Token]:
    rest = text = ""
    for piece in pieces:
        data = rest + piece
        ready = len(data)
        if (start := data.rfind(_CDATA)) >= 0 and data.find("]]>", start) < 0:
            ready = start
        at = 0
        for found in _TAG.finditer(data, 0, ready):
            text += unescape(data[at : found.start()])
            at = found.end()
            if found["declared"]:
                raise StatementRefusedError(
                    "broken_structure",
                    _("The file has a document type declaration (DOCTYPE); no bank writes one, and it is not read"),
                )
            if found["data"] is not None:
                text += found["data"]
                continue
            yield _Token(text, found["name"].upper(), bool(found["end"]), bool(found["closed"]))
            text = ""
        rest = data[at:]
        if len(rest) + len(text) > limit:
            raise too_long()


def events_of(pieces: Iterable[str], limit: int) -> Iterator[Event]:
    """The document as events. ``limit``: characters of one piece at most."""
    tree = _Tree(limit)
    for token in _tokens(pieces, limit):
        yield from tree.take(token)
    if tree.stack:
        yield Unclosed(tuple(node.name for node in tree.stack))


class _Tree:
    """What is open, and the tag of which it is not known yet whether it is a leaf."""

    def __init__(self, limit: int) -> None:
        self.stack: list[Node] = []
        self._limit = limit
        self._size = 0
        self._waiting = ""

    def take(self, token: _Token) -> Iterator[Event]:
        """The events that come of the next tag and the text in front of it."""
        text = token.text.strip()
        self._size += len(text) + len(token.name)
        if self._size > self._limit or len(self.stack) > _MAX_DEPTH:
            raise too_long()
        name, self._waiting = self._waiting, ""
        if name and (text or name not in _KNOWN):
            yield from self._leaf(name, text)
            if token.ends and token.name == name:
                return
        elif name:
            yield from self._open(name)
        if token.ends:
            yield from self._close(token.name)
        elif not token.closed:
            self._waiting = token.name
        if not any(node.name in PIECES for node in self.stack):
            self._size = 0

    def _open(self, name: str) -> Iterator[Event]:
        if name in _OPERATIONS:
            yield from self._close(name)  # one that is not closed ends where the next begins
        self.stack.append(Node(name))
        if name in CONTAINERS:
            yield Begins(name)

    def _leaf(self, name: str, text: str) -> Iterator[Event]:
        if not self.stack:
            return
        if self.stack[-1].name in CONTAINERS:
            yield Leaf(name, text)
        else:
            self.stack[-1].children.append(Node(name, text=text))

    def _close(self, name: str) -> Iterator[Event]:
        """End ``name`` and what is open inside it; an end of nothing that is open means nothing."""
        if not any(node.name == name for node in self.stack):
            return
        while self.stack:
            node = self.stack.pop()
            if node.name in CONTAINERS:
                yield Ends(node.name)
            elif node.name in PIECES:
                yield node
            elif self.stack and self.stack[-1].name not in CONTAINERS:
                self.stack[-1].children.append(node)
            if node.name == name:
                return
