"""What the cells of our tables hold besides texts, dates and amounts."""

from __future__ import annotations

from decimal import Decimal

from cabinet import tables
from cabinet.contracts.money import CURRENCIES
from cabinet.tables import parse_decimal
from cabinet_finsystem.texts import _

_YES = frozenset({"yes", "y", "true", "1", "да", "д", "истина", "+", "в т.ч.", "included"})
_NO = frozenset({"no", "n", "false", "0", "нет", "н", "ложь", "-", "сверху", "on top"})
_NO_VAT = frozenset(
    {"без ндс", "без налога", "ндс не облагается", "не облагается", "none", "no vat", "no", "нет", "-", "–", "—"}
)


class Cells(tables.Cells):
    """One row. An empty cell, or none, says nothing."""

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
