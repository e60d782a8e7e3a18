"""The arithmetic of an invoice: whole numbers only, one rounding a figure.

A line is rounded half up to the minor unit, once for its amount and once for its VAT; the invoice is the sum of its rounded lines, and
the VAT by rate sums to the VAT of the whole (as 1C counts, and as the tax office adds up a purchase ledger).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MILLI = 1000
PER_CENT = 100
WHOLE = 100 * PER_CENT  # 100 per cent in hundredths of a per cent


@dataclass(frozen=True, slots=True)
class LineAmounts:
    """A line's figures in minor units. ``discount``: what was taken off, in the sense of the price (with VAT or without)."""

    discount: int
    net: int
    vat: int
    total: int


@dataclass(frozen=True, slots=True)
class RateTotal:
    """Sums of the lines of one rate (hundredths of a per cent, None is «Без НДС»)."""

    rate: int | None
    net: int
    vat: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of an invoice. ``net`` + ``vat`` = ``total``."""

    net: int
    vat: int
    total: int


def line_amounts(
    quantity_milli: int, price: int, *, discount: int = 0, vat_rate: int | None, vat_included: bool
) -> LineAmounts:
    """Figures of a line. ``quantity_milli``: thousandths; ``price``: minor units; ``discount``, ``vat_rate``: hundredths of a per cent.

    Nothing may be negative, and a discount not above 100 per cent: ValueError.
    """
    if min(quantity_milli, price, discount, vat_rate or 0) < 0 or discount > WHOLE:
        raise ValueError("a line has neither negative figures nor a discount above the price")
    full = round_half_up(quantity_milli * price, MILLI)
    amount = round_half_up(quantity_milli * price * (WHOLE - discount), MILLI * WHOLE)
    taken_off = full - amount
    if vat_rate is None:
        return LineAmounts(taken_off, amount, 0, amount)
    if vat_included:
        vat = round_half_up(amount * vat_rate, WHOLE + vat_rate)
        return LineAmounts(taken_off, amount - vat, vat, amount)
    vat = round_half_up(amount * vat_rate, WHOLE)
    return LineAmounts(taken_off, amount, vat, amount + vat)


def totals(lines: Iterable[LineAmounts]) -> Totals:
    """Sums of rounded lines."""
    net = vat = 0
    for line in lines:
        net += line.net
        vat += line.vat
    return Totals(net, vat, net + vat)


def totals_by_rate(lines: Iterable[tuple[int | None, int, int]]) -> tuple[RateTotal, ...]:
    """Sums by rate of (rate, net, vat), the highest rate first, «Без НДС» last."""
    sums: dict[int | None, list[int]] = {}
    for rate, net, vat in lines:
        mine = sums.setdefault(rate, [0, 0])
        mine[0] += net
        mine[1] += vat
    ordered = sorted(sums, key=lambda rate: -1 if rate is None else rate, reverse=True)
    return tuple(RateTotal(rate, *sums[rate]) for rate in ordered)


def round_half_up(numerator: int, denominator: int) -> int:
    """``numerator`` / ``denominator`` (neither negative) to the nearest whole number, a half up."""
    return (2 * numerator + denominator) // (2 * denominator)
