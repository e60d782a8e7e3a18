"""What is told to recurring services, and what they are about to bill. Amounts in minor units."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cabinet_finsystem.invoicing.values import LineData
from cabinet_finsystem.recurring.periods import MONTH, WITHIN, Period


@dataclass(frozen=True, slots=True)
class ServiceData:
    """A service as a person writes it. ``price`` None: as the price list says, whose item ``item_id`` then is.

    ``text`` empty: the item's name. ``vat_rate`` in per cent, None is «Без НДС». ``starts`` and ``ends``: its first and last day.
    """

    contract_id: int
    starts: datetime.date
    text: str = ""
    item_id: int | None = None
    price: int | None = None
    quantity: Decimal = Decimal(1)
    unit: str = ""
    discount: Decimal = Decimal(0)
    vat_rate: Decimal | None = None
    vat_included: bool = True
    article_id: int | None = None
    period: str = MONTH
    billed: str = WITHIN
    day: int = 1
    ends: datetime.date | None = None
    payment_days: int | None = None
    issues: bool = False
    with_act: bool = False


@dataclass(frozen=True, slots=True)
class Charge:
    """One period of one service, about to be billed. ``minor``: what its lines come to."""

    service: Any
    lines: Sequence[LineData]
    minor: int


@dataclass(frozen=True, slots=True)
class DueKey:
    """Names an invoice that is due, from one transaction to the next: what of whose contract is billed, when and how."""

    contract_id: int
    date: datetime.date
    period: Period
    currency: str
    vat_included: bool
    payment_days: int | None
    issues: bool
    with_act: bool


@dataclass(frozen=True, slots=True)
class Expected:
    """What a client would have to pay by day ``due`` for a period that is not invoiced yet. ``minor``: with VAT."""

    client_id: int
    due: datetime.date
    minor: int


@dataclass(frozen=True, slots=True)
class DueInvoice:
    """An invoice about to be made: the services of one contract that are billed for one period on one day, in one way.

    ``minor``: its total.
    """

    key: DueKey
    client_id: int
    charges: Sequence[Charge]
    minor: int

    @property
    def date(self) -> datetime.date:
        """The day of the invoice."""
        return self.key.date

    @property
    def period(self) -> Period:
        """What it is for."""
        return self.key.period


@dataclass(frozen=True, slots=True)
class Coming:
    """The next period of a service: when it is billed, and what it comes to."""

    date: datetime.date
    period: Period
    minor: int


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A service as a line of a list. ``title``: its text or its item's name; ``coming``: None where nothing is left to bill."""

    service: Any
    title: str
    client_public_id: uuid.UUID
    client_name: str
    contract: Any
    coming: Coming | None


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run made. ``stopped``: how many invoices could not be."""

    invoices: int = 0
    acts: int = 0
    stopped: int = 0
