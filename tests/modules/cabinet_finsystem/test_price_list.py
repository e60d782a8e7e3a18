"""The price list: kept, put away, taken into invoices."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest

from cabinet.db.paging import ListQuery
from cabinet_client_manager.testing import a_client
from cabinet_finsystem.errors import ItemError
from cabinet_finsystem.interfaces import IInvoiceBook, IPriceList
from cabinet_finsystem.items.values import ItemData, item_price, line_of
from cabinet_finsystem.testing import DAY, a_draft, an_item, open_books


@pytest.fixture
def request_(unit_of_work: Any) -> Any:
    with unit_of_work() as request:
        open_books(request)
        yield request


def test_an_item_is_found_by_its_code_first_then_by_words(request_: Any) -> None:
    an_item(request_, "Обслуживание котла, код 17", 5_000_00)
    by_code = an_item(request_, "Аварийный выезд", 7_000_00, code="17")
    an_item(request_, "Сервис в евро", 100_00, currency="EUR")
    prices = request_.find_service(IPriceList)
    assert [item.name for item in prices.offered("17", currency="RUB")] == [by_code.name, "Обслуживание котла, код 17"]
    assert [item.name for item in prices.offered("котла ОБСЛУЖ", currency="RUB")] == ["Обслуживание котла, код 17"]
    assert [item.name for item in prices.offered("", currency="EUR")] == ["Сервис в евро"]


def test_an_archived_item_is_offered_no_more_until_it_is_restored(request_: Any) -> None:
    item = an_item(request_, "Аренда стойки", 1_000_00)
    prices = request_.find_service(IPriceList)
    prices.archive(item)
    assert prices.offered(currency="RUB") == []
    assert [row.id for row in prices.listing(ListQuery(filters={"state": "archived"})).rows] == [item.id]
    prices.restore(item)
    assert [row.id for row in prices.listing(ListQuery()).rows] == [item.id]


def test_two_items_never_have_one_code(request_: Any) -> None:
    an_item(request_, "Первая", 100, code="A-1")
    with pytest.raises(ItemError) as refused:
        an_item(request_, "Вторая", 100, code=" A-1 ")
    assert refused.value.details["field"] == "code"
    an_item(request_, "Третья", 100)
    an_item(request_, "Четвёртая", 100)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name": " "}, "name"),
        ({"kind": "wish"}, "kind"),
        ({"price": -1}, "price"),
        ({"currency": "rub"}, "currency"),
        ({"vat_rate": Decimal("22.001")}, "vat_rate"),
        ({"code": "x" * 41}, "code"),
    ],
)
@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_what_cannot_be_an_item_is_refused_by_its_field(request_: Any, facts: Any, field: str) -> None:
    data = ItemData(**{"name": "Услуга", "kind": "service", "price": 100, "currency": "RUB", **facts})
    with pytest.raises(ItemError) as refused:
        request_.find_service(IPriceList).add(data)
    assert refused.value.details["field"] == field


def test_a_line_taken_from_the_price_list_keeps_the_item_also_in_a_copy(request_: Any) -> None:
    item = an_item(request_, "Абонентское обслуживание", 122_00)
    client = a_client(request_)
    lines = (line_of(item, DAY, vat_included=True, quantity=Decimal("1.5")),)
    invoice = a_draft(request_, client.client_id, lines=lines)
    [line] = invoice.lines
    assert (line.item_id, line.text, line.unit, line.total, line.vat) == (item.id, item.name, "мес", 183_00, 33_00)
    copy = request_.find_service(IInvoiceBook).copy(invoice, date=DAY)
    assert [line.item_id for line in copy.lines] == [item.id]


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_price_is_turned_to_the_way_an_invoice_counts_vat(request_: Any) -> None:
    inside = an_item(request_, "С НДС", 122_00)
    on_top = an_item(request_, "Без НДС внутри", 100_00, vat_included=False)
    free = an_item(request_, "Не облагается", 100_00, vat_rate=None)
    prices = [[item_price(item, DAY, vat_included=way) for way in (True, False)] for item in (inside, on_top, free)]
    assert prices == [[122_00, 100_00], [122_00, 100_00], [100_00, 100_00]]
    # A document of an earlier year has the base rate of its year.
    assert item_price(on_top, datetime.date(2025, 12, 1), vat_included=True) == 120_00
