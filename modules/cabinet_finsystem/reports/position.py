"""Where our money lies: balances at a day from the month table, what moved in a period, and whether the bank says the same.

Five queries for any number of accounts and any history; two more where an account and its statements disagree.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased
from zope.interface import implementer

from cabinet.contracts.parties import BankAccount, ILegalEntities, LegalEntity
from cabinet.db.memo import once
from cabinet_finsystem.interfaces import IMoneyPosition
from cabinet_finsystem.ledger.models import Account, Entry, MonthBalance, Posting
from cabinet_finsystem.ledger.months import month_of
from cabinet_finsystem.ledger.pending import Pending
from cabinet_finsystem.ledger.values import MONEY, AccountKind
from cabinet_finsystem.reports.periods import Period, next_month
from cabinet_finsystem.reports.position_values import AccountMoney, Tie
from cabinet_finsystem.statements.applying import TRANSIT
from cabinet_finsystem.statements.models import TAKEN_BACK, Statement

_OURS = (Account.client_id.is_(None), Account.kind.in_(sorted(kind.value for kind in MONEY)))
_LOOKED_BACK = 400
"""Statements of an account among which the first that disagrees is looked for."""
_ORDER = {AccountKind.BANK.value: 0, AccountKind.CASH.value: 1, AccountKind.CLEARING.value: 2}


class _Moved(NamedTuple):
    came: int = 0
    went: int = 0
    moved: int = 0


@implementer(IMoneyPosition)
class MoneyPosition:
    """Accounts of the firm as the books of this session show them."""

    def __init__(self, session: Session, entities: ILegalEntities) -> None:
        self._session = session
        self._entities = entities

    def accounts(self, period: Period) -> list[AccountMoney]:
        """All of them over ``period``, by currency: banks, desks, then what is on its way, where there is any."""
        Pending.of(self._session).settle()
        rows = self._session.execute(_balances(period.until)).all()
        moved = {account_id: _Moved(*map(int, sums)) for account_id, *sums in self._session.execute(_movements(period))}
        ties = self._ties({row.bank_account_id: row.id for row in rows if row.bank_account_id}, period.until)
        entities = self._entities.all()
        told = [
            AccountMoney(
                row.kind,
                *_named(row, entities),
                row.currency,
                int(row.closing),
                *moved.get(row.id, _Moved()),
                ties.get(row.bank_account_id),
            )
            for row in rows
        ]
        told += _unused(entities, {row.bank_account_id for row in rows})
        shown = [one for one in told if one.kind != AccountKind.CLEARING or one.closing or one.came or one.went]
        return sorted(shown, key=lambda one: (one.currency, _ORDER[one.kind], one.entity, one.name, one.detail))

    def now(self, currency: str) -> tuple[int, int]:
        """What lies on all accounts in ``currency``, and on how many; money on its way counts, but is no account."""
        return once(self._session, ("finsystem.money", currency), lambda: self._read_now(currency))

    def _read_now(self, currency: str) -> tuple[int, int]:
        minor, accounts = self._session.execute(
            select(
                func.coalesce(func.sum(MonthBalance.debit - MonthBalance.credit), 0),
                func.count(func.distinct(case((Account.kind != AccountKind.CLEARING.value, Account.id)))),
            )
            .join(Account, Account.id == MonthBalance.account_id)
            .where(*_OURS, Account.currency == currency)
        ).one()
        return int(minor), int(accounts)

    def _ties(self, accounts: Mapping[int, int], on: datetime.date) -> dict[int, Tie]:
        """What statements up to ``on`` say, by bank account; ``accounts``: bank account → account of the ledger."""
        last = self._session.execute(_last_statements(on)).all()
        stated = {row.bank_account_id: row for row in last if row.closing is not None and row.nth == 1}
        through = {row.bank_account_id: row.through for row in last}
        books = self._on_days({(accounts[key], row.period_to) for key, row in stated.items() if key in accounts})
        ties = {}
        for key, day in through.items():
            row = stated.get(key)
            if row is None or key not in accounts:
                ties[key] = Tie(day, None, 0, 0)
                continue
            mine = books[accounts[key], row.period_to]
            since = None if mine == row.closing else self._apart_since(key, accounts[key], row.period_to)
            ties[key] = Tie(day, row.period_to, int(row.closing), mine, since)
        return ties

    def _apart_since(self, bank_account_id: int, account_id: int, last: datetime.date) -> datetime.date:
        """The first day of those before ``last`` from which on every statement disagrees with the books."""
        rows = self._session.execute(
            select(Statement.period_to, Statement.closing)
            .where(
                Statement.bank_account_id == bank_account_id,
                Statement.closing.is_not(None),
                Statement.state != TAKEN_BACK,
                Statement.period_to <= last,
            )
            .order_by(Statement.period_to.desc(), Statement.id.desc())
            .limit(_LOOKED_BACK)
        )
        stated = [(day, closing) for day, closing in rows if day is not None]
        books = self._on_days({(account_id, day) for day, _closing in stated})
        since = last
        for day, closing in stated:
            if books[account_id, day] == closing:
                break
            since = day
        return since

    def _on_days(self, wanted: set[tuple[int, datetime.date]]) -> dict[tuple[int, datetime.date], int]:
        """Balances of accounts at the ends of days: one query for the months, one for the days since each account's first month."""
        if not wanted:
            return {}
        first = {account_id: min(day for of, day in wanted if of == account_id) for account_id, _day in wanted}
        found: defaultdict[int, list[tuple[datetime.date, int]]] = defaultdict(list)
        before = select(
            MonthBalance.account_id, func.min(MonthBalance.month), func.sum(MonthBalance.debit - MonthBalance.credit)
        ).where(
            or_(*(and_(MonthBalance.account_id == of, MonthBalance.month < month_of(day)) for of, day in first.items()))
        )
        days = select(Posting.account_id, Posting.date, func.sum(Posting.minor)).where(
            or_(
                *(
                    and_(
                        Posting.account_id == of,
                        Posting.date >= month_of(day),
                        Posting.date <= max(one for account, one in wanted if account == of),
                    )
                    for of, day in first.items()
                )
            )
        )
        for statement in (before.group_by(MonthBalance.account_id), days.group_by(Posting.account_id, Posting.date)):
            for account_id, day, minor in self._session.execute(statement):
                found[account_id].append((day, int(minor)))
        return {(of, day): sum(minor for when, minor in found[of] if when <= day) for of, day in wanted}


