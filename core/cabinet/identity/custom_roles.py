"""Roles that the site's owner puts together out of permissions, for our side or for the clients'; who holds them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.audit.differences import differing
from cabinet.errors import ConflictError
from cabinet.identity import sessions
from cabinet.identity.models import CustomRole, Invitation, Membership, User, UserCustomRole
from cabinet.identity.roles import CLIENT_ROLES, ClientRole, find_custom_role, of_the_house, of_the_owner_s_making
from cabinet.interfaces import IAuditLog, IClock, IRoles
from cabinet.plugins.contributions import Permission, Side
from cabinet.texts import _

CLIENT: Side = "client"
STAFF: Side = "staff"
SIDES = (STAFF, CLIENT)


@dataclass(frozen=True, slots=True)
class RoleLine:
    """A role in the owner's list. ``holders``: how many people have it."""

    role: CustomRole
    holders: int


@implementer(IRoles)
class Roles:
    """The roles of one transaction. ``permissions``: all that core and modules bring, by name."""

    def __init__(
        self, session: Session, clock: IClock, audit: IAuditLog, permissions: Mapping[str, Permission]
    ) -> None:
        self._session = session
        self._clock = clock
        self._audit = audit
        self._permissions = permissions

    def of_clients(self) -> list[ClientRole]:
        """Roles that a client's people may have: those of the house, then the owner's own by title."""
        every = self._permissions.values()
        own = [of_the_owner_s_making(every, line.role) for line in self.lines() if line.role.side == CLIENT]
        return [*(of_the_house(every, name) for name in CLIENT_ROLES), *own]

    def of_client(self, key: str) -> ClientRole:
        """One of them by its key; NotFoundError."""
        if key in CLIENT_ROLES:
            return of_the_house(self._permissions.values(), key)
        return of_the_owner_s_making(self._permissions.values(), find_custom_role(self._session, key, CLIENT))

    def lines(self) -> list[RoleLine]:
        """The owner's own roles with the number of their holders, our side first, by title."""
        ours = select(func.count()).where(UserCustomRole.custom_role_id == CustomRole.id).scalar_subquery()
        theirs = select(func.count()).where(Membership.custom_role_id == CustomRole.id).scalar_subquery()
        rows = self._session.execute(
            select(CustomRole, ours + theirs).order_by(CustomRole.side.desc(), func.lower(CustomRole.title))
        )
        return [RoleLine(role, holders) for role, holders in rows]

    def get(self, key: str) -> CustomRole:
        """One of the owner's own by public id (hex); NotFoundError."""
        return find_custom_role(self._session, key)

    def holders(self, role: CustomRole) -> list[User]:
        """Who holds ``role``, by name."""
        ours = select(UserCustomRole.user_id).where(UserCustomRole.custom_role_id == role.id)
        theirs = select(Membership.user_id).where(Membership.custom_role_id == role.id)
        statement = select(User).where(User.id.in_(ours.union(theirs))).order_by(func.lower(User.name), User.id)
        return list(self._session.scalars(statement))

    def grantable(self, side: Side) -> list[Permission]:
        """What may stand in a role of ``side``: nothing that is the owner's alone."""
        return [one for one in self._permissions.values() if side in one.sides]

    def create(self, side: Side, title: str, permissions: Collection[str]) -> CustomRole:
        """A new role. ConflictError: no title, a title taken, no permission, one that is not for this side."""
        title = self._checked(side, title, permissions)
        role = CustomRole(side=side, title=title, permissions=sorted(permissions), created_at=self._clock.now())
        self._session.add(role)
        self._session.flush()
        self._tell(role, "core.role.added", after=_facts(role))
        return role

    def change(self, role: CustomRole, title: str, permissions: Collection[str]) -> None:
        """Other words or permissions, from the next request of each holder on. Errors as of ``create``."""
        title = self._checked(role.side, title, permissions, but=role)
        before = _facts(role)
        role.title, role.permissions = title, sorted(permissions)
        self._session.flush()
        before, after = differing(before, _facts(role))
        if after:
            self._tell(role, "core.role.changed", before=before, after=after)

    def remove(self, role: CustomRole, instead: str = "") -> None:
        """Forget ``role``; who holds it gets ``instead``, the key of another one of that side. ConflictError while somebody holds it.

        Invitations that promise it promise the other one, or are void.
        """
        self._session.scalars(select(CustomRole.id).where(CustomRole.id == role.id).with_for_update()).one()
        held = bool(self.holders(role))
        if held and not instead:
            raise ConflictError("role_held", _("Somebody holds this role: choose which one they get instead."))
        if held and instead == role.public_id.hex:
            raise ConflictError("same_role", _("Choose another role: this one goes."))
        if role.side == CLIENT:
            self._move_clients_people(role, self.of_client(instead) if instead else None)
        else:
            self._move_ours(role, find_custom_role(self._session, instead, STAFF) if instead else None)
        self._tell(role, "core.role.removed", before=_facts(role))
        self._session.delete(role)
        self._session.flush()

    def _move_clients_people(self, role: CustomRole, instead: ClientRole | None) -> None:
        invited = Invitation.custom_role_id == role.id
        if instead is None:
            self._session.execute(delete(Invitation).where(invited))
            return
        new = {"role": instead.name, "custom_role_id": instead.custom_role_id}
        self._session.execute(update(Membership).where(Membership.custom_role_id == role.id).values(**new))
        self._session.execute(update(Invitation).where(invited).values(**new))

    def _move_ours(self, role: CustomRole, instead: CustomRole | None) -> None:
        for user in self.holders(role):
            kept = [one for one in user.custom_roles if one.id != role.id]
            user.custom_roles = [*kept, instead] if instead is not None and instead not in kept else kept
            sessions.end_all(self._session, user.id)
        self._session.flush()

    def _checked(self, side: str, title: str, permissions: Collection[str], but: CustomRole | None = None) -> str:
        title = " ".join(title.split())
        if not title:
            raise ConflictError("role_without_title", _("A role needs a name."), {"field": "title"})
        others = self._session.scalars(select(CustomRole).where(CustomRole.side == side))
        if title.casefold() in {other.title.casefold() for other in others if other is not but}:
            raise ConflictError("role_taken", _("There is a role of this name already."), {"field": "title"})
        if not permissions:
            raise ConflictError("empty_role", _("Tick what the role may do."), {"field": "permissions"})
        if not set(permissions) <= {one.name for one in self._permissions.values() if side in one.sides}:
            raise ConflictError(
                "not_grantable", _("This role cannot have one of these rights."), {"field": "permissions"}
            )
        return title

    def _tell(self, role: CustomRole, action: str, **change: Any) -> None:
        self._audit.record(action, kind="role", public_id=role.public_id, title=role.title, **change)


def _facts(role: CustomRole) -> dict[str, Any]:
    return {"title": role.title, "side": role.side, "permissions": list(role.permissions)}
