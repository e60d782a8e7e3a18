"""What the pages of this module answer with: a word about what was done, and the way to the next page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther

from cabinet_finsystem.interfaces import IClientMoney


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


def undo_of(request: Any, payment: Any, allocation_ids: Sequence[int], back: str = "") -> str | None:
    """Where an allocation that was made just now is taken back; several are taken back one by one on the page."""
    if len(allocation_ids) != 1:
        return None
    parts = request.find_service(IClientMoney).parts([payment.id])[payment.id]
    part = next(part for part in parts if part.allocation_id == allocation_ids[0])
    return str(
        request.route_path(
            "finsystem.office.allocation.undo",
            payment=payment.public_id.hex,
            allocation=part.allocation_public_id.hex,
            _query={"back": back} if back else {},
        )
    )
