"""Closing of periods on screen and by command."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from webtest import TestApp

from cabinet.interfaces import IClientDirectory, IClock
from cabinet.testing.people import PASSWORD
from cabinet_client_manager.testing import a_client
from cabinet_finsystem.interfaces import ILedger
from cabinet_finsystem.testing import DAY, a_draft, a_statement, open_books

on_sqlite = pytest.mark.parametrize("engine_name", ["sqlite"])

SignedIn = Callable[[str], TestApp]


@pytest.fixture(scope="session")
def module_names() -> Sequence[str]:
    return ["cabinet_client_manager", "cabinet_finsystem"]


@pytest.fixture
def head(unit_of_work: Any, person: Any, signed_in: SignedIn) -> TestApp:
    with unit_of_work() as request:
        open_books(request)
        client = a_client(request, 2)
        a_draft(request, client.client_id, 5_000, date=DAY)
        a_statement(request, request.find_service(IClientDirectory).get(client.client_id))
    person("head@x.ru", "head")
    return signed_in("head@x.ru")


def plain(answer: Any) -> str:
    text = re.sub(r"<(script|style|template|svg).*?</\1>", " ", answer.text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text).replace("\u00a0", " "))


def form(page: Any, ending: str) -> Any:
    return next(one for one in page.forms.values() if one.action.endswith(ending))


@on_sqlite
def test_the_head_sees_what_is_unfinished_closes_all_the_same_and_opens_again(
    head: TestApp, person: Any, signed_in: SignedIn
) -> None:
    person("owner@x.ru", "owner")
    page = head.get("/office/periods", {"through": "28.02.2026"})
    said = plain(page)
    assert "1 draft is dated in it" in said
    assert "1 bank line" in said
    assert "has no statement for 4–28 February 2026" in said
    closing = form(page, "/close")
    closing["reason"] = "February is filed"
    page = closing.submit(status=422)
    assert "Look at what is unfinished" in plain(page)
    closing = form(page, "/close")
    assert closing["reason"].value == "February is filed"
    closing["anyway"] = True
    page = closing.submit().follow()
    assert "Closed through 28 Feb 2026" in plain(page)
    assert "Head · February is filed" in plain(page)
    opening = form(page, "/reopen")
    opening["why"], opening["own_password"] = "A late paper", "not my password"
    page = opening.submit(status=422)
    opening = form(page, "/reopen")
    opening["why"], opening["own_password"] = "A late paper", PASSWORD
    page = opening.submit().follow()
    assert "Everything opened" in plain(page)
    assert "nothing is closed" in plain(page)
    assert "are open again: A late paper" in plain(signed_in("owner@x.ru").get("/site/notices"))


@on_sqlite
def test_days_that_are_not_over_are_not_closed(head: TestApp, unit_of_work: Any) -> None:
    with unit_of_work() as request:
        today = request.find_service(IClock).today()
    closing = form(head.get("/office/periods"), "/close")
    closing["through"], closing["reason"], closing["anyway"] = f"{today:%d.%m.%Y}", "In a hurry", True
    assert "choose yesterday or an earlier day" in plain(closing.submit(status=422))


@on_sqlite
def test_a_form_that_would_book_into_closed_days_says_what_to_do(head: TestApp, unit_of_work: Any) -> None:
    with unit_of_work() as request:
        client = a_client(request, 4)
        draft = a_draft(request, client.client_id, 5_000, date=DAY)
        request.find_service(ILedger).close_through(datetime.date(2026, 3, 31), reason="filed")
    advice = "ask the head of the firm to open the period"
    page = head.get(f"/office/invoices/{draft.public_id.hex}")
    assert advice in plain(form(page, "/issue").submit(expect_errors=True).maybe_follow())
    for path in ("/office/payments/new", "/office/payments/opening"):
        entering = form(head.get(path, {"client": client.public_id.hex}), path)
        entering["amount"], entering["date"] = "100", "03.02.2026"
        answer = entering.submit(expect_errors=True)
        assert answer.status_int == 422
        assert advice in plain(answer)


@on_sqlite
def test_the_page_costs_the_same_however_much_is_unfinished(
    head: TestApp, unit_of_work: Any, count_queries: Any
) -> None:
    head.get("/office/periods")
    with count_queries() as few:
        head.get("/office/periods")
    with unit_of_work() as request:
        for n in range(5):
            client = a_client(request, 10 + n)
            a_draft(request, client.client_id, 5_000, date=DAY)
            a_statement(request, request.find_service(IClientDirectory).get(client.client_id))
    with count_queries() as many:
        head.get("/office/periods")
    assert many.count == few.count <= 12, "\n".join(many.statements)


def test_a_period_is_closed_and_opened_by_command(cabinet: Any) -> None:
    status, told = cabinet("ledger", "close", "28.02.2026", "--reason", "Filed")
    assert (status, told) == (0, {"closed_through": "2026-02-28"})
    assert cabinet("ledger", "close", "2026-01-31", "--reason", "Filed")[0] != 0
    status, told = cabinet("ledger", "open", "2026-01-31", "--reason", "A late paper")
    assert (status, told["closed_through"]) == (0, "2026-01-31")
    status, told = cabinet("ledger", "open", "--reason", "All anew")
    assert (status, told["closed_through"]) == (0, None)
