"""Percentages that add up, and changes told in per cent."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabinet_finsystem.reports.shares import WHOLE, apportion, percent_change, share_of
from cabinet_finsystem.reports.values import Change

MINOR = st.integers(-(10**12), 10**12)


@given(st.integers(1, 10**12), st.lists(MINOR, max_size=12))
def test_shares_of_a_whole_add_up_to_a_hundred(whole: int, some: list[int]) -> None:
    values = [*some, whole - sum(some)]
    found = apportion(values, whole, WHOLE)
    assert sum(found) == WHOLE
    for value, share in zip(values, found, strict=True):
        assert abs(Fraction(value * WHOLE, whole) - share) < 1


@given(st.integers(1, 10**9), st.lists(st.lists(MINOR, min_size=1, max_size=6), min_size=1, max_size=6))
def test_shares_of_parts_add_up_to_the_share_of_their_group(whole: int, groups: list[list[int]]) -> None:
    sums = [sum(group) for group in groups]
    *shares, _rest = apportion([*sums, whole - sum(sums)], whole, WHOLE)
    for group, share in zip(groups, shares, strict=True):
        found = apportion(group, whole, share)
        assert sum(found) == share
        for value, part in zip(group, found, strict=True):
            assert abs(Fraction(value * WHOLE, whole) - part) < 1
            assert value or not part, "nothing has no share"


@given(st.integers(1, 10**9), st.lists(MINOR, min_size=1, max_size=6))
def test_costs_share_what_the_rounded_margin_leaves(income: int, costs: list[int]) -> None:
    margin = share_of(income - sum(costs), income)
    assert margin is not None
    found = apportion(costs, income, WHOLE - margin)
    assert sum(found) + margin == WHOLE
    for value, share in zip(costs, found, strict=True):
        assert abs(Fraction(value * WHOLE, income) - share) < 1
        assert value or not share, "nothing has no share"


@pytest.mark.parametrize(
    ("now", "then", "tenths"),
    [(110, 100, 100), (90, 100, -100), (100, 100, 0), (50, -100, 1500), (-150, -100, -500), (1, 3, -667), (5, 0, None)],
)
def test_a_change_is_told_in_tenths_of_a_per_cent_of_what_was(now: int, then: int, tenths: int | None) -> None:
    assert percent_change(now, then) == tenths


def test_a_cost_that_grew_is_bad_and_income_that_grew_is_good() -> None:
    assert Change.of(110, 100, "more") == Change(10, 100, "up", "good")
    assert Change.of(110, 100, "less") == Change(10, 100, "up", "bad")
    assert Change.of(90, 100, "more") == Change(-10, -100, "down", "bad")
    assert Change.of(90, 100, "less") == Change(-10, -100, "down", "good")
    assert Change.of(100, 100, "less") == Change(0, 0, "flat", "")
    assert Change.of(0, 0, "more").tenths is None


def test_unsorted_money_is_bad_whichever_way_it_went() -> None:
    assert Change.of(-300, 0, "nothing").sense == Change.of(300, -100, "nothing").sense == "bad"
    assert Change.of(100, -300, "nothing").sense == Change.of(0, 5, "nothing").sense == "good"
    assert Change.of(100, -100, "nothing").sense == ""
