"""Lines that wait are matched anew when the books know more: whole or not at all, and never over a person's word."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from cabinet.audit.models import AuditEvent
from cabinet.contracts.parties import ILegalEntities
from cabinet.db.session import unit_of_work as open_unit
from cabinet.interfaces import ISwitches
from cabinet.jobs.runner import run_pending
from cabinet_client_manager.interfaces import BankAccountFacts, IClientCards, ILegalEntityBook
from cabinet_client_manager.testing import a_client, account_of, inn_of, our_company
from cabinet_finsystem.interfaces import IArticles, IInvoiceBook, ILedger, IRematching, IStatementDesk, IStatementQueue
from cabinet_finsystem.invoicing.models import Invoice
from cabinet_finsystem.invoicing.values import InvoiceData, LineData
from cabinet_finsystem.ledger.models import Account, Entry, Posting
from cabinet_finsystem.ledger.verify import verify
from cabinet_finsystem.payments.values import NewAllocation
from cabinet_finsystem.statements.desk import import_file
from cabinet_finsystem.statements.models import StatementLine
from cabinet_finsystem.statements.parsed import Counterparty
from cabinet_finsystem.statements.rematching import match_again
from cabinet_finsystem.statements.writing import LineToWrite, OwnSide, StatementToWrite, write_onec

DAY = date(2026, 2, 11)
OURS, TWIN = account_of(1), account_of(4321)
US = Counterparty("ООО «Линия тепла»", inn_of(1), "770101001", TWIN, "044525225")
PAYER = Counterparty("ООО «Ромашка»", inn_of(77), "770101001", account_of(77), "044525225")


@pytest.fixture(scope="session")
def module_names() -> Sequence[str]:
    return ["cabinet_client_manager", "cabinet_finsystem"]


@pytest.fixture
def client_id(unit_of_work: Any) -> int:
    """Our company, and a client without invoices."""
    with unit_of_work() as request:
        request.find_service(IArticles).seed("ru")
        our_company(request)
        card = a_client(request, 77, name="ООО «Ромашка»", full_name="", inn=inn_of(77), kpp="770101001")
    return int(card.client_id)


@pytest.fixture
def load(registry: Any, unit_of_work: Any) -> Callable[..., Any]:
    """``load(line, …, account=…)``: a statement of the account with these lines is imported."""

    def run(*lines: LineToWrite, account: str = OURS, damaged: bool = False) -> Any:
        own = OwnSide("ООО «Линия тепла»", inn_of(1), "770101001", "044525225", "Банк")
        content = write_onec(StatementToWrite(account, DAY, DAY, 5_000_000, lines, own))
        if damaged:
            content = content.replace("КонечныйОстаток=".encode("cp1251"), "КонечныйОстаток=9".encode("cp1251"))
        with unit_of_work() as request:
            file_id = request.find_service(IStatementDesk).receive(content, "kl_to_1c.txt").id
        return import_file(partial(open_unit, registry), file_id)

    return run


@pytest.fixture
def again(registry: Any) -> Callable[[], Any]:
    """``again()``: what waits is matched anew."""
    return lambda: match_again(partial(open_unit, registry))


@pytest.fixture
def bill(unit_of_work: Any, client_id: int) -> Callable[..., int]:
    """``bill("15", 1_000_000)``: an invoice of the client is issued; its id."""

    def issue(number: str, minor: int, day: date = date(2026, 2, 3)) -> int:
        with unit_of_work() as request:
            book = request.find_service(IInvoiceBook)
            lines = (LineData("Работы", minor, vat_rate=Decimal(22)),)
            invoice = book.draft(InvoiceData(client_id=client_id, date=day, lines=lines))
            book.issue(invoice, number=number)
            return int(invoice.id)

    return issue


@pytest.fixture
def lines(unit_of_work: Any) -> Callable[[], list[Any]]:
    """``lines()``: (state, kind, rule) of every stored line."""

    def read() -> list[Any]:
        with unit_of_work() as request:
            found = request.db.scalars(select(StatementLine).order_by(StatementLine.id))
            return [(line.state, line.kind, line.rule) for line in found]

    return read


@pytest.fixture
def books_agree(registry: Any) -> Any:
    """The independent check of the books finds nothing when the test is over."""
    yield
    assert verify(registry.cabinet_engine).as_json()["problems"] == []


def pay(minor: int, purpose: str, *, doc: str = "1", who: Counterparty = PAYER) -> LineToWrite:
    return LineToWrite(DAY, minor, who, purpose, doc)


def transfer(minor: int) -> LineToWrite:
    other = Counterparty(US.name, "", "", TWIN if minor < 0 else OURS, "044525225")
    return pay(minor, "Пополнение счета", who=other)


def standing(request: Any, kind: str) -> int:
    """Sum of all postings on accounts of ``kind``."""
    found = request.db.execute(
        select(Posting.minor).join(Account, Account.id == Posting.account_id).where(Account.kind == kind)
    )
    return sum(minor for (minor,) in found)


@pytest.mark.usefixtures("client_id", "books_agree")
@pytest.mark.parametrize("on_screen", [False, True])
def test_a_transfer_finds_its_place_when_its_other_account_becomes_ours(
    load: Any, lines: Any, registry: Any, unit_of_work: Any, on_screen: bool
) -> None:
    load(transfer(-500_000))
    assert lines() == [("unsorted", "expense", "unsorted")]
    with unit_of_work() as request:
        if on_screen:
            book = request.find_service(ILegalEntityBook)
            known = [BankAccountFacts(a.number, a.currency, a.bic) for a in book.default().accounts]
            book.set_accounts(book.default().id, [*known, BankAccountFacts(TWIN, "RUB", "044525225")])
        else:
            request.find_service(ILegalEntities).register_account(TWIN, "RUB")
    run_pending(registry)
    assert lines() == [("applied", "own_transfer", "own-transfer")]
    load(transfer(500_000), account=TWIN)
    with unit_of_work() as request:
        [first, second] = request.db.scalars(select(StatementLine).order_by(StatementLine.id))
        assert (second.state, second.kind) == ("applied", "own_transfer")
        assert first.evidence == second.evidence, "both say why"
        assert standing(request, "clearing") == 0, "nothing stays on its way"
        assert standing(request, "expense") == standing(request, "income") == 0, "neither a cost nor an income"


@pytest.mark.usefixtures("client_id")
def test_registering_an_account_starts_no_work_where_nothing_waits(registry: Any, unit_of_work: Any) -> None:
    with unit_of_work() as request:
        request.find_service(ILegalEntities).register_account(TWIN, "RUB")
    assert run_pending(registry) == 0


@pytest.mark.parametrize("how", ["added", "told"])
def test_money_of_a_payer_nobody_knew_finds_its_client_once_he_is_known(
    load: Any, lines: Any, registry: Any, unit_of_work: Any, client_id: int, how: str
) -> None:
    stranger = Counterparty("ООО «Незабудка»", inn_of(78), "770101001", account_of(78), "044525225")
    with unit_of_work() as request:
        known = None if how == "added" else a_client(request, 78, name="Незабудка", full_name="", inn="", kpp="")
    run_pending(registry)
    load(pay(100_000, "Оплата", who=stranger), pay(20_000, "Оплата", doc="2", who=stranger))
    before = lines()
    assert [state for state, _kind, _rule in before] == ["unsorted", "unsorted"]
    with unit_of_work() as request:
        clients = request.find_service(IClientCards)
        if known is None:
            a_client(request, 78, name="ООО «Незабудка»", full_name="", inn=inn_of(78), kpp="770101001")
        else:
            clients.change(known.client_id, replace(known.facts, inn=inn_of(78), kpp="770101001"))
        clients.change(client_id, replace(clients.card(client_id).facts, name="ООО «Ромашка плюс»"))
    assert run_pending(registry) == 1, "once for all that became known together"
    assert lines() != before
    with unit_of_work() as request:
        clients = request.find_service(IClientCards)
        clients.change(client_id, replace(clients.card(client_id).facts, note="Звонить после десяти"))
    assert run_pending(registry) == 0, "a note tells nothing of who pays"


@pytest.mark.usefixtures("client_id")
def test_an_account_is_registered_while_finance_is_switched_off(
    load: Any, lines: Any, registry: Any, unit_of_work: Any
) -> None:
    load(transfer(-500_000))
    with unit_of_work() as request:
        request.find_service(ISwitches).switch("finsystem", on=False)
    with unit_of_work() as request:
        assert request.find_service(ILegalEntities).register_account(TWIN, "RUB")[1]
    assert run_pending(registry) == 0
    assert lines() == [("unsorted", "expense", "unsorted")]


@pytest.mark.usefixtures("books_agree")
def test_a_payment_is_put_onto_the_invoice_that_was_issued_after_it_was_loaded(
    load: Any, lines: Any, again: Any, bill: Any, unit_of_work: Any
) -> None:
    load(pay(1_000_000, "Оплата по счету 15 от 03.02.2026"))
    assert [state for state, _kind, _rule in lines()] == ["proposed"]
    invoice_id = bill("15", 1_000_000)
    told = again()
    assert (told.looked, told.applied, told.waiting) == (1, 1, 0)
    assert lines() == [("applied", "payment", "invoice-number")]
    with unit_of_work() as request:
        assert request.db.get(Invoice, invoice_id).state == "paid"
        [line] = request.db.scalars(select(StatementLine))
        assert "invoice-number" in {piece["code"] for piece in line.evidence}
        assert (line.decided_by, line.entry_id) == (None, None)
        act = request.db.scalar(select(AuditEvent).where(AuditEvent.action == "finsystem.lines.rematched"))
        assert act.after == {"looked": 1, "applied": 1, "waiting": 0}
    assert again().looked == 0, "nothing waits any more"


@pytest.mark.usefixtures("books_agree")
def test_a_proposal_is_renewed_though_it_stays_a_question(
    load: Any, lines: Any, again: Any, unit_of_work: Any, client_id: int
) -> None:
    stranger = Counterparty("ИП Новиков", inn_of(90), "", account_of(90), "044525225")
    load(pay(700_000, "За работы", who=stranger))
    assert lines() == [("unsorted", "other", "unsorted")]
    with unit_of_work() as request:
        a_client(request, 90, name="ИП Новиков", full_name="", inn=inn_of(90), kpp="")
    told = again()
    assert (told.looked, told.applied, told.waiting) == (1, 0, 1)
    assert [(state, rule) for state, _kind, rule in lines()] == [("proposed", "payer")]


@pytest.mark.usefixtures("books_agree")
def test_what_a_person_decided_or_took_back_is_never_applied_over_his_word(
    load: Any, lines: Any, again: Any, bill: Any, unit_of_work: Any, client_id: int
) -> None:
    bill("15", 1_000_000)
    bill("17", 2_000_000)
    load(pay(1_000_000, "Оплата по счету 15 от 03.02.2026"), pay(300_000, "За работы", doc="2"))
    with unit_of_work() as request:
        queue = request.find_service(IStatementQueue)
        matched, asked = request.db.scalars(select(StatementLine).order_by(StatementLine.id))
        queue.undo(matched)
        queue.credit(asked, client_id, [NewAllocation(bill_id(request, "17"), 300_000)])
    told = again()
    assert (told.looked, told.applied, told.waiting) == (1, 0, 1)
    assert lines() == [("proposed", "payment", ""), ("applied", "payment", "by_hand")]
    assert again().applied == 0, "what was taken back stays a question the next time, too"


@pytest.mark.usefixtures("books_agree")
def test_a_line_decided_while_the_others_were_matched_keeps_its_decision(
    load: Any, lines: Any, bill: Any, unit_of_work: Any, client_id: int
) -> None:
    load(pay(1_000_000, "Оплата по счету 15 от 03.02.2026"), pay(400_000, "Оплата по счету 16", doc="2"))
    bill("15", 1_000_000)
    bill("16", 400_000)
    with unit_of_work() as request:
        plan = request.find_service(IRematching).plan()
    with unit_of_work() as request:
        request.find_service(IStatementQueue).credit(
            request.db.scalars(select(StatementLine).order_by(StatementLine.id)).first(), client_id, []
        )
    with unit_of_work() as request:
        told = request.find_service(IRematching).write(plan)
    assert (told.looked, told.applied) == (1, 1)
    assert [rule for _state, _kind, rule in lines()] == ["by_hand", "invoice-number"]


@pytest.mark.usefixtures("books_agree")
def test_it_is_matched_once_more_when_the_invoice_was_paid_meanwhile(
    load: Any, lines: Any, bill: Any, registry: Any, unit_of_work: Any, client_id: int
) -> None:
    load(pay(1_000_000, "Оплата по счету 15 от 03.02.2026"), pay(1_000_000, "За работы", doc="2"))
    invoice_id = bill("15", 1_000_000)
    paid = []

    def paying_between(*, writing: bool) -> Any:
        if writing and not paid:
            with unit_of_work() as request:
                other = request.db.scalars(select(StatementLine).order_by(StatementLine.id.desc())).first()
                request.find_service(IStatementQueue).credit(other, client_id, [NewAllocation(invoice_id, 1_000_000)])
                paid.append(other)
        return open_unit(registry, writing=writing)

    told = match_again(paying_between)
    assert (told.looked, told.applied, told.waiting) == (1, 0, 1)
    with unit_of_work() as request:
        line = request.db.scalars(select(StatementLine).order_by(StatementLine.id)).first()
        assert "invoice-paid" in {piece["code"] for candidate in line.candidates for piece in candidate["evidence"]}


@pytest.mark.usefixtures("books_agree")
def test_money_of_closed_days_moves_today(load: Any, lines: Any, again: Any, bill: Any, unit_of_work: Any) -> None:
    load(pay(1_000_000, "Оплата по счету 15 от 03.02.2026"))
    bill("15", 1_000_000)
    with unit_of_work() as request:
        ledger = request.find_service(ILedger)
        ledger.close_through(date(2026, 2, 28), reason="Сдан отчёт")
        today = ledger.open_day(DAY)
    again()
    assert lines() == [("applied", "payment", "invoice-number")]
    with unit_of_work() as request:
        days = list(request.db.scalars(select(Entry.date).order_by(Entry.id.desc()).limit(2)))
        assert days == [today, today]


@pytest.mark.usefixtures("client_id", "books_agree")
def test_lines_of_a_statement_that_waits_for_confirmation_are_left_alone(
    load: Any, lines: Any, again: Any, bill: Any
) -> None:
    load(pay(1_000_000, "Оплата по счету 15 от 03.02.2026"), damaged=True)
    bill("15", 1_000_000)
    before = lines()
    assert again().looked == 0
    assert lines() == before


@pytest.mark.usefixtures("books_agree")
def test_many_lines_cost_no_more_queries_than_a_few(
    load: Any, again: Any, bill: Any, count_queries: Any, client_id: int
) -> None:
    def wait_for(first: int, count: int) -> None:
        load(*(pay(1_000 + n, f"Оплата по счету {n}", doc=str(n)) for n in range(first, first + count)))
        for n in range(first, first + count):
            bill(str(n), 1_000 + n)

    wait_for(10_000, 2)
    with count_queries() as few:
        assert again().applied == 2
    wait_for(20_000, 12)
    with count_queries() as more:
        assert again().applied == 12
    assert more.count == few.count, more.statements


def bill_id(request: Any, number: str) -> int:
    return int(request.db.scalar(select(Invoice.id).where(Invoice.number == number)))
