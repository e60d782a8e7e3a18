"""Revenue by client, manager and item, asked as a browser asks: figures of the P&L, links that open what they are made of."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from urllib.parse import quote

import openpyxl
import pytest
from webtest import TestApp

from cabinet_client_manager.testing import a_client
from cabinet_finsystem.testing import a_payment, an_invoice, open_books

PAGE = "/office/reports/revenue"
WINTER = f"{PAGE}?from=2026-01-01&to=2026-02-28"


@pytest.fixture(scope="session")
def module_names() -> Sequence[str]:
    return ["cabinet_client_manager", "cabinet_finsystem"]


@pytest.fixture
def firm(unit_of_work: Any, person: Any) -> dict[str, Any]:
    """Two clients, one of them with a manager; 1,000 of the one in January, 300 of the other in February."""
    manager = person("marina@example.org", "manager")
    with unit_of_work() as request:
        open_books(request)
        birch = a_client(request, 2, name="ООО «Берёзовый мыс»", manager_id=manager.id)
        north = a_client(request, 3, name="АО «Север <b>»")
        january = an_invoice(request, birch.client_id, 1_000_00, 220_00, date=date(2026, 1, 10))
        february = an_invoice(request, north.client_id, 366_00, date=date(2026, 2, 10))
        a_payment(request, birch.client_id, 1_220_00, (january, 1_220_00), date=date(2026, 1, 20))
        a_payment(request, north.client_id, 366_00, (february, 366_00), date=date(2026, 2, 20))
        return {"birch": birch, "north": north, "january": january}


@pytest.fixture
def head(firm: Any, person: Any, signed_in: Callable[[str], TestApp]) -> TestApp:
    person("dmitry@example.org", "head")
    return signed_in("dmitry@example.org")


def plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


def table(page: Any) -> dict[str, list[str]]:
    return {
        row.th.text.strip(): [plain(td.text) for td in row.find_all("td")]
        for row in page.html.select("table.c-pl tbody tr")
    }


def test_clients_managers_and_items_bring_the_same_income(head: TestApp) -> None:
    clients = table(head.get(f"{WINTER}&compare=none"))
    assert clients["ООО «Берёзовый мыс»"] == ["1,000", "0", "1,000", "76.9"]
    assert clients["АО «Север <b>»"] == ["0", "300", "300", "23.1"]
    managers = table(head.get(f"{WINTER}&compare=none&group=manager"))
    assert (managers["Marina"][2], managers["Without a manager"][2]) == ("1,000", "300")
    items = table(head.get(f"{WINTER}&compare=none&group=item"))
    assert (items["Работы 1"][:3], items["Работы 2"][:3]) == (["820", "300", "1,120"], ["180", "0", "180"])
    for rows in (clients, managers, items):
        assert rows["Total"][:3] == ["1,000", "300", "1,300"]


def test_a_figure_of_a_client_or_a_manager_opens_in_the_report(head: TestApp) -> None:
    for group in ("client", "manager"):
        link = head.get(f"{WINTER}&group={group}").html.select_one("table.c-pl tbody td a")
        opened = head.get(link["href"]).html.select_one("#drawer")
        assert plain(opened.select_one("tfoot .c-r").text) == "1,000.00"


def test_an_item_opens_its_invoices_that_sum_to_the_figure(head: TestApp, firm: Any) -> None:
    page = head.get(f"{WINTER}&group=item&compare=none")
    row = next(row for row in page.html.select("table.c-pl tbody tr") if row.th.text == "Работы 1")
    january, _february, whole = (head.get(a["href"]).html.select_one("#drawer") for a in row.select("td a"))
    assert plain(january.select_one("tfoot .c-r").text) == "819.67"
    assert firm["january"].number in january.text
    assert len(whole.select("tbody tr")) == 2
    assert plain(whole.select_one("tfoot .c-r").text) == "1,119.67"
    assert not head.get(f"{WINTER}&group=item&item=never&at=total").html.select("#drawer > *")


def test_the_list_is_searched_sorted_narrowed_and_taken_away(head: TestApp, firm: Any) -> None:
    found = table(head.get(f"{WINTER}&q={quote('север')}"))
    assert (list(found), found["All that were found"][2]) == (["АО «Север <b>»", "All that were found"], "300")
    assert next(iter(table(head.get(f"{WINTER}&sort=total")))) == "АО «Север <b>»"
    own = table(head.get(f"{WINTER}&client={firm['birch'].public_id.hex}"))
    assert list(own) == ["ООО «Берёзовый мыс»", "Total"]
    sheet = openpyxl.load_workbook(io.BytesIO(head.get(f"{WINTER}&export=xlsx").body)).active
    assert [[cell.value for cell in row][:4] for row in sheet.iter_rows(min_row=2)] == [
        ["ООО «Берёзовый мыс»", 1000, 0, 1000],
        ["АО «Север <b>»", 0, 300, 300],
    ]
    head.get(f"{WINTER}&client={'0' * 32}", status=404)
    assert "Nothing was earned" in head.get(f"{PAGE}?from=2001-01-01&to=2001-01-31")
    assert "more than 100 columns" in head.get(f"{PAGE}?from=2025-01-01&to=2026-01-31&by=day")
    assert "These are no dates" in head.get(f"{PAGE}?from=never")


def test_revenue_is_for_the_head_and_costs_the_same_whatever_happened(
    head: TestApp, firm: Any, signed_in: Any, unit_of_work: Any, count_queries: Any
) -> None:
    def counted() -> list[int]:
        found = []
        for group in ("client", "manager", "item"):
            with count_queries() as queries:
                head.get(f"{WINTER}&group={group}")
            found.append(queries.count)
        return found

    signed_in("marina@example.org").get(PAGE, status=403)
    few = counted()
    with unit_of_work() as request:
        for n in range(4, 14):
            client = a_client(request, n, name=f"Client {n}")
            invoice = an_invoice(request, client.client_id, 122_00 * n, date=date(2026, 1, 3))
            a_payment(request, client.client_id, 61_00 * n, (invoice, 61_00 * n), date=date(2026, 1, n))
    assert counted() == few
    assert max(few) <= 15
