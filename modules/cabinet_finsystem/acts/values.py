"""What callers give to acts and what they get: frozen data, amounts in minor units."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, NamedTuple

from cabinet_finsystem.corrections.values import LineState


@dataclass(frozen=True, slots=True)
class ActPart:
    """What of an invoice's line goes into an act. ``quantity_milli``: thousandths of its unit."""

    invoice_line_id: int
    quantity_milli: int


@dataclass(frozen=True, slots=True)
class Portion:
    """A quantity (thousandths) with its sums; ``net`` + ``vat`` = ``total``."""

    quantity_milli: int = 0
    net: int = 0
    vat: int = 0

    @property
    def total(self) -> int:
        """With VAT."""
        return self.net + self.vat


@dataclass(frozen=True, slots=True)
class LineLeft:
    """A line of an invoice, how corrections left it, and what of that no issued act has taken yet."""

    line: Any
    left: Portion
    now: LineState


@dataclass(frozen=True, slots=True)
class ActTotals:
    """Sums of the acts of a list in one currency; drafts and void ones count in ``count`` only."""

    count: int
    total: int


class NamedAct(NamedTuple):
    """An Act row with the client and the invoice it is of."""

    act: Any
    client_public_id: uuid.UUID
    client_name: str
    invoice_public_id: uuid.UUID
    invoice_number: str


class WaitingInvoice(NamedTuple):
    """An issued Invoice row of which no act has taken all, with its client. ``left``: what is left of its total, minor units."""

    invoice: Any
    client_public_id: uuid.UUID
    client_name: str
    left: int
