"""Tables of acts, waybills and UPD. Amounts in minor units of the invoice's currency."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cabinet.db import BigId
from cabinet_finsystem.base import Base
from cabinet_finsystem.papers.models import DRAFT, VOID, Paper, PaperLine

__all__ = ("ACT", "DRAFT", "ISSUED", "KINDS", "UPD", "VOID", "WAYBILL", "Act", "ActLine")

ACT, WAYBILL, UPD = "act", "waybill", "upd"
KINDS = (ACT, WAYBILL, UPD)
ISSUED = "issued"


class Act(Paper, Base):
    """What of an invoice was rendered or handed over: a paper.

    ``kind``: act, waybill or upd; ``status`` of a UPD: 1 (it is the счёт-фактура, too) or 2. It has charged (``entry_id``) unless the
    invoice has. ``payment_documents`` and ``advances``: lines 5 and 5б of a счёт-фактура, where a person gave them.
    """

    __tablename__ = "finsystem_act"

    invoice_id: Mapped[int] = mapped_column(BigId, ForeignKey("finsystem_invoice.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    status: Mapped[int | None] = mapped_column(Integer)
    payment_documents: Mapped[str] = mapped_column(String(300), default="")
    advances: Mapped[str] = mapped_column(String(300), default="")

    lines: Mapped[list[ActLine]] = relationship(
        back_populates="act", order_by="ActLine.position", cascade="all, delete-orphan"
    )

    __table_args__ = (
        UniqueConstraint("legal_entity_id", "kind", "year", "number"),
        Index("ix_finsystem_act_date_id", "date", "id"),
    )


class ActLine(PaperLine, Base):
    """A line of an invoice, or a part of its quantity; the parts of an invoice's line sum to it to the minor unit."""

    __tablename__ = "finsystem_act_line"

    act_id: Mapped[int] = mapped_column(BigId, ForeignKey("finsystem_act.id"), index=True)
    invoice_line_id: Mapped[int] = mapped_column(BigId, ForeignKey("finsystem_invoice_line.id"), index=True)

    act: Mapped[Act] = relationship(back_populates="lines")
