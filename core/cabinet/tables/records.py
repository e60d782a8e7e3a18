"""Rows of a table as they come out of a file, one after another: the one reader of cells, for small tables and for large.

A CSV is read line by line, an XLSX row by row, so memory does not grow with the file; both are bounded in the length of a row.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

from cabinet.tables import alphabets
from cabinet.tables.limits import MAX_COLUMNS, MAX_LINE, MAX_RECORD, TableError
from cabinet.tables.spreadsheet import read_sheet
from cabinet.tables.writing import is_risky
from cabinet.texts import _

DELIMITERS = ";,\t|"
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UTF8 = "utf-8-sig"
_CHUNK = 1 << 18
_FIELD_LIMIT = csv.field_size_limit()
_SAMPLED = 20
"""Rows that the delimiter is told by."""
_SAMPLED_CHARACTERS = 1 << 16
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d{1,2}(?!\d))")


@dataclass(frozen=True, slots=True)
class Records:
    """What a file holds. ``rows``: (number as a spreadsheet shows it, cells without blanks around and without empty ones at the end).

    ``encoding``: ``utf-8``, ``utf-16``, ``xlsx`` or one of `alphabets`; ``delimiter``: empty for a spreadsheet.
    """

    encoding: str
    delimiter: str
    rows: Iterator[tuple[int, list[str]]]


def open_records(stream: BinaryIO, name: str = "", *, lenient: bool = False, known: Records | None = None) -> Records:
    """Begin to read ``stream`` (seekable, from its start; left open). TableError, while reading too.

    Told apart by content; ``name`` is only for the message. ``lenient``: a line whose quotes do not pair, as banks write them
    (``"ООО "Ромашка""``), is cut at its delimiters instead of refusing the file. ``known``: what the same stream was found to be before.
    """
    stream.seek(0)
    beginning = stream.read(len(_ZIP))
    if beginning == _ZIP:
        return Records("xlsx", "", _numbered(map(_cleaned, read_sheet(stream))))
    if beginning == _OLD_EXCEL:
        raise TableError("table_format", _("“${name}” is of an old Excel: save it as XLSX.", mapping={"name": name}))
    if known is None:
        encoding = _decide_encoding(stream, name)
        delimiter = _decide_delimiter(stream, encoding)
    else:
        encoding, delimiter = known.encoding.replace("utf-8", _UTF8), known.delimiter
    return Records(
        encoding.removesuffix("-sig"), delimiter, _numbered(_read_csv(stream, encoding, delimiter, lenient=lenient))
    )


def _cleaned(record: Sequence[str]) -> list[str]:
    """The cells of a record without blanks around."""
    return [cell.replace("\u00a0", " ").strip() for cell in record]


def _numbered(records: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    for number, cells in enumerate(records, 1):
        while cells and not cells[-1]:
            cells.pop()
        if len(cells) > MAX_COLUMNS:
            raise TableError("table_size", _("The table has more than ${n} columns.", mapping={"n": MAX_COLUMNS}))
        yield number, cells


def _decide_encoding(stream: BinaryIO, name: str) -> str:
    """By the mark; else UTF-8 where all of it is; else whichever single-byte one makes words of its letters."""
    stream.seek(0)
    decoder: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
    chunk = stream.read(_CHUNK)
    if chunk.startswith(_UTF16):
        return "utf-16"
    while chunk:
        if b"\0" in chunk:
            raise _not_text(name)
        following = stream.read(_CHUNK)
        if decoder is not None:
            try:
                decoder.decode(chunk, final=not following)
            except UnicodeDecodeError:
                decoder = None
        chunk = following
    if decoder is not None:
        return _UTF8
    encoding = alphabets.decide(stream)
    if not encoding:
        raise _not_text(name)
    return encoding


def _not_text(name: str) -> TableError:
    return TableError("table_format", _("“${name}” is neither CSV nor XLSX.", mapping={"name": name}))


def _decide_delimiter(stream: BinaryIO, encoding: str) -> str:
    """The one that cuts the first rows most evenly: into the same number of cells, many; of equals the first."""
    stream.seek(0)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(stream.read(_SAMPLED_CHARACTERS))
    lines = [line for line in text.splitlines()[: 3 * _SAMPLED] if line.strip()][:_SAMPLED]
    return max(DELIMITERS, key=lambda delimiter: _evenness(lines, delimiter))


def _evenness(lines: list[str], delimiter: str) -> int:
    """How many delimiters stand in the rows of the commonest width; a comma within a number is most likely a decimal one."""
    if delimiter == ",":
        lines = [_DECIMAL_COMMA.sub(".", line) for line in lines]
    widths: Counter[int] = Counter()
    try:
        widths.update(len(record) for record in csv.reader(lines, delimiter=delimiter) if len(record) > 1)
    except csv.Error:
        return 0
    if not widths:
        return 0
    width, rows = max(widths.items(), key=lambda item: (item[1], item[0]))
    return rows * (width - 1)


class _Lines:
    """The lines of a text, one at a time; those of the record being read are kept until it is whole."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._again: list[str] = []
        self.record: list[str] = []
        self.number = 0
        self._size = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else self._read()
        if not line:
            raise StopIteration
        self.number += 1
        self._size += len(line)
        if self._size > MAX_RECORD:
            raise _too_long(self.number)
        self.record.append(line)
        return line

    def _read(self) -> str:
        try:
            line = self._text.readline(MAX_LINE + 1)
        except UnicodeDecodeError as error:
            raise TableError(
                "table_format", _("The text breaks at line ${line}.", mapping={"line": self.number + 1})
            ) from error
        if len(line) > MAX_LINE:
            raise _too_long(self.number + 1)
        return line

    def first(self) -> str:
        """The first line of the next record, which is not kept yet; empty at the end of the text."""
        line = self._again.pop() if self._again else self._read()
        if line:
            self.number += 1
        return line

    def begin(self, line: str = "") -> None:
        """A new record begins; with ``line``, which will come again."""
        self.record.clear()
        self._size = 0
        if line:
            self._again.append(line)
            self.number -= 1

    def back_to_second(self) -> str:
        """The first line of the record; the others will be read again."""
        first, *rest = self.record
        self._again.extend(reversed(rest))
        self.number -= len(rest)
        self.begin()
        return first


