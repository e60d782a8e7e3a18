"""Recurring services of contracts, their prices over time, and the periods that are billed."""

from __future__ import annotations

from datetime import date as Date  # noqa: N812 - columns are dates
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cabinet.db import BigId, ClientOwned, MinorUnits, PrimaryId, PublicId, UTCDateTime
from cabinet_finsystem.base import Base


class RecurringService(ClientOwned, Base):
    """A service that a contract is billed for once a period.

    ``item_id``: of the price list, whose name and price hold where ``text`` or the price of a step is empty. ``quantity_milli``:
    thousandths; ``discount`` and ``vat_rate``: hundredths of a per cent. ``period``: month, quarter or year of the calendar; ``billed``:
    before, within or after it, on day ``day`` of that month. ``ends``: its last day, or None. ``payment_days`` None: as the contract says.
    ``issues``: an invoice is issued by itself, else left as a draft; ``with_act``: so is its act at the end of the period.
    ``next_on``: the day on which the next period is billed; None where none is left or it is paused. ``problem``: what kept it from being
    billed when it was tried last: ``code``, ``text`` (packed), ``first`` (the period).
    """

    __tablename__ = "finsystem_recurring"

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    contract_id: Mapped[int] = mapped_column(BigId, index=True)
    item_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("finsystem_item.id"), index=True)
    text: Mapped[str] = mapped_column(String(900))
    unit: Mapped[str] = mapped_column(String(40))
    quantity_milli: Mapped[int] = mapped_column(BigInteger)
    discount: Mapped[int] = mapped_column(Integer)
    vat_rate: Mapped[int | None] = mapped_column(Integer)
    vat_included: Mapped[bool]
    currency: Mapped[str] = mapped_column(String(3))
    article_id: Mapped[int] = mapped_column(BigId, ForeignKey("finsystem_article.id"), index=True)
    period: Mapped[str] = mapped_column(String(8))
    billed: Mapped[str] = mapped_column(String(8))
    day: Mapped[int] = mapped_column(Integer)
    ends: Mapped[Date | None]
    payment_days: Mapped[int | None] = mapped_column(Integer)
    issues: Mapped[bool]
    with_act: Mapped[bool]
    next_on: Mapped[Date | None] = mapped_column(index=True)
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    steps: Mapped[list[RecurringStep]] = relationship(
        order_by="RecurringStep.since", cascade="all, delete-orphan", lazy="selectin"
    )


class RecurringStep(ClientOwned, Base):
    """From ``since`` on a unit costs ``price`` (minor units; None: as the price list says), or nothing is served (not ``active``)."""

    __tablename__ = "finsystem_recurring_step"

    id: Mapped[PrimaryId]
    recurring_id: Mapped[int] = mapped_column(BigId, ForeignKey("finsystem_recurring.id"))
    since: Mapped[Date]
    active: Mapped[bool]
    price: Mapped[int | None] = mapped_column(MinorUnits)

    __table_args__ = (Index("uq_finsystem_recurring_step_since", "recurring_id", "since", unique=True),)


class RecurringBill(ClientOwned, Base):
    """A period of a service that is billed: at most one row a period, which is what keeps two runs from billing it twice.

    ``minor``: the sum of its lines as they were written; ``invoice_id`` is None once its draft was thrown away. ``act_on``: the day on
    which its act is due, None where none is; ``acted_at``: since when there is one.
    """

    __tablename__ = "finsystem_recurring_bill"

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    recurring_id: Mapped[int] = mapped_column(BigId, ForeignKey("finsystem_recurring.id"))
    first: Mapped[Date]
    last: Mapped[Date]
    minor: Mapped[int] = mapped_column(MinorUnits)
    invoice_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("finsystem_invoice.id", ondelete="SET NULL"), index=True
    )
    act_on: Mapped[Date | None] = mapped_column(index=True)
    acted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (Index("uq_finsystem_recurring_bill_period", "recurring_id", "first", unique=True),)
