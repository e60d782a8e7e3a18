"""The tables, all called faq_…: `python -m cabinet.db.revise faq "What changes"` writes a migration from what is changed here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cabinet.db import BigId, PrimaryId, PublicId, UTCDateTime
from cabinet_faq.base import Base


class Group(Base):
    """Questions that belong together."""

    __tablename__ = "faq_group"

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    title: Mapped[str] = mapped_column(String(100))
    place: Mapped[int]


class Question(Base):
    """A question with its answer. ``published_at``: None of a draft. ``audience_id``: who reads it, a row of the core.

    It belongs to no client, so it is not ``ClientOwned``, by which the core limits every statement to the clients of who asks: the core's
    audiences are asked instead.
    """

    __tablename__ = "faq_question"

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    group_id: Mapped[int] = mapped_column(BigId, ForeignKey("faq_group.id"), index=True)
    place: Mapped[int]
    question: Mapped[str] = mapped_column(String(300))
    answer: Mapped[str] = mapped_column(Text)
    audience_id: Mapped[int] = mapped_column(BigId, ForeignKey("core_audience.id"), index=True)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    reads: Mapped[int] = mapped_column(default=0)
    helped: Mapped[int] = mapped_column(default=0)
    not_helped: Mapped[int] = mapped_column(default=0)

    group: Mapped[Group] = relationship(lazy="joined", innerjoin=True)


class Rating(Base):
    """What somebody said of an answer: a person of ours or of a client, or a guest."""

    __tablename__ = "faq_rating"
    __table_args__ = (UniqueConstraint("question_id", "user_id"), UniqueConstraint("question_id", "guest"))

    id: Mapped[PrimaryId]
    question_id: Mapped[int] = mapped_column(BigId, ForeignKey("faq_question.id"))
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_user.id"), index=True)
    guest: Mapped[str | None] = mapped_column(String(64))
    helpful: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
