"""Reading dates and numbers as people write them."""

from __future__ import annotations

import datetime
import re
import unicodedata
from decimal import Decimal

_DATE = re.compile(
    r"(?:(?P<iso_year>\d{4})-(?P<iso_month>\d{1,2})-(?P<iso_day>\d{1,2})"
    r"|(?P<day>\d{1,2})[.\-](?P<month>\d{1,2})[.\-](?P<year>\d{4}|\d{2}))"
    r"(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?",
    re.ASCII,
)
_PLAIN = re.compile(r"\d{1,30}(?:[.,]\d{1,12})?", re.ASCII)
_GROUPED = re.compile(r"\d{1,3}(?P<group>[ ,.'])\d{3}(?:(?P=group)\d{3}){0,8}(?:(?P<point>[.,])\d{1,12})?", re.ASCII)
_OLDEST, _LATEST = 1900, 2200
_CENTURY_TURNS = 70  # 1.2.69 is 2069, 1.2.70 is 1970
_MINUSES = "-\u2212\u2013"


def parse_date(text: str) -> datetime.date:
    """A date: ``2026-02-01``, ``01.02.2026``, ``1.2.26``; a time after it is left out. ValueError.

    Never ``02/01/2026``, which is January to some and February to others.
    """
    found = _DATE.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"not a date: {text[:40]!r}")
    year = int(found["iso_year"] or found["year"])
    if found["year"] and len(found["year"]) == 2:
        year += 2000 if year < _CENTURY_TURNS else 1900
    if not _OLDEST <= year <= _LATEST:
        raise ValueError(f"not a year of business: {text[:40]!r}")
    return datetime.date(year, int(found["iso_month"] or found["month"]), int(found["iso_day"] or found["day"]))


def parse_decimal(text: str) -> Decimal:
    """A number: ``1 234,50``, ``1,234.50``, ``1.234,50``, ``−5``, ``100 ₽``. ValueError.

    A single comma or point is the decimal one: ``1,234`` is a little over one, so that a wrong guess shows instead of costing
    a thousandfold.
    """
    compact = "".join(" " if c.isspace() else c for c in text if unicodedata.category(c) != "Sc").strip()
    negative = compact[:1] in _MINUSES and bool(compact)
    digits = compact[1:].lstrip() if negative or compact.startswith("+") else compact
    if not _PLAIN.fullmatch(digits):
        grouped = _GROUPED.fullmatch(digits)
        if grouped is None or grouped["group"] == grouped["point"]:
            raise ValueError(f"not a number: {text[:40]!r}")
        digits = digits.replace(grouped["group"], "")
    value = Decimal(digits.replace(",", "."))
    return -value if negative else value
