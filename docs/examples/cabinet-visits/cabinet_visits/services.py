"""The rules: no request, no page, no template."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from cabinet.db.paging import ListQuery, Page, contains, paginate
from cabinet.errors import ConflictError, DomainError, NotFoundError
from cabinet.identity.models import Client
from cabinet.interfaces import IAuditLog, IClock, INotices
from cabinet.origin import Origin, origin_of
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet_visits.interfaces import IVisits, VisitRow
from cabinet_visits.models import Visit
from cabinet_visits.texts import _


class EmptyVisitError(DomainError):
    """A visit says nothing."""


@implementer(IVisits)
class Visits:
    """The visits of one transaction."""

    def __init__(self, session: Session, clock: IClock, audit: IAuditLog, notices: INotices, origin: Origin) -> None:
        self._session = session
        self._clock = clock
        self._audit = audit
        self._notices = notices
        self._origin = origin

    def add(self, client_id: int, *, subject: str, text: str = "", due: datetime.date | None = None) -> VisitRow:
        """Write a visit down. EmptyVisitError."""
        if not subject.strip():
            raise EmptyVisitError(
                "visits_empty",
                _("Write what will be done."),
                {"field": "subject"},
            )
        visit = Visit(
            client_id=client_id,
            subject=subject.strip(),
            text=text.strip(),
            due=due,
            created_at=self._clock.now(),
            author_id=self._origin.user_id,
        )
        self._session.add(visit)
        self._session.flush()
        self._audit.record(
            "visits.visit.added",
            kind="visits.visit",
            public_id=visit.public_id,
            title=visit.subject,
            client_id=client_id,
            after={"subject": visit.subject, "due": due.isoformat() if due else None},
        )
        self._notices.send(
            "visits.visit.added",
            about=str(visit.public_id),
            client_id=client_id,
            facts={"subject": visit.subject},
        )
        return self.by_public_id(visit.public_id)

    def close(self, public_id: uuid.UUID) -> None:
        """Put a visit away. NotFoundError, ConflictError."""
        visit = self._session.scalar(select(Visit).where(Visit.public_id == public_id).with_for_update())
        if visit is None:
            raise _no_visit()
        if visit.done_at is not None:
            raise ConflictError("visits_done", _("This visit was made already."))
        visit.done_at = self._clock.now()
        self._session.flush()
        self._audit.record(
            "visits.visit.done",
            kind="visits.visit",
            public_id=public_id,
            title=visit.subject,
            client_id=visit.client_id,
        )

    def by_public_id(self, public_id: uuid.UUID) -> VisitRow:
        """One visit; NotFoundError."""
        found = self._session.execute(self._select().where(Visit.public_id == public_id)).first()
        if found is None:
            raise _no_visit()
        return _row(*found)

    def page(self, query: ListQuery) -> Page:
        """A Page of VisitRow."""
        sorts = {"date": Visit.created_at, "subject": Visit.subject, "client": Client.name}
        statement = self._select().where(*_wanted(query))
        page = paginate(self._session, statement, query, sorts=sorts, default="-date", key=Visit.id, scalars=False)
        return Page([_row(row[0], row[1]) for row in page.rows], page.count, page.more)

    def open_count(self) -> int:
        """How many visits are open."""
        return self._session.scalar(select(func.count(Visit.id)).where(Visit.done_at.is_(None))) or 0

    def _select(self) -> Select[*tuple[Any, ...]]:
        return select(Visit, Client.name).join(Client, Client.id == Visit.client_id)


def visits_factory(_context: Any, request: Any) -> Visits:
    """`IVisits` of a request."""
    return Visits(
        request.db,
        request.find_service(IClock),
        request.find_service(IAuditLog),
        request.find_service(INotices),
        origin_of(request),
    )


def _wanted(query: ListQuery) -> list[ColumnElement[bool]]:
    criteria: list[ColumnElement[bool]] = []
    if query.search:
        criteria.append(or_(contains(Visit.subject, query.search), contains(Client.name, query.search)))
    match query.filters.get("state"):
        case "open":
            criteria.append(Visit.done_at.is_(None))
        case "done":
            criteria.append(Visit.done_at.is_not(None))
    return criteria


def _row(visit: Visit, client_name: str) -> VisitRow:
    return VisitRow(
        public_id=visit.public_id,
        client_id=visit.client_id,
        client_name=client_name,
        subject=visit.subject,
        text=visit.text,
        due=visit.due,
        created_at=visit.created_at,
        done_at=visit.done_at,
    )


def _no_visit() -> NotFoundError:
    return NotFoundError("visits_no_visit", _("There is no such visit."))
