"""The head's first page in figures: the result of a month, quarter or year, twelve months, debts, managers."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.identity.models import Client, User
from cabinet.interfaces import IClock
from cabinet_finsystem.articles import defaults
from cabinet_finsystem.articles.models import Article
from cabinet_finsystem.interfaces import IOverview, IPnl, IReceivables
from cabinet_finsystem.ledger.models import PnlMonth
from cabinet_finsystem.reports.periods import DAY, Period, before, shift_months, unit_of
from cabinet_finsystem.reports.shares import share_of
from cabinet_finsystem.reports.values import Ages, Basis, Change, ClientAges, PnlQuery, Wanted

UNITS = ("month", "quarter", "year")
BASIS: Basis = "cash"
YEAR = 12


@dataclass(frozen=True, slots=True)
class Figure:
    """A sum of the period and of the one before it."""

    minor: int
    before: int
    wanted: Wanted

    @property
    def change(self) -> Change:
        """Judged."""
        return Change.of(self.minor, self.before, self.wanted)


@dataclass(frozen=True, slots=True)
class Month:
    """A month and what it brought."""

    period: Period
    income: int
    costs: int
    net: int
    unsorted: int


@dataclass(frozen=True, slots=True)
class Result:
    """The result of ``period``. Margins: net profit in tenths of a per cent of the income, None without any.

    ``unsorted``: money of the period that has no article, positive where it went out. ``months``: the last twelve up to the period's end,
    each with income, costs and net profit.
    """

    unit: str
    period: Period
    earlier: Period
    currency: str
    net: Figure
    income: Figure
    costs: Figure
    margin: int | None
    margin_before: int | None
    unsorted: int
    months: Sequence[Month]


@dataclass(frozen=True, slots=True)
class ManagerRow:
    """A manager's clients. ``revenue``: what they paid in the period, net of VAT. ``manager_id`` None: clients that have no manager."""

    manager_id: int | None
    name: str
    clients: int
    revenue: Figure
    debt: Ages


@dataclass(frozen=True, slots=True)
class Debts:
    """What clients owe: all together, and those who are latest."""

    total: Ages
    largest: Sequence[ClientAges]


@implementer(IOverview)
class Overview:
    """Figures of one request; what several parts of the page need is read once."""

    def __init__(self, session: Session, clock: IClock, pnl: IPnl, receivables: IReceivables) -> None:
        self._session = session
        self._clock = clock
        self._pnl = pnl
        self._receivables = receivables
        self._results: dict[Period, Result] = {}
        self._ages: dict[str, dict[int | None, Ages]] = {}
        self._latest: dict[str, Sequence[ClientAges]] = {}

    def period(self, unit: str, at: datetime.date | None = None) -> Period:
        """The month, quarter or year in which ``at`` lies; without it the last one that is over."""
        today = self._clock.today()
        return unit_of(unit_of(today, unit).since - DAY if at is None else at, unit)

    def result(self, unit: str, at: datetime.date | None = None) -> Result:
        """The result of a period against the one before it. Reads the P&L by month once."""
        period = self.period(unit, at)
        if period not in self._results:
            self._results[period] = self._read(unit, period)
        return self._results[period]

    def debts(self, currency: str, largest: int) -> Debts:
        """By age, and the ``largest`` late payers."""
        total = Ages.sum(currency, self._debts(currency).values())
        if total.overdue and currency not in self._latest:
            self._latest[currency] = self._receivables.latest(currency, largest)
        return Debts(total, self._latest.get(currency, ()))

    def managers(self, unit: str, at: datetime.date | None = None) -> list[ManagerRow]:
        """All who have clients, the largest revenue first. Together they make the income that came from clients."""
        result = self.result(unit, at)
        debts = self._debts(result.currency)
        nothing = Ages(result.currency, 0, 0, 0, 0, 0)
        rows = [
            ManagerRow(
                manager_id,
                name or "",
                int(clients),
                Figure(int(now), int(then), "more"),
                debts.get(manager_id, nothing),
            )
            for manager_id, name, clients, now, then in self._session.execute(self._revenue(result))
        ]
        return sorted(rows, key=lambda row: (-row.revenue.minor, row.name))

    def _read(self, unit: str, period: Period) -> Result:
        earlier = before(period, unit)
        year = Period(shift_months(period.until.replace(day=1), 1 - YEAR), period.until)
        whole = Period(min(earlier.since, year.since), period.until)
        report = self._pnl.report(PnlQuery(whole.since, whole.until, "month", BASIS, "none"))
        income, unsorted = (report.section(code).cells for code in (defaults.INCOME, defaults.UNSORTED))
        months = [
            Month(month, earned.minor, earned.minor - net, net, nobody.minor)
            for month, earned, net, nobody in zip(report.columns, income, report.result, unsorted, strict=True)
        ]
        now, then = ([month for month in months if month.period.since in days] for days in (period, earlier))
        net = Figure(sum(m.net for m in now), sum(m.net for m in then), "more")
        earned = Figure(sum(m.income for m in now), sum(m.income for m in then), "more")
        return Result(
            unit=unit,
            period=period,
            earlier=earlier,
            currency=report.currency,
            net=net,
            income=earned,
            costs=Figure(sum(m.costs for m in now), sum(m.costs for m in then), "less"),
            margin=share_of(net.minor, earned.minor),
            margin_before=share_of(net.before, earned.before),
            unsorted=sum(m.unsorted for m in now),
            months=[month for month in months if month.period.since in year],
        )

    def _revenue(self, result: Result) -> Any:
        now, then = (
            func.sum(case(((PnlMonth.month >= days.since) & (PnlMonth.month <= days.until), PnlMonth.minor), else_=0))
            for days in (result.period, result.earlier)
        )
        paid = (
            select(PnlMonth.client_id, now.label("now"), then.label("then"))
            .join(Article, Article.id == PnlMonth.article_id)
            .where(
                PnlMonth.basis == BASIS,
                PnlMonth.currency == result.currency,
                PnlMonth.month >= result.earlier.since,
                PnlMonth.month <= result.period.until,
                PnlMonth.client_id.is_not(None),
                Article.section == defaults.INCOME,
            )
            .group_by(PnlMonth.client_id)
            .subquery()
        )
        served = case((Client.archived_at.is_(None), 1), else_=0)
        return (
            select(
                Client.manager_id,
                User.name,
                func.sum(served),
                func.coalesce(func.sum(paid.c.now), 0),
                func.coalesce(func.sum(paid.c.then), 0),
            )
            .outerjoin(paid, paid.c.client_id == Client.id)
            .outerjoin(User, User.id == Client.manager_id)
            .group_by(Client.manager_id, User.name)
        )

    def _debts(self, currency: str) -> dict[int | None, Ages]:
        if currency not in self._ages:
            self._ages[currency] = self._receivables.by_manager(currency)
        return self._ages[currency]


def overview_factory(_context: Any, request: Any) -> Overview:
    """``IOverview`` of a request."""
    return Overview(
        request.db, request.find_service(IClock), request.find_service(IPnl), request.find_service(IReceivables)
    )
