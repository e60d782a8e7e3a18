"""Periods of a report: how they are cut, what they are compared with, what they are made of."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabinet_finsystem.reports.periods import (
    MAX_COLUMNS,
    UNITS,
    Period,
    PeriodError,
    before,
    columns,
    merged,
    month_end,
    split,
    unit_of,
    year_before,
)

DAYS = st.dates(date(1990, 1, 1), date(2035, 12, 31))
PERIODS = st.builds(lambda since, days: Period(since, since + timedelta(days=days)), DAYS, st.integers(0, 399))


def period(since: str, until: str) -> Period:
    return Period(date.fromisoformat(since), date.fromisoformat(until))


def every_day(*periods: Period) -> list[date]:
    return [p.since + timedelta(days=n) for p in periods for n in range(p.days)]


@given(PERIODS, st.sampled_from(UNITS))
def test_columns_hold_each_day_of_the_period_once(whole: Period, unit: str) -> None:
    assert every_day(*columns(whole, unit)) == every_day(whole)


@given(PERIODS, st.sampled_from([unit for unit in UNITS if unit != "none"]))
def test_no_column_reaches_over_the_border_of_its_unit(whole: Period, unit: str) -> None:
    for column in columns(whole, unit):
        assert unit_of(column.since, unit) == unit_of(column.until, unit)


@given(PERIODS)
def test_whole_months_and_pieces_are_the_same_days(whole: Period) -> None:
    months, pieces = split(whole)
    days = every_day(*pieces, *(Period(first, month_end(first)) for first in months))
    assert sorted(days) == every_day(whole)
    assert all(first.day == 1 for first in months)
    assert not any(piece.whole_months for piece in pieces)
    assert len(pieces) <= 2


@given(st.lists(PERIODS, max_size=8))
def test_merging_loses_no_day_and_leaves_nothing_to_merge(some: list[Period]) -> None:
    joined = merged(some)
    assert every_day(*joined) == sorted(set(every_day(*some)))
    assert all(after.since > first.until + timedelta(days=1) for first, after in pairwise(joined))


@pytest.mark.parametrize(
    ("unit", "this", "earlier"),
    [
        ("day", period("2026-03-01", "2026-03-01"), period("2026-02-28", "2026-02-28")),
        ("week", period("2026-03-02", "2026-03-08"), period("2026-02-23", "2026-03-01")),
        ("month", period("2026-03-01", "2026-03-31"), period("2026-02-01", "2026-02-28")),
        ("month", period("2026-02-01", "2026-02-28"), period("2026-01-01", "2026-01-31")),
        ("month", period("2026-03-01", "2026-03-10"), period("2026-02-01", "2026-02-10")),
        ("month", period("2026-03-30", "2026-03-31"), period("2026-02-28", "2026-02-28")),
        ("quarter", period("2026-01-01", "2026-03-31"), period("2025-10-01", "2025-12-31")),
        ("year", period("2025-01-01", "2025-12-31"), period("2024-01-01", "2024-12-31")),
        ("none", period("2025-08-01", "2026-01-31"), period("2025-02-01", "2025-07-31")),
        ("none", period("2024-02-01", "2024-02-29"), period("2024-01-01", "2024-01-31")),
        ("none", period("2026-01-10", "2026-01-19"), period("2025-12-31", "2026-01-09")),
    ],
)
def test_a_period_is_compared_with_the_one_before_it(unit: str, this: Period, earlier: Period) -> None:
    assert before(this, unit) == earlier


def test_the_year_before_keeps_the_ends_of_months() -> None:
    assert year_before(period("2025-02-01", "2025-02-28")) == period("2024-02-01", "2024-02-29")
    assert year_before(period("2024-02-29", "2024-02-29")) == period("2023-02-28", "2023-02-28")
    assert year_before(period("2026-01-05", "2026-01-11")) == period("2025-01-05", "2025-01-11")


def test_what_makes_no_report_is_refused() -> None:
    with pytest.raises(PeriodError) as backwards:
        columns(period("2026-02-01", "2026-01-31"), "month")
    assert backwards.value.code == "period_backwards"
    with pytest.raises(PeriodError) as many:
        columns(period("2025-01-01", "2026-12-31"), "day")
    assert many.value.code == "too_many_columns"
    assert len(columns(Period(date(2025, 1, 1), date(2025, 1, 1) + timedelta(days=MAX_COLUMNS - 1)), "day")) == 400
    for outside in (period("0001-01-01", "2026-01-01"), period("2026-01-01", "9999-12-31")):
        with pytest.raises(PeriodError):
            columns(outside, "year")
