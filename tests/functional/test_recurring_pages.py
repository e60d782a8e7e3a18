"""Recurring services on screen: added on a contract, seen before they are billed, billed, repriced, paused."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import select
from webtest import TestApp

from cabinet_client_manager.testing import a_client, a_contract
from cabinet_finsystem.invoicing.models import Invoice
from cabinet_finsystem.recurring.models import RecurringService
from cabinet_finsystem.recurring.running import bill_all
from cabinet_finsystem.testing import a_service, an_item, open_books

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])
TODAY = datetime.datetime.now(datetime.UTC).date()


@pytest.fixture(scope="session")
def module_names() -> Sequence[str]:
    return ["cabinet_client_manager", "cabinet_finsystem"]


@pytest.fixture
def contract(unit_of_work: Any) -> str:
    with unit_of_work() as request:
        open_books(request)
        an_item(request, "Хостинг", 1_220_00)
        return a_contract(request, a_client(request), status="active").public_id.hex


@pytest.fixture
def olga(contract: str, person: Any, signed_in: Callable[[str], TestApp]) -> TestApp:
    person("olga@example.org", "manager")
    return signed_in("olga@example.org")


@pytest.fixture
def service(unit_of_work: Any, contract: str) -> str:
    """Public id of one that began this month."""
    with unit_of_work() as request:
        from cabinet.web.areas import public_id
        from cabinet_client_manager.interfaces import IContracts

        row = request.find_service(IContracts).by_public_id(public_id(contract))
        return a_service(request, contract_id=row.contract_id, starts=TODAY.replace(day=1)).public_id.hex


def test_a_service_of_the_price_list_is_added_seen_and_billed(olga: TestApp, contract: str, unit_of_work: Any) -> None:
    page = olga.get(f"/office/contracts/{contract}")
    form = page.click("Service$").forms["recurring-form"]
    form["item"] = next(value for value, _chosen, text in form["item"].options if "Хостинг" in text)
    form["starts"] = f"01.{TODAY:%m.%Y}"
    form["issues"] = True
    key = form["key"].value
    page = form.submit().follow()
    assert "Хостинг" in page
    # The same form sent twice makes one service.
    form.submit().follow()
    page = olga.get("/office/recurring/next")
    assert "Хостинг" in page and "1,220" in page
    with unit_of_work() as request:
        assert [one.public_id.hex for one in request.db.scalars(select(RecurringService))] == [key]
    run = next(one for one in page.forms.values() if one.action.endswith("/recurring/run"))
    assert "/jobs/" in run.submit().location
    bill_all(lambda *, writing: unit_of_work(writing=writing))
    with unit_of_work() as request:
        invoice = request.db.scalars(select(Invoice)).one()
        assert (invoice.state, invoice.total, invoice.lines[0].item_id is not None) == ("issued", 1_220_00, True)
        number = invoice.number
    assert number in olga.get(f"/office/recurring/{key}")
    assert "Хостинг" in olga.get("/office/recurring", {"q": "хост"})
    assert "Хостинг" not in olga.get("/office/recurring", {"q": "хост", "state": "ended"})


def test_what_is_wrong_is_said_beside_its_field(olga: TestApp, contract: str) -> None:
    form = olga.get(f"/office/recurring/of/{contract}/new").forms["recurring-form"]
    form["text"], form["price"], form["day"] = "Связь", "", "40"
    page = form.submit(status=422)
    assert page.html.find(id="price-error") and page.html.find(id="day-error")
    form = page.forms["recurring-form"]
    form["price"], form["day"], form["ends"] = "100", "4", "01.01.2020"
    page = form.submit(status=422)
    assert page.html.find(id="ends-error")
    assert page.forms["recurring-form"]["text"].value == "Связь"


def test_the_price_changes_from_a_day_and_a_pause_is_taken_back(olga: TestApp, service: str, unit_of_work: Any) -> None:
    path = f"/office/recurring/{service}"
    form = next(one for one in olga.get(path).forms.values() if one.action.endswith("/price"))
    form["price-price"] = "4000"
    page = form.submit().follow()
    assert "4,000" in page
    form = next(one for one in page.forms.values() if one.action.endswith("/pause"))
    form["since"] = f"{TODAY.year + 1}-01-10"
    page = form.submit().follow()
    undo = next(one for one in page.forms.values() if "/resume?" in one.action)
    undo.submit()
    with unit_of_work() as request:
        one = request.db.scalars(select(RecurringService)).one()
        assert [(step.active, step.price) for step in one.steps] == [(True, 3_000_00), (True, 4_000_00)]


def test_terms_are_changed_and_the_list_is_exported(olga: TestApp, service: str) -> None:
    form = olga.get(f"/office/recurring/{service}/edit").forms["recurring-form"]
    form["text"], form["quantity"] = "Связь и интернет", "2"
    assert "Связь и интернет" in form.submit().follow()
    line = olga.get("/office/recurring?export=csv").text.splitlines()[1]
    assert "Связь и интернет" in line and "6000" in line and "every month" in line


def test_the_pages_ask_a_constant_number_of_queries(
    olga: TestApp, service: str, contract: str, unit_of_work: Any, count_queries: Any
) -> None:
    asked = []
    for more in (0, 20):
        with unit_of_work() as request:
            first = request.db.scalars(select(RecurringService)).first()
            for n in range(more):
                a_service(request, contract_id=first.contract_id, starts=TODAY, text=f"Услуга {n}")
        counted = []
        for path in ("/office/recurring", "/office/recurring/next", f"/office/contracts/{contract}"):
            with count_queries() as queries:
                olga.get(path)
            counted.append(queries.count)
        asked.append(counted)
    assert asked[0] == asked[1]
