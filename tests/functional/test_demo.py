"""The demo: whole, true to the kopeck, and with something of every kind to look at."""

from __future__ import annotations

import datetime
import json
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from webtest import TestApp

from cabinet.app import make_app
from cabinet.audit.models import AuditEvent
from cabinet.audit.services import AuditEntry
from cabinet.cli.demo import open_demo
from cabinet.contracts.parties import ILegalEntities
from cabinet.db.session import unit_of_work
from cabinet.interfaces import IClock
from cabinet.settings import load_settings
from cabinet.web.changes import changes
from cabinet_client_manager.interfaces import IClientCards, IContracts
from cabinet_finsystem.bulk.models import BulkIssue
from cabinet_finsystem.interfaces import IActBook, IClientMoney, IInvoiceBook, IPnl, IStatementQueue
from cabinet_finsystem.invoicing.models import Invoice
from cabinet_finsystem.ledger.verify import verify
from cabinet_finsystem.recurring.models import RecurringBill
from cabinet_finsystem.reports.values import PnlQuery
from cabinet_finsystem.statements.models import Statement, StatementLine


@pytest.fixture(scope="module")
def folder(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(demo_folder, tmp_path_factory.mktemp("demo") / "demo")


@pytest.fixture(scope="module")
def app(folder: Path) -> Iterator[Any]:
    app = make_app(load_settings(folder / "cabinet.toml"))
    yield app
    app.registry.cabinet_engine.dispose()


@pytest.fixture
def request_of_demo(app: Any) -> Iterator[Any]:
    with unit_of_work(app.registry, writing=False) as request:
        yield request


def test_the_books_agree_to_the_kopeck(app: Any) -> None:
    found = verify(app.registry.cabinet_engine)
    assert found.problems == []
    assert found.entries > 2000


def test_everybody_whose_login_is_printed_comes_in(app: Any, folder: Path) -> None:
    logins = json.loads((folder / "logins.json").read_text("utf-8"))
    assert Counter(who["role"] for who in logins) == {"owner": 1, "head": 1, "manager": 1, "client": 2}
    for who in logins:
        browser = TestApp(app)
        form = next(f for f in browser.get("/sign-in").forms.values() if "email" in f.fields)
        form["email"], form["password"] = who["email"], who["password"]
        assert form.submit().follow().status_int in {200, 303}, who["email"]


def test_our_company_can_issue_invoices_and_has_its_pictures(request_of_demo: Any) -> None:
    company = request_of_demo.find_service(ILegalEntities).default()
    assert company.complete
    assert len(company.accounts) == 2
    assert None not in (company.logo_file_id, company.stamp_file_id, company.signature_file_id)


def test_sixty_clients_with_a_contract_that_ends_soon(request_of_demo: Any) -> None:
    assert request_of_demo.find_service(IClientCards).count() == 60
    assert request_of_demo.find_service(IContracts).ending(30)


def test_every_statement_of_the_year_adds_up(request_of_demo: Any) -> None:
    statements = request_of_demo.db.scalars(select(Statement).order_by(Statement.id)).all()
    assert len(statements) >= 24
    assert all(statement.balance_ok and not statement.invalid for statement in statements)
    for before, after in zip(statements[:-2], statements[2:], strict=True):
        assert (before.account, before.closing) == (after.account, after.opening)


def test_one_line_of_each_kind_waits_and_only_in_the_last_statement(request_of_demo: Any) -> None:
    lines = request_of_demo.db.scalars(select(StatementLine).where(StatementLine.state != "applied")).all()
    latest = request_of_demo.db.scalar(select(func.max(Statement.period_to)))
    assert {line.statement.period_to for line in lines} == {latest}
    assert request_of_demo.find_service(IStatementQueue).counts()[0] == len(lines)
    assert Counter(line.rule for line in lines).keys() >= {
        "third-party", "repeat", "payer", "amount-alone", "name", "unsorted", "article", "refund", "refund-to-client",
    }  # fmt: skip


def test_most_lines_of_clients_were_matched_without_a_person(request_of_demo: Any) -> None:
    paid = select(StatementLine.rule).where(StatementLine.payment_id.is_not(None))
    rules = Counter(request_of_demo.db.scalars(paid))
    assert rules["by_hand"] < 0.15 * rules.total()


def test_the_star_owes_an_invoice_late_by_two_days_and_the_rest_of_another(request_of_demo: Any, app: Any) -> None:
    cards = request_of_demo.find_service(IClientCards)
    [star] = cards.find("Берёзовый", 1)
    [standing] = request_of_demo.find_service(IClientMoney).standing(star.client_id)
    assert [debt.overdue_days for debt in standing.debts] == [2, 0]
    assert standing.debt == 108_750_50
    assert standing.free == 6_150_00
    states = Counter(request_of_demo.db.scalars(select(Invoice.state).where(Invoice.client_id == star.client_id)))
    assert states["draft"] == 1
    assert states["partly_paid"] == 1


def test_the_last_days_show_a_service_billed_an_invoice_to_many_and_acts_that_charge(request_of_demo: Any) -> None:
    db, today = request_of_demo.db, request_of_demo.find_service(IClock).today()
    [bill] = db.scalars(select(RecurringBill)).all()
    assert db.get_one(Invoice, bill.invoice_id).state == "issued"
    [bulk] = db.scalars(select(BulkIssue)).all()
    assert (bulk.state, bulk.invoices) == ("issued", 9)
    [invoice] = db.scalars(select(Invoice).where(Invoice.charges == "act")).all()
    [act] = request_of_demo.find_service(IActBook).of_invoice(invoice.id)
    assert act.entry_id is not None
    assert 0 < act.total < invoice.total
    assert act.date < today


def test_numbers_of_invoices_have_no_holes(request_of_demo: Any) -> None:
    numbers = request_of_demo.db.scalars(select(Invoice.number).where(Invoice.number.is_not(None)))
    by_year: dict[str, list[int]] = {}
    for number in numbers:
        _prefix, year, serial = number.split("-")
        by_year.setdefault(year, []).append(int(serial))
    for serials in by_year.values():
        assert sorted(serials) == list(range(min(serials), max(serials) + 1))


@pytest.mark.parametrize("basis", ["cash", "accrual"])
def test_the_year_earns_what_such_a_firm_earns(request_of_demo: Any, basis: str) -> None:
    today = request_of_demo.find_service(IClock).today()
    since, until = today.replace(year=today.year - 1, day=1), today.replace(day=1) - datetime.timedelta(1)
    report = request_of_demo.find_service(IPnl).report(PnlQuery(since, until, basis=basis))
    income = report.section("income").cells[0].minor
    assert 20_000_000_00 < income < 40_000_000_00
    assert 0.08 < report.result[0] / income < 0.18


def test_some_debts_are_old(request_of_demo: Any) -> None:
    ages = [debt.overdue_days for debt in request_of_demo.find_service(IInvoiceBook).debts()]
    assert max(ages) > 90
    assert any(30 < age <= 90 for age in ages)


def test_the_second_start_finds_the_demo_and_links_follow_the_port(folder: Path) -> None:
    before = (folder / "data" / "cabinet.sqlite3").stat().st_mtime_ns
    told: list[str] = []
    made = open_demo(folder, "127.0.0.1", 7001, told.append)
    assert told == []
    assert len(made.logins) == 5
    assert load_settings(made.config).site.url == "http://127.0.0.1:7001"
    assert (folder / "data" / "cabinet.sqlite3").stat().st_mtime_ns == before


def test_a_folder_that_is_something_else_is_never_thrown_away(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("dear")
    with pytest.raises(FileExistsError):
        open_demo(tmp_path, "127.0.0.1", 7002, lambda _line: None)
    assert (tmp_path / "letters.txt").exists()


def test_every_field_that_the_demo_records_is_read_in_words(request_of_demo: Any) -> None:
    contributions = request_of_demo.registry.cabinet_contributions
    fields = {*contributions.audit_fields, *(f"core.{name}" for name in contributions.settings)}
    bare = {
        (event.action, name)
        for event in request_of_demo.db.scalars(select(AuditEvent))
        for name in {**(event.before or {}), **(event.after or {})}
        if not (name.endswith("_id") or name == "sha256")
        and f"{event.action.partition('.')[0]}.{name}" not in fields
        and f"{event.action.rpartition('.')[0]}.{name}" not in fields
    }
    assert bare == set()


def test_money_in_the_log_of_acts_is_told_with_its_currency(request_of_demo: Any) -> None:
    money = {"total", "minor", "paid", "amount", "allocations"}
    amounts = [
        change.after
        for event in request_of_demo.db.scalars(select(AuditEvent))
        for change in changes(request_of_demo, _entry(event))
        if change.name in money
    ]
    assert len(amounts) > 100
    assert [amount for amount in amounts if not amount.endswith("₽")] == []


def test_what_was_chosen_with_a_table_is_told_in_the_words_of_its_module(request_of_demo: Any) -> None:
    facts = {"kind": "finsystem.invoices", "finsystem.invoices.issue": True, "created": 3}
    now = request_of_demo.find_service(IClock).now()
    entry = AuditEntry(now, "core.table.imported", "", "imported_table", "", "", "", None, facts)
    read = changes(request_of_demo, entry)
    assert [change.name for change in read if change.named] == list(facts)
    assert [change.after for change in read] == ["Загрузить счета", "да", "3"]


def _entry(event: AuditEvent) -> AuditEntry:
    return AuditEntry(event.at, event.action, "", event.kind, event.title, "", event.actor, event.before, event.after)
