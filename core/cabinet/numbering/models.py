"""Sequences of document numbers."""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cabinet.db import PrimaryId
from cabinet.db.core_base import Base


class Sequence(Base):
    """The last number handed out for a kind of document within an opaque scope and a year."""

    __tablename__ = "core_sequence"

    id: Mapped[PrimaryId]
    kind: Mapped[str] = mapped_column(String(60))
    scope: Mapped[str] = mapped_column(String(100))
    year: Mapped[int] = mapped_column(Integer)
    value: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (UniqueConstraint("kind", "scope", "year"),)
