"""Looking at a client's cabinet through the eyes of one of his people: begun and ended, and how long it may last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.identity.models import Client, LoginSession, Membership, OpenViewing, User
from cabinet.interfaces import IAuditLog, IClock, IViewing

VIEW_AS = "core:contact:view_as"
LASTS = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Viewing:
    """Through whose eyes a sign-in looks, at which client, until when (UTC)."""

    user_id: int
    name: str
    client_id: int
    client: str
    until: datetime


@implementer(IViewing)
class Viewings:
    """Acts of one transaction."""

    def __init__(self, session: Session, clock: IClock, audit: IAuditLog) -> None:
        self._session = session
        self._clock = clock
        self._audit = audit

    def membership(self, client_id: int, user_id: int) -> Membership | None:
        """The live membership to look through: none of a person who is switched off, nor of an archived client."""
        statement = (
            select(Membership)
            .join(Membership.client)
            .join(Membership.user)
            .where(
                Membership.client_id == client_id,
                Membership.user_id == user_id,
                User.disabled_at.is_(None),
                Client.archived_at.is_(None),
            )
        )
        found: Membership | None = self._session.scalar(statement)
        return found

    def begin(self, session_id: int, membership: Membership) -> None:
        """Let a sign-in look through the eyes of a client's person, for half an hour at the most."""
        contact, client = membership.user, membership.client
        now = self._clock.now()
        self._session.merge(
            OpenViewing(session_id=session_id, user_id=contact.id, client_id=client.id, until=now + LASTS)
        )
        self._session.flush()
        self._audit.record(
            "core.viewing.started",
            kind="client",
            public_id=client.public_id,
            title=client.name,
            client_id=client.id,
            on_behalf_id=contact.id,
        )

    def end(self, session_id: int) -> bool:
        """End it; False where somebody did so before."""
        found = self._session.scalar(
            select(OpenViewing).where(OpenViewing.session_id == session_id).with_for_update(of=OpenViewing)
        )
        if found is None:
            return False
        client, login = found.client, self._session.get_one(LoginSession, session_id)
        self._audit.record(
            "core.viewing.ended",
            kind="client",
            public_id=client.public_id,
            title=client.name,
            client_id=client.id,
            user_id=login.user_id,
            on_behalf_id=found.user_id,
        )
        self._session.delete(found)
        self._session.flush()
        return True
