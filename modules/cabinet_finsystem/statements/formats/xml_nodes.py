"""A stranger's XML, streamed: the pieces of it that are asked for, one at a time, and nothing that XML can do beside.

The parser is the standard library's, so everything dangerous is refused here: a DOCTYPE (and with it every entity, and all that
is fetched from elsewhere), depth, number of elements, text and tags without end. It never looks into anything but the given bytes.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, NoReturn
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.statements.formats import ReadingLimits
from cabinet_finsystem.statements.formats.texts_of_banks import text_encoding
from cabinet_finsystem.texts import _

MAX_DEPTH = 64
MAX_ELEMENTS = 8_000_000
_CHUNK = 1 << 16
_MOST_NAMES = 10_000
_FORMS, _PATHS, _MOST_KEPT = 1_000, 128, 50_000
"""Forms that are remembered, paths in each, and elements in all."""
_MOST_UNPARSED = 1 << 20
"""Bytes that may be fed without anything becoming complete: a longer tag would be looked through again with every piece."""
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")


_NO_ATTRIBUTES: Mapping[str, str] = {}


class Form:
    """The names of an element and of all that is in it, nested as they are. Most pieces of a file are of a few forms, so that where
    something stands is looked up once. Elements go by their places in the order of the document.
    """

    __slots__ = ("_searched", "_written", "attributes", "depth", "ends", "names", "paths")

    def __init__(self, names: Sequence[str], children: Sequence[int], attributes: Mapping[int, dict[str, str]]) -> None:
        """``children``: how many each has. ``attributes``: by place, of those that have any. StatementRefusedError: nested too deep."""
        self.names = names
        self.attributes = attributes
        self.ends = [0] * len(names)
        """Of each the place behind all that is in it."""
        self.depth = 0
        self.paths: defaultdict[int, dict[tuple[str, ...], Sequence[int]]] = defaultdict(dict)
        """By place: path below it → the places it leads to."""
        self._searched = 0
        self._written: dict[int, str] = {}
        open_: list[tuple[int, int]] = []
        for place, count in enumerate(children):
            while open_ and not open_[-1][1]:
                self.ends[open_.pop()[0]] = place
            if open_:
                open_[-1] = (open_[-1][0], open_[-1][1] - 1)
            open_.append((place, count))
            self.depth = max(self.depth, len(open_))
            if self.depth > MAX_DEPTH:
                raise _too_large()
        for place, _none_left in open_:
            self.ends[place] = len(names)

    def search(self, at: int, path: tuple[str, ...]) -> Sequence[int]:
        """The places of the elements at ``path`` below the one at ``at``, in their order; remembered in ``paths``."""
        found = self._search(at, path)
        self._searched += 1
        if self._searched < _PATHS:
            self.paths[at][path] = found
        return found

    def _search(self, at: int, path: tuple[str, ...]) -> list[int]:
        if not path:
            return [at]
        names, below = path[0].split("|"), path[1:]
        found: list[int] = []
        child, end = at + 1, self.ends[at]
        while child < end:
            if self.names[child] in names:
                found += self._search(child, below)
            child = self.ends[child]
        return found

    def written(self, at: int) -> str:
        """The element at ``at`` with ``%s`` for the text of each in it, its own first."""
        if at not in self._written:
            self._written[at] = self._write(at)
        return self._written[at]

    def _write(self, at: int) -> str:
        said = "".join([f" {key}={quoteattr(value)}" for key, value in self.attributes.get(at, {}).items()])
        inside = ["%s"]
        child = at + 1
        while child < self.ends[at]:
            inside.append(self._write(child))
            child = self.ends[child]
        return f"<{self.names[at]}{said.replace('%', '%%')}>{''.join(inside)}</{self.names[at]}>"


class Node:
    """An element by its local name, with what is in it."""

    __slots__ = ("_at", "_form", "_paths", "_texts")

    def __init__(self, form: Form, texts: Sequence[str], at: int = 0) -> None:
        self._form = form
        self._texts = texts
        self._at = at
        self._paths = form.paths[at]

    @property
    def name(self) -> str:
        """Without its namespace."""
        return self._form.names[self._at]

    @property
    def text(self) -> str:
        """As it stands there."""
        return self._texts[self._at]

    @property
    def attributes(self) -> Mapping[str, str]:
        """By their local names."""
        return self._form.attributes.get(self._at, _NO_ATTRIBUTES)

    def all(self, *path: str) -> list[Node]:
        """Every element at ``path`` below; a name may offer several: ``BIC|BICFI``."""
        places = self._paths.get(path)
        if places is None:
            places = self._form.search(self._at, path)
        return [Node(self._form, self._texts, place) for place in places]

    def get(self, *path: str) -> str:
        """The text of the first element at ``path`` below that has one; empty where there is none."""
        places = self._paths.get(path)
        if places is None:
            places = self._form.search(self._at, path)
        for place in places:
            if text := self._texts[place].strip():
                return text
        return ""

    def find(self, *path: str) -> Node | None:
        """The first element at ``path`` below."""
        places = self._paths.get(path)
        if places is None:
            places = self._form.search(self._at, path)
        return Node(self._form, self._texts, places[0]) if places else None

    def xml(self) -> str:
        """As it stands in the file, but for its namespaces and its spaces between elements."""
        at = self._at
        texts = tuple(map(str.strip, self._texts[at : self._form.ends[at]]))
        said = "".join(texts)
        if "&" in said or "<" in said or ">" in said:
            texts = tuple(map(escape, texts))
        return self._form.written(at) % texts


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
    """The child of a piece that may be there many times: of those beyond ``most`` one is kept at least, and told like the others."""
    most: int = 0


class XmlWalk:
    """One document. ``encoding`` is known when the walk begins.

    The library builds the tree, which is many times quicker than to be told of each tag; after every piece of the file what is
    complete is taken off it.
    """

    def __init__(self, stream: BinaryIO, shape: Shape, limits: ReadingLimits) -> None:
        self._stream = stream
        self._shape = shape
        self._limit = limits.max_operation_chars
        self._elements = self._parts = self._kept = 0
        self._locals: dict[str, str] = {}
        self._forms: dict[tuple[object, ...], Form] = {}
        self._open: list[Element] = []
        """Containers that are open; each is the first child that its parent still has."""
        self._inside = False
        self._span = 0
        """Bytes among which the next piece stands, and so at least as many as it has characters."""
        self.encoding, override = _encoding(stream)
        self._builder = TreeBuilder()
        self._parser = XMLParser(target=self._builder, encoding=override)  # noqa: S314 - `_Prolog` refuses what is dangerous
        self._prolog: _Prolog | None = _Prolog(override)

    def __iter__(self) -> Iterator[Event]:
        self._stream.seek(0)
        silent = 0
        while chunk := self._stream.read(_CHUNK):
            silent += len(chunk)
            if silent > _MOST_UNPARSED:
                raise _too_large()
            self._parse(chunk)
            self._span += len(chunk)
            for event in self._complete():
                yield event
                self._span = len(chunk)
                silent = 0
            if self._open and len(self._open[-1]) and self._goes_on(self._open[-1][0]):
                silent = 0
        self._parse(b"")
        yield from self._complete(ended=True)

    def _parse(self, chunk: bytes) -> None:
        """The next bytes; none: there are no more."""
        try:
            if self._prolog is not None and self._prolog.is_over(chunk):
                self._prolog = None
            if chunk:
                self._parser.feed(chunk)
            else:
                self._parser.close()
        except (ParseError, expat.ExpatError) as error:
            if not chunk:
                raise StatementRefusedError("truncated", _("The file is cut: its last element is not closed")) from None
            line = error.position[0] if isinstance(error, ParseError) else error.lineno
            raise StatementRefusedError(
                "broken_structure",
                _("The file is no sound XML: line ${line}", mapping={"line": line}),
                {"line": line, "error": expat.ErrorString(error.code)},
            ) from None
        except (LookupError, ValueError):
            raise StatementRefusedError("undecodable", _("The file is in an encoding that is not known")) from None

    def _complete(self, *, ended: bool = False) -> Iterator[Event]:
        """What has become complete, taken off the tree."""
        if not self._open and not self._elements:
            root: Element | None = self._builder.close()  # gives the root, also while it grows
            if root is None:
                return
            yield self._begin(root)
        while self._open:
            container = self._open[-1]
            # The last child may go on, unless something stands behind it, or behind what it is in.
            whole = ended or any(len(outer) > 1 for outer in self._open[:-1])
            ready = container[: len(container) - (not whole)]
            taken = 0
            for child in ready:
                if self._is_container(child):
                    break
                yield self._node(child)
                taken += 1
            del container[:taken]
            if len(container) and self._is_container(container[0]):
                yield self._begin(container[0])
            elif whole:
                yield self._end()
            else:
                return

    def _is_container(self, element: Element) -> bool:
        """What stands around the document, as an envelope of SWIFT does, is gone through to its inside."""
        return not self._inside or self._local(element.tag) in self._shape.containers

    def _begin(self, element: Element) -> Opened:
        name = self._local(element.tag)
        self._inside = self._inside or name in self._shape.containers
        self._elements += 1
        self._open.append(element)
        if len(self._open) > MAX_DEPTH or self._elements > MAX_ELEMENTS:
            raise _too_large()
        return Opened(name)

    def _end(self) -> Closed:
        name = self._local(self._open.pop().tag)
        self._inside = any(self._local(one.tag) in self._shape.containers for one in self._open)
        if self._open:
            del self._open[-1][0]
        return Closed(name)

    def _goes_on(self, piece: Element) -> bool:
        """Whether of a ``piece`` that has not ended more parts have come; those beyond the most are let go."""
        depth = len(self._open)
        while len(piece):
            last = piece[-1]
            if self._local(last.tag) == self._shape.many:
                beyond = piece[self._shape.most + 1 : -1]
                del piece[self._shape.most + 1 : -1]
                for part in beyond:
                    self._count(list(part.iter()))
                before, self._parts = self._parts, len(piece)
                return bool(beyond) or before != len(piece)
            piece = last
            depth += 1
            if depth > MAX_DEPTH:
                raise _too_large()
        return False

    def _count(self, elements: Sequence[Element]) -> None:
        self._elements += len(elements)
        if self._elements > MAX_ELEMENTS:
            raise _too_large()
        for element in elements:
            self._local(element.tag)

    def _node(self, piece: Element) -> Node:
        elements = list(piece.iter())
        form = self._form(elements)
        self._elements += len(elements)
        self._parts = 0
        if self._elements > MAX_ELEMENTS or len(self._open) + form.depth > MAX_DEPTH:
            raise _too_large()
        texts = [element.text or "" for element in elements]
        between = "".join([element.tail or "" for element in elements[1:]])
        if between and not between.isspace():
            texts = [
                "".join([text, *(child.tail or "" for child in one)]) for one, text in zip(elements, texts, strict=True)
            ]
        if self._span > self._limit:
            self._refuse_long(form, texts)
        return Node(form, texts)

    def _form(self, elements: Sequence[Element]) -> Form:
        tags = tuple([element.tag for element in elements])
        attributes = tuple([(n, *pair) for n, element in enumerate(elements) for pair in element.items()])
        key = (tags, tuple(map(len, elements)), attributes)
        form = self._forms.get(key)
        if form is None:
            local: dict[int, dict[str, str]] = {}
            for place, name, value in attributes:
                local.setdefault(place, {})[self._local(name)] = value
            form = Form([self._local(tag) for tag in tags], key[1], local)
            self._kept += len(elements)
            if len(self._forms) < _FORMS and self._kept < _MOST_KEPT:
                self._forms[key] = form
        return form

    def _refuse_long(self, form: Form, texts: Sequence[str]) -> None:
        """Too much text in one piece, not counting what stands in and before a part that has ended."""
        ended = {form.ends[place] for place, name in enumerate(form.names) if name == self._shape.many}
        size = 0
        for place, name in enumerate(form.names):
            size = 0 if place in ended else size
            size += len(name) + len(texts[place].strip())
            size += sum(len(key) + len(value) for key, value in form.attributes.get(place, _NO_ATTRIBUTES).items())
            if size > self._limit:
                raise _too_large()

    def _local(self, name: str) -> str:
        """The name without its namespace. Those of a file are few; one of names without end is no bank's."""
        local = self._locals.get(name)
        if local is None:
            local = self._locals[name] = name.rpartition("}")[2].rpartition(":")[2]
            if len(self._locals) > _MOST_NAMES:
                raise _too_large()
        return local


class _Prolog:
    """What stands before the first element: the only place of a DOCTYPE, and with it of every entity."""

    def __init__(self, encoding: str | None) -> None:
        parser = expat.ParserCreate(encoding)
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.EntityDeclHandler = _refuse_doctype
        parser.ExternalEntityRefHandler = _refuse_doctype
        parser.StartElementHandler = self._begun
        self._parser = parser
        self._over = False

    def is_over(self, chunk: bytes) -> bool:
        """Whether the first element has begun by the end of ``chunk``. ExpatError; StatementRefusedError where there is a DOCTYPE."""
        self._parser.Parse(chunk, not chunk)
        return self._over

    def _begun(self, _name: str, _attributes: dict[str, str]) -> None:
        self._over = True


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
