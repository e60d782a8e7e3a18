"""Collections of personal data that somebody asked for."""

from __future__ import annotations

import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cabinet.db import BigId, PrimaryId, PublicId, UTCDateTime
from cabinet.db.core_base import Base
from cabinet.files.models import StoredFile
from cabinet.identity.models import User


class PersonalExport(Base):
    """What is kept about ``user_id``, gathered for ``asked_by`` alone. ``file_id``: once it is ready; gone after ``expires_at``."""

    __tablename__ = "core_personal_export"

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("core_user.id"), index=True)
    asked_by: Mapped[int] = mapped_column(BigId, ForeignKey("core_user.id"), index=True)
    job_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_job.id"), index=True)
    file_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_file.id"), index=True)
    created_at: Mapped[datetime.datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime.datetime] = mapped_column(UTCDateTime)

    user: Mapped[User] = relationship(foreign_keys=user_id)
    file: Mapped[StoredFile | None] = relationship()
