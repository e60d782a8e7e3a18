"""One bank line that is money of several clients: split by hand, told everywhere, taken back whole, and nobody's business but his."""

from __future__ import annotations

import datetime
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from cabinet.db.session import unit_of_work as open_unit
from cabinet.errors import ConflictError
from cabinet.interfaces import IAuditLog
from cabinet_client_manager.testing import a_client, account_of, inn_of
from cabinet_finsystem.errors import AllocationError
from cabinet_finsystem.interfaces import IBalances, IClientMoney, IPayments, IStatementDesk, IStatementQueue
from cabinet_finsystem.invoicing.models import Invoice
from cabinet_finsystem.ledger.verify import verify
from cabinet_finsystem.payments.models import Payment
from cabinet_finsystem.payments.values import NewAllocation
from cabinet_finsystem.statements.desk import import_file
from cabinet_finsystem.statements.models import StatementFile, StatementLine
from cabinet_finsystem.statements.outside import line_documents
from cabinet_finsystem.statements.parsed import Counterparty
from cabinet_finsystem.statements.rematching import match_again
from cabinet_finsystem.statements.splitting import NewPart, check_parts
from cabinet_finsystem.statements.writing import LineToWrite, OwnSide, StatementToWrite, write_onec
from cabinet_finsystem.testing import an_invoice, open_books

DAY = datetime.date(2026, 2, 11)
OWN = OwnSide("ООО «Линия тепла»", inn_of(1), "770101001", "044525225", "Банк")
TREASURY = Counterparty("Департамент финансов", inn_of(90), "770101001", account_of(90), "044525225")
PURPOSE = "Оплата за Школу 5 и Лицей 7 по сч. 15 и 16"


@pytest.fixture(scope="session")
def module_names():
    return ["cabinet_client_manager", "cabinet_finsystem"]


@pytest.fixture
def engine(registry):
    """The site's own database."""
    return registry.cabinet_engine


@pytest.fixture
def load(registry, unit_of_work):
    """``load()``: a statement of one line, 1,500.00 of a treasury for its schools; the id of the file."""

    def run(minor: int = 150_000) -> int:
        content = write_onec(
            StatementToWrite(account_of(1), DAY, DAY, 0, [LineToWrite(DAY, minor, TREASURY, PURPOSE, "74")], OWN)
        )
        with unit_of_work() as request:
            file_id: int = request.find_service(IStatementDesk).receive(content, "treasury.txt").id
        import_file(partial(open_unit, registry), file_id)
        return file_id

    return run


@pytest.fixture
def schools(unit_of_work):
    """Ids of the school, which owes 1,000.00 by invoice 15, and of the lyceum, which owes 700.00 by 16."""
    with unit_of_work() as request:
        open_books(request)
        cards = [a_client(request, n, name=name, external_id=name) for n, name in ((5, "Школа 5"), (7, "Лицей 7"))]
        owed = [
            an_invoice(request, card.client_id, minor, issued_as=number).id
            for card, minor, number in zip(cards, (100_000, 70_000), ("15", "16"), strict=True)
        ]
        return [card.client_id for card in cards], owed


@pytest.fixture
def act(unit_of_work):
    """``act(what, …)``: the queue's ``what`` with the only line."""

    def run(what: str, *args):
        with unit_of_work() as request:
            queue = request.find_service(IStatementQueue)
            line = queue.find(request.db.scalars(select(StatementLine.public_id)).one())
            return getattr(queue, what)(line, *args)

    return run


def halves(schools, first: int = 100_000, second: int = 50_000) -> list[NewPart]:
    (school, lyceum), (its, other) = schools
    return [
        NewPart(school, first, (NewAllocation(its, min(first, 100_000)),)),
        NewPart(lyceum, second, (NewAllocation(other, second),)),
    ]


def standing(request):
    return request.db.scalars(select(Payment).where(Payment.reversal_id.is_(None)).order_by(Payment.id)).all()


