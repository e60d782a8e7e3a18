"""The tree of articles and the rules that choose one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from cabinet.db import BigId, MinorUnits, PrimaryId, PublicId, UTCDateTime
from cabinet_finsystem.base import Base


class Article(Base):
    """A line of the P&L. The four sections (and "unsorted") are the roots of the tree.

    ``kind``: income, expense or unsorted. ``code`` names articles that the program itself uses; they can be renamed, not removed.
    """

    __tablename__ = "finsystem_article"

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    parent_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("finsystem_article.id"), index=True)
    section: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(12))
    code: Mapped[str | None] = mapped_column(String(30), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    position: Mapped[int] = mapped_column(Integer)
    archived_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ArticleRule(Base):
    """Gives an article to bank lines that look so; all given conditions must hold, the first rule in order wins.

    ``direction``: in, out or any. ``amount_from`` and ``amount_to``: absolute minor units, both ends included.
    ``removed_at``: since when it is asked no more; it keeps its place and may come back.
    """

    __tablename__ = "finsystem_article_rule"

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    position: Mapped[int] = mapped_column(Integer)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    direction: Mapped[str] = mapped_column(String(3))
    purpose: Mapped[str] = mapped_column(String(200), default="")
    counterparty: Mapped[str] = mapped_column(String(200), default="")
    amount_from: Mapped[int | None] = mapped_column(MinorUnits)
    amount_to: Mapped[int | None] = mapped_column(MinorUnits)
    article_id: Mapped[int] = mapped_column(BigId, ForeignKey("finsystem_article.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
