"""Boards, topics, posts, and what each person has read and follows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cabinet.db import BigId, PrimaryId, PublicId, UTCDateTime
from cabinet_forum.base import Base


class Board(Base):
    """A place for topics. ``audience_id``: who finds it, and all that is in it."""

    __tablename__ = "forum_board"

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    title: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(String(500), default="")
    audience_id: Mapped[int] = mapped_column(BigId, ForeignKey("core_audience.id"), index=True)
    position: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Topic(Base):
    """What posts are about. ``last_post_id`` grows with each post: lists are in its order, and what is above one's mark is unread."""

    __tablename__ = "forum_topic"
    __table_args__ = (Index(None, "board_id", "pinned", "last_post_id"),)

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    board_id: Mapped[int] = mapped_column(BigId, ForeignKey("forum_board.id"))
    title: Mapped[str] = mapped_column(String(200))
    pinned: Mapped[bool] = mapped_column(Boolean, default=False)
    locked: Mapped[bool] = mapped_column(Boolean, default=False)
    posts: Mapped[int] = mapped_column(Integer, default=0)
    first_post_id: Mapped[int] = mapped_column(BigId, default=0)
    last_post_id: Mapped[int] = mapped_column(BigId, default=0, index=True)
    last_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reason: Mapped[str] = mapped_column(String(300), default="")

    board: Mapped[Board] = relationship(lazy="joined", innerjoin=True)


class Post(Base):
    """What somebody wrote. ``client_id``: for whom he wrote, None for one of us. A deleted one keeps its text for moderators."""

    __tablename__ = "forum_post"
    __table_args__ = (Index(None, "topic_id", "id"),)

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    topic_id: Mapped[int] = mapped_column(BigId, ForeignKey("forum_topic.id"))
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("core_user.id"), index=True)
    client_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_client.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    edited_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reason: Mapped[str] = mapped_column(String(300), default="")

    topic: Mapped[Topic] = relationship(lazy="joined", innerjoin=True)


class Revision(Base):
    """What a post said before it was changed, and who changed it."""

    __tablename__ = "forum_revision"

    id: Mapped[PrimaryId]
    post_id: Mapped[int] = mapped_column(BigId, ForeignKey("forum_post.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("core_user.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class BoardMark(Base):
    """All posts of a board up to ``post_id`` are read by ``user_id``: one row a person and board, however much is written."""

    __tablename__ = "forum_board_mark"

    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("core_user.id"), primary_key=True, autoincrement=False)
    board_id: Mapped[int] = mapped_column(BigId, ForeignKey("forum_board.id"), primary_key=True, autoincrement=False)
    post_id: Mapped[int] = mapped_column(BigId)


class TopicMark(Base):
    """An exception to that: of one topic more is read. They go when the whole board is read."""

    __tablename__ = "forum_topic_mark"

    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("core_user.id"), primary_key=True, autoincrement=False)
    topic_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("forum_topic.id"), primary_key=True, autoincrement=False, index=True
    )
    post_id: Mapped[int] = mapped_column(BigId)


class Subscription(Base):
    """Somebody wants to be told of a board or of a topic. ``client_id``: behind whose door; None: as one of us."""

    __tablename__ = "forum_subscription"
    __table_args__ = (UniqueConstraint("user_id", "board_id"), UniqueConstraint("user_id", "topic_id"))

    id: Mapped[PrimaryId]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("core_user.id"))
    client_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_client.id"), index=True)
    board_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("forum_board.id"), index=True)
    topic_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("forum_topic.id"), index=True)
