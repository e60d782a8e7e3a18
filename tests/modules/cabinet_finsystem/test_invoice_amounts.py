"""The arithmetic of an invoice holds to the kopeck, whatever its lines."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabinet_finsystem.invoicing.amounts import line_amounts, totals, totals_by_rate
from cabinet_finsystem.invoicing.vat_rates import is_usual, rate_for, rates_on

RATES = st.sampled_from([None, 0, 500, 700, 1000, 1800, 2000, 2200, 1234])
LINE = st.fixed_dictionaries(
    {
        "quantity_milli": st.integers(1, 10**7),
        "price": st.integers(0, 10**9),
        "discount": st.integers(0, 10_000),
        "vat_rate": RATES,
    }
)


@pytest.mark.parametrize(
    ("line", "figures"),
    [
        # 12 200.00 with VAT of 22 % inside
        (
            {"quantity_milli": 1000, "price": 1_220_000, "vat_rate": 2200, "vat_included": True},
            (0, 1_000_000, 220_000, 1_220_000),
        ),
        (
            {"quantity_milli": 1000, "price": 1_000_000, "vat_rate": 2200, "vat_included": False},
            (0, 1_000_000, 220_000, 1_220_000),
        ),
        # 0.335 of 1.00 is 33.5 kopecks: half goes up
        ({"quantity_milli": 335, "price": 100, "vat_rate": None, "vat_included": True}, (0, 34, 0, 34)),
        # 3 at 33.33 less 10 %: 99.99 − 10.00 = 89.99
        (
            {"quantity_milli": 3000, "price": 3333, "discount": 1000, "vat_rate": 2000, "vat_included": True},
            (1000, 7499, 1500, 8999),
        ),
        (
            {"quantity_milli": 1000, "price": 100, "discount": 10_000, "vat_rate": 2200, "vat_included": True},
            (100, 0, 0, 0),
        ),
        # «Без НДС» is not 0 %, though both add nothing
        ({"quantity_milli": 1000, "price": 500, "vat_rate": 0, "vat_included": False}, (0, 500, 0, 500)),
    ],
)
def test_a_line_is_counted_as_an_accountant_does(line, figures) -> None:
    found = line_amounts(**line)
    assert (found.discount, found.net, found.vat, found.total) == figures


@given(LINE, st.booleans())
def test_a_line_is_rounded_once_and_its_parts_make_the_whole(line, included) -> None:
    found = line_amounts(**line, vat_included=included)
    exact = Fraction(line["quantity_milli"] * line["price"] * (10_000 - line["discount"]), 10**7)
    amount = found.total if included else found.net
    assert found.net + found.vat == found.total
    assert abs(amount - exact) <= Fraction(1, 2)
    assert amount == int(
        Decimal(exact.numerator * 10**7 // exact.denominator).scaleb(-7).to_integral_value(ROUND_HALF_UP)
    )
    rate = Fraction(line["vat_rate"] or 0, 10_000)
    assert abs(found.vat - (amount * rate / (1 + rate) if included else amount * rate)) <= Fraction(1, 2)


@given(st.lists(LINE, min_size=1, max_size=20), st.booleans())
def test_totals_are_sums_of_rounded_lines_by_rate_too(lines, included) -> None:
    counted = [line_amounts(**line, vat_included=included) for line in lines]
    sums = totals(counted)
    parts = totals_by_rate((line["vat_rate"], c.net, c.vat) for line, c in zip(lines, counted, strict=True))
    assert sums.total == sum(line.total for line in counted) == sums.net + sums.vat
    assert (sum(part.net for part in parts), sum(part.vat for part in parts)) == (sums.net, sums.vat)
    assert len({part.rate for part in parts}) == len(parts)


def test_nothing_negative_is_counted() -> None:
    for wrong in ({"quantity_milli": -1}, {"price": -1}, {"discount": -1}, {"discount": 10_001}, {"vat_rate": -1}):
        with pytest.raises(ValueError, match="negative"):
            line_amounts(**{"quantity_milli": 1, "price": 1, "vat_rate": None, "vat_included": True, **wrong})


@pytest.mark.parametrize(
    ("day", "base"),
    [
        (date(2018, 12, 31), 18),
        (date(2019, 1, 1), 20),
        (date(2025, 12, 31), 20),
        (date(2026, 1, 1), 22),
        (date(2003, 6, 1), 20),
    ],
)
def test_the_base_rate_is_the_one_of_the_day(day, base) -> None:
    assert rates_on(day)[0] == base
    assert is_usual(Decimal(base), day)
    assert rate_for(Decimal(22), day) == base


def test_an_unusual_rate_is_noticed() -> None:
    assert not is_usual(Decimal(20), date(2026, 1, 1))
    assert not is_usual(Decimal(22), date(2025, 12, 31))
    assert not is_usual(Decimal(5), date(2024, 12, 31))
    assert is_usual(Decimal(5), date(2025, 1, 1))
    assert all(is_usual(rate, date(2010, 5, 5)) for rate in (None, Decimal(0), Decimal(10), Decimal(18)))


def test_only_a_base_rate_gives_way_to_that_of_another_day() -> None:
    assert rate_for(Decimal(20), date(2026, 3, 1)) == 22
    assert rate_for(Decimal(10), date(2026, 3, 1)) == 10
    assert rate_for(None, date(2026, 3, 1)) is None
