"""Live sign-ins: started, found by cookie, touched, ended. The cookie is a random token; the database knows its hash only."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, delete, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, joinedload

from cabinet.identity.models import LoginSession, Membership, User
from cabinet.interfaces import IClock

STAFF_ROLES = frozenset({"manager", "head", "owner"})
TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a sign-in lives: without a click, and at all."""

    idle: timedelta
    absolute: timedelta


STAFF_LIMITS = Limits(idle=timedelta(minutes=30), absolute=timedelta(hours=12))
CLIENT_LIMITS = Limits(idle=timedelta(hours=24), absolute=timedelta(days=14))


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is asking, read afresh at each request. ``roles``: of our side; being a client's contact is a membership."""

    user_id: int
    public_id: uuid.UUID
    name: str
    email: str
    locale: str | None
    timezone: str | None
    roles: frozenset[str]
    session_id: int
    csrf_token: str
    seen_at: datetime

    @property
    def is_staff(self) -> bool:
        """Whether the person works for the site's company."""
        return bool(self.roles & STAFF_ROLES)


def token_hash(token: str) -> str:
    """What the database keeps of a secret token."""
    return hashlib.sha256(token.encode()).hexdigest()


def start(session: Session, user: User, now: datetime, *, user_agent: str, address: str) -> str:
    """A new sign-in of ``user``; returns the cookie's token, shown to nobody else and stored nowhere."""
    token = secrets.token_urlsafe(32)
    limits = STAFF_LIMITS if {r.role for r in user.roles} & STAFF_ROLES else CLIENT_LIMITS
    session.add(
        LoginSession(
            token_hash=token_hash(token),
            csrf_token=secrets.token_urlsafe(32),
            user_id=user.id,
            user_agent=user_agent[:300],
            address=address[:45],
            created_at=now,
            seen_at=now,
            expires_at=now + limits.absolute,
        )
    )
    return token


def identify(session: Session, token: str, now: datetime) -> Identity | None:
    """The person behind a cookie's ``token``; None where the sign-in ended, expired or its user is disabled."""
    statement = (
        select(LoginSession, User)
        .join(User, User.id == LoginSession.user_id)
        .options(joinedload(User.roles))
        .where(LoginSession.token_hash == token_hash(token))
    )
    row = session.execute(statement).unique().one_or_none()
    if row is None:
        return None
    login, user = row
    roles = frozenset(row.role for row in user.roles)
    limits = STAFF_LIMITS if roles & STAFF_ROLES else CLIENT_LIMITS
    if user.disabled_at is not None or now >= login.expires_at or now - login.seen_at >= limits.idle:
        return None
    return Identity(
        user_id=user.id,
        public_id=user.public_id,
        name=user.name,
        email=user.email,
        locale=user.locale,
        timezone=user.timezone,
        roles=roles,
        session_id=login.id,
        csrf_token=login.csrf_token,
        seen_at=login.seen_at,
    )


def touch(engine: Engine, identity: Identity, now: datetime) -> None:
    """Remember that the person is here, at most once a minute. Skipped where the database is busy: it will come again."""
    if now - identity.seen_at < TOUCH_EVERY:
        return
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA busy_timeout = 20")
            connection.execute(update(LoginSession).where(LoginSession.id == identity.session_id).values(seen_at=now))
            connection.commit()
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA busy_timeout = 30000")
    except OperationalError:
        return


def end(session: Session, session_id: int) -> None:
    """Sign out: the cookie is worthless from now on."""
    session.execute(delete(LoginSession).where(LoginSession.id == session_id))


def end_all(session: Session, user_id: int, *, but: int | None = None) -> None:
    """End every sign-in of a user, except session ``but``."""
    statement = delete(LoginSession).where(LoginSession.user_id == user_id)
    if but is not None:
        statement = statement.where(LoginSession.id != but)
    session.execute(statement)


def memberships(session: Session, user_id: int) -> list[Membership]:
    """The clients a user may act for, by name."""
    rows = session.scalars(
        select(Membership).options(joinedload(Membership.client)).where(Membership.user_id == user_id)
    ).all()
    return sorted(rows, key=lambda row: row.client.name.casefold())


def now_of(request: Any) -> datetime:
    """The instant, asked of the clock of ``request``."""
    instant: datetime = request.find_service(IClock).now()
    return instant
