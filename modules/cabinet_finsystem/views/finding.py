"""What the global search finds of money: for the office, and for a client in his own place."""

from __future__ import annotations

from typing import Any

from cabinet.db.paging import ListQuery
from cabinet.interfaces import IClock
from cabinet.plugins.contributions import SearchHit
from cabinet_finsystem.interfaces import IClientMoney, IInvoiceBook, IPayments, IStatementQueue
from cabinet_finsystem.views.states import invoice_state


def invoices(request: Any, text: str, limit: int) -> list[SearchHit]:
    """Invoices by number, text, client."""
    page = request.find_service(IInvoiceBook).named(ListQuery(search=text, sort="-date", size=limit), totals=False)
    today = request.find_service(IClock).today()
    return [
        _invoice(request, one, today, client, request.route_path("finsystem.office.invoice", invoice=one.public_id.hex))
        for one, _client_id, client in page.rows
    ]


def payments(request: Any, text: str, limit: int) -> list[SearchHit]:
    """Payments by text and client."""
    rows = request.find_service(IPayments).listing(ListQuery(search=text, sort="-date", size=limit), totals=False).rows
    names = request.find_service(IClientMoney).names([one.client_id for one in rows])
    return [
        _payment(
            request,
            one,
            names[one.client_id][1] if one.client_id in names else "",
            request.route_path("finsystem.office.payment", payment=one.public_id.hex),
        )
        for one in rows
    ]


def bank_lines(request: Any, text: str, limit: int) -> list[SearchHit]:
    """Lines of statements by payer, purpose and account."""
    rows = request.find_service(IStatementQueue).lines(ListQuery(search=text, sort="-date", size=limit)).rows
    return [
        SearchHit(
            one.counterparty_name or one.purpose,
            " · ".join(
                (request.fmt.amount(one.minor, one.currency), request.fmt.date(one.booking_date), one.purpose[:200])
            ),
            request.route_path("finsystem.office.line", line=one.public_id.hex),
            "building-bank",
        )
        for one in rows
    ]


def own_invoices(request: Any, text: str, limit: int) -> list[SearchHit]:
    """A client's own invoices; drafts are not his to see."""
    client, today = request.context.client, request.find_service(IClock).today()
    query = ListQuery(search=text, sort="-date", size=limit)
    page = request.find_service(IInvoiceBook).listing(query, client_id=client.id, drafts=False)
    return [
        _invoice(
            request,
            one,
            today,
            "",
            request.route_path("finsystem.my.invoice", client=client.public_id.hex, invoice=one.public_id.hex),
        )
        for one in page.rows
    ]


def own_payments(request: Any, text: str, limit: int) -> list[SearchHit]:
    """A client's own payments: they stand on one page."""
    client = request.context.client
    query = ListQuery(search=text, sort="-date", size=limit)
    rows = request.find_service(IPayments).listing(query, client_id=client.id, totals=False).rows
    page = request.route_path("finsystem.my.payments", client=client.public_id.hex)
    return [_payment(request, one, "", page) for one in rows]


def _invoice(request: Any, one: Any, today: Any, client: str, url: str) -> SearchHit:
    state = request.localizer.translate(invoice_state(request, one, today)[1])
    facts = (
        client,
        request.fmt.amount(one.asked, one.currency),
        request.fmt.date(one.date),
        state if one.number else "",
    )
    return SearchHit(one.number or state, " · ".join(filter(None, facts)), url, "receipt")


def _payment(request: Any, one: Any, client: str, url: str) -> SearchHit:
    facts = (client, request.fmt.date(one.date), one.text)
    return SearchHit(request.fmt.amount(one.minor, one.currency), " · ".join(filter(None, facts)), url, "cash")
