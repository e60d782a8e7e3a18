"""OFX taken apart: SGML whose leaves have no end tags, and XML, by one rule and without a schema.

A tag that text follows is a leaf, whether it is closed or not. Of the others those that are known hold something; what stands
under one that is not known is read as if it stood in its place.

An operation of nothing but usual leaves, as nearly all are, is cut at its tags at once (`Plain`); everything else goes tag by tag.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from html import unescape
from operator import itemgetter
from typing import NamedTuple
from xml.sax.saxutils import escape

from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.statements.formats.texts_of_banks import too_long
from cabinet_finsystem.texts import _

_TAG = re.compile(
    r"<!\[CDATA\[(?P<data>.*?)\]\]>|(?P<remark><!--.*?-->)|(?P<declared><!(?:DOCTYPE|ENTITY))|<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9_.]{0,40})"
    r"(?:\s[^<>]{0,400})?(?P<closed>/?)>",
    re.DOTALL | re.IGNORECASE,
)
_CDATA = "<![CDATA["
_REMARK = "<!--"
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
_BEGIN, _END = "<STMTTRN>", "</STMTTRN>"
_LEAVES = frozenset(
    {
        "TRNTYPE",
        "DTPOSTED",
        "DTUSER",
        "DTAVAIL",
        "DTTRAN",
        "TRNAMT",
        "FITID",
        "SRVRTID",
        "CHECKNUM",
        "CHKNUM",
        "REFNUM",
        "SIC",
        "PAYEEID",
        "NAME",
        "EXTDNAME",
        "MEMO",
        "TRNUID",
        "CATEGORY",
    }
)
_MOST_SHAPES = 200
_ANY_TAG = re.compile(r"<([^<>]{1,20})>")
_UNUSUAL = re.compile(rf"<(?!/?(?:{'|'.join(sorted(_LEAVES))}|STMTTRN)>)".encode())
"""Any tag, and anything that begins like one, that stands in no plain operation."""


class Node:
    """A piece, or an element in one: its name, and its text or what is in it."""

    __slots__ = ("children", "name", "text")

    def __init__(self, name: str, text: str = "", children: list[Node] | None = None) -> None:
        self.name = name
        self.text = text
        self.children = [] if children is None else children

    def get(self, name: str, *below: str) -> str:
        """The text of the first element at ``name`` and the path ``below`` it that has one; empty where there is none.

        A name may offer several: ``BANKACCTTO|CCACCTTO``.
        """
        names = name.split("|")
        for child in self.children:
            if child.name in names and (text := child.get(*below) if below else child.text.strip()):
                return text
        return ""

    def xml(self) -> str:
        """As it stands in the file, every element closed and without the spaces between them."""
        inside = "".join([child.xml() for child in self.children])
        return f"<{self.name}>{escape(self.text.strip())}{inside}</{self.name}>"


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


_LINE = ("TRNAMT", "DTPOSTED", "DTAVAIL", "NAME", "MEMO", "FITID", "TRNTYPE", "CHECKNUM", "CHKNUM", "REFNUM")
"""The leaves that a line is made of."""


class Plain(NamedTuple):
    """An operation that is a STMTTRN of usual leaves and nothing else, each once."""

    shape: Shape
    texts: tuple[str, ...]
    """Of its leaves, in their order."""
    xml: str
    """As `Node.xml`."""

    def line(self) -> tuple[str, ...]:
        """The texts of `_LINE`, empty where there is no such leaf."""
        return self.shape.line((*self.texts, ""))

    def leaves(self) -> list[Node]:
        """Its leaves one by one."""
        return [Node(name, text=text) for name, text in zip(self.shape.leaves, self.texts, strict=True)]


Event = Begins | Ends | Leaf | Node | Unclosed | Plain


class _Token(NamedTuple):
    text: str
    """In front of the tag."""
    name: str
    ends: bool
    closed: bool


class _Tags:
    """Cuts a text that comes in pieces at its tags. ``rest``: what no tag has followed yet."""

    def __init__(self, limit: int) -> None:
        self.rest = ""
        self._text = ""
        self._limit = limit

    def of(self, piece: str) -> Iterator[_Token]:
        """The tags that the next ``piece`` completes."""
        data = self.rest + piece
        ready = len(data)
        if (start := data.rfind(_CDATA)) >= 0 and data.find("]]>", start) < 0:
            ready = start
        if (start := data.rfind(_REMARK, 0, ready)) >= 0 and data.find("-->", start, ready) < 0:
            ready = start
        at = 0
        for found in _TAG.finditer(data, 0, ready):
            self._text += unescape(data[at : found.start()])
            at = found.end()
            if found["declared"]:
                raise StatementRefusedError(
                    "broken_structure",
                    _("The file has a document type declaration (DOCTYPE); no bank writes one, and it is not read"),
                )
            if found["remark"] is not None:
                continue
            if found["data"] is not None:
                self._text += found["data"]
                continue
            text, self._text = self._text, ""
            yield _Token(text, found["name"].upper(), bool(found["end"]), bool(found["closed"]))
        self.rest = data[at:]
        if len(self.rest) + len(self._text) > self._limit:
            raise too_long()


def events_of(pieces: Iterable[str], limit: int) -> Iterator[Event]:
    """The document as events. ``limit``: characters of one piece at most."""
    tags, tree, shapes = _Tags(limit), _Tree(limit), _Shapes(limit)
    held = ""
    between = False
    """Whether all that came is told, and an operation would begin here."""
    for piece in pieces:
        front, *blocks = (held + piece).split(_BEGIN)
        if front:
            between = False
            yield from tree.take_all(tags.of(front))
        held = _BEGIN + blocks.pop() if blocks else ""
        for block in blocks:
            operation = shapes.read(block)
            if operation is not None and not between:
                yield from tree.take_all(tags.of(_BEGIN))
                between = not tags.rest and tree.gives_up_operation()
                if not between:
                    yield from tree.take_all(tags.of(block))
            elif operation is None:
                between = False
                yield from tree.take_all(tags.of(_BEGIN + block))
            if operation is not None and between:
                yield operation
        if len(held) > limit:
            between = False
            yield from tree.take_all(tags.of(held))
            held = ""
    yield from tree.take_all(tags.of(held))
    if tree.stack:
        yield Unclosed(tuple(node.name for node in tree.stack))


class Shape(NamedTuple):
    """What operations with the same tags have in common."""

    leaves: Sequence[str]
    pattern: re.Pattern[str]
    """What stands behind the begin of an operation, up to where the next may begin; a group for the text of each leaf."""
    line: Callable[[Sequence[str]], tuple[str, ...]]
    """Of the texts of the leaves, and an empty one, those of `_LINE`."""
    xml: str
    """With ``%s`` for the text of each leaf."""

    def read(self, block: str) -> Plain | None:
        """The operation whose begin tag stands in front of ``block``; None where it is of another shape, or not alone."""
        found = self.pattern.fullmatch(block)
        if found is None:
            return None
        texts = tuple(map(str.strip, found.groups()))
        if "&" in block:
            texts = tuple([unescape(text).strip() for text in texts])
            return Plain(self, texts, self.xml % tuple(map(escape, texts)))
        return Plain(self, texts, self.xml % texts)


@lru_cache(maxsize=256)  # those of a file are few
def _shape(tags: tuple[str, ...]) -> Shape | None:
    """The shape of operations of ``tags``; None where they are no usual leaves, or not each once."""
    leaves = [tag for tag in tags if tag[0] != "/"]
    if len(set(tags)) < len(tags) or not _LEAVES.issuperset(tag.removeprefix("/") for tag in tags):
        return None
    pieces = [f"<{tag}>" + (r"\s*+" if tag[0] == "/" else r"([^<>\n]*+)\s*+") for tag in tags]
    return Shape(
        leaves,
        re.compile(rf"\s*+{''.join(pieces)}{_END}\s*+"),
        itemgetter(*(leaves.index(name) if name in leaves else len(leaves) for name in _LINE)),
        "".join(["<STMTTRN>", *(f"<{leaf}>%s</{leaf}>" for leaf in leaves), "</STMTTRN>"]),
    )


class _Shapes:
    """Those of one file: an operation is most likely of the same as the one before."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._last: Shape | None = None
        self._known: set[str] = set()
        self._tries = _MOST_SHAPES

    def read(self, block: str) -> Plain | None:
        """The operation whose begin tag stands in front of ``block``; None where it is no plain one, or has to be read with care."""
        if self._last is not None and len(block) <= self._limit and (operation := self._last.read(block)):
            return operation
        operation = _plain(block, self._limit) if self._tries else None
        if operation is None or operation.shape.xml not in self._known:
            self._tries -= self._tries > 0  # a file of shapes without end would have each made ready for nothing
        if operation is not None:
            self._last = operation.shape
            self._known.add(operation.shape.xml)
        return operation


