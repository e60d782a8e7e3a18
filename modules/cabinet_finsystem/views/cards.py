"""Money on home pages, on the card of a client, in the menu and in the search."""

from __future__ import annotations

from typing import Any

from cabinet.db.paging import ListQuery
from cabinet.interfaces import IClock
from cabinet_finsystem.client_money.values import Revenue
from cabinet_finsystem.interfaces import IClientMoney, IInvoiceBook, IOfficeWork, IStatementQueue
from cabinet_finsystem.reports.shares import percent_change
from cabinet_finsystem.texts import _
from cabinet_finsystem.views.my import line_title
from cabinet_finsystem.views.standing import debts_count, standing_of
from cabinet_finsystem.views.states import invoice_state, overdue

SHOWN_DEBTS = 5
SHOWN_DOCUMENTS = 5
SHOWN_MOVEMENTS = 3
SHOWN_OVERDUE = 8


# Of the client


def unpaid_count(request: Any) -> int | None:
    """How many invoices wait for the client's money."""
    return debts_count(request, request.context.client.id) or None


def client_debt(request: Any) -> dict[str, Any] | None:
    """What the client owes and by when. Before there is anything it says nothing."""
    standings = standing_of(request, request.context.client.id)
    if not standings:
        return None
    owing = [standing for standing in standings if standing.debts]
    return {
        "owing": owing,
        "shown": {one.currency: one.debts[:SHOWN_DEBTS] for one in owing},
        "free": [standing for standing in standings if standing.free],
        "client": request.context.client.public_id.hex,
        "today": request.find_service(IClock).today(),
        "late": lambda days: overdue(request, days),
    }


def client_documents(request: Any) -> dict[str, Any] | None:
    """His last invoices."""
    query = ListQuery(sort="-date", size=SHOWN_DOCUMENTS)
    client = request.context.client
    page = request.find_service(IInvoiceBook).listing(query, client_id=client.id, drafts=False, totals=False)
    if not page.rows:
        return None
    today = request.find_service(IClock).today()
    rows = [(invoice, *invoice_state(request, invoice, today)) for invoice in page.rows]
    return {"rows": rows, "client": client.public_id.hex}


def client_account(request: Any) -> dict[str, Any] | None:
    """His free money and the last movements."""
    client = request.context.client
    standings = standing_of(request, client.id)
    if not standings:
        return None
    first = standings[0]
    lines = request.find_service(IClientMoney).recent(client.id, first.currency, SHOWN_MOVEMENTS)
    return {
        "standings": standings,
        "lines": [(line, line_title(request, line)) for line in lines],
        "currency": first.currency,
        "client": client.public_id.hex,
    }


# Of the manager


def waiting(request: Any) -> dict[str, Any] | None:
    """Bank lines that wait for a person, and drafts that were not issued."""
    decides = request.has_permission("finsystem:statement:view")
    counts = request.find_service(IStatementQueue).counts() if decides else (0, 0, 0)
    drafts = request.find_service(IOfficeWork).now().drafts
    return {"lines": counts, "drafts": drafts} if counts[0] or drafts else None


def overdue_invoices(request: Any) -> dict[str, Any] | None:
    """Invoices that should have been paid, the latest payer first."""
    query = ListQuery(filters={"state": "overdue"}, sort="due", size=SHOWN_OVERDUE)
    page = request.find_service(IInvoiceBook).named(query)
    if not page.rows:
        return None
    today = request.find_service(IClock).today()
    rows = [
        {
            "invoice": one.invoice,
            "client": (one.client_public_id, one.client_name),
            "word": overdue(request, (today - one.invoice.due).days),
        }
        for one in page.rows
    ]
    return {"rows": rows, "count": page.count, "capped": page.count_is_capped, "totals": page.totals}


# On the client's card; ``card`` is client_manager's ClientCard


def card_figures(request: Any, card: Any) -> dict[str, Any] | None:
    """Debt, free money, what he brought in a year."""
    money = request.find_service(IClientMoney)
    standings = standing_of(request, card.client_id)
    revenue = money.revenue(card.client_id)
    if not standings and not revenue:
        return None
    return {
        "standings": standings,
        "revenue": revenue[0] if revenue else None,
        "client": card.public_id.hex,
        "today": request.find_service(IClock).today(),
        "change": _change(revenue[0]) if revenue else None,
    }


def card_state(request: Any, card: Any) -> dict[str, Any] | None:
    """How late the client is."""
    days = max((standing.overdue_days for standing in standing_of(request, card.client_id)), default=0)
    return {"days": days} if days else None


def card_acts(request: Any, card: Any) -> dict[str, Any] | None:
    """Write an invoice for this client, where one may be written."""
    closed = card.archived_at or not request.switches.on_for("finsystem", card.client_id)
    return None if closed else {"client": card.public_id.hex}


def card_invoices_tab(request: Any, card: Any) -> dict[str, Any]:
    """A tab of the card that leads to the client's invoices."""
    return _tab(request, card, 0)


def card_payments_tab(request: Any, card: Any) -> dict[str, Any]:
    """A tab of the card that leads to the client's payments."""
    return _tab(request, card, 1)


def card_acts_tab(request: Any, card: Any) -> dict[str, Any]:
    """A tab of the card that leads to the client's acts and waybills."""
    return _tab(request, card, 2)


def card_debts(request: Any, card: Any) -> dict[str, Any] | None:
    """Invoices of the client that wait for money."""
    standings = [one for one in standing_of(request, card.client_id) if one.debts]
    if not standings:
        return None
    return {
        "debts": [debt for one in standings for debt in one.debts][:SHOWN_OVERDUE],
        "count": sum(len(one.debts) for one in standings),
        "client": card.public_id.hex,
        "late": lambda days: overdue(request, days),
    }


def _tab(request: Any, card: Any, which: int) -> dict[str, Any]:
    counts = request.find_service(IClientMoney).counts(card.client_id)
    route, title = (
        ("finsystem.office.invoices", _("Invoices")),
        ("finsystem.office.payments", _("Payments")),
        ("finsystem.office.acts", _("Acts and waybills")),
    )[which]
    href = request.route_path(route, _query={"client": card.public_id.hex})
    return {"title": title, "href": href, "count": counts[which], "current": False}


def _change(revenue: Revenue) -> dict[str, Any] | None:
    """How the year compares with the one before, for the macro ``delta``; None where there was nothing before."""
    tenths = percent_change(revenue.minor, revenue.before)
    if tenths is None:
        return None
    way = "up" if tenths > 0 else "down" if tenths < 0 else "flat"
    return {"tenths": abs(tenths), "way": way, "sense": {"up": "good", "down": "bad"}.get(way, "")}
