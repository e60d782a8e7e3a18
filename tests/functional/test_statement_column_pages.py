"""A table that nobody knows: its columns are named on a page, once, and the file goes on from where it lies."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select
from webtest import TestApp, Upload

from cabinet.jobs.runner import run_pending
from cabinet_client_manager.testing import account_of
from cabinet_finsystem.interfaces import IColumnMappings
from cabinet_finsystem.statements.models import StatementFile, StatementLine, TableMapping
from cabinet_finsystem.testing import open_books

OURS = account_of(1)
UNKNOWN = "Когда;Сколько;Кому;За что;Ход\n01.02.2026;1 000,00;ООО А;Аванс;Исполнено\n02.02.2026;-50,50;ООО Б;Аренда;Ждёт визы\n"
RAIFFEISEN = (
    "Дата транзакции;Описание;Валюта операции;Сумма в валюте операции;Валюта счета;Сумма в валюте счета\n"
    "29.12.2025 00:00;APPLE.COM/BILL;USD;-1.00;RUB;-59.00\n"
)


@pytest.fixture(scope="session")
def module_names() -> Sequence[str]:
    return ["cabinet_client_manager", "cabinet_finsystem"]


@pytest.fixture
def manager(unit_of_work: Any, person: Any, signed_in: Callable[[str], TestApp]) -> TestApp:
    with unit_of_work() as request:
        open_books(request)
    person("marina@example.org", "manager")
    return signed_in("marina@example.org")


@pytest.fixture
def hand_in(registry: Any) -> Callable[..., Any]:
    """``hand_in(app, content)``: the file goes in and is read; its page."""

    def go(app: TestApp, content: str | bytes, name: str = "bank.csv") -> Any:
        form = app.get("/office/statements").forms[_upload(app)]
        form["statement"] = Upload(name, content.encode() if isinstance(content, str) else content)
        there = form.submit()
        run_pending(registry)
        return app.get(there.location)

    return go


def _upload(app: TestApp) -> Any:
    forms = app.get("/office/statements").forms
    return next(key for key, form in forms.items() if "statement" in form.fields)


def named(page: Any, **said: str) -> Any:
    """The form of the columns filled in: ``column_0="date"``."""
    form = page.forms["columns-form"]
    for field, value in said.items():
        form[field] = value
    return form


COLUMNS = {"column_0": "date", "column_1": "amount", "column_2": "name", "column_3": "purpose"}


def lines_of(unit_of_work: Any) -> list[Any]:
    with unit_of_work() as request:
        return [line.minor for line in request.db.scalars(select(StatementLine).order_by(StatementLine.id))]


def write(page: Any, registry: Any) -> None:
    next(form for form in page.forms.values() if form.action.endswith("/import")).submit()
    run_pending(registry)


def test_the_columns_are_named_once_and_the_next_file_needs_no_naming(
    manager: TestApp, hand_in: Any, registry: Any, unit_of_work: Any
) -> None:
    refused = hand_in(manager, UNKNOWN)
    page = refused.click(href="/columns$", index=0)
    assert "ООО А · ООО Б" in page.text, "what stands in a column is shown beside its name"
    wrong = named(page, column_0="", column_1="").submit(status=422)
    assert "errors" in wrong.text
    shown = named(wrong, **COLUMNS).submit("show")
    assert "1,000.00" in shown.text
    assert lines_of(unit_of_work) == []
    form = shown.forms["columns-form"]
    assert form["column_0"].value == "date"
    form["account_"] = OURS
    there = form.submit()
    run_pending(registry)
    write(manager.get(there.location), registry)
    assert lines_of(unit_of_work) == [100000, -5050]

    again = hand_in(manager, UNKNOWN + "03.02.2026;7,00;ООО В;Счёт;Исполнено\n")
    account = again.click(href="/columns$", index=0).forms["columns-form"]
    assert account["column_1"].value == "amount"


def test_the_page_leaves_out_void_columns_and_says_where_there_are_no_names(
    manager: TestApp, hand_in: Any, registry: Any, unit_of_work: Any
) -> None:
    merged = "Когда;;Сколько;Кому;За что\n21.02.2026;;1 000,00;ООО А;Аванс\n22.02.2026;;-50,50;ООО Б;Аренда\n"
    page = hand_in(manager, merged, "merged.csv").click(href="/columns$", index=0)
    form = named(page, column_0="date", column_2="amount", column_3="name", column_4="purpose", account_=OURS)
    assert "column_1" not in form.fields
    there = form.submit()
    run_pending(registry)
    write(manager.get(there.location), registry)
    assert lines_of(unit_of_work) == [100000, -5050]
    bare = hand_in(manager, "25/06/2026;-25,00;Shop;975,00\n26/06/2026;100,00;Client;1075,00\n", "bare.csv")
    page = bare.click(href="/columns$", index=0)
    assert "the columns have no names" in page.text
    assert "the names stand in row" not in page.text
    assert "−₽25.00" in page.text, "in the currency of the only account there is"


def test_a_table_of_a_known_bank_asks_only_whose_account_it_is(
    manager: TestApp, hand_in: Any, registry: Any, unit_of_work: Any
) -> None:
    page = hand_in(manager, RAIFFEISEN).click(href="/columns$", index=0)
    assert "Райффайзенбанк" in page.text
    form = page.forms["columns-form"]
    assert [value for value, _chosen, _text in form["account_rub"].options] == [OURS]
    there = form.submit()
    run_pending(registry)
    write(manager.get(there.location), registry)
    assert lines_of(unit_of_work) == [-5900]
    with unit_of_work() as request:
        assert request.db.scalars(select(TableMapping)).all() == [], "what we know ourselves is not kept as said"


def test_words_of_states_that_we_do_not_know_are_asked_about(
    manager: TestApp, hand_in: Any, registry: Any, unit_of_work: Any
) -> None:
    page = hand_in(manager, UNKNOWN).click(href="/columns$", index=0)
    shown = named(page, **COLUMNS, column_4="status").submit("show")
    assert ">Ждёт визы<" in shown.text.replace("\n", "")
    form = named(shown, status_0="pending")
    form["account_"] = OURS
    there = form.submit()
    run_pending(registry)
    write(manager.get(there.location), registry)
    assert lines_of(unit_of_work) == [100000], "what is not booked is shown and not written"


def test_a_spreadsheet_goes_the_same_way(manager: TestApp, hand_in: Any, registry: Any, unit_of_work: Any) -> None:
    book, body = Workbook(), io.BytesIO()
    for row in [["Выписка"], [], ["Когда", "Сколько", "Кому"], ["01.02.2026", 1000.5, "ООО А"]]:
        book.active.append(row)
    book.save(body)
    page = hand_in(manager, body.getvalue(), "bank.xlsx").click(href="/columns$", index=0)
    form = named(page, column_0="date", column_1="amount").submit("show").forms["columns-form"]
    form["account_"] = OURS
    there = form.submit()
    run_pending(registry)
    write(manager.get(there.location), registry)
    assert lines_of(unit_of_work) == [100050]


def test_what_was_said_is_changed_and_forgotten_on_its_page(
    manager: TestApp, hand_in: Any, registry: Any, unit_of_work: Any
) -> None:
    page = hand_in(manager, UNKNOWN).click(href="/columns$", index=0)
    form = named(page, **COLUMNS).submit("show").forms["columns-form"]
    form["account_"] = OURS
    form.submit()
    listed = manager.get("/office/statements/columns")
    assert "bank.csv" in listed
    changed = named(listed.click("bank.csv"), signs="negated").submit().follow()
    with unit_of_work() as request:
        assert [row.mapping["signs"] for row in request.db.scalars(select(TableMapping))] == ["negated"]
    remove = next(form for form in changed.forms.values() if form.action.endswith("/remove"))
    gone = remove.submit().follow()
    assert "bank.csv" not in gone.html.main.text
    with unit_of_work() as request:
        assert not request.find_service(IColumnMappings).known()
    back = next(form for form in gone.forms.values() if form.action.endswith("/restore")).submit().follow()
    assert "bank.csv" in back.html.main.text
    with unit_of_work() as request:
        [said] = request.find_service(IColumnMappings).known().values()
        assert said.signs == "negated"


def test_columns_of_a_file_that_is_written_or_no_table_are_not_named(
    manager: TestApp, hand_in: Any, registry: Any, unit_of_work: Any
) -> None:
    hand_in(manager, "no statement at all")
    with unit_of_work() as request:
        file = request.db.scalars(select(StatementFile)).one().public_id.hex
    there = manager.get(f"/office/statements/{file}/columns", status=303)
    assert there.location.endswith(f"/office/statements/{file}")


def test_a_preview_can_be_read_with_other_columns(
    manager: TestApp, hand_in: Any, registry: Any, unit_of_work: Any
) -> None:
    page = hand_in(manager, UNKNOWN).click(href="/columns$", index=0)
    form = named(page, **COLUMNS).submit("show").forms["columns-form"]
    form["account_"] = OURS
    there = form.submit()
    run_pending(registry)
    columns = manager.get(there.location).click(href="/columns$", index=0)
    there = named(columns, signs="negated").submit()
    run_pending(registry)
    write(manager.get(there.location), registry)
    assert lines_of(unit_of_work) == [-100000, 5050]
