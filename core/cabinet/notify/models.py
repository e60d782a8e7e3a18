"""The outbox: letters to send, being sent and sent; notices, and what people chose of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cabinet.db import BigId, PrimaryId, PublicId, UTCDateTime
from cabinet.db.core_base import Base
from cabinet.identity.models import Client

QUEUED, SENT, FAILED, DROPPED = "queued", "sent", "failed", "dropped"


class OutgoingMail(Base):
    """A letter to one address. ``state``: queued, sent (the server took it), failed (given up; ``error``: its answer), dropped (who was to
    get it may not any more).

    ``message_id`` never changes, so that a letter sent twice is recognised as one. ``about_*``: the object of it. ``page``: path of the
    page that shows how it went, for whoever sent it by hand. ``notice``: what it tells of, where that is why it was written; its words
    are written when it is first sent, and kept.
    """

    __tablename__ = "core_outgoing_mail"

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    to_address: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    state: Mapped[str] = mapped_column(String(10), default=QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    about_kind: Mapped[str] = mapped_column(String(60), default="")
    about_id: Mapped[str] = mapped_column(String(60), default="")
    client_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_client.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_user.id"))
    page: Mapped[str] = mapped_column(String(300), default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    notice: Mapped[Notice | None] = relationship(viewonly=True)
    attachments: Mapped[list[MailAttachment]] = relationship(
        cascade="all, delete-orphan", order_by="MailAttachment.position"
    )

    __table_args__ = (
        Index("ix_core_outgoing_mail_about", "about_kind", "about_id", "id"),
        Index("ix_core_outgoing_mail_state_to", "state", "to_address", "id"),
    )


class MailOutage(Base):
    """The mail server is away: one row while it is, none while it answers.

    ``failures``: tries in a row that did not get through to it; nobody tries before ``next_try_at``; ``answer``: what the last one met.
    """

    __tablename__ = "core_mail_outage"

    id: Mapped[PrimaryId]
    failures: Mapped[int]
    since: Mapped[datetime] = mapped_column(UTCDateTime)
    next_try_at: Mapped[datetime] = mapped_column(UTCDateTime)
    answer: Mapped[str] = mapped_column(Text, default="")


class MailAttachment(Base):
    """A stored file that goes with a letter."""

    __tablename__ = "core_outgoing_mail_file"

    mail_id: Mapped[int] = mapped_column(BigId, ForeignKey("core_outgoing_mail.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(BigId, ForeignKey("core_file.id"))


class Notice(Base):
    """One person is told of one thing. ``facts``: what the sender gave, ready for JSON; the words are made of it for each reader.

    ``area``: behind which door it is shown (my, office, site; empty: behind all); ``about_id``: public id of the object; ``shown``: whether
    the bell shows it, or only a letter (``mail_id``) went. ``once_key``: a person is told but once of what has the same.
    """

    __tablename__ = "core_notice"

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    kind: Mapped[str] = mapped_column(String(80))
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("core_user.id"))
    area: Mapped[str] = mapped_column(String(10))
    mail_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_outgoing_mail.id"), unique=True)
    client_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_client.id"), index=True)
    about_id: Mapped[str] = mapped_column(String(60), default="")
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    shown: Mapped[bool] = mapped_column(Boolean, default=True)
    once_key: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    client: Mapped[Client | None] = relationship()

    __table_args__ = (
        Index("ix_core_notice_user_read", "user_id", "read_at"),
        UniqueConstraint("user_id", "once_key"),
    )


class NoticeChoice(Base):
    """Whether a person wants notices of a kind by a channel (app, mail), where he has said so."""

    __tablename__ = "core_notice_choice"

    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("core_user.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(80), primary_key=True)
    channel: Mapped[str] = mapped_column(String(10), primary_key=True)
    on: Mapped[bool] = mapped_column(Boolean)
