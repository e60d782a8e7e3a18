"""Writing the audit trail and reading the history of one object."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, func, select
from sqlalchemy.orm import Session, joinedload
from zope.interface import implementer

from cabinet.audit.chain import Sealing, entry_digest, seal_committed
from cabinet.audit.models import AuditEvent
from cabinet.db.bulk import insert_rows
from cabinet.db.paging import ListQuery, Page, contains, paginate
from cabinet.db.scope import visible
from cabinet.interfaces import IAuditLog, IClock
from cabinet.origin import Origin, origin_of
from cabinet.plugins.contributions import AuditAction
from cabinet.tables import parse_date

_TITLE_LENGTH = 300
OWN = "core."  # how the names of the core's own acts begin


class UndeclaredActionError(LookupError):
    """An act was recorded that no module declared: a programming error."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One act as people read it. ``title``: what was done, a TranslationString; ``who``: a person, a job, a command.

    ``kind`` and ``about`` name the object it was done to; ``of_office``: it is a client's or of the office's business; ``number``: place in
    the chain; ``as_whom``: through whose eyes the person looked meanwhile.
    """

    at: datetime
    action: str
    title: str
    kind: str
    about: str
    who: str
    actor: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    address: str = ""
    of_office: bool = False
    as_whom: str = ""
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """What was done to one object. ``before``/``after``: small dicts ready for JSON, secrets masked."""

    public_id: Any
    title: str = ""
    client_id: int | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


@implementer(IAuditLog)
class AuditLog:
    """The audit trail of one transaction."""

    def __init__(
        self,
        session: Session,
        clock: IClock,
        actions: Mapping[str, AuditAction],
        origin: Origin,
        sealing: Sealing,
    ) -> None:
        self._session = session
        self._sealing = sealing
        self._clock = clock
        self._actions = actions
        self._origin = origin

    def record(
        self,
        action: str,
        *,
        kind: str,
        public_id: Any,
        title: str = "",
        client_id: int | None = None,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        user_id: int | None = None,
        on_behalf_id: int | None = None,
    ) -> None:
        """Write one row, kept or lost together with the act. UndeclaredActionError."""
        act = Act(public_id, title, client_id, before, after)
        self._session.add(AuditEvent(**self._row(action, kind, act, user_id, on_behalf_id)))

    def record_many(self, action: str, kind: str, acts: Iterable[Act]) -> None:
        """The same for thousands of objects at once, in bulk. UndeclaredActionError."""
        rows = [self._row(action, kind, act) for act in acts]
        insert_rows(self._session, cast(Table, AuditEvent.__table__), rows)

    def _row(
        self, action: str, kind: str, act: Act, user_id: int | None = None, on_behalf_id: int | None = None
    ) -> dict[str, Any]:
        if action not in self._actions:
            raise UndeclaredActionError(f"no module declares the audit action {action!r}")
        row = {
            "uid": uuid.uuid4(),
            "at": self._clock.now(),
            "user_id": user_id or self._origin.user_id,
            "on_behalf_id": on_behalf_id or self._origin.on_behalf_id,
            "actor": self._origin.actor,
            "action": action,
            "kind": kind,
            "object_id": str(act.public_id),
            "title": act.title[:_TITLE_LENGTH],
            "client_id": act.client_id,
            "before": dict(act.before) if act.before is not None else None,
            "after": dict(act.after) if act.after is not None else None,
            "address": self._origin.address,
            "request_id": self._origin.request_id,
        }
        row["digest"] = entry_digest(row)
        self._sealing.expect(row)
        return row

    def of(self, kind: str, public_id: Any, limit: int = 50) -> list[AuditEntry]:
        """History of one object, newest first; nothing of clients outside the session's scope."""
        return self._entries(limit, AuditEvent.kind == kind, AuditEvent.object_id == str(public_id))

    def of_client(self, client_id: int, limit: int = 50) -> list[AuditEntry]:
        """History of a client and of all that is his, newest first; empty outside the session's scope."""
        return self._entries(limit, AuditEvent.client_id == client_id)

    def latest(self, action: str, kind: str, public_ids: Iterable[Any]) -> dict[str, datetime]:
        """When ``action`` was last done to each of ``public_ids``, by the text of the public id."""
        statement = (
            select(AuditEvent.object_id, func.max(AuditEvent.at).label("at"))
            .where(
                AuditEvent.kind == kind,
                AuditEvent.object_id.in_([str(i) for i in public_ids]),
                AuditEvent.action == action,
            )
            .group_by(AuditEvent.object_id)
        )
        return {row.object_id: row.at for row in self._session.execute(statement)}

    def page(self, query: ListQuery, *, clients_too: bool) -> Page:
        """A page of the whole trail, AuditEntry rows, for the owner of the site.

        Filters: ``action`` (its name, or the beginning of names up to a dot), ``who`` (public id of a user), ``from`` and ``to``
        (dates as typed). Without ``clients_too`` an act on a client's object, or of a module, tells neither the object nor the
        change, and search does not look there: a bank line without an owner names clients, too.
        """
        statement = (
            select(AuditEvent)
            .options(joinedload(AuditEvent.user), joinedload(AuditEvent.on_behalf))
            .where(*self._asked(query))
        )
        if query.search:
            found = contains(AuditEvent.title, query.search) | contains(AuditEvent.address, query.search)
            statement = statement.where(found)
            if not clients_too:
                statement = statement.where(AuditEvent.client_id.is_(None), AuditEvent.action.startswith(OWN))
        page = paginate(self._session, statement, query, sorts={"at": AuditEvent.at}, default="-at", key=AuditEvent.id)
        entries = [self.entry(event) for event in page.rows]
        hidden = [
            e if clients_too or not e.of_office else replace(e, about="", before=None, after=None) for e in entries
        ]
        return replace(page, rows=hidden)

    def _asked(self, query: ListQuery) -> Iterator[ColumnElement[bool]]:
        action, who = query.filters.get("action", ""), query.filters.get("who", "")
        if action:
            # A group's name ends with a dot.
            yield (
                AuditEvent.action.startswith(action, autoescape=True)
                if action[-1] == "."
                else AuditEvent.action == action
            )
        if who:
            yield AuditEvent.user.has(public_id=_uuid(who))
        since, until = _day(query.filters.get("from")), _day(query.filters.get("to"))
        if since is not None:
            yield AuditEvent.at >= datetime.combine(since, time(), self._clock.zone)
        if until is not None:
            yield AuditEvent.at < datetime.combine(until + timedelta(days=1), time(), self._clock.zone)

    def _entries(self, limit: int, *criteria: ColumnElement[bool]) -> list[AuditEntry]:
        statement = (
            select(AuditEvent)
            .options(joinedload(AuditEvent.user), joinedload(AuditEvent.on_behalf))
            .where(*criteria)
            .order_by(AuditEvent.id.desc())
            .limit(limit)
        )
        found = self._session.scalars(statement).all()
        seen = visible(self._session, [event.client_id for event in found])
        return [self.entry(event) for event in found if event.client_id is None or event.client_id in seen]

    def entry(self, event: AuditEvent) -> AuditEntry:
        """A row as people read it."""
        declared = self._actions.get(event.action)
        return AuditEntry(
            at=event.at,
            action=event.action,
            title=declared.title if declared else event.action,
            kind=event.kind,
            about=event.title,
            who=event.user.name if event.user else event.actor,
            actor=event.actor,
            before=event.before,
            after=event.after,
            address=event.address,
            of_office=event.client_id is not None or not event.action.startswith(OWN),
            as_whom=event.on_behalf.name if event.on_behalf else "",
            number=event.seq,
        )


def _day(typed: str | None) -> date | None:
    """The day that was typed, or None where it is none: a damaged link shows everything."""
    try:
        return parse_date(typed) if typed else None
    except ValueError:
        return None


def _uuid(typed: str) -> uuid.UUID:
    try:
        return uuid.UUID(typed)
    except ValueError:
        return uuid.UUID(int=0)


def audit_factory(_context: Any, request: Any) -> AuditLog:
    """``IAuditLog`` of a request."""
    return AuditLog(
        request.db,
        request.find_service(IClock),
        request.registry.cabinet_contributions.audit_actions,
        origin_of(request),
        Sealing(request.db, request.tm, request.registry.cabinet_engine),
    )


def seal_audit(_job: Any, registry: Any) -> dict[str, int]:
    """The job ``core.seal_audit``: what a crash left between an act and its seal joins the chain."""
    return {"sealed": seal_committed(registry.cabinet_engine)}
