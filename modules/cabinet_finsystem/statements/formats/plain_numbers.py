"""Numbers as formats with a grammar write them: digits and one point, nothing to guess."""

from __future__ import annotations

import re
from decimal import Decimal

from cabinet.contracts.money import exponent, to_minor

_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,18}(?:\.[0-9]{0,18})?|\.[0-9]{1,18})")
_CENTS = re.compile(r"-?[0-9]{1,15}\.[0-9]{2}")
_MOST = Decimal(10) ** 15


def plain_decimal(text: str) -> Decimal | None:
    """``text`` as a number where it is one, zeros in front and behind included; None for anything else, or too large for the books."""
    if not _DECIMAL.fullmatch(text):
        return None
    number = Decimal(text)
    return number if abs(number) < _MOST else None


def plain_minor(text: str, currency: str) -> int | None:
    """``text`` in minor units of ``currency``; None for no number, or one too precise for it."""
    if _CENTS.fullmatch(text) and exponent(currency) == 2:
        return int(text.replace(".", ""))
    number = plain_decimal(text)
    if number is None:
        return None
    try:
        return to_minor(number, currency)
    except ValueError:
        return None
