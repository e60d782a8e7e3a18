"""Tables of acts, waybills and UPD. Amounts in minor units of the invoice's currency."""

from __future__ import annotations

from datetime import date as Date  # noqa: N812 - columns are called date
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cabinet.db import BigId, ClientOwned, MinorUnits, PrimaryId, PublicId, UTCDateTime
from cabinet_finsystem.base import Base

ACT, WAYBILL, UPD = "act", "waybill", "upd"
KINDS = (ACT, WAYBILL, UPD)
DRAFT, ISSUED, VOID = "draft", "issued", "void"


class Act(ClientOwned, Base):
    """What of an invoice was rendered or handed over. Once issued it is frozen; a void one keeps its number.

    ``kind``: act, waybill or upd; ``status`` of a UPD: 1 (it is the счёт-фактура, too) or 2. ``year``: of ``date``, within which
    ``number`` is unique. ``entry_id``: its charge in the ledger, None where the invoice has charged; ``void_entry_id``: what reversed
    that. ``payment_documents`` and ``advances``: lines 5 and 5б of a счёт-фактура, where a person gave them. ``issuer`` and ``customer``:
    the parties as they were when it was issued. ``search_text``: what a list finds it by, folded.
    """

    __tablename__ = "finsystem_act"

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    invoice_id: Mapped[int] = mapped_column(BigId, ForeignKey("finsystem_invoice.id"), index=True)
    legal_entity_id: Mapped[int] = mapped_column(BigId, index=True)
    contract_id: Mapped[int | None] = mapped_column(BigId, index=True)
    kind: Mapped[str] = mapped_column(String(10))
    status: Mapped[int | None] = mapped_column(Integer)
    year: Mapped[int] = mapped_column(Integer)
    number: Mapped[str | None] = mapped_column(String(60), index=True)
    date: Mapped[Date]
    currency: Mapped[str] = mapped_column(String(3))
    net: Mapped[int] = mapped_column(MinorUnits)
    vat: Mapped[int] = mapped_column(MinorUnits)
    total: Mapped[int] = mapped_column(MinorUnits)
    state: Mapped[str] = mapped_column(String(12), default=DRAFT)
    vat_included: Mapped[bool]
    text: Mapped[str] = mapped_column(String(500), default="")
    basis: Mapped[str] = mapped_column(String(300), default="")
    payment_documents: Mapped[str] = mapped_column(String(300), default="")
    advances: Mapped[str] = mapped_column(String(300), default="")
    language: Mapped[str] = mapped_column(String(5))
    issuer: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    customer: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    search_text: Mapped[str] = mapped_column(Text, default="", deferred=True)
    entry_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("finsystem_entry.id"), index=True)
    void_entry_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("finsystem_entry.id"), index=True)
    pdf_file_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_file.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    issued_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    issued_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_user.id"), index=True)
    voided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    void_reason: Mapped[str] = mapped_column(String(500), default="")

    lines: Mapped[list[ActLine]] = relationship(
        back_populates="act", order_by="ActLine.position", cascade="all, delete-orphan"
    )

    __table_args__ = (
        UniqueConstraint("legal_entity_id", "kind", "year", "number"),
        Index("ix_finsystem_act_date_id", "date", "id"),
    )


class ActLine(ClientOwned, Base):
    """A line of an invoice, or a part of its quantity. ``quantity_milli``: thousandths; ``discount`` and ``vat_rate``: hundredths of a
    per cent, None is «Без НДС». ``net`` + ``vat`` = ``total``; the parts of an invoice's line sum to it to the minor unit.
    """

    __tablename__ = "finsystem_act_line"

    id: Mapped[PrimaryId]
    act_id: Mapped[int] = mapped_column(BigId, ForeignKey("finsystem_act.id"), index=True)
    invoice_line_id: Mapped[int] = mapped_column(BigId, ForeignKey("finsystem_invoice_line.id"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(String(1000))
    unit: Mapped[str] = mapped_column(String(40), default="")
    quantity_milli: Mapped[int] = mapped_column(BigInteger)
    price: Mapped[int] = mapped_column(MinorUnits)
    discount: Mapped[int] = mapped_column(Integer, default=0)
    vat_rate: Mapped[int | None] = mapped_column(Integer)
    net: Mapped[int] = mapped_column(MinorUnits)
    vat: Mapped[int] = mapped_column(MinorUnits)
    total: Mapped[int] = mapped_column(MinorUnits)
    article_id: Mapped[int] = mapped_column(BigId, ForeignKey("finsystem_article.id"), index=True)

    act: Mapped[Act] = relationship(back_populates="lines")
