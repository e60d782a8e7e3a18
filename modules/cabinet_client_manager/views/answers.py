"""What the pages of this module answer with: a word about what was done, and the way to the next page."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from translationstring import TranslationString


def say(request: Any, text: TranslationString, *, undo: str | None = None, kind: str = "good", **values: Any) -> None:
    """Leave a word for the next page. ``undo``: path to post to for taking the act back."""
    message = request.localizer.translate(text % values if values else text)
    request.session.flash({"kind": kind, "text": message, "undo": undo})


def go(request: Any, route: str, **parts: Any) -> HTTPSeeOther:
    """To another page."""
    return HTTPSeeOther(request.route_path(route, **parts))


def to_client(request: Any, public_id: Any) -> HTTPSeeOther:
    """To a client's card."""
    return go(request, "client_manager.office.client", client=public_id.hex)
