"""Field 61 of MT940: one operation. Balances, accounts and amounts beside it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from cabinet.contracts.money import exponent, to_minor
from cabinet_finsystem.statements.formats.plain_numbers import plain_decimal
from cabinet_finsystem.statements.values import clean_account, read_currency, read_minor

_ENTRY = re.compile(
    r"""\s*(?P<value>[0-9]{6})
        (?P<entry>[0-9]{4}|\ {4})?\s?
        (?P<mark>[RE]?[CD])
        (?P<funds>[A-Z])??
        (?P<amount>[0-9][0-9 ]*(?:[.,][0-9]*)?|[.,][0-9]+)
        (?P<type>[NFS][A-Z0-9 ]{3})?
        (?P<rest>.*)""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_USUAL = re.compile(r"([0-9]{6}(?:[0-9]{4})?)([CD])([0-9]{1,15}),([0-9]{0,2})([NFS][A-Z0-9]{3})(.*)")
"""What nearly every field 61 is: nothing of it can be meant in two ways."""
_BALANCE = re.compile(r"([CD])\s*([0-9]{6}|null|)\s*([A-Z]{3}|null)?\s*([0-9][0-9 .,']*|,[0-9]+)", re.IGNORECASE)
_SUMS = re.compile(r"([0-9]*)\s*([A-Z]{3})\s*([0-9 .,]+)", re.IGNORECASE)
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}")
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_KEYWORDS = frozenset({"NONREF", "EREF", "MREF", "MARF", "PREF", "KREF", "NOTPROVIDED", "NOREF", "N", "0", "-"})
_MARKS = "./*-_ "
_HALF_YEAR = timedelta(days=182)


class Entry(NamedTuple):
    """What field 61 says. ``sign``: of the owner's view; None where the mark is none. A date that is none is None."""

    value_date: date | None
    booking_date: date | None
    sign: int | None
    reversal: bool
    expected: bool
    amount: int | None
    kind: str
    reference: str
    bank_ref: str
    supplement: tuple[str, ...]


class Balance(NamedTuple):
    """A signed balance in minor units; None where it cannot be read."""

    day: date | None
    currency: str | None
    minor: int | None


def read_entry(lines: list[str], currency: str) -> Entry | None:
    """Field 61; None where nothing in it can be told."""
    usual = _USUAL.fullmatch(lines[0])
    if usual is not None and exponent(currency) == 2:
        return _usual_entry(usual, lines)
    found = _ENTRY.match(lines[0])
    used = 1
    if found is None and len(lines) > 1:  # wrapped inside the amount
        found, used = _ENTRY.match(lines[0].rstrip() + lines[1]), 2
    if found is None or not (found["type"] or re.search("[.,]", found["amount"])):
        return None  # the comma is never left out: without it the amount may go on where the file was cut
    value = _six(found["value"])
    mark = found["mark"].upper()
    reference, _slashes, bank_ref = found["rest"].partition("//")
    if not found["type"]:
        reference = ""
    return Entry(
        value_date=value,
        booking_date=_entry_day(found["entry"], value),
        # Gone back of what had come in is out, and the other way about.
        sign=1 if mark in ("C", "RD", "EC") else -1,
        reversal=mark.startswith("R"),
        expected=mark.startswith("E"),
        amount=amount_of(found["amount"], currency),
        kind=(found["type"] or "").strip().upper(),
        reference=reference.strip(),
        bank_ref=null_of(bank_ref),
        supplement=tuple(text for line in lines[used:] if (text := line.strip())),
    )


def _usual_entry(found: re.Match[str], lines: list[str]) -> Entry:
    days, mark, whole, part, kind, rest = found.groups()
    value = _six(days[:6])
    reference, _slashes, bank_ref = rest.partition("//")
    return Entry(
        value,
        _entry_day(days[6:], value),
        1 if mark == "C" else -1,
        False,  # noqa: FBT003 - by their places, which is a third of the time
        False,  # noqa: FBT003
        int(whole + (part if len(part) == 2 else part.ljust(2, "0"))),
        kind,
        reference.strip(),
        null_of(bank_ref),
        tuple(text for line in lines[1:] if (text := line.strip())) if len(lines) > 1 else (),
    )


def null_of(text: str) -> str:
    """``text``, empty where it is one of the ways to write nothing."""
    text = text.strip()
    return "" if not text.strip(_MARKS) or text.upper().rstrip("+") in _KEYWORDS else text


