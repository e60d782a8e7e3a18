"""What a person changes about himself: profile, password, address, live sign-ins."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.audit.differences import differing
from cabinet.errors import ConflictError, DomainError, NotFoundError
from cabinet.identity.links import EMAIL, Links
from cabinet.identity.models import LoginSession, User
from cabinet.identity.passwords import verify_password
from cabinet.interfaces import IAuditLog, IClock, IOwnAccount, IPeople
from cabinet.texts import _


class WrongPasswordError(DomainError):
    """The current password does not match."""


@implementer(IOwnAccount)
class OwnAccount:
    """Acts of a signed-in person on his own account."""

    def __init__(self, session: Session, clock: IClock, audit: IAuditLog, people: IPeople) -> None:
        self._session = session
        self._audit = audit
        self._people = people
        self._links = Links(session, clock, audit)

    def check_password(self, user: User, password: str, *, field: str) -> None:
        """WrongPasswordError, told at ``field`` of the form, unless ``password`` is the person's."""
        if not verify_password(user.password_hash, password):
            raise WrongPasswordError("wrong_password", _("This is not your current password."), {"field": field})

    def change_profile(self, user: User, *, name: str, locale: str | None, timezone: str | None) -> None:
        """Name, language (None: the browser's) and time zone (None: the site's)."""
        before = {"name": user.name, "locale": user.locale, "timezone": user.timezone}
        user.name, user.locale, user.timezone = name.strip(), locale, timezone
        after = {"name": user.name, "locale": user.locale, "timezone": user.timezone}
        before, after = differing(before, after)
        if after:
            self._tell(user, "core.profile.changed", before=before, after=after)

    def change_password(self, user: User, current: str, new: str) -> None:
        """WrongPasswordError, WeakPasswordError. All sessions and links of the person end."""
        self.check_password(user, current, field="current")
        self._people.set_password(user, new)

    def ask_email(self, user: User, email: str) -> str | None:
        """Token of a link that makes ``email`` the person's address; None where somebody has it, which only that address may learn."""
        email = email.strip()
        found = self._people.by_email(email)
        if found is not None and found.id == user.id and found.email == email:
            raise ConflictError("same_email", _("This is your address already."), {"field": "email"})
        if found is not None and found.id != user.id:
            self._links.kill(user, EMAIL)
            self._tell(user, "core.link.email")  # as of any other address: who goes through those of others is seen
            return None
        return self._links.make(user, EMAIL, email=email)

    def open_email_link(self, token: str) -> tuple[User, str]:
        """The person and the address that ``token`` confirms; LinkDeadError."""
        link, user = self._links.open(token, EMAIL)
        return user, link.email or ""

    def confirm_email(self, token: str) -> tuple[User, str]:
        """Make the confirmed address the person's: (user, the former address). LinkDeadError, ConflictError. Unused links die."""
        link, user = self._links.open(token, EMAIL)
        self._links.spend(link)
        former = user.email
        try:
            with self._session.begin_nested():
                user.email = link.email or former
                user.introduced_at = None  # he reads the mail of that address
        except IntegrityError:
            raise ConflictError("email_taken", _("This address belongs to another account by now.")) from None
        self._links.kill(user)
        self._tell(user, "core.email.changed", before={"email": former}, after={"email": user.email})
        return user, former

    def end_session(self, user: User, public_id: uuid.UUID) -> None:
        """End one sign-in of ``user``; NotFoundError where it is not his or is over."""
        ended = self._session.execute(
            delete(LoginSession).where(LoginSession.user_id == user.id, LoginSession.public_id == public_id)
        )
        if ended.rowcount != 1:  # type: ignore[attr-defined]
            raise NotFoundError("no_session", _("This sign-in is over already."))
        self._tell(user, "core.session.ended_elsewhere")

    def _tell(self, user: User, action: str, **change: Any) -> None:
        self._audit.record(action, kind="user", public_id=user.public_id, title=user.email, user_id=user.id, **change)
