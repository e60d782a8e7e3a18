"""What callers give to invoicing and what they get: frozen data, amounts in minor units."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True)
class LineData:
    """A line as a person writes it. ``price``: minor units; ``discount`` and ``vat_rate`` in per cent, up to two decimals.

    ``vat_rate`` None: «Без НДС», which is not 0 %. ``article_id`` None: the article «Sales». ``item_id``: of the price list, if any.
    """

    text: str
    price: int
    quantity: Decimal = Decimal(1)
    unit: str = ""
    discount: Decimal = Decimal(0)
    vat_rate: Decimal | None = None
    article_id: int | None = None
    item_id: int | None = None


@dataclass(frozen=True, slots=True)
class InvoiceData:
    """An invoice as a person writes it. What is None or empty follows from the contract, the legal entity and the client.

    ``due``: by the contract's terms, else five days after ``date``. ``vat_included``: prices contain VAT, else it comes on top.
    """

    client_id: int
    date: datetime.date
    lines: tuple[LineData, ...]
    contract_id: int | None = None
    legal_entity_id: int | None = None
    due: datetime.date | None = None
    currency: str = ""
    vat_included: bool = True
    text: str = ""
    terms: str = ""
    language: str = ""
    number: str = ""
    external_id: str | None = None


class Payable(NamedTuple):
    """An invoice as the matcher of bank lines needs it. ``total``: what it asks for; ``original``: what it did before corrections."""

    id: int
    client_id: int
    number: str
    date: datetime.date
    due: datetime.date
    total: int
    original: int
    open: int
    currency: str
    state: str
    legal_entity_id: int


class NamedInvoice(NamedTuple):
    """An Invoice row with the client it is of."""

    invoice: Any
    client_public_id: uuid.UUID
    client_name: str


@dataclass(frozen=True, slots=True)
class Debt:
    """An invoice that waits for money. ``total``: what it asks for; ``open``: what of that is not paid.

    ``overdue_days``: 0 while it is not due. ``ahead``: what of ``open`` it only asks for, since acts charge and none has charged that
    yet; told of debts as they are now.
    """

    invoice_id: int
    public_id: uuid.UUID
    client_id: int
    contract_id: int | None
    legal_entity_id: int
    number: str
    date: datetime.date
    due: datetime.date
    currency: str
    text: str
    total: int
    open: int
    overdue_days: int
    ahead: int = 0


@dataclass(frozen=True, slots=True)
class ListTotals:
    """Sums of the invoices of a list in one currency; drafts and void ones count in ``count`` only."""

    count: int
    total: int
    paid: int
    open: int
