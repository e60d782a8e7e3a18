"""Figures and dates of documents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from cabinet.contracts.money import Money
from cabinet.pdf.figures import long_date, money_text, percent_text, quantity_text


@pytest.mark.parametrize(
    ("minor", "currency", "russian", "english"),
    [
        (1234550, "RUB", "12 345,50", "12,345.50"),
        (5, "RUB", "0,05", "0.05"),
        (-100000, "RUB", "−1 000,00", "−1,000.00"),
        (1234567, "JPY", "1 234 567", "1,234,567"),
        (1234567, "KWD", "1 234,567", "1,234.567"),
    ],
)
def test_money_has_no_break_groups_and_the_decimals_of_its_currency(minor, currency, russian, english):
    assert money_text(Money(minor, currency), "ru").replace("\u00a0", " ") == russian
    assert money_text(Money(minor, currency), "en") == english


def test_the_sign_stands_after_the_amount_and_a_code_stands_for_a_missing_sign():
    assert money_text(Money(100, "RUB"), "ru", sign=True) == "1,00\u00a0₽"
    assert money_text(Money(100, "MAD"), "en", sign=True) == "1.00\u00a0MAD"


@pytest.mark.parametrize(
    ("quantity", "russian"),
    [("5.500", "5,5"), ("1200", "1 200"), ("1E+3", "1 000"), ("0.125", "0,125"), ("100.000", "100"), ("-2", "−2")],
)
def test_a_quantity_has_no_idle_zeros(quantity, russian):
    assert quantity_text(Decimal(quantity), "ru").replace("\u00a0", " ") == russian


def test_rates_and_dates_follow_the_language():
    assert percent_text(Decimal("22.00"), "ru") == "22%"
    assert percent_text(Decimal("16.67"), "ru") == "16,67%"
    assert long_date(date(2026, 5, 9), "ru").replace("\u00a0", " ") == "9 мая 2026 г."
    assert long_date(date(2026, 5, 9), "en").replace("\u00a0", " ") == "9 May 2026"
