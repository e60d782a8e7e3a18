"""Tables of invoices. Amounts in minor units of the invoice's currency; prices too, so a price has no more decimals than its currency."""

from __future__ import annotations

from datetime import date as Date  # noqa: N812 - columns are called date
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cabinet.db import BigId, ClientOwned, MinorUnits, PrimaryId, PublicId, UTCDateTime
from cabinet_finsystem.base import Base

DRAFT, ISSUED, PARTLY_PAID, PAID, VOID = "draft", "issued", "partly_paid", "paid", "void"
OPEN = (ISSUED, PARTLY_PAID)


class Invoice(ClientOwned, Base):
    """An invoice for payment. Once issued only ``paid`` and ``state`` move, with the money; a void one keeps its number.

    ``state``: draft, issued, partly_paid, paid or void; overdue is told by ``due``. ``year``: of ``date``, within which ``number`` is
    unique. ``charges``: ``invoice`` (it charges the client by itself) or ``act`` (its act will). ``paid``: sum of live allocations,
    kept by payments. ``issuer`` and ``customer``: the parties as they were when it was issued (`invoicing.parties`), None in a draft.
    ``basis``: the contract as it is printed. ``entry_id``: its charge in the ledger, ``void_entry_id``: what reversed that.
    ``bulk_id``: those it was issued together with. ``search_text``: what a list finds it by, folded.
    """

    __tablename__ = "finsystem_invoice"

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    external_id: Mapped[str | None] = mapped_column(String(100), unique=True)
    legal_entity_id: Mapped[int] = mapped_column(BigId, index=True)
    contract_id: Mapped[int | None] = mapped_column(BigId, index=True)
    kind: Mapped[str] = mapped_column(String(10), default="invoice")
    year: Mapped[int] = mapped_column(Integer)
    number: Mapped[str | None] = mapped_column(String(60), index=True)
    date: Mapped[Date]
    due: Mapped[Date]
    currency: Mapped[str] = mapped_column(String(3))
    net: Mapped[int] = mapped_column(MinorUnits)
    vat: Mapped[int] = mapped_column(MinorUnits)
    total: Mapped[int] = mapped_column(MinorUnits)
    paid: Mapped[int] = mapped_column(MinorUnits, default=0)
    state: Mapped[str] = mapped_column(String(12), default=DRAFT)
    charges: Mapped[str] = mapped_column(String(10))
    vat_included: Mapped[bool]
    text: Mapped[str] = mapped_column(String(500), default="")
    terms: Mapped[str] = mapped_column(Text, default="")
    basis: Mapped[str] = mapped_column(String(300), default="")
    language: Mapped[str] = mapped_column(String(5))
    issuer: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    customer: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    search_text: Mapped[str] = mapped_column(Text, default="", deferred=True)
    entry_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("finsystem_entry.id"), index=True)
    void_entry_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("finsystem_entry.id"), index=True)
    pdf_file_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_file.id"), index=True)
    copied_from_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("finsystem_invoice.id"), index=True)
    bulk_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("finsystem_bulk_issue.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    issued_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    issued_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_user.id"), index=True)
    voided_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    void_reason: Mapped[str] = mapped_column(String(500), default="")

    lines: Mapped[list[InvoiceLine]] = relationship(
        back_populates="invoice", order_by="InvoiceLine.position", cascade="all, delete-orphan"
    )

    __table_args__ = (
        UniqueConstraint("legal_entity_id", "kind", "year", "number"),
        Index("ix_finsystem_invoice_date_id", "date", "id"),
        Index("ix_finsystem_invoice_state_due", "state", "due", "id"),
    )

    @property
    def open(self) -> int:
        """What is still to be paid, minor units; nothing for a draft or a void one."""
        return self.total - self.paid if self.state in OPEN else 0

    def is_overdue(self, today: Date) -> bool:
        """Whether it should have been paid before ``today``."""
        return self.state in OPEN and self.due < today


class InvoiceLine(ClientOwned, Base):
    """A line. ``quantity_milli``: thousandths; ``discount`` and ``vat_rate``: hundredths of a per cent, None is «Без НДС».

    ``price``: with VAT or without, as the invoice says. ``net`` + ``vat`` = ``total``, each rounded here, once.
    ``item_id``: of the price list, where the line was taken from there.
    """

    __tablename__ = "finsystem_invoice_line"

    id: Mapped[PrimaryId]
    invoice_id: Mapped[int] = mapped_column(BigId, ForeignKey("finsystem_invoice.id"), index=True)
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
    item_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("finsystem_item.id"), index=True)

    invoice: Mapped[Invoice] = relationship(back_populates="lines")
