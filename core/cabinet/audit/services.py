"""Writing the audit trail and reading the history of one object."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, func, select
from sqlalchemy.orm import Session, joinedload
from zope.interface import implementer

from cabinet.audit.models import AuditEvent
from cabinet.db.bulk import insert_rows
from cabinet.db.scope import may_see
from cabinet.interfaces import IAuditLog, IClock
from cabinet.origin import Origin, origin_of
from cabinet.plugins.contributions import AuditAction

_TITLE_LENGTH = 300


class UndeclaredActionError(LookupError):
    """An act was recorded that no module declared: a programming error."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One act as people read it. ``title``: what was done, a TranslationString; ``who``: a person, a job, a command.

    ``kind`` and ``about`` name the object it was done to.
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

    def __init__(self, session: Session, clock: IClock, actions: Mapping[str, AuditAction], origin: Origin) -> None:
        self._session = session
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
    ) -> None:
        """Write one row, kept or lost together with the act. UndeclaredActionError."""
        act = Act(public_id, title, client_id, before, after)
        self._session.add(AuditEvent(**self._row(action, kind, act, user_id)))

    def record_many(self, action: str, kind: str, acts: Iterable[Act]) -> None:
        """The same for thousands of objects at once, in bulk. UndeclaredActionError."""
        rows = [self._row(action, kind, act, None) for act in acts]
        insert_rows(self._session, cast(Table, AuditEvent.__table__), rows)

    def _row(self, action: str, kind: str, act: Act, user_id: int | None) -> dict[str, Any]:
        if action not in self._actions:
            raise UndeclaredActionError(f"no module declares the audit action {action!r}")
        return {
            "at": self._clock.now(),
            "user_id": user_id or self._origin.user_id,
            "on_behalf_id": self._origin.on_behalf_id,
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

    def _entries(self, limit: int, *criteria: ColumnElement[bool]) -> list[AuditEntry]:
        statement = (
            select(AuditEvent)
            .options(joinedload(AuditEvent.user))
            .where(*criteria)
            .order_by(AuditEvent.id.desc())
            .limit(limit)
        )
        return [
            self._entry(event) for event in self._session.scalars(statement) if may_see(self._session, event.client_id)
        ]

    def _entry(self, event: AuditEvent) -> AuditEntry:
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
        )


def audit_factory(_context: Any, request: Any) -> AuditLog:
    """``IAuditLog`` of a request."""
    return AuditLog(
        request.db,
        request.find_service(IClock),
        request.registry.cabinet_contributions.audit_actions,
        origin_of(request),
    )
