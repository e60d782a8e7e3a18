"""Tables: articles, and who has read and accepted them."""

from __future__ import annotations

import datetime

from sqlalchemy import Boolean, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from cabinet.audience.models import StoredAudience
from cabinet.db import BigId, PrimaryId, PublicId, UTCDateTime
from cabinet.identity.models import User
from cabinet_news.base import Base


class Article(Base):
    """A piece of news. Whether it is a draft, waits for its time, is shown or is over is told by its two moments.

    ``audience_id``: for whom it is; ``must_accept``: it stays on top until the reader accepts it; ``announce``: the bell and a letter tell
    of it, and ``announced_at`` is when they did, once for all.
    """

    __tablename__ = "news_article"

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    audience_id: Mapped[int] = mapped_column(BigId, ForeignKey(StoredAudience.id), index=True)
    author_id: Mapped[int | None] = mapped_column(BigId, ForeignKey(User.id), index=True)
    appears_at: Mapped[datetime.datetime | None] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime.datetime | None] = mapped_column(UTCDateTime)
    pinned: Mapped[bool] = mapped_column(Boolean, default=False)
    must_accept: Mapped[bool] = mapped_column(Boolean, default=False)
    announce: Mapped[bool] = mapped_column(Boolean, default=True)
    announced_at: Mapped[datetime.datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime.datetime] = mapped_column(UTCDateTime)

    __table_args__ = (Index("ix_news_article_appears_at_id", "appears_at", "id"),)


class Reading(Base):
    """A person has read an article; ``accepted_at``: and said that he takes note of it."""

    __tablename__ = "news_reading"

    article_id: Mapped[int] = mapped_column(BigId, ForeignKey(Article.id), primary_key=True)
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey(User.id), primary_key=True, index=True)
    read_at: Mapped[datetime.datetime] = mapped_column(UTCDateTime)
    accepted_at: Mapped[datetime.datetime | None] = mapped_column(UTCDateTime)
