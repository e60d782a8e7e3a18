"""What an act answers with: a word about what was done, and the way to the next page."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther


def say(request: Any, text: Any, *, undo: str | None = None, kind: str = "good", **values: Any) -> None:
    """Leave a word (a TranslationString, filled with ``values``) for the next page. ``undo``: path to post to for taking it back."""
    message = request.localizer.translate(text % values if values else text)
    request.session.flash({"kind": kind, "text": message, "undo": undo})


def go(request: Any, route: str, **parts: Any) -> HTTPSeeOther:
    """To another page."""
    return HTTPSeeOther(request.route_path(route, **parts))
