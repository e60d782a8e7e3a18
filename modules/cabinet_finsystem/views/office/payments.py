"""The office's payments: the list, one payment, entering by hand, putting money onto invoices and taking it off."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.view import view_config

from cabinet.contracts.clients import IClientBook
from cabinet.contracts.money import Money
from cabinet.contracts.parties import ILegalEntities
from cabinet.db.paging import ListQuery, Page
from cabinet.interfaces import IAuditLog, IClock
from cabinet.web.answers import go, say
from cabinet.web.areas import public_id
from cabinet.web.listing import Column, Listing, chips
from cabinet_finsystem.client_money.values import Part
from cabinet_finsystem.contributions.write_offs import MAKE
from cabinet_finsystem.errors import RepeatedFactError
from cabinet_finsystem.forms.payment import AllocateForm, OpeningForm, PaymentChoices, PaymentForm
from cabinet_finsystem.interfaces import IClientMoney, IInvoiceBook, IPayments, IStatementQueue, IWriteOffs
from cabinet_finsystem.payments.values import WRITE_OFF, NewAllocation
from cabinet_finsystem.texts import _, in_books
from cabinet_finsystem.views.answers import to_invoice, to_payment, undo_of
from cabinet_finsystem.views.history import timeline
from cabinet_finsystem.views.lists import shown_filters
from cabinet_finsystem.views.states import KINDS, payment_state

VIEW = "finsystem:payment:view"
EDIT = "finsystem:payment:edit"
LINES = "finsystem:statement:view"
TEMPLATES = "cabinet_finsystem:templates/office/payments"
FILTERS = ("state", "kind", "client", "from", "to")
OFFERED_CLIENTS = 60
SEGMENTS = (("", _("All")), ("free", _("Unapplied")), ("reversed", _("Reversed")))


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment as a line of the list."""

    payment: Any
    client_id: Any
    client_name: str
    parts: list[Part]
    shape: str
    word: str


COLUMNS = (
    Column("date", _("Date"), lambda row: row.payment.date, sortable=True),
    Column("client", _("Client"), lambda row: row.client_name),
    Column("text", _("Text"), lambda row: row.payment.text),
    Column(
        "amount", _("Amount"), lambda row: Money(row.payment.minor, row.payment.currency), sortable=True, numeric=True
    ),
    Column("free", _("Free"), lambda row: Money(_free(row), row.payment.currency), sortable=True, numeric=True),
    Column("currency", _("Currency"), lambda row: row.payment.currency),
    Column("invoices", _("Invoices"), lambda row: ", ".join(part.invoice_number for part in row.parts)),
    Column("state", _("State"), lambda row: row.word),
)


@view_config(
    route_name="finsystem.office.payments", request_method="GET", permission=VIEW, renderer=f"{TEMPLATES}/list.pt"
)
def payments(request: Any) -> Any:
    """Money of all clients, the latest first."""
    listing = Listing(request, COLUMNS, _find(request), filters=FILTERS, default="-date", file_name="payments")
    if (answer := listing.export()) is not None:
        return answer
    chosen = listing.filters.get("state", "")
    titles = {"client": _("Client"), "kind": _("How"), "from": _("From"), "to": _("To")}
    kinds = {kind: request.localizer.translate(title) for kind, title in KINDS.items()}
    return {
        "listing": listing,
        "segments": [
            {"title": title, "href": listing.url(state=state or None), "current": chosen == state}
            for state, title in SEGMENTS
        ],
        "chips": chips(listing, titles, {**shown_filters(request, listing), **kinds}),
        "kinds": KINDS,
        "may_edit": request.has_permission(EDIT),
    }


@view_config(
    route_name="finsystem.office.payment", request_method="GET", permission=VIEW, renderer=f"{TEMPLATES}/payment.pt"
)
def payment(request: Any) -> dict[str, Any]:
    """One payment: where it came from, which invoices it pays, what of it is free."""
    return _payment_page(request, request.context.subject, None)


