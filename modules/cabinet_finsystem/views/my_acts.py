"""What a client sees of acts, waybills and UPD issued to him. Drafts are not his to see."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from pyramid.view import view_config

from cabinet.contracts.money import Money
from cabinet.db.paging import ListQuery, Page
from cabinet.web.listing import Column, Listing
from cabinet_finsystem.interfaces import IActBook
from cabinet_finsystem.invoicing.amounts import totals_by_rate
from cabinet_finsystem.texts import _
from cabinet_finsystem.views.figures import percent, quantity
from cabinet_finsystem.views.my import OWN, TEMPLATES, section_title, tabs
from cabinet_finsystem.views.papers import act_pdf_response
from cabinet_finsystem.views.states import ACT_KINDS, ACT_STATES, act_name


@dataclass(frozen=True, slots=True)
class OwnAct:
    """An act as a line of the client's list."""

    act: Any
    invoice_id: Any
    invoice_number: str
    kind: str
    shape: str
    word: str


COLUMNS = (
    Column("number", _("Number"), lambda row: row.act.number, sortable=True),
    Column("kind", _("Document"), lambda row: row.kind),
    Column("text", _("What for"), lambda row: row.act.text),
    Column("date", _("Date"), lambda row: row.act.date, sortable=True),
    Column("invoice", _("Invoice"), lambda row: row.invoice_number),
    Column("state", _("State"), lambda row: row.word),
    Column("total", _("Total"), lambda row: Money(row.act.total, row.act.currency), sortable=True, numeric=True),
    Column("currency", _("Currency"), lambda row: row.act.currency),
)


@view_config(route_name="finsystem.my.acts", request_method="GET", permission=OWN, renderer=f"{TEMPLATES}/acts.pt")
def acts(request: Any) -> Any:
    """His acts and waybills, the latest first."""
    listing = Listing(request, COLUMNS, _find(request), filters=("kind",), default="-date", file_name="acts")
    if (answer := listing.export()) is not None:
        return answer
    chosen = listing.filters.get("kind", "")
    segments = [("", _("All")), ("act", _("Acts only")), ("waybill", _("Waybills")), ("upd", _("UPD"))]
    return {
        "listing": listing,
        "segments": [
            {"title": title, "href": listing.url(kind=kind or None), "current": chosen == kind}
            for kind, title in segments
        ],
        "tabs": tabs(request, "acts"),
        "section": section_title(request),
    }


@view_config(route_name="finsystem.my.act", request_method="GET", permission=OWN, renderer=f"{TEMPLATES}/act.pt")
def act(request: Any) -> dict[str, Any]:
    """One act: what was done, for which invoice, its paper."""
    subject = request.context.subject
    return {
        "act": subject,
        "heading": act_name(request, subject.kind, subject.number),
        "state": ACT_STATES[subject.state],
        "invoice_of": request.find_service(IActBook).invoice_of(subject),
        "issuer": subject.issuer,
        "customer": subject.customer,
        "rates": totals_by_rate((line.vat_rate, line.net, line.vat) for line in subject.lines),
        "section": section_title(request),
        "quantity": quantity,
        "percent": percent,
    }


@view_config(route_name="finsystem.my.act.pdf", request_method="GET", permission=OWN)
def pdf(request: Any) -> Any:
    """The paper of an act."""
    return act_pdf_response(request, request.context.subject)


def _find(request: Any) -> Any:
    book, client_id = request.find_service(IActBook), request.context.client.id

    def find(query: ListQuery) -> Page:
        kind = query.filters.get("kind", "")
        asked = replace(query, filters={"kind": kind} if kind in ACT_KINDS else {})
        page: Page = book.listing(asked, client_id=client_id, drafts=False)
        return replace(page, rows=[_row(request, row) for row in page.rows])

    return find


def _row(request: Any, row: Any) -> OwnAct:
    translate = request.localizer.translate
    shape, word = ACT_STATES[row.act.state]
    return OwnAct(
        row.act, row.invoice_public_id, row.invoice_number, translate(ACT_KINDS[row.act.kind]), shape, translate(word)
    )
