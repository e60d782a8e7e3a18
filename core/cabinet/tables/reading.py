"""Reading a table: bytes in, header and rows of text out. What the text means is for whoever asked."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cabinet.tables.limits import MAX_COLUMNS, MAX_ROWS, TableError
from cabinet.tables.spreadsheet import read_sheet
from cabinet.tables.writing import is_risky
from cabinet.texts import _

_DELIMITERS = ";,\t"
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Selected:
    """Rows by column. ``rows``: (row number as a spreadsheet shows it, column → text); ``extra``: columns not asked for."""

    rows: Sequence[tuple[int, Mapping[str, str]]]
    extra: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it was written: ``header``, and rows that hold anything, each with its number as a spreadsheet shows it.

    ``encoding``: ``utf-8``, ``cp1251``, ``utf-16`` or ``xlsx``. A number of a spreadsheet is its exact decimal text; a date
    is ISO. A whole number too long for a spreadsheet (an account typed as a number) stands as ``4.07028104000000E+19``, as
    its digits are lost.
    """

    header: tuple[str, ...]
    rows: Sequence[tuple[int, tuple[str, ...]]]
    encoding: str

    def select(self, required: Collection[str], optional: Collection[str] = ()) -> Selected:
        """The declared columns of each row; an optional one that is absent is empty text.

        Heads are compared without case and with blanks as ``_``. TableError names columns that are missing or stand twice.
        """
        names = [column_name(head) for head in self.header]
        known = [*required, *optional]
        missing = [name for name in required if name not in names]
        if missing:
            raise TableError(
                "table_columns",
                _("The table lacks the columns: ${columns}.", mapping={"columns": ", ".join(missing)}),
                {"missing": missing},
            )
        twice = sorted({name for name in known if names.count(name) > 1})
        if twice:
            raise TableError(
                "table_columns",
                _("These columns stand in the table twice: ${columns}.", mapping={"columns": ", ".join(twice)}),
                {"twice": twice},
            )
        places = {name: names.index(name) for name in known if name in names}
        return Selected(
            rows=[
                (number, {name: cells[places[name]] if name in places else "" for name in known})
                for number, cells in self.rows
            ],
            extra=tuple(head for head, name in zip(self.header, names, strict=True) if head and name not in known),
        )


def column_name(head: str) -> str:
    """A head as columns are compared: ``External ID`` is ``external_id``."""
    return "_".join(head.casefold().split())


def read_table(content: bytes, name: str = "") -> Table:
    """The table in ``content``: CSV (UTF-8, UTF-16 or cp1251; semicolon, comma or tab) or the first sheet of an XLSX.

    Told apart by content; ``name`` is only for the message. TableError.
    """
    if content.startswith(_ZIP):
        return _table(read_sheet(content), "xlsx")
    if content.startswith(_OLD_EXCEL):
        raise TableError("table_format", _("“${name}” is of an old Excel: save it as XLSX.", mapping={"name": name}))
    text, encoding = _decode(content, name)
    return _table(_read_csv(text), encoding)


def _table(records: Iterable[Sequence[str]], encoding: str) -> Table:
    header: tuple[str, ...] | None = None
    rows: list[tuple[int, tuple[str, ...]]] = []
    for number, record in enumerate(records, 1):
        if number > MAX_ROWS:
            raise TableError("table_size", _("The table has more than ${n} rows.", mapping={"n": MAX_ROWS}))
        cells = [cell.replace("\u00a0", " ").strip() for cell in record]
        if not any(cells):
            continue
        while cells and not cells[-1]:
            cells.pop()
        if len(cells) > MAX_COLUMNS:
            raise TableError("table_size", _("The table has more than ${n} columns.", mapping={"n": MAX_COLUMNS}))
        if header is None:
            header = tuple(cells)
            continue
        if len(cells) > len(header):
            raise TableError(
                "table_row",
                _("Row ${row} has more cells than the table has heads.", mapping={"row": number}),
                {"row": number},
            )
        rows.append((number, (*cells, *[""] * (len(header) - len(cells)))))
    if header is None:
        raise TableError("table_empty", _("The table is empty."))
    return Table(header, rows, encoding)


def _decode(content: bytes, name: str) -> tuple[str, str]:
    try:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            return content.decode("utf-16"), "utf-16"
        if b"\0" in content:
            raise _not_text(name)
        return content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1251"), "cp1251"
    except UnicodeDecodeError:
        raise _not_text(name) from None


def _not_text(name: str) -> TableError:
    return TableError("table_format", _("“${name}” is neither CSV nor XLSX.", mapping={"name": name}))


def _read_csv(text: str) -> Iterator[list[str]]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(_DELIMITERS, key=first.count)  # of equals the first: a lone column needs none
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for record in reader:
            yield [_without_guard(cell) for cell in record]
    except csv.Error as error:
        raise TableError(
            "table_format",
            _("The table breaks at line ${line}: ${error}.", mapping={"line": reader.line_num, "error": str(error)}),
            {"line": reader.line_num},
        ) from None


def _without_guard(cell: str) -> str:
    """Take off the apostrophe that our own export put before what a spreadsheet might run."""
    return cell[1:] if cell.startswith("'") and is_risky(cell[1:]) else cell
