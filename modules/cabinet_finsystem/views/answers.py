"""What the pages of this module answer with: a word about what was done, and the way to the next page."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther


def say(request: Any, text: str, *, undo: str | None = None, kind: str = "good") -> None:
    """Leave a word (a TranslationString) for the next page. ``undo``: path to post to for taking the act back."""
    request.session.flash({"kind": kind, "text": request.localizer.translate(text), "undo": undo})


def go(request: Any, route: str, **parts: Any) -> HTTPSeeOther:
    """To another page."""
    return HTTPSeeOther(request.route_path(route, **parts))


def to_invoice(request: Any, public_id: Any) -> HTTPSeeOther:
    """To an invoice of the office."""
    return go(request, "finsystem.office.invoice", invoice=public_id.hex)


def to_payment(request: Any, public_id: Any) -> HTTPSeeOther:
    """To a payment of the office."""
    return go(request, "finsystem.office.payment", payment=public_id.hex)
