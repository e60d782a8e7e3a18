"""What every template knows: the area's layout, the macros, formatting, the menu, the assets."""

from __future__ import annotations

from typing import Any

from pyramid.events import BeforeRender

from cabinet.i18n.formatting import formatter
from cabinet.web.assets import asset_url
from cabinet.web.menu import navigation
from cabinet.web.slots import slot
from cabinet.web.templates import template

LAYOUTS = {
    "public": "cabinet:templates/layouts/public.pt",
    "my": "cabinet:templates/layouts/area.pt",
    "office": "cabinet:templates/layouts/area.pt",
    "site": "cabinet:templates/layouts/area.pt",
}


def add_globals(event: BeforeRender) -> None:
    """Give a page its surroundings. Letters and documents are rendered without a request and get none of this."""
    request = event.get("request")
    if request is None or not hasattr(request, "cabinet_identity"):
        return
    area = getattr(getattr(request, "context", None), "area", "public")
    event["layout"] = template(LAYOUTS[area])
    event["ui"] = template("cabinet:templates/ui.pt")
    event["fmt"] = request.fmt
    event["asset"] = request.asset_url
    # An error page must be drawn even where the database or a badge of the menu is what broke: it does without its surroundings then.
    for name in ("nav", "csrf_token"):
        try:
            event[name] = getattr(request, name)
        except Exception:
            if getattr(request, "exception", None) is None:
                raise


def csrf_token(request: Any) -> str:
    """The token for forms of this page."""
    from pyramid.csrf import get_csrf_token

    token: str = get_csrf_token(request)
    return token


def banners(request: Any) -> Any:
    """What modules must say on every page of an area: fragments of the slot ``cabinet.page.banner``."""
    return slot(request, "cabinet.page.banner", None)


def beside_the_door(request: Any) -> Any:
    """What modules offer to who has not signed in: links, fragments of the slot ``cabinet.sign_in.foot``."""
    return slot(request, "cabinet.sign_in.foot", None)


def includeme(config: Any) -> None:
    """Reified request attributes, and the subscriber that hands them to templates."""
    config.add_request_method(formatter, "fmt", reify=True)
    config.add_request_method(navigation, "nav", reify=True)
    config.add_request_method(banners, "banners", reify=True)
    config.add_request_method(beside_the_door, "beside_the_door", reify=True)
    config.add_request_method(csrf_token, "csrf_token", reify=True)
    config.add_request_method(asset_url, "asset_url")
    config.add_subscriber(add_globals, BeforeRender)
