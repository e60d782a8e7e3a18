"""What the cells of our tables hold besides texts, dates and amounts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from cabinet import tables
from cabinet.requisites import Problem, compact
from cabinet.tables import parse_decimal
from cabinet_client_manager.texts import _


class Cells(tables.Cells):
    """The cells of one row."""

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
