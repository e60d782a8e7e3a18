"""What callers give to write-offs, and what they get. Amounts in minor units."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import asdict, dataclass, fields
from typing import Any

LARGEST = 1_000_00
"""No rule writes off more than this at once: such a sum is no small difference."""
MOST_DAYS = 90


@dataclass(frozen=True, slots=True)
class RuleData:
    """A rule as a person arranges it; see `models.WriteOffRule`."""

    short_most: int
    short_article_id: int
    over_article_id: int
    short_by_itself: bool = True
    short_days: int = 0
    over_most: int = 0
    over_by_itself: bool = False
    month_most: int | None = None

    @classmethod
    def of(cls, row: Any) -> RuleData:
        """What a rule is now."""
        return cls(**{field.name: getattr(row, field.name) for field in fields(cls)})

    def to_json(self) -> dict[str, Any]:
        """A form for storage: the names of the fields."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Planned:
    """A write-off to be booked. ``minor``: positive, the client owes it no more; negative, we owe it to him no more."""

    client_id: int
    invoice_id: int | None
    number: str
    cause_id: int | None
    minor: int
    currency: str
    date: datetime.date
    legal_entity_id: int
    contract_id: int | None
    article_id: int
    most: int | None
    by_itself: bool

    @property
    def slot(self) -> str | None:
        """What it takes so that it does not come again by itself."""
        if not self.by_itself:
            return None
        return slot_of_invoice(self.invoice_id) if self.invoice_id is not None else slot_of_payment(self.cause_id or 0)


@dataclass(frozen=True, slots=True)
class WriteOffRow:
    """A write-off of a list. ``minor`` as in `Planned`; ``cause``: public id of the payment it came after."""

    id: int
    payment: uuid.UUID
    date: datetime.date
    minor: int
    currency: str
    by_itself: bool
    standing: bool
    article: str
    client: uuid.UUID
    client_name: str
    invoice: uuid.UUID | None
    number: str
    cause: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class WriteOffSum:
    """Sums of a month or of a client, and of all in one currency. ``short``: forgiven; ``over``: kept; both positive."""

    currency: str
    key: Any
    name: str
    count: int
    short: int
    over: int


def slot_of_invoice(invoice_id: int) -> str:
    """The slot of an invoice."""
    return f"invoice:{invoice_id}"


def slot_of_payment(payment_id: int) -> str:
    """The slot of a payment that brought too much."""
    return f"payment:{payment_id}"
