"""Tables of acts of reconciliation. Amounts in minor units, debit-positive: what the client owes us."""

from __future__ import annotations

from datetime import date as Date  # noqa: N812 - columns are called date
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cabinet.db import BigId, ClientOwned, MinorUnits, PrimaryId, PublicId, UTCDateTime
from cabinet_finsystem.base import Base

SENT, DISPUTED, ANSWERED, AGREED = "sent", "disputed", "answered", "agreed"
WITHDRAWN, SUPERSEDED = "withdrawn", "superseded"
OPEN = (SENT, DISPUTED, ANSWERED)
IN_FORCE = (*OPEN, AGREED)


class Reconciliation(ClientOwned, Base):
    """An act that was sent. What it says (``content``, the paper, the figures) never changes; its ``state`` does, each time with a trace.

    ``state``: sent, disputed (something that the client said waits for an answer), answered (nothing waits), agreed, withdrawn or
    superseded. ``contract_id`` None: of all contracts. ``known_at``: the instant as of which the books were read. ``content``: both
    parties and the rows as printed, ready for JSON; ``digest``: SHA-256 of it (`content.digest_of`), hex. ``signed_*``: who agreed,
    when, and the digest that stood before his eyes. ``supersedes_id``: the act that this one was sent instead of.
    """

    __tablename__ = "finsystem_reconciliation"

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    legal_entity_id: Mapped[int] = mapped_column(BigId, index=True)
    contract_id: Mapped[int | None] = mapped_column(BigId, index=True)
    currency: Mapped[str] = mapped_column(String(3))
    since: Mapped[Date]
    until: Mapped[Date]
    year: Mapped[int] = mapped_column(Integer)
    number: Mapped[str] = mapped_column(String(60))
    date: Mapped[Date]
    language: Mapped[str] = mapped_column(String(5))
    state: Mapped[str] = mapped_column(String(12), default=SENT, index=True)
    opening: Mapped[int] = mapped_column(MinorUnits)
    debit: Mapped[int] = mapped_column(MinorUnits)
    credit: Mapped[int] = mapped_column(MinorUnits)
    closing: Mapped[int] = mapped_column(MinorUnits)
    known_at: Mapped[datetime] = mapped_column(UTCDateTime)
    content: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)
    digest: Mapped[str] = mapped_column(String(64))
    pdf_file_id: Mapped[int] = mapped_column(BigId, ForeignKey("core_file.id"), index=True)
    sent_at: Mapped[datetime] = mapped_column(UTCDateTime)
    sent_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_user.id"), index=True)
    signed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    signed_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_user.id"), index=True)
    signed_name: Mapped[str] = mapped_column(String(200), default="")
    signed_digest: Mapped[str] = mapped_column(String(64), default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reason: Mapped[str] = mapped_column(String(500), default="")
    supersedes_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("finsystem_reconciliation.id"), unique=True)

    remarks: Mapped[list[Remark]] = relationship(back_populates="act", order_by="Remark.id")

    __table_args__ = (
        UniqueConstraint("legal_entity_id", "year", "number"),
        Index("ix_finsystem_reconciliation_client_id_until", "client_id", "until"),
    )


class Remark(ClientOwned, Base):
    """What the client says against an act: against the line ``row`` of it (its key), or that something is missing (``row`` empty).

    It waits while it has neither an answer nor been taken back. ``date`` and ``minor``: of what is missing, as far as he gave them.
    """

    __tablename__ = "finsystem_reconciliation_remark"

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    act_id: Mapped[int] = mapped_column(BigId, ForeignKey("finsystem_reconciliation.id"), index=True)
    row: Mapped[str] = mapped_column(String(24), default="")
    date: Mapped[Date | None]
    minor: Mapped[int | None] = mapped_column(MinorUnits)
    text: Mapped[str] = mapped_column(Text)
    said_at: Mapped[datetime] = mapped_column(UTCDateTime)
    said_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_user.id"), index=True)
    said_name: Mapped[str] = mapped_column(String(200), default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answered_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_user.id"), index=True)
    taken_back_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    act: Mapped[Reconciliation] = relationship(back_populates="remarks")

    @property
    def waits(self) -> bool:
        """Whether nobody has answered it yet."""
        return self.answered_at is None and self.taken_back_at is None
