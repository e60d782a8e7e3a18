"""How a client stands, read once a page: the menu, the cards and the page itself all ask."""

from __future__ import annotations

from typing import Any

from cabinet_finsystem.client_money.values import Standing
from cabinet_finsystem.interfaces import IClientMoney, IInvoiceBook

_KEY = "finsystem.standing"


def standing_of(request: Any, client_id: int) -> list[Standing]:
    """Standing of the client in each currency, the largest debt first."""
    known: dict[int, list[Standing]] = request.environ.setdefault(_KEY, {})
    if client_id not in known:
        known[client_id] = request.find_service(IClientMoney).standing(client_id)
    return known[client_id]


def debts_count(request: Any, client_id: int) -> int:
    """How many invoices of the client wait for money; asks for no more than that where nothing is known yet."""
    known: dict[int, list[Standing]] = request.environ.get(_KEY, {})
    if client_id in known:
        return sum(len(one.debts) for one in known[client_id])
    return len(request.find_service(IInvoiceBook).debts(client_id))
