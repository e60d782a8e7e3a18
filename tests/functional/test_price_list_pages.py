"""The price list on screen, and its items put into an invoice by typing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from webtest import TestApp

from cabinet_client_manager.testing import a_client
from cabinet_finsystem.interfaces import IInvoiceBook
from cabinet_finsystem.invoicing.models import InvoiceLine
from cabinet_finsystem.testing import an_item, open_books

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])
LIST = "/office/items"


@pytest.fixture(scope="session")
def module_names() -> Sequence[str]:
    return ["cabinet_client_manager", "cabinet_finsystem"]


@pytest.fixture
def olga(unit_of_work: Any, person: Any, signed_in: Callable[[str], TestApp]) -> TestApp:
    with unit_of_work() as request:
        open_books(request)
    person("olga@example.org", "manager")
    return signed_in("olga@example.org")


@pytest.fixture
def item(unit_of_work: Any) -> Callable[..., str]:
    def add(name: str, price: int, **facts: Any) -> str:
        with unit_of_work() as request:
            return an_item(request, name, price, **facts).public_id.hex

    return add


def test_an_item_is_added_changed_put_away_and_taken_back(olga: TestApp) -> None:
    form = olga.get(f"{LIST}/new").forms["item-form"]
    form["name"], form["price"], form["unit"], form["code"] = "Обслуживание котла", "12,200.50", "мес", "ОБ-1"
    page = form.submit().follow()
    assert "Обслуживание котла" in page
    assert "12,200" in page
    form = page.click("Обслуживание котла").forms["item-form"]
    assert form["code"].value == "ОБ-1"
    form["price"] = "13000"
    page = form.submit().follow()
    assert "13,000" in page
    away = next(one for one in page.forms.values() if one.action.endswith("/archive"))
    page = away.submit().follow()
    assert "Обслуживание котла" in olga.get(f"{LIST}?state=archived")
    back = next(one for one in page.forms.values() if one.action.endswith("/restore"))
    back.submit()
    assert "Обслуживание котла" in olga.get(LIST, {"q": "котла"})


def test_a_taken_code_is_said_beside_its_field_and_nothing_is_lost(olga: TestApp, item: Any) -> None:
    item("Первая", 100, code="A-1")
    form = olga.get(f"{LIST}/new").forms["item-form"]
    form["name"], form["price"], form["code"] = "Вторая", "5", "A-1"
    page = form.submit(status=422)
    assert page.forms["item-form"]["name"].value == "Вторая"
    assert "A-1" in page.html.find(id="code-error").text


def test_the_list_is_exported_with_true_numbers(olga: TestApp, item: Any) -> None:
    item("Обслуживание", 12_200_50, code="ОБ-1")
    lines = olga.get(f"{LIST}?export=csv").text.splitlines()
    assert "ОБ-1" in lines[1] and "12200" in lines[1]
    assert len(lines) == 2


def test_typing_offers_items_and_enter_puts_the_first_into_the_lines(
    olga: TestApp, item: Any, unit_of_work: Any
) -> None:
    key = item("Обслуживание котла", 122_00)
    item("Аварийный выезд", 7_000_00)
    with unit_of_work() as request:
        client = a_client(request).public_id.hex
    page = olga.get(f"/office/invoices/new?client={client}")
    offered = olga.get("/office/invoices/items", {"item_q": "котла", "currency": "RUB"})
    assert [button["value"] for button in offered.html.find_all("button")] == [key]
    sent = [*page.forms["invoice-form"].submit_fields(), ("item_q", "обслуж")]
    picked = olga.post("/office/invoices/line", sent)
    assert picked.headers["HX-Trigger-After-Swap"] == "lines:changed"
    assert picked.html.find("textarea").text.strip() == "Обслуживание котла"
    # The lines of the page are now those of the answer.
    fields = {field["name"]: field.get("value", "") for field in picked.html.find(id="lines-box").find_all("input")}
    fields["lines-0-text"], fields["lines-0-vat_rate"] = "Обслуживание котла, ноябрь", "22"
    form = dict(page.forms["invoice-form"].submit_fields())
    olga.post("/office/invoices/new", form | fields | {"save": "1"}, status=303)
    with unit_of_work() as request:
        [line] = request.db.query(InvoiceLine).all()
        assert (line.text, line.total, line.item_id is not None) == ("Обслуживание котла, ноябрь", 122_00, True)
        invoice = request.find_service(IInvoiceBook).find(line.invoice.public_id)
        path = f"/office/invoices/{invoice.public_id.hex}/edit"
    form = olga.get(path).forms["invoice-form"]
    assert form["lines-0-item"].value == key
    form.submit("save")
    with unit_of_work() as request:
        [line] = request.db.query(InvoiceLine).all()
        assert line.item_id is not None


def test_an_item_of_another_currency_is_not_put_into_the_lines(olga: TestApp, item: Any) -> None:
    key = item("Hosting", 10_00, currency="EUR")
    form = olga.get("/office/invoices/new").forms["invoice-form"]
    picked = olga.post("/office/invoices/line", [*form.submit_fields(), ("item", key)])
    assert "Hosting" not in picked
