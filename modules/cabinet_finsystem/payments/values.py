"""What callers give to payments, and what they get."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

BANK = "bank"
CASH = "cash"
OPENING = "opening"
WRITE_OFF = "write_off"

KEPT = "kept"
"""Owner of the account through which money that was paid too much becomes ours: it enters and leaves in one entry."""

# The kinds that the cash P&L sees.
MOVES_MONEY = frozenset({BANK, CASH})


@dataclass(frozen=True, slots=True)
class NewAllocation:
    """``minor`` units (positive) of a payment for an invoice."""

    invoice_id: int
    minor: int


@dataclass(frozen=True, slots=True)
class NewPayment:
    """Money of a client to book. ``minor``: positive came in, negative went back. ``bank_account_id``: ours; None: the cash desk.

    ``kind``: bank, cash, opening or write_off. ``line_id``: the statement line it comes from, or None. The allocations sum to at most
    ``minor``; the rest stays on the client's balance. ``key``: no second payment with that key can ever be booked. ``article_id``: where
    a write-off goes; negative, it takes from the client what he paid too much.
    """

    client_id: int
    date: datetime.date
    minor: int
    currency: str
    legal_entity_id: int
    text: str
    kind: str = BANK
    bank_account_id: int | None = None
    contract_id: int | None = None
    line_id: int | None = None
    allocations: tuple[NewAllocation, ...] = ()
    key: str = ""
    article_id: int | None = None


@dataclass(frozen=True, slots=True)
class PaymentTotals:
    """Sums of the payments of a list in one currency; those taken back count in ``count`` only."""

    count: int
    minor: int
    free: int
