"""What callers give to corrections and what they get: frozen data, amounts in minor units."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cabinet_finsystem.invoicing import amounts
from cabinet_finsystem.payments.settling import Settlement


@dataclass(frozen=True, slots=True)
class Became:
    """What a line of the invoice is from now on. ``price``: minor units; ``discount`` and ``vat_rate`` in per cent, None «Без НДС»."""

    invoice_line_id: int
    quantity: Decimal
    price: int
    discount: Decimal = Decimal(0)
    vat_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class CorrectionData:
    """A correction as a person writes it. Lines that he does not name stay as they are; nor do those that he names unchanged count."""

    date: datetime.date
    reason: str
    lines: tuple[Became, ...]


@dataclass(frozen=True, slots=True)
class LineState:
    """A line of an invoice as it stands: how many thousandths, at what price, with what discount and rate; what that makes."""

    quantity_milli: int
    price: int
    discount: int
    vat_rate: int | None
    net: int
    vat: int

    @property
    def total(self) -> int:
        """With VAT."""
        return self.net + self.vat


@dataclass(frozen=True, slots=True)
class CurrentLine:
    """A line of an invoice (its row) and how corrections left it. ``taken``: what issued acts took; ``acts``: their numbers."""

    line: Any
    now: LineState
    taken: LineTaken

    @property
    def acts(self) -> str:
        """The acts that hold it, as a person calls them."""
        return ", ".join(self.taken.numbers)


@dataclass(frozen=True, slots=True)
class LineTaken:
    """What issued acts took of a line."""

    quantity_milli: int = 0
    net: int = 0
    vat: int = 0
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A line that changes: what it was and what it becomes."""

    line: Any
    was: LineState
    became: LineState

    @property
    def net(self) -> int:
        """Difference without VAT."""
        return self.became.net - self.was.net

    @property
    def vat(self) -> int:
        """Difference of VAT."""
        return self.became.vat - self.was.vat

    @property
    def total(self) -> int:
        """Difference with VAT."""
        return self.net + self.vat


@dataclass(frozen=True, slots=True)
class Effect:
    """What a correction does, or what withdrawing it does. ``asked``: before it; ``paid``: live allocations before it.

    ``rates``: differences by rate of VAT. ``settlement``: what happens to the money on the invoice.
    """

    asked: int
    paid: int
    net: int
    vat: int
    rates: tuple[amounts.RateTotal, ...]
    settlement: Settlement

    @property
    def total(self) -> int:
        """The difference with VAT."""
        return self.net + self.vat

    @property
    def asked_after(self) -> int:
        """What the invoice asks from then on."""
        return self.asked + self.total

    @property
    def paid_after(self) -> int:
        """What of that is paid."""
        return self.paid - self.settlement.released - self.settlement.unforgiven

    @property
    def open_after(self) -> int:
        """What is still to be paid."""
        return self.asked_after - self.paid_after
