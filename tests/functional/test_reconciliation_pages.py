"""Reconciliations, asked as a browser asks them: the office sends, the client disputes and agrees, a stranger finds nothing."""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl
import pytest
from webtest import TestApp

from cabinet.interfaces import IClientDirectory
from cabinet.jobs.runner import run_pending
from cabinet_client_manager.testing import a_client
from cabinet_finsystem.interfaces import IReconciliations
from cabinet_finsystem.reconciliation.values import Scope
from cabinet_finsystem.testing import a_payment, an_invoice, open_books

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])

SignedIn = Callable[[str], TestApp]
SINCE, UNTIL = datetime.date(2026, 4, 1), datetime.date(2026, 6, 30)
PERIOD = {"from": "01.04.2026", "to": "30.06.2026"}


@pytest.fixture(scope="session")
def module_names() -> Sequence[str]:
    return ["cabinet_client_manager", "cabinet_finsystem"]


@pytest.fixture
def birch(unit_of_work: Any) -> Any:
    with unit_of_work() as request:
        open_books(request)
        birch = a_client(request, 2, name="ООО «Берёзовый мыс»")
        other = a_client(request, 3, name="ООО «Чужой»")
        an_invoice(request, birch.client_id, 500_000, date=datetime.date(2026, 3, 9), issued_as="СЧ-1")
        an_invoice(request, birch.client_id, 1_234_550, date=datetime.date(2026, 6, 5), issued_as="СЧ-7")
        a_payment(request, birch.client_id, 500_000, date=datetime.date(2026, 6, 9))
        an_invoice(request, other.client_id, 77_777, date=datetime.date(2026, 6, 5), issued_as="СЧ-99")
        return birch


@pytest.fixture
def manager(birch: Any, person: Any, signed_in: SignedIn) -> TestApp:
    person("manager@x.ru", "manager")
    return signed_in("manager@x.ru")


def contact(
    unit_of_work: Any, person: Any, signed_in: SignedIn, of: Any, role: str = "accountant", name: str = "elena"
) -> TestApp:
    with unit_of_work() as request:
        client = request.find_service(IClientDirectory).get(of.client_id)
    person(f"{name}@x.ru", client=client, role=role)
    return signed_in(f"{name}@x.ru")


def sent(unit_of_work: Any, birch: Any) -> Any:
    with unit_of_work() as request:
        act = request.find_service(IReconciliations).send(Scope(birch.client_id, "RUB"), SINCE, UNTIL)
        return act.public_id.hex


def plain(answer: Any) -> str:
    text = re.sub(r"<(script|style|template|svg).*?</\1>", " ", answer.text, flags=re.DOTALL)
    text = re.sub(r"<[^>]+>", " ", text).replace("\u00a0", " ")
    return re.sub(r"\s+", " ", text)


def test_the_office_looks_at_an_account_and_sends_it(manager: TestApp, birch: Any) -> None:
    page = manager.get("/office/reconciliations/new", {"client": birch.public_id.hex, **PERIOD})
    said = plain(page)
    assert "Invoice No. СЧ-7 dated 05.06.2026" in said
    assert "Payment in cash of 09.06.2026" in said
    assert "As of 30.06.2026 the debt in favour of ООО «Линия тепла» is 12,345.50 ₽ (Twelve thousand" in said
    assert "СЧ-1 " not in said, "what lies before is in the opening balance"
    page = page.forms[next(n for n, f in page.forms.items() if f.action.endswith("/send"))].submit().follow()
    assert "is sent" in plain(page)
    assert "Waits for the client" in plain(page)
    listed = plain(manager.get("/office/reconciliations"))
    assert "ООО «Берёзовый мыс»" in listed
    card = plain(manager.get(f"/office/clients/{birch.public_id.hex}"))
    assert re.search(r"АС-\d{4}-0001", card)
    undone = next(f for f in page.forms.values() if f.action.endswith("?undo=1")).submit().follow()
    assert "Withdrawn" in plain(undone)


