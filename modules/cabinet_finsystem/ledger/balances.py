"""Reading balances and movements. A balance costs the number of months, never of postings; only "as known then" reads postings."""

from __future__ import annotations

import datetime
from collections import defaultdict
from typing import Any

from sqlalchemy import Executable, Select, and_, func, or_, select
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet_finsystem.interfaces import IBalances
from cabinet_finsystem.ledger.models import Account, Entry, MonthBalance, Posting
from cabinet_finsystem.ledger.months import month_of
from cabinet_finsystem.ledger.pending import Pending
from cabinet_finsystem.ledger.values import AccountKind, AccountRef, ClientBalance, Movement


@implementer(IBalances)
class Balances:
    """Balances as the ledger of this session shows them, within its client scope."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def account(
        self, ref: AccountRef, *, on: datetime.date | None = None, known_at: datetime.datetime | None = None
    ) -> int:
        """Debit-positive balance at the end of day ``on`` (None: of all), as the books stood at ``known_at`` (None: now)."""
        account_id = self._session.execute(select(Account.id).where(Account.key == ref.key)).scalar_one_or_none()
        if account_id is None:
            return 0
        if known_at is not None:
            return self._as_known(account_id, on, known_at)
        Pending.of(self._session).settle()
        months = select(func.coalesce(func.sum(MonthBalance.debit - MonthBalance.credit), 0)).where(
            MonthBalance.account_id == account_id
        )
        if on is None:
            return self._number(months)
        later = select(func.coalesce(func.sum(Posting.minor), 0)).where(
            Posting.account_id == account_id, Posting.date > on, Posting.date < _next_month(on)
        )
        return self._number(months.where(MonthBalance.month <= month_of(on))) - self._number(later)

    def client(
        self,
        client_id: int,
        currency: str,
        *,
        on: datetime.date | None = None,
        known_at: datetime.datetime | None = None,
    ) -> int:
        """What the client sees: positive, we owe him."""
        return -self.account(AccountRef.client(client_id, currency), on=on, known_at=known_at)

    def clients(self, *, on: datetime.date | None = None) -> list[ClientBalance]:
        """Balances of all clients in scope that have an account, by client and currency; zero ones included."""
        Pending.of(self._session).settle()
        sums: defaultdict[tuple[int, str], int] = defaultdict(int)
        months = (
            select(Account.client_id, Account.currency, func.sum(MonthBalance.credit - MonthBalance.debit))
            .join(MonthBalance, MonthBalance.account_id == Account.id)
            .where(Account.kind == AccountKind.CLIENT.value)
            .group_by(Account.client_id, Account.currency)
        )
        if on is not None:
            months = months.where(MonthBalance.month <= month_of(on))
            later = (
                select(Account.client_id, Account.currency, func.sum(Posting.minor))
                .join(Posting, Posting.account_id == Account.id)
                .where(Account.kind == AccountKind.CLIENT.value, Posting.date > on, Posting.date < _next_month(on))
                .group_by(Account.client_id, Account.currency)
            )
            self._add(sums, later)
        self._add(sums, months)
        return [ClientBalance(client_id, currency, minor) for (client_id, currency), minor in sorted(sums.items())]

    def movements(
        self,
        client_id: int,
        currency: str,
        *,
        since: datetime.date | None = None,
        until: datetime.date | None = None,
        after: tuple[datetime.date, int] | None = None,
        limit: int | None = None,
    ) -> list[Movement]:
        """Lines of a personal account from ``since`` to ``until``, both included, oldest first; ``after``: key of the page before."""
        account_id = self._session.execute(
            select(Account.id).where(Account.key == AccountRef.client(client_id, currency).key)
        ).scalar_one_or_none()
        statement = (
            select(Posting, Entry)
            .join(Entry, Entry.id == Posting.entry_id)
            .where(Posting.account_id == account_id)
            .order_by(Posting.date, Posting.id)
            .limit(limit)
        )
        if since is not None:
            statement = statement.where(Posting.date >= since)
        if until is not None:
            statement = statement.where(Posting.date <= until)
        if after is not None:
            day, posting_id = after
            statement = statement.where(or_(Posting.date > day, and_(Posting.date == day, Posting.id > posting_id)))
        return [_movement(posting, entry) for posting, entry in self._session.execute(statement)]

    def _as_known(self, account_id: int, on: datetime.date | None, known_at: datetime.datetime) -> int:
        statement = (
            select(func.coalesce(func.sum(Posting.minor), 0))
            .join(Entry, Entry.id == Posting.entry_id)
            .where(Posting.account_id == account_id, Entry.recorded_at <= known_at)
        )
        return self._number(statement if on is None else statement.where(Posting.date <= on))

    def _number(self, statement: Select[Any]) -> int:
        return int(self._session.execute(statement).scalar_one())

    def _add(self, sums: defaultdict[tuple[int, str], int], statement: Executable) -> None:
        for client_id, currency, minor in self._session.execute(statement):
            sums[client_id, currency] += int(minor)


def _next_month(date: datetime.date) -> datetime.date:
    return (date.replace(day=28) + datetime.timedelta(days=4)).replace(day=1)


def _movement(posting: Posting, entry: Entry) -> Movement:
    return Movement(
        date=posting.date,
        posting_id=posting.id,
        entry_id=entry.id,
        entry_public_id=entry.public_id,
        kind=entry.kind,
        source_type=entry.source_type,
        source_id=entry.source_id,
        text=entry.text,
        contract_id=posting.contract_id,
        minor=-posting.minor,
        currency=posting.currency,
    )


def balances_factory(_context: Any, request: Any) -> Balances:
    """``IBalances`` of a request."""
    return Balances(request.db)
