"""A statement of an account that is not ours yet: refused, and taken up again where it lies once the account is ours."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import select
from webtest import TestApp, Upload

from cabinet.audit.models import AuditEvent
from cabinet.contracts.parties import ILegalEntities
from cabinet.jobs.runner import run_pending
from cabinet.testing.people import PASSWORD
from cabinet_client_manager.interfaces import EntityFacts, ILegalEntityBook
from cabinet_client_manager.testing import BIC, account_of, inn_of
from cabinet_finsystem.statements.models import StatementFile, StatementLine
from cabinet_finsystem.statements.parsed import Counterparty
from cabinet_finsystem.statements.writing import LineToWrite, OwnSide, StatementToWrite, write_onec
from cabinet_finsystem.testing import open_books

DAY = datetime.date(2026, 2, 11)
OTHER_INN = inn_of(40)
SignedIn = Callable[[str], TestApp]


@pytest.fixture(scope="session")
def module_names() -> Sequence[str]:
    return ["cabinet_client_manager", "cabinet_finsystem"]


@pytest.fixture
def firm(unit_of_work: Any) -> None:
    """Two legal entities of ours; the first has an account."""
    with unit_of_work() as request:
        open_books(request)
        facts = EntityFacts(name="ООО «Вторая линия»", inn=OTHER_INN, kpp="770101001", invoice_number_pattern="{n:05}")
        request.find_service(ILegalEntityBook).add(facts)


@pytest.fixture
def head(firm: None, person: Any, signed_in: SignedIn) -> TestApp:
    person("pavel@example.org", "head")
    return signed_in("pavel@example.org")


@pytest.fixture
def manager(firm: None, person: Any, signed_in: SignedIn) -> TestApp:
    person("marina@example.org", "manager")
    return signed_in("marina@example.org")


@pytest.fixture
def hand_in(registry: Any) -> Callable[..., Any]:
    """``hand_in(app, account, …)``: a statement of those accounts goes in and is read; the page of the file."""

    def go(app: TestApp, *accounts: str, inn: str = OTHER_INN) -> Any:
        who = Counterparty("ООО «Ромашка»", inn_of(77), "770101001", account_of(77), BIC)
        own = OwnSide("ООО «Вторая линия»", inn, "770101001", BIC, "ПАО Сбербанк")
        lines = [LineToWrite(DAY, 100_000, who, "Оплата", "1"), LineToWrite(DAY, -5_000, who, "Возврат", "2")]
        content = write_onec(*(StatementToWrite(account, DAY, DAY, 0, lines, own) for account in accounts))
        form = next(f for f in app.get("/office/statements").forms.values() if "statement" in f.fields)
        form["statement"] = Upload("kl_to_1c.txt", content)
        answer = form.submit()
        run_pending(registry)
        return app.get(answer.location)

    return go


def accounts_of(unit_of_work: Any) -> dict[str, tuple[str, str, str, str]]:
    with unit_of_work() as request:
        return {
            account.number: (entity.short_name, account.currency, account.bic, account.bank_name)
            for entity in request.find_service(ILegalEntities).all()
            for account in entity.accounts
        }


def test_the_page_offers_the_account_with_what_the_file_says_of_it_and_goes_on_with_the_file(
    head: TestApp, hand_in: Any, registry: Any, unit_of_work: Any
) -> None:
    page = hand_in(head, account_of(5))
    assert account_of(5) in page
    form = page.forms["accounts-form"]
    assert form["accounts-0-bic"].value == BIC
    assert form["accounts-0-bank_name"].value == "ПАО Сбербанк"
    assert form["accounts-0-currency"].value == "RUB"
    chosen = next(text for _value, selected, text in form["accounts-0-legal_entity"].options if selected)
    assert chosen == "ООО «Вторая линия»", "the file names its INN"
    form["own_password"] = "not the phrase"
    assert form.submit(status=422).html.find(id="own_password-error") is not None
    assert account_of(5) not in accounts_of(unit_of_work), "not without one's own password"
    form["own_password"] = PASSWORD
    reading = form.submit().follow()
    assert reading.request.path == page.request.path, "the same file goes on"
    assert accounts_of(unit_of_work)[account_of(5)] == ("ООО «Вторая линия»", "RUB", BIC, "ПАО Сбербанк")
    run_pending(registry)
    preview = head.get(page.request.path)
    assert "Write 2 lines" in preview
    next(f for f in preview.forms.values() if f.action.endswith("/import")).submit()
    run_pending(registry)
    with unit_of_work() as request:
        assert len(list(request.db.scalars(select(StatementFile)))) == 1
        assert len(list(request.db.scalars(select(StatementLine)))) == 2
        actions = list(request.db.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))
        assert "finsystem.statement.resumed" in actions
        assert actions.count("client_manager.legal_entity.changed") >= 1


def test_several_accounts_are_added_together_or_not_at_all(
    head: TestApp, hand_in: Any, registry: Any, unit_of_work: Any
) -> None:
    page = hand_in(head, account_of(5), account_of(1), account_of(6))
    form = page.forms["accounts-form"]
    form["accounts-0-bic"] = "044525"
    refused = form.submit(status=422)
    assert refused.html.find(id="accounts-0-bic-error") is not None
    assert account_of(5) not in accounts_of(unit_of_work)
    assert account_of(6) not in accounts_of(unit_of_work)
    form = refused.forms["accounts-form"]
    assert form["accounts-0-bic"].value == "044525", "what was typed stays"
    form["accounts-0-bic"], form["own_password"] = BIC, PASSWORD
    form.submit()
    assert {account_of(5), account_of(6)} <= accounts_of(unit_of_work).keys()


def test_a_currency_that_the_file_is_not_counted_in_is_refused_beside_the_field(
    head: TestApp, hand_in: Any, unit_of_work: Any
) -> None:
    form = hand_in(head, account_of(5)).forms["accounts-form"]
    form["accounts-0-currency"] = "USD"
    refused = form.submit(status=422)
    assert "RUB" in refused.html.find(id="accounts-0-currency-error").text
    assert account_of(5) not in accounts_of(unit_of_work)


def test_a_file_of_somebody_else_is_warned_of(head: TestApp, hand_in: Any) -> None:
    assert "The file names another holder" in hand_in(head, account_of(5), inn=inn_of(50))
    assert "The file names another holder" not in hand_in(head, account_of(6))


def test_a_manager_asks_and_reads_the_file_again_when_the_account_is_there(
    manager: TestApp, hand_in: Any, registry: Any, unit_of_work: Any
) -> None:
    page = hand_in(manager, account_of(5))
    assert "accounts-form" not in page.forms
    assert "ask the head or the owner" in page
    token = page.html.find("input", {"name": "csrf_token"})["value"]
    manager.post(f"{page.request.path}/accounts", {"csrf_token": token, "accounts-0-currency": "RUB"}, status=403)
    assert account_of(5) not in accounts_of(unit_of_work)
    with unit_of_work() as request:
        request.find_service(ILegalEntities).register_account(account_of(5), "RUB")
    page = manager.get(page.request.path)
    assert "The accounts of this file are yours by now" in page
    next(f for f in page.forms.values() if f.action.endswith("/again")).submit()
    run_pending(registry)
    assert "Write 2 lines" in manager.get(page.request.path)


def test_a_file_that_is_no_statement_is_not_read_again(head: TestApp, registry: Any, unit_of_work: Any) -> None:
    form = next(f for f in head.get("/office/statements").forms.values() if "statement" in f.fields)
    form["statement"] = Upload("letter.txt", b"Dear sirs")
    answer = form.submit()
    run_pending(registry)
    page = head.get(answer.location)
    assert "refused" in page
    assert not [f for f in page.forms.values() if f.action.endswith(("/again", "/accounts"))]
    token = page.html.find("input", {"name": "csrf_token"})["value"]
    head.post(f"{page.request.path}/again", {"csrf_token": token})
    with unit_of_work() as request:
        assert [file.state for file in request.db.scalars(select(StatementFile))] == ["refused"]


def test_a_second_click_adds_nothing_twice(head: TestApp, hand_in: Any, registry: Any, unit_of_work: Any) -> None:
    form = hand_in(head, account_of(5)).forms["accounts-form"]
    form["own_password"] = PASSWORD
    fields = form.submit_fields()
    first, second = (head.post(form.action, fields) for _n in range(2))
    assert first.location == second.location
    run_pending(registry)
    assert "Write 2 lines" in head.get(first.location)


def test_the_refusal_costs_the_same_queries_for_one_account_and_for_many(
    head: TestApp, hand_in: Any, count_queries: Any
) -> None:
    one, many = hand_in(head, account_of(5)), hand_in(head, *map(account_of, range(10, 14)))
    with count_queries() as few:
        head.get(one.request.path)
    with count_queries() as more:
        head.get(many.request.path)
    assert more.count == few.count, more.statements
