"""Cells of banks' tables: sums, days, accounts, as people and spreadsheets leave them. What cannot be read for certain is None."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache

from cabinet.contracts.money import CURRENCIES, exponent
from cabinet_finsystem.statements.tables.months import worded_day
from cabinet_finsystem.statements.values import clean_account, read_minor

_FORMULA = re.compile(r'=\s*"(.*)"', re.DOTALL)
_WORDED = re.compile(r"([^\W\d_]*\.?)\s*(.*?\d)\s*([^\W\d_]*\.?)", re.DOTALL)
_CURRENCY_WORDS = CURRENCIES | {"RUR", "РУБ", "Р", "РУБЛЕЙ"}
_THREE = re.compile(r"(\d{1,3})([.,])(\d{3})")
_ISO = re.compile(r"(\d{4})[-/.:](\d{1,2})[-/.:](\d{1,2})(?!\d)", re.ASCII)
_PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[T ][\d:.]*)?Z?", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})(?!\d)", re.ASCII)
_EITHER = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})(?!\d)", re.ASCII)
_YEARS = range(1990, 2100)
_ROUNDED = re.compile(r"\d[.,]?\d*[EeЕе]\+?\d{1,2}")
_ACCOUNT = re.compile(r"(?=(?:.*\d){5})[A-Z0-9]{8,34}")
_LONGEST = 60
_SIDED = re.compile(r"(.*\d)\s*(cr|dr)\.?", re.IGNORECASE)
"""A sum with the side of the account it stands on behind it."""
_BARE = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")
"""A sum as most banks write it: there is nothing to clean."""
_CENTS = re.compile(r"([+-]?[0-9]{1,15})[.,]([0-9]{2})")
_MANY, _SHORT = 4096, 64
"""Answers that are kept, of texts that are short: a file names the same days and accounts over and over."""
_DAY_WITHIN = 12
"""Characters of a cell that decide what day it begins with."""
_LONGEST_DAY = 32
"""The same where its month is a word."""


def plain(cell: str) -> str:
    """A cell without what made a spreadsheet keep it as text: ``="0123"``, an apostrophe before it."""
    first = cell[:1]
    if first == "=":
        found = _FORMULA.fullmatch(cell)
        return found[1].replace('""', '"').strip() if found else cell
    return cell[1:].removesuffix("'").strip() if first == "'" else cell


def is_rounded(cell: str) -> bool:
    """Whether a spreadsheet has made a number of an account and lost its last digits: ``4,07028E+19``."""
    return _ROUNDED.fullmatch(plain(cell).replace(" ", "")) is not None


def account_number(cell: str) -> str:
    """The account that a cell holds; empty where it is none: a name, a masked card, a zero."""
    return _short_account(cell) if len(cell) <= _SHORT else _account(cell)


def _account(cell: str) -> str:
    number = clean_account(plain(cell))
    return number if _ACCOUNT.fullmatch(number) else ""


_short_account = lru_cache(maxsize=_MANY)(_account)


def clean_sum(cell: str) -> str:
    """A sum without its currency; parentheses around it, a minus or a ``Dr`` after it are a minus before it."""
    text = plain(cell)
    if _BARE.fullmatch(text):
        return text
    if found := _SIDED.fullmatch(text):
        return ("+" if found[2].lower() == "cr" else "-") + clean_sum(found[1]).lstrip("+-")
    text = "".join(c for c in text if unicodedata.category(c) != "Sc").strip()
    if text[:1].isalpha() or text[-1:].isalpha() or text.endswith("."):
        text = _without_currency(text)
    text = text.replace("\u2212", "-").replace("\u2013", "-").strip()
    if text.startswith("(") and text.endswith(")"):
        return f"-{text[1:-1].strip()}"
    if text.endswith("-") and not text.startswith("-"):
        return f"-{text[:-1].strip()}"
    if text.endswith("+"):
        return f"+{text[:-1].strip()}"
    return text


def _without_currency(text: str) -> str:
    """Only what is a currency is taken off: ``1O,00`` has a letter for a nought, and stays unreadable."""
    found = _WORDED.fullmatch(text)
    if found is None or any(word and word.rstrip(".").upper() not in _CURRENCY_WORDS for word in (found[1], found[3])):
        return text
    return found[2]


def sum_minor(cell: str, currency: str, decimal_mark: str = "") -> int | None:
    """The sum in minor units of ``currency``. ``decimal_mark``: what the column uses, which tells ``1.234`` from ``1,234``."""
    if (cents := _CENTS.fullmatch(cell)) and exponent(currency) == 2:
        return int(cents[1] + cents[2])
    if len(cell) > _LONGEST or is_rounded(cell):
        return None
    text = clean_sum(cell)
    minor = read_minor(text, currency)
    if minor is None and decimal_mark:
        found = _THREE.fullmatch(text.lstrip("+-").strip())
        if found and found[2] != decimal_mark:
            minor = read_minor(found[1] + found[3], currency)
            return -minor if minor is not None and text.startswith("-") else minor
    return minor


def order_shown(cell: str) -> str:
    """``dmy`` or ``mdy`` where the date in a cell can be read in one way only, ``?`` where in two, empty where its form tells."""
    return _order_shown(plain(cell)[:_DAY_WITHIN])


@lru_cache(maxsize=_MANY)
def _order_shown(text: str) -> str:
    found = _EITHER.match(text)
    if found is None:
        return ""
    first, second = int(found[1]), int(found[2])
    if first > 12 or second > 12:
        return "dmy" if first > 12 else "mdy"
    return "?"


def read_day(cell: str, order: str = "") -> date | None:
    """The day a cell begins with; a time may follow. ``order``: of day and month between slashes or dashes; without it those are None."""
    text = plain(cell)
    return _day(text[:_DAY_WITHIN], order) or (_rare_day(text[:_LONGEST_DAY]) if text else None)


@lru_cache(maxsize=_MANY)
def _day(text: str, order: str) -> date | None:
    found = _ISO.match(text)
    if found:
        return _date(found[1], found[2], found[3])
    found = _DAY_FIRST.match(text)
    if found:
        return _date(found[3], found[2], found[1])
    found = _EITHER.match(text)
    if found is None or not order:
        return None
    return _date(found[3], found[2], found[1]) if order == "dmy" else _date(found[3], found[1], found[2])


@lru_cache(maxsize=_MANY)
def _rare_day(text: str) -> date | None:
    """A day without marks in it, or with its month in words."""
    if found := _PACKED.fullmatch(text):
        return _date(found[1], found[2], found[3])
    if worded := worded_day(text):
        year, month, day = worded
        return _date(year, str(month), day)
    return None


def _date(year: str, month: str, day: str) -> date | None:
    whole = int(year)
    if len(year) == 2:
        whole += 2000 if whole < 70 else 1900
    try:
        return date(whole, int(month), int(day)) if whole in _YEARS else None
    except ValueError:
        return None


def looks_like_day(cell: str) -> bool:
    """Whether a cell holds a date, in whichever order."""
    return read_day(cell, "dmy") is not None or read_day(cell, "mdy") is not None


def looks_like_sum(cell: str) -> bool:
    """Whether a cell holds a sum of money."""
    return sum_minor(cell, "RUB", ",") is not None or sum_minor(cell, "RUB", ".") is not None
