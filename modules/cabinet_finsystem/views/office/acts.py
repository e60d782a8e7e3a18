"""The office's acts, waybills and UPD: the list, one of them, writing one or many."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from pyramid.view import view_config

from cabinet.contracts.clients import IClientBook
from cabinet.contracts.money import Money
from cabinet.contracts.parties import ILegalEntities
from cabinet.db.paging import ListQuery, Page
from cabinet.interfaces import IAuditLog, IClock
from cabinet.web.answers import go, say
from cabinet.web.areas import public_id
from cabinet.web.listing import Column, Listing, chips
from cabinet_finsystem.forms.act import ActForm, ManyActsForm
from cabinet_finsystem.forms.invoice import VoidForm
from cabinet_finsystem.interfaces import IActBook, IActLetters, IInvoiceBook
from cabinet_finsystem.invoicing.amounts import totals_by_rate
from cabinet_finsystem.papers.parties import frozen_customer, frozen_issuer
from cabinet_finsystem.texts import _
from cabinet_finsystem.views.answers import to_act, to_invoice
from cabinet_finsystem.views.figures import percent, quantity
from cabinet_finsystem.views.history import timeline
from cabinet_finsystem.views.lists import shown_filters
from cabinet_finsystem.views.papers import act_pdf_response
from cabinet_finsystem.views.states import ACT_KINDS, ACT_STATES, LETTERS, act_name

VIEW = "finsystem:invoice:view"
EDIT = "finsystem:invoice:edit"
TEMPLATES = "cabinet_finsystem:templates/office/acts"
PAGE = f"{TEMPLATES}/act.pt"
FILTERS = ("state", "kind", "client", "invoice", "from", "to")
SEGMENTS = (("", _("All")), ("draft", _("Drafts")), ("issued", _("Issued ones")), ("void", _("Void ones")))
MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class ActRow:
    """An act as a line of the list."""

    act: Any
    client_id: Any
    client_name: str
    invoice_id: Any
    invoice_number: str
    kind: str
    shape: str
    word: str


COLUMNS = (
    Column("number", _("Number"), lambda row: row.act.number or "", sortable=True),
    Column("kind", _("Document"), lambda row: row.kind),
    Column("client", _("Client"), lambda row: row.client_name),
    Column("text", _("What for"), lambda row: row.act.text),
    Column("date", _("Date"), lambda row: row.act.date, sortable=True),
    Column("invoice", _("Invoice"), lambda row: row.invoice_number),
    Column("state", _("State"), lambda row: row.word),
    Column("total", _("Total"), lambda row: Money(row.act.total, row.act.currency), sortable=True, numeric=True),
    Column("currency", _("Currency"), lambda row: row.act.currency),
)


@view_config(route_name="finsystem.office.acts", request_method="GET", permission=VIEW, renderer=f"{TEMPLATES}/list.pt")
def acts(request: Any) -> Any:
    """All acts and waybills, the latest first."""
    listing = Listing(request, COLUMNS, _find(request), filters=FILTERS, default="-date", file_name="acts")
    if (answer := listing.export()) is not None:
        return answer
    chosen = listing.filters.get("state", "")
    titles = {
        "client": _("Client"),
        "kind": _("Document"),
        "invoice": _("Invoice"),
        "from": _("From"),
        "to": _("To"),
    }
    shown = shown_filters(request, listing)
    if kind := ACT_KINDS.get(listing.filters.get("kind", "")):
        shown[listing.filters["kind"]] = request.localizer.translate(kind)
    if key := listing.filters.get("invoice"):
        found = request.find_service(IInvoiceBook).find(public_id(key))
        shown[key] = (found.number if found is not None else None) or "—"
    return {
        "listing": listing,
        "segments": [
            {"title": title, "href": listing.url(state=state or None), "current": chosen == state}
            for state, title in SEGMENTS
        ],
        "chips": chips(listing, titles, shown),
        "kinds": ACT_KINDS,
        "may_edit": request.has_permission(EDIT),
    }


@view_config(
    route_name="finsystem.office.acts.issue", request_method="GET", permission=EDIT, renderer=f"{TEMPLATES}/many.pt"
)
def ask_many(request: Any) -> dict[str, Any]:
    """Invoices that have something left, to be ticked."""
    return _many_page(request, ManyActsForm(request, request.find_service(IClock).today()))


@view_config(
    route_name="finsystem.office.acts.issue", request_method="POST", permission=EDIT, renderer=f"{TEMPLATES}/many.pt"
)
def issue_many(request: Any) -> Any:
    """One document for the rest of each invoice that was ticked, the oldest first."""
    form = ManyActsForm(request, request.find_service(IClock).today())
    invoices = request.find_service(IInvoiceBook)
    wanted = list(dict.fromkeys(request.POST.getall("invoice")))[:MOST_AT_ONCE]
    found = [one for key in wanted if (one := invoices.find(public_id(key))) is not None]
    if form.submitted():
        if not found:
            form.refuse(_("Tick the invoices first."))
        else:
            with form.catching():
                made = request.find_service(IActBook).issue_rest(
                    sorted(found, key=lambda one: (one.date, one.id)), date=form.date.data, kind=form.kind.data
                )
                text = request.fmt.plural(
                    len(made), "${n} document is issued.", "${n} documents are issued.", "cabinet_finsystem"
                )
                say(request, text)
                return go(request, "finsystem.office.acts")
    return _many_page(request, form, {one.id for one in found})


@view_config(
    route_name="finsystem.office.act.new", request_method="GET", permission=EDIT, renderer=f"{TEMPLATES}/new.pt"
)
def ask(request: Any) -> Any:
    """Which document, of what day, what of the invoice."""
    form = _form(request)
    if not form.parts or request.context.subject.state in ("draft", "void"):
        say(request, _("Nothing is left of this invoice to write an act for."), kind="bad")
        return to_invoice(request, request.context.subject.public_id)
    return _new_page(request, form)


@view_config(
    route_name="finsystem.office.act.new", request_method="POST", permission=EDIT, renderer=f"{TEMPLATES}/new.pt"
)
def write(request: Any) -> Any:
    """Issue it, or keep it as a draft."""
    form, book = _form(request), request.find_service(IActBook)
    key = form.public_id
    if (kept := book.find(key)) is not None:
        say(request, _("This document is saved already."), kind="info")
        return to_act(request, kept.public_id)
    if form.submitted():
        with form.catching():
            act = book.draft_of(
                request.context.subject,
                date=form.date.data,
                kind=form.kind.data,
                parts=form.chosen,
                payment_documents=form.payment_documents.data or "",
                advances=form.advances.data or "",
                public_id=key,
            )
            if "save" in request.POST:
                say(request, _("The draft is saved."))
            else:
                book.issue(act)
                _say_issued(request, act)
            return to_act(request, act.public_id)
    return _new_page(request, form)


@view_config(route_name="finsystem.office.act", request_method="GET", permission=VIEW, renderer=PAGE)
def act(request: Any) -> dict[str, Any]:
    """One of them: what was done, for which invoice, what happened to it."""
    return act_page(request, request.context.subject)


@view_config(route_name="finsystem.office.act.pdf", request_method="GET", permission=VIEW)
def pdf(request: Any) -> Any:
    """The paper; ``?inline=1`` shows it in the browser."""
    return act_pdf_response(request, request.context.subject)


@view_config(route_name="finsystem.office.act.issue", request_method="POST", permission=EDIT)
def issue(request: Any) -> Any:
    """Give a draft its number."""
    subject = request.context.subject
    request.find_service(IActBook).issue(subject)
    _say_issued(request, subject)
    return to_act(request, subject.public_id)


@view_config(route_name="finsystem.office.act.discard", request_method="POST", permission=EDIT)
def discard(request: Any) -> Any:
    """Throw a draft away."""
    subject, book = request.context.subject, request.find_service(IActBook)
    invoice = book.invoice_of(subject)
    book.discard(subject)
    say(request, _("The draft is thrown away."))
    return to_invoice(request, invoice.public_id)


@view_config(route_name="finsystem.office.act.void", request_method="POST", permission=EDIT)
def void(request: Any) -> Any:
    """Withdraw an issued one."""
    subject = request.context.subject
    form = VoidForm(request)
    if form.submitted():
        request.find_service(IActBook).void(subject, reason=form.reason.data.strip())
        said = _("${document} is void. Its number stays used.", mapping={"document": _named(request, subject)})
        say(request, said)
    else:
        say(request, _("Say why the document is voided."), kind="bad")
    return to_act(request, subject.public_id)


def act_page(request: Any, subject: Any) -> dict[str, Any]:
    """Variables of the page of an Act."""
    party = request.find_service(IClientBook).party(subject.client_id)
    letters = request.find_service(IActLetters)
    issuer, customer = subject.issuer, subject.customer
    if subject.state == "draft":
        entity = request.find_service(ILegalEntities).get(subject.legal_entity_id)
        issuer, customer = frozen_issuer(entity, subject.currency), frozen_customer(party)
    return {
        "act": subject,
        "heading": _named(request, subject),
        "state": ACT_STATES[subject.state],
        "client": party,
        "invoice_of": request.find_service(IActBook).invoice_of(subject),
        "issuer": issuer,
        "customer": customer,
        "rates": totals_by_rate((line.vat_rate, line.net, line.vat) for line in subject.lines),
        "may_edit": request.has_permission(EDIT),
        "letters": letters.of(subject),
        "letter_states": LETTERS,
        "mail": letters.configured,
        "events": timeline(request, request.find_service(IAuditLog).of("act", subject.public_id)),
        "send": None,
        "quantity": quantity,
        "percent": percent,
    }


def _form(request: Any) -> ActForm:
    lines = request.find_service(IActBook).left(request.context.subject)
    return ActForm(request, lines, request.find_service(IClock).today())


def _new_page(request: Any, form: ActForm) -> dict[str, Any]:
    subject = request.context.subject
    return {"form": form, "invoice": subject, "quantity": quantity, "charging": subject.charges == "act"}


def _many_page(request: Any, form: ManyActsForm, ticked: Any = frozenset()) -> dict[str, Any]:
    return {"form": form, "rows": request.find_service(IActBook).waiting(MOST_AT_ONCE), "ticked": ticked}


def _named(request: Any, subject: Any) -> str:
    return act_name(request, subject.kind, subject.number)


def _say_issued(request: Any, subject: Any) -> None:
    say(request, _("${document} is issued.", mapping={"document": _named(request, subject)}))


def _find(request: Any) -> Any:
    book, translate = request.find_service(IActBook), request.localizer.translate

    def find(query: ListQuery) -> Page:
        page: Page = book.listing(query)
        rows = []
        for found, client_id, name, invoice_id, number in page.rows:
            shape, word = ACT_STATES[found.state]
            kind = translate(ACT_KINDS[found.kind])
            rows.append(ActRow(found, client_id, name, invoice_id, number, kind, shape, translate(word)))
        return replace(page, rows=rows)

    return find