def test_a_line_is_split_between_clients_and_all_parts_are_taken_back_by_one_act(
    schools, load, act, unit_of_work, engine
):
    load()
    clients, _invoices = schools
    act("split", halves(schools))
    with unit_of_work() as request:
        assert [(p.client_id, p.minor, p.allocated) for p in standing(request)] == [
            (clients[0], 100_000, 100_000),
            (clients[1], 50_000, 50_000),
        ]
        assert [i.state for i in request.db.scalars(select(Invoice).order_by(Invoice.id))] == ["paid", "partly_paid"]
        line = request.db.scalars(select(StatementLine)).one()
        assert (line.state, line.kind, line.client_id, line.entry_id) == ("applied", "split", None, None)
        [told] = line_documents(request, None, None)
        assert told["client"] is None
        assert told["allocations"] == [
            {"invoice": "15", "invoice_external_id": None, "amount": "1000.00"},
            {"invoice": "16", "invoice_external_id": None, "amount": "500.00"},
        ]
        assert [(part["client"], part["amount"]) for part in told["parts"]] == [
            ("Школа 5", "1000.00"),
            ("Лицей 7", "500.00"),
        ]
        assert [put["invoice"] for part in told["parts"] for put in part["allocations"]] == ["15", "16"]
        assert request.find_service(IStatementQueue).counts() == (0, 0, 0)
    assert verify(engine).ok

    act("undo")
    with unit_of_work() as request:
        assert standing(request) == []
        assert {i.state for i in request.db.scalars(select(Invoice))} == {"issued"}
        assert [request.find_service(IBalances).client(id_, "RUB") for id_ in clients] == [-100_000, -70_000]
        assert request.find_service(IStatementQueue).counts() == (1, 1, 0)
        assert line_documents(request, None, None)[0]["parts"] == []
    assert verify(engine).ok
    act("split", halves(schools, 90_000, 60_000))
    assert verify(engine).ok


def test_what_rests_of_a_part_stays_on_the_balance_of_its_client(schools, load, act, unit_of_work, engine):
    load()
    (school, lyceum), _invoices = schools
    act("split", [NewPart(school, 120_000), NewPart(lyceum, 30_000)])
    with unit_of_work() as request:
        assert [request.find_service(IPayments).free_of(id_, "RUB") for id_ in (school, lyceum)] == [120_000, 30_000]
    assert verify(engine).ok


def test_a_split_that_does_not_fit_is_refused_and_changes_nothing(schools, load, act, unit_of_work, engine, subtests):
    load()
    (school, lyceum), (its, other) = schools
    wrong = {
        "parts_differ": halves(schools, 100_000, 49_999),
        "foreign_invoice": [NewPart(school, 100_000, (NewAllocation(other, 100),)), NewPart(lyceum, 50_000)],
        "too_much": [NewPart(school, 100, (NewAllocation(its, 101),)), NewPart(lyceum, 149_900)],
        "more_than_owed": [NewPart(school, 140_000, (NewAllocation(its, 100_001),)), NewPart(lyceum, 10_000)],
        "parts_too_few": [NewPart(school, 150_000)],
        "parts_repeat": [NewPart(school, 100_000), NewPart(school, 50_000)],
        "part_empty": [NewPart(school, 150_001), NewPart(lyceum, -1)],
    }
    for code, parts in wrong.items():
        with subtests.test(code):
            with pytest.raises(AllocationError) as stopped:
                act("split", parts)
            assert stopped.value.code == code
    with unit_of_work() as request:
        assert standing(request) == []
        assert request.find_service(IStatementQueue).counts() == (1, 1, 0)
    assert verify(engine).ok


