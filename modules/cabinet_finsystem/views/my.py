"""What a client sees of his money: invoices, payments, the movements of his account, how to pay. Drafts are not his to see."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from pyramid.view import view_config

from cabinet.contracts.money import Money
from cabinet.db.paging import ListQuery, Page
from cabinet.interfaces import IClock
from cabinet.tables import parse_date
from cabinet.web.answers import go
from cabinet.web.areas import public_id
from cabinet.web.listing import Column, Listing, table_response
from cabinet_finsystem.client_money.values import AccountLine, AccountPage, Part, Standing
from cabinet_finsystem.interfaces import IActBook, IClientMoney, ICorrectionBook, IInvoiceBook, IPayments
from cabinet_finsystem.invoicing.amounts import totals_by_rate
from cabinet_finsystem.invoicing.paying import Due, payment_orders
from cabinet_finsystem.payments.values import WRITE_OFF
from cabinet_finsystem.texts import _
from cabinet_finsystem.views.figures import percent, quantity
from cabinet_finsystem.views.papers import correction_pdf_response, pdf_response
from cabinet_finsystem.views.standing import standing_of
from cabinet_finsystem.views.states import act_name, correction_name, in_days, invoice_state, payment_state

OWN = "finsystem:invoice:own"
BALANCE = "finsystem:balance:own"
TEMPLATES = "cabinet_finsystem:templates/my"
SEGMENTS = (("", _("All")), ("open", _("To pay")), ("overdue", _("Overdue ones")), ("paid", _("Paid ones")))
_STATES = frozenset(state for state, _title in SEGMENTS)
MOST_TO_PAY = 100

KINDS = {
    "charge": _("Charge"),
    "payment": _("Payment"),
    "refund": _("Refund"),
    "opening": _("Opening balance"),
    "write_off": _("Written off"),
    "reversal": _("Taken back"),
}


@dataclass(frozen=True, slots=True)
class OwnInvoice:
    """An invoice as a line of the client's list."""

    invoice: Any
    shape: str
    word: str
    when: str


@dataclass(frozen=True, slots=True)
class OwnPayment:
    """A payment as a line of the client's list."""

    payment: Any
    parts: list[Part]
    shape: str
    word: str


INVOICE_COLUMNS = (
    Column("number", _("Number"), lambda row: row.invoice.number, sortable=True),
    Column("text", _("What for"), lambda row: row.invoice.text),
    Column("date", _("Date"), lambda row: row.invoice.date, sortable=True),
    Column("due", _("Pay by"), lambda row: row.invoice.due, sortable=True),
    Column("state", _("State"), lambda row: row.word),
    Column(
        "total", _("Total"), lambda row: Money(row.invoice.asked, row.invoice.currency), sortable=True, numeric=True
    ),
    Column("open", _("To pay"), lambda row: Money(row.invoice.open, row.invoice.currency), sortable=True, numeric=True),
    Column("currency", _("Currency"), lambda row: row.invoice.currency),
)
PAYMENT_COLUMNS = (
    Column("date", _("Date"), lambda row: row.payment.date, sortable=True),
    Column("text", _("Payment"), lambda row: row.payment.text),
    Column(
        "amount", _("Amount"), lambda row: Money(row.payment.minor, row.payment.currency), sortable=True, numeric=True
    ),
    Column("invoices", _("Invoices"), lambda row: ", ".join(part.invoice_number for part in row.parts)),
    Column("free", _("Free"), lambda row: Money(max(row.payment.free, 0), row.payment.currency), numeric=True),
    Column("currency", _("Currency"), lambda row: row.payment.currency),
)


@view_config(
    route_name="finsystem.my.invoices", request_method="GET", permission=OWN, renderer=f"{TEMPLATES}/invoices.pt"
)
def invoices(request: Any) -> Any:
    """His invoices with their states, the latest first."""
    listing = Listing(
        request,
        INVOICE_COLUMNS,
        _own_invoices(request),
        filters=("state",),
        default="-date",
        file_name="invoices",
    )
    if (answer := listing.export()) is not None:
        return answer
    chosen = listing.filters.get("state", "")
    return {
        "listing": listing,
        "segments": [
            {"title": title, "href": listing.url(state=state or None), "current": chosen == state}
            for state, title in SEGMENTS
        ],
        "tabs": tabs(request, "invoices"),
        "section": section_title(request),
    }


