"""A client's own people let colleagues in, give them roles, shut them out. Nobody gives or takes more than he has.

Whether an invited address has a login here is nobody's business but its owner's: an invitation promises a membership, and whoever comes
by its link gets it after he has signed in, or, where there is no such login, has set a password. Until our side has let that login in
itself it is only an introduced one (``User.introduced_at``): its password may be that of whoever got hold of the link.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, joinedload
from zope.interface import implementer

from cabinet.errors import ConflictError, NotFoundError
from cabinet.identity.links import LinkDeadError
from cabinet.identity.models import Client, Invitation, Membership, User
from cabinet.identity.roles import ADMIN, ClientRole, client_role
from cabinet.identity.sessions import token_hash
from cabinet.interfaces import IAuditLog, IClock, IColleagues, IPeople, IRoles
from cabinet.plugins.contributions import Permission
from cabinet.texts import _

MANAGE = "core:colleagues:manage"
LIVES = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of a client. ``mine_to_change``: whether who looks may give him another role or shut him out."""

    user: User
    role: ClientRole
    since: datetime
    mine_to_change: bool


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody who was asked to join. ``live``: the link works still."""

    invitation: Invitation
    role: ClientRole
    live: bool


@implementer(IColleagues)
class Colleagues:
    """``acting``: internal id of the user who does it, one of the client's people."""

    def __init__(
        self,
        session: Session,
        clock: IClock,
        audit: IAuditLog,
        people: IPeople,
        roles: IRoles,
        permissions: Mapping[str, Permission],
        acting: int | None,
    ) -> None:
        self._session = session
        self._clock = clock
        self._audit = audit
        self._people = people
        self._roles = roles
        self._permissions = permissions
        self._acting = acting

    def of(self, client: Client) -> list[Colleague]:
        """The client's people, by name. Who works on our side is none of them, whatever he may look at."""
        memberships = self._memberships(client)
        mine = self._rights(memberships)
        found = [
            Colleague(one.user, role, one.created_at, role.permissions <= mine)
            for one in memberships
            if not one.user.is_staff
            for role in (client_role(self._permissions.values(), one),)
        ]
        return sorted(found, key=lambda one: (one.user.name.casefold(), one.user.id or 0))

    def invited(self, client: Client) -> list[Invited]:
        """Who was asked to join and has not come yet, by name."""
        statement = select(Invitation).where(Invitation.client_id == client.id).order_by(func.lower(Invitation.name))
        now = self._clock.now()
        return [
            Invited(one, client_role(self._permissions.values(), one), now < one.expires_at)
            for one in self._session.scalars(statement.options(joinedload(Invitation.custom_role)))
        ]

    def grantable(self, client: Client) -> list[ClientRole]:
        """The roles that who acts may give: none that can do what he cannot."""
        mine = self._rights(self._memberships(client))
        return [role for role in self._roles.of_clients() if role.permissions <= mine]

    def find(self, client: Client, user: uuid.UUID) -> User:
        """One of the client's people by public id; NotFoundError."""
        found = next((one.user for one in self._memberships(client) if one.user.public_id == user), None)
        if found is None or found.is_staff:
            raise NotFoundError("no_colleague", _("There is no such colleague."))
        return found

    def find_invitation(self, client: Client, invitation: uuid.UUID) -> Invitation:
        """One by public id; NotFoundError."""
        found: Invitation | None = self._session.scalar(
            select(Invitation).where(Invitation.client_id == client.id, Invitation.public_id == invitation)
        )
        if found is None:
            raise NotFoundError("no_invitation", _("There is no such invitation."))
        return found

    def invite(self, client: Client, *, email: str, name: str, role: str) -> tuple[Invitation, str]:
        """Ask somebody to join: the invitation, and the token of its link, told this once. An earlier one to that address is void.

        The same for any address, whoever has it. ConflictError where one of the client's people has it, or the role is too wide.
        """
        memberships = self._locked(client)
        wanted = self._grantable(memberships, role)
        email, name = email.strip(), " ".join(name.split())
        if any(one.user.email.lower() == email.lower() for one in memberships):
            raise ConflictError("has_access", _("${email} has access already.", mapping={"email": email}))
        earlier = (Invitation.client_id == client.id, func.lower(Invitation.email) == email.lower())
        self._session.execute(delete(Invitation).where(*earlier))
        token, now = secrets.token_urlsafe(32), self._clock.now()
        invitation = Invitation(
            token_hash=token_hash(token),
            client=client,
            email=email,
            name=name,
            role=wanted.name,
            custom_role_id=wanted.custom_role_id,
            invited_by=self._acting,
            created_at=now,
            expires_at=now + LIVES,
        )
        self._session.add(invitation)
        self._session.flush()
        self._tell(client, "core.invitation.made", email, after={"role": _recorded(wanted)})
        return invitation, token

    def renew(self, client: Client, invitation: Invitation) -> tuple[Invitation, str]:
        """The same invitation with a new link; the old link is dead. Errors as of ``invite``."""
        key = invitation.custom_role.public_id.hex if invitation.custom_role is not None else invitation.role
        return self.invite(client, email=invitation.email, name=invitation.name, role=key)

    def drop(self, client: Client, invitation: Invitation) -> None:
        """Take an invitation back: its link is dead."""
        self._may(self._locked(client))
        self._tell(client, "core.invitation.dropped", invitation.email)
        self._session.delete(invitation)
        self._session.flush()

    def change_role(self, client: Client, user: User, role: str) -> bool:
        """Another role for a colleague, or for oneself; whether it is another one.

        ConflictError where he or the role can do what who acts cannot, and for the last administrator.
        """
        memberships = self._locked(client)
        wanted = self._grantable(memberships, role)
        self._reach(memberships, user)
        if wanted.key != ADMIN:
            self._keep_an_administrator(memberships, user)
        changed: bool = self._people.change_role(user, client, role)
        return changed

    def withdraw(self, client: Client, user: User) -> None:
        """Shut a colleague, or oneself, out at once. ConflictError as of ``change_role``."""
        memberships = self._locked(client)
        self._reach(memberships, user)
        self._keep_an_administrator(memberships, user)
        self._people.withdraw(user, client)

    # Coming by the link

    def open(self, token: str) -> Invitation:
        """The live invitation behind ``token``; LinkDeadError, also where who made it might not make it any more."""
        statement = select(Invitation).where(Invitation.token_hash == token_hash(token))
        invitation: Invitation | None = self._session.scalar(statement.options(joinedload(Invitation.client)))
        if invitation is None or self._clock.now() >= invitation.expires_at or invitation.client.archived_at:
            raise _dead()
        by = next((m for m in self._memberships(invitation.client) if m.user_id == invitation.invited_by), None)
        rights = self._held(by)
        promised = client_role(self._permissions.values(), invitation).permissions
        if by is None or by.user.disabled_at is not None or MANAGE not in rights or not promised <= rights:
            raise _dead()
        return invitation

    def join(self, token: str, user: User) -> Client:
        """``user``, who has signed in, becomes one of the client's people. LinkDeadError for whoever comes second; ConflictError."""
        invitation = self.open(token)
        if user.email.lower() != invitation.email.lower():
            raise ConflictError("another_address", _("This invitation is for another address."))
        if user.is_staff:
            raise ConflictError("is_colleague", _("Who works here does not act for a client."))
        client = invitation.client
        key = invitation.custom_role.public_id.hex if invitation.custom_role is not None else invitation.role
        gone = self._session.execute(delete(Invitation).where(Invitation.id == invitation.id))
        if gone.rowcount != 1:  # type: ignore[attr-defined]
            raise _dead()
        self._people.grant(user, client, key, by_us=False)
        self._tell(client, "core.invitation.accepted", user.email, user_id=user.id)
        return client

    def join_as_new(self, token: str, password: str) -> tuple[User, Client]:
        """The same for an address without a login, which is made with ``password``. WeakPasswordError, LinkDeadError, ConflictError."""
        invitation = self.open(token)
        user = self._people.add(email=invitation.email, name=invitation.name, password=password)
        user.introduced_at = self._clock.now()
        return user, self.join(token, user)

    # Who may what

    def _memberships(self, client: Client) -> list[Membership]:
        return list(self._session.scalars(_of(client)))

    def _locked(self, client: Client) -> list[Membership]:
        """The same as they are now, and until this is done: two who act at the same moment see what the other one did."""
        lock = select(Membership.id).where(Membership.client_id == client.id).order_by(Membership.id).with_for_update()
        self._session.execute(lock)
        return list(self._session.scalars(_of(client).execution_options(populate_existing=True)))

    def _held(self, membership: Membership | None) -> frozenset[str]:
        if membership is None:
            return frozenset()
        return client_role(self._permissions.values(), membership).permissions

    def _rights(self, memberships: list[Membership]) -> frozenset[str]:
        return self._held(next((one for one in memberships if one.user_id == self._acting), None))

    def _may(self, memberships: list[Membership]) -> frozenset[str]:
        """What who acts has; ConflictError where that is not enough to let anybody in."""
        rights = self._rights(memberships)
        if MANAGE not in rights:
            raise ConflictError("not_yours", _("You may not change who has access."))
        return rights

    def _grantable(self, memberships: list[Membership], key: str) -> ClientRole:
        rights = self._may(memberships)
        role: ClientRole = self._roles.of_client(key)
        if not role.permissions <= rights:
            raise ConflictError(
                "too_wide", _("You cannot give a role that may do more than you may."), {"field": "role"}
            )
        return role

    def _reach(self, memberships: list[Membership], user: User) -> None:
        """ConflictError where ``user`` may do what who acts may not; NotFoundError where he is none of them."""
        rights = self._may(memberships)
        his = next((one for one in memberships if one.user_id == user.id), None)
        if his is None:
            raise NotFoundError("no_colleague", _("There is no such colleague."))
        if not self._held(his) <= rights:
            raise ConflictError("wider", _("This colleague may do more than you may: ask an administrator."))

    def _keep_an_administrator(self, memberships: list[Membership], user: User) -> None:
        admins = {one.user_id for one in memberships if one.role == ADMIN and one.user.disabled_at is None}
        if user.id in admins and admins == {user.id}:
            raise ConflictError(
                "last_admin", _("Somebody must look after access: make another colleague administrator first.")
            )

    def _tell(self, client: Client, action: str, title: str, **more: Any) -> None:
        self._audit.record(action, kind="client", public_id=client.public_id, title=title, client_id=client.id, **more)


def _of(client: Client) -> Any:
    user = joinedload(Membership.user)
    whole = (user.selectinload(User.roles), user.selectinload(User.custom_roles), joinedload(Membership.custom_role))
    return select(Membership).options(*whole).where(Membership.client_id == client.id).order_by(Membership.id)


def _recorded(role: ClientRole) -> str:
    return role.title if role.custom_role_id is not None else role.key


def _dead() -> LinkDeadError:
    return LinkDeadError("link_dead", _("This link no longer works. Ask for a new one."))
