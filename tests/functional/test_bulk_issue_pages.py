"""Invoices to many on screen: chosen, looked at, issued by a job, found in the list, voided together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import func, select
from webtest import TestApp

from cabinet.jobs.runner import run_pending
from cabinet_client_manager.testing import a_client, a_contract
from cabinet_finsystem.bulk.models import BulkIssue
from cabinet_finsystem.invoicing.models import Invoice
from cabinet_finsystem.testing import an_item, open_books

from .test_invoice_pages import editor, form_of, plain, write_line

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])


@pytest.fixture(scope="session")
def module_names() -> Sequence[str]:
    return ["cabinet_client_manager", "cabinet_finsystem"]


@pytest.fixture
def item(unit_of_work: Any) -> str:
    """Of the price list of a firm with two clients that have a contract, and one that has none."""
    with unit_of_work() as request:
        open_books(request)
        for n in (2, 3):
            a_contract(request, a_client(request, n), n)
        a_client(request, 4, name="ООО «Берёзовый мыс»")
        return an_item(request, "Хостинг", 1_220_00).public_id.hex


@pytest.fixture
def olga(item: str, person: Any, signed_in: Callable[[str], TestApp]) -> TestApp:
    person("olga@example.org", "manager")
    return signed_in("olga@example.org")


def test_the_same_is_issued_to_many_once_and_taken_back(
    olga: TestApp, item: str, unit_of_work: Any, registry: Any
) -> None:
    page = olga.get(f"/office/items/{item}").click("Issue to many")
    form = editor(page)
    assert form["lines-0-text"].value == "Хостинг"
    form["who"] = "contract"
    seen = form.submit("look")
    told = plain(seen)
    assert "2 invoices, ₽2,440.00" in told
    assert "Д-2/26" in told and "Берёзовый мыс" not in told.split("What would be issued")[1]
    with unit_of_work() as request:
        assert request.db.scalar(select(func.count()).select_from(BulkIssue)) == 0
    form = editor(seen)
    watched = form.submit("issue")
    assert "/jobs/" in watched.location
    assert "/invoices/many/" in form.submit("issue").location
    run_pending(registry)
    assert "2 invoices are issued." in watched.follow()
    with unit_of_work() as request:
        bulk = request.db.scalars(select(BulkIssue)).one()
        assert request.db.scalar(select(func.count()).select_from(Invoice)) == 2
        key = bulk.public_id.hex
    page = olga.get(f"/office/invoices/many/{key}")
    listed = page.click("See these invoices")
    assert "Issued together" in listed and "2 invoices" in plain(listed)
    ask = form_of(page, "/void")
    assert "Say why" in ask.submit().follow()
    ask["reason"] = "Wrong price"
    assert "2 invoices are void." in ask.submit().follow()
    with unit_of_work() as request:
        assert set(request.db.scalars(select(Invoice.state))) == {"void"}


def test_what_changed_after_the_look_is_looked_at_again(olga: TestApp, unit_of_work: Any) -> None:
    form = editor(olga.get("/office/invoices/many"))
    write_line(form, 0, text="Work", price="10")
    form = editor(form.submit("look"))
    write_line(form, 0, price="20")
    again = form.submit("issue")
    assert "It is not what you looked at before" in again and "40.00" in plain(again)
    with unit_of_work() as request:
        assert request.db.scalar(select(func.count()).select_from(BulkIssue)) == 0
    assert "/jobs/" in editor(again).submit("issue").location


def test_clients_are_found_and_ticked(olga: TestApp) -> None:
    form = editor(olga.get("/office/invoices/many"))
    write_line(form, 0, text="Work", price="10")
    form["who"] = "ticked"
    assert "Tick the clients first" in form.submit("look", status=422)
    fields = [(name, value) for name, value in form.submit_fields() if name not in ("who", "look")]
    page = olga.post("/office/invoices/many", [*fields, ("client_q", "берёзовый"), ("find_all", "1")])
    form = editor(page)
    assert form["who"].value == "ticked" and [box.checked for box in form.fields["client"]] == [True]
    told = plain(form.submit("look"))
    assert "1 invoice, ₽10.00" in told and "without a contract" in told
    form["contracted"] = True
    told = plain(form.submit("look"))
    assert "he has no contract in force" in told and "Nobody is left" in told


def test_the_page_costs_the_same_for_few_and_many(olga: TestApp, unit_of_work: Any, count_queries: Any) -> None:
    costs = []
    for more in (range(10, 12), range(20, 50)):
        with unit_of_work() as request:
            for n in more:
                a_contract(request, a_client(request, n), n)
        form = editor(olga.get("/office/invoices/many"))
        write_line(form, 0, text="Work", price="10")
        with count_queries() as queries:
            form.submit("look")
        costs.append(queries.count)
    assert costs[0] == costs[1]


def test_only_who_writes_invoices_issues_to_many(
    olga: TestApp, person: Any, signed_in: Callable[[str], TestApp]
) -> None:
    assert "/invoices/many" in olga.get("/office/invoices/many").request.path
    person("owner@example.org", "owner")
    signed_in("owner@example.org").get("/office/invoices/many", status=(403, 404))