def test_the_client_is_found_by_a_part_of_his_name(manager: TestApp, birch: Any) -> None:
    assert "Whose account is reconciled?" in plain(manager.get("/office/reconciliations/new"))
    page = manager.get("/office/reconciliations/new", {"q": "берёз"})
    assert "Closing balance" in plain(page.click("Берёзовый"))
    assert manager.get("/office/reconciliations/new", {"client": "0" * 32}, expect_errors=True).status_int == 404


def test_files_say_what_the_screen_says(manager: TestApp, birch: Any) -> None:
    query = {"client": birch.public_id.hex, **PERIOD}
    book = openpyxl.load_workbook(
        io.BytesIO(manager.get("/office/reconciliations/new", {**query, "export": "xlsx"}).body)
    )
    rows = [list(row) for row in book.active.values]
    assert [row[2:] for row in rows[1:]] == [
        ["Opening balance", 5_000, None, None, 5_000],
        ["Invoice No. СЧ-7 dated 05.06.2026", 12_345.5, None, None, 12_345.5],
        ["Payment in cash of 09.06.2026", None, 5_000, 5_000, None],
        ["Turnover of the period", 12_345.5, 5_000, 5_000, 12_345.5],
        ["Closing balance", 12_345.5, None, None, 12_345.5],
    ]
    text = manager.get("/office/reconciliations/new", {**query, "export": "csv"}).body.decode("utf-8-sig")
    dialect = csv.Sniffer().sniff(text.splitlines()[0])
    assert len(list(csv.reader(io.StringIO(text), dialect))) == len(rows)
    assert manager.get("/office/reconciliations/new", {**query, "export": "pdf"}).body.startswith(b"%PDF")


def test_the_books_are_shown_as_they_were_known(manager: TestApp, birch: Any) -> None:
    query = {"client": birch.public_id.hex, **PERIOD, "known": "01.01.2026"}
    page = manager.get("/office/reconciliations/new", query)
    assert "neither side owes" in plain(page)
    assert not [f for f in page.forms.values() if f.action.endswith("/send")], "what was known once is not sent"


def test_balances_of_all_are_shown_as_they_were_known(manager: TestApp, birch: Any) -> None:
    page = manager.get("/office/reports/balances?on=30.06.2026")
    assert "12,345.50" in plain(page).replace(" .", ".")
    account = page.click("12,345")
    assert "Closing balance" in plain(account), "a balance opens the account behind it"
    page = manager.get("/office/reports/balances?on=30.06.2026&known=01.01.2026")
    assert "as known on 1 Jan 2026" in plain(page)
    assert "All is settled here" in plain(page)


def test_the_client_disputes_a_line_is_answered_and_agrees(
    manager: TestApp, birch: Any, person: Any, signed_in: SignedIn, unit_of_work: Any, registry: Any
) -> None:
    hex_ = sent(unit_of_work, birch)
    person("head@x.ru", "head")
    elena = contact(unit_of_work, person, signed_in, birch)
    home = f"/my/{birch.public_id.hex}/invoices/reconciliations"
    assert "Waits for you" in plain(elena.get(home))
    page = elena.get(f"{home}/{hex_}")
    page = page.click("Not so", index=0)
    form = next(f for f in page.forms.values() if f.action.endswith("/dispute"))
    assert "СЧ-7" in plain(page).split("is not so")[1]
    form["text"] = "This one came twice"
    page = form.submit().follow()
    assert "We look into what you said" in plain(page)
    missing = next(f for f in page.forms.values() if f.action.endswith("/dispute"))
    missing["text"], missing["amount"], missing["date"], missing["row"] = "Our order 12", "100,50", "8.6.26", ""
    second = [f for f in missing.submit().follow().forms.values() if f.action.endswith("/take_back")][1]
    assert "Our order 12" not in plain(second.submit().follow())
    run_pending(registry)
    told = plain(signed_in("head@x.ru").get("/office/notices"))
    assert "disputes reconciliation" in told, "nobody looks after this client: the heads are told"
    act = manager.get(f"/office/reconciliations/{hex_}")
    assert "This one came twice" in plain(act)
    answer = next(f for f in act.forms.values() if f.action.endswith("/answer"))
    answer["text"] = "It did not: look at your file"
    assert "Answered: the client is told" in plain(answer.submit().follow())
    page = elena.get(f"{home}/{hex_}")
    for one in [f for f in page.forms.values() if f.action.endswith("/take_back")]:
        page = one.submit().follow()
    page = page.click("Agree$")
    assert "you confirm" in plain(page)
    page = next(f for f in page.forms.values() if f.action.endswith("/sign")).submit().follow()
    assert "is agreed to" in plain(page)
    assert "Agreed to by" in plain(manager.get(f"/office/reconciliations/{hex_}"))
    paper = elena.get(f"{home}/{hex_}/pdf").body
    assert paper == manager.get(f"/office/reconciliations/{hex_}/pdf").body


