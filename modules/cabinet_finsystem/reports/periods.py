"""Calendar periods of a report: columns, what they are compared with, and how a period falls into whole months and single days."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cabinet.errors import DomainError
from cabinet_finsystem.texts import _

DAY = datetime.timedelta(days=1)
UNITS = ("none", "day", "week", "month", "quarter", "year")
MAX_COLUMNS = 400
CALENDAR = (datetime.date(1900, 1, 1), datetime.date(2999, 12, 31))

_MONTHS = {"month": 1, "quarter": 3, "year": 12}


class PeriodError(DomainError):
    """The period asked for makes no report."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Days from ``since`` to ``until``, both included."""

    since: datetime.date
    until: datetime.date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.until - self.since).days + 1

    @property
    def whole_months(self) -> bool:
        """Whether it is made of whole calendar months."""
        return self.since.day == 1 and is_month_end(self.until)

    def __contains__(self, date: datetime.date) -> bool:
        return self.since <= date <= self.until


def columns(period: Period, unit: str) -> tuple[Period, ...]:
    """``period`` cut at the borders of ``unit``; the first and the last piece may be shorter. PeriodError."""
    if period.until < period.since:
        raise PeriodError("period_backwards", _("The period ends before it begins."))
    if period.since < CALENDAR[0] or period.until > CALENDAR[1]:
        raise PeriodError("period_out_of_calendar", _("Choose years from 1900 to 2999."))
    cut: list[Period] = []
    since = period.since
    while since <= period.until:
        until = min(_last_day(since, unit, period.until), period.until)
        cut.append(Period(since, until))
        if len(cut) > MAX_COLUMNS:
            raise PeriodError(
                "too_many_columns",
                _(
                    "That is more than ${n} columns. Choose a shorter period or wider columns.",
                    mapping={"n": MAX_COLUMNS},
                ),
            )
        since = until + DAY
    return tuple(cut)


def before(period: Period, unit: str = "none") -> Period:
    """The period that ``period``, a column of ``unit``, is compared with: the same days one unit earlier.

    Without a unit it is as long as itself: as many whole months where it is made of them, else as many days.
    """
    if unit in _MONTHS:
        return _months_earlier(period, _MONTHS[unit])
    if unit == "none" and period.whole_months:
        return _months_earlier(period, months_between(period.since, period.until) + 1)
    step = {"day": 1, "week": 7}.get(unit, period.days) * DAY
    return Period(period.since - step, period.until - step)


def year_before(period: Period) -> Period:
    """The same days of the year before; the end of February stays its end."""
    return _months_earlier(period, 12)


def split(period: Period) -> tuple[list[datetime.date], list[Period]]:
    """First days of the whole months inside ``period``, and the pieces of months at its ends."""
    first = period.since if period.since.day == 1 else next_month(period.since)
    last = period.until + DAY if is_month_end(period.until) else period.until.replace(day=1)
    if first >= last:
        return [], [period]
    pieces = []
    if period.since < first:
        pieces.append(Period(period.since, first - DAY))
    if last <= period.until:
        pieces.append(Period(last, period.until))
    return list(_months(first, last)), pieces


def merged(periods: Iterable[Period]) -> list[Period]:
    """The same days as few periods as can be, in order."""
    joined: list[Period] = []
    for period in sorted(periods):
        if joined and period.since <= joined[-1].until + DAY:
            joined[-1] = Period(joined[-1].since, max(joined[-1].until, period.until))
        else:
            joined.append(period)
    return joined


def month_end(date: datetime.date) -> datetime.date:
    """The last day of the month of ``date``."""
    return next_month(date) - DAY


def is_month_end(date: datetime.date) -> bool:
    """Whether ``date`` is the last day of its month."""
    return (date + DAY).day == 1


def next_month(date: datetime.date) -> datetime.date:
    """The first day of the month after that of ``date``."""
    return shift_months(date.replace(day=1), 1)


def shift_months(date: datetime.date, months: int) -> datetime.date:
    """The same day ``months`` later (earlier where negative), or the last one of a shorter month."""
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    first = datetime.date(year, month + 1, 1)
    longest = 31 if month == 11 else (datetime.date(year, month + 2, 1) - first).days
    return first.replace(day=min(date.day, longest))


def months_between(since: datetime.date, until: datetime.date) -> int:
    """Number of borders of months between two days."""
    return (until.year - since.year) * 12 + until.month - since.month


def unit_of(date: datetime.date, unit: str) -> Period:
    """The whole day, week, month, quarter or year in which ``date`` lies."""
    first = {
        "day": date,
        "week": date - date.weekday() * DAY,
        "month": date.replace(day=1),
        "quarter": date.replace(month=(date.month - 1) // 3 * 3 + 1, day=1),
        "year": date.replace(month=1, day=1),
    }[unit]
    return Period(first, _last_day(first, unit, first))


def _last_day(since: datetime.date, unit: str, otherwise: datetime.date) -> datetime.date:
    """The last day of the ``unit`` in which ``since`` lies; ``otherwise`` for no unit."""
    if unit == "day":
        return since
    if unit == "week":
        return since + (6 - since.weekday()) * DAY
    if unit in _MONTHS:
        length = _MONTHS[unit]
        return month_end(shift_months(since.replace(day=1), length - 1 - (since.month - 1) % length))
    return otherwise


def _months_earlier(period: Period, months: int) -> Period:
    until = shift_months(period.until, -months)
    return Period(shift_months(period.since, -months), month_end(until) if is_month_end(period.until) else until)


def _months(first: datetime.date, end: datetime.date) -> Iterator[datetime.date]:
    while first < end:
        yield first
        first = next_month(first)
