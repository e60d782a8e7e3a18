"""The price list. An item is never deleted: lines of invoices name it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from cabinet.db import BigId, MinorUnits, PrimaryId, PublicId, UTCDateTime
from cabinet_finsystem.base import Base

SERVICE, GOODS = "service", "goods"
KINDS = (SERVICE, GOODS)


class Item(Base):
    """What is sold. ``kind``: service or goods; ``price``: minor units of ``currency``, with VAT where ``vat_included``.

    ``code``: ours, unique where there is one. ``vat_rate``: hundredths of a per cent, None is «Без НДС». ``search_text``: what a list and
    the editor of invoices find it by. ``archived_at``: since when it is offered no more.
    """

    __tablename__ = "finsystem_item"

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    code: Mapped[str | None] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(1000))
    kind: Mapped[str] = mapped_column(String(8))
    unit: Mapped[str] = mapped_column(String(40), default="")
    price: Mapped[int] = mapped_column(MinorUnits)
    currency: Mapped[str] = mapped_column(String(3))
    vat_rate: Mapped[int | None] = mapped_column(Integer)
    vat_included: Mapped[bool]
    article_id: Mapped[int] = mapped_column(BigId, ForeignKey("finsystem_article.id"), index=True)
    search_text: Mapped[str] = mapped_column(Text, deferred=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    archived_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
