"""Tables somebody loaded."""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from cabinet.db import BigId, PrimaryId, PublicId, UTCDateTime
from cabinet.db.core_base import Base


class ImportedTable(Base):
    """A table somebody loaded: kept, looked through, and taken in once. ``kind``: name of the ITableReader that reads it.

    ``options``: what was chosen with it. ``state``: checking → checked → done, or refused where it is no table. ``report``: what the
    check, then the import, found; of a refused one, why. ``job_id``: the work that checks it.
    """

    __tablename__ = "core_imported_table"

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    kind: Mapped[str] = mapped_column(String(60))
    options: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    file_id: Mapped[int] = mapped_column(BigId, ForeignKey("core_file.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_user.id"), index=True)
    job_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_job.id"), index=True)
    state: Mapped[str] = mapped_column(String(10), default="checking")
    report: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime.datetime] = mapped_column(UTCDateTime)
    done_at: Mapped[datetime.datetime | None] = mapped_column(UTCDateTime)
