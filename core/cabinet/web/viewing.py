"""While somebody of ours looks at a client's cabinet through the eyes of one of his people: he looks, and does nothing.

Asked by the door of every route, before anything else: what is not named here as open is closed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyramid.httpexceptions import HTTPForbidden, HTTPSeeOther

from cabinet.db.session import SAFE_METHODS
from cabinet.identity.access import ALL_CLIENTS
from cabinet.identity.sessions import Identity
from cabinet.identity.viewing import VIEW_AS, Viewing
from cabinet.interfaces import IAccess, IClock, IViewing
from cabinet.texts import _
from cabinet.web.second_step import owed
from cabinet.web.trace import VIEWING_OVER, Trace, leave_trace

OPEN = frozenset(
    {
        "cabinet.public.home",
        "cabinet.public.viewing.end",
        "cabinet.public.sign_out",
        "cabinet.public.sign",
        "cabinet.public.colors",
        "cabinet.public.health.live",
        "cabinet.public.health.ready",
    }
)
"""Outside of the client's area nothing else answers: least of all one's own account and the office."""


RightsOf = Callable[[Identity], Any]
"""Gives the context that a person's rights in the office are asked of."""


class LookOnlyError(HTTPForbidden):  # type: ignore[misc]
    """What was asked for is closed while one looks through another's eyes."""


def whose_eyes(request: Any) -> int:
    """Id of the person whose marks, votes and notices a page shows: who looks through another's eyes sees that one's."""
    viewing = request.identity.viewing
    return int(request.identity.user_id if viewing is None else viewing.user_id)


def look_only(request: Any, area: str, rights_of: RightsOf) -> None:
    """Let a request pass that only looks. LookOnlyError; HTTPSeeOther where the time is over or the right was withdrawn."""
    identity: Identity | None = request.identity
    if identity is None or identity.viewing is None:
        return
    route = request.matched_route.name
    if route in {"cabinet.public.viewing.end", "cabinet.public.sign_out"}:
        return
    if not still_may(request, identity, identity.viewing, rights_of):
        leave_trace(request, Trace(VIEWING_OVER, "client", identity.viewing.client))
        told = _("You see the cabinet as yourself again: the time was over, or the access was withdrawn.")
        request.session.flash({"kind": "info", "text": request.localizer.translate(told)})
        raise HTTPSeeOther(request.route_path("cabinet.public.home"))
    if route in OPEN:
        return
    if request.method not in SAFE_METHODS or area != "my":
        raise LookOnlyError


def still_may(request: Any, identity: Identity, viewing: Viewing, rights_of: RightsOf) -> bool:
    """Whether the time is not over, the person of the client still has access, and ours still has the right and the client."""
    # Who must set a second step up first could not do so while he looks through another's eyes.
    if request.find_service(IClock).now() >= viewing.until or owed(request):
        return False
    if request.find_service(IViewing).membership(viewing.client_id, viewing.user_id) is None:
        return False
    office = rights_of(identity)
    if not request.has_permission(VIEW_AS, office):
        return False
    access = request.find_service(IAccess)
    return bool(
        request.has_permission(ALL_CLIENTS, office)
        or access.covers(access.clients_of(identity.user_id), viewing.client_id)
    )
