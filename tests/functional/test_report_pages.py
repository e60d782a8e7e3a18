"""The head's reports, asked as a browser asks them: the table, what stands behind a figure, files equal to the screen."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import openpyxl
import pypdf
import pytest
from webtest import TestApp

from cabinet.contracts.parties import ILegalEntities
from cabinet.interfaces import IPeople
from cabinet_client_manager.testing import a_client, a_contract
from cabinet_finsystem.interfaces import IArticles, ILedger, IStatementDesk
from cabinet_finsystem.ledger.values import AccountKind, AccountRef, NewEntry, NewPosting
from cabinet_finsystem.testing import a_payment, an_invoice, open_books

PNL = "/office/reports/pnl"
WINTER = f"{PNL}?from=2025-12-01&to=2026-02-28"
MINUS = "\u2212"


@pytest.fixture(scope="session")
def module_names() -> Sequence[str]:
    return ["cabinet_client_manager", "cabinet_finsystem"]


def spend(request: Any, article: str, day: date, minor: int) -> None:
    """Money of ours that left the default account for an article of the Russian tree."""
    entity = request.find_service(ILegalEntities).default()
    nodes = request.find_service(IArticles).tree()
    article_id = next(node.id for node in nodes if article in (node.name, node.code))
    cost = NewPosting(AccountRef(AccountKind.EXPENSE, "RUB"), minor, article_id)
    bank = NewPosting(AccountRef.bank(entity.default_account.id, "RUB"), -minor)
    request.find_service(ILedger).post(
        [NewEntry(day, "expense", ("line", 0), f"За {article}", entity.id, (cost, bank))]
    )


@pytest.fixture
def firm(unit_of_work: Any, person: Any) -> dict[str, Any]:
    """A winter of a firm: two clients, four invoices, costs of three months."""
    manager = person("marina@example.org", "manager")
    with unit_of_work() as request:
        open_books(request)
        birch = a_client(request, 2, name="ООО «Берёзовый мыс»", manager_id=manager.id)
        north = a_client(request, 3, name="АО «Север <b>»")
        january = an_invoice(request, birch.client_id, 122_000_00, date=date(2026, 1, 15), due=date(2026, 1, 25))
        december = an_invoice(request, north.client_id, 61_000_00, date=date(2025, 12, 10), due=date(2025, 12, 20))
        an_invoice(request, north.client_id, 6_100_00, date=date(2026, 2, 2), due=date(2026, 2, 12))
        a_payment(request, birch.client_id, 100_000_00, (january, 100_000_00), date=date(2026, 1, 20))
        a_payment(request, north.client_id, 70_000_00, (december, 61_000_00), date=date(2025, 12, 15))
        for day in (date(2025, 12, 5), date(2026, 1, 5), date(2026, 2, 5)):
            spend(request, "Материалы и товары", day, 30_000_40)
            spend(request, "Зарплата офиса", day, 20_000_00 + day.month * 100)
        spend(request, "unsorted", date(2026, 2, 10), 1_500_49)
        return {"birch": birch, "north": north, "january": january, "manager": manager}


@pytest.fixture
def head(firm: Any, person: Any, signed_in: Callable[[str], TestApp]) -> TestApp:
    person("dmitry@example.org", "head")
    return signed_in("dmitry@example.org")


def plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


def table(page: Any) -> dict[str, list[str]]:
    """The table of the screen: name of the line → its figures as they are read."""
    found = {}
    for row in page.html.select("table.c-pl tbody tr"):
        name = plain(row.th["title"])
        cells = row.find_all("td")
        found[name] = [
            plain((cell.select_one(".c-pl-sum") or cell).find(string=True, recursive=True) or "") for cell in cells
        ]
    return found


def number(text: str) -> int:
    return int(text.replace(",", "").replace(" ", "").replace(MINUS, "-").replace("+", ""))


def test_the_table_reads_as_the_books_say(head: TestApp) -> None:
    page = head.get(WINTER)
    rows = table(page)
    assert rows["Доходы"][:4] == ["59,000", "81,967", "0", "140,967"]
    assert rows["Материалы и товары"][:4] == ["30,000", "30,000", "30,000", "90,001"]
    assert rows["Gross profit"][:4] == ["29,000", "51,967", f"{MINUS}30,000", "50,966"]
    assert rows["Не разобрано"][:4] == ["0", "0", "1,500", "1,500"]
    assert rows["Net profit"][3] == f"{MINUS}10,549"
    assert [plain(th.text) for th in page.html.select("table.c-pl thead th")][1:5] == [
        "Dec 2025",
        "Jan 2026",
        "Feb",
        "Total",
    ]
    by_document = table(head.get(f"{WINTER}&basis=accrual"))
    assert by_document["Доходы"][:4] == ["50,000", "100,000", "5,000", "155,000"]
    russian = head.get(WINTER, headers={"Accept-Language": "ru"})
    assert table(russian)["Валовая прибыль"][:3] == ["29 000", "51 967", f"{MINUS}30 000"]


def test_a_cost_that_grew_is_red_and_income_that_grew_is_green(head: TestApp) -> None:
    page = head.get(f"{PNL}?from=2026-01-01&to=2026-01-31&by=none")
    sense = {
        plain(row.th["title"]): row.find_all("td")[-1].span["class"] for row in page.html.select("table.c-pl tbody tr")
    }
    assert {"c-good", "c-up"} <= set(sense["Доходы"])
    assert {"c-good", "c-down"} <= set(sense["Зарплата офиса"])
    earlier = head.get(f"{PNL}?from=2026-02-01&to=2026-02-28&by=none")
    sense = {
        plain(row.th["title"]): row.find_all("td")[-1].span["class"]
        for row in earlier.html.select("table.c-pl tbody tr")
    }
    assert {"c-bad", "c-up"} <= set(sense["Зарплата офиса"])
    assert {"c-bad", "c-down"} <= set(sense["Доходы"])


def test_every_cell_of_the_table_opens_and_its_rows_sum_to_it(head: TestApp) -> None:
    page = head.get(WINTER)
    links = page.html.select("table.c-pl tbody td > a[data-drawer]")
    assert len(links) > 40
    for link in links[:: max(1, len(links) // 12)]:
        shown = (link.select_one(".c-pl-sum") or link).find(string=True)
        opened = head.get(link["href"])
        assert opened.html.select_one("table.c-pl a[aria-expanded=true]")["href"] == link["href"]
        drawer = opened.html.select_one("#drawer")
        big = number(plain(drawer.select_one(".c-fig-v").text).replace("₽", "").partition(".")[0])
        assert abs(big - number(plain(shown))) <= 1
        kopecks = [Decimal(plain(a.text).replace(",", "").replace(MINUS, "-")) for a in drawer.select("tbody td.c-r")]
        if kopecks:
            assert plain(drawer.select_one("tfoot .c-r").text).replace(MINUS, "-").replace(",", "") == str(sum(kopecks))


def test_the_drawer_alone_is_the_answer_to_htmx(head: TestApp, firm: Any) -> None:
    page = head.get(WINTER)
    cell = (
        next(row for row in page.html.select("table.c-pl tbody tr") if row.th["title"] == "Продажи").find_all("td")[1].a
    )
    drawer = head.get(cell["href"], headers={"HX-Request": "true", "HX-Target": "drawer"})
    assert "<html" not in drawer
    assert "ООО «Берёзовый мыс»" in drawer
    assert f"invoice {firm['january'].number}" in plain(drawer.html.text)
    assert drawer.html.select_one("tbody a")["href"].endswith(f"/office/invoices/{firm['january'].public_id.hex}")
    assert head.get(drawer.html.select_one("tbody a")["href"]).status_int == 200
    close = drawer.html.select_one("[data-drawer-close]")["href"]
    assert "cell=" not in close
    assert "from=2025-12-01" in close
    assert head.get(f"{WINTER}&cell=nobody&at=1", headers={"HX-Target": "drawer"}).text.strip() == ""


def test_names_are_escaped(head: TestApp) -> None:
    opened = head.get(f"{WINTER}&cell=net&at=total")
    assert "«Север &lt;b&gt;»" in opened
    assert "«Север <b>»" not in opened


def test_the_workbook_holds_true_numbers_equal_to_the_screen(head: TestApp) -> None:
    rows = table(head.get(WINTER))
    answer = head.get(f"{WINTER}&export=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.body)).worksheets[0]
    found = {}
    for name, *cells in sheet.iter_rows(min_row=2):
        assert all(isinstance(cell.value, (int, float)) or cell.value == "–" for cell in cells)
        found[name.value] = cells
    assert set(found) == set(rows)
    for name, shown in rows.items():
        dec, jan, feb, total, share, change, percent = found[name]
        for cell, text in zip((dec, jan, feb, total, change), (*shown[:4], shown[5]), strict=True):
            # As the spreadsheet shows it: half away from zero.
            value = Decimal(str(cell.value))
            assert int(value.copy_abs() + Decimal("0.5")) * (-1 if value < 0 else 1) == number(text), (name, text)
        for cell, text in ((share, shown[4]), (percent, shown[6])):
            told = "–" if cell.value == "–" else f"{abs(Decimal(str(cell.value)) * 100):.1f}"
            assert told == text.replace(MINUS, ""), name
    colors = {name: cells[-1].font.color.rgb[2:].lower() for name, cells in found.items()}
    assert colors["Доходы"] == "17713f"
    assert colors["Не разобрано"] == "b02a21"


def test_csv_and_pdf_tell_the_same_figures(head: TestApp) -> None:
    rows = table(head.get(WINTER))
    text = head.get(f"{WINTER}&export=csv").body.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert [plain(head) for head in lines[0][:5]] == ["Section", "Article", "Dec 2025", "Jan 2026", "Feb"]
    assert {line[1] for line in lines[1:]} == set(rows)
    for line in lines[1:]:
        for exact, shown in zip(line[2:6], rows[line[1]][:4], strict=True):
            assert abs(Decimal(exact.replace(",", ".")) - number(shown)) <= Decimal("0.5")
    pdf = head.get(f"{WINTER}&export=pdf")
    assert pdf.content_type == "application/pdf"
    printed = plain(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf.body)).pages))
    for name, shown in rows.items():
        assert name in printed
        assert " ".join(shown[:3]).replace(MINUS, "-") in printed.replace(MINUS, "-") or name in {
            "Gross profit",
            "Operating profit",
            "Net profit",
        }


@pytest.mark.parametrize(("show", "january"), [("share", "100.0"), ("change", "+38.9")])
def test_the_switch_is_in_the_url_and_files_show_what_the_screen_shows(head: TestApp, show: str, january: str) -> None:
    page = head.get(f"{WINTER}&show={show}")
    rows = table(page)
    assert rows["Доходы"][1] == january.lstrip("+")
    assert rows["Доходы"][3] == "140,967", "the total stays an amount"
    [current] = page.html.select("nav.c-seg a[aria-current=true] .visually-hidden")[-1:]
    assert current.text == {"share": "Shares of income", "change": "Changes"}[show]
    assert f"show={show}" in page.html.select_one("table.c-pl tbody td a")["href"]
    exports = {a.text: a["href"] for a in page.html.select(".c-head-acts a") if "export=" in a["href"]}
    assert all(f"show={show}" in href for href in exports.values())
    lines = list(csv.reader(io.StringIO(head.get(exports["CSV"]).body.decode("utf-8-sig")), delimiter=";"))
    assert plain(lines[0][3]) == {"share": "Jan 2026, %", "change": "Jan 2026, Δ %"}[show]
    for line in lines[1:]:
        for told, shown in zip(line[2:5], rows[line[1]][:3], strict=True):
            assert told.replace(",", ".").lstrip("-") == shown.replace(",", "").lstrip(MINUS)
    pdf = pypdf.PdfReader(io.BytesIO(head.get(exports["PDF"]).body))
    printed = plain(" ".join(part.extract_text() for part in pdf.pages))
    assert january in printed.replace(MINUS, "-")
    book = openpyxl.load_workbook(io.BytesIO(head.get(exports["XLSX"]).body))
    assert book.active.title == {"share": "Share of income", "change": "Change, %"}[show]
    shown_there = {name.value: jan for name, _dec, jan, *_rest in book.active.iter_rows(min_row=2)}
    assert f"{shown_there['Доходы'].value * 100:+.1f}".lstrip("+") == january.lstrip("+")


def test_changes_are_not_shown_where_nothing_is_compared(head: TestApp) -> None:
    page = head.get(f"{WINTER}&show=change&compare=none")
    assert table(page)["Доходы"][0] == "59,000"
    assert not [a for a in page.html.select("nav.c-seg a") if "show=change" in a["href"] and "Δ" in a.text]


def test_rows_of_a_cell_leave_as_a_file(head: TestApp) -> None:
    answer = head.get(f"{WINTER}&cell=net&at=total&export=csv")
    lines = list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig")), delimiter=";"))
    assert lines[0][-1] == "Amount"
    assert sum(Decimal(line[-1].replace(",", ".")) for line in lines[1:]) == Decimal("-10549.48")


def test_filters_narrow_the_report_and_stand_in_the_url(head: TestApp, firm: Any) -> None:
    client = firm["birch"].public_id.hex
    page = head.get(f"{WINTER}&client={client}")
    assert table(page)["Доходы"][:4] == ["0", "81,967", "0", "81,967"]
    chip = next(a for a in page.html.select(".c-chip-on") if "Берёзовый" in a.text)
    assert "client=" not in chip["href"]
    assert table(head.get(f"{WINTER}&manager={firm['manager'].public_id.hex}"))["Доходы"][3] == "81,967"
    weeks = next(a for a in page.html.select(".c-menu-list a") if a.text == "by week")["href"]
    assert client in weeks
    assert "by=week" in weeks
    found = head.get(f"{WINTER}&find={quote('север')}").html.select(".c-menu-list a")
    assert [a.text for a in found if "client=" in a["href"]] == ["АО «Север <b>»"]
    for key in ("client", "manager", "contract", "entity"):
        head.get(f"{WINTER}&{key}={'0' * 32}", status=404)


@pytest.fixture
def contracts(firm: Any, unit_of_work: Any) -> dict[str, Any]:
    """Two contracts of the north, one of them with an invoice of 12 200 that was paid; one of the birch."""
    with unit_of_work() as request:
        old = a_contract(request, firm["north"], 5, number="С-5/25")
        new = a_contract(request, firm["north"], 6, number="С-6/26")
        other = a_contract(request, firm["birch"], 7, number="Б-7/26")
        invoice = an_invoice(
            request, firm["north"].client_id, 12_200_00, date=date(2026, 1, 16), contract_id=old.contract_id
        )
        a_payment(request, firm["north"].client_id, 12_200_00, (invoice, 12_200_00), date=date(2026, 1, 21))
        return {"old": old, "new": new, "other": other}


def offered(page: Any) -> list[str]:
    return [plain(link.text) for link in page.html.select("#found a")]


def test_a_client_is_found_while_somebody_types_and_then_his_contracts_are_offered(
    head: TestApp, firm: Any, contracts: Any, count_queries: Any
) -> None:
    typed = head.get(f"{WINTER}&find={quote('север')}", headers={"HX-Request": "true", "HX-Target": "found"})
    assert plain(typed.html.select("a")[0].text) == "АО «Север <b>»"
    assert typed.html.find("table") is None, "the report is not made for a search"
    page = head.get(typed.html.select("a")[0]["href"])
    assert sorted(offered(page)) == ["С-5/25", "С-6/26"]
    with count_queries() as searching:
        head.get(f"{WINTER}&find={quote('север')}", headers={"HX-Request": "true", "HX-Target": "found"})
    with count_queries() as reporting:
        head.get(WINTER)
    assert searching.count < reporting.count


def test_a_contract_is_chosen_and_stays_in_the_cells_and_in_the_files(head: TestApp, firm: Any, contracts: Any) -> None:
    page = head.get(f"{WINTER}&client={firm['north'].public_id.hex}")
    link = next(a for a in page.html.select("#found a") if plain(a.text) == "С-5/25")
    page = head.get(link["href"])
    assert offered(page) == ["С-6/26"], "the one that is chosen is not offered again"
    sales = next(row for row in page.html.select("table.c-pl tbody tr") if row.th["title"] == "Продажи")
    assert table(page)["Продажи"][3] == "10,000"
    opened = head.get(sales.find_all("td")[3].a["href"])
    wanted = contracts["old"].public_id.hex
    assert f"contract={wanted}" in opened.request.url
    exports = [a["href"] for a in page.html.select(".c-head-acts .c-menu-list a")]
    assert len(exports) == 3
    assert all(f"contract={wanted}" in href for href in exports)
    rows = list(csv.reader(io.StringIO(head.get(exports[1]).body.decode("utf-8-sig")), delimiter=";"))
    assert any(
        Decimal(10000) in [Decimal(cell.replace(",", ".")) for cell in row if re.fullmatch(r"[\d,.]+", cell)]
        for row in rows
    )
    text = "".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(head.get(exports[2]).body)).pages)
    assert "С-5/25" in text


def test_a_contract_that_is_found_takes_its_own_client_along(head: TestApp, firm: Any, contracts: Any) -> None:
    page = head.get(f"{WINTER}&client={firm['north'].public_id.hex}&find={quote('Б-7')}")
    [link] = page.html.select("#found a")
    assert f"client={firm['birch'].public_id.hex}" in link["href"]
    free = head.get(f"{WINTER}&find={quote('Б-7')}").html.select("#found a")[0]["href"]
    assert "client=" not in free
    head.get(free)


def test_another_client_drops_the_contract_of_the_one_before(head: TestApp, firm: Any, contracts: Any) -> None:
    both = f"client={firm['north'].public_id.hex}&contract={contracts['old'].public_id.hex}"
    page = head.get(f"{WINTER}&{both}&find={quote('Берёзовый')}")
    link = next(a for a in page.html.select("#found a") if "Берёзовый" in a.text and "Б-7" not in a.text)
    assert "contract=" not in link["href"]


def test_nothing_found_is_said(head: TestApp) -> None:
    assert "Nothing was found" in head.get(f"{WINTER}&find=zzzz").html.find(id="found").text


def test_wrong_dates_are_answered_with_a_word_and_a_report(head: TestApp) -> None:
    assert "These are no dates" in head.get(f"{PNL}?from=yesterday&to=2026-01-31")
    assert "ends before it begins" in head.get(f"{PNL}?from=2026-02-01&to=2026-01-31")
    assert "more than 400 columns" in head.get(f"{PNL}?from=2020-01-01&to=2026-01-31&by=day")
    assert table(head.get(f"{PNL}?from=1.12.25&to=28.02.2026"))["Доходы"][3] == "140,967"
    assert "Nothing was earned" in head.get(f"{PNL}?from=2001-01-01&to=2001-01-31")


@pytest.mark.parametrize("by", ["none", "day", "week", "month", "quarter", "year"])
def test_columns_of_every_unit_add_up_to_the_same_total(head: TestApp, by: str) -> None:
    days = "from=2025-12-03&to=2026-02-20&compare=none"
    rows = table(head.get(f"{PNL}?{days}&by={by}"))
    whole = table(head.get(f"{PNL}?{days}&by=none"))
    assert {name: figures[-2] for name, figures in rows.items()} == {name: f[0] for name, f in whole.items()}
    assert rows["Зарплата офиса"][-2] == "60,015"


def test_debts_are_listed_by_age_and_leave_as_a_file(head: TestApp) -> None:
    page = head.get("/office/reports/receivables?on=20.02.2026")
    text = plain(page.html.text)
    assert "ООО «Берёзовый мыс»" in text
    assert "22,000.00" in text
    rows = [[plain(td.text) for td in row.find_all("td")] for row in page.html.select("tbody tr")]
    assert rows[0] == ["ООО «Берёзовый мыс»", "—", "22,000", "—", "—", "—", "22,000.00", "22,000.00"]
    assert rows[1][2] == "6,100"
    sheet = openpyxl.load_workbook(
        io.BytesIO(head.get("/office/reports/receivables?on=2026-02-20&export=xlsx").body)
    ).active
    assert [row[-2].value for row in sheet.iter_rows(min_row=2)] == [22_000, 6_100]
    assert (
        head.get(f"/office/reports/receivables?q={quote('север')}&on=2026-02-20").html.select("tbody tr")[0].td.text
        == "АО «Север <b>»"
    )


def test_a_debt_opens_the_invoices_that_sum_to_it(head: TestApp, firm: Any) -> None:
    page = head.get("/office/reports/receivables?on=20.02.2026")
    part, whole = (
        head.get(a["href"]).html.select_one("#drawer") for a in page.html.select("tbody tr")[0].select("td.c-r a")
    )
    for drawer in (part, whole):
        assert plain(drawer.select_one("tfoot .c-r").text) == "22,000.00"
        assert firm["january"].number in drawer.text
    client = firm["birch"].public_id.hex
    other_age = head.get(f"/office/reports/receivables?on=20.02.2026&open={client}&age=older").html.select_one(
        "#drawer"
    )
    assert plain(other_age.select_one("tfoot .c-r").text) == "0.00"
    now = head.get(f"/office/reports/receivables?open={client}").html.select_one("#drawer")
    assert plain(now.select_one("tfoot .c-r").text) == "22,000.00"
    head.get(f"/office/reports/receivables?open={'0' * 32}", status=404)


def test_debts_are_grouped_by_manager_and_lead_to_his_clients(head: TestApp, firm: Any) -> None:
    page = head.get("/office/reports/receivables?group=manager&on=2026-02-20")
    rows = {plain(row.td.a.text): row for row in page.html.select("table.c-table tbody tr")}
    assert list(rows) == ["Marina", "No manager"]
    assert [plain(row.select("td")[-1].text) for row in rows.values()] == ["22,000.00", "6,100.00"]
    his = head.get(rows["Marina"].a["href"])
    assert [plain(a.text) for a in his.html.select("table.c-table .c-t-name")] == ["ООО «Берёзовый мыс»"]
    nobodys = head.get(rows["No manager"].a["href"])
    assert [plain(a.text) for a in nobodys.html.select("table.c-table .c-t-name")] == ["АО «Север <b>»"]
    sheet = openpyxl.load_workbook(
        io.BytesIO(head.get("/office/reports/receivables?group=manager&on=2026-02-20&export=xlsx").body)
    ).active
    assert [sheet["A2"].value, sheet["B2"].value, sheet["I2"].value] == ["Marina", 1, 22000]


def test_balances_are_listed_at_a_date(head: TestApp) -> None:
    page = head.get("/office/reports/balances?on=2026-02-20")
    rows = [[plain(td.text) for td in row.find_all("td")] for row in page.html.select("tbody tr")]
    assert rows == [["ООО «Берёзовый мыс»", f"{MINUS}₽22,000.00"], ["АО «Север <b>»", "+₽2,900.00"]]
    assert [plain(a.text) for a in page.html.select(".c-fig-v")] == ["₽22,000.00", "₽2,900.00", f"{MINUS}₽19,100.00"]
    ours = head.get("/office/reports/balances?on=2026-02-20&side=ours")
    assert len(ours.html.select("tbody tr")) == 1


def test_the_head_sees_the_result_on_his_home(head: TestApp) -> None:
    page = head.get("/office/?unit=month&at=2026-01-10")
    text = plain(page.html.text)
    assert "Results: January 2026" in text
    assert "₽81,967" in text
    assert "38.9%" in text
    assert "ООО «Берёзовый мыс»" in text
    rows = [
        [plain(td.text) for td in row.find_all("td")]
        for row in page.html.select("[aria-labelledby=head-managers] tbody tr")
    ]
    assert (rows[0][0].endswith("Marina"), rows[0][1:3]) == (True, ["1", "81,967"])
    foot = [plain(td.text) for td in page.html.select("[aria-labelledby=head-managers] tfoot td")]
    assert foot[2] == "81,967"
    quarter = head.get("/office/?unit=quarter&at=2026-01-10")
    assert "Results: January 2026 – March 2026" in plain(quarter.html.text)
    assert head.get("/office/?unit=decade&at=never").status_int == 200


def test_a_new_site_leads_by_its_first_steps_until_they_are_done(
    unit_of_work: Any, person: Any, signed_in: Any
) -> None:
    with unit_of_work() as request:
        open_books(request)
    person("dmitry@example.org", "head")
    app = signed_in("dmitry@example.org")
    home = app.get("/office/")
    assert "Net profit" not in home
    steps = home.html.select("[aria-labelledby=steps] .c-ask")
    assert [bool(step.select(".ti-check")) for step in steps] == [False, False, False]
    with unit_of_work() as request:
        client = a_client(request, 2)
    steps = app.get("/office/").html.select("[aria-labelledby=steps] .c-ask")
    assert [bool(step.select(".ti-check")) for step in steps] == [True, False, False]
    with unit_of_work() as request:
        an_invoice(request, client.client_id, 122_00)
        request.find_service(IStatementDesk).receive(b"1CClientBankExchange", "kl_to_1c.txt")
    assert not app.get("/office/").html.select("[aria-labelledby=steps]")


def test_reports_of_an_empty_site_say_so(unit_of_work: Any, person: Any, signed_in: Any) -> None:
    with unit_of_work() as request:
        open_books(request)
    person("dmitry@example.org", "head")
    app = signed_in("dmitry@example.org")
    assert "Nothing was earned" in app.get(PNL)
    assert "Nobody owes anything" in app.get("/office/reports/receivables")
    assert "All is settled" in app.get("/office/reports/balances")


def test_managers_see_debts_and_no_profit(firm: Any, signed_in: Any) -> None:
    app = signed_in("marina@example.org")
    app.get(PNL, status=403)
    assert "Income and costs" not in app.get("/office/reports/receivables")
    assert app.get("/office/reports/balances").status_int == 200


def test_pages_cost_a_constant_number_of_queries(
    head: TestApp, unit_of_work: Any, firm: Any, count_queries: Any
) -> None:
    def counted(path: str) -> int:
        with count_queries() as queries:
            head.get(path)
        return queries.count  # type: ignore[no-any-return]

    paths = [
        "/office/?at=2026-01-10",
        WINTER,
        f"{WINTER}&cell=net&at=1",
        "/office/reports/receivables",
        "/office/reports/balances",
    ]
    few = [counted(path) for path in paths]
    with unit_of_work() as request:
        for n in range(4, 24):
            client = a_client(request, n, name=f"Client {n}")
            invoice = an_invoice(request, client.client_id, 122_00 * n, date=date(2026, 1, 3), due=date(2026, 1, n))
            a_payment(request, client.client_id, 61_00 * n, (invoice, 61_00 * n), date=date(2026, 1, n))
            spend(request, "Зарплата офиса", date(2026, 1, n), 100 * n)
    assert [counted(path) for path in paths] == few
    assert few == [16, 11, 16, 9, 8]


def test_people_of_our_side_only(head: TestApp, browser: Callable[[], TestApp]) -> None:
    for path in (PNL, "/office/reports/receivables", "/office/reports/balances"):
        assert re.search("/sign-in", browser().get(path, status=303).location)
    del head


def test_the_manager_of_a_filter_is_found_by_people(firm: Any, unit_of_work: Any) -> None:
    with unit_of_work() as request:
        assert request.find_service(IPeople).by_public_id(firm["manager"].public_id).name == "Marina"
