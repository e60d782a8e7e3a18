"""From what a person wrote of a recurring service to its columns; what cannot be is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from cabinet.contracts.clients import Contract
from cabinet_finsystem.articles import defaults
from cabinet_finsystem.errors import RecurringError
from cabinet_finsystem.interfaces import IArticles
from cabinet_finsystem.recurring.models import RecurringService
from cabinet_finsystem.recurring.periods import AFTER, BEFORE, MONTHS, WITHIN
from cabinet_finsystem.recurring.values import ServiceData
from cabinet_finsystem.texts import _

_MAX_PRICE = 10**13
_MAX_MILLI = 10**12


def checked(data: ServiceData, contract: Contract, item: Any, articles: IArticles) -> dict[str, Any]:
    """Columns of a service but those that say whose it is. ``item``: of the price list, or None. RecurringError."""
    text, unit = " ".join(data.text.split()), data.unit.strip()
    if not text and item is None:
        raise RecurringError("recurring_text", _("Say what the line is for."), {"field": "text"})
    for name, value, length in (("text", text, 900), ("unit", unit, 40)):
        if len(value) > length:
            message = _("The text is too long: ${n} characters are allowed.", mapping={"n": length})
            raise RecurringError("too_long", message, {"field": name})
    if data.price is None and item is None:
        raise RecurringError("recurring_price", _("Write the price."), {"field": "price"})
    if data.price is not None and not 0 < data.price <= _MAX_PRICE:
        raise RecurringError("recurring_price", _("The price cannot be so."), {"field": "price"})
    currency = contract.currency
    if item is not None and item.currency != currency:
        message = _("The contract is counted in ${currency}, the item is not.", mapping={"currency": currency})
        raise RecurringError("recurring_currency", message, {"field": "item"})
    if data.ends is not None and data.ends < data.starts:
        raise RecurringError("recurring_ends", _("It ends before it begins."), {"field": "ends"})
    if data.period not in MONTHS or data.billed not in {BEFORE, WITHIN, AFTER} or not 1 <= data.day <= 31:
        raise RecurringError("recurring_day", _("A day of a month is from 1 to 31."), {"field": "day"})
    if data.payment_days is not None and not 0 <= data.payment_days <= 365:
        message = _("From 0 to 365 days are allowed.")
        raise RecurringError("recurring_payment_days", message, {"field": "payment_days"})
    return {
        "item_id": item.id if item else None,
        "text": text,
        "unit": unit or (item.unit if item else ""),
        "quantity_milli": _scaled(data.quantity, 3, "quantity", 1, _MAX_MILLI),
        "discount": _scaled(data.discount, 2, "discount", 0, 10_000),
        "vat_rate": None if data.vat_rate is None else _scaled(data.vat_rate, 2, "vat_rate", 0, 10_000),
        "vat_included": data.vat_included,
        "currency": currency,
        "article_id": _article(data.article_id or (item.article_id if item else None), articles),
        "period": data.period,
        "billed": data.billed,
        "day": data.day,
        "ends": data.ends,
        "payment_days": data.payment_days,
        "issues": data.issues,
        "with_act": data.with_act,
    }


def facts_of(service: RecurringService) -> dict[str, Any]:
    """What the trail keeps of a service."""
    return {
        "text": service.text,
        "unit": service.unit,
        "quantity": f"{Decimal(service.quantity_milli).scaleb(-3).normalize():f}",
        "discount": f"{Decimal(service.discount).scaleb(-2).normalize():f}",
        "vat_rate": "" if service.vat_rate is None else f"{Decimal(service.vat_rate).scaleb(-2).normalize():f}",
        "price": service.steps[-1].price,
        "currency": service.currency,
        "period": service.period,
        "billed": service.billed,
        "day": service.day,
        "ends": service.ends.isoformat() if service.ends else None,
        "payment_days": service.payment_days,
        "issues": service.issues,
        "with_act": service.with_act,
    }


def _scaled(value: Decimal, places: int, field: str, least: int, most: int) -> int:
    if value.is_finite() and value.adjusted() < 15:
        scaled = value.scaleb(places)
        if scaled == scaled.to_integral_value() and least <= scaled <= most:
            return int(scaled)
    raise RecurringError(f"recurring_{field}", _("This cannot be so."), {"field": field})


def _article(article_id: int | None, articles: IArticles) -> int:
    if article_id is None:
        return int(articles.system_id("sales"))
    node = articles.get(article_id)
    if node.kind != "income" or node.parent_id is None or node.code == defaults.ADVANCES:
        raise RecurringError("recurring_article", _("Nothing can be sold under this article."), {"field": "article"})
    return article_id
