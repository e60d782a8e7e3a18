"""Tables of invoices. Amounts in minor units of the invoice's currency; prices too, so a price has no more decimals than its currency."""

from __future__ import annotations

from datetime import date as Date  # noqa: N812 - columns are called date
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cabinet.db import BigId, MinorUnits, UTCDateTime
from cabinet_finsystem.base import Base
from cabinet_finsystem.papers.models import DRAFT, VOID, Paper, PaperLine

__all__ = ("DRAFT", "ISSUED", "OPEN", "PAID", "PARTLY_PAID", "VOID", "Invoice", "InvoiceLine")

ISSUED, PARTLY_PAID, PAID = "issued", "partly_paid", "paid"
OPEN = (ISSUED, PARTLY_PAID)


class Invoice(Paper, Base):
    """An invoice for payment: a paper. Once issued only ``paid``, ``state`` and ``corrected`` move.

    ``state``: draft, issued, partly_paid, paid or void; overdue is told by ``due``. ``charges``: ``invoice`` (it charges the client by
    itself) or ``act`` (its act will). ``paid``: sum of live allocations, kept by payments. ``bulk_id``: those it was issued together with.
    ``corrected`` and ``corrected_vat``: what its issued corrections add to the total and the VAT, negative where they take away.
    """

    __tablename__ = "finsystem_invoice"

    external_id: Mapped[str | None] = mapped_column(String(100), unique=True)
    kind: Mapped[str] = mapped_column(String(10), default="invoice")
    due: Mapped[Date]
    corrected: Mapped[int] = mapped_column(MinorUnits, default=0, server_default="0")
    corrected_vat: Mapped[int] = mapped_column(MinorUnits, default=0, server_default="0")
    paid: Mapped[int] = mapped_column(MinorUnits, default=0)
    charges: Mapped[str] = mapped_column(String(10))
    terms: Mapped[str] = mapped_column(Text, default="")
    copied_from_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("finsystem_invoice.id"), index=True)
    bulk_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("finsystem_bulk_issue.id"), index=True)
    voided_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)

    lines: Mapped[list[InvoiceLine]] = relationship(
        back_populates="invoice", order_by="InvoiceLine.position", cascade="all, delete-orphan"
    )

    __table_args__ = (
        UniqueConstraint("legal_entity_id", "kind", "year", "number"),
        Index("ix_finsystem_invoice_date_id", "date", "id"),
        Index("ix_finsystem_invoice_state_due", "state", "due", "id"),
    )

    @hybrid_property
    def asked(self) -> int:
        """What it asks for, as its corrections left it; also a column."""
        return self.total + self.corrected

    @property
    def open(self) -> int:
        """What is still to be paid, minor units; nothing for a draft or a void one."""
        return self.asked - self.paid if self.state in OPEN else 0

    def is_overdue(self, today: Date) -> bool:
        """Whether it should have been paid before ``today``."""
        return self.state in OPEN and self.due < today


class InvoiceLine(PaperLine, Base):
    """A line. ``item_id``: of the price list, where the line was taken from there.

    ``corrected_*``: what issued corrections add to its quantity, net and VAT.
    """

    __tablename__ = "finsystem_invoice_line"

    invoice_id: Mapped[int] = mapped_column(BigId, ForeignKey("finsystem_invoice.id"), index=True)
    corrected_milli: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    corrected_net: Mapped[int] = mapped_column(MinorUnits, default=0, server_default="0")
    corrected_vat: Mapped[int] = mapped_column(MinorUnits, default=0, server_default="0")
    item_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("finsystem_item.id"), index=True)

    invoice: Mapped[Invoice] = relationship(back_populates="lines")

    @hybrid_property
    def milli_now(self) -> int:
        """Its quantity, as corrections left it; also a column."""
        return self.quantity_milli + self.corrected_milli

    @hybrid_property
    def net_now(self) -> int:
        """Its net, as corrections left it; also a column."""
        return self.net + self.corrected_net

    @hybrid_property
    def vat_now(self) -> int:
        """Its VAT, as corrections left it; also a column."""
        return self.vat + self.corrected_vat
