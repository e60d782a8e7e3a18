"""Amounts, dates and accounts as banks write them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabinet_finsystem.statements.values import (
    clean_account,
    currency_of_account,
    read_amount,
    read_broken_date,
    read_currency,
    read_date,
    read_minor,
)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("97000", "97000"),
        ("9654678.7", "9654678.7"),
        ("100 000,00", "100000"),
        ("100\u00a0000,00", "100000"),
        ("1\u202f284\u202f310,22", "1284310.22"),
        ("5000,00", "5000"),
        ("76000-00", "76000"),
        ("76 000-50", "76000.50"),
        ("76000=", "76000"),
        ("76000=05", "76000.05"),
        ("8.", "8"),
        (",00", "0"),
        ("20,", "20"),
        ("+5.10", "5.10"),
        ("-5.10", "-5.10"),
        ("−5.10", "-5.10"),
        ("1,234.56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1'000.00", "1000"),
        ("1’000.00", "1000"),
        ("1,00,000.00", "100000"),
        ("1.234.567", "1234567"),
        ("1 234 567", "1234567"),
        ("231.7400", "231.74"),
        ("0.00", "0"),
        ("000000000000149.87", "149.87"),
    ],
)
def test_every_spelling_of_an_amount_is_read(text, amount):
    assert read_amount(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text",
    ["", " ", ".", ",", "-", "=", "1 2O0.00", "1 200.00 руб", "12 34.00", "1,2,3", "1.2.3", "1e5", "0x10", "nan", "Infinity",
     "1.234", "1,234", "100.000", "5-", "--5", "1-2-3", "١٢٣", "9" * 16, "1" * 41, "1 .00", "1,234.567.89"],
)  # fmt: skip
def test_what_is_no_certain_amount_is_none_and_never_zero(text):
    assert read_amount(text) is None


def test_three_decimals_are_a_fraction_where_the_currency_has_them():
    assert read_minor("1.234", "KWD") == 1234
    assert read_minor("1.234", "RUB") is None


def test_more_decimals_than_the_currency_knows_are_no_amount():
    assert read_minor("1.2345", "RUB") is None
    assert read_minor("100.50", "JPY") is None
    assert read_minor("100.00", "JPY") == 100


@given(st.integers(min_value=0, max_value=10**14), st.sampled_from([" ", "\u00a0", "'"]), st.sampled_from([".", ","]))
def test_a_grouped_amount_is_the_amount(minor, mark, point):
    whole, part = divmod(minor, 100)
    grouped = f"{whole:,}".replace(",", mark)
    assert read_minor(f"{grouped}{point}{part:02}", "RUB") == minor


@given(st.text(max_size=50))
def test_any_text_is_an_amount_or_none(text):
    assert read_minor(text, "RUB") is None or isinstance(read_minor(text, "RUB"), int)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("05.06.2026", date(2026, 6, 5)),
        ("5.6.26", date(2026, 6, 5)),
        ("31.12.98", date(1998, 12, 31)),
        ("05/06/2026", date(2026, 6, 5)),
        ("2026-06-05T10:00:00", date(2026, 6, 5)),
        ("05.06.2026 13:39:23", date(2026, 6, 5)),
        ("30.02.2026", None),
        ("23.08.201819202122", None),
        ("01.01.0001", None),
        ("05.06.2126", None),
        ("сегодня", None),
        ("", None),
    ],
)
def test_a_date_is_read_or_it_is_none(text, expected):
    assert read_date(text) == expected


def test_a_broken_header_date_gives_its_beginning():
    assert read_broken_date("23.08.201819202122") == date(2018, 8, 23)


@pytest.mark.parametrize(
    ("account", "currency"),
    [
        ("40702810000000000001", "RUB"),
        ("03224643450000007300", "RUB"),
        ("40702840900000000001", "USD"),
        ("40702978400000000001", "EUR"),
        ("40702156700000000001", "CNY"),
        ("40702398000000000001", "KZT"),
        ("40702933000000000001", "BYN"),
        ("KZ86125KZT5004100100", "KZT"),
        ("BY13NBRB3600900000002Z00AB00", "BYN"),
        ("00000000000000000001", None),
        ("DE89370400440532013000", None),
        ("1", None),
    ],
)
def test_an_account_tells_its_currency(account, currency):
    assert currency_of_account(account) == currency


def test_currency_codes_are_read_in_letters_and_digits():
    assert [read_currency(text) for text in ("RUR", "rub", "643", "KZT", "398", "тенге", "999")] == [
        "RUB",
        "RUB",
        "RUB",
        "KZT",
        "KZT",
        None,
        None,
    ]


def test_an_account_is_compared_without_spaces_and_zero_is_none():
    assert clean_account(" kz86 125k ") == "KZ86125K"
    assert clean_account("40702 810 0 0000 0000001") == "40702810000000000001"
    assert clean_account("0") == ""
