"""The income of the P&L divided by who paid it, who looks after him, or what it was for. Clients and managers are read from the month
table and, for odd days, from what happened; items from lines of the period's documents and payments."""

from __future__ import annotations

import hashlib
import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, case, cast, false, func, literal, or_, select, union_all
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.db.bulk import chunks
from cabinet.db.folding import fold
from cabinet.db.paging import ListQuery, contains, decode_cursor, encode_cursor, paginate
from cabinet.errors import NotFoundError
from cabinet.identity.models import Client, User
from cabinet_client_manager.interfaces import IClientCards
from cabinet_finsystem.articles import defaults
from cabinet_finsystem.interfaces import IArticles, IPnl, IRevenue
from cabinet_finsystem.invoicing.models import Invoice
from cabinet_finsystem.items.models import Item
from cabinet_finsystem.ledger.models import PnlMonth
from cabinet_finsystem.ledger.pending import Pending
from cabinet_finsystem.reports.facts import Facts, narrowed, within
from cabinet_finsystem.reports.item_income import Brought, brought
from cabinet_finsystem.reports.periods import (
    Period,
    PeriodError,
    before,
    columns,
    merged,
    month_end,
    split,
    year_before,
)
from cabinet_finsystem.reports.pnl import advances_of
from cabinet_finsystem.reports.receivables import MOST_FOUND
from cabinet_finsystem.reports.revenue_values import CLIENT, ITEM, ItemRow, ItemRows, RevenuePage, RevenueRow
from cabinet_finsystem.reports.shares import WHOLE, apportion, share_of
from cabinet_finsystem.reports.values import PnlQuery
from cabinet_finsystem.texts import _

MOST_COLUMNS = 100
_OTHER = ""
"""Key of the income that no line of an invoice brought: advances, and what was booked without an invoice."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question with its columns. ``then``: what the whole is compared with, or None."""

    query: PnlQuery
    currency: str
    cut: tuple[Period, ...]
    then: Period | None

    @property
    def all(self) -> tuple[Period, ...]:
        """Every period that is asked about."""
        return tuple(dict.fromkeys((*self.cut, *([self.then] if self.then else []))))

    def months_and_days(self) -> tuple[list[Period], list[Period]]:
        """The whole months in all of them, and the odd days."""
        months: list[Period] = []
        days: list[Period] = []
        for period in self.all:
            inside, pieces = split(period)
            months += [Period(first, month_end(first)) for first in inside]
            days += pieces
        return merged(months), merged(days)

    def before(self, minor: Any) -> int | None:
        """What is compared with, where anything is."""
        return None if self.then is None else int(minor)

    def row(self, key: str, name: str, sums: Mapping[Period, int]) -> RevenueRow:
        """A row of sums by period."""
        return RevenueRow(
            key,
            None,
            name,
            tuple(sums.get(period, 0) for period in self.cut),
            None if self.then is None else sums.get(self.then, 0),
        )

    def rest(self, income: RevenueRow, rows: Sequence[RevenueRow]) -> RevenueRow:
        """What of the income is in none of ``rows``."""
        minors = tuple(whole - sum(row.minors[n] for row in rows) for n, whole in enumerate(income.minors))
        then = None if income.before is None else income.before - sum(row.before or 0 for row in rows)
        return RevenueRow(_OTHER, None, "", minors, then)

    def page(
        self, rows: Sequence[RevenueRow], count: int, more: str, found: RevenueRow, income: RevenueRow
    ) -> RevenuePage:
        """The answer."""
        return RevenuePage(self.currency, self.cut, self.then, rows, count, more, found, income)


