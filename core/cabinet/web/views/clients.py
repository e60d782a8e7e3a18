"""A person of several clients: choosing one of them. The path of every page names its client; nothing here is remembered for pages."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.security import remember
from pyramid.view import view_config

from cabinet.identity import sessions
from cabinet.interfaces import IClock, IPeople
from cabinet.security.policy import ENTER
from cabinet.web.menu import initials
from cabinet.web.views.doors import home_path


@view_config(
    route_name="cabinet.public.clients",
    request_method="GET",
    permission=ENTER,
    renderer="cabinet:templates/choose_client.pt",
)
def choose(request: Any) -> Any:
    """Which client to act for; somebody who has no choice goes home."""
    memberships = sessions.memberships(request.db, request.identity.user_id)
    if len(memberships) < 2:
        return HTTPSeeOther(home_path(request, request.identity))
    return {"clients": [membership.client for membership in memberships], "initials": initials}


@view_config(route_name="cabinet.my.enter", request_method="POST", permission=ENTER)
def enter(request: Any) -> Any:
    """Go on as this client: under a new cookie, and the next sign-in leads here."""
    client = request.context.client
    chosen = next(m for m in request.context.memberships if m.client_id == client.id)
    request.find_service(IPeople).choose(chosen, request.find_service(IClock).now())
    token = sessions.rotate(request.db, request.identity.session_id)
    home = request.route_path("cabinet.my.home", client=client.public_id.hex)
    return HTTPSeeOther(home, headers=remember(request, token))
