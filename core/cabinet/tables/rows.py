"""The rows of an imported table, read cell by cell: what is wrong is remarked with row and column, and reading goes on."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from cabinet.contracts.money import to_minor
from cabinet.tables.cells import parse_date, parse_decimal
from cabinet.tables.reading import Table
from cabinet.tables.report import ImportReport, Remark
from cabinet.texts import _

HEADER_ROW = 1
_MAX_MINOR = 10**15  # ten trillion roubles: far below what columns of money hold
_QUOTES = str.maketrans(dict.fromkeys("«»\"'“”„‘’", " "))


@dataclass(slots=True)
class Remarks:
    """What was found on the way: errors refuse the table, warnings are only told."""

    errors: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)

    def report(self, **counts: int) -> ImportReport:
        """An ImportReport with these remarks from the top of the table down; ``counts``: its figures."""
        errors, warnings = (tuple(sorted(found, key=_row_of)) for found in (self.errors, self.warnings))
        return ImportReport(**counts, errors=errors, warnings=warnings)


@dataclass(frozen=True, slots=True)
class Layout:
    """Columns of one kind of table. ``names``: column → other names that people's own tables give it, in lower case, ё as е."""

    names: Mapping[str, Collection[str]]
    required: Collection[str]

    def recognise(self, header: Sequence[str], remarks: Remarks) -> list[str | None]:
        """The column behind each title of ``header``, None for one that is not ours; what is missing, doubled or strange is remarked."""
        known = {name: column for column, names in self.names.items() for name in (column, *names)}
        found: list[str | None] = []
        for title in header:
            name = " ".join(title.casefold().replace("ё", "е").translate(_QUOTES).split()).rstrip(" *:")
            column = known.get(name) or known.get(name.replace(" ", "_"))
            if column is None and title.strip():
                remarks.warnings.append(Remark(HEADER_ROW, title.strip(), _("The column is unknown and was left out.")))
            if column is not None and column in found:
                remarks.errors.append(Remark(HEADER_ROW, column, _("The column stands twice.")))
            found.append(column)
        for column in self.required:
            if column not in found:
                remarks.errors.append(Remark(HEADER_ROW, column, _("The column is missing.")))
        return found


class Cells:
    """The cells of one row by the names of their columns. A module adds what only its tables hold."""

    def __init__(self, number: int, values: Mapping[str, str], remarks: Remarks) -> None:
        self.number = number
        self._values = values
        self._remarks = remarks
        self.wrong = False

    def error(self, column: str, message: str) -> None:
        """The cell cannot be taken."""
        self.wrong = True
        self._remarks.errors.append(Remark(self.number, column, message))

    def warn(self, column: str, message: str) -> None:
        """The cell is taken, or left out, and somebody should know."""
        self._remarks.warnings.append(Remark(self.number, column, message))

    def text(self, column: str, length: int, *, required: bool = False) -> str:
        """Text without spare blanks, at most ``length`` characters; empty where the cell or the column is."""
        value = " ".join(self._values.get(column, "").split())
        if required and not value:
            self.error(column, _("The cell is empty."))
        if len(value) > length:
            self.error(column, _("The text is too long: ${n} characters are allowed.", mapping={"n": length}))
            return value[:length]
        return value

    def date(self, column: str, *, required: bool = False) -> datetime.date | None:
        """A date as people or machines write it."""
        value = self.text(column, 40, required=required)
        try:
            return parse_date(value) if value else None
        except ValueError:
            self.error(column, _("“${value}” is no date; write 31.01.2026 or 2026-01-31.", mapping={"value": value}))
            return None

    def amount(self, column: str, currency: str, *, required: bool = False) -> int | None:
        """Minor units of ``currency``; None where the cell is empty."""
        value = self.text(column, 40, required=required)
        try:
            minor = to_minor(parse_decimal(value), currency) if value else None
        except ValueError:
            self.error(
                column, _("“${value}” is no amount of ${currency}.", mapping={"value": value, "currency": currency})
            )
            return None
        if minor is not None and abs(minor) > _MAX_MINOR:
            self.error(column, _("The amount is too large."))
            return None
        return minor


C = TypeVar("C", bound=Cells)


def rows_of(layout: Layout, table: Table, remarks: Remarks, cells: type[C]) -> Iterator[C]:
    """The rows of ``table`` that hold anything, by columns, each a ``cells``. Nothing where the header does not fit."""
    columns = layout.recognise(table.header, remarks)
    if remarks.errors:
        return
    for number, values in table.rows:
        row = {column: value for column, value in zip(columns, values, strict=False) if column is not None}
        if any(value.strip() for value in row.values()):
            yield cells(number, row, remarks)


def _row_of(remark: Remark) -> int:
    return remark.row