@implementer(IRevenue)
class Revenue:
    """Revenue as the books of this session show it. The number of queries depends on nothing that happened."""

    def __init__(self, session: Session, articles: IArticles, pnl: IPnl, cards: IClientCards) -> None:
        self._session = session
        self._articles = articles
        self._pnl = pnl
        self._cards = cards

    def page(self, query: PnlQuery, group: str, wanted: ListQuery) -> RevenuePage:
        """A page of rows. PeriodError."""
        cut = columns(query.period, query.by)
        if len(cut) > MOST_COLUMNS:
            raise PeriodError(
                "too_many_columns",
                _(
                    "That is more than ${n} columns. Choose a shorter period or wider columns.",
                    mapping={"n": MOST_COLUMNS},
                ),
            )
        asked = _Asked(query, self._pnl.currency(query), cut, _compared(query))
        Pending.of(self._session).settle()
        return self._by_item(asked, wanted) if group == ITEM else self._by_whom(asked, group, wanted)

    def of_item(self, query: PnlQuery, key: str, limit: int) -> ItemRows:
        """Invoices that brought the income of an item, the largest first. NotFoundError where nothing did."""
        asked = _Asked(query, self._pnl.currency(query), (query.period,), None)
        sums: defaultdict[int, int] = defaultdict(int)
        name, found = "", False
        for one in self._brought(asked):
            if _key(one) == key:
                sums[one.invoice_id] += one.minor
                name, found = self._called(one), True
        if not found and (then := _compared(query)) is not None:
            # A line that stands in the report for what it brought in the period compared with: nothing is behind it now.
            earlier = _Asked(query, asked.currency, (then,), None)
            name = next((self._called(one) for one in self._brought(earlier) if _key(one) == key), "")
            found = bool(name)
        if not found:
            raise NotFoundError("no_item", _("There is no such line in the report."))
        largest = sorted((id_ for id_ in sums if sums[id_]), key=lambda id_: (-sums[id_], id_))
        rows = {
            row.id: row
            for row in self._session.execute(
                select(Invoice.id, Invoice.public_id, Invoice.number, Client.name)
                .join(Client, Client.id == Invoice.client_id)
                .where(Invoice.id.in_(largest[:limit]))
            )
        }
        shown = [ItemRow(rows[i].public_id, rows[i].number or "", rows[i].name, sums[i]) for i in largest[:limit]]
        return ItemRows(name, sum(sums.values()), len(largest), shown)

    # by client and by manager

    def _by_whom(self, asked: _Asked, group: str, wanted: ListQuery) -> RevenuePage:
        rows = self._grouped(asked, group, wanted.search)
        income = self._total(self._grouped(asked, group, ""), asked)
        found = income if not wanted.search else self._total(rows, asked)
        page = paginate(
            self._session,
            select(rows),
            wanted,
            sorts={"name": rows.c.name, "total": rows.c.total, "change": rows.c.total - rows.c.then},
            default="-total",
            key=rows.c.id,
            scalars=False,
        )
        shown = [
            RevenueRow(
                "", row.public_id, row.name, tuple(map(int, row[3 : 3 + len(asked.cut)])), asked.before(row.then)
            )
            for row in page.rows
        ]
        whole = not page.more and not wanted.after and not wanted.search
        return asked.page(_shared(shown, income, whole=whole), page.count, page.more, found, income)

    def _grouped(self, asked: _Asked, group: str, search: str) -> Any:
        """(id, public id, name, each column, then, total) of whoever has any of it."""
        pieces = self._pieces(asked)
        by_client = group == CLIENT
        owner: Any = Client if by_client else User
        whose = Client.id if by_client else Client.manager_id
        names = [f"c{n}" for n in range(len(asked.cut))]
        statement = (
            select(
                func.coalesce(whose, 0).label("id"),
                owner.public_id,
                func.coalesce(owner.name, "").label("name"),
                *(_sum(pieces, period).label(name) for name, period in zip(names, asked.cut, strict=True)),
                _sum(pieces, asked.then).label("then"),
            )
            .select_from(pieces)
            .outerjoin(Client, Client.id == pieces.c.client_id)
            .group_by(whose, owner.public_id, owner.name)
        )
        if not by_client:
            statement = statement.outerjoin(User, User.id == Client.manager_id)
        if search and by_client:
            statement = statement.where(Client.id.in_([row.client_id for row in self._cards.find(search, MOST_FOUND)]))
        elif search:
            statement = statement.where(contains(User.name, search))
        rows = statement.subquery()
        sums = [rows.c[name] for name in names]
        total = reduce(operator.add, sums).label("total")
        return select(rows, total).where(or_(*(one != 0 for one in (*sums, rows.c.then)))).subquery()

    def _pieces(self, asked: _Asked) -> Any:
        """(client, whether of a whole month, date, sum) of all income in the periods."""
        query, incomes = asked.query, self._incomes()
        months, days = asked.months_and_days()
        parts = []
        if months:
            parts.append(
                select(
                    PnlMonth.client_id, literal(1).label("month"), PnlMonth.month.label("date"), PnlMonth.minor
                ).where(
                    PnlMonth.basis == query.basis,
                    PnlMonth.currency == asked.currency,
                    PnlMonth.article_id.in_(incomes),
                    within(PnlMonth.month, months),
                    *narrowed(query, PnlMonth),
                )
            )
        if days:
            facts = Facts(advances_of(self._articles.tree(archived=True))).rows(query, asked.currency, days, incomes)
            one = facts.subquery()
            parts.append(select(one.c.client_id, literal(0).label("month"), one.c.date, one.c.minor))
        return union_all(*parts).subquery() if len(parts) > 1 else parts[0].subquery()

    def _incomes(self) -> list[int]:
        return [node.id for node in self._articles.tree(archived=True) if node.section == defaults.INCOME]

    def _total(self, rows: Any, asked: _Asked) -> RevenueRow:
        names = [*(f"c{n}" for n in range(len(asked.cut))), "then"]
        *sums, then = self._session.execute(
            select(*(cast(func.coalesce(func.sum(rows.c[name]), 0), BigInteger) for name in names))
        ).one()
        return RevenueRow("", None, "", tuple(map(int, sums)), asked.before(then))

    # by item

    def _brought(self, asked: _Asked) -> Iterable[Brought]:
        return brought(self._session, asked.query, asked.currency, asked.all, self._incomes())

    def _by_item(self, asked: _Asked, wanted: ListQuery) -> RevenuePage:
        income = self._total(self._grouped(asked, CLIENT, ""), asked)
        sums: defaultdict[str, defaultdict[Period, int]] = defaultdict(lambda: defaultdict(int))
        named: dict[str, Brought] = {}
        for one in self._brought(asked):
            key = _key(one)
            sums[key][one.period] += one.minor
            named[key] = one
        names = self._item_names({one.item_id for one in named.values() if one.item_id is not None})
        rows = [asked.row(key, names.get(one.item_id or 0, one.text), sums[key]) for key, one in named.items()]
        other = asked.rest(income, rows)
        rows = [row for row in (*rows, other) if any(row.minors) or row.before]
        shares = _shared(rows, income, whole=True)
        return _read_here(asked, shares, wanted, income)

    def _called(self, one: Brought) -> str:
        return one.text if one.item_id is None else self._item_names({one.item_id})[one.item_id]

    def _item_names(self, ids: set[int]) -> dict[int, str]:
        names: dict[int, str] = {}
        for some in chunks(sorted(ids)):
            for row in self._session.execute(select(Item.id, Item.name).where(Item.id.in_(some))):
                names[row.id] = row.name
        return names


