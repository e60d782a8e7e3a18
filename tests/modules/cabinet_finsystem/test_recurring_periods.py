"""Periods of the calendar, their parts, what a part is worth and how a line tells it."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabinet_finsystem.recurring.periods import (
    AFTER,
    BEFORE,
    MONTH,
    MONTHS,
    QUARTER,
    WITHIN,
    YEAR,
    Part,
    Step,
    billed_on,
    part_amount,
    parts_of,
    period_of,
    periods,
)
from cabinet_finsystem.recurring.wording import line_text

D = datetime.date
DAYS = st.dates(D(2020, 1, 1), D(2030, 12, 31))


@given(DAYS, st.sampled_from(sorted(MONTHS)))
def test_periods_of_a_kind_follow_one_another_without_a_gap(day: D, kind: str) -> None:
    period = period_of(day, kind)
    assert period.first <= day <= period.last
    following = period_of(period.last + datetime.timedelta(1), kind)
    assert following.first == period.last + datetime.timedelta(1)
    assert [*periods(period.first, following.last, kind)] == [period, following]


@given(
    DAYS,
    st.sampled_from(sorted(MONTHS)),
    st.lists(st.integers(1, 365), max_size=5),
    st.decimals("0.001", 50, places=3),
    st.integers(1, 10**9),
    st.sampled_from([Decimal(0), Decimal("7.5"), Decimal(100)]),
)
def test_adjoining_parts_of_a_period_sum_to_the_whole(
    day: D, kind: str, cuts: list[int], quantity: Decimal, price: int, discount: Decimal
) -> None:
    period = period_of(day, kind)
    whole = part_amount(Part(period, period.first, period.last, price), quantity, price, discount)
    begins = sorted({0, *(cut for cut in cuts if cut < period.days)})
    parts = []
    for n, begin in enumerate(begins):
        end = begins[n + 1] if n + 1 < len(begins) else period.days
        first, last = (period.first + datetime.timedelta(days) for days in (begin, end - 1))
        parts.append(Part(period, first, last, price))
    assert sum(part.days for part in parts) == period.days
    amounts = [part_amount(part, quantity, price, discount) for part in parts]
    assert sum(amounts) == whole
    exact = [quantity * price * (100 - discount) / 100 * part.days / period.days for part in parts]
    assert all(abs(amount - right) <= 1 for amount, right in zip(amounts, exact, strict=True))


@given(DAYS, st.integers(1, 500), st.integers(1, 500), st.sampled_from(sorted(MONTHS)))
def test_every_served_day_is_in_one_part_and_no_other_day_is(begin: D, pause: int, back: int, kind: str) -> None:
    paused = begin + datetime.timedelta(pause)
    resumed = paused + datetime.timedelta(back)
    steps = [Step(day, active=active, price=100) for day, active in ((begin, True), (paused, False), (resumed, True))]
    ends = resumed + datetime.timedelta(40)
    told = [part for period in periods(begin, ends, kind) for part in parts_of(period, steps, until=ends)]
    days = [part.first + datetime.timedelta(n) for part in told for n in range(part.days)]
    assert len(days) == len(set(days))
    served = {begin + datetime.timedelta(n) for n in range((ends - begin).days + 1)}
    assert set(days) == served - {paused + datetime.timedelta(n) for n in range(back)}


@pytest.mark.parametrize(
    ("when", "kind", "day", "billed"),
    [
        (WITHIN, MONTH, 1, D(2026, 11, 1)),
        (BEFORE, MONTH, 25, D(2026, 10, 25)),
        (AFTER, MONTH, 31, D(2026, 12, 31)),
        (WITHIN, MONTH, 31, D(2026, 11, 30)),
        (AFTER, QUARTER, 5, D(2027, 1, 5)),
        (BEFORE, YEAR, 31, D(2025, 12, 31)),
    ],
)
def test_a_period_is_billed_on_the_day_of_the_month_that_was_said(when: str, kind: str, day: int, billed: D) -> None:
    assert billed_on(period_of(D(2026, 11, 11), kind), kind, when, day) == billed


@pytest.mark.parametrize(
    ("kind", "first", "last", "ru", "en"),
    [
        (MONTH, D(2026, 11, 1), D(2026, 11, 30), "Связь за ноябрь 2026", "Связь, November 2026"),
        (
            MONTH, D(2026, 11, 11), D(2026, 11, 30),
            "Связь за 11–30 ноября 2026, 20 из 30 дней", "Связь, 11–30 November 2026, 20 of 30 days",
        ),
        (MONTH, D(2026, 5, 2), D(2026, 5, 2), "Связь за 2 мая 2026, 1 из 31 дня", "Связь, 2 May 2026, 1 of 31 days"),
        (QUARTER, D(2026, 10, 1), D(2026, 12, 31), "Связь за IV квартал 2026", "Связь, Q4 2026"),
        (
            QUARTER, D(2026, 10, 5), D(2026, 12, 31),
            "Связь за 5 октября – 31 декабря 2026, 88 из 92 дней",
            "Связь, 5 October – 31 December 2026, 88 of 92 days",
        ),
        (YEAR, D(2026, 1, 1), D(2026, 12, 31), "Связь за 2026 год", "Связь, 2026"),
    ],
)  # fmt: skip
def test_a_line_tells_its_days(kind: str, first: D, last: D, ru: str, en: str) -> None:
    part = Part(period_of(first, kind), first, last, 100)
    assert [line_text("Связь", part, kind, language) for language in ("ru", "en")] == [ru, en]
