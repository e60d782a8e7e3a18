"""Figures and dates as documents print them.

A document has a language of its own, whoever looks at it, and must not change with the locale data of a library.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from cabinet.contracts.money import Money

NBSP = "\u00a0"
MINUS = "\u2212"

_MONTHS = {
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "en": "January February March April May June July August September October November December",
}
_SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€", "GBP": "£", "KZT": "₸", "UAH": "₴", "CNY": "¥", "GEL": "₾", "AZN": "₼"}


def money_text(money: Money, language: str, *, sign: bool = False) -> str:
    """``12 345,50`` in Russian (no-break spaces), ``12,345.50`` in English; ``sign`` adds the currency after it."""
    text = _localized(f"{abs(money.amount):,f}", language)
    text = MINUS + text if money.minor < 0 else text
    return f"{text}{NBSP}{currency_sign(money.currency)}" if sign else text


def currency_sign(currency: str) -> str:
    """The sign of a currency, or its code where the sign is unknown or shared by many."""
    return _SIGNS.get(currency, currency)


def quantity_text(quantity: Decimal, language: str) -> str:
    """A quantity without idle zeros: ``5,5``, ``1 200``."""
    number = f"{quantity:,f}"
    if "." in number:
        number = number.rstrip("0").rstrip(".")
    return _localized(number, language).replace("-", MINUS)


def percent_text(rate: Decimal, language: str) -> str:
    """A rate given in per cent: ``22%``, ``16,67%``."""
    return f"{quantity_text(rate, language)}%"


def long_date(day: date, language: str) -> str:
    """``9 февраля 2026 г.`` or ``9 February 2026``, kept on one line."""
    month = _MONTHS.get(language, _MONTHS["en"]).split()[day.month - 1]
    text = f"{day.day}{NBSP}{month}{NBSP}{day.year}"
    return f"{text}{NBSP}г." if language == "ru" else text


def _localized(number: str, language: str) -> str:
    return number.translate({ord(","): NBSP, ord("."): ","}) if language == "ru" else number
