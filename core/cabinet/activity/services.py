"""What our people did in a month, counted from the trail: work on clients and in modules, not signing in and looking."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, func, not_, or_, select
from sqlalchemy.orm import Session, joinedload
from zope.interface import implementer

from cabinet.audit.models import AuditEvent
from cabinet.audit.services import OWN, AuditLog
from cabinet.db.paging import ListQuery, Page, paginate
from cabinet.db.scope import ALL, Chosen, scope_of
from cabinet.identity.models import User, UserRole
from cabinet.interfaces import IActivity, IAuditLog, IClock


@dataclass(frozen=True, slots=True)
class Deed:
    """How often a person did one thing. ``action``: its name in the trail."""

    action: str
    count: int


@dataclass(slots=True)
class PersonsMonth:
    """A person's month. ``deeds``: the most frequent first; ``before``: how many acts there were in the month before."""

    person: User
    last: datetime | None = None
    before: int = 0
    deeds: list[Deed] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many acts."""
        return sum(deed.count for deed in self.deeds)


@implementer(IActivity)
class Activity:
    """Counts of one transaction, within the scope of its session."""

    def __init__(self, session: Session, clock: IClock, log: AuditLog) -> None:
        self._session = session
        self._clock = clock
        self._log = log

    def person(self, public_id: uuid.UUID) -> User | None:
        """One of ours."""
        found: User | None = self._session.scalar(
            select(User).where(User.public_id == public_id, User.id.in_(select(UserRole.user_id)))
        )
        return found

    def month(self, first: date) -> list[PersonsMonth]:
        """Everybody of ours who may work or did, by name; ``first``: day one of the month."""
        people = select(User).where(User.id.in_(select(UserRole.user_id))).order_by(User.name, User.id)
        months = {person.id: PersonsMonth(person) for person in self._session.scalars(people)}
        for user_id, action, count, last in self._counted(first, next_month(first)):
            month = months[user_id]
            month.deeds.append(Deed(action, count))
            month.last = max(filter(None, (month.last, last)))
        for user_id, _action, count, _last in self._counted(previous_month(first), first):
            months[user_id].before += count
        return [one for one in months.values() if one.person.disabled_at is None or one.deeds or one.before]

    def acts(self, person: User, first: date, query: ListQuery) -> Page:
        """A page of what a person did in a month, AuditEntry rows. Filter: ``action``."""
        statement = (
            select(AuditEvent)
            .options(joinedload(AuditEvent.user), joinedload(AuditEvent.on_behalf))
            .where(AuditEvent.user_id == person.id, *self._between(first, next_month(first)))
        )
        if action := query.filters.get("action"):
            statement = statement.where(AuditEvent.action == action)
        page = paginate(self._session, statement, query, sorts={"at": AuditEvent.at}, default="-at", key=AuditEvent.id)
        return Page([self._log.entry(event) for event in page.rows], page.count, page.more)

    def _counted(self, since: date, until: date) -> Sequence[Any]:
        count = func.count()
        return self._session.execute(
            select(AuditEvent.user_id, AuditEvent.action, count, func.max(AuditEvent.at, type_=AuditEvent.at.type))
            .where(AuditEvent.user_id.in_(select(UserRole.user_id)), *self._between(since, until))
            .group_by(AuditEvent.user_id, AuditEvent.action)
            .order_by(count.desc(), AuditEvent.action)
        ).all()

    def _between(self, since: date, until: date) -> list[ColumnElement[bool]]:
        """Days from ``since`` to before ``until``; who sees some clients only is told of what was done for these."""
        zone = self._clock.zone
        limits = [
            AuditEvent.at >= datetime.combine(since, time(), zone),
            AuditEvent.at < datetime.combine(until, time(), zone),
        ]
        scope = scope_of(self._session)
        if scope is ALL:
            own = AuditEvent.action.startswith(OWN, autoescape=True)
            return [*limits, or_(AuditEvent.client_id.is_not(None), not_(own))]
        return [*limits, AuditEvent.client_id.in_(scope.ids if isinstance(scope, Chosen) else sorted(scope))]


def next_month(first: date) -> date:
    """Day one of the month after."""
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def previous_month(first: date) -> date:
    """Day one of the month before."""
    return date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1)


def activity_factory(_context: Any, request: Any) -> Activity:
    """``IActivity`` of a request."""
    return Activity(request.db, request.find_service(IClock), request.find_service(IAuditLog))