@view_config(
    route_name="finsystem.my.invoice", request_method="GET", permission=OWN, renderer=f"{TEMPLATES}/invoice.pt"
)
def invoice(request: Any) -> dict[str, Any]:
    """One invoice: what for, what is paid from which payment and where the rest lies, how to pay."""
    subject = request.context.subject
    today = request.find_service(IClock).today()
    orders = payment_orders([_due(subject)]) if subject.open else []
    paid_by = request.find_service(IPayments).paid_by(subject.id)
    return {
        "invoice": subject,
        "state": invoice_state(request, subject, today),
        "when": in_days(request, subject.due, today) if subject.open else "",
        "issuer": subject.issuer,
        "customer": subject.customer,
        "rates": totals_by_rate((line.vat_rate, line.net, line.vat) for line in subject.lines),
        "paid_by": paid_by if request.has_permission(BALANCE) else [],
        "forgiven": sum(payment.minor for _allocation, payment in paid_by if payment.kind == WRITE_OFF),
        "acts": [act for act in request.find_service(IActBook).of_invoice(subject.id) if act.state != "draft"],
        "act_name": lambda act: act_name(request, act.kind, act.number),
        "corrections": [
            (one, correction_name(request, one))
            for one in request.find_service(ICorrectionBook).of_invoice(subject.id)
            if one.state != "draft"
        ],
        "section": section_title(request),
        "order": orders[0] if orders else None,
        "quantity": quantity,
        "percent": percent,
    }


@view_config(route_name="finsystem.my.correction.pdf", request_method="GET", permission=OWN)
def correction_pdf(request: Any) -> Any:
    """The paper of a correction; ``?inline=1`` shows it in the browser."""
    return correction_pdf_response(request, request.context.subject)


@view_config(route_name="finsystem.my.invoice.pdf", request_method="GET", permission=OWN)
def pdf(request: Any) -> Any:
    """The paper of an invoice."""
    return pdf_response(request, request.context.subject)


@view_config(route_name="finsystem.my.pay", request_method="GET", permission=OWN, renderer=f"{TEMPLATES}/pay.pt")
def pay(request: Any) -> Any:
    """How to pay the invoices that were ticked, or all that wait: one order for each payee."""
    book = request.find_service(IInvoiceBook)
    wanted = {public_id(key) for key in request.GET.getall("invoice")[:MOST_TO_PAY]}
    debts = [d for d in book.debts(request.context.client.id) if not wanted or d.public_id in wanted][:MOST_TO_PAY]
    chosen = book.many([debt.invoice_id for debt in debts])
    if not chosen:
        return go(request, "finsystem.my.invoices", client=request.context.client.public_id.hex)
    orders = payment_orders([_due(one) for one in chosen])
    return {"invoices": chosen, "orders": orders, "section": section_title(request)}


@view_config(
    route_name="finsystem.my.payments", request_method="GET", permission=BALANCE, renderer=f"{TEMPLATES}/payments.pt"
)
def payments(request: Any) -> Any:
    """His payments, and onto which invoices each went."""
    listing = Listing(request, PAYMENT_COLUMNS, _own_payments(request), default="-date", file_name="payments")
    if (answer := listing.export()) is not None:
        return answer
    return {"listing": listing, "tabs": tabs(request, "payments"), "section": section_title(request)}


@view_config(
    route_name="finsystem.my.account", request_method="GET", permission=BALANCE, renderer=f"{TEMPLATES}/account.pt"
)
def account(request: Any) -> Any:
    """The movements of his account with the balance after each; ``currency``, ``from``, ``to`` narrow it."""
    money, client = request.find_service(IClientMoney), request.context.client
    standings = standing_of(request, client.id)
    currency = _currency(request, standings)
    since, until = _day(request, "from"), _day(request, "to")
    kind = request.GET.get("export")
    exporting = kind in {"xlsx", "csv"}
    page: AccountPage = money.account(
        client.id,
        currency,
        since=since,
        until=until,
        after="" if exporting else request.GET.get("after", ""),
        **({"size": 0} if exporting else {}),
    )
    if exporting:
        return _account_file(request, page, currency, kind)
    query = {key: request.GET[key] for key in ("currency", "from", "to") if request.GET.get(key)}
    return {
        "page": page,
        "currency": currency,
        "standing": next((s for s in standings if s.currency == currency), Standing(currency, (), 0, 0)),
        "currencies": [s.currency for s in standings],
        "query": query,
        "since": since,
        "until": until,
        "later": "after" in request.GET,
        "line_title": lambda line: line_title(request, line),
        "tabs": tabs(request, "account"),
        "section": section_title(request),
    }


