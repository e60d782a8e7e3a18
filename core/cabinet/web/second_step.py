"""Where the owner demands a second step: who must have one and has none sets it up before anything else opens.

Asked by the door of every route: what is not named here as open is closed.
"""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPForbidden, HTTPSeeOther

from cabinet.db.session import SAFE_METHODS
from cabinet.identity.second_factor import DEMANDED_OF_CLIENTS, DEMANDED_OF_STAFF
from cabinet.identity.sessions import Identity
from cabinet.interfaces import ISettings

BEGIN = "cabinet.public.account.second.begin"
OPEN = frozenset(
    {
        BEGIN,
        "cabinet.public.account.second",
        "cabinet.public.sign_out",
        "cabinet.public.sign",
        "cabinet.public.colors",
        "cabinet.public.health.live",
        "cabinet.public.health.ready",
    }
)
"""What answers until the second step is set up: setting it up, going away, and what the page looks like."""


class SecondStepOwedError(HTTPForbidden):  # type: ignore[misc]
    """Something was to be done before the second step was set up."""


def demanded(request: Any) -> bool:
    """Whether the owner demands a second step of who asks: of our people, or of those of clients."""
    identity: Identity | None = request.identity
    if identity is None:
        return False
    name = DEMANDED_OF_STAFF if identity.is_staff else DEMANDED_OF_CLIENTS
    return bool(request.find_service(ISettings).get(name))


def owed(request: Any) -> bool:
    """Whether who asks must have a second step and has none."""
    return request.identity is not None and not request.identity.second_factor and demanded(request)


def second_step_first(request: Any) -> None:
    """Let a request pass of who has what is demanded of him. HTTPSeeOther to where it is set up; SecondStepOwedError for an act."""
    if request.matched_route.name in OPEN or not owed(request):
        return
    if request.method in SAFE_METHODS:
        raise HTTPSeeOther(request.route_path(BEGIN))
    raise SecondStepOwedError
