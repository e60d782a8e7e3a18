"""Stored figures as pages show them."""

from __future__ import annotations

from decimal import Decimal


def quantity(milli: int) -> Decimal:
    """A stored quantity without zeros behind the comma."""
    return _short(Decimal(milli).scaleb(-3))


def percent(hundredths: int) -> Decimal:
    """A stored per cent without zeros behind the comma."""
    return _short(Decimal(hundredths).scaleb(-2))


def _short(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()
