"""Closing periods: every act that would touch closed days, what is unfinished, who closed and opened what."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from cabinet.interfaces import IClientDirectory, IClock, IPeople
from cabinet.notify.models import Notice
from cabinet.origin import act_for
from cabinet_client_manager.testing import a_client, a_contract, account_of
from cabinet_finsystem.closing.services import _holes
from cabinet_finsystem.closing.values import Gap
from cabinet_finsystem.errors import PeriodClosedError
from cabinet_finsystem.interfaces import (
    IActBook,
    IBalances,
    IInvoiceBook,
    ILedger,
    IPayments,
    IPeriods,
    IStatementDesk,
    IStatementQueue,
)
from cabinet_finsystem.ledger.models import Entry
from cabinet_finsystem.payments.values import NewAllocation
from cabinet_finsystem.statements.parsed import Counterparty
from cabinet_finsystem.statements.writing import LineToWrite, OwnSide, StatementToWrite, write_onec
from cabinet_finsystem.testing import DAY, a_draft, a_payment, a_statement, an_invoice, open_books

MARCH = date(2026, 3, 31)
REFUSED, TODAY = "refused in words", "booked today"


class Before:
    """What stood in the books before they were closed."""

    def __init__(self, request) -> None:
        open_books(request)
        self.client = a_client(request, 2)
        client_id = self.client.client_id
        self.draft = a_draft(request, client_id, 5_000, date=DAY).id
        self.issued = an_invoice(request, client_id, 70_000, date=DAY).id
        self.owed = an_invoice(request, client_id, 90_000, date=DAY).id
        paid_for = an_invoice(request, client_id, 10_000, date=DAY)
        self.paid = a_payment(request, client_id, 10_000, (paid_for, 10_000), date=DAY).id
        self.free = a_payment(request, client_id, 4_000, date=DAY).id
        [allocation] = request.find_service(IPayments).live_allocations([self.paid])
        self.allocation = allocation.id
        by_act = a_contract(request, self.client, charges="act").contract_id
        self.acted = an_invoice(request, client_id, 6_000, date=DAY, contract_id=by_act).id
        self.entity = self.client
        self.line = a_statement(request, request.find_service(IClientDirectory).get(self.client.client_id))[1].public_id


def invoice(request, invoice_id):
    book = request.find_service(IInvoiceBook)
    [found] = book.many([invoice_id]) or [None]
    return found


def an_invoice_row(request, invoice_id):
    from cabinet_finsystem.invoicing.models import Invoice

    return request.db.get(Invoice, invoice_id)


def load(request, at: Before):
    own = OwnSide("ООО «Линия тепла»", "7700000016", "770101001", "044525225", "ПАО Сбербанк")
    payer = Counterparty("Somebody", "", "", "", "")
    content = write_onec(StatementToWrite(account_of(1), DAY, DAY, 0, [LineToWrite(DAY, 777, payer, "Late", "9")], own))
    desk = request.find_service(IStatementDesk)
    desk.write(desk.receive(content, "late.txt"), desk.plan(desk.receive(content, "late.txt"), confirmed=True))


def act_on(request, at: Before):
    book = request.find_service(IActBook)
    book.issue(book.draft_of(an_invoice_row(request, at.acted), date=DAY, kind="act"))


def credit(request, at: Before):
    queue = request.find_service(IStatementQueue)
    queue.credit(queue.find(at.line), at.client.client_id, [])


ACTS = {
    "issue an invoice": (REFUSED, lambda r, at: r.find_service(IInvoiceBook).issue(an_invoice_row(r, at.draft))),
    "issue an act": (REFUSED, act_on),
    "void an invoice": (
        TODAY,
        lambda r, at: r.find_service(IInvoiceBook).void(an_invoice_row(r, at.issued), reason="x"),
    ),
    "enter a payment": (REFUSED, lambda r, at: a_payment(r, at.client.client_id, 500, date=DAY)),
    "enter an opening balance": (
        REFUSED,
        lambda r, at: r.find_service(IPayments).opening(
            client_id=at.client.client_id, date=DAY, minor=-300, currency="EUR"
        ),
    ),
    "write a rest off": (
        REFUSED,
        lambda r, at: r.find_service(IPayments).write_off(an_invoice_row(r, at.owed), date=DAY, text="small"),
    ),
    "take a payment back": (TODAY, lambda r, at: r.find_service(IPayments).reverse([at.free], text="mistake")),
    "put money onto an invoice": (
        TODAY,
        lambda r, at: r.find_service(IPayments).allocate(at.free, [NewAllocation(at.owed, 1_000)]),
    ),
    "take money off an invoice": (TODAY, lambda r, at: r.find_service(IPayments).undo_allocation(at.allocation)),
    "decide about a bank line": (TODAY, credit),
    "load a statement": (REFUSED, load),
}


@pytest.mark.parametrize("what", ACTS)
@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_what_an_act_on_closed_days_does(unit_of_work, what) -> None:
    fate, act = ACTS[what]
    with unit_of_work() as request:
        at = Before(request)
        request.find_service(ILedger).close_through(MARCH, reason="filed")
        before = {row.id for row in request.db.query(Entry)}
        then = request.find_service(IBalances).client(at.client.client_id, "RUB", on=MARCH)
    if fate == REFUSED:
        with pytest.raises(PeriodClosedError) as refused, unit_of_work() as request:
            act(request, at)
        assert "ask the head of the firm to open the period" in str(refused.value)
    else:
        with unit_of_work() as request:
            act(request, at)
    with unit_of_work() as request:
        today = request.find_service(IClock).today()
        new = [row for row in request.db.query(Entry) if row.id not in before]
        assert {row.date for row in new} <= {today}
        assert request.find_service(IBalances).client(at.client.client_id, "RUB", on=MARCH) == then


def test_closed_days_are_opened_again_with_a_trace_of_who_and_why(unit_of_work, person) -> None:
    person("head@x.ru", "head")
    with unit_of_work() as request:
        open_books(request)
        act_for(request, request.find_service(IPeople).by_email("head@x.ru").id)
        periods = request.find_service(IPeriods)
        today = request.find_service(IClock).today()
        with pytest.raises(PeriodClosedError, match="days that are over"):
            periods.close(today, reason="in a hurry")
        periods.close(date(2026, 2, 28), reason="February is filed")
        periods.close(MARCH, reason="March is filed")
        with pytest.raises(PeriodClosedError):
            periods.close(MARCH, reason="again")
        periods.reopen(date(2026, 2, 28), reason="A late paper")
        periods.reopen(None, reason="All anew")
        with pytest.raises(PeriodClosedError):
            periods.reopen(None, reason="again")
        told = [(one.through, one.before, one.reason, one.opened, one.who) for one in periods.history(9)]
    assert told == [
        (None, date(2026, 2, 28), "All anew", True, "Head"),
        (date(2026, 2, 28), MARCH, "A late paper", True, "Head"),
        (MARCH, date(2026, 2, 28), "March is filed", False, "Head"),
        (date(2026, 2, 28), None, "February is filed", False, "Head"),
    ]


def test_the_owner_is_told_that_closed_days_are_open_again_and_why(unit_of_work, person) -> None:
    owner = person("owner@example.org", "owner")
    with unit_of_work() as request:
        periods = request.find_service(IPeriods)
        periods.close(MARCH, reason="")
        periods.reopen(date(2026, 2, 28), reason="A late paper")
        [told] = request.db.scalars(select(Notice)).all()
        assert (told.user_id, told.kind, told.facts) == (
            owner.id,
            "finsystem.period.reopened",
            {"closed": "2026-03-31", "through": "2026-02-28", "reason": "A late paper"},
        )


def test_what_is_unfinished_is_counted_up_to_the_day(unit_of_work, count_queries) -> None:
    with unit_of_work() as request:
        open_books(request)
        client = a_client(request, 2)
        a_draft(request, client.client_id, 5_000, date=DAY)
        a_draft(request, client.client_id, 5_000, date=date(2026, 4, 2))
        a_statement(request, request.find_service(IClientDirectory).get(client.client_id))
        found = request.find_service(IPeriods).obstacles(date(2026, 2, 28))
        assert (found.drafts, found.held) == (1, 0)
        assert found.unsorted + found.proposed == 1
        [gap] = found.gaps
        assert (gap.account, gap.since, gap.until, gap.days) == (account_of(1), date(2026, 2, 4), date(2026, 2, 28), 25)
        assert not request.find_service(IPeriods).obstacles(date(2026, 1, 31))


def test_days_without_a_statement_are_the_holes_between_them() -> None:
    def day(n: int) -> date:
        return date(2026, 3, n)

    covered = [(day(2), day(4)), (day(4), day(9)), (day(12), day(14)), (day(13), day(13)), (day(20), day(25))]
    assert list(_holes("x", covered, day(1), day(31))) == [
        Gap("x", day(1), day(1)),
        Gap("x", day(10), day(11)),
        Gap("x", day(15), day(19)),
        Gap("x", day(26), day(31)),
    ]
    assert list(_holes("x", covered, day(5), day(13))) == [Gap("x", day(10), day(11))]
    assert list(_holes("x", covered, day(21), day(23))) == []
