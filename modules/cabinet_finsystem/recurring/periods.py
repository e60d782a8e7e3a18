"""Periods of the calendar, the parts of them that are served, and what a part is worth. Days are calendar days, ends included."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cabinet_finsystem.invoicing.amounts import MILLI, WHOLE, round_half_up

MONTH, QUARTER, YEAR = "month", "quarter", "year"
MONTHS = {MONTH: 1, QUARTER: 3, YEAR: 12}
BEFORE, WITHIN, AFTER = "before", "within", "after"
"""When a period is billed: in the month before it, in its first month, in the month after it."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A month, quarter or year of the calendar: first and last day."""

    first: datetime.date
    last: datetime.date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Step:
    """From ``since`` on a unit costs ``price`` minor units (None: what the price list says); nothing is served while not ``active``."""

    since: datetime.date
    active: bool
    price: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Days of a period that are served at one price."""

    period: Period
    first: datetime.date
    last: datetime.date
    price: int | None

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def is_whole(self) -> bool:
        """Whether it is all of its period."""
        return (self.first, self.last) == (self.period.first, self.period.last)


def period_of(day: datetime.date, kind: str) -> Period:
    """The period that ``day`` lies in."""
    length = MONTHS[kind]
    first = datetime.date(day.year, (day.month - 1) // length * length + 1, 1)
    return Period(first, _month_after(first, length) - datetime.timedelta(1))


def periods(first: datetime.date, last: datetime.date, kind: str) -> Iterator[Period]:
    """Periods that have days from ``first`` to ``last``, in order."""
    period = period_of(first, kind)
    while period.first <= last:
        yield period
        period = period_of(period.last + datetime.timedelta(1), kind)


def billed_on(period: Period, kind: str, when: str, day: int) -> datetime.date:
    """The day ``day`` of the month in which ``period`` is billed, or that month's last day where it is shorter."""
    months = {BEFORE: -1, WITHIN: 0, AFTER: MONTHS[kind]}[when]
    month = _month_after(period.first, months)
    return month.replace(day=min(day, calendar.monthrange(month.year, month.month)[1]))


def parts_of(period: Period, steps: Sequence[Step], *, until: datetime.date | None) -> list[Part]:
    """The days of ``period`` that are served, cut where the price changes; ``steps`` in order of their days. ``until``: the last day."""
    end = period.last if until is None else min(period.last, until)
    found: list[Part] = []
    for n, step in enumerate(steps):
        following = steps[n + 1].since if n + 1 < len(steps) else datetime.date.max
        first, last = max(step.since, period.first), min(following - datetime.timedelta(1), end)
        if step.active and first <= last:
            joined = found and found[-1].price == step.price and found[-1].last + datetime.timedelta(1) == first
            if joined:
                found[-1] = Part(period, found[-1].first, last, step.price)
            else:
                found.append(Part(period, first, last, step.price))
    return found


def part_amount(part: Part, quantity: Decimal, price: int, discount: Decimal = Decimal(0)) -> int:
    """What ``part`` is worth in minor units, in the sense of ``price`` (with VAT or without).

    The amount of the whole period × days ÷ days of the period, rounded half up to the minor unit once: as what the days up to its end
    are worth less what the days before its begin are, so that adjoining parts of a period sum to the whole.
    """
    begun = (part.first - part.period.first).days
    return _worth(begun + part.days, part.period.days, quantity, price, discount) - _worth(
        begun, part.period.days, quantity, price, discount
    )


def _worth(days: int, of: int, quantity: Decimal, price: int, discount: Decimal) -> int:
    milli, hundredths = int(quantity.scaleb(3)), int(discount.scaleb(2))
    return round_half_up(milli * price * (WHOLE - hundredths) * days, MILLI * WHOLE * of)


def _month_after(first: datetime.date, months: int) -> datetime.date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return datetime.date(year, month + 1, 1)
