"""Reconciliations of the office: a client's account over a period, the acts that were sent, what clients say of them."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.view import view_config

from cabinet.contracts.clients import IClientBook
from cabinet.contracts.money import Money
from cabinet.interfaces import IAuditLog
from cabinet.web.answers import go, say
from cabinet.web.areas import public_id
from cabinet.web.downloads import content_response
from cabinet.web.listing import Column, Listing, chips
from cabinet_client_manager.interfaces import IClientCards
from cabinet_finsystem.errors import ReconciliationError
from cabinet_finsystem.forms.reconciliation import AnswerForm, ReasonForm
from cabinet_finsystem.interfaces import IReconciliations
from cabinet_finsystem.texts import _
from cabinet_finsystem.views.history import timeline
from cabinet_finsystem.views.lists import shown_filters
from cabinet_finsystem.views.reconciling import OPEN_STATES, STATES, Asked, client_asked, file_of, shown

VIEW = "finsystem:debt:view"
SEND = "finsystem:reconciliation:send"
TEMPLATES = "cabinet_finsystem:templates/office/reconciliations"
SEGMENTS = (
    ("", _("All")),
    ("open", _("Wait")),
    ("disputed", _("Disputed ones")),
    ("agreed", _("Agreed ones")),
    ("withdrawn", _("Withdrawn ones")),
)
SHOWN = 4
_FOUND = 8


@view_config(
    route_name="finsystem.office.reconciliations",
    request_method="GET",
    permission=VIEW,
    renderer=f"{TEMPLATES}/list.pt",
)
def reconciliations(request: Any) -> Any:
    """Acts that were sent, the latest first."""
    translate = request.localizer.translate
    columns = (
        Column("number", _("Number"), lambda row: row.act.number, sortable=True),
        Column("client", _("Client"), lambda row: row.client_name, sortable=True),
        Column("since", _("From"), lambda row: row.act.since),
        Column("until", _("To"), lambda row: row.act.until, sortable=True),
        Column("closing", _("They owe us"), lambda row: Money(row.act.closing, row.act.currency), numeric=True),
        Column("currency", _("Currency"), lambda row: row.act.currency),
        Column("state", _("State"), lambda row: translate(STATES[row.act.state][1])),
    )
    service = request.find_service(IReconciliations)
    listing = Listing(
        request, columns, service.listing, filters=("state", "client"), default="-sent", file_name="reconciliations"
    )
    if (answer := listing.export()) is not None:
        return answer
    state = listing.filters.get("state", "")
    return {
        "listing": listing,
        "states": STATES,
        "segments": [
            {"title": title, "href": listing.url(state=key or None), "current": key == state} for key, title in SEGMENTS
        ],
        "chips": chips(listing, {"client": _("Client")}, shown_filters(request, listing)),
        "may_send": request.has_permission(SEND),
    }


@view_config(
    route_name="finsystem.office.reconciliation.new",
    request_method="GET",
    permission=VIEW,
    renderer=f"{TEMPLATES}/new.pt",
)
def new(request: Any) -> Any:
    """A client's account over a period, as it would be sent; ``?known=`` as the books were known then. Without a client he is asked for."""
    if not request.GET.get("client"):
        wanted = request.GET.get("q", "").strip()[:200]
        found = request.find_service(IClientCards).find(wanted, _FOUND) if wanted else []
        return {"client": None, "wanted": wanted, "found": found}
    client = client_asked(request)
    asked = Asked(request, client.client_id, request.GET)
    reckoning, problem = asked.read()
    page: dict[str, Any] = {"client": client, "asked": asked, "problem": problem, "found": [], "wanted": ""}
    if reckoning is None:
        return {**page, **asked.choices(), "shown": None, "may_send": False}
    said = asked.service.draft(reckoning, request.locale_name)
    if (answer := file_of(request, said, lambda: asked.service.print_draft(said))) is not None:
        return answer
    may_send = request.has_permission(SEND) and asked.known is None and not (asked.entities and asked.entity is None)
    return {**page, **asked.choices(), "shown": shown(said), "may_send": may_send}


@view_config(route_name="finsystem.office.reconciliation.send", request_method="POST", permission=SEND)
def send(request: Any) -> Any:
    """Send the act of the period that the page shows."""
    client = client_asked(request)
    asked = Asked(request, client.client_id, request.POST)
    service = request.find_service(IReconciliations)
    try:
        act = service.send(asked.scope, asked.period.since, asked.period.until)
    except ReconciliationError as error:
        request.tm.doom()
        say(request, error.message, kind="bad")
        return go(request, "finsystem.office.reconciliation.new", _query=asked.query())
    undo = request.route_path("finsystem.office.reconciliation.withdraw", reconciliation=act.public_id.hex)
    said = _(
        "Reconciliation ${number} is sent: ${client} sees it in the cabinet.",
        mapping={"number": act.number, "client": client.name},
    )
    say(request, said, undo=f"{undo}?undo=1")
    return _to(request, act)


