"""Roles of both sides: what they are called, and what a person holds by his."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from cabinet.errors import NotFoundError
from cabinet.identity.models import CustomRole, Invitation, Membership, User
from cabinet.plugins.contributions import Permission
from cabinet.texts import _

OWNER = "owner"
CUSTOM = "custom"
"""Holds what the owner put together: see CustomRole."""

STAFF = frozenset({"manager", "head", CUSTOM})
"""Who enters the office."""

ADMIN = "admin"
CLIENT_TITLES = {
    ADMIN: _("Administrator"),
    "accountant": _("Accountant"),
    "buyer": _("Buyer"),
    "viewer": _("Viewer"),
}
"""Roles of a client's people, from the widest on."""

CLIENT_NOTES = {
    ADMIN: _("All that is the company's; lets colleagues in and shuts them out."),
    "accountant": _("Money and its documents: invoices, payments, balance, movements of the account."),
    "buyer": _("Invoices and how to pay them. No payments and no balance."),
    "viewer": _("Sees all of it, changes nothing."),
}
CLIENT_ROLES = tuple(CLIENT_TITLES)


@dataclass(frozen=True, slots=True)
class ClientRole:
    """A role that a client's people may have. ``key``: its name, or the public id (hex) of one that the owner put together."""

    key: str
    title: str
    note: str
    permissions: frozenset[str]
    custom_role_id: int | None = None

    @property
    def name(self) -> str:
        """As a membership keeps it."""
        return CUSTOM if self.custom_role_id is not None else self.key


def roles_of(user: User) -> frozenset[str]:
    """The roles that ``user`` holds on our side."""
    return frozenset(row.role for row in user.roles) | ({CUSTOM} if user.custom_roles else set())


def held_through(membership: Membership) -> frozenset[str]:
    """The roles of a ``Permission`` that a membership stands for. The administrator of a client has all that is the client's."""
    return held_as(membership.role)


def held_as(role: str) -> frozenset[str]:
    """The same for the name of a role."""
    if role not in CLIENT_ROLES:
        return frozenset({CUSTOM})
    named = CLIENT_ROLES if role == ADMIN else (role,)
    return frozenset({"client", *(f"client:{name}" for name in named)})


def granted_through(membership: Membership) -> frozenset[str]:
    """Names of the permissions that a membership gives by a role of the owner's making."""
    return frozenset(membership.custom_role.permissions) if membership.custom_role is not None else frozenset()


def member_holds(membership: Membership, permission: Permission | None) -> bool:
    """Whether a membership gives ``permission``, as the policy has it behind the door of a client; None: being inside at all."""
    return role_holds(membership.role, granted_through(membership), permission)


def role_holds(role: str, granted: Collection[str], permission: Permission | None) -> bool:
    """The same of a membership's ``role`` and of what the owner's own role, where it is one, has ``granted``."""
    if permission is None:
        return True
    return bool(held_as(role) & set(permission.roles)) or (permission.name in granted and "client" in permission.sides)


def staff_holds(user: User, permission: Permission | None, *, owner: bool = False) -> bool:
    """Whether ``user`` holds ``permission`` in the office, or (``owner``) under ``/site``, as the policy has it there."""
    held = roles_of(user) & ({OWNER} if owner else STAFF)
    if not held or permission is None:
        return bool(held)
    granted = not owner and any(permission.name in role.permissions for role in user.custom_roles)
    return bool(held & set(permission.roles)) or (granted and "staff" in permission.sides)


def client_role(permissions: Iterable[Permission], holder: Membership | Invitation) -> ClientRole:
    """What a membership gives, or an invitation promises."""
    if holder.custom_role is not None:
        return of_the_owner_s_making(permissions, holder.custom_role)
    return of_the_house(permissions, holder.role)


def of_the_house(permissions: Iterable[Permission], name: str) -> ClientRole:
    """One of CLIENT_ROLES."""
    held = held_as(name)
    has = frozenset(one.name for one in permissions if held & set(one.roles))
    return ClientRole(name, CLIENT_TITLES[name], CLIENT_NOTES[name], has)


def of_the_owner_s_making(permissions: Iterable[Permission], role: CustomRole) -> ClientRole:
    """One that the owner put together. What modules no longer bring counts for nothing."""
    has = frozenset(one.name for one in permissions if "client" in one.sides and one.name in role.permissions)
    return ClientRole(role.public_id.hex, role.title, "", has, role.id)


def find_custom_role(session: Session, key: str, side: str | None = None) -> CustomRole:
    """The role, of ``side`` if given, whose public id is ``key``; NotFoundError."""
    found: CustomRole | None = None
    with suppress(ValueError):
        found = session.scalar(select(CustomRole).where(CustomRole.public_id == uuid.UUID(hex=key)))
    if found is None or side not in (None, found.side):
        raise NotFoundError("no_role", _("There is no such role."))
    return found
