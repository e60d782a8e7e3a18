"""What is told to the price list, and how an item becomes a line of an invoice."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cabinet_finsystem.invoicing.amounts import WHOLE, round_half_up
from cabinet_finsystem.invoicing.values import LineData
from cabinet_finsystem.invoicing.vat_rates import rate_for


@dataclass(frozen=True, slots=True)
class ItemData:
    """An item as a person writes it. ``price``: minor units; ``vat_rate``: per cent, None is «Без НДС»; ``article_id`` None: «Sales»."""

    name: str
    kind: str
    price: int
    currency: str
    code: str = ""
    unit: str = ""
    vat_rate: Decimal | None = None
    vat_included: bool = True
    article_id: int | None = None


def item_rate(item: Any, day: datetime.date) -> Decimal | None:
    """The rate of VAT that an Item has on ``day``, per cent: one base rate gives way to the base rate of the day."""
    return rate_for(None if item.vat_rate is None else Decimal(item.vat_rate).scaleb(-2), day)


def item_price(item: Any, day: datetime.date, *, vat_included: bool) -> int:
    """Its price in minor units as an invoice wants it, with VAT or without; rounded once, half up, where it has to be turned."""
    rate = item_rate(item, day)
    if rate is None or item.vat_included == vat_included:
        return int(item.price)
    hundredths = int(rate.scaleb(2))
    if vat_included:
        return round_half_up(item.price * (WHOLE + hundredths), WHOLE)
    return round_half_up(item.price * WHOLE, WHOLE + hundredths)


def line_of(item: Any, day: datetime.date, *, vat_included: bool, quantity: Decimal = Decimal(1)) -> LineData:
    """An Item as a line of an invoice of ``day``."""
    return LineData(
        text=item.name,
        price=item_price(item, day, vat_included=vat_included),
        quantity=quantity,
        unit=item.unit,
        vat_rate=item_rate(item, day),
        article_id=item.article_id,
        item_id=item.id,
    )
