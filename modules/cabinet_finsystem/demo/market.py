"""Who buys from the made-up firm, how each of them pays, and which days there is business."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cabinet.contracts.clients import Contract, IClientBook
from cabinet_client_manager.interfaces import ClientCard, IClientCards
from cabinet_finsystem.statements.parsed import Counterparty

MONTHS_OF_BOOKS = 12
SHORTEST_STATEMENT = 10
"""Days. A month that has just begun is one statement with the month before."""
SEASON = (0.82, 0.86, 0.95, 1.05, 1.19, 1.26, 1.18, 1.07, 1.0, 1.03, 1.0, 1.14)
"""How busy the months are, from January: cooling in summer, heating before the frost, budgets in December."""
_LAGS = ((-4, 0), (-3, 1), (-2, 2), (-1, 4), (0, 7), (2, 12))
_SLOW = {0: (-3, 0), 13: (6, 16), 14: (6, 16), 22: (60, 85), 40: (24, 50), 44: (33, 64), 53: (92, 125)}
"""Place of a client → his own lag: the star is exact, the state pays at the end of the month, some do not pay for months."""


@dataclass(frozen=True, slots=True)
class Customer:
    """A client with what the demo has to know of him. ``lag``: days from due to payment, negative before; ``spelling``: which of
    the ways to write a purpose is his. ``bank``: which of our two accounts he pays to."""

    client_id: int
    name: str
    manager_id: int
    since: datetime.date
    side: Counterparty
    service: Contract | None
    supply: Contract | None
    lag: tuple[int, int]
    spelling: int
    together: bool
    bank: int

    @property
    def fee(self) -> int:
        """What a month of service costs, minor units; 0 where there is no such contract."""
        return (self.service.amount or 0) // 12 if self.service else 0

    def is_served(self, day: datetime.date) -> bool:
        """Whether the service contract runs on ``day``."""
        deal = self.service
        return deal is not None and deal.date <= day and (deal.valid_to is None or day <= deal.valid_to)


def customers(request: Any, demo: Any) -> list[Customer]:
    """All clients in the order in which they were written down."""
    book, cards = request.find_service(IClientBook), request.find_service(IClientCards)
    deals: dict[int, dict[str, Contract]] = {}
    for deal in book.contracts():
        if deal.status in {"active", "expired"}:
            deals.setdefault(deal.client_id, {})["service" if deal.amount else "supply"] = deal
    return [
        _customer(demo, n, cards.card(client_id), deals.get(client_id, {}))
        for n, client_id in enumerate(sorted(book.parties()))
    ]


def _customer(demo: Any, n: int, card: ClientCard, deals: dict[str, Contract]) -> Customer:
    facts = card.facts
    account = facts.accounts[0]
    usual = demo.random.choice(_LAGS)
    return Customer(
        client_id=card.client_id,
        name=card.name,
        manager_id=facts.manager_id or 0,
        since=card.created_at.astimezone(demo.zone).date(),
        side=Counterparty(
            _as_banks_write(n, facts.full_name, card.name),
            facts.inn,
            facts.kpp,
            account.number,
            account.bic,
            account.bank_name,
        ),
        service=deals.get("service"),
        supply=deals.get("supply"),
        lag=_SLOW.get(n, usual),
        spelling=n,
        together=n % 4 == 1,
        bank=1 if n % 9 == 5 else 0,
    )


def _as_banks_write(n: int, full_name: str, name: str) -> str:
    """A name as a client's bank prints it: whole, short, or all in capitals."""
    plain = str.maketrans({"«": '"', "»": '"', "„": '"', "“": '"'})
    return (full_name, name, name.upper(), full_name.upper())[n % 4].translate(plain)


def first_day(today: datetime.date) -> datetime.date:
    """When the books begin: on the first of a month, a year ago."""
    return today.replace(year=today.year - 1, day=1)


def periods(today: datetime.date) -> Iterator[tuple[datetime.date, datetime.date]]:
    """First and last days of the statements, month after month up to yesterday."""
    last_one = (today - datetime.timedelta(SHORTEST_STATEMENT)).replace(day=1)
    first = first_day(today)
    while first < last_one:
        yield first, next_month(first) - datetime.timedelta(1)
        first = next_month(first)
    yield first, today - datetime.timedelta(1)


def next_month(first: datetime.date) -> datetime.date:
    """The first of the month after ``first``, itself the first of one."""
    return (first + datetime.timedelta(31)).replace(day=1)


def workday(day: datetime.date) -> datetime.date:
    """``day``, or the Monday after it."""
    return day + datetime.timedelta((7 - day.weekday()) if day.weekday() > 4 else 0)


def season(day: datetime.date) -> float:
    """How busy the month of ``day`` is, 1.0 being usual."""
    return SEASON[day.month - 1]