@view_config(
    route_name="finsystem.office.payment.new",
    request_method=("GET", "POST"),
    permission=EDIT,
    renderer=f"{TEMPLATES}/form.pt",
)
def new_payment(request: Any) -> Any:
    """Enter money that no statement brings; ``?client=`` and ``?invoice=`` begin it for one client, one invoice."""
    choices = _choices(request)
    form = PaymentForm(request, choices)
    if request.method == "GET":
        _begin(request, form)
    elif "find" not in request.POST and form.submitted():
        with form.catching():
            try:
                booked = request.find_service(IPayments).by_hand(
                    client_id=form.client_id,
                    date=form.date.data,
                    minor=form.minor,
                    currency=form.currency.data,
                    text=(form.text.data or "").strip() or in_books(request, _("Payment")),
                    bank_account_id=form.bank_account_id,
                    allocations=form.allocations(),
                    key=form.key.data or "",
                )
            except RepeatedFactError:
                request.tm.doom()
                say(request, _("This payment is entered already."), kind="info")
                return go(request, "finsystem.office.payments", _query={"client": form.client.data})
            undo = request.route_path("finsystem.office.payment.reverse", payment=booked.public_id.hex)
            say(request, _("The payment is entered."), undo=undo)
            return to_payment(request, booked.public_id)
    return _form_page(request, form)


@view_config(
    route_name="finsystem.office.payment.opening",
    request_method=("GET", "POST"),
    permission=EDIT,
    renderer=f"{TEMPLATES}/opening.pt",
)
def opening(request: Any) -> Any:
    """What a client had with us, or we with him, when the books began."""
    form = OpeningForm(request, _choices(request))
    if request.method == "GET":
        _begin(request, form)
    elif "find" not in request.POST and form.submitted():
        with form.catching():
            booked = request.find_service(IPayments).opening(
                client_id=form.client_id,
                date=form.date.data,
                minor=form.signed,
                currency=form.currency.data,
                text=in_books(request, _("Opening balance")),
            )
            undo = request.route_path("finsystem.office.payment.reverse", payment=booked.public_id.hex)
            say(request, _("The opening balance is entered."), undo=undo)
            return to_payment(request, booked.public_id)
    return _form_page(request, form)


@view_config(
    route_name="finsystem.office.payment.allocate",
    request_method="POST",
    permission=EDIT,
    renderer=f"{TEMPLATES}/payment.pt",
)
def allocate(request: Any) -> Any:
    """Put free money onto invoices, as much as was typed beside each."""
    subject = request.context.subject
    form = _allocate_form(request, subject)
    wanted = form.allocations()
    if not form.wrong and wanted:
        with form.catching():
            made = request.find_service(IPayments).allocate(subject.id, wanted)
            amount = request.fmt.amount(sum(a.minor for a in wanted), subject.currency)
            undo = undo_of(request, subject, made)
            say(request, _("${amount} is put onto invoices.", mapping={"amount": amount}), undo=undo)
            return to_payment(request, subject.public_id)
    request.response.status_int = 422
    return _payment_page(request, subject, form)


@view_config(route_name="finsystem.office.payment.reverse", request_method="POST", permission=EDIT)
def reverse(request: Any) -> Any:
    """Take a payment back whole: its invoices wait for money again."""
    subject = request.context.subject
    if subject.line_id is not None:
        say(request, _("This payment came with a bank statement: take the decision about its line back."), kind="bad")
    else:
        request.find_service(IPayments).reverse([subject.id], text=subject.text)
        say(request, _("The payment is taken back."))
    return to_payment(request, subject.public_id)


@view_config(route_name="finsystem.office.allocation.undo", request_method="POST", permission=EDIT)
def take_off(request: Any) -> Any:
    """Take one allocation back; the others stay as they are. Of what was written off nothing stays: it was no money."""
    subject = request.context.subject
    allocation = _allocation(request)
    request.find_service(IPayments).undo_allocation(allocation.id)
    amount = request.fmt.amount(allocation.minor, subject.currency)
    if subject.kind == WRITE_OFF:
        say(
            request,
            _("${amount} is no longer written off: the invoice waits for it again.", mapping={"amount": amount}),
        )
        return _back(request)
    undo = request.route_path(
        "finsystem.office.allocation.restore",
        payment=subject.public_id.hex,
        allocation=allocation.public_id.hex,
        _query={"back": request.params["back"]} if "back" in request.params else {},
    )
    say(request, _("${amount} is taken off the invoice and is free.", mapping={"amount": amount}), undo=undo)
    return _back(request)


@view_config(route_name="finsystem.office.allocation.restore", request_method="POST", permission=EDIT)
def put_back(request: Any) -> Any:
    """Put what was taken off an invoice onto it again."""
    subject = request.context.subject
    allocation = _allocation(request)
    request.find_service(IPayments).allocate(subject.id, [NewAllocation(allocation.invoice_id, allocation.minor)])
    amount = request.fmt.amount(allocation.minor, subject.currency)
    say(request, _("${amount} is put onto the invoice.", mapping={"amount": amount}))
    return _back(request)


