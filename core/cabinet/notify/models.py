"""The outbox: letters to send, being sent and sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cabinet.db import BigId, PrimaryId, PublicId, UTCDateTime
from cabinet.db.core_base import Base

QUEUED, SENT, FAILED = "queued", "sent", "failed"


class OutgoingMail(Base):
    """A letter to one address. ``state``: queued, sent (the server took it), failed (given up; ``error``: its answer).

    ``message_id`` never changes, so that a letter sent twice is recognised as one. ``about_*``: the object of it.
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
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    attachments: Mapped[list[MailAttachment]] = relationship(
        cascade="all, delete-orphan", order_by="MailAttachment.position"
    )

    __table_args__ = (Index("ix_core_outgoing_mail_about", "about_kind", "about_id", "id"),)


class MailAttachment(Base):
    """A stored file that goes with a letter."""

    __tablename__ = "core_outgoing_mail_file"

    mail_id: Mapped[int] = mapped_column(BigId, ForeignKey("core_outgoing_mail.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(BigId, ForeignKey("core_file.id"))
