"""Writing an invoice: the editor, and what it asks of the server while somebody types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyramid.response import Response
from pyramid.view import view_config

from cabinet.contracts.clients import Contract, IClientBook
from cabinet.contracts.money import exponent
from cabinet.contracts.parties import ILegalEntities
from cabinet.interfaces import IClock
from cabinet.tables import parse_date
from cabinet.web.answers import say
from cabinet.web.areas import public_id
from cabinet.web.templates import template
from cabinet_finsystem.forms.invoice import (
    ON_TOP,
    Choices,
    InvoiceForm,
    due_by_terms,
    item_line,
    stored_invoice,
    sums_of,
)
from cabinet_finsystem.forms.lines import COLUMNS, InvoiceLines
from cabinet_finsystem.interfaces import IArticles, IClientMoney, IInvoiceBook, IPriceList
from cabinet_finsystem.items.values import line_of
from cabinet_finsystem.texts import _
from cabinet_finsystem.views.answers import to_invoice
from cabinet_finsystem.views.figures import percent
from cabinet_finsystem.views.office.invoices import EDIT
from cabinet_finsystem.views.office.item_keys import items_of

PAGE = "cabinet_finsystem:templates/office/invoices/form.pt"
PARTS = "cabinet_finsystem:templates/office/invoices/parts.pt"
OFFERED_CLIENTS = 60
OFFERED_ITEMS = 12
WIDTHS = {"quantity": "q", "unit": "u", "price": "p", "discount": "d", "vat_rate": "v", "article": "a"}
NUMBERS = frozenset({"quantity", "price", "discount"})
# What comes back to the same page with what was typed: a search for a client, a proposal taken.
ASKS = ("find", "use_due")


@view_config(route_name="finsystem.office.invoice.new", request_method=("GET", "POST"), permission=EDIT, renderer=PAGE)
def new_invoice(request: Any) -> Any:
    """Write an invoice; ``?client=`` begins it for one client."""
    form = InvoiceForm(request, _choices(request, request.GET.get("client", "")))
    if request.method == "GET":
        form.client.data = request.GET.get("client", "")
        form.contract.data = _only(form.offered.contracts)
        form.due.data = form.due_by_terms
    elif not _asks(form) and form.submitted():
        book = request.find_service(IInvoiceBook)
        if form.public_id is not None and book.find(form.public_id) is not None:
            say(request, _("This invoice is saved already."), kind="info")
            return to_invoice(request, form.public_id)
        with form.catching():
            return _saved(request, book.draft(form.invoice_data(), public_id=form.public_id))
    return _page(request, form, None)


@view_config(route_name="finsystem.office.invoice.edit", request_method=("GET", "POST"), permission=EDIT, renderer=PAGE)
def edit_invoice(request: Any) -> Any:
    """Go on with a draft. An issued invoice is never edited: its page says what can be done."""
    subject = request.context.subject
    if subject.state != "draft":
        return to_invoice(request, subject.public_id)
    party = request.find_service(IClientBook).party(subject.client_id)
    choices = _choices(request, party.public_id.hex, items=[line.item_id for line in subject.lines])
    form = InvoiceForm(request, choices, stored_invoice(subject, choices))
    if request.method == "POST" and not _asks(form) and form.submitted():
        with form.catching():
            request.find_service(IInvoiceBook).change(subject, form.invoice_data())
            return _saved(request, subject)
    return _page(request, form, subject)


@view_config(route_name="finsystem.office.invoice.sums", request_method="POST", permission=EDIT)
def sums(request: Any) -> Response:
    """Sums of what stands in the lines just now. Asks nothing of the database: it is called while somebody types."""
    lines = InvoiceLines(request, (), currency=_currency(request.POST.get("currency", "")))
    counted = sums_of(lines.lines, vat_included=request.POST.get("vat") != ON_TOP)
    return _part(request, "counted", lines=lines, sums=counted, currency=_currency(request.POST.get("currency", "")))


@view_config(route_name="finsystem.office.invoice.terms", request_method="GET", permission=EDIT)
def terms(request: Any) -> Response:
    """Contracts of the chosen client, and the day to pay by that follows from the chosen one."""
    party, contracts = _client(request, request.GET.get("client", ""))
    wanted = request.GET.get("contract", "")
    if request.headers.get("HX-Trigger-Name") == "client":
        wanted = _only(contracts)
    chosen = next((c for c in contracts if c.public_id.hex == wanted), None)
    try:
        day = parse_date(request.GET.get("date", ""))
    except ValueError:
        day = None
    form = InvoiceForm(request, _choices(request, party.public_id.hex if party else ""))
    form.contract.data = chosen.public_id.hex if chosen else ""
    form.date.data, form.due.data = day, due_by_terms(day, chosen)
    if (typed := request.GET.get("due", "")) != request.GET.get("due_terms", ""):
        form.due.raw_data = [typed]  # somebody's own day stays
    return _part(request, "terms", form=form, standing=_standing(request, party))


@view_config(route_name="finsystem.office.invoice.clients", request_method="GET", permission=EDIT)
def clients(request: Any) -> Response:
    """Clients that what was typed may mean."""
    form = InvoiceForm(request, _choices(request, "", search=request.GET.get("client_q", "")))
    return _part(request, "clients", form=form, typed=request.GET.get("client_q", ""))


@view_config(route_name="finsystem.office.invoice.items", request_method="GET", permission=EDIT)
def items(request: Any) -> Response:
    """Items of the price list that what was typed may mean, each a button that puts it into the lines."""
    typed, currency = request.GET.get("item_q", "").strip()[:200], _currency(request.GET.get("currency", ""))
    offered = request.find_service(IPriceList).offered(typed, currency=currency, limit=OFFERED_ITEMS) if typed else []
    return _part(request, "items", items=offered, item_typed=typed)


@view_config(route_name="finsystem.office.invoice.line", request_method="POST", permission=EDIT)
def put_item(request: Any) -> Response:
    """The lines as they stand with one more: the item that was chosen, else the first that what was typed finds. Keeps nothing."""
    form = InvoiceForm(request, _choices(request, ""))
    prices, currency = request.find_service(IPriceList), form.shown_currency
    if key := request.POST.get("item", ""):
        item = prices.find(public_id(key))
    else:
        typed = request.POST.get("item_q", "").strip()[:200]
        item = next(iter(prices.offered(typed, currency=currency, limit=1)), None) if typed else None
    if item is not None and item.currency == currency:
        line = line_of(item, form.date.data or form.offered.today, vat_included=form.vat_included)
        form.lines.put(item_line(item, line, currency, form.offered.articles))
    answer = _part(
        request,
        "picked",
        form=form,
        columns=columns_of(request),
        sums=sums_of(form.lines.lines, vat_included=form.vat_included),
        currency=currency,
    )
    answer.headers["HX-Trigger-After-Swap"] = "lines:changed"
    return answer


def _asks(form: InvoiceForm) -> bool:
    """Whether the form was sent for help and not to be kept; the help is given."""
    post = form.request.POST
    if post.get("use_due"):
        form.due.raw_data, form.due.process_errors = [post["use_due"]], []
        form.due.process_formdata([post["use_due"]])
    return any(name in post for name in ASKS)


def _choices(request: Any, chosen: str, search: str = "", items: Sequence[int | None] = ()) -> Choices:
    """What the editor offers: clients by name (those that ``search`` finds), all about the ``chosen`` one. ``items``: of a draft."""
    book = request.find_service(IClientBook)
    if request.method == "POST":
        chosen, search = request.POST.get("client", ""), request.POST.get("client_q", "")
    party, contracts = _client(request, chosen)
    found = book.search(search.strip()[:200], OFFERED_CLIENTS + 1)
    parties = book.parties([*found[:OFFERED_CLIENTS]])
    if party is not None:
        parties[party.client_id] = party
    return Choices(
        clients=sorted(parties.values(), key=lambda p: p.name.casefold()),
        more=len(found) > OFFERED_CLIENTS or bool(search),
        contracts=contracts,
        entities=request.find_service(ILegalEntities).all(),
        articles=request.find_service(IArticles).tree(),
        today=request.find_service(IClock).today(),
        items=items_of(request, items),
    )


def _client(request: Any, key: str) -> tuple[Any, list[Any]]:
    """The client with a public id and his contracts; (None, []) where there is none."""
    if not key:
        return None, []
    book = request.find_service(IClientBook)
    client_id = book.by_public_id(public_id(key))
    return (book.party(client_id), book.contracts([client_id])) if client_id else (None, [])


def _only(contracts: Sequence[Contract]) -> str:
    """Public id of the contract that an invoice is meant by, where only one is in force; else empty: a person chooses."""
    living = [contract.public_id.hex for contract in contracts if contract.status == "active"]
    return living[0] if len(living) == 1 else ""


def _saved(request: Any, invoice: Any) -> Any:
    """Kept; issued as well where that was asked."""
    if "issue" in request.POST:
        request.find_service(IInvoiceBook).issue(invoice)
        say(request, _("Invoice ${number} is issued.", mapping={"number": invoice.number}))
    else:
        say(request, _("The draft is saved."))
    return to_invoice(request, invoice.public_id)


def _page(request: Any, form: InvoiceForm, invoice: Any) -> dict[str, Any]:
    return {
        "form": form,
        "invoice": invoice,
        "columns": columns_of(request),
        "sums": sums_of(form.lines.lines, vat_included=form.vat_included),
        "currency": form.shown_currency,
        "standing": _standing(request, form.party),
        "issuing": "issue" in request.POST,
        "typed": request.POST.get("client_q", ""),
        "percent": percent,
    }


def columns_of(request: Any) -> list[dict[str, Any]]:
    """The columns of the editor of lines."""
    return [_column(request, name, title) for name, title in COLUMNS]


def _column(request: Any, name: str, title: str) -> dict[str, Any]:
    return {
        "name": name,
        "label": request.localizer.translate(title),
        "width": WIDTHS.get(name),
        "right": name in NUMBERS,
    }


def _standing(request: Any, party: Any) -> Any:
    """How the chosen client stands, largest debt first; None where none is chosen."""
    if party is None:
        return None
    return {"party": party, "all": request.find_service(IClientMoney).standing(party.client_id)}


def _part(request: Any, name: str, **variables: Any) -> Response:
    """A macro of the editor as a whole answer. The page around it is not drawn, nor asked for."""
    body = template(PARTS).render(
        part=name,
        request=request,
        fmt=request.fmt,
        ui=template("cabinet:templates/ui.pt"),
        percent=percent,
        **variables,
    )
    return Response(body, content_type="text/html", charset="utf-8")


def _currency(code: str) -> str:
    try:
        exponent(code)
    except ValueError:
        return "RUB"
    return code
