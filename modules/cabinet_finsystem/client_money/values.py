"""Figures and lines of a client's money: frozen data, amounts in minor units, signed as the client sees them."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from cabinet_finsystem.invoicing.values import Debt


@dataclass(frozen=True, slots=True)
class Standing:
    """How a client stands in one currency. ``debts``: invoices that wait for money, the earliest due first.

    ``free``: money of his that pays no invoice yet. ``balance``: of the personal account, payments less charges; positive: we owe him.
    """

    currency: str
    debts: Sequence[Debt]
    free: int
    balance: int

    @property
    def debt(self) -> int:
        """What all his invoices still ask for."""
        return sum(debt.open for debt in self.debts)

    @property
    def ahead(self) -> int:
        """What of it is asked for before any act has charged it: nobody owes that yet, and the balance does not tell of it."""
        return sum(debt.ahead for debt in self.debts)

    @property
    def overdue(self) -> int:
        """The part of it that should have come already."""
        return sum(debt.open for debt in self.debts if debt.overdue_days)

    @property
    def overdue_days(self) -> int:
        """How late the oldest one is."""
        return max((debt.overdue_days for debt in self.debts), default=0)

    @property
    def next_due(self) -> datetime.date | None:
        """When the next invoice that is not late yet must be paid."""
        return next((debt.due for debt in self.debts if not debt.overdue_days), None)

    @property
    def last_due(self) -> datetime.date | None:
        """When all that is not late yet must be paid."""
        return next((debt.due for debt in reversed(self.debts) if not debt.overdue_days), None)


@dataclass(frozen=True, slots=True)
class Revenue:
    """What a client brought in twelve months up to and with this one, net of VAT, and in the twelve before."""

    currency: str
    minor: int
    before: int


@dataclass(frozen=True, slots=True)
class Part:
    """What of a payment went onto an invoice."""

    allocation_id: int
    allocation_public_id: uuid.UUID
    payment_id: int
    minor: int
    date: datetime.date
    invoice_id: int
    invoice_public_id: uuid.UUID
    invoice_number: str
    invoice_text: str


@dataclass(frozen=True, slots=True)
class AccountLine:
    """A movement of a personal account. ``minor``: payments positive, charges negative; ``balance``: after it.

    ``kind``: as of the ledger's entry. ``invoice``, ``payment`` and ``act``: public ids of what it comes from, where it is one of them;
    ``number`` and ``text`` name that, ``act_kind`` tells an act from a waybill. ``correction``: of ``invoice``, which that belongs to.
    """

    date: datetime.date
    posting_id: int
    kind: str
    reversal: bool
    minor: int
    balance: int
    number: str
    text: str
    invoice: uuid.UUID | None
    payment: uuid.UUID | None
    act: uuid.UUID | None = None
    act_kind: str = ""
    correction: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class AccountPage:
    """Lines of a personal account, the newest first. ``opening`` + all lines of the period = ``closing``.

    ``came`` and ``went``: sums of the period. ``more``: cursor of the page with older lines, or empty.
    """

    opening: int
    came: int
    went: int
    closing: int
    lines: Sequence[AccountLine]
    more: str
