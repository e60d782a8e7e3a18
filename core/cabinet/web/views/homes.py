"""The home pages: cards that modules bring, for who looks."""

from __future__ import annotations

from typing import Any

from pyramid.view import view_config

from cabinet.interfaces import IClock
from cabinet.security.policy import ENTER, PUBLIC
from cabinet.web.slots import cards
from cabinet.web.views.names import own_name


@view_config(route_name="cabinet.my.home", request_method="GET", permission=ENTER, renderer="cabinet:templates/home.pt")
def client_home(request: Any) -> dict[str, Any]:
    """What do I owe, what waits for my answer, what is new, whom do I write to."""
    return _home(request, "client")


@view_config(
    route_name="cabinet.office.home", request_method="GET", permission=ENTER, renderer="cabinet:templates/home.pt"
)
def office_home(request: Any) -> dict[str, Any]:
    """The manager's day; the head sees the result of the period."""
    return _home(request, "head" if "head" in request.context.roles else "manager")


@view_config(
    route_name="cabinet.site.home", request_method="GET", permission=ENTER, renderer="cabinet:templates/home.pt"
)
def owner_home(request: Any) -> dict[str, Any]:
    """Whether the site is well."""
    return _home(request, "owner")


@view_config(
    route_name="cabinet.public.vocabulary",
    request_method="GET",
    permission=PUBLIC,
    renderer="cabinet:templates/vocabulary.pt",
)
def vocabulary(_request: Any) -> dict[str, Any]:
    """The parts of the interface on one page, for authors of themes and modules."""
    return {}


def _home(request: Any, role: str) -> dict[str, Any]:
    fragments = cards(request, role)
    now = request.find_service(IClock).now()
    return {
        "role": role,
        "name": own_name(request, (request.identity.viewing or request.identity).name).partition(" ")[0],
        "today": request.find_service(IClock).today(),
        "now": now,
        "top": [f for f in fragments if f.place == "top"],
        "main": [f for f in fragments if f.place == "main"],
        "side": [f for f in fragments if f.place == "side"],
    }
