"""A stranger's XML, streamed: the pieces of it that are asked for, one at a time, and nothing that XML can do beside.

The parser is the standard library's, so everything dangerous is refused here: a DOCTYPE (and with it every entity, and all that
is fetched from elsewhere), depth, number of elements, text and tags without end. It never looks into anything but the given bytes.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, NoReturn
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.statements.formats import ReadingLimits
from cabinet_finsystem.statements.formats.texts_of_banks import text_encoding
from cabinet_finsystem.texts import _

MAX_DEPTH = 64
MAX_ELEMENTS = 8_000_000
_CHUNK = 1 << 16
_NAMES, _SHORT = 1_000, 100
_MOST_UNPARSED = 1 << 20
"""Bytes that may be fed without a tag or a text coming of them: a longer tag would be looked through again with every piece."""
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")


_NO_ATTRIBUTES: dict[str, str] = {}


class Node:
    """An element by its local name, with what is in it. ``dropped``: children left out, being more than anybody looks through."""

    __slots__ = ("attributes", "children", "dropped", "name", "text")

    def __init__(
        self,
        name: str,
        attributes: dict[str, str] = _NO_ATTRIBUTES,
        text: str = "",
        children: list[Node] | None = None,
    ) -> None:
        self.name = name
        self.attributes = attributes
        self.text = text
        self.children = [] if children is None else children
        self.dropped = 0

    def all(self, *path: str) -> Iterator[Node]:
        """Every element at ``path`` below; a name may offer several: ``BIC|BICFI``."""
        if not path:
            yield self
            return
        names = path[0].split("|")
        for child in self.children:
            if child.name in names:
                yield from child.all(*path[1:])

    def get(self, name: str, *below: str) -> str:
        """The text of the first element at ``name`` and the path ``below`` it that has one; empty where there is none."""
        names = name.split("|") if "|" in name else (name,)
        for child in self.children:
            if child.name in names and (text := child.get(*below) if below else child.text.strip()):
                return text
        return ""

    def find(self, name: str, *below: str) -> Node | None:
        """The first element at ``name`` and the path ``below`` it."""
        names = name.split("|") if "|" in name else (name,)
        for child in self.children:
            if child.name in names and (found := child.find(*below) if below else child) is not None:
                return found
        return None

    def xml(self) -> str:
        """As it stands in the file, but for its namespaces and its spaces between elements."""
        name, text = self.name, self.text.strip()
        if "&" in text or "<" in text or ">" in text:
            text = escape(text)
        if self.children:
            text += "".join([child.xml() for child in self.children])
        if self.attributes:
            attributes = "".join([f" {key}={quoteattr(value)}" for key, value in self.attributes.items()])
            return f"<{name}{attributes}>{text}</{name}>"
        return f"<{name}>{text}</{name}>"


@dataclass(frozen=True, slots=True)
class Opened:
    """A container begins."""

    name: str


@dataclass(frozen=True, slots=True)
class Closed:
    """A container has ended."""

    name: str


Event = Opened | Closed | Node


@dataclass(frozen=True, slots=True)
class Shape:
    """What of a document is wanted whole and what piece by piece."""

    containers: Collection[str]
    """Local names of elements whose children come one by one."""
    many: str = ""
    """The child of a piece that may be there many times: beyond ``most`` of them in one piece they are counted only."""
    most: int = 10_000


class XmlWalk:
    """One document. ``encoding`` is known when the walk begins."""

    def __init__(self, stream: BinaryIO, shape: Shape, limits: ReadingLimits) -> None:
        self._stream = stream
        self._shape = shape
        self._limit = limits.max_operation_chars
        self._events: deque[Event] = deque()
        self._stack: list[Node] = []
        self._elements = self._unparsed = self._size = 0
        self._locals: dict[str, str] = {}
        self._open: list[str] = []
        self._inside = False
        self.encoding, override = _encoding(stream)
        parser = expat.ParserCreate(override)
        parser.buffer_text = True
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.EntityDeclHandler = _refuse_doctype
        parser.ExternalEntityRefHandler = _refuse_doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        self._parser = parser

    def __iter__(self) -> Iterator[Event]:
        self._stream.seek(0)
        while chunk := self._stream.read(_CHUNK):
            before = self._elements
            self._unparsed += len(chunk)
            if self._unparsed > _MOST_UNPARSED:
                raise _too_large()
            self._parse(chunk)
            if self._elements > before:
                self._unparsed = 0
            while self._events:
                yield self._events.popleft()
        self._parse(b"", final=True)
        while self._events:
            yield self._events.popleft()

    def _parse(self, chunk: bytes, *, final: bool = False) -> None:
        try:
            self._parser.Parse(chunk, final)
        except expat.ExpatError as error:
            if final:
                raise StatementRefusedError("truncated", _("The file is cut: its last element is not closed")) from None
            raise StatementRefusedError(
                "broken_structure",
                _("The file is no sound XML: line ${line}", mapping={"line": error.lineno}),
                {"line": error.lineno, "error": expat.ErrorString(error.code)},
            ) from None
        except (LookupError, ValueError):
            raise StatementRefusedError("undecodable", _("The file is in an encoding that is not known")) from None
        if self._elements > MAX_ELEMENTS:
            raise _too_large()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        stack = self._stack
        if len(stack) + len(self._open) >= MAX_DEPTH:
            raise _too_large()
        local = self._locals.get(name) or self._local(name)
        # What stands around the document, as an envelope of SWIFT does, is gone through to its inside.
        if not stack and (local in self._shape.containers or not self._inside):
            self._inside = self._inside or local in self._shape.containers
            self._open.append(local)
            self._events.append(Opened(local))
            return
        self._size += len(name)
        if attributes:
            self._size += sum(len(key) + len(value) for key, value in attributes.items())
            attributes = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        if self._size > self._limit:
            raise _too_large()
        stack.append(Node(local, attributes))

    def _local(self, name: str) -> str:
        """The name without its namespace. Those of a file are few; a file of names without end is not remembered."""
        local = name.rpartition(":")[2]
        if len(self._locals) < _NAMES and len(name) < _SHORT:
            self._locals[name] = local
        return local

    def _end(self, name: str) -> None:
        stack = self._stack
        if not stack:
            if self._open.pop() in self._shape.containers and not any(
                one in self._shape.containers for one in self._open
            ):
                self._inside = False
            self._events.append(Closed(name.rpartition(":")[2]))
            return
        node = stack.pop()
        if not stack:
            self._size = 0
            self._events.append(node)
            return
        parent = stack[-1]
        if node.name == self._shape.many:
            self._size = 0
            if parent.dropped or len(parent.children) >= self._shape.most:
                parent.dropped += 1
                return
        parent.children.append(node)

    def _characters(self, text: str) -> None:
        self._unparsed = 0
        if self._stack:
            if text.isspace() and not self._stack[-1].text:
                return
            self._size += len(text)
            if self._size > self._limit:
                raise _too_large()
            self._stack[-1].text += text


def _encoding(stream: BinaryIO) -> tuple[str, str | None]:
    """What the document is in, and what the parser must be told because the document does not tell, or lies."""
    stream.seek(0)
    head = stream.read(400)
    if b"\0" in head[:4] or head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16", None
    declared = _DECLARED.search(head)
    said = declared[1].decode().lower() if declared else "utf-8"
    found = text_encoding(stream, [said]).name
    return found, None if found == said else found


def _refuse_doctype(*_facts: Any) -> NoReturn:
    raise StatementRefusedError(
        "broken_structure",
        _("The file has a document type declaration (DOCTYPE); no bank writes one, and it is not read"),
    )


def _too_large() -> StatementRefusedError:
    return StatementRefusedError("too_large", _("The file has more in it than a bank writes"))
