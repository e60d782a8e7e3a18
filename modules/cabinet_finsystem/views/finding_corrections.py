"""What the global search finds of corrections of invoices: for the office, and for a client in his own place."""

from __future__ import annotations

from typing import Any

from cabinet.plugins.contributions import SearchHit
from cabinet_finsystem.interfaces import ICorrectionBook
from cabinet_finsystem.texts import _
from cabinet_finsystem.views.states import CORRECTION_STATES, correction_name


def corrections(request: Any, text: str, limit: int) -> list[SearchHit]:
    """Corrections by number, reason, client and the number of their invoice."""
    return [
        _hit(request, one, number, request.route_path("finsystem.office.correction", correction=one.public_id.hex))
        for one, _invoice, number in request.find_service(ICorrectionBook).found(text, limit)
    ]


def own_corrections(request: Any, text: str, limit: int) -> list[SearchHit]:
    """A client's own, on the page of their invoice; drafts are not his to see."""
    client = request.context.client
    return [
        _hit(
            request,
            one,
            number,
            request.route_path("finsystem.my.invoice", client=client.public_id.hex, invoice=invoice.hex),
        )
        for one, invoice, number in request.find_service(ICorrectionBook).found(text, limit, client_id=client.id)
    ]


def _hit(request: Any, one: Any, invoice: str, url: str) -> SearchHit:
    translate = request.localizer.translate
    facts = (
        translate(_("to invoice ${number}", mapping={"number": invoice})),
        request.fmt.amount(one.total, one.currency, sign=True),
        request.fmt.date(one.date),
        translate(CORRECTION_STATES[one.state][1]),
    )
    return SearchHit(correction_name(request, one), " · ".join(filter(None, facts)), url, "receipt-refund")