def _balances(on: datetime.date) -> Select[*tuple[Any, ...]]:
    """Accounts of ours with what they have at the end of day ``on``: whole months up to it, less what came after it in its month."""
    months = (
        select(func.coalesce(func.sum(MonthBalance.debit - MonthBalance.credit), 0))
        .where(MonthBalance.account_id == Account.id, MonthBalance.month <= month_of(on))
        .scalar_subquery()
    )
    later = (
        select(func.coalesce(func.sum(Posting.minor), 0))
        .where(Posting.account_id == Account.id, Posting.date > on, Posting.date < next_month(on))
        .scalar_subquery()
    )
    return select(
        Account.id,
        Account.kind,
        Account.currency,
        Account.bank_account_id,
        Account.legal_entity_id,
        Account.gateway,
        (months - later).label("closing"),
    ).where(*_OURS)


def _movements(period: Period) -> Select[*tuple[Any, ...]]:
    """(account, came, went, moved) of a period. What takes an entry back lessens the side that this was on."""
    origin = aliased(Entry)
    kind = func.coalesce(origin.kind, Entry.kind)
    side = case((Entry.reverses_id.is_(None), Posting.minor), else_=-Posting.minor)
    own = kind.in_(("transfer", "opening", "write_off"))
    return (
        select(
            Posting.account_id,
            func.coalesce(func.sum(case((and_(~own, side > 0), Posting.minor), else_=0)), 0),
            func.coalesce(func.sum(case((and_(~own, side < 0), -Posting.minor), else_=0)), 0),
            func.coalesce(func.sum(case((kind == "transfer", Posting.minor), else_=0)), 0),
        )
        .join(Entry, Entry.id == Posting.entry_id)
        .outerjoin(origin, origin.id == Entry.reverses_id)
        .where(
            Posting.account_id.in_(select(Account.id).where(*_OURS)),
            Posting.date >= period.since,
            Posting.date <= period.until,
        )
        .group_by(Posting.account_id)
    )


def _last_statements(on: datetime.date) -> Select[*tuple[Any, ...]]:
    """Of each bank account the last statement up to ``on`` that states a balance (``nth`` 1), and the last day of any (``through``)."""
    states = case((Statement.closing.is_(None), 1), else_=0)
    ranked = (
        select(
            Statement.bank_account_id,
            Statement.period_to,
            Statement.closing,
            func.max(Statement.period_to).over(partition_by=Statement.bank_account_id).label("through"),
            func.row_number()
            .over(
                partition_by=Statement.bank_account_id,
                order_by=(states, Statement.period_to.desc(), Statement.id.desc()),
            )
            .label("nth"),
        )
        .where(Statement.period_to <= on, Statement.state != TAKEN_BACK)
        .subquery()
    )
    return select(ranked).where(ranked.c.nth == 1)


def _named(row: Row[*tuple[Any, ...]], entities: Sequence[LegalEntity]) -> tuple[str, str, str]:
    """(name, detail, legal entity): what people call an account. Of one that was removed its id is all that is left."""
    if row.kind == AccountKind.CASH.value:
        entity = next((one for one in entities if one.id == row.legal_entity_id), None)
        return _short(entity), "", _short(entity)
    if row.kind == AccountKind.CLEARING.value:
        return "" if row.gateway == TRANSIT else row.gateway, "", ""
    for entity in entities:
        for account in entity.accounts:
            if account.id == row.bank_account_id:
                return account.bank_name, account.number, _short(entity)
    return "", f"# {row.bank_account_id}", ""


def _unused(entities: Sequence[LegalEntity], used: set[int | None]) -> Iterator[AccountMoney]:
    """Accounts of ours on which nothing ever happened."""
    bank = AccountKind.BANK.value
    for entity in entities:
        for account in entity.accounts:
            if account.id not in used:
                yield _empty(bank, account, entity)


def _empty(kind: str, account: BankAccount, entity: LegalEntity) -> AccountMoney:
    return AccountMoney(kind, account.bank_name, account.number, _short(entity), account.currency, 0, 0, 0, 0, None)


def _short(entity: LegalEntity | None) -> str:
    return "" if entity is None else entity.short_name or entity.name


def position_factory(_context: Any, request: Any) -> MoneyPosition:
    """``IMoneyPosition`` of a request."""
    return MoneyPosition(request.db, request.find_service(ILegalEntities))
