"""The way to the pages of this module."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther

from cabinet.web.answers import go
from cabinet_finsystem.interfaces import IClientMoney


def to_invoice(request: Any, public_id: Any) -> HTTPSeeOther:
    """To an invoice of the office."""
    return go(request, "finsystem.office.invoice", invoice=public_id.hex)


def to_correction(request: Any, public_id: Any) -> HTTPSeeOther:
    """To a correction of the office."""
    return go(request, "finsystem.office.correction", correction=public_id.hex)


def to_act(request: Any, public_id: Any) -> HTTPSeeOther:
    """To an act of the office."""
    return go(request, "finsystem.office.act", act=public_id.hex)


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