def read_balance(text: str, currency: str | None = None) -> Balance:
    """Fields 60, 62: mark, date, currency, amount."""
    found = _BALANCE.fullmatch(text.strip())
    if found is None:
        return Balance(None, None, None)
    named = found[3].upper() if found[3] and found[3].lower() != "null" else None
    code = (read_currency(named) if named else None) or currency
    minor = amount_of(found[4], code) if code else None
    return Balance(_six(found[2]), code, -minor if minor is not None and found[1].upper() == "D" else minor)


def currency_in(tag: str, text: str) -> str | None:
    """The currency that a field of figures names."""
    if tag in ("60F", "60M", "62F", "62M", "64", "65"):
        found = re.match(r"[CD]\s*(?:[0-9]{6}|null|)\s*([A-Z]{3})(?![A-Z])", text.strip(), re.IGNORECASE)
    else:
        found = re.match(r"[0-9]*([A-Z]{3})", text.strip(), re.IGNORECASE)
    return read_currency(found[1]) if found and found[1].lower() != "ull" else None


def read_sum(text: str, currency: str) -> tuple[int | None, int | None]:
    """Field 90: how many, and their sum in minor units."""
    found = _SUMS.fullmatch(text.strip())
    if found is None:
        return None, None
    return int(found[1] or 0), amount_of(found[3], currency)


def amount_of(text: str, currency: str) -> int | None:
    """An unsigned amount: the comma (or point) always begins the fraction, however long."""
    number = plain_decimal(text.strip().replace(",", "."))
    if number is None:
        return read_minor(text, currency)
    try:
        return to_minor(number, currency)
    except ValueError:
        return None


class OwnAccount(NamedTuple):
    """Field 25. ``others``: what else the same account may be called; ``bank``: the identifier before it."""

    number: str
    others: tuple[str, ...]
    bank: str


def read_account(text: str, currency: str | None) -> OwnAccount:
    """Field 25: an IBAN, a number, or either behind the bank's code and a slash; the currency may be glued to its end."""
    text = text.strip().strip('"')
    if text.startswith("//"):
        text = text[2:].removesuffix(f"/{currency}")
    bank, slash, number = text.partition("/")
    number = (number if slash else bank).strip().strip('"')
    bare = re.sub(r"\s+", "", number).upper()
    if currency and len(bare) > len(currency) + 4 and bare.endswith(currency):
        number = bare[: -len(currency)]
    account = clean_account(number)
    if not slash:
        return OwnAccount(account, (), "")
    bank = bank.strip().upper()
    whole = clean_account(text)
    if not account:
        return OwnAccount(whole, (), "")
    if bank.isdigit() and len(bank) == 8 and account.isdigit() and len(account) <= 10:
        return OwnAccount(german_iban(bank, account), (whole, account), "")
    return OwnAccount(account, (whole,), bank if _BIC.fullmatch(bank) else "")


def german_iban(bank_code: str, account: str) -> str:
    """The IBAN of a German bank code and account, by the general rule (Bundesbank, IBAN rule 0000)."""
    body = bank_code + account.zfill(10)
    return f"DE{98 - int(body + '131400') % 97:02}{body}"


def is_iban(text: str) -> bool:
    """Whether ``text`` has the form of an IBAN."""
    return len(text) > 13 and _IBAN.fullmatch(text) is not None


def is_bic(text: str) -> bool:
    """Whether ``text`` has the form of a BIC."""
    return _BIC.fullmatch(text) is not None


@lru_cache(maxsize=4096)  # a file names the same few days over and over
def _six(text: str) -> date | None:
    """YYMMDD. The 30th of February, which banks that count thirty days a month write, is its last day."""
    if not (len(text) == 6 and text.isdigit()):
        return None
    year, month, day = int(text[:2]), int(text[2:4]), int(text[4:])
    year += 2000 if year < 80 else 1900
    if month == 2 and day in (29, 30):
        return date(year, 3, 1) - timedelta(days=1)
    try:
        return date(year, month, day)
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _entry_day(text: str | None, value: date | None) -> date | None:
    """MMDD in the year that brings it nearest to the value date; that date where there is none."""
    if not text or not text.strip() or value is None:
        return value
    for year in (value.year, value.year - 1, value.year + 1):
        day = _six(f"{year % 100:02}{text}")
        if day is not None and abs(day - value) <= _HALF_YEAR:
            return day
    return value