def _plain(block: str, limit: int) -> Plain | None:
    """The operation whose begin tag stands in front of ``block``; None where it is no plain one, or not alone."""
    *tags, end = _ANY_TAG.findall(block) or [""]
    shape = _shape(tuple(tags)) if tags and end == "/STMTTRN" and len(block) <= limit else None
    return shape.read(block) if shape else None


def without_operations(pieces: Iterable[bytes], limit: int) -> Iterator[bytes]:
    """``pieces`` without what stands inside plain operations, for who looks for anything else: all of a run of them but its ends.

    Of bytes, since what is left out need not be decoded; in an encoding that writes ASCII as it is.
    """
    first, last = _BEGIN.encode(), _END.encode()
    for piece in pieces:
        begin, end = piece.find(first) + len(first), piece.rfind(last)
        inner = b"" if begin < len(first) or end < begin else piece[begin:end]
        # No mark in it but those of its tags.
        told = inner and not _UNUSUAL.search(inner) and inner.count(b">") == inner.count(b"<")
        if told and max(map(len, inner.split(first))) <= limit:
            yield piece[:begin]
            yield piece[end:]
        else:
            yield piece


class _Tree:
    """What is open, and the tag of which it is not known yet whether it is a leaf."""

    def __init__(self, limit: int) -> None:
        self.stack: list[Node] = []
        self._limit = limit
        self._size = 0
        self._waiting = ""

    def take_all(self, tokens: Iterable[_Token]) -> Iterator[Event]:
        """The events that come of ``tokens``."""
        for token in tokens:
            yield from self.take(token)

    def gives_up_operation(self) -> bool:
        """Forget an operation that has just begun, where it begins outside of every piece: somebody else has read it."""
        if self._waiting != "STMTTRN" or self._within_piece() or len(self.stack) >= _MAX_DEPTH:
            return False
        self._waiting = ""
        return True

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
        if not self._within_piece():
            self._size = 0

    def _within_piece(self) -> bool:
        return any(node.name in PIECES for node in self.stack)

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
