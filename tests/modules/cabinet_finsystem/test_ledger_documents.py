"""Invoices, payments and allocations: what the database refuses of them, and what verification finds."""

from __future__ import annotations

import datetime

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from cabinet_client_manager.testing import a_client
from cabinet_finsystem.acts.values import ActPart
from cabinet_finsystem.interfaces import IActBook, IInvoiceBook, ILedger, IPayments
from cabinet_finsystem.ledger.verify import verify
from cabinet_finsystem.testing import DAY, a_draft, a_payment, an_invoice, open_books


@pytest.fixture
def engine(registry, unit_of_work) -> Engine:
    """Invoices 1 (part paid), 2 (paid), 3 (void), 4 (draft) and 5 (another client's); allocation 1 stands, 2 was undone by 4.

    Acts over half of the first line of invoice 1: 1 (issued) and over the rest: 2 (draft).
    """
    with unit_of_work() as request:
        open_books(request)
        client, other = a_client(request).client_id, a_client(request, 3).client_id
        first, second = an_invoice(request, client, 12_200, 33), an_invoice(request, client, 999)
        third = an_invoice(request, client, 500)
        a_draft(request, client, 700)
        an_invoice(request, other, 10_000)
        payment = a_payment(request, client, 5_000, (first, 1_000), (first, 77))
        second_payment = a_payment(request, client, 2_000, (second, 999))
        assert (payment.id, second_payment.id) == (1, 2)
        request.find_service(IPayments).undo_allocation(2)
        request.find_service(IInvoiceBook).void(third, reason="mistake")
        acts = request.find_service(IActBook)
        acts.issue(acts.draft_of(first, date=DAY, parts=[ActPart(first.lines[0].id, 500)]))
        acts.draft_of(first, date=DAY)
    with unit_of_work() as request:
        request.find_service(ILedger).close_through(datetime.date(2025, 12, 31), reason="filed")
    return registry.cabinet_engine


ALLOCATION = (
    "INSERT INTO finsystem_allocation (id, public_id, payment_id, invoice_id, minor, date, reverses_id, recorded_at, client_id)"
    " SELECT 99, '{uid:032x}', {payment}, {invoice}, {minor}, '{date}', {reverses}, recorded_at, client_id"
    " FROM finsystem_allocation WHERE id = 1"
)


def allocation(
    payment: int, invoice: int, minor: int, reverses: int | str = "NULL", date: str = DAY.isoformat()
) -> str:
    return ALLOCATION.format(uid=99, payment=payment, invoice=invoice, minor=minor, reverses=reverses, date=date)


ATTACKS = {
    "more than the payment has": (allocation(1, 1, 4_001), "no more than it has"),
    "more than the invoice asks": (allocation(2, 2, 1), "no more than it asks"),
    "another client's invoice": (allocation(1, 5, 1), "differ in client"),
    "nothing": (allocation(1, 1, 0), "an allocation of nothing"),
    "a negative allocation": (allocation(1, 1, -5), "an allocation of nothing"),
    "an undoing that is not exact": (allocation(1, 1, -999, 1), "exactly or not at all"),
    "an undoing of another payment": (allocation(2, 1, -1_000, 1), "exactly or not at all"),
    "an undoing of an undoing": (allocation(1, 1, 77, 4), "exactly or not at all"),
    "a second undoing": (allocation(1, 1, -77, 2), "(?i)unique"),
    "an allocation in a closed period": (allocation(1, 1, 1, date="2025-12-31"), "period is closed"),
    "a changed allocation": ("UPDATE finsystem_allocation SET minor = 5 WHERE id = 1", "append-only"),
    "a deleted spread": ("DELETE FROM finsystem_allocation_spread", "append-only"),
    "a changed payment": ("UPDATE finsystem_payment SET minor = minor + 1 WHERE id = 1", "never edited"),
    "a deleted payment": ("DELETE FROM finsystem_payment WHERE id = 2", "never edited"),
    "a changed total": ("UPDATE finsystem_invoice SET total = total + 1 WHERE id = 1", "never edited"),
    "a changed number": ("UPDATE finsystem_invoice SET number = 'x' WHERE id = 3", "never edited"),
    "a deleted invoice": ("DELETE FROM finsystem_invoice WHERE id = 2", "never edited"),
    "a changed line": ("UPDATE finsystem_invoice_line SET text = 'x' WHERE invoice_id = 1", "never edited"),
    "a changed act": ("UPDATE finsystem_act SET total = total + 1 WHERE id = 1", "never edited"),
    "a deleted act": ("DELETE FROM finsystem_act WHERE id = 1", "never edited"),
    "a changed line of an act": ("UPDATE finsystem_act_line SET net = net + 1 WHERE act_id = 1", "never edited"),
    "a deleted line of an act": ("DELETE FROM finsystem_act_line WHERE act_id = 1", "never edited"),
    "a deleted line": ("DELETE FROM finsystem_invoice_line WHERE invoice_id = 1", "never edited"),
}


