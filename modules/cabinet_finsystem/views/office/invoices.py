"""The office's invoices: the list, one invoice, and what can be done with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pyramid.view import view_config

from cabinet.contracts.clients import IClientBook
from cabinet.contracts.money import Money
from cabinet.contracts.parties import ILegalEntities
from cabinet.db.paging import ListQuery, Page
from cabinet.interfaces import IAuditLog, IClock, INotices
from cabinet.web.answers import go, say
from cabinet.web.areas import public_id
from cabinet.web.listing import Column, Listing, chips
from cabinet_finsystem.contributions.write_offs import MAKE
from cabinet_finsystem.forms.invoice import VoidForm
from cabinet_finsystem.interfaces import (
    IActBook,
    IBulkIssues,
    ICorrectionBook,
    IInvoiceBook,
    IInvoiceLetters,
    IPayments,
    IWriteOffs,
)
from cabinet_finsystem.invoicing.amounts import totals_by_rate
from cabinet_finsystem.notices import ISSUED
from cabinet_finsystem.papers.parties import frozen_customer, frozen_issuer
from cabinet_finsystem.payments.values import WRITE_OFF, NewAllocation
from cabinet_finsystem.texts import _
from cabinet_finsystem.views.answers import to_invoice, undo_of
from cabinet_finsystem.views.figures import percent, quantity
from cabinet_finsystem.views.history import timeline
from cabinet_finsystem.views.lists import shown_filters
from cabinet_finsystem.views.papers import pdf_response
from cabinet_finsystem.views.reminders_card import told_rows
from cabinet_finsystem.views.states import (
    ACT_STATES,
    CORRECTION_STATES,
    LETTERS,
    SEGMENTS,
    act_name,
    correction_name,
    in_days,
    invoice_state,
)

VIEW = "finsystem:invoice:view"
EDIT = "finsystem:invoice:edit"
PAY = "finsystem:payment:edit"
PAGE = "cabinet_finsystem:templates/office/invoices/invoice.pt"
FILTERS = ("state", "client", "bulk", "from", "to")
MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """An invoice as a line of the list."""

    invoice: Any
    client_id: Any
    client_name: str
    shape: str
    word: str


COLUMNS = (
    Column("number", _("Number"), lambda row: row.invoice.number or "", sortable=True),
    Column("client", _("Client"), lambda row: row.client_name),
    Column("text", _("What for"), lambda row: row.invoice.text),
    Column("date", _("Date"), lambda row: row.invoice.date, sortable=True),
    Column("due", _("Pay by"), lambda row: row.invoice.due, sortable=True),
    Column("state", _("State"), lambda row: row.word),
    Column("total", _("Total"), lambda row: _money(row, row.invoice.asked), sortable=True, numeric=True),
    Column("paid", _("Paid so far"), lambda row: _money(row, row.invoice.paid), numeric=True),
    Column("open", _("To pay"), lambda row: _money(row, row.invoice.open), sortable=True, numeric=True),
    Column("currency", _("Currency"), lambda row: row.invoice.currency),
)


@view_config(
    route_name="finsystem.office.invoices",
    request_method="GET",
    permission=VIEW,
    renderer="cabinet_finsystem:templates/office/invoices/list.pt",
)
def invoices(request: Any) -> Any:
    """All invoices, the latest first."""
    listing = Listing(request, COLUMNS, _find(request), filters=FILTERS, default="-date", file_name="invoices")
    if (answer := listing.export()) is not None:
        return answer
    chosen = listing.filters.get("state", "")
    segments = [
        {"title": title, "href": listing.url(state=state or None), "current": chosen == state}
        for state, title in SEGMENTS
    ]
    titles = {"client": _("Client"), "bulk": _("Issued together"), "from": _("From"), "to": _("To")}
    shown = shown_filters(request, listing)
    if key := listing.filters.get("bulk"):
        together = request.find_service(IBulkIssues).find(public_id(key))
        shown[key] = request.fmt.date(together.created_at.date()) if together is not None else "—"
    may_edit = request.has_permission(EDIT)
    drafts = [row for row in listing.page.rows if row.invoice.state == "draft"]
    told = [row.invoice.client_id for row in drafts] if may_edit else []
    return {
        "listing": listing,
        "segments": segments,
        "chips": chips(listing, titles, shown),
        "may_edit": may_edit,
        "drafts": drafts,
        "letters": request.find_service(INotices).letters(ISSUED, told),
    }


@view_config(route_name="finsystem.office.invoices.issue", request_method="POST", permission=EDIT)
def issue_chosen(request: Any) -> Any:
    """Issue the drafts that were ticked, in the order of the list from its end: the oldest gets the first number."""
    book = request.find_service(IInvoiceBook)
    wanted = list(dict.fromkeys(request.POST.getall("invoice")))[:MOST_AT_ONCE]
    found = [invoice for key in wanted if (invoice := book.find(public_id(key))) is not None]
    if not found:
        say(request, _("Tick the drafts to issue first."), kind="bad")
    else:
        tell = "tell" in request.POST
        book.issue_many(sorted(found, key=lambda invoice: (invoice.date, invoice.id)), tell=tell)
        text = request.fmt.plural(
            len(found), "${n} invoice is issued.", "${n} invoices are issued.", "cabinet_finsystem"
        )
        say(request, text)
    return go(request, "finsystem.office.invoices")


@view_config(route_name="finsystem.office.invoice", request_method="GET", permission=VIEW, renderer=PAGE)
def invoice(request: Any) -> dict[str, Any]:
    """One invoice: what it asks for, what of it is paid and by what, what happened to it."""
    return invoice_page(request, request.context.subject)


@view_config(route_name="finsystem.office.invoice.pdf", request_method="GET", permission=VIEW)
def pdf(request: Any) -> Any:
    """The paper; ``?inline=1`` shows it in the browser."""
    return pdf_response(request, request.context.subject)


@view_config(route_name="finsystem.office.invoice.issue", request_method="POST", permission=EDIT)
def issue(request: Any) -> Any:
    """Give a draft its number."""
    subject = request.context.subject
    request.find_service(IInvoiceBook).issue(subject)
    say(request, _("Invoice ${number} is issued.", mapping={"number": subject.number}))
    return to_invoice(request, subject.public_id)


@view_config(route_name="finsystem.office.invoice.copy", request_method="POST", permission=EDIT)
def copy(request: Any) -> Any:
    """A new draft like this invoice, of today."""
    copied = request.find_service(IInvoiceBook).copy(request.context.subject, date=request.find_service(IClock).today())
    say(request, _("This is a copy: look it through, then issue it."), kind="info")
    return go(request, "finsystem.office.invoice.edit", invoice=copied.public_id.hex)


@view_config(route_name="finsystem.office.invoice.discard", request_method="POST", permission=EDIT)
def discard(request: Any) -> Any:
    """Throw a draft away."""
    request.find_service(IInvoiceBook).discard(request.context.subject)
    say(request, _("The draft is thrown away."))
    return go(request, "finsystem.office.invoices")


@view_config(route_name="finsystem.office.invoice.void", request_method="POST", permission=EDIT)
def void(request: Any) -> Any:
    """Withdraw an issued invoice."""
    subject = request.context.subject
    form = VoidForm(request)
    if form.submitted():
        freed = request.find_service(IInvoiceBook).void(subject, reason=form.reason.data.strip())
        say(request, _("Invoice ${number} is void. Its number stays used.", mapping={"number": subject.number}))
        if freed:
            amount = request.fmt.amount(freed, subject.currency)
            say(request, _("${amount} went back to the client’s balance.", mapping={"amount": amount}))
    else:
        say(request, _("Say why the invoice is voided."), kind="bad")
    return to_invoice(request, subject.public_id)


@view_config(route_name="finsystem.office.invoice.pay", request_method="POST", permission=PAY)
def pay_from_free(request: Any) -> Any:
    """Put free money of the client onto the invoice, the oldest first, as much as it asks for."""
    subject = request.context.subject
    payments = request.find_service(IPayments)
    wanted = left = subject.open
    undo = None
    query = ListQuery(filters={"state": "free"}, sort="date", size=0)
    for payment in payments.listing(query, client_id=subject.client_id).rows:
        if left and payment.currency == subject.currency:
            minor = min(left, payment.free)
            made = payments.allocate(payment.id, [NewAllocation(subject.id, minor)])
            undo = undo_of(request, payment, made, subject.public_id.hex) if left == wanted else None
            left -= minor
    if left == wanted:
        say(request, _("The client has no free money in this currency."), kind="bad")
    else:
        amount = request.fmt.amount(wanted - left, subject.currency)
        say(request, _("${amount} is put onto the invoice.", mapping={"amount": amount}), undo=undo)
    return to_invoice(request, subject.public_id)


def invoice_page(request: Any, subject: Any) -> dict[str, Any]:
    """Variables of the page of an Invoice."""
    today = request.find_service(IClock).today()
    party = request.find_service(IClientBook).party(subject.client_id)
    issuer, customer = sides(request, subject, party)
    may_pay = request.has_permission(PAY) and subject.open > 0
    payments = request.find_service(IPayments)
    letters = request.find_service(IInvoiceLetters)
    paid_by = payments.paid_by(subject.id) if subject.state != "draft" else []
    acts = request.find_service(IActBook).of_invoice(subject.id) if subject.state != "draft" else []
    corrections = request.find_service(ICorrectionBook).of_invoice(subject.id) if subject.state != "draft" else []
    taken = sum(act.total for act in acts if act.state == "issued")
    return {
        "invoice": subject,
        "state": invoice_state(request, subject, today),
        "when": in_days(request, subject.due, today) if subject.open else "",
        "client": party,
        "contract": _contract(request, subject),
        "issuer": issuer,
        "customer": customer,
        "rates": totals_by_rate((line.vat_rate, line.net, line.vat) for line in subject.lines),
        "paid_by": paid_by,
        "returned": sum(allocation.minor for allocation, payment in paid_by if payment.kind != WRITE_OFF),
        "free": payments.free_of(subject.client_id, subject.currency) if may_pay else 0,
        "rest": request.find_service(IWriteOffs).offered(subject) if request.has_permission(MAKE) else 0,
        "forgiven": sum(payment.minor for _allocation, payment in paid_by if payment.kind == WRITE_OFF),
        "acts": [(act, act_name(request, act.kind, act.number), *ACT_STATES[act.state]) for act in acts],
        "taken": taken,
        "corrections": [(one, correction_name(request, one), *CORRECTION_STATES[one.state]) for one in corrections],
        "standing": sum(one.state == "issued" for one in corrections),
        "may_act": request.has_permission(EDIT) and subject.state not in ("draft", "void") and taken < subject.asked,
        "may_edit": request.has_permission(EDIT),
        "may_pay": may_pay,
        "letters": letters.of(subject),
        "told": told_rows(request, subject.id),
        "letter_states": LETTERS,
        "mail": letters.configured,
        "events": timeline(request, request.find_service(IAuditLog).of("invoice", subject.public_id)),
        "send": None,
        "quantity": quantity,
        "percent": percent,
    }


def sides(request: Any, subject: Any, party: Any) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """(our side, the client's) of an Invoice: frozen, or of a draft as they are now."""
    if subject.state != "draft":
        return subject.issuer, subject.customer
    entity = request.find_service(ILegalEntities).get(subject.legal_entity_id)
    return frozen_issuer(entity, subject.currency), frozen_customer(party)


def _find(request: Any) -> Any:
    book = request.find_service(IInvoiceBook)
    today = request.find_service(IClock).today()

    def find(query: ListQuery) -> Page:
        page: Page = book.named(query)
        rows = []
        for found, client_id, name in page.rows:
            shape, word = invoice_state(request, found, today)
            rows.append(InvoiceRow(found, client_id, name, shape, request.localizer.translate(word)))
        return replace(page, rows=rows)

    return find


def _contract(request: Any, subject: Any) -> Any:
    return None if subject.contract_id is None else request.find_service(IClientBook).contract(subject.contract_id)


def _money(row: InvoiceRow, minor: int) -> Money:
    return Money(minor, row.invoice.currency)
