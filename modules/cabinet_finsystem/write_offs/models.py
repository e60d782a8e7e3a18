"""Rules of writing off, what was written off, and who is left out. Amounts in minor units."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from cabinet.db import BigId, ClientOwned, MinorUnits, PrimaryId, UTCDateTime
from cabinet_finsystem.base import Base


class WriteOffRule(Base):
    """The rule of a currency. ``short_*``: what an invoice is left short of; ``over_*``: what a payment brought too much.

    ``*_most``: the largest sum, 0: never; ``*_article_id``: where it goes; ``*_by_itself``: without a person. ``short_days``: how many days
    after the payment it waits. ``month_most``: of one client in a month by itself, None: as it comes. ``on_since``: None, it is off.
    ``before``: what it was before it was changed last, as `values.RuleData` for JSON.
    """

    __tablename__ = "finsystem_write_off_rule"

    id: Mapped[PrimaryId]
    currency: Mapped[str] = mapped_column(String(3), unique=True)
    short_most: Mapped[int] = mapped_column(MinorUnits)
    short_article_id: Mapped[int] = mapped_column(BigId, ForeignKey("finsystem_article.id"), index=True)
    short_by_itself: Mapped[bool]
    short_days: Mapped[int] = mapped_column(Integer)
    over_most: Mapped[int] = mapped_column(MinorUnits)
    over_article_id: Mapped[int] = mapped_column(BigId, ForeignKey("finsystem_article.id"), index=True)
    over_by_itself: Mapped[bool]
    month_most: Mapped[int | None] = mapped_column(MinorUnits)
    on_since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class WriteOff(ClientOwned, Base):
    """What a payment of the kind ``write_off`` is. Never changed but for ``slot``.

    ``invoice_id``: the invoice that was short, None where ``cause_id`` brought too much. ``cause_id``: the payment it came after.
    ``most``: the rule's sum then, None where no rule was asked. ``slot``: what may be written off by itself only once, None where it may
    be again.
    """

    __tablename__ = "finsystem_write_off"

    id: Mapped[PrimaryId]
    payment_id: Mapped[int] = mapped_column(BigId, ForeignKey("finsystem_payment.id"), unique=True)
    invoice_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("finsystem_invoice.id"), index=True)
    cause_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("finsystem_payment.id"), index=True)
    article_id: Mapped[int] = mapped_column(BigId, ForeignKey("finsystem_article.id"), index=True)
    by_itself: Mapped[bool]
    most: Mapped[int | None] = mapped_column(MinorUnits)
    slot: Mapped[str | None] = mapped_column(String(40), unique=True)


class WriteOffLeftOut(ClientOwned, Base):
    """A client for whom nothing is written off by itself."""

    __tablename__ = "finsystem_write_off_left_out"

    id: Mapped[PrimaryId]
    since: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (Index("uq_finsystem_write_off_left_out_client", "client_id", unique=True),)
