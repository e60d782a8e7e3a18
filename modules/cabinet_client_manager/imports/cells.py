"""One row of a table, read cell by cell; what is wrong is remarked, with the row and the column, and reading goes on."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from cabinet.contracts.money import to_minor
from cabinet.requisites import Problem, compact
from cabinet.tables import Remark, parse_date, parse_decimal
from cabinet_client_manager.texts import _

_MAX_MINOR = 10**15  # ten trillion roubles: far below what the columns hold


@dataclass(slots=True)
class Remarks:
    """What was found on the way: errors refuse the table, warnings are only told."""

    errors: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)

    def in_order(self) -> tuple[tuple[Remark, ...], tuple[Remark, ...]]:
        """(errors, warnings), from the top of the table down."""
        return tuple(sorted(self.errors, key=_row)), tuple(sorted(self.warnings, key=_row))


class Cells:
    """The cells of one row by the names of their columns."""

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
        return value

    def digits(self, column: str, lengths: Iterable[int], check: Callable[[str], Problem | None]) -> str:
        """A number with a check. One that a spreadsheet robbed of its leading zero gets it back, with a warning."""
        value = compact(self._values.get(column, ""))
        if not value:
            return ""
        problem = check(value)
        if problem and value.isdigit() and len(value) + 1 in lengths and check(f"0{value}") is None:
            self.warn(column, _("Read as ${value}: the leading zero was lost.", mapping={"value": f"0{value}"}))
            return f"0{value}"
        if problem:
            self.error(column, problem.message)
        return value

    def date(self, column: str, *, required: bool = False) -> datetime.date | None:
        """A date as people or machines write it."""
        value = self.text(column, 40, required=required)
        try:
            return parse_date(value) if value else None
        except ValueError:
            self.error(column, _("“${value}” is no date; write 31.01.2026 or 2026-01-31.", mapping={"value": value}))
            return None

    def amount(self, column: str, currency: str) -> int | None:
        """Minor units of ``currency``; None where the cell is empty."""
        value = self.text(column, 40)
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

    def whole(self, column: str, largest: int) -> int | None:
        """A whole number from nought to ``largest``; None where the cell is empty."""
        value = self.text(column, 20)
        try:
            number = parse_decimal(value) if value else None
        except ValueError:
            number = Decimal(-1)
        if number is None:
            return None
        if number != int(number) or not 0 <= number <= largest:
            self.error(column, _("“${value}” is no number from 0 to ${n}.", mapping={"value": value, "n": largest}))
            return None
        return int(number)

    def one_of(self, column: str, choices: Mapping[str, str]) -> str:
        """The choice that the cell names, in any spelling of ``choices`` (spelling → choice); empty where the cell is."""
        value = self.text(column, 100).casefold()
        if not value:
            return ""
        if value not in choices:
            known = ", ".join(dict.fromkeys(choices.values()))
            self.error(column, _("“${value}” is none of: ${known}.", mapping={"value": value, "known": known}))
            return ""
        return choices[value]


def _row(remark: Remark) -> int:
    return remark.row