def _compared(query: PnlQuery) -> Period | None:
    """What the whole of a report is compared with."""
    compared = {"previous": before, "year": year_before}.get(query.compare)
    return compared(query.period) if compared is not None else None


def _sum(pieces: Any, period: Period | None) -> ColumnElement[Any]:
    """What lies in a period: its whole months, and the odd days at its ends."""
    conditions: list[ColumnElement[bool]] = [false()]
    if period is not None:
        months, ends = split(period)
        if months:
            conditions.append(and_(pieces.c.month == 1, pieces.c.date.between(months[0], months[-1])))
        conditions += [and_(pieces.c.month == 0, pieces.c.date.between(end.since, end.until)) for end in ends]
    return cast(func.coalesce(func.sum(case((or_(*conditions), pieces.c.minor), else_=0)), 0), BigInteger)


def _shared(rows: Sequence[RevenueRow], income: RevenueRow, *, whole: bool) -> list[RevenueRow]:
    """Rows with their shares of the income; where they are ``whole``, the shares add up to 100.0."""
    earned = income.total
    if earned <= 0:
        return list(rows)
    if whole:
        shares: Sequence[int | None] = apportion([row.total for row in rows], earned, WHOLE)
    else:
        shares = [share_of(row.total, earned) for row in rows]
    return [replace(row, share=share) for row, share in zip(rows, shares, strict=True)]


def _read_here(asked: _Asked, rows: Sequence[RevenueRow], wanted: ListQuery, income: RevenueRow) -> RevenuePage:
    """A page of rows that are all at hand."""
    if wanted.search:
        rows = [row for row in rows if str(fold(wanted.search)) in str(fold(row.name))]
    sorts: dict[str, Callable[[RevenueRow], Any]] = {
        "name": lambda row: fold(row.name),
        "total": lambda row: row.total,
        "change": lambda row: row.total - (row.before or 0),
    }
    name = wanted.sort if wanted.sort.lstrip("-") in sorts else "-total"
    value, backwards = sorts[name.lstrip("-")], name.startswith("-")

    def place(row: RevenueRow) -> tuple[Any, int]:
        return value(row), int(_digest(row.key)[:15], 16)

    ordered = sorted(rows, key=place, reverse=backwards)
    if (after := decode_cursor(wanted.after)) is not None and isinstance(after[0], str) is (name.lstrip("-") == "name"):
        ordered = [row for row in ordered if (place(row) < after if backwards else place(row) > after)]
    shown = ordered[: wanted.size] if wanted.size else ordered
    more = encode_cursor(*place(shown[-1])) if len(ordered) > len(shown) else ""
    found = asked.row("", "", {period: sum(row.minors[n] for row in rows) for n, period in enumerate(asked.cut)})
    before = None if asked.then is None else sum(row.before or 0 for row in rows)
    return asked.page(shown, len(rows), more, replace(found, before=before), income)


def _key(one: Brought) -> str:
    """Names an item, or a text, in URLs."""
    return _digest(f"{one.item_id or ''} {'' if one.item_id else one.text}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def revenue_factory(_context: Any, request: Any) -> Revenue:
    """``IRevenue`` of a request."""
    return Revenue(
        request.db, request.find_service(IArticles), request.find_service(IPnl), request.find_service(IClientCards)
    )
