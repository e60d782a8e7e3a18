"""A table's rows read cell by cell: what is wrong is remarked with row and column, and reading goes on."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from cabinet.contracts.money import CURRENCIES, to_minor
from cabinet.tables import Remark, Table, parse_date, parse_decimal
from cabinet_finsystem.texts import _

HEADER_ROW = 1
_MAX_MINOR = 10**15  # ten trillion roubles: far below what the columns hold
_YES = frozenset({"yes", "y", "true", "1", "да", "д", "истина", "+", "в т.ч.", "included"})
_NO = frozenset({"no", "n", "false", "0", "нет", "н", "ложь", "-", "сверху", "on top"})
_NO_VAT = frozenset(
    {"без ндс", "без налога", "ндс не облагается", "не облагается", "none", "no vat", "no", "нет", "-", "–", "—"}
)


@dataclass(slots=True)
class Remarks:
    """What was found: errors refuse the table, warnings are only told."""

    errors: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Layout:
    """Columns of a kind of table. ``names``: column → other names that people's own tables give it, in lower case."""

    names: Mapping[str, Collection[str]]
    required: Collection[str]


class Cells:
    """One row by the names of its columns. An empty cell, or none, says nothing."""

    def __init__(self, number: int, values: Mapping[str, str], remarks: Remarks) -> None:
        self.number = number
        self._values = values
        self._remarks = remarks
        self.wrong = False

    def error(self, column: str, message: str) -> None:
        """The row cannot be taken."""
        self.wrong = True
        self._remarks.errors.append(Remark(self.number, column, message))

    def warn(self, column: str, message: str) -> None:
        """The row is taken, and somebody should know."""
        self._remarks.warnings.append(Remark(self.number, column, message))

    def text(self, column: str, length: int, *, required: bool = False) -> str:
        """Text without spare blanks."""
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

    def currency(self, column: str) -> str:
        """A code, or empty."""
        value = self.text(column, 3).upper().replace("RUR", "RUB")
        if not value or value in CURRENCIES:
            return value
        self.error(
            column,
            _("There is no currency ${code}; write its three letters, for example RUB.", mapping={"code": value}),
        )
        return ""

    def amount(self, column: str, currency: str, *, required: bool = False) -> int | None:
        """Minor units of ``currency``."""
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

    def decimal(self, column: str) -> Decimal | None:
        """A number, a per cent sign after it aside."""
        value = self.text(column, 40)
        try:
            return parse_decimal(value.removesuffix("%")) if value else None
        except ValueError:
            self.error(column, _("“${value}” is no number.", mapping={"value": value}))
            return None

    def yes_or_no(self, column: str) -> bool | None:
        """A yes or a no, in words or signs."""
        value = self.text(column, 20).casefold()
        if value and value not in _YES | _NO:
            self.error(column, _("“${value}” is neither yes nor no.", mapping={"value": value}))
        return None if not value or value not in _YES | _NO else value in _YES

    def vat_rate(self, column: str) -> tuple[bool, Decimal | None]:
        """(whether the cell says anything, the rate in per cent): «Без НДС» is no rate at all."""
        value = self.text(column, 40)
        if value.casefold() in _NO_VAT:
            return True, None
        rate = self.decimal(column)
        return rate is not None, rate


def rows_of(layout: Layout, table: Table, remarks: Remarks) -> Iterator[Cells]:
    """The rows of ``table`` by column. None where columns are missing or stand twice; strange ones are told and left out."""
    known = {name: column for column, names in layout.names.items() for name in (column, *names)}
    columns: list[str | None] = []
    for title in table.header:
        column = known.get(" ".join(title.casefold().replace("ё", "е").split()).rstrip(" *:"))
        if column is None and title:
            remarks.warnings.append(Remark(HEADER_ROW, title, _("The column is unknown and was left out.")))
        if column is not None and column in columns:
            remarks.errors.append(Remark(HEADER_ROW, column, _("The column stands twice.")))
        columns.append(column)
    for column in layout.required:
        if column not in columns:
            remarks.errors.append(Remark(HEADER_ROW, column, _("The column is missing.")))
    if remarks.errors:
        return
    for number, values in table.rows:
        yield from _row(number, columns, values, remarks)


def _row(number: int, columns: Sequence[str | None], values: Sequence[str], remarks: Remarks) -> Iterator[Cells]:
    cells = {column: value for column, value in zip(columns, values, strict=False) if column is not None}
    if any(cells.values()):
        yield Cells(number, cells, remarks)
