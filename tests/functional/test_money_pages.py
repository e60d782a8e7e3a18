"""Money and forecast, asked as a browser asks: accounts beside what the bank says, weeks that open, files of the same figures."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from webtest import TestApp

from cabinet.contracts.parties import ILegalEntities
from cabinet.interfaces import IClock
from cabinet_client_manager.testing import a_client, a_contract
from cabinet_finsystem.interfaces import IArticles, ILedger
from cabinet_finsystem.ledger.values import AccountKind, AccountRef, NewEntry, NewPosting
from cabinet_finsystem.testing import DAY, a_payment, a_service, a_statement, an_invoice, open_books

PAGE = "/office/reports/money"
WEEK = datetime.timedelta(7)


@pytest.fixture(scope="session")
def module_names() -> Sequence[str]:
    return ["cabinet_client_manager", "cabinet_finsystem"]


@pytest.fixture
def firm(unit_of_work: Any) -> dict[str, Any]:
    """A client with a late invoice, two that are not, and a statement of ours that is in the books."""
    with unit_of_work() as request:
        today = request.find_service(IClock).today()
        open_books(request)
        client = a_client(request, 2, name="ООО «Берёзовый мыс»")
        an_invoice(request, client.client_id, 500_00, date=today - 2 * WEEK, due=today - WEEK)
        soon = an_invoice(request, client.client_id, 1_000_00, date=today, due=today + WEEK)
        an_invoice(request, client.client_id, 40_00, date=today, due=today + 6 * WEEK)
        a_statement(request, SimpleNamespace(id=client.client_id, name="ООО «Берёзовый мыс»"))
        return {"client": client, "soon": soon, "today": today}


@pytest.fixture
def head(firm: Any, person: Any, signed_in: Callable[[str], TestApp]) -> TestApp:
    person("dmitry@example.org", "head")
    return signed_in("dmitry@example.org")


def plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


def spend(request: Any, day: datetime.date, minor: int) -> None:
    """Money of ours that left the default account, of which no statement tells."""
    entity = request.find_service(ILegalEntities).default()
    articles = request.find_service(IArticles)
    cost = NewPosting(AccountRef(AccountKind.EXPENSE, "RUB"), minor, articles.system_id("operating"))
    bank = NewPosting(AccountRef.bank(entity.default_account.id, "RUB"), -minor)
    request.find_service(ILedger).post([NewEntry(day, "expense", ("line", 0), "Мимо банка", entity.id, (cost, bank))])


def test_an_account_agrees_with_its_statement_or_says_since_when_it_does_not(head: TestApp, unit_of_work: Any) -> None:
    row = plain(
        head.get(f"{PAGE}?from=2026-02-01&to=2026-02-28").html.select_one("[aria-labelledby=accounts] tbody tr").text
    )
    assert "agrees on 3 Feb" in row
    assert "loaded through 3 Feb" in row
    with unit_of_work() as request:
        spend(request, DAY, 5_00)
    row = plain(
        head.get(f"{PAGE}?from=2026-02-01&to=2026-02-28").html.select_one("[aria-labelledby=accounts] tbody tr").text
    )
    assert "differs by +₽5.00" in row
    assert "since 3 Feb" in row
    # Before the day of the statement nothing is known of the bank.
    before = head.get(f"{PAGE}?from=2026-02-01&to=2026-02-02").html.select_one("[aria-labelledby=accounts] tbody tr")
    assert "no statement yet" in plain(before.text)


def test_weeks_open_invoices_that_sum_to_them(head: TestApp, firm: Any) -> None:
    page = head.get(PAGE)
    link = page.html.select_one("[aria-labelledby=forecast] tbody a")
    assert plain(link.text) == "1,000"
    opened = head.get(link["href"])
    assert plain(opened.html.select_one("#drawer tfoot .c-r").text) == "1,000.00"
    assert firm["soon"].number in opened.html.select_one("#drawer").text
    late = head.get(f"{PAGE}?week=late").html.select_one("#drawer")
    assert plain(late.select_one("tfoot .c-r").text) == "500.00"
    alone = head.get(link["href"], headers={"HX-Request": "true", "HX-Target": "drawer"})
    assert "1,000.00" in plain(alone.html.text)
    assert "<html" not in alone.text
    for nothing in ("never", "2001-01-01", "2999-01-01"):
        assert not head.get(f"{PAGE}?week={nothing}").html.select("#drawer > *")


def test_a_longer_forecast_sees_more_and_leaves_as_the_same_table(head: TestApp) -> None:
    def due(page: Any) -> str:
        return plain(page.html.select(".c-fig-v")[2].text)

    assert due(head.get(PAGE)) == "₽1,000"
    assert due(head.get(f"{PAGE}?weeks=8")) == "₽1,040"
    sheet = openpyxl.load_workbook(io.BytesIO(head.get(f"{PAGE}?weeks=8&export=xlsx&table=forecast").body)).active
    assert sum(row[2].value for row in sheet.iter_rows(min_row=2)) == 1_040
    text = head.get(f"{PAGE}?from=2026-02-03&to=2026-02-03&export=csv&table=accounts").body.decode("utf-8-sig")
    [first, *_rest] = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert (first["Came in"], first["At the end"], first["Difference"]) == (
        first["At the end"],
        first["By the bank"],
        "0,00",
    )


def test_recurring_services_are_expected_in_the_forecast_and_said_not_to_be_invoiced_yet(
    head: TestApp, firm: Any, unit_of_work: Any
) -> None:
    assert "Services expected" not in head.get(PAGE)
    with unit_of_work() as request:
        contract = a_contract(request, firm["client"], status="active")
        first = (firm["today"].replace(day=1) + datetime.timedelta(32)).replace(day=1)
        a_service(request, contract_id=contract.contract_id, starts=first, payment_days=0)
    page = head.get(f"{PAGE}?weeks=8")
    told = plain(page.html.select_one("[aria-labelledby=forecast]").text)
    assert "Recurring services are expected to bring" in told
    assert "not invoiced yet" in told
    sheet = openpyxl.load_workbook(io.BytesIO(head.get(f"{PAGE}?weeks=8&export=xlsx&table=forecast").body)).active
    heads = [cell.value for cell in sheet[1]]
    column = heads.index("Services expected")
    assert {row[column].value for row in sheet.iter_rows(min_row=2)} >= {0, 3_000}
    assert heads[-1] == "At the end: with services expected"


def test_wrong_dates_of_money_are_answered_with_a_word(head: TestApp) -> None:
    assert "These are no dates" in head.get(f"{PAGE}?from=yesterday")
    assert "ends before it begins" in head.get(f"{PAGE}?from=2026-03-01&to=2026-02-01")


def test_the_home_of_the_head_names_the_lowest_day(head: TestApp, unit_of_work: Any, firm: Any) -> None:
    with unit_of_work() as request:
        last_month = firm["today"].replace(day=1) - datetime.timedelta(1)
        spend(request, last_month.replace(day=15), 90_000_00)
    card = plain(head.get("/office/").html.select_one("[aria-labelledby=head-forecast]").text)
    assert "Lowest on" in card
    assert "as usual" in card
    assert "Overdue ₽500" in card


def test_managers_do_not_see_the_money_of_the_firm(firm: Any, person: Any, signed_in: Any) -> None:
    person("marina@example.org", "manager")
    signed_in("marina@example.org").get(PAGE, status=403)


def test_the_page_of_money_costs_the_same_whatever_happened(
    head: TestApp, unit_of_work: Any, firm: Any, count_queries: Any
) -> None:
    def counted() -> int:
        with count_queries() as queries:
            head.get(f"{PAGE}?week=late")
        return queries.count  # type: ignore[no-any-return]

    few = counted()
    with unit_of_work() as request:
        for n in range(4, 14):
            client = a_client(request, n, name=f"Client {n}")
            invoice = an_invoice(request, client.client_id, 122_00 * n, due=firm["today"] - n * WEEK)
            a_payment(request, client.client_id, 61_00 * n, (invoice, 61_00 * n))
            spend(request, firm["today"], 100)
    assert counted() == few
    assert few <= 17
