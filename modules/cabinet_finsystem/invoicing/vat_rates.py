"""Rates of VAT in Russia by date: a table, since old documents keep old rates.

Sources: Tax Code of the Russian Federation, article 164, in the wordings of the federal laws 117-FZ (20 %, from 2001), 117-FZ of 2003
(18 %, from 2004), 303-FZ of 2018 (20 %, from 2019), 176-FZ of 2024 (5 % and 7 % of the simplified system, from 2025), 425-FZ of 2025
(22 %, from 2026). «Без НДС» is no rate at all, and not 0 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

_BASE, _LOW, _ZERO, _SIMPLIFIED = "base", "low", "zero", "simplified"


@dataclass(frozen=True, slots=True)
class DatedRate:
    """A rate in per cent and the days it is in force, both included. ``kind`` tells the base rate from the others."""

    rate: Decimal
    kind: str
    since: date
    until: date = date.max


RATES = (
    DatedRate(Decimal(20), _BASE, date(2001, 1, 1), date(2003, 12, 31)),
    DatedRate(Decimal(18), _BASE, date(2004, 1, 1), date(2018, 12, 31)),
    DatedRate(Decimal(20), _BASE, date(2019, 1, 1), date(2025, 12, 31)),
    DatedRate(Decimal(22), _BASE, date(2026, 1, 1)),
    DatedRate(Decimal(10), _LOW, date(2001, 1, 1)),
    DatedRate(Decimal(7), _SIMPLIFIED, date(2025, 1, 1)),
    DatedRate(Decimal(5), _SIMPLIFIED, date(2025, 1, 1)),
    DatedRate(Decimal(0), _ZERO, date(2001, 1, 1)),
)
_BASE_RATES = frozenset(known.rate for known in RATES if known.kind == _BASE)


def rates_on(day: date) -> tuple[Decimal, ...]:
    """The rates in force on ``day``, the base one first. «Без НДС» is always possible and not among them."""
    return tuple(known.rate for known in RATES if known.since <= day <= known.until)


def is_usual(rate: Decimal | None, day: date) -> bool:
    """Whether a document of ``day`` may be expected to have ``rate``; a correction of an older deal may have another."""
    return rate is None or rate in rates_on(day)


def rate_for(rate: Decimal | None, day: date) -> Decimal | None:
    """What somebody who uses ``rate`` uses on ``day``: one base rate gives way to the base rate of the day, others stay."""
    if rate not in _BASE_RATES:
        return rate
    return next((known.rate for known in RATES if known.kind == _BASE and known.since <= day <= known.until), rate)
