"""Stored files: what a row knows of bytes that lie elsewhere."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from cabinet.db import BigId, PrimaryId, PublicId, UTCDateTime
from cabinet.db.core_base import Base


class StoredFile(Base):
    """A file as one feature knows it; the bytes lie under their SHA-256 and may be shared by many rows.

    ``name``: for people only, never a path. ``module``: id of the module whose rows refer to it. ``size`` in bytes.
    """

    __tablename__ = "core_file"

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    module: Mapped[str] = mapped_column(String(40))
    client_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_client.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_user.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
