"""One-time links: made, opened, spent exactly once. The database knows their hashes only."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cabinet.errors import DomainError
from cabinet.identity.models import OneTimeLink, User
from cabinet.identity.sessions import token_hash
from cabinet.interfaces import IAuditLog, IClock
from cabinet.texts import _

INVITE, RESET, EMAIL, SECOND = "invite", "reset", "email", "second"
PASSWORD_LINKS = (INVITE, RESET)
"""Links that set a password. Each kills those made before it."""

LIVES = {
    INVITE: timedelta(days=7),
    RESET: timedelta(minutes=60),
    EMAIL: timedelta(hours=24),
    SECOND: timedelta(minutes=10),
}


class LinkDeadError(DomainError):
    """A one-time link was used, replaced or is too old."""


class Links:
    """The links of one transaction. A token is returned once."""

    def __init__(self, session: Session, clock: IClock, audit: IAuditLog) -> None:
        self._session = session
        self._clock = clock
        self._audit = audit

    def make(self, user: User, purpose: str, *, client_id: int | None = None, email: str | None = None) -> str:
        """The token of a new link; unused ones of its kind die. ``email``: the address that the link confirms.

        A sign-in that owes its second step leaves others alone, or who knows the password could keep its owner out.
        """
        if purpose != SECOND:
            self.kill(user, *(PASSWORD_LINKS if purpose in PASSWORD_LINKS else (purpose,)))
        token = secrets.token_urlsafe(32)
        now = self._clock.now()
        self._session.add(
            OneTimeLink(
                token_hash=token_hash(token),
                purpose=purpose,
                user_id=user.id,
                client_id=client_id,
                email=email,
                created_at=now,
                expires_at=now + LIVES[purpose],
            )
        )
        self._session.flush()
        if purpose != SECOND:
            self._audit.record(
                f"core.link.{purpose}", kind="user", public_id=user.public_id, title=user.email, client_id=client_id
            )
        return token

    def open(self, token: str, *purposes: str) -> tuple[OneTimeLink, User]:
        """The live link behind ``token`` and its user, if it was made for one of ``purposes``; LinkDeadError."""
        link = self._session.scalar(
            select(OneTimeLink).where(OneTimeLink.token_hash == token_hash(token), OneTimeLink.purpose.in_(purposes))
        )
        if link is None or link.used_at is not None or self._clock.now() >= link.expires_at:
            raise _dead()
        user = self._session.get(User, link.user_id)
        if user is None or user.disabled_at is not None:
            raise _dead()
        return link, user

    def spend(self, link: OneTimeLink) -> None:
        """Use ``link`` up. LinkDeadError for whoever comes second."""
        used = self._session.execute(
            update(OneTimeLink)
            .where(OneTimeLink.id == link.id, OneTimeLink.used_at.is_(None))
            .values(used_at=self._clock.now())
            .execution_options(synchronize_session=False)
        )
        if used.rowcount != 1:  # type: ignore[attr-defined]
            raise _dead()

    def kill(self, user: User, *purposes: str) -> None:
        """Void the unused links of ``user``: those made for ``purposes``, without any all of them."""
        statement = update(OneTimeLink).where(OneTimeLink.user_id == user.id, OneTimeLink.used_at.is_(None))
        if purposes:
            statement = statement.where(OneTimeLink.purpose.in_(purposes))
        self._session.execute(statement.values(used_at=self._clock.now()).execution_options(synchronize_session=False))


def _dead() -> LinkDeadError:
    return LinkDeadError("link_dead", _("This link no longer works. Ask for a new one."))
