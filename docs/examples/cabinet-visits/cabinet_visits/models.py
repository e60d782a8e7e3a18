"""The module's table."""

from __future__ import annotations

import datetime

from cabinet.db import BigId, ClientOwned, PrimaryId, PublicId, UTCDateTime
from sqlalchemy import Date, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from cabinet_visits.base import Base


class Visit(ClientOwned, Base):
    """Something to know about a client. `ClientOwned` gives it `client_id` and keeps other clients' sessions away."""

    __tablename__ = "visits_visit"

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text, default="")
    due: Mapped[datetime.date | None] = mapped_column(Date)
    created_at: Mapped[datetime.datetime] = mapped_column(UTCDateTime, index=True)
    done_at: Mapped[datetime.datetime | None] = mapped_column(UTCDateTime)
    author_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_user.id"), index=True)
