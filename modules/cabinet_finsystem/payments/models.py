"""Tables of payments and their allocations. Amounts in minor units; a payment that came in is positive, a refund negative."""

from __future__ import annotations

from datetime import date as Date  # noqa: N812 - columns are called date
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cabinet.db import BigId, ClientOwned, MinorUnits, PrimaryId, PublicId, UTCDateTime
from cabinet_finsystem.base import Base


class Payment(ClientOwned, Base):
    """Money of a client. Never changed but for what follows from its allocations and its reversal.

    ``kind``: bank, cash, opening (what he had with us when the books began) or write_off. ``entry_id``: the ledger entry that booked it;
    ``reversal_id``: the one that took it back, or None. ``allocated``: sum of its live allocations. ``kept``: what of it was written off
    to our side because it was too much; the write-off bears the same with a minus, so that neither has anything free (`write_offs`).
    """

    __tablename__ = "finsystem_payment"

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    kind: Mapped[str] = mapped_column(String(10))
    date: Mapped[Date] = mapped_column(index=True)
    minor: Mapped[int] = mapped_column(MinorUnits)
    currency: Mapped[str] = mapped_column(String(3))
    allocated: Mapped[int] = mapped_column(MinorUnits, default=0)
    kept: Mapped[int] = mapped_column(MinorUnits, default=0)
    legal_entity_id: Mapped[int] = mapped_column(BigId, index=True)
    bank_account_id: Mapped[int | None] = mapped_column(BigId, index=True)
    contract_id: Mapped[int | None] = mapped_column(BigId, index=True)
    line_id: Mapped[int | None] = mapped_column(BigId, index=True)
    text: Mapped[str] = mapped_column(String(500))
    entry_id: Mapped[int] = mapped_column(BigId, ForeignKey("finsystem_entry.id"), index=True)
    reversal_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("finsystem_entry.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    allocations: Mapped[list[Allocation]] = relationship(back_populates="payment", order_by="Allocation.id")

    @property
    def free(self) -> int:
        """What of it pays no invoice."""
        return 0 if self.reversal_id is not None else self.minor - self.allocated - self.kept


class Allocation(ClientOwned, Base):
    """Money of a payment put onto an invoice, or (negative, with ``reverses_id``) taken back from it. Rows are only added.

    ``date``: the day the cash P&L counts it on: the payment's, or for one taken back from a closed period the day of that.
    """

    __tablename__ = "finsystem_allocation"

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    payment_id: Mapped[int] = mapped_column(BigId, ForeignKey("finsystem_payment.id"), index=True)
    invoice_id: Mapped[int] = mapped_column(BigId, ForeignKey("finsystem_invoice.id"), index=True)
    minor: Mapped[int] = mapped_column(MinorUnits)
    date: Mapped[Date] = mapped_column(index=True)
    reverses_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("finsystem_allocation.id"), unique=True)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)

    payment: Mapped[Payment] = relationship(back_populates="allocations")


class AllocationSpread(ClientOwned, Base):
    """What an allocation adds to an article in the cash P&L, net of VAT. The VAT it covers has no row."""

    __tablename__ = "finsystem_allocation_spread"

    id: Mapped[PrimaryId]
    allocation_id: Mapped[int] = mapped_column(BigId, ForeignKey("finsystem_allocation.id"), index=True)
    article_id: Mapped[int] = mapped_column(BigId, ForeignKey("finsystem_article.id"), index=True)
    minor: Mapped[int] = mapped_column(MinorUnits)
