"""The audit trail: one row an act, written with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cabinet.db import BigId, PrimaryId, PublicId, UTCDateTime
from cabinet.db.core_base import Base


class AuditEvent(Base):
    """Who did what to which object. ``actor`` names the job or command where nobody sat at the keys.

    ``object_id``: public id of the object; ``before``/``after``: what changed, secrets masked. ``digest`` is of the row itself;
    ``seq`` and ``hash`` are its place in the chain, given once, when it is sealed (``cabinet.audit.chain``).
    """

    __tablename__ = "core_audit_event"

    id: Mapped[PrimaryId]
    uid: Mapped[PublicId]
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_user.id"), index=True)
    on_behalf_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_user.id"))
    actor: Mapped[str] = mapped_column(String(200), default="")
    action: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(60))
    object_id: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(300), default="")
    client_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_client.id"), index=True)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    address: Mapped[str] = mapped_column(String(45), default="")
    request_id: Mapped[str] = mapped_column(String(40), default="")
    digest: Mapped[str] = mapped_column(String(64))
    seq: Mapped[int | None] = mapped_column(BigId, unique=True)
    hash: Mapped[str | None] = mapped_column(String(64))

    # Named, not imported: audit and identity are siblings.
    user: Mapped[Any] = relationship("User", foreign_keys=user_id)
    on_behalf: Mapped[Any] = relationship("User", foreign_keys=on_behalf_id)

    __table_args__ = (
        Index("ix_core_audit_event_object", "kind", "object_id", "id"),
        Index("ix_core_audit_event_action", "action", "id"),
        Index(
            "ix_core_audit_event_unsealed",
            "id",
            sqlite_where=text("seq IS NULL"),
            postgresql_where=text("seq IS NULL"),
        ),
    )


class AuditHead(Base):
    """The last link of the chain, one row: where sealing goes on, and what shows that the end was cut off."""

    __tablename__ = "core_audit_head"

    id: Mapped[PrimaryId]
    seq: Mapped[int] = mapped_column(BigId)
    hash: Mapped[str] = mapped_column(String(64))
