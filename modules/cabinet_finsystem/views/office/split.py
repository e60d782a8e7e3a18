"""A payment for several clients: a line of the queue parted between them, each part with its own invoices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config

from cabinet.contracts.clients import ClientParty, IClientBook
from cabinet.errors import DomainError
from cabinet.web.areas import public_id
from cabinet_finsystem.forms.split import MOST, SUM, SplitForm
from cabinet_finsystem.interfaces import IInvoiceBook, IStatementQueue
from cabinet_finsystem.invoicing.values import Debt
from cabinet_finsystem.texts import _
from cabinet_finsystem.views.office.queue_page import (
    DECIDE,
    FOUND_CLIENTS,
    TEMPLATES,
    kept,
    line_page,
    next_page,
    to_line,
)

PUT_TOGETHER = ("count", "find", "add", "remove")
"""Names of the buttons that only change the form; no other one writes."""


@view_config(
    route_name="finsystem.office.line.split", request_method="GET", permission=DECIDE, renderer=f"{TEMPLATES}/split.pt"
)
def begin(request: Any) -> Any:
    """The parts as the candidates propose them, else whole for the one that was looked at."""
    line = request.context.subject
    if not _can_be_split(line):
        return HTTPSeeOther(to_line(request, line.public_id, **kept(request)))
    page = line_page(request, line)
    form = SplitForm(request, line.minor, line.currency)
    offered = [c for c in page["candidates"] if c["party"] is not None]
    if page["chosen"] in offered:  # the one that the person looked at comes first
        offered = [page["chosen"], *(c for c in offered if c is not page["chosen"])]
    named = [c for c in offered if c["allocations"]] or offered[:1]
    debts = _debts(request, line, [c["party"] for c in named])
    for candidate in named:
        if form.left > 0:
            party = candidate["party"]
            onto = dict(tuple(pair) for pair in candidate["allocations"]) or None
            form.propose(party, debts[party.client_id], onto)
    return _page(request, page, form)


@view_config(
    route_name="finsystem.office.line.split", request_method="POST", permission=DECIDE, renderer=f"{TEMPLATES}/split.pt"
)
def split(request: Any) -> Any:
    """Put together further, or written: all parts or none."""
    line = request.context.subject
    if not _can_be_split(line):
        raise DomainError("line_decided", _("This line was decided meanwhile."))
    form = SplitForm(request, line.minor, line.currency)
    parties = _parties(request, [key.removeprefix(SUM) for key in request.POST if key.startswith(SUM)])
    parties = [party for party in parties if party.public_id.hex != request.POST.get("remove")]
    added = _parties(request, [request.POST["add"]]) if request.POST.get("add") else []
    added = [party for party in added if party not in parties]
    debts = _debts(request, line, [*parties, *added])
    form.typed(request.POST, parties, debts)
    for party in added:
        form.propose(party, debts[party.client_id])
    if any(name in request.POST for name in PUT_TOGETHER):
        return _page(request, line_page(request, line), form)
    if not form.wrong:
        try:
            request.find_service(IStatementQueue).split(line, form.asked())
        except DomainError as error:
            request.tm.doom()  # nothing was written; should that ever be untrue, it does not stay
            form.errors.append(request.localizer.translate(error.message))
        else:
            return next_page(request, line, _("Split between clients."))
    request.response.status_int = 422
    return _page(request, line_page(request, line), form)


def _can_be_split(line: Any) -> bool:
    return line.state in {"proposed", "unsorted"} and (line.minor or 0) > 0


def _page(request: Any, page: dict[str, Any], form: SplitForm) -> dict[str, Any]:
    """The queue with the form in its middle, and who else may be given a part."""
    there = {part.party.client_id for part in form.parts}
    book = request.find_service(IClientBook)
    text = request.POST.get("find_client", "").strip()[:200]
    found = book.search(text, FOUND_CLIENTS) if len(text) >= 2 else []
    parties = book.parties(found) if found else {}
    offered = [(parties[id_], ()) for id_ in found if id_ in parties]
    known = {party.client_id for party, _reasons in offered}
    if not text:
        offered += [
            (c["party"], c["reasons"])
            for c in page["candidates"]
            if c["party"] is not None and c["party"].client_id not in known
        ]
    return page | {
        "form": form,
        "text": text,
        "offered": [{"party": p, "reasons": reasons} for p, reasons in offered if p.client_id not in there],
    }


def _parties(request: Any, keys: Iterable[str]) -> list[ClientParty]:
    """Clients by public id, in their order; those that nobody may see are not there."""
    book = request.find_service(IClientBook)
    ids = [book.by_public_id(public_id(key)) for key in list(dict.fromkeys(keys))[:MOST]]
    parties = book.parties({id_ for id_ in ids if id_ is not None})
    return [parties[id_] for id_ in dict.fromkeys(ids) if id_ in parties]


def _debts(request: Any, line: Any, parties: Sequence[ClientParty]) -> dict[int, list[Debt]]:
    book = request.find_service(IInvoiceBook)
    return {
        party.client_id: [debt for debt in book.debts(party.client_id) if debt.currency == line.currency]
        for party in parties
    }
