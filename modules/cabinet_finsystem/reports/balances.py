"""Balances of all clients at a date, from the month table: what the list, its totals and the command line read."""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import BigInteger, Select, case, cast, func, select, union_all
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.db.paging import ListQuery, Page, paginate
from cabinet.identity.models import Client
from cabinet_client_manager.interfaces import IClientCards
from cabinet_finsystem.interfaces import IClientBalances
from cabinet_finsystem.ledger.models import Account, Entry, MonthBalance, Posting
from cabinet_finsystem.ledger.months import month_of
from cabinet_finsystem.ledger.pending import Pending
from cabinet_finsystem.ledger.values import AccountKind
from cabinet_finsystem.reports.periods import next_month
from cabinet_finsystem.reports.receivables import MOST_FOUND
from cabinet_finsystem.reports.values import BalanceRow, BalanceTotal

SIDES = {"ours": 1, "theirs": -1}


@implementer(IClientBalances)
class ClientBalances:
    """Personal accounts of the clients in scope, all at once."""

    def __init__(self, session: Session, cards: IClientCards) -> None:
        self._session = session
        self._cards = cards

    def all(self, on: datetime.date | None = None, *, known_at: datetime.datetime | None = None) -> list[BalanceRow]:
        """Of every client that ever had a movement, by name and currency; zero ones included. ``known_at``: as the books stood then."""
        Pending.of(self._session).settle()
        found = self._session.execute(_balances(on, known_at).order_by("name", "client_id", "currency"))
        return [_row(row) for row in found]

    def totals(
        self, on: datetime.date | None = None, *, known_at: datetime.datetime | None = None
    ) -> list[BalanceTotal]:
        """One a currency, by code."""
        Pending.of(self._session).settle()
        balances = _balances(on, known_at).subquery()
        minor = balances.c.minor
        rows = self._session.execute(
            select(
                balances.c.currency,
                func.sum(case((minor > 0, minor), else_=0)),
                func.sum(case((minor < 0, minor), else_=0)),
            )
            .group_by(balances.c.currency)
            .order_by(balances.c.currency)
        )
        return [BalanceTotal(currency, int(ours), int(theirs)) for currency, ours, theirs in rows]

    def page(
        self,
        query: ListQuery,
        currency: str,
        on: datetime.date | None = None,
        *,
        known_at: datetime.datetime | None = None,
    ) -> Page:
        """A page of BalanceRow in ``currency`` that are not zero. Sorts: name, balance; filter ``side``: ours (we owe) or theirs."""
        Pending.of(self._session).settle()
        balances = _balances(on, known_at).where(Account.currency == currency)
        if query.search:
            balances = balances.where(
                Client.id.in_([row.client_id for row in self._cards.find(query.search, MOST_FOUND)])
            )
        rows = balances.subquery()
        statement = select(rows).where(rows.c.minor != 0)
        if sign := SIDES.get(query.filters.get("side", "")):
            statement = statement.where(rows.c.minor * sign > 0)
        found = paginate(
            self._session,
            statement,
            query,
            sorts={"name": rows.c.name, "balance": rows.c.minor},
            default="balance",
            key=rows.c.client_id,
            scalars=False,
        )
        return Page([_row(row) for row in found.rows], found.count, found.more)


def _balances(on: datetime.date | None, known_at: datetime.datetime | None) -> Select[*tuple[Any, ...]]:
    turnover = select(MonthBalance.account_id, (MonthBalance.credit - MonthBalance.debit).label("minor"))
    if known_at is not None:
        # Month tables know only of now: what was known then is told by when each entry was written.
        known = (
            select(Posting.account_id, (-Posting.minor).label("minor"))
            .join(Entry, Entry.id == Posting.entry_id)
            .where(
                Posting.account_id.in_(select(Account.id).where(Account.kind == AccountKind.CLIENT.value)),
                Entry.recorded_at <= known_at,
            )
        )
        moved = (known if on is None else known.where(Posting.date <= on)).subquery()
    elif on is None:
        moved = turnover.subquery()
    else:
        # The whole months up to that day's, less what came after that day in its month.
        later = select(Posting.account_id, Posting.minor.label("minor")).where(
            Posting.account_id.in_(select(Account.id).where(Account.kind == AccountKind.CLIENT.value)),
            Posting.date > on,
            Posting.date < next_month(on),
        )
        moved = union_all(turnover.where(MonthBalance.month <= month_of(on)), later).subquery()
    return (
        select(
            Account.client_id,
            Account.currency,
            Client.public_id,
            Client.external_id,
            Client.name,
            cast(func.sum(moved.c.minor), BigInteger).label("minor"),
        )
        .join(moved, moved.c.account_id == Account.id)
        .join(Client, Client.id == Account.client_id)
        .where(Account.kind == AccountKind.CLIENT.value)
        .group_by(Account.client_id, Account.currency, Client.public_id, Client.external_id, Client.name)
    )


def _row(row: Any) -> BalanceRow:
    return BalanceRow(row.client_id, row.public_id, row.external_id, row.name, row.currency, int(row.minor))


def client_balances_factory(_context: Any, request: Any) -> ClientBalances:
    """``IClientBalances`` of a request."""
    return ClientBalances(request.db, request.find_service(IClientCards))
