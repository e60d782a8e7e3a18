"""How our money is likely to go on: open invoices by their terms, the same by their payers' habits, and what is usually spent.

Each is a line of its own. Nothing that the books do not know is mixed into the first; a habit is a median, spending an average and what
recurring services will bring an expectation, and each is said to be that.
"""

from __future__ import annotations

import calendar
import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import median_low
from typing import Any

from sqlalchemy import BigInteger, and_, case, cast, func, select
from sqlalchemy.orm import Session, aliased
from zope.interface import implementer

from cabinet.db.memo import once
from cabinet.identity.models import Client
from cabinet.interfaces import IClock
from cabinet_finsystem.interfaces import IForecast, IReceivables, IRecurringServices
from cabinet_finsystem.invoicing.models import OPEN, PAID, Invoice
from cabinet_finsystem.ledger.models import Account, Entry, Posting
from cabinet_finsystem.ledger.values import AccountKind
from cabinet_finsystem.payments.models import Allocation
from cabinet_finsystem.reports.forecast_values import Awaited, AwaitedInvoice, Forecast, ForecastDay
from cabinet_finsystem.reports.periods import DAY, Period, shift_months

PAID_ENOUGH = 3
"""Invoices paid within a year from which on a client is said to have a habit."""
MONTHS = 3
_YEAR = datetime.timedelta(365)
_HELD = (AccountKind.BANK.value, AccountKind.CASH.value)


