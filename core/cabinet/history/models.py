"""Samples of the site's health."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from cabinet.db import PrimaryId, UTCDateTime
from cabinet.db.core_base import Base


class HealthSample(Base):
    """How the parts of the site were at one moment. ``tones``: part → ``warn`` or ``bad``; of all the others there was nothing to say."""

    __tablename__ = "core_health_sample"

    id: Mapped[PrimaryId]
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    tones: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