def _find(request: Any) -> Any:
    service, money = request.find_service(IPayments), request.find_service(IClientMoney)

    def find(query: ListQuery) -> Page:
        page: Page = service.listing(query)
        names = money.names({found.client_id for found in page.rows})
        parts = money.parts([found.id for found in page.rows])
        rows = []
        for found in page.rows:
            client_id, name = names[found.client_id]
            shape, word = payment_state(found)
            translated = request.localizer.translate(word)
            rows.append(PaymentRow(found, client_id, name, parts.get(found.id, []), shape, translated))
        return replace(page, rows=rows)

    return find


def _free(row: PaymentRow) -> int:
    return int(max(row.payment.free, 0))


def _payment_page(request: Any, subject: Any, form: AllocateForm | None) -> dict[str, Any]:
    may_edit = request.has_permission(EDIT)
    parts = request.find_service(IClientMoney).parts([subject.id]).get(subject.id, [])
    accounts = {a.id: a for entity in request.find_service(ILegalEntities).all() for a in entity.accounts}
    if form is None and may_edit and subject.free > 0:
        form = _allocate_form(request, subject)
    return {
        "payment": subject,
        "state": payment_state(subject),
        "kind": KINDS[subject.kind],
        "client": request.find_service(IClientBook).party(subject.client_id),
        "account": accounts.get(subject.bank_account_id),
        "parts": parts,
        "form": form,
        "may_edit": may_edit,
        "over": request.find_service(IWriteOffs).offered_over(subject) if request.has_permission(MAKE) else 0,
        "offs": _offs(request, subject),
        "line": request.find_service(IStatementQueue).of_payment(subject) if request.has_permission(LINES) else None,
        "events": timeline(request, request.find_service(IAuditLog).of("payment", subject.public_id)),
    }


def _offs(request: Any, subject: Any) -> list[tuple[Any, Any, str]]:
    """(WriteOff, its Payment, number of its invoice) of what was written off after a payment, or as it."""
    found = request.find_service(IWriteOffs).of_payment(subject.id) if subject.reversal_id is None else []
    numbers = request.find_service(IInvoiceBook).numbers([off.invoice_id for off, _payment in found if off.invoice_id])
    return [(off, payment, numbers.get(off.invoice_id, "")) for off, payment in found]


def _allocate_form(request: Any, subject: Any) -> AllocateForm:
    debts = request.find_service(IInvoiceBook).debts(subject.client_id)
    return AllocateForm(request, [debt for debt in debts if debt.currency == subject.currency], max(subject.free, 0))


def _allocation(request: Any) -> Any:
    """The allocation of the path among those of the payment."""
    wanted = public_id(request.matchdict["allocation"])
    found = next((a for a in request.context.subject.allocations if a.public_id == wanted and a.minor > 0), None)
    if found is None:
        raise HTTPNotFound
    return found


def _back(request: Any) -> Any:
    """Where the person was: on the page of the invoice or on that of the payment."""
    if invoice := request.params.get("back"):
        return to_invoice(request, public_id(invoice))
    return to_payment(request, request.context.subject.public_id)


def _choices(request: Any) -> PaymentChoices:
    """What the forms offer: clients by name (those that were searched for), debts of the chosen one."""
    book = request.find_service(IClientBook)
    sent = request.POST if request.method == "POST" else request.GET
    search = sent.get("client_q", "").strip()[:200]
    found = book.search(search, OFFERED_CLIENTS + 1)
    parties = book.parties(found[:OFFERED_CLIENTS])
    client_id = book.by_public_id(public_id(sent["client"])) if sent.get("client") else None
    if client_id is not None and client_id not in parties:
        parties[client_id] = book.party(client_id)
    return PaymentChoices(
        clients=sorted(parties.values(), key=lambda party: party.name.casefold()),
        more=len(found) > OFFERED_CLIENTS or bool(search),
        debts=request.find_service(IInvoiceBook).debts(client_id) if client_id is not None else [],
        entities=request.find_service(ILegalEntities).all(),
    )


def _begin(request: Any, form: Any) -> None:
    """Today, and what the link says."""
    form.date.data = request.find_service(IClock).today()
    form.client.data = request.GET.get("client", "")
    asked = next((d for d in form.offered.debts if d.public_id.hex == request.GET.get("invoice")), None)
    if asked is not None and hasattr(form, "onto"):
        form.onto.data, form.currency.data = asked.public_id.hex, asked.currency
        form.amount.data = Money(asked.open, asked.currency).amount


def _form_page(request: Any, form: Any) -> dict[str, Any]:
    return {"form": form, "typed": request.params.get("client_q", "")}