@given(
    minor=st.integers(2, 10**12),
    cuts=st.lists(st.integers(1, 10**12), min_size=1, max_size=6, unique=True),
    off=st.sampled_from([-1, 1]),
    sign=st.sampled_from([-1, 1]),
)
def test_parts_are_taken_where_they_sum_to_the_line_exactly_and_never_else(minor, cuts, off, sign):
    edges = sorted({cut % minor for cut in cuts} - {0} | {minor // 2 or 1})
    parts = [
        NewPart(n, sign * (end - start))
        for n, (start, end) in enumerate(zip([0, *edges], [*edges, minor], strict=True))
    ]
    check_parts(sign * minor, parts)
    spoilt = [NewPart(99, parts[0].minor + off), *parts[1:]]
    with pytest.raises(AllocationError):
        check_parts(sign * minor, spoilt)
    with pytest.raises(AllocationError):
        check_parts(-sign * minor, parts)


def test_a_line_that_was_split_is_not_decided_once_more_nor_matched_anew(
    schools, load, act, registry, unit_of_work, engine
):
    load()
    act("split", halves(schools))
    for again in (("split", halves(schools)), ("credit", schools[0][0], ()), ("transfer",)):
        with pytest.raises(ConflictError) as stopped:
            act(*again)
        assert stopped.value.code == "line_decided"
    assert match_again(partial(open_unit, registry)).looked == 0
    act("undo")
    with pytest.raises(ConflictError):
        act("undo")
    assert match_again(partial(open_unit, registry)).applied == 0, "what a person took back stays a question"
    assert verify(engine).ok


def test_a_statement_taken_back_takes_all_parts_of_its_lines(schools, load, act, unit_of_work, engine):
    file_id = load()
    act("split", halves(schools))
    with unit_of_work() as request:
        desk = request.find_service(IStatementDesk)
        stake = desk.take_back(request.db.get_one(StatementFile, file_id))
    assert (stake.lines, stake.payments, stake.decided) == (1, 2, 1)
    with unit_of_work() as request:
        assert standing(request) == []
        assert {i.state for i in request.db.scalars(select(Invoice))} == {"issued"}
    assert verify(engine).ok


def test_no_client_sees_anything_of_the_others_in_his_part(schools, load, act, unit_of_work):
    load()
    act("split", halves(schools))
    act("undo")
    act("split", halves(schools, 99_999, 50_001))
    (school, lyceum), _invoices = schools
    told = ("Департамент", "Лицей", "Школу", "16", "500", "1500", inn_of(90))
    with unit_of_work() as request:
        payments = request.db.scalars(select(Payment).where(Payment.client_id == school)).all()
        account = request.find_service(IClientMoney).account(school, "RUB").lines
        read = [payment.text for payment in payments] + [line.text for line in account]
        acts = request.find_service(IAuditLog).of("payment", payments[0].public_id)
        read += [str((entry.title, entry.before, entry.after)) for entry in acts]
        assert acts, "the taking back is told of each payment"
        assert all(payment.text == "Bank payment № 74 of 11.02.2026" for payment in payments)
        for words in read:
            assert not [word for word in told if word in words], words
    with unit_of_work(scope={lyceum}) as request:
        assert request.db.scalars(select(StatementLine)).all() == [], "the line is nobody's own"
        assert {payment.client_id for payment in request.db.scalars(select(Payment))} == {lyceum}


def test_verification_finds_a_part_that_is_gone_and_one_too_many(schools, load, act, off_guard, engine):
    load()
    act("split", halves(schools))
    for spoil, mend in (
        ("UPDATE finsystem_payment SET line_id = NULL WHERE minor = 50000", "UPDATE finsystem_payment SET line_id = 1"),
        ("UPDATE finsystem_payment SET line_id = NULL", "UPDATE finsystem_payment SET line_id = 1"),
        (
            "UPDATE finsystem_statement_line SET state = 'proposed'",
            "UPDATE finsystem_statement_line SET state = 'applied'",
        ),
        ("UPDATE finsystem_statement_line SET payment_id = 1", "UPDATE finsystem_statement_line SET payment_id = NULL"),
    ):
        off_guard(engine, [spoil])
        assert {problem.check for problem in verify(engine).problems} >= {"lines"}, spoil
        off_guard(engine, [mend])
        with engine.connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM finsystem_payment WHERE line_id = 1")).scalar() == 2
        assert "lines" not in {problem.check for problem in verify(engine).problems}, mend