@view_config(
    route_name="finsystem.office.reconciliation", request_method="GET", permission=VIEW, renderer=f"{TEMPLATES}/act.pt"
)
def act(request: Any) -> Any:
    """One act: what it says, what the client says, what the books say otherwise by now."""
    subject = request.context.subject
    service = request.find_service(IReconciliations)
    said = service.content(subject)
    if (answer := file_of(request, said, lambda: service.paper(subject))) is not None:
        return answer
    return {
        "act": subject,
        "state": STATES[subject.state],
        "client": request.find_service(IClientBook).party(subject.client_id),
        "contract": _contract(request, subject),
        "shown": shown(said),
        "remarks": remarks_of(subject, said),
        "changes": service.changes(subject) if subject.state not in {"withdrawn", "superseded"} else None,
        "may_send": request.has_permission(SEND),
        "open": subject.state in OPEN_STATES,
        "events": timeline(request, request.find_service(IAuditLog).of("reconciliation", subject.public_id)),
    }


@view_config(route_name="finsystem.office.reconciliation.pdf", request_method="GET", permission=VIEW)
def pdf(request: Any) -> Any:
    """The paper as it was sent; ``?inline=1`` shows it in the browser."""
    return paper_of(request, request.context.subject)


@view_config(route_name="finsystem.office.reconciliation.withdraw", request_method="POST", permission=SEND)
def withdraw(request: Any) -> Any:
    """The client is not asked to agree to it any longer."""
    subject = request.context.subject
    form = ReasonForm(request)
    if "undo" in request.GET:
        form.reason.data = request.localizer.translate(_("Sent by mistake"))
    elif not form.submitted():
        say(request, _("Say why it is withdrawn."), kind="bad")
        return _to(request, subject)
    request.find_service(IReconciliations).withdraw(subject, reason=form.reason.data)
    undo = request.route_path("finsystem.office.reconciliation.restore", reconciliation=subject.public_id.hex)
    say(request, _("Reconciliation ${number} is withdrawn.", mapping={"number": subject.number}), undo=undo)
    return _to(request, subject)


@view_config(route_name="finsystem.office.reconciliation.restore", request_method="POST", permission=SEND)
def restore(request: Any) -> Any:
    """Take a withdrawal back."""
    subject = request.context.subject
    request.find_service(IReconciliations).restore(subject)
    say(request, _("Reconciliation ${number} waits for the client again.", mapping={"number": subject.number}))
    return _to(request, subject)


@view_config(route_name="finsystem.office.reconciliation.answer", request_method="POST", permission=SEND)
def answer(request: Any) -> Any:
    """Answer what the client disputes."""
    subject, remark = request.context.subject, _remark(request)
    form = AnswerForm(request)
    if form.submitted():
        request.find_service(IReconciliations).answer(remark, text=form.text.data)
        parts = {"reconciliation": subject.public_id.hex, "remark": remark.public_id.hex}
        undo = request.route_path("finsystem.office.reconciliation.reopen", **parts)
        say(request, _("Answered: the client is told."), undo=undo)
    else:
        say(request, _("Write an answer first."), kind="bad")
    return _to(request, subject)


@view_config(route_name="finsystem.office.reconciliation.reopen", request_method="POST", permission=SEND)
def reopen(request: Any) -> Any:
    """Take an answer back."""
    subject = request.context.subject
    request.find_service(IReconciliations).reopen(_remark(request))
    say(request, _("The answer is taken back: the remark waits again."))
    return _to(request, subject)


def card_acts(request: Any, card: Any) -> dict[str, Any] | None:
    """The latest acts of a client, for his card, and the way to a new one."""
    acts = request.find_service(IReconciliations).of_client(card.client_id, SHOWN)
    may_send = request.has_permission(SEND)
    return {"acts": acts, "client": card.public_id.hex, "states": STATES, "may_send": may_send}


def remarks_of(subject: Any, said: Any) -> list[dict[str, Any]]:
    """What was said of an act, each with the line it speaks of."""
    lines = {row["key"]: (n, row) for n, row in enumerate(said["rows"], 1)}
    return [
        {"remark": remark, "line": lines.get(remark.row)} for remark in subject.remarks if remark.taken_back_at is None
    ]


def paper_of(request: Any, subject: Any) -> Any:
    """The PDF of an act. The caller has checked the right to it."""
    content = request.find_service(IReconciliations).paper(subject)
    name = request.localizer.translate(_("Reconciliation ${number}.pdf", mapping={"number": subject.number}))
    return content_response(content, name=name, media_type="application/pdf", inline="inline" in request.GET)


def _remark(request: Any) -> Any:
    key = public_id(request.matchdict["remark"])
    remark = request.find_service(IReconciliations).remark(request.context.subject, key)
    if remark is None:
        raise HTTPNotFound
    return remark


def _contract(request: Any, subject: Any) -> Any:
    return None if subject.contract_id is None else request.find_service(IClientBook).contract(subject.contract_id)


def _to(request: Any, subject: Any) -> Any:
    return go(request, "finsystem.office.reconciliation", reconciliation=subject.public_id.hex)
