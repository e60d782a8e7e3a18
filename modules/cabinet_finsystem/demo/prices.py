"""The price list of the made-up firm: what its year of sales is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from cabinet_finsystem.demo.sales import CALL_WORKS, CALLS, GOODS, PROJECT_WORKS, PROJECTS, SERVICE, STOCK, SUPPORT
from cabinet_finsystem.interfaces import IPriceList
from cabinet_finsystem.items.values import ItemData


def write_prices(request: Any, articles: Mapping[str, int]) -> dict[str, int]:
    """The price list. Name → id of an item; ``articles``: kind of sale → article."""
    prices = request.find_service(IPriceList)
    return {data.name: prices.add(data).id for data in _items(articles)}


def _items(articles: Mapping[str, int]) -> Iterator[ItemData]:
    yield _item("ОБС-1", SUPPORT, "мес", 24_400_00, articles[SERVICE])
    yield _item("ОБС-2", "Дежурный диспетчер, круглосуточно", "мес", 12_200_00, articles[SERVICE])
    for n, (text, low, high) in enumerate(PROJECT_WORKS, 1):
        yield _item(f"МОН-{n}", text, "компл", (low + high) // 2, articles[PROJECTS])
    for n, (text, low, high) in enumerate(CALL_WORKS, 1):
        yield _item(f"ВЫЗ-{n}", text, "усл", (low + high) // 2, articles[CALLS])
    for n, (text, unit, price, _pieces) in enumerate(STOCK, 1):
        yield _item(f"ТОВ-{n:02}", text, unit, price, articles[GOODS], kind="goods")


def _item(code: str, name: str, unit: str, price: int, article_id: int, *, kind: str = "service") -> ItemData:
    return ItemData(
        name=name,
        kind=kind,
        price=price,
        currency="RUB",
        code=code,
        unit=unit,
        vat_rate=Decimal(22),
        article_id=article_id,
    )
