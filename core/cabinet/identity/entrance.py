"""Coming in: by password, by a link that set one, and by a second step where the person has turned it on."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.identity import sessions
from cabinet.identity.links import RESET, SECOND, Links
from cabinet.identity.models import User
from cabinet.identity.passwords import hash_password, needs_rehash, verify_password
from cabinet.interfaces import IAuditLog, IClock, IEntrance, IPeople, ISecondFactor


@dataclass(frozen=True, slots=True)
class Visitor:
    """What a sign-in keeps of the browser."""

    user_agent: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who proved himself. ``complete``: ``token`` is a session's; else it only names who still owes the second step."""

    user: User
    token: str
    complete: bool
    by_recovery_code: bool = False


@implementer(IEntrance)
class Entrance:
    """The one place that starts sign-ins: no way in goes around the second step."""

    def __init__(
        self, session: Session, clock: IClock, audit: IAuditLog, people: IPeople, second_factor: ISecondFactor
    ) -> None:
        self._session = session
        self._clock = clock
        self._audit = audit
        self._people = people
        self._second_factor = second_factor
        self._links = Links(session, clock, audit)

    def by_password(self, email: str, password: str, visitor: Visitor) -> Arrival | None:
        """Arrival, or None for any reason at all: the caller cannot learn which, and it costs the same."""
        user = self._people.by_email(email)
        encoded = user.password_hash if user is not None and user.disabled_at is None else None
        if not verify_password(encoded, password) or user is None or encoded is None:
            return None
        if not self._holds_still(user, encoded):
            return None
        if needs_rehash(encoded):
            user.password_hash = hash_password(password)
        return self.arrive(user, visitor)

    def _holds_still(self, user: User, encoded: str) -> bool:
        """Whether the password is the person's yet, and he is not shut out: looking at it took a while.

        From here on the row is ours: whoever changes the password now waits, and ends the sign-in that begins here with all others.
        """
        of_user = select(User.password_hash, User.disabled_at).where(User.id == user.id)
        row = self._session.execute(of_user.with_for_update(key_share=True)).one()
        return row.password_hash == encoded and row.disabled_at is None

    def arrive(self, user: User, visitor: Visitor) -> Arrival:
        """Let in who has proved by a password, old or just set, that he is ``user``; or ask for the second step."""
        if self._second_factor.state(user).on:
            self._audit.record(
                "core.session.owed", kind="user", public_id=user.public_id, title=user.email, user_id=user.id
            )
            return Arrival(user, self._links.make(user, SECOND), complete=False)
        return self._in(user, visitor)

    def waiting(self, token: str) -> User:
        """Who owes the second step; LinkDeadError where he took too long."""
        _link, user = self._links.open(token, SECOND)
        return user

    def by_code(self, token: str, code: str, visitor: Visitor) -> Arrival:
        """The second step. LinkDeadError, WrongCodeError."""
        link, user = self._links.open(token, SECOND)
        recovery = self._second_factor.check(user, code)
        self._links.spend(link)
        return self._in(user, visitor, by_recovery_code=recovery)

    def renew(self, user: User, visitor: Visitor) -> str:
        """A new session's token in place of the one that asks; all others of the person end."""
        sessions.end_all(self._session, user.id)
        return self._start(user, visitor)

    def _in(self, user: User, visitor: Visitor, *, by_recovery_code: bool = False) -> Arrival:
        if sessions.one_at_a_time(self._session, user.id):
            self._replace_others(user, visitor)
        self._links.kill(user, RESET)  # he needs it no more, and somebody may read the letter later
        token = self._start(user, visitor)
        self._audit.record(
            "core.session.started", kind="user", public_id=user.public_id, title=user.email, user_id=user.id
        )
        return Arrival(user, token, complete=True, by_recovery_code=by_recovery_code)

    def _replace_others(self, user: User, visitor: Visitor) -> None:
        now = self._clock.now()
        ended = sessions.replace_all(self._session, user, now, user_agent=visitor.user_agent, address=visitor.address)
        if ended:
            self._audit.record(
                "core.session.replaced", kind="user", public_id=user.public_id, title=user.email, user_id=user.id
            )

    def _start(self, user: User, visitor: Visitor) -> str:
        token = sessions.start(
            self._session, user, self._clock.now(), user_agent=visitor.user_agent, address=visitor.address
        )
        self._session.flush()
        return token
