"""Roles of both sides, and what a person of a client holds by his."""

from __future__ import annotations

from cabinet.identity.models import Membership, User

OWNER = "owner"
CUSTOM = "custom"
"""Holds what the owner put together: see CustomRole."""

ADMIN = "admin"
CLIENT_ROLES = (ADMIN, "accountant", "buyer", "viewer")
"""Roles of a client's people, from the widest on."""


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
