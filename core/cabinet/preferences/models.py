"""What the owner has set on the site's own page; what is not here is as ``cabinet.toml`` or the module says."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from cabinet.db import BigId, UTCDateTime
from cabinet.db.core_base import Base


class StoredSetting(Base):
    """One setting. ``value`` None: as it is by default. A secret is sealed, a picture stands in ``file_id``.

    ``revision`` grows with every change of any setting: who knows the highest one knows whether what he has read is still so.
    """

    __tablename__ = "core_setting"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    file_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_file.id"))
    revision: Mapped[int] = mapped_column(BigInteger, index=True)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_user.id"))