def section_title(request: Any) -> str:
    """What the pages are called for who reads: not everybody of a client sees payments."""
    title: str = _("Invoices and payments") if request.has_permission(BALANCE) else _("Invoices")
    return title


def tabs(request: Any, current: str) -> list[dict[str, Any]]:
    """The pages of the client's money that he may see."""
    client = request.context.client.public_id.hex
    titles = [("invoices", _("Invoices")), ("acts", _("Acts and waybills"))]
    if request.has_permission(BALANCE):
        titles += [
            ("payments", _("Payments")),
            ("account", _("Personal account")),
            ("reconciliations", _("Reconciliations")),
        ]
    return [
        {"title": title, "href": request.route_path(f"finsystem.my.{name}", client=client), "current": name == current}
        for name, title in titles
    ]


def line_title(request: Any, line: AccountLine) -> str:
    """What a movement of the account was."""
    translate = request.localizer.translate
    if line.reversal:
        return str(translate(_("Taken back: ${text}", mapping={"text": line.number or line.text})))
    if line.act:
        return act_name(request, line.act_kind, line.number)
    if line.correction:
        return str(translate(_("Correction ${number}", mapping={"number": line.number})))
    if line.kind == "charge" and line.number:
        return str(translate(_("Invoice ${number}", mapping={"number": line.number})))
    title = str(translate(KINDS[line.kind])) if line.kind in KINDS else ""
    return title if line.kind == "opening" else line.text or title


def _own_invoices(request: Any) -> Any:
    book, client_id = request.find_service(IInvoiceBook), request.context.client.id
    today = request.find_service(IClock).today()

    def find(query: ListQuery) -> Page:
        state = query.filters.get("state", "")
        asked = replace(query, filters={"state": state} if state in _STATES and state else {})
        page: Page = book.listing(asked, client_id=client_id, drafts=False)
        return replace(page, rows=[_own_row(request, found, today) for found in page.rows])

    return find


def _own_row(request: Any, found: Any, today: datetime.date) -> OwnInvoice:
    shape, word = invoice_state(request, found, today)
    when = in_days(request, found.due, today) if found.open else ""
    return OwnInvoice(found, shape, request.localizer.translate(word), when)


def _own_payments(request: Any) -> Any:
    service, money = request.find_service(IPayments), request.find_service(IClientMoney)
    client_id = request.context.client.id

    def find(query: ListQuery) -> Page:
        page: Page = service.listing(query, client_id=client_id)
        parts = money.parts([found.id for found in page.rows])
        rows = []
        for found in page.rows:
            shape, word = payment_state(found)
            rows.append(OwnPayment(found, parts.get(found.id, []), shape, request.localizer.translate(word)))
        return replace(page, rows=rows)

    return find


def _due(subject: Any) -> Due:
    return Due(
        number=subject.number,
        date=subject.date,
        minor=subject.open,
        total=subject.asked,
        vat=subject.vat + subject.corrected_vat,
        currency=subject.currency,
        language=subject.language,
        issuer=subject.issuer,
    )


def _currency(request: Any, standings: Iterable[Standing]) -> str:
    """The one asked for where he has anything in it, else his first, else ours."""
    known = [standing.currency for standing in standings]
    asked = request.GET.get("currency")
    if asked in known:
        return str(asked)
    return known[0] if known else "RUB"


def _day(request: Any, name: str) -> datetime.date | None:
    try:
        return parse_date(request.GET[name]) if request.GET.get(name) else None
    except ValueError:
        return None


def _account_file(request: Any, page: AccountPage, currency: str, kind: str) -> Any:
    """The movements as a table, the oldest first, as an accountant reads them."""
    translate = request.localizer.translate
    titles = [translate(t) for t in (_("Date"), _("Movement"), _("Amount"), _("Balance"), _("Currency"))]
    rows = [
        [line.date, line_title(request, line), Money(line.minor, currency), Money(line.balance, currency), currency]
        for line in reversed(page.lines)
    ]
    return table_response(titles, rows, kind, "account")
