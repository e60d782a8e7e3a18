"""What of the office's work there is: what a new site has begun with, what waits to be finished."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.db.memo import once
from cabinet_finsystem.interfaces import IOfficeWork
from cabinet_finsystem.invoicing.models import DRAFT, Invoice
from cabinet_finsystem.statements.models import StatementFile


@dataclass(frozen=True, slots=True)
class WorkNow:
    """Whether an invoice was ever issued and a statement handed in; how many drafts of invoices wait."""

    issued: bool
    loaded: bool
    drafts: int


@implementer(IOfficeWork)
class OfficeWork:
    """Several cards of the home ask, each for its part; the database is asked once."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def now(self) -> WorkNow:
        """As of this transaction."""
        return once(self._session, "finsystem.work", self._read)

    def _read(self) -> WorkNow:
        row = self._session.execute(
            select(
                select(Invoice.id).where(Invoice.state != DRAFT).exists(),
                select(StatementFile.id).exists(),
                select(func.count()).where(Invoice.state == DRAFT).scalar_subquery(),
            )
        ).one()
        return WorkNow(bool(row[0]), bool(row[1]), int(row[2]))


def office_work_factory(_context: Any, request: Any) -> OfficeWork:
    """``IOfficeWork`` of a request."""
    return OfficeWork(request.db)
