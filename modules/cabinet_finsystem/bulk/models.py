"""A bulk issue: what was asked, what came of it. Its invoices name it by `Invoice.bulk_id`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from cabinet.db import BigId, PrimaryId, PublicId, UTCDateTime
from cabinet_finsystem.base import Base

WAITING, ISSUED, REFUSED, VOID = "waiting", "issued", "refused", "void"


class BulkIssue(Base):
    """Invoices that are issued together, all or none. ``public_id``: of the form, so that one sent twice issues once.

    ``content``: what was asked (`values.BulkData` as JSON); ``digest``: of the plan that a person looked at, which the job must find
    again. ``state``: waiting, issued, refused (``problem`` says why: ``code``, ``text``, packed) or void. ``invoices``: how many;
    ``sums``: currency → minor units; ``letters``: how many were to leave.
    """

    __tablename__ = "finsystem_bulk_issue"

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(8))
    invoices: Mapped[int] = mapped_column(Integer)
    sums: Mapped[dict[str, int]] = mapped_column(JSON)
    letters: Mapped[int] = mapped_column(Integer)
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_user.id"), index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    void_reason: Mapped[str] = mapped_column(String(500), default="")
