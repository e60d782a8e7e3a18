"""What the core's own routes stand on, loaded by the public id in the path (else there is no such page), and what counts tries."""

from __future__ import annotations

import uuid
from typing import Any

from cabinet.identity.models import CustomRole, Invitation, User
from cabinet.interfaces import IActivity, IColleagues, IRoles
from cabinet.web.areas import public_id
from cabinet.web.limits import limit
from cabinet.web.proving import password_asked

INVITATIONS = {"limit": 20, "per_seconds": 24 * 3600}
"""By one person: who is not of the client uses up nobody's tries but his own."""


def _id(request: Any, part: str) -> uuid.UUID:
    return public_id(request.matchdict[part])


def colleague(request: Any, context: Any) -> User:
    """One of the people of the client whose area this is."""
    found: User = request.find_service(IColleagues).find(context.client, _id(request, "user"))
    return found


def invitation(request: Any, context: Any) -> Invitation:
    """Somebody whom they asked to join."""
    found: Invitation = request.find_service(IColleagues).find_invitation(context.client, _id(request, "invitation"))
    return found


def invited(request: Any) -> None:
    """``before`` of an act that makes an invitation: its letters go in our name to addresses that nobody has confirmed."""
    limit(request, "invitation", str(request.identity.user_id), **INVITATIONS)


def invited_anew(request: Any) -> None:
    """The same where the password is asked as well."""
    password_asked(request)
    invited(request)


def custom_role(request: Any, _context: Any) -> CustomRole:
    """A role that the owner put together."""
    found: CustomRole = request.find_service(IRoles).get(_id(request, "role").hex)
    return found


def one_of_ours(request: Any, _context: Any) -> User:
    """Somebody of our side."""
    found: User = request.find_service(IActivity).person(_id(request, "person"))
    return found
