"""Jobs: the row is the truth of what is to be done, being done and done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column
from translationstring import TranslationString

from cabinet.db import BigId, PrimaryId, PublicId, UTCDateTime
from cabinet.db.core_base import Base
from cabinet.texts import unpack_text

QUEUED, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"
UNFINISHED = (QUEUED, RUNNING)
_UNFINISHED_SQL = text("state IN ('queued', 'running')")


class Job(Base):
    """One piece of work. ``state``: queued, running, done, failed, cancelled.

    ``unique_key``: no second unfinished job with it; ``once_key``: no second job with it ever. ``woken_at``: when a
    worker was last told of it. ``lease_token`` names the run that holds it until ``lease_until``; a run that lost it
    may not commit. ``module``: for which module it works; while that is switched off, for the site or for ``client_id``, it waits.
    ``progress_*`` and ``note`` keep the last progress once the job has ended; while it runs ask ``IJobs.progress``.
    ``error``: ``code``, ``message`` (a packed text) and ``details``; ``trace`` is for the site's owner.
    """

    __tablename__ = "core_job"

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    kind: Mapped[str] = mapped_column(String(80))
    module: Mapped[str] = mapped_column(String(31), default="core", server_default="core")
    args: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(10), default=QUEUED)
    progress_done: Mapped[int] = mapped_column(default=0)
    progress_total: Mapped[int | None]
    note: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))
    attempts: Mapped[int] = mapped_column(default=0)
    unique_key: Mapped[str | None] = mapped_column(String(200))
    once_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    run_at: Mapped[datetime] = mapped_column(UTCDateTime)
    woken_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    lease_token: Mapped[str | None] = mapped_column(String(32))
    result: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))
    error: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    trace: Mapped[str | None] = mapped_column(Text)
    client_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_client.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_user.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        Index(
            "uq_core_job_unique_key_unfinished",
            "unique_key",
            unique=True,
            sqlite_where=_UNFINISHED_SQL,
            postgresql_where=_UNFINISHED_SQL,
        ),
        Index("ix_core_job_state_run_at", "state", "run_at"),
    )

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state not in UNFINISHED

    @property
    def note_text(self) -> str | TranslationString:
        """What the job last said of itself, to be translated."""
        return unpack_text(self.note)

    @property
    def error_text(self) -> str | TranslationString:
        """Why it failed, to be translated; empty where it did not."""
        return unpack_text((self.error or {}).get("message"))