def test_what_was_booked_later_is_told_on_the_act(manager: TestApp, birch: Any, unit_of_work: Any) -> None:
    hex_ = sent(unit_of_work, birch)
    assert "Since then" not in plain(manager.get(f"/office/reconciliations/{hex_}"))
    with unit_of_work() as request:
        an_invoice(request, birch.client_id, 100, date=datetime.date(2026, 6, 5), issued_as="СЧ-8")
    said = plain(manager.get(f"/office/reconciliations/{hex_}"))
    assert "Since then: 1 document in the books" in said
    assert "Invoice No. СЧ-8 dated 05.06.2026" in said
    assert re.search(r"now ₽12,346.50 instead of ₽12,345.50", said)


def test_a_stranger_finds_nothing_and_a_viewer_only_looks(
    birch: Any, person: Any, signed_in: SignedIn, unit_of_work: Any
) -> None:
    hex_ = sent(unit_of_work, birch)
    with unit_of_work() as request:
        stranger = a_client(request, 5)
    boris = contact(unit_of_work, person, signed_in, stranger, name="boris")
    own = f"/my/{stranger.public_id.hex}/invoices/reconciliations"
    theirs = f"/my/{birch.public_id.hex}/invoices/reconciliations"
    for path in (f"{own}/{hex_}", f"{own}/{hex_}/pdf", f"{own}/{hex_}/sign", f"{theirs}/{hex_}", theirs):
        assert boris.get(path, expect_errors=True).status_int == 404
    viewer = contact(unit_of_work, person, signed_in, birch, role="viewer", name="vera")
    page = viewer.get(f"{theirs}/{hex_}")
    assert "Not so" not in plain(page)
    assert viewer.get(f"{theirs}/{hex_}/sign", expect_errors=True).status_int in (403, 404)


def test_the_pages_cost_the_same_queries_for_few_lines_and_for_many(
    manager: TestApp, birch: Any, unit_of_work: Any, count_queries: Any, person: Any, signed_in: SignedIn
) -> None:
    hex_ = sent(unit_of_work, birch)
    elena = contact(unit_of_work, person, signed_in, birch)
    own = f"/my/{birch.public_id.hex}/invoices/reconciliations"
    asked = [
        (manager, f"/office/reconciliations/new?client={birch.public_id.hex}&from=01.04.2026&to=30.06.2026"),
        (manager, f"/office/reconciliations/{hex_}"),
        (manager, "/office/reconciliations"),
        (elena, own),
        (elena, f"{own}/{hex_}"),
    ]

    def cost() -> list[int]:
        found = []
        for app, path in asked:
            with count_queries() as queries:
                app.get(path)
            found.append(queries.count)
        return found

    cost()
    few = cost()
    with unit_of_work() as request:
        for n in range(12):
            invoice = an_invoice(request, birch.client_id, 1_000 + n, date=datetime.date(2026, 5, 1))
            a_payment(request, birch.client_id, 500, (invoice, 400), date=datetime.date(2026, 5, 2))
        request.find_service(IReconciliations).send(Scope(birch.client_id, "RUB"), SINCE, datetime.date(2026, 5, 31))
    assert cost() == few
    assert max(few) <= 15, few