@implementer(IForecast)
class Forecasts:
    """Forecasts as of today. Three queries each, whatever the history, and those of ``services`` where they are wanted."""

    def __init__(
        self, session: Session, clock: IClock, receivables: IReceivables, services: IRecurringServices | None = None
    ) -> None:
        self._session = session
        self._clock = clock
        self._receivables = receivables
        self._services = services

    def of(self, currency: str, start: int, days: int, *, services: bool = False) -> Forecast:
        """From today on, out of ``start`` units. ``days`` is positive. ``services``: with what recurring ones are expected to bring."""
        today: datetime.date = self._clock.today()
        last = today + (days - 1) * DAY
        habits, habit = self._habits(currency)
        due: defaultdict[datetime.date, int] = defaultdict(int)
        usual: defaultdict[datetime.date, int] = defaultdict(int)
        late = late_usual = beyond = 0
        for debt in self._receivables.open_now(currency):
            day, minor = debt.due, debt.asked
            own = habits.get(debt.client_id, habit) or 0
            expected = day + own * DAY
            if day < today:
                late += minor
                if expected < today:
                    continue  # later than he ever is: nothing tells when
                late_usual += minor
            elif day > last:
                beyond += minor
            else:
                due[day] += minor
            usual[max(expected, today)] += minor
        coming: defaultdict[datetime.date, int] = defaultdict(int)
        for one in self._services.expected(currency, last) if services and self._services else ():
            coming[max(one.due + (habits.get(one.client_id, habit) or 0) * DAY, today)] += one.minor
        months, spending = self._spending(currency, today)
        return Forecast(
            currency=currency,
            start=start,
            days=_run(start, [today + n * DAY for n in range(days)], due, usual, spending, coming),
            late=late,
            late_usual=late_usual,
            beyond=beyond,
            habit=habit,
            spent_months=months,
            monthly_spending=sum(spending.values()),
        )

    def awaited(self, currency: str, since: datetime.date | None, until: datetime.date | None, limit: int) -> Awaited:
        """Open invoices due from ``since`` to ``until``, the earliest first."""
        wanted = [*_waiting(currency)]
        if since is not None:
            wanted.append(Invoice.due >= since)
        if until is not None:
            wanted.append(Invoice.due <= until)
        left = Invoice.asked - Invoice.paid
        rows = self._session.execute(
            select(
                Invoice,
                Client.name,
                func.count().over().label("invoices"),
                cast(func.sum(left).over(), BigInteger).label("minor"),
            )
            .join(Client, Client.id == Invoice.client_id)
            .where(*wanted)
            .order_by(Invoice.due, Invoice.id)
            .limit(limit)
        ).all()
        if not rows:
            return Awaited(0, 0, ())
        habits, _habit = self._habits(currency)
        told = [
            AwaitedInvoice(
                invoice.public_id,
                invoice.number or "",
                invoice.date,
                invoice.due,
                invoice.client_id,
                name,
                invoice.open,
                habits.get(invoice.client_id),
            )
            for invoice, name, _invoices, _minor in rows
        ]
        return Awaited(int(rows[0].minor), int(rows[0].invoices), told)

    def _habits(self, currency: str) -> tuple[Mapping[int, int], int | None]:
        """Median of the days past the due date at which invoices of a year were paid: of each client who owes, and of all of these."""
        return once(self._session, ("finsystem.habits", currency), lambda: self._read_habits(currency))

    def _read_habits(self, currency: str) -> tuple[Mapping[int, int], int | None]:
        owing = select(Invoice.client_id).where(*_waiting(currency))
        closed = (
            select(Invoice.client_id, Invoice.due, func.max(Allocation.date).label("paid"))
            .join(Allocation, Allocation.invoice_id == Invoice.id)
            .where(Invoice.state == PAID, Invoice.currency == currency, Invoice.client_id.in_(owing))
            .group_by(Invoice.id, Invoice.client_id, Invoice.due)
            .having(func.max(Allocation.date) >= self._clock.today() - _YEAR)
            .subquery()
        )
        found: defaultdict[int, list[int]] = defaultdict(list)
        for client_id, due, paid, count in self._session.execute(
            select(closed, func.count()).group_by(closed.c.client_id, closed.c.due, closed.c.paid)
        ):
            found[client_id] += [(paid - due).days] * count
        habits = {client_id: median_low(days) for client_id, days in found.items() if len(days) >= PAID_ENOUGH}
        everybody = [day for days in found.values() for day in days]
        return habits, median_low(everybody) if everybody else None

    def _spending(self, currency: str, today: datetime.date) -> tuple[int, dict[int, int]]:
        """What went out on each day of the month, the average of the last full months; and how many months that is."""
        month = today.replace(day=1)
        period = Period(shift_months(month, -MONTHS), month - DAY)
        origin = aliased(Entry)
        side = case((Entry.reverses_id.is_(None), Posting.minor), else_=-Posting.minor)
        rows = self._session.execute(
            select(Posting.date, func.sum(-Posting.minor))
            .join(Entry, Entry.id == Posting.entry_id)
            .outerjoin(origin, origin.id == Entry.reverses_id)
            .where(
                Posting.account_id.in_(
                    select(Account.id).where(
                        Account.client_id.is_(None), Account.kind.in_(_HELD), Account.currency == currency
                    )
                ),
                Posting.date >= period.since,
                Posting.date <= period.until,
                and_(func.coalesce(origin.kind, Entry.kind).not_in(("transfer", "opening")), side < 0),
            )
            .group_by(Posting.date)
        )
        sums: defaultdict[int, int] = defaultdict(int)
        months = set()
        for day, minor in rows:
            sums[day.day] += int(minor)
            months.add(day.month)
        return len(months), {day: minor // len(months) for day, minor in sums.items()}


def _waiting(currency: str) -> tuple[Any, ...]:
    return (Invoice.state.in_(OPEN), Invoice.currency == currency)


def _run(
    start: int,
    days: Iterable[datetime.date],
    due: Mapping[datetime.date, int],
    usual: Mapping[datetime.date, int],
    spending: Mapping[int, int],
    expected: Mapping[datetime.date, int],
) -> Sequence[ForecastDay]:
    """The days one after another, each with its balances."""
    by_terms = as_usual = after = fullest = start
    run = []
    for day in days:
        spent = _spent_on(day, spending)
        by_terms += due.get(day, 0)
        as_usual += usual.get(day, 0)
        after += usual.get(day, 0) - spent
        fullest += usual.get(day, 0) - spent + expected.get(day, 0)
        figures = (due.get(day, 0), usual.get(day, 0), spent, expected.get(day, 0))
        run.append(ForecastDay(day, *figures, by_terms, as_usual, after, fullest))
    return run


def _spent_on(day: datetime.date, spending: Mapping[int, int]) -> int:
    """What such a day of the month usually costs; the last day of a short month bears those that it lacks."""
    longest = calendar.monthrange(day.year, day.month)[1]
    return sum(spending.get(n, 0) for n in range(day.day, 32 if day.day == longest else day.day + 1))


def forecast_factory(_context: Any, request: Any) -> Forecasts:
    """``IForecast`` of a request."""
    find = request.find_service
    return Forecasts(request.db, find(IClock), find(IReceivables), find(IRecurringServices))
