"""A statement from the bank's file to the clients' balances: all of it or nothing, once, and every decision taken back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial

import pytest
from sqlalchemy import select

from cabinet.contracts.parties import ILegalEntities
from cabinet.db.session import unit_of_work as open_unit
from cabinet.errors import ConflictError
from cabinet.files.models import StoredFile
from cabinet_client_manager.testing import a_client, account_of, inn_of, our_company
from cabinet_finsystem.errors import AllocationError
from cabinet_finsystem.interfaces import IArticles, IBalances, IInvoiceBook, IStatementDesk, IStatementQueue
from cabinet_finsystem.invoicing.models import Invoice
from cabinet_finsystem.invoicing.values import InvoiceData, LineData
from cabinet_finsystem.ledger.verify import verify
from cabinet_finsystem.payments.models import Allocation, Payment
from cabinet_finsystem.payments.values import NewAllocation
from cabinet_finsystem.statements.desk import StalePlanError, import_file
from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.statements.models import LearnedPayer, Statement, StatementFile, StatementLine
from cabinet_finsystem.statements.parsed import Counterparty
from cabinet_finsystem.statements.writing import LineToWrite, OwnSide, StatementToWrite, write_onec

DAY = date(2026, 2, 11)
OUR_ACCOUNT = account_of(1)


@pytest.fixture(scope="session")
def module_names():
    return ["cabinet_client_manager", "cabinet_finsystem"]


@pytest.fixture
def firm(registry, unit_of_work):
    """Our company and one client with invoices 15 (10 000) and 17 (20 000)."""
    with unit_of_work() as request:
        request.find_service(IArticles).seed("ru")
        our_company(request)
        card = a_client(request, 77, name="ООО «Ромашка»", full_name="", inn=inn_of(77), kpp="770101001")
        book = request.find_service(IInvoiceBook)
        for number, amount in (("15", 1_000_000), ("17", 2_000_000)):
            lines = (LineData("Работы", amount, vat_rate=Decimal(22)),)
            invoice = book.draft(InvoiceData(client_id=card.client_id, date=date(2026, 2, 3), lines=lines))
            book.issue(invoice, number=number)
        return card.client_id


def payer(n: int = 77, name: str = "ООО «Ромашка»") -> Counterparty:
    return Counterparty(name=name, inn=inn_of(n), kpp="770101001", account=account_of(n), bic="044525225")


def pay(amount: int, purpose: str, *, doc: str = "1", day: date = DAY, who: Counterparty | None = None) -> LineToWrite:
    return LineToWrite(day, amount, who or payer(), purpose, doc)


def statement(*lines: LineToWrite, opening: int = 5_000_000, account: str = OUR_ACCOUNT, **kw) -> bytes:
    own = OwnSide("ООО «Линия тепла»", inn_of(1), "770101001", "044525225", "Банк")
    days = [line.booking_date for line in lines] or [DAY]
    return write_onec(StatementToWrite(account, min(days), max(days), opening, lines, own), **kw)


@pytest.fixture
def load(registry, unit_of_work):
    """``load(content)``: receive and import; the plan."""

    def run(content: bytes, name: str = "kl_to_1c.txt", **kw):
        with unit_of_work() as request:
            file_id = request.find_service(IStatementDesk).receive(content, name).id
        return import_file(partial(open_unit, registry), file_id, **kw)

    return run


@pytest.fixture
def stored(unit_of_work):
    """``stored()``: state of everything that an import touches."""

    def read():
        with unit_of_work() as request:
            db = request.db
            return {
                "lines": [
                    (line.minor, line.state) for line in db.scalars(select(StatementLine).order_by(StatementLine.id))
                ],
                "paid": {i.number: (i.paid, i.state) for i in db.scalars(select(Invoice))},
                "allocations": [(a.id, a.minor) for a in db.scalars(select(Allocation).order_by(Allocation.id))],
                "payments": [p.minor for p in db.scalars(select(Payment).order_by(Payment.id))],
            }

    return read


def balance(unit_of_work, client_id: int) -> int:
    with unit_of_work() as request:
        return request.find_service(IBalances).client(client_id, "RUB")


@pytest.fixture
def books_agree(registry):
    """``books_agree()``: the independent check of the books finds nothing."""

    def check() -> None:
        assert verify(registry.cabinet_engine).as_json()["problems"] == []

    return check


def test_two_invoices_named_in_one_payment_are_both_closed(firm, load, stored, unit_of_work, books_agree) -> None:
    load(statement(pay(3_000_000, "Оплата по сч. 15, 17 от 03.02.2026")))
    assert stored()["paid"] == {"15": (1_000_000, "paid"), "17": (2_000_000, "paid")}
    assert balance(unit_of_work, firm) == 0
    books_agree()


def test_what_is_more_than_owed_stays_on_the_balance(firm, load, stored, unit_of_work, books_agree) -> None:
    load(statement(pay(3_100_000, "Оплата по сч. 15, 17 от 03.02.2026")))
    assert stored()["paid"] == {"15": (1_000_000, "paid"), "17": (2_000_000, "paid")}
    assert balance(unit_of_work, firm) == 100_000
    books_agree()


def test_what_is_less_leaves_the_second_invoice_partly_paid(firm, load, stored, books_agree) -> None:
    load(statement(pay(2_500_000, "Оплата по сч. 15, 17 от 03.02.2026")))
    assert stored()["paid"] == {"15": (1_000_000, "paid"), "17": (1_500_000, "partly_paid")}
    books_agree()


def test_the_same_file_again_adds_nothing(firm, load, unit_of_work, stored) -> None:
    content = statement(pay(1_000_000, "Оплата по счету 15 от 03.02.2026"))
    load(content)
    before = stored()
    with unit_of_work() as request:
        again = request.find_service(IStatementDesk).receive(content, "другое имя.txt")
        assert again.state == "imported"
        assert request.db.query(StatementFile).count() == 1
        assert request.db.query(StoredFile).count() == 1
    assert stored() == before


def test_a_file_in_another_encoding_adds_nothing(firm, load, stored) -> None:
    line = pay(1_000_000, "Оплата по счету 15 от 03.02.2026")
    load(statement(line))
    before = stored()
    for encoding, bom in (("cp866", False), ("utf-8", False), ("utf-8", True)):
        plan = load(statement(line, encoding=encoding, bom=bom))
        assert [len(s.new) for s in plan.statements] == [0]
    assert stored() == before


def test_an_overlapping_file_adds_only_what_is_new(firm, load, stored) -> None:
    first = pay(1_000_000, "Оплата по счету 15 от 03.02.2026", doc="1")
    second = pay(2_000_000, "Оплата по счету 17 от 03.02.2026", doc="2", day=date(2026, 2, 12))
    load(statement(first))
    plan = load(statement(first, second))
    assert [(len(s.new), len(s.duplicates)) for s in plan.statements] == [(1, 1)]
    assert [minor for minor, _state in stored()["lines"]] == [1_000_000, 2_000_000]


def test_three_equal_payments_of_a_day_stay_three_and_only_the_first_pays_by_itself(firm, load, stored) -> None:
    lines = [pay(300_000, "Оплата по счету 15 от 03.02.2026")] * 3
    load(statement(*lines))
    assert [state for _minor, state in stored()["lines"]] == ["applied", "proposed", "proposed"]
    plan = load(statement(*lines, pay(1, "другое", doc="9")))
    assert [(len(s.new), len(s.duplicates)) for s in plan.statements] == [(1, 3)]
    assert len(stored()["lines"]) == 4


def test_a_statement_of_a_foreign_account_is_refused_and_only_the_file_is_kept(
    firm, load, stored, unit_of_work, books_agree
) -> None:
    with pytest.raises(StatementRefusedError) as refusal:
        load(statement(pay(100, "x"), account=account_of(999)))
    assert refusal.value.code == "account_unknown"
    assert stored()["lines"] == []
    with unit_of_work() as request:
        [file] = request.db.scalars(select(StatementFile))
        assert (file.state, file.problem["code"]) == ("refused", "account_unknown")


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_file_cut_short_adds_nothing(firm, load, stored, share) -> None:
    content = statement(*(pay(1000 + n, f"оплата {n}", doc=str(n)) for n in range(20)))
    cut = content[: int(len(content) * share)]
    with pytest.raises(StatementRefusedError):
        load(cut)
    assert stored()["lines"] == []


def test_a_statement_that_does_not_add_up_is_stored_and_applied_only_when_a_person_confirms(firm, load, stored) -> None:
    content = statement(pay(1_000_000, "Оплата по счету 15 от 03.02.2026"))
    wrong = content.replace(b"60000.00", b"60001.00")
    assert wrong != content
    plan = load(wrong)
    assert plan.statements[0].held
    assert plan.statements[0].count("applied") == 0
    assert stored()["payments"] == []
    assert [state for _minor, state in stored()["lines"]] == ["proposed"]


def test_a_held_statement_is_applied_when_a_person_confirms_it_later(
    firm, load, stored, unit_of_work, books_agree
) -> None:
    load(statement(pay(1_000_000, "Оплата по счету 15 от 03.02.2026")).replace(b"60000.00", b"60001.00"))
    with unit_of_work() as request:
        request.find_service(IStatementDesk).release(request.db.scalars(select(StatementFile)).one())
    assert stored()["paid"]["15"] == (1_000_000, "paid")
    assert [state for _minor, state in stored()["lines"]] == ["applied"]
    books_agree()
    with pytest.raises(ConflictError), unit_of_work() as request:
        request.find_service(IStatementDesk).release(request.db.scalars(select(StatementFile)).one())


def test_a_statement_that_does_not_add_up_is_applied_at_once_where_the_person_has_said_so(firm, load, stored) -> None:
    content = statement(pay(1_000_000, "Оплата по счету 15 от 03.02.2026")).replace(b"60000.00", b"60001.00")
    load(content, confirmed=True)
    assert stored()["paid"]["15"] == (1_000_000, "paid")


def test_a_plan_made_before_somebody_else_paid_is_made_anew(firm, registry, unit_of_work, stored) -> None:
    content = statement(pay(1_000_000, "Оплата по счету 15 от 03.02.2026"))
    with unit_of_work() as request:
        file_id = request.find_service(IStatementDesk).receive(content, "a.txt").id
    with unit_of_work() as request:
        plan = request.find_service(IStatementDesk).plan(request.db.get_one(StatementFile, file_id))
    with unit_of_work() as request:
        other = (
            request.find_service(IStatementDesk)
            .receive(statement(pay(1_000_000, "сч 15 от 03.02.2026", doc="77")), "b.txt")
            .id
        )
    import_file(partial(open_unit, registry), other)
    with pytest.raises(StalePlanError), unit_of_work() as request:
        request.find_service(IStatementDesk).write(request.db.get_one(StatementFile, file_id), plan)
    import_file(partial(open_unit, registry), file_id)
    assert stored()["paid"]["15"] == (1_000_000, "paid")
    assert sorted(stored()["payments"]) in ([1_000_000], [1_000_000, 1_000_000])


def waiting_line(request) -> StatementLine:
    return request.db.scalars(select(StatementLine).where(StatementLine.state.in_(["proposed", "unsorted"]))).one()


def test_a_person_decides_and_takes_it_back_and_the_books_agree_at_each_step(
    firm, load, stored, unit_of_work, books_agree
) -> None:
    stranger = Counterparty(name="ИП Сидоров", inn=inn_of(5, person=True), account=account_of(5), bic="044525225")
    load(statement(pay(700_000, "за работы", who=stranger)))
    assert [state for _minor, state in stored()["lines"]] in (["unsorted"], ["proposed"])
    with unit_of_work() as request:
        invoice = request.db.scalar(select(Invoice).where(Invoice.number == "15"))
        request.find_service(IStatementQueue).credit(
            waiting_line(request), firm, [NewAllocation(invoice.id, 700_000)], learn=True
        )
    assert stored()["paid"]["15"] == (700_000, "partly_paid")
    books_agree()
    with unit_of_work() as request:
        learned = request.db.scalars(select(LearnedPayer)).one()
        assert (learned.account, learned.client_id) == (account_of(5), firm)
        line = request.db.scalars(select(StatementLine)).one()
        request.find_service(IStatementQueue).undo(line)
    assert stored()["paid"]["15"] == (0, "issued")
    assert balance(unit_of_work, firm) == -3_000_000
    books_agree()
    with unit_of_work() as request:
        queue = request.find_service(IStatementQueue)
        queue.sort(waiting_line(request), request.find_service(IArticles).system_id("sales"))
    books_agree()
    with unit_of_work() as request:
        queue = request.find_service(IStatementQueue)
        queue.undo(request.db.scalars(select(StatementLine)).one())
        assert queue.counts()[0] == 1
    books_agree()


def test_a_decision_that_puts_more_onto_an_invoice_than_it_owes_changes_nothing(
    firm, load, stored, unit_of_work, books_agree
) -> None:
    load(statement(pay(5_000_000, "за работы", who=Counterparty(name="Кто-то"))))
    before = stored()
    with unit_of_work() as request:
        invoice = request.db.scalar(select(Invoice).where(Invoice.number == "15"))
    with pytest.raises(AllocationError), unit_of_work() as request:
        request.find_service(IStatementQueue).credit(
            waiting_line(request), firm, [NewAllocation(invoice.id, 5_000_000)]
        )
    assert stored() == before


def test_a_line_is_decided_once(firm, load, unit_of_work) -> None:
    load(statement(pay(5_000_000, "за работы", who=Counterparty(name="Кто-то"))))
    with unit_of_work() as request:
        line = waiting_line(request)
        queue = request.find_service(IStatementQueue)
        queue.credit(line, firm, [])
        with pytest.raises(ConflictError):
            queue.credit(line, firm, [])


def test_undoing_one_allocation_leaves_the_ids_of_the_others(firm, load, stored, unit_of_work, books_agree) -> None:
    from cabinet_finsystem.interfaces import IPayments

    load(statement(pay(3_000_000, "Оплата по сч. 15, 17 от 03.02.2026")))
    [first, second] = stored()["allocations"]
    with unit_of_work() as request:
        request.find_service(IPayments).undo_allocation(first[0])
    assert stored()["allocations"][:2] == [first, second]
    assert stored()["paid"] == {"15": (0, "issued"), "17": (2_000_000, "paid")}
    books_agree()


def test_money_between_our_own_accounts_makes_no_income(firm, registry, unit_of_work, books_agree) -> None:
    other = account_of(4321)
    with unit_of_work() as request:
        request.find_service(ILegalEntities).register_account(other, "RUB")
    us = Counterparty(name="ООО «Линия тепла»", inn=inn_of(1), kpp="770101001", account=other, bic="044525225")
    with unit_of_work() as request:
        file_id = (
            request.find_service(IStatementDesk)
            .receive(statement(pay(-500_000, "Перевод собственных средств", who=us)), "a.txt")
            .id
        )
    import_file(partial(open_unit, registry), file_id)
    with unit_of_work() as request:
        [line] = request.db.scalars(select(StatementLine))
        assert (line.state, line.kind, line.article_id) == ("applied", "own_transfer", None)
    books_agree()


def test_the_statement_remembers_what_the_bank_said(firm, load, unit_of_work) -> None:
    load(statement(pay(1_000_000, "Оплата по счету 15 от 03.02.2026")))
    with unit_of_work() as request:
        [found] = request.db.scalars(select(Statement))
        assert (found.opening, found.closing, found.balance_ok) == (5_000_000, 6_000_000, True)
        assert (found.lines, found.new, found.duplicate, found.invalid) == (1, 1, 0, 0)
