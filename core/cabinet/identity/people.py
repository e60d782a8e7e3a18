"""People: added, invited, let in, shut out."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, func, select
from sqlalchemy.orm import Session, joinedload, selectinload
from zope.interface import implementer

from cabinet.errors import ConflictError, NotFoundError
from cabinet.identity import sessions
from cabinet.identity.links import INVITE, PASSWORD_LINKS, RESET, Links
from cabinet.identity.models import (
    Client,
    CustomRole,
    LoginSession,
    Membership,
    OneTimeLink,
    RecoveryCode,
    SecondFactor,
    User,
    UserRole,
)
from cabinet.identity.passwords import check_new_password, hash_password
from cabinet.identity.roles import ADMIN, CLIENT_ROLES, CLIENT_TITLES, CUSTOM, find_custom_role
from cabinet.interfaces import IAuditLog, IClock, IPeople
from cabinet.texts import _


@dataclass(frozen=True, slots=True)
class Member:
    """A contact's access to a client. ``role``: key of a ClientRole; ``invited_at``: when the live link was made; ``seen_at``: last
    visit.
    """

    user: User
    role: str
    role_title: str
    active: bool
    invited_at: datetime | None
    link_expires_at: datetime | None
    seen_at: datetime | None


@implementer(IPeople)
class People:
    """Users with their roles and memberships. Links are returned once and kept only as hashes."""

    def __init__(self, session: Session, clock: IClock, audit: IAuditLog, site_name: str = "") -> None:
        """``site_name``: no password may be made of it."""
        self._site_name = site_name
        self._session = session
        self._clock = clock
        self._audit = audit
        self._links = Links(session, clock, audit)

    def by_email(self, email: str) -> User | None:
        """The user with this address, whatever its case."""
        return self._session.scalar(select(User).where(func.lower(User.email) == email.strip().lower()))

    def get(self, user_id: int) -> User | None:
        """The user by internal id."""
        return self._session.get(User, user_id)

    def by_public_id(self, public_id: uuid.UUID) -> User:
        """The user by the id of URLs; NotFoundError."""
        user: User | None = self._session.scalar(select(User).where(User.public_id == public_id))
        if user is None:
            raise NotFoundError("no_user", _("There is no such user."))
        return user

    def staff(self, *roles: str) -> list[User]:
        """Active users who hold one of ``roles`` (any role of our side without arguments), by name."""
        holders = select(UserRole.user_id).where(UserRole.role.in_(roles)) if roles else select(UserRole.user_id)
        statement = select(User).where(User.disabled_at.is_(None), User.id.in_(holders)).order_by(User.name)
        return list(self._session.scalars(statement))

    def everybody(self) -> list[User]:
        """All users with their roles, by address."""
        statement = (
            select(User)
            .options(selectinload(User.roles), selectinload(User.custom_roles))
            .order_by(func.lower(User.email))
        )
        return list(self._session.scalars(statement))

    def sessions(self, user: User) -> list[LoginSession]:
        """Live sign-ins of ``user``, the latest first."""
        return list(
            self._session.scalars(
                select(LoginSession)
                .where(LoginSession.user_id == user.id, LoginSession.expires_at > self._clock.now())
                .order_by(LoginSession.seen_at.desc())
            )
        )

    def end_sessions(self, user: User, *, but: int | None = None) -> None:
        """Sign ``user`` out everywhere, except from the session with the internal id ``but``."""
        sessions.end_all(self._session, user.id, but=but)
        self._audit.record("core.session.all_ended", kind="user", public_id=user.public_id, title=user.email)

    def add(self, *, email: str, name: str, roles: tuple[str, ...] = (), password: str | None = None) -> User:
        """A new user. ConflictError where the address is taken; WeakPasswordError."""
        email = email.strip()
        if self.by_email(email) is not None:
            raise ConflictError(
                "email_taken", _("There is a user with the address ${email} already.", mapping={"email": email})
            )
        if password is not None:
            check_new_password(password, email, name, self._site_name)
        user = User(
            email=email,
            name=name.strip(),
            password_hash=hash_password(password) if password else None,
            created_at=self._clock.now(),
            roles=[UserRole(role=role) for role in roles],
        )
        self._session.add(user)
        self._session.flush()
        self._audit.record(
            "core.user.added", kind="user", public_id=user.public_id, title=user.email, after={"roles": sorted(roles)}
        )
        return user

    def grant(self, user: User, client: Client, role: str = ADMIN, *, by_us: bool = True) -> Membership:
        """Let ``user`` act for ``client`` as ``role``, a key of ClientRole; the membership that is there already is returned.

        ``by_us``: our side gives it, and says by that whose address it is; not so where his colleagues do.
        """
        found = self.membership(user, client)
        if found is not None:
            return found
        if by_us:
            self._start_anew(user)
        name, custom_role = self._role(role)
        membership = Membership(
            user_id=user.id, client_id=client.id, role=name, custom_role=custom_role, created_at=self._clock.now()
        )
        self._session.add(membership)
        self._session.flush()
        self._tell_access("core.access.granted", user, client, after={"role": _recorded(membership)})
        return membership

    def membership(self, user: User, client: Client) -> Membership | None:
        """By what ``user`` acts for ``client``."""
        found: Membership | None = self._session.scalar(
            select(Membership).where(Membership.user_id == user.id, Membership.client_id == client.id)
        )
        return found

    def clients_of(self, user: User) -> list[int]:
        """Internal ids of all clients that ``user`` may act for, archived ones among them, whatever the scope."""
        return list(self._session.scalars(select(Membership.client_id).where(Membership.user_id == user.id)))

    def change_role(self, user: User, client: Client, role: str) -> bool:
        """Another role for ``client``, from the next request on; whether it is another one. NotFoundError."""
        membership = self.membership(user, client)
        if membership is None:
            raise NotFoundError("no_access", _("This person has no access to the client."))
        before = _recorded(membership)
        membership.role, membership.custom_role = self._role(role)
        self._session.flush()
        after = _recorded(membership)
        if before == after:
            return False
        self._tell_access("core.access.changed", user, client, before={"role": before}, after={"role": after})
        return True

    def _role(self, key: str) -> tuple[str, CustomRole | None]:
        return (key, None) if key in CLIENT_ROLES else (CUSTOM, find_custom_role(self._session, key, "client"))

    def _start_anew(self, user: User) -> None:
        """Take from a login what was set up before our side knew of it.

        A client's own people may have invited any address; who set its password held their link and need not be who reads its mail.
        Whoever our side lets in under that address gets nothing that the other one could use: he sets a password himself.
        """
        if user.introduced_at is None:
            return
        user.introduced_at = user.password_hash = None
        for table in (SecondFactor, RecoveryCode):
            self._session.execute(delete(table).where(table.user_id == user.id))
        self._links.kill(user)
        sessions.end_all(self._session, user.id)
        self._audit.record("core.user.started_anew", kind="user", public_id=user.public_id, title=user.email)

    def _tell_access(self, action: str, user: User, client: Client, **change: Any) -> None:
        self._audit.record(
            action, kind="client", public_id=client.public_id, title=user.email, client_id=client.id, **change
        )

    def invite(self, *, email: str, name: str, client: Client, role: str = ADMIN) -> tuple[User, str]:
        """Give a contact access to ``client``: (user, token of a one-time link where he sets his password).

        A person who has a password already is let in at once; the link then only greets him.
        """
        user = self.by_email(email) or self.add(email=email, name=name)
        if user.disabled_at is not None:
            raise ConflictError(
                "user_disabled", _("${email} is switched off by the site's owner.", mapping={"email": email})
            )
        self.grant(user, client, role)
        return user, self._links.make(user, INVITE, client_id=client.id)

    def invite_link(self, user: User) -> str:
        """A one-time token with which a colleague comes in for the first time."""
        return self._links.make(user, INVITE)

    def reset_link(self, user: User) -> str:
        """A one-time token with which ``user`` sets a new password; earlier links die."""
        return self._links.make(user, RESET)

    def choose(self, membership: Membership, now: datetime) -> None:
        """Remember that the person went to this client of his last: the next sign-in leads there."""
        membership.chosen_at = now
        self._session.flush()

    def withdraw(self, user: User, client: Client) -> None:
        """End the access of ``user`` to ``client``, his live sessions and unused links at once."""
        removed = self._session.execute(
            delete(Membership).where(Membership.user_id == user.id, Membership.client_id == client.id)
        )
        if not removed.rowcount:  # type: ignore[attr-defined]
            raise NotFoundError("no_access", _("This person has no access to the client."))
        sessions.end_all(self._session, user.id)
        self._links.kill(user)
        self._tell_access("core.access.withdrawn", user, client)

    def members(self, client_id: int) -> list[Member]:
        """Who has access to a client, by name."""
        clicked = select(func.max(LoginSession.seen_at)).where(LoginSession.user_id == User.id)
        live = (
            OneTimeLink.user_id == User.id,
            OneTimeLink.used_at.is_(None),
            OneTimeLink.purpose.in_(PASSWORD_LINKS),
        )
        rows = self._session.execute(
            select(Membership, User, OneTimeLink, clicked.correlate(User).scalar_subquery())
            .join(User, User.id == Membership.user_id)
            .options(joinedload(Membership.custom_role))
            .outerjoin(OneTimeLink, and_(*live))
            .where(Membership.client_id == client_id)
            .order_by(OneTimeLink.id)
        ).all()
        signed_in = self._audit.latest("core.session.started", "user", {row[1].public_id for row in rows})
        # By user: of several live links the last one counts. He was seen at the last click while he is signed in, else at the sign-in.
        found = {
            user.id: Member(
                user=user,
                role=membership.custom_role.public_id.hex if membership.custom_role else membership.role,
                role_title=membership.custom_role.title if membership.custom_role else CLIENT_TITLES[membership.role],
                active=user.password_hash is not None,
                invited_at=link.created_at if link is not None else None,
                link_expires_at=link.expires_at if link is not None else None,
                seen_at=max(filter(None, (click, signed_in.get(str(user.public_id)))), default=None),
            )
            for membership, user, link, click in rows
        }
        return sorted(found.values(), key=lambda member: member.user.name.casefold())

    def open_link(self, token: str) -> tuple[OneTimeLink, User]:
        """The live invitation or reset behind ``token`` and its user; LinkDeadError."""
        return self._links.open(token, *PASSWORD_LINKS)

    def use_link(self, token: str, password: str) -> User:
        """Set the password through a live link: every other link and session of the user dies. Used exactly once."""
        link, user = self.open_link(token)
        check_new_password(password, user.email, user.name, self._site_name)
        self._links.spend(link)
        self.set_password(user, password)
        return user

    def set_password(self, user: User, password: str) -> None:
        """Give ``user`` a new password; all his sessions and links end."""
        check_new_password(password, user.email, user.name, self._site_name)
        user.password_hash = hash_password(password)
        self._links.kill(user)
        sessions.end_all(self._session, user.id)
        self._audit.record("core.password.changed", kind="user", public_id=user.public_id, title=user.email)


def _recorded(membership: Membership) -> str:
    """The role as the audit trail keeps it: a role of the owner's making by its name of that day."""
    return membership.custom_role.title if membership.custom_role is not None else membership.role