def _too_long(number: int) -> TableError:
    return TableError("table_size", _("A row is too long at line ${line}.", mapping={"line": number}), {"line": number})


def _read_csv(stream: BinaryIO, encoding: str, delimiter: str, *, lenient: bool) -> Iterator[list[str]]:
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding, newline="")
    try:
        lines = _Lines(text)
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        while line := lines.first():
            if '"' not in line and "'" not in line and "\u00a0" not in line and len(line) < _FIELD_LIMIT:
                # What the reader would make of it, in a third of the time.
                yield [*map(str.strip, line.split(delimiter))]
                continue
            lines.begin(line)
            try:
                record = next(reader)
            except csv.Error as error:
                if not lenient or not lines.record:
                    raise _broken(lines.number, error) from None
                record = _cut(lines.back_to_second().rstrip("\r\n"), delimiter)
            yield _cleaned([_without_guard(cell) for cell in record])
    finally:
        with suppress(ValueError):  # closed meanwhile, by whoever opened it and gave up reading
            text.detach()  # the stream is not ours to close


def _broken(line: int, error: csv.Error) -> TableError:
    return TableError(
        "table_format",
        _("The table breaks at line ${line}: ${error}.", mapping={"line": line, "error": str(error)}),
        {"line": line},
    )


def _cut(line: str, delimiter: str) -> list[str]:
    """The cells of one line whose quotes do not pair: a quote closes only before a delimiter or the end."""
    cells = []
    place = 0
    while place <= len(line):
        if line.startswith('"', place):
            end = _closing(line, place + 1, delimiter)
            if end > 0:
                cells.append(_unquoted(line[place + 1 : end]))
                place = end + 2
                continue
        end = line.find(delimiter, place)
        end = len(line) if end < 0 else end
        cells.append(line[place:end])
        place = end + 1
    return cells


def _closing(line: str, place: int, delimiter: str) -> int:
    """Where the quote is that a delimiter or the end of the line follows; -1: nowhere."""
    found = line.find(f'"{delimiter}', place)
    if found >= 0:
        return found
    return len(line) - 1 if line.endswith('"') and len(line) - 1 >= place else -1


def _unquoted(text: str) -> str:
    text = text.replace('""', '"')
    return text[1:-1] if len(text) > 1 and text.startswith('"') and text.endswith('"') else text


def _without_guard(cell: str) -> str:
    """Take off the apostrophe that our own export put before what a spreadsheet might run."""
    return cell[1:] if cell.startswith("'") and is_risky(cell[1:]) else cell
