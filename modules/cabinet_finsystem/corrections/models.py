"""Tables of corrections. Amounts in minor units of the invoice's currency; those of a correction itself are differences, signed."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cabinet.db import BigId, MinorUnits
from cabinet_finsystem.base import Base
from cabinet_finsystem.papers.models import DRAFT, VOID, Paper, PaperLine

__all__ = ("DRAFT", "ISSUED", "VOID", "Correction", "CorrectionLine")

ISSUED = "issued"


class Correction(Paper, Base):
    """What changed of an issued invoice: a paper. ``text``: why.

    ``place``: which correction of the invoice it is, from 1, in the order of issue, void ones counted. ``net``, ``vat``, ``total``: what
    it adds to what the invoice asks, negative where it takes away; ``before``: what the invoice asked before it. ``released``: money that
    went back to the client's balance when it was issued. ``entry_id``: the difference, None where acts charge or nothing moves.
    """

    __tablename__ = "finsystem_correction"

    invoice_id: Mapped[int] = mapped_column(BigId, ForeignKey("finsystem_invoice.id"), index=True)
    place: Mapped[int | None] = mapped_column(Integer)
    before: Mapped[int] = mapped_column(MinorUnits)
    released: Mapped[int] = mapped_column(MinorUnits, default=0)

    lines: Mapped[list[CorrectionLine]] = relationship(
        back_populates="correction", order_by="CorrectionLine.position", cascade="all, delete-orphan"
    )

    __table_args__ = (
        UniqueConstraint("legal_entity_id", "year", "number"),
        UniqueConstraint("invoice_id", "place"),
        Index("ix_finsystem_correction_date_id", "date", "id"),
    )

    @property
    def asked(self) -> int:
        """What the invoice asked after it."""
        return self.before + self.total


class CorrectionLine(PaperLine, Base):
    """A line of the invoice that changed: what it became, and in ``was_*`` what it was. ``quantity_milli`` 0: nothing is left of it."""

    __tablename__ = "finsystem_correction_line"

    correction_id: Mapped[int] = mapped_column(BigId, ForeignKey("finsystem_correction.id"), index=True)
    invoice_line_id: Mapped[int] = mapped_column(BigId, ForeignKey("finsystem_invoice_line.id"), index=True)
    was_quantity_milli: Mapped[int] = mapped_column(BigInteger)
    was_price: Mapped[int] = mapped_column(MinorUnits)
    was_discount: Mapped[int] = mapped_column(Integer)
    was_vat_rate: Mapped[int | None] = mapped_column(Integer)
    was_net: Mapped[int] = mapped_column(MinorUnits)
    was_vat: Mapped[int] = mapped_column(MinorUnits)
    was_total: Mapped[int] = mapped_column(MinorUnits)

    correction: Mapped[Correction] = relationship(back_populates="lines")
