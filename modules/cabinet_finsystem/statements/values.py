"""How banks write amounts, dates and account numbers. What cannot be read for certain is None, never a guess."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from cabinet.contracts.money import exponent, to_minor

_SPACES = str.maketrans(dict.fromkeys("\u00a0\u2007\u2009\u202f\t", " ") | {"\u2019": "'", "\u2212": "-"})
_PLAIN = re.compile(r"([0-9]{1,15})[.,]([0-9]{2})")
# As written in payment orders: a dash before the kopecks, an equals sign where there are none.
_DASHED = re.compile(r"([0-9]{1,3}(?: [0-9]{3})*|[0-9]+)(?:[-=]([0-9]{2})|=)")
_GROUPED = re.compile(
    r"""
      (?P<spaced>[0-9]{1,3}(?:[ '][0-9]{3})+) (?:[.,](?P<spaced_part>[0-9]*))?
    | (?P<comma>[0-9]{1,3}(?:,[0-9]{3})+ | [0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}) \. (?P<comma_part>[0-9]+)
    | (?P<point>[0-9]{1,3}(?:\.[0-9]{3})+) , (?P<point_part>[0-9]+)
    | (?P<whole>[0-9]{1,3}(?:(?:,[0-9]{3}){2,}|(?:\.[0-9]{3}){2,}))
    | (?P<plain>[0-9]*) (?:[.,](?P<plain_part>[0-9]*))?
    """,
    re.VERBOSE,
)
_NOT_DIGITS = re.compile(r"[^0-9]")
_MAX_AMOUNT_TEXT = 40
_MAX_WHOLE_DIGITS = 15  # with any currency's decimals this stays inside a signed 64-bit column

_DATE = re.compile(r"([0-9]{1,2})[./]([0-9]{1,2})[./]([0-9]{4}|[0-9]{2})(?![0-9])")
_BROKEN_DATE = re.compile(r"([0-9]{2})\.([0-9]{2})\.([0-9]{4})")
_ISO_DATE = re.compile(r"([0-9]{4})[-./]([0-9]{2})[-./]([0-9]{2})(?![0-9])")
_NO_DATE = frozenset({"", "0", "-", "00.00.0000", "01.01.0001", ". .", "..", "  .  .    "})
_YEARS = range(1990, 2100)

_CURRENCIES = {
    "810": "RUB", "643": "RUB", "840": "USD", "978": "EUR", "156": "CNY", "398": "KZT", "933": "BYN", "974": "BYR",
    "826": "GBP", "756": "CHF", "392": "JPY", "344": "HKD", "949": "TRY", "784": "AED", "356": "INR", "417": "KGS",
    "051": "AMD", "944": "AZN", "981": "GEL", "498": "MDL", "860": "UZS", "972": "TJS", "934": "TMT", "980": "UAH",
    "036": "AUD", "124": "CAD", "203": "CZK", "208": "DKK", "348": "HUF", "578": "NOK", "985": "PLN", "752": "SEK",
    "702": "SGD", "764": "THB", "410": "KRW", "941": "RSD", "946": "RON", "975": "BGN", "376": "ILS", "682": "SAR",
    "710": "ZAR", "986": "BRL", "818": "EGP", "704": "VND", "360": "IDR", "458": "MYR", "634": "QAR", "496": "MNT",
}  # fmt: skip
# An IBAN does not name its currency; these countries open accounts in their own unless the file says otherwise.
KNOWN_CURRENCIES = frozenset(_CURRENCIES.values())
_IBAN_CURRENCIES = {"KZ": "KZT", "BY": "BYN", "UA": "UAH", "GE": "GEL", "AZ": "AZN", "MD": "MDL"}


def read_amount(text: str, decimals: int = 2) -> Decimal | None:
    """The number ``text`` stands for, with its sign, or None.

    Knows ``100 000,00`` ``9654678.7`` ``97000`` ``76000-00`` ``76000=`` ``1,234.56`` ``1.234,56`` ``1'000.00``
    ``1,00,000.00`` ``,00`` ``20,`` ``+5``. One mark followed by exactly three digits (``1.234``) is a thousand to one
    writer and a fraction to another: None, unless the currency has three ``decimals``.
    """
    text = text.translate(_SPACES).strip()
    if len(text) > _MAX_AMOUNT_TEXT:
        return None
    sign, text = (text[:1], text[1:].lstrip()) if text[:1] in ("+", "-") else ("", text)
    dashed = _DASHED.fullmatch(text)
    whole, part = (dashed[1], dashed[2] or "") if dashed else _split(text, decimals)
    whole = _NOT_DIGITS.sub("", whole)
    if not (whole or part) or len(whole) > _MAX_WHOLE_DIGITS:
        return None
    return Decimal(f"{'-' if sign == '-' else ''}{whole or '0'}.{part or '0'}")


def _split(text: str, decimals: int) -> tuple[str, str]:
    found = _GROUPED.fullmatch(text)
    if found is None:
        return "", ""
    name = str(found.lastgroup).removesuffix("_part")
    whole, part = found[name], (found.groupdict().get(f"{name}_part") or "")
    if name == "plain" and len(part) == 3 and decimals != 3 and 0 < len(whole) <= 3 and whole != "0":
        return "", ""
    return whole, part


def read_minor(text: str, currency: str) -> int | None:
    """``text`` in minor units of ``currency``, signed; None for no amount, or one too precise for it."""
    decimals = exponent(currency)
    plain = _PLAIN.fullmatch(text)
    if plain is not None and decimals == 2:
        return int(plain[1] + plain[2])
    amount = read_amount(text, decimals)
    if amount is None:
        return None
    try:
        return to_minor(amount, currency)
    except ValueError:
        return None


def is_no_date(text: str) -> bool:
    """Whether ``text`` is one of the ways to write "no date"."""
    return text in _NO_DATE


def read_date(text: str) -> date | None:
    """The date ``text`` begins with: ``05.06.2026``, ``5.6.26``, ``05/06/2026``, ``2026-06-05``, ``2026.06.05``; a time may follow.

    None where it is no date, or of no year a bank has books for.
    """
    found = _DATE.match(text)
    if found:
        day, month, year = int(found[1]), int(found[2]), int(found[3])
        if len(found[3]) == 2:
            year += 2000 if year < 70 else 1900
        return _date(year, month, day)
    found = _ISO_DATE.match(text)
    return _date(int(found[1]), int(found[2]), int(found[3])) if found else None


def read_broken_date(text: str) -> date | None:
    """As `read_date`, for headers: digits may go on after the year (``23.08.201819202122`` was met)."""
    found = _BROKEN_DATE.match(text)
    return _date(int(found[3]), int(found[2]), int(found[1])) if found else read_date(text)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year in _YEARS else None
    except ValueError:
        return None


def clean_account(text: str) -> str:
    """An account number for comparing: no spaces and dots between its groups, capitals; "" for the zero that stands for none."""
    text = text.upper() if text.isalnum() else "".join(text.replace(".", " ").split()).upper()
    return "" if text == "0" else text


def currency_of_account(account: str) -> str | None:
    """ISO 4217 code by the account's number: digits 6–8 of a Russian one, the country of an IBAN; None if silent."""
    if len(account) == 20 and account[:5].isdigit():
        return _CURRENCIES.get(account[5:8])
    return _IBAN_CURRENCIES.get(account[:2])


def read_currency(text: str) -> str | None:
    """ISO 4217 code from a code in letters or digits; the roubles before 1998 (RUR, 810) are the same roubles."""
    text = text.strip().upper()
    if text == "RUR":
        return "RUB"
    if text.isdigit():
        return _CURRENCIES.get(text)
    return text if re.fullmatch(r"[A-Z]{3}", text) else None
