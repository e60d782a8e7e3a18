"""Live sign-ins: started, found by cookie, touched, ended. The cookie is a random token; the database knows its hash only."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, bindparam, delete, exists, func, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from cabinet.db.plain import PlainQuery
from cabinet.identity.models import (
    Client,
    CustomRole,
    LoginSession,
    Membership,
    OpenViewing,
    ReplacedSession,
    SecondFactor,
    User,
    UserCustomRole,
    UserRole,
)
from cabinet.identity.roles import CUSTOM
from cabinet.identity.viewing import Viewing
from cabinet.interfaces import IClock
from cabinet.preferences.models import StoredSetting

STAFF_ROLES = frozenset({"manager", "head", "owner", CUSTOM})
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
    """Who is asking, read afresh at each request. ``roles``: of our side; being a client's contact is a membership.

    ``granted``: the permissions of the roles that the owner put together and gave him.
    ``settings_revision``: the newest of the site's settings, told along, so that nobody has to ask for it.
    ``second_factor``: whether he has turned a second step on.
    """

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
    granted: frozenset[str] = frozenset()
    settings_revision: int | None = None
    viewing: Viewing | None = None
    second_factor: bool = False

    @property
    def on_behalf_id(self) -> int | None:
        """Internal id of the client's person through whose eyes he looks: the audit trail names both."""
        return None if self.viewing is None else self.viewing.user_id

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
    limits = STAFF_LIMITS if user.is_staff else CLIENT_LIMITS
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


_SEEN_AS = aliased(User)
_IDENTITY = PlainQuery(
    select(
        *(LoginSession.id, LoginSession.csrf_token, LoginSession.seen_at, LoginSession.expires_at),
        *(
            User.id.label("user_id"),
            User.public_id,
            User.name,
            User.email,
            User.locale,
            User.timezone,
            User.disabled_at,
        ),
        UserRole.role,
        CustomRole.permissions,
        exists().where(SecondFactor.user_id == User.id, SecondFactor.confirmed_at.is_not(None)).label("second_factor"),
        select(func.max(StoredSetting.revision)).scalar_subquery().label("settings_revision"),
        *(OpenViewing.user_id.label("seen_as"), _SEEN_AS.name.label("seen_name"), OpenViewing.until),
        *(OpenViewing.client_id, Client.public_id.label("client")),
    )
    .join(User, User.id == LoginSession.user_id)
    .outerjoin(UserRole, UserRole.user_id == User.id)
    .outerjoin(UserCustomRole, UserCustomRole.user_id == User.id)
    .outerjoin(CustomRole, CustomRole.id == UserCustomRole.custom_role_id)
    .outerjoin(OpenViewing, OpenViewing.session_id == LoginSession.id)
    .outerjoin(_SEEN_AS, _SEEN_AS.id == OpenViewing.user_id)
    .outerjoin(Client, Client.id == OpenViewing.client_id)
    .where(LoginSession.token_hash == bindparam("token"))
)
"""A row for each pair of a role and a role of the owner's making. Every request asks."""


def identify(session: Session, token: str, now: datetime) -> Identity | None:
    """The person behind a cookie's ``token``; None where the sign-in ended, expired or its user is disabled."""
    rows = _IDENTITY.ask(session, token=token_hash(token)).all()
    if not rows:
        return None
    row, granted = rows[0], [row.permissions for row in rows if row.permissions is not None]
    roles = frozenset(row.role for row in rows if row.role is not None) | ({CUSTOM} if granted else set())
    limits = STAFF_LIMITS if roles & STAFF_ROLES else CLIENT_LIMITS
    if row.disabled_at is not None or now >= row.expires_at or now - row.seen_at >= limits.idle:
        return None
    return Identity(
        user_id=row.user_id,
        public_id=row.public_id,
        name=row.name,
        email=row.email,
        locale=row.locale,
        timezone=row.timezone,
        roles=roles,
        session_id=row.id,
        csrf_token=row.csrf_token,
        seen_at=row.seen_at,
        granted=frozenset(name for permissions in granted for name in permissions),
        settings_revision=row.settings_revision,
        viewing=_viewing(row),
        second_factor=bool(row.second_factor),
    )


def _viewing(row: Any) -> Viewing | None:
    return (
        None if row.seen_as is None else Viewing(row.seen_as, row.seen_name, row.client_id, row.client.hex, row.until)
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


def rotate(session: Session, session_id: int) -> str:
    """A new token for a sign-in that goes on; the cookie it had is worthless from now on.

    Forms that stand open in other tabs still send: their token is of the sign-in, not of the cookie.
    """
    token = secrets.token_urlsafe(32)
    session.execute(update(LoginSession).where(LoginSession.id == session_id).values(token_hash=token_hash(token)))
    return token


def replace_all(session: Session, user: User, now: datetime, *, user_agent: str, address: str) -> int:
    """End every sign-in of ``user`` in favour of a new one from ``user_agent`` and ``address``; returns how many there were.

    Of two that come at the same moment one waits for the other: the person's row is locked.
    """
    session.execute(select(User.id).where(User.id == user.id).with_for_update())
    tokens = session.scalars(select(LoginSession.token_hash).where(LoginSession.user_id == user.id)).all()
    session.execute(delete(ReplacedSession).where(ReplacedSession.at < now - CLIENT_LIMITS.absolute))
    session.add_all(
        ReplacedSession(token_hash=token, user_agent=user_agent[:300], address=address[:45], at=now) for token in tokens
    )
    end_all(session, user.id)
    return len(tokens)


def replaced(session: Session, token: str) -> ReplacedSession | None:
    """By what the sign-in of a cookie's ``token`` was ended; None where it was not."""
    return session.get(ReplacedSession, token_hash(token))


def end(session: Session, session_id: int) -> None:
    """Sign out: the cookie is worthless from now on."""
    session.execute(delete(LoginSession).where(LoginSession.id == session_id))


def end_all(session: Session, user_id: int, *, but: int | None = None) -> None:
    """End every sign-in of a user, except session ``but``."""
    statement = delete(LoginSession).where(LoginSession.user_id == user_id)
    if but is not None:
        statement = statement.where(LoginSession.id != but)
    session.execute(statement)


def end_everybody(session: Session, *, but: int | None = None) -> int:
    """End every sign-in of the site, except session ``but``; returns how many."""
    statement = delete(LoginSession)
    if but is not None:
        statement = statement.where(LoginSession.id != but)
    return session.execute(statement).rowcount  # type: ignore[attr-defined, no-any-return]


def one_at_a_time(session: Session, user_id: int) -> bool:
    """Whether a client that the user acts for wants him signed in on one device at a time: the strictest of them decides."""
    strict = Client.several_sessions.is_(False) & Client.archived_at.is_(None)
    statement = select(Membership.id).join(Client, Client.id == Membership.client_id)
    return session.scalar(statement.where(Membership.user_id == user_id, strict).limit(1)) is not None


def memberships(session: Session, user_id: int) -> list[Membership]:
    """The clients a user may act for, by name; archived ones are not served."""
    rows = session.scalars(
        select(Membership)
        .join(Membership.client)
        .options(contains_eager(Membership.client), joinedload(Membership.custom_role))
        .where(Membership.user_id == user_id, Client.archived_at.is_(None))
    ).all()
    return sorted(rows, key=lambda row: row.client.name.casefold())


def now_of(request: Any) -> datetime:
    """The instant, asked of the clock of ``request``."""
    instant: datetime = request.find_service(IClock).now()
    return instant
