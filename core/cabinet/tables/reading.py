"""Reading a table: bytes in, header and rows of text out. What the text means is for whoever asked."""

from __future__ import annotations

import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from cabinet.tables.limits import MAX_ROWS, TableError
from cabinet.tables.records import open_records
from cabinet.texts import _


@dataclass(frozen=True, slots=True)
class Selected:
    """Rows by column. ``rows``: (row number as a spreadsheet shows it, column → text); ``extra``: columns not asked for."""

    rows: Sequence[tuple[int, Mapping[str, str]]]
    extra: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it was written: ``header``, and rows that hold anything, each with its number as a spreadsheet shows it.

    ``encoding``: ``utf-8``, ``utf-16``, ``xlsx`` or one of `alphabets`. A number of a spreadsheet is its exact decimal text; a date
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
    """The table in ``content``: CSV (any encoding and delimiter of `records`) or the first sheet of an XLSX.

    Told apart by content; ``name`` is only for the message. TableError.
    """
    records = open_records(io.BytesIO(content), name)
    header: tuple[str, ...] | None = None
    rows: list[tuple[int, tuple[str, ...]]] = []
    for number, cells in records.rows:
        if number > MAX_ROWS:
            raise TableError("table_size", _("The table has more than ${n} rows.", mapping={"n": MAX_ROWS}))
        if not cells:
            continue
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
    return Table(header, rows, records.encoding)