def test_the_database_refuses(engine, subtests) -> None:
    for name, (statement, reason) in ATTACKS.items():
        with subtests.test(name), pytest.raises(DBAPIError, match=reason), engine.begin() as connection:
            connection.exec_driver_sql(statement)
    assert verify(engine).problems == []


def test_the_database_takes_what_is_right(engine) -> None:
    """The control of the attacks: the statements are well-formed and fail for the reason they name."""
    for statement in (
        allocation(1, 1, 4_000),
        allocation(1, 1, -1_000, 1).replace("99", "98").replace("63'", "62'"),
        "UPDATE finsystem_invoice SET total = 1 WHERE state = 'draft'",
        "UPDATE finsystem_act SET total = 1 WHERE state = 'draft'",
        "DELETE FROM finsystem_act_line WHERE act_id = 2",
        "DELETE FROM finsystem_act WHERE id = 2",
        "DELETE FROM finsystem_invoice_line WHERE invoice_id = 4",
        "DELETE FROM finsystem_invoice WHERE id = 4",
    ):
        with engine.begin() as connection:
            connection.exec_driver_sql(statement)


TAMPERING = {
    "the amount of a payment": (
        "UPDATE finsystem_payment SET minor = minor + 1 WHERE id = 1",
        {"documents"},
        "payment 1",
    ),
    "the total of an invoice": (
        "UPDATE finsystem_invoice SET total = total + 1 WHERE id = 1",
        {"documents"},
        "invoice 1",
    ),
    "the client of a payment": (
        "UPDATE finsystem_payment SET client_id = client_id + 1 WHERE id = 2",
        {"documents"},
        "payment 2",
    ),
    "a voiding forgotten": (
        "UPDATE finsystem_invoice SET void_entry_id = NULL WHERE id = 3",
        {"documents"},
        "invoice 3",
    ),
    "a payment away": (
        "DELETE FROM finsystem_payment WHERE id = 2",
        {"documents", "pnl", "spreads"},
        "no payment owns it",
    ),
    "what a payment gave": (
        "UPDATE finsystem_payment SET allocated = allocated + 1 WHERE id = 1",
        {"allocations"},
        "payment 1",
    ),
    "what an invoice took": ("UPDATE finsystem_invoice SET paid = paid + 1 WHERE id = 1", {"allocations"}, "invoice 1"),
    "what an act took": ("UPDATE finsystem_act_line SET quantity_milli = 1001 WHERE act_id = 1", {"acts"}, "invoice 1"),
    "the sum of an act": ("UPDATE finsystem_act SET net = net + 1 WHERE id = 1", {"acts"}, "act 1"),
    "a charge of both": ("UPDATE finsystem_act SET entry_id = 1 WHERE id = 1", {"acts", "documents"}, "act 1"),
    "an act of another's invoice": (
        "UPDATE finsystem_act_line SET invoice_line_id = (SELECT max(id) FROM finsystem_invoice_line) WHERE act_id = 1",
        {"acts"},
        "is of another invoice",
    ),
    "an act under a void invoice": (
        "UPDATE finsystem_act SET invoice_id = 3 WHERE id = 1",
        {"acts"},
        "act 1",
    ),
    "a state": ("UPDATE finsystem_invoice SET state = 'paid' WHERE id = 1", {"allocations"}, "invoice 1"),
    "an allocation": (
        "UPDATE finsystem_allocation SET minor = 7 WHERE id = 1",
        {"allocations", "pnl", "spreads"},
        "payment 1",
    ),
    "an allocation too much": (
        [
            "UPDATE finsystem_allocation SET minor = 6000 WHERE id = 1",
            "UPDATE finsystem_payment SET allocated = 6000 WHERE id = 1",
            "UPDATE finsystem_invoice SET paid = 6000 WHERE id = 1",
        ],
        {"allocations", "pnl", "spreads"},
        "payment 1",
    ),
    "an undoing": ("UPDATE finsystem_allocation SET reverses_id = 1 WHERE id = 4", {"allocations"}, "allocation 4"),
    "the date of an allocation": (
        "UPDATE finsystem_allocation SET date = '2026-05-01' WHERE id = 1",
        {"pnl"},
        "cash 2026-05-01",
    ),
    "a spread": (
        "UPDATE finsystem_allocation_spread SET minor = minor - 1 WHERE allocation_id = 3",
        {"pnl", "spreads"},
        "invoice 2",
    ),
    "the spread of an invoice away": (
        "DELETE FROM finsystem_allocation_spread WHERE allocation_id = 3",
        {"pnl", "spreads"},
        "invoice 2",
    ),
}


@pytest.mark.parametrize("name", TAMPERING)
def test_verification_finds_and_names(engine, off_guard, name) -> None:
    statements, checks, where = TAMPERING[name]
    off_guard(engine, [statements] if isinstance(statements, str) else statements)
    problems = verify(engine).problems
    assert {problem.check for problem in problems} == checks, problems
    assert any(where in problem.message for problem in problems), problems
