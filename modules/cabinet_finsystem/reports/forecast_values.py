"""What money is to come: frozen data, amounts in minor units of one currency."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ForecastDay:
    """A day to come. ``due``: what open invoices say; ``usual``: the same money, on the day on which its payers usually pay.

    ``spent``: what went out on such a day of the month in the months looked at, on average: an estimate, nothing that is owed.
    ``expected``: periods of recurring services that are not invoiced yet, on the day on which their payers would usually pay.
    The balances stand at the day's end: by terms, as clients usually pay, that less what is usually spent, and that with ``expected``.
    """

    date: datetime.date
    due: int
    usual: int
    spent: int
    expected: int
    by_terms: int
    as_usual: int
    after_spending: int
    with_services: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """From ``start`` on the morning of the first of ``days``.

    ``late``: open invoices past their due date, counted in no ``due``; of these ``late_usual`` are not later yet than their payers usually
    are, so that they are in ``usual``. ``beyond``: invoices due after the last day. ``habit``: days past the due date at which half of the
    invoices of a year were paid, for clients who paid too few to have a habit of their own; None: nobody paid any. ``spent_months``: number
    of full months that the spending was looked up in; 0: there are none.
    """

    currency: str
    start: int
    days: Sequence[ForecastDay]
    late: int
    late_usual: int
    beyond: int
    habit: int | None
    spent_months: int
    monthly_spending: int

    def lowest(self, line: str) -> ForecastDay:
        """The first day on which a line (``by_terms``, ``as_usual``, ``after_spending``, ``with_services``) is lowest."""
        return min(self.days, key=lambda day: (getattr(day, line), day.date))

    @property
    def expected(self) -> int:
        """What recurring services are expected to bring in these days."""
        return _sum(day.expected for day in self.days)

    def weeks(self) -> list[ForecastWeek]:
        """The days by calendar week."""
        weeks: list[list[ForecastDay]] = []
        for day in self.days:
            if not weeks or day.date.weekday() == 0:
                weeks.append([])
            weeks[-1].append(day)
        return [ForecastWeek.of(days) for days in weeks]


@dataclass(frozen=True, slots=True)
class ForecastWeek:
    """Days of one week: what they bring together, and the balances at the end of the last."""

    since: datetime.date
    until: datetime.date
    due: int
    usual: int
    spent: int
    expected: int
    by_terms: int
    as_usual: int
    after_spending: int
    with_services: int

    @classmethod
    def of(cls, days: Sequence[ForecastDay]) -> ForecastWeek:
        """Of days in order, at least one."""
        last = days[-1]
        return cls(
            days[0].date,
            last.date,
            _sum(day.due for day in days),
            _sum(day.usual for day in days),
            _sum(day.spent for day in days),
            _sum(day.expected for day in days),
            last.by_terms,
            last.as_usual,
            last.after_spending,
            last.with_services,
        )


@dataclass(frozen=True, slots=True)
class AwaitedInvoice:
    """An open invoice. ``habit``: days past the due date at which its payer usually pays, None where he has paid too little to tell."""

    public_id: uuid.UUID
    number: str
    date: datetime.date
    due: datetime.date
    client_id: int
    client: str
    open: int
    habit: int | None


@dataclass(frozen=True, slots=True)
class Awaited:
    """Open invoices due in some days; ``minor`` and ``count`` are of all, ``rows`` of the first."""

    minor: int
    count: int
    rows: Sequence[AwaitedInvoice]

    @property
    def rest(self) -> int:
        """What the invoices that are not shown bring."""
        return self.minor - _sum(row.open for row in self.rows)


def _sum(amounts: Iterable[int]) -> int:
    return sum(amounts)
