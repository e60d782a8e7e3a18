"""Closing periods as the head does it: with a look at what is unfinished, and a word to the owner where days are opened again."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.identity.models import User
from cabinet.interfaces import IClock, INotices
from cabinet_finsystem.acts.models import DRAFT as DRAFT_ACT
from cabinet_finsystem.acts.models import Act
from cabinet_finsystem.closing.notices import REOPENED
from cabinet_finsystem.closing.values import Closing, Gap, Obstacles
from cabinet_finsystem.errors import PeriodClosedError
from cabinet_finsystem.interfaces import ILedger, IPeriods
from cabinet_finsystem.invoicing.models import DRAFT, Invoice
from cabinet_finsystem.ledger.models import PeriodClose
from cabinet_finsystem.statements.models import Statement, StatementLine
from cabinet_finsystem.texts import _

_DAY = datetime.timedelta(1)
_MOST_GAPS = 20


@implementer(IPeriods)
class Periods:
    """The closed part of the books."""

    def __init__(self, session: Session, clock: IClock, ledger: ILedger, notices: INotices) -> None:
        self._session = session
        self._clock = clock
        self._ledger = ledger
        self._notices = notices

    def closed_through(self) -> datetime.date | None:
        """The last closed day, or None."""
        found: datetime.date | None = self._ledger.closed_through()
        return found

    def history(self, limit: int) -> list[Closing]:
        """The latest acts of closing and opening, the newest first. One query."""
        rows = self._session.execute(
            select(PeriodClose, User.name)
            .outerjoin(User, User.id == PeriodClose.user_id)
            .order_by(PeriodClose.id.desc())
            .limit(limit + 1)
        ).all()
        before = [*(row.closed_through for row, _name in rows[1:]), None][: len(rows)]
        return [
            Closing(row.closed_through, was, row.at, row.reason, name or "")
            for (row, name), was in zip(rows, before, strict=True)
        ][:limit]

    def obstacles(self, through: datetime.date) -> Obstacles:
        """What is unfinished up to ``through``. Three queries."""
        closed = self.closed_through()
        lines = select(func.count()).select_from(StatementLine).where(StatementLine.booking_date <= through)
        held = (
            select(func.count())
            .select_from(Statement)
            .where(
                Statement.state == "held",
                or_(Statement.period_from.is_(None), Statement.period_from <= through),
            )
        )
        drafts = select(func.count()).select_from(Invoice).where(Invoice.state == DRAFT, Invoice.date <= through)
        acts = select(func.count()).select_from(Act).where(Act.state == DRAFT_ACT, Act.date <= through)
        row = self._session.execute(
            select(
                lines.where(StatementLine.state == "unsorted").scalar_subquery(),
                lines.where(StatementLine.state == "proposed").scalar_subquery(),
                drafts.scalar_subquery(),
                acts.scalar_subquery(),
                held.scalar_subquery(),
            )
        ).one()
        unsorted, proposed, invoices, waybills, waiting = (int(n) for n in row)
        gaps = list(self._gaps(closed, through))[:_MOST_GAPS]
        return Obstacles(through, unsorted, proposed, invoices + waybills, waiting, gaps)

    def close(self, through: datetime.date, *, reason: str) -> None:
        """Close all days up to ``through``, which must be over. PeriodClosedError."""
        if through >= self._clock.today():
            raise PeriodClosedError(
                "period_not_over",
                _("Only days that are over can be closed: choose yesterday or an earlier day."),
                {"field": "through"},
            )
        self._ledger.close_through(through, reason=reason)

    def reopen(self, through: datetime.date | None, *, reason: str) -> None:
        """Open all days after ``through`` (None: all) again; the owner is told. PeriodClosedError."""
        closed = self.closed_through()
        self._ledger.reopen(through, reason=reason)
        facts = {
            "closed": closed.isoformat() if closed else None,
            "through": through.isoformat() if through else None,
            "reason": reason,
        }
        self._notices.send(REOPENED, facts=facts)

    def _gaps(self, closed: datetime.date | None, through: datetime.date) -> Iterator[Gap]:
        """Days after what is closed that no statement of an account covers, from the first one that the account ever had."""
        rows = self._session.execute(
            select(Statement.account, Statement.period_from, Statement.period_to)
            .where(Statement.state == "applied", Statement.period_from.is_not(None), Statement.period_to.is_not(None))
            .order_by(Statement.account, Statement.period_from)
        )
        spans: defaultdict[str, list[tuple[datetime.date, datetime.date]]] = defaultdict(list)
        for account, since, until in rows:
            if since is not None and until is not None:
                spans[account].append((since, until))
        for account, covered in spans.items():
            first = covered[0][0] if closed is None else max(covered[0][0], closed + _DAY)
            yield from _holes(account, covered, first, through)


def _holes(
    account: str, covered: Iterable[tuple[datetime.date, datetime.date]], first: datetime.date, last: datetime.date
) -> Iterator[Gap]:
    """What of ``first`` to ``last`` lies in none of the spans, which come in the order of their beginnings."""
    day = first
    for since, until in covered:
        if since > day and day <= last:
            yield Gap(account, day, min(since - _DAY, last))
        day = max(day, until + _DAY)
    if day <= last:
        yield Gap(account, day, last)


def periods_factory(_context: Any, request: Any) -> Periods:
    """``IPeriods`` of a request."""
    return Periods(
        request.db, request.find_service(IClock), request.find_service(ILedger), request.find_service(INotices)
    )
