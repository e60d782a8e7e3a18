"""Seeing a client's cabinet as one of his people sees it: from his card there, and back."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.security import remember
from pyramid.view import view_config

from cabinet.db.scope import may_see
from cabinet.identity import sessions
from cabinet.identity.models import Membership
from cabinet.identity.viewing import VIEW_AS
from cabinet.interfaces import IClientDirectory, IPeople, IViewing
from cabinet.security.policy import ENTER
from cabinet.texts import _
from cabinet.web.answers import say
from cabinet.web.areas import public_id
from cabinet.web.paths import came_from

BACK = "viewing_from"


def membership_to_look_through(request: Any, _context: Any) -> Membership | None:
    """The Membership that the path names, of a client that the person sees."""
    client = request.find_service(IClientDirectory).by_public_id(public_id(request.matchdict["client"]))
    if client is None or not may_see(request.db, client.id):
        return None
    user = request.find_service(IPeople).by_public_id(public_id(request.matchdict["user"]))
    found: Membership | None = request.find_service(IViewing).membership(client.id, user.id)
    return found


@view_config(route_name="cabinet.office.view_as", request_method="POST", permission=VIEW_AS)
def begin(request: Any) -> Any:
    """To the client's home, as this person sees it; under a new cookie."""
    membership: Membership = request.context.subject
    request.find_service(IViewing).begin(request.identity.session_id, membership)
    request.session[BACK] = came_from(request)
    home = request.route_path("cabinet.my.home", client=membership.client.public_id.hex)
    return _renewed(request, home)


@view_config(route_name="cabinet.public.viewing.end", request_method="POST", permission=ENTER)
def end(request: Any) -> Any:
    """Back to the card it began on; under a new cookie."""
    if not request.find_service(IViewing).end(request.identity.session_id):
        return HTTPSeeOther(request.route_path("cabinet.public.home"))
    say(request, _("You see the cabinet as yourself again."))
    back = request.session.pop(BACK, "") or request.route_path("cabinet.public.home")
    return _renewed(request, back)


def _renewed(request: Any, path: str) -> Any:
    token = sessions.rotate(request.db, request.identity.session_id)
    return HTTPSeeOther(path, headers=remember(request, token))
