"""Payments: booked, put onto invoices in parts, taken back one by one; nothing is lost or made on the way."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from cabinet.db.paging import ListQuery
from cabinet.interfaces import IClock
from cabinet_client_manager.interfaces import ClientFacts, IClientCards, IContracts
from cabinet_client_manager.testing import a_client, a_contract
from cabinet_finsystem.errors import (
    AllocationError,
    AlreadyReversedError,
    PaymentNotFoundError,
    PeriodClosedError,
    RepeatedFactError,
)
from cabinet_finsystem.interfaces import IArticles, IBalances, IInvoiceBook, ILedger, IPayments
from cabinet_finsystem.invoicing.models import Invoice, InvoiceLine
from cabinet_finsystem.invoicing.values import LineData
from cabinet_finsystem.ledger.models import Account, Entry, PnlMonth, Posting
from cabinet_finsystem.ledger.verify import verify
from cabinet_finsystem.payments.models import Allocation, AllocationSpread, Payment
from cabinet_finsystem.payments.services import Payments
from cabinet_finsystem.payments.spread import spread, spread_step
from cabinet_finsystem.payments.values import NewAllocation, NewPayment
from cabinet_finsystem.testing import DAY, a_draft, a_payment, an_invoice, open_books


@pytest.fixture
def client_id(unit_of_work) -> int:
    """A client of a firm whose books are open."""
    with unit_of_work() as request:
        open_books(request)
        return a_client(request).client_id


def payments_of(request) -> IPayments:
    return request.find_service(IPayments)


def balance(request, client_id: int) -> int:
    return request.find_service(IBalances).client(client_id, "RUB")


def cash_pnl(request) -> dict[str, int]:
    """Cash P&L by article, all months together."""
    request.find_service(IBalances).clients()
    names = {node.id: node.name for node in request.find_service(IArticles).tree()}
    rows = request.db.execute(
        select(PnlMonth.article_id, func.sum(PnlMonth.minor))
        .where(PnlMonth.basis == "cash")
        .group_by(PnlMonth.article_id)
    )
    return {names[article]: int(minor) for article, minor in rows if minor}


# Booking


def test_one_payment_covers_several_invoices_and_the_rest_stays_free(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        first, second = an_invoice(request, client_id, 10_000), an_invoice(request, client_id, 20_000)
        payment = a_payment(request, client_id, 40_000, (first, 10_000), (second, 5_000))
        assert (first.state, first.open, second.state, second.open) == ("paid", 0, "partly_paid", 15_000)
        assert (payment.allocated, payment.free) == (15_000, 25_000)
        assert payments_of(request).free_of(client_id, "RUB") == 25_000
        assert balance(request, client_id) == 40_000 - 30_000 == payment.free - second.open


def test_money_without_an_invoice_is_an_advance_until_it_is_put_onto_one(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        payment = a_payment(request, client_id, 12_200)
        assert cash_pnl(request) == {"Авансы клиентов": 12_200}
        invoice = an_invoice(request, client_id, 12_200)
        payments_of(request).allocate(payment.id, [NewAllocation(invoice.id, 12_200)])
        assert cash_pnl(request) == {"Продажи": 10_000}
        assert (invoice.state, balance(request, client_id)) == ("paid", 0)


def test_a_refund_mirrors_a_payment(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        a_payment(request, client_id, 5_000)
        refund = a_payment(request, client_id, -5_000)
        assert (balance(request, client_id), cash_pnl(request)) == (0, {})
        assert request.db.get(Entry, refund.entry_id).kind == "refund"
        with pytest.raises(AllocationError):
            payments_of(request).allocate(refund.id, [NewAllocation(an_invoice(request, client_id, 1).id, 1)])


def test_a_write_off_costs_us_and_closes_the_invoice(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, client_id, 12_200)
        a_payment(request, client_id, 12_199, (invoice, 12_199))
        payments_of(request).write_off(invoice, date=DAY, text="копейка")
        assert (invoice.state, balance(request, client_id)) == ("paid", 0)
        # What was forgiven never came in: it is no cash income.
        assert cash_pnl(request) == {"Продажи": 9_999}


@pytest.mark.parametrize("first", ["forgiven", "brought"])
def test_cash_income_of_an_invoice_is_the_money_that_came_for_it(unit_of_work, client_id, first) -> None:
    """What pays it besides, a rest that is forgiven or a prepayment from before the books, is no money, whichever comes first."""
    with unit_of_work() as request:
        invoice, payments = an_invoice(request, client_id, 12_200), payments_of(request)
        if first == "brought":
            opening = payments.opening(client_id=client_id, date=DAY, minor=2_440, currency="RUB", text="Остаток")
            payments.allocate(opening.id, [NewAllocation(invoice.id, 2_440)])
        else:
            early = a_payment(request, client_id, 9_760, (invoice, 9_760))
            payments.write_off(invoice, date=DAY, text="прощено")
            payments.reverse([early.id], text="ошибка")
        a_payment(request, client_id, 9_760, (invoice, 9_760))
        assert invoice.state == "paid"
        assert cash_pnl(request) == {"Продажи": 8_000}


def test_taking_a_write_off_from_its_invoice_takes_it_back_altogether(unit_of_work, registry, client_id) -> None:
    with unit_of_work() as request:
        invoice, other = an_invoice(request, client_id, 12_200), an_invoice(request, client_id, 5_000)
        forgiven = payments_of(request).write_off(invoice, date=DAY, text="прощено")
        [allocation] = payments_of(request).live_allocations([forgiven.id])
        payments_of(request).undo_allocation(allocation.id)
        # What was forgiven was no money: it may not go on to pay something else.
        assert (forgiven.free, payments_of(request).free_of(client_id, "RUB")) == (0, 0)
        with pytest.raises(AlreadyReversedError):
            payments_of(request).allocate(forgiven.id, [NewAllocation(other.id, 5_000)])
        assert (invoice.state, invoice.paid, balance(request, client_id)) == ("issued", 0, -17_200)
        cost = select(func.sum(Posting.minor)).join(Account).where(Account.kind == "expense")
        assert request.db.scalar(cost) == 0
        payments_of(request).write_off(invoice, date=DAY, text="прощено всё же")
        assert invoice.state == "paid"
    assert verify(registry.cabinet_engine).problems == []


def test_an_opening_balance_stands_once(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        opening = payments_of(request).opening(client_id=client_id, date=DAY, minor=5_000, currency="RUB")
        with pytest.raises(RepeatedFactError):
            payments_of(request).opening(client_id=client_id, date=DAY, minor=7_000, currency="RUB")
        payments_of(request).reverse([opening.id], text="не та сумма")
        payments_of(request).opening(client_id=client_id, date=DAY, minor=7_000, currency="RUB")
        assert (balance(request, client_id), cash_pnl(request)) == (7_000, {})


def test_an_opening_balance_may_pay_an_invoice(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        opening = payments_of(request).opening(client_id=client_id, date=DAY, minor=5_000, currency="RUB")
        invoice = an_invoice(request, client_id, 12_200)
        payments_of(request).allocate(opening.id, [NewAllocation(invoice.id, 5_000)])
        assert (invoice.open, balance(request, client_id), cash_pnl(request)) == (7_200, -7_200, {})


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ((10_001,), "more_than_owed"),
        ((6_000, 6_000), "more_than_owed"),
        ((0,), "more_than_owed"),
        ((-1,), "more_than_owed"),
        ((9_000, 900, 200), "too_much"),
    ],
)
def test_money_that_does_not_fit_is_refused_whole(unit_of_work, client_id, parts, code) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, client_id, 10_000)
        with pytest.raises(AllocationError) as refused:
            a_payment(
                request, client_id, 12_000 if code != "too_much" else 10_000, *((invoice, part) for part in parts)
            )
        assert refused.value.code == code
        assert request.db.query(Payment).count() == 0
        assert balance(request, client_id) == -10_000


def test_only_a_waiting_invoice_of_that_client_and_currency_takes_money(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        other = a_client(request, 3).client_id
        void = an_invoice(request, client_id, 100)
        request.find_service(IInvoiceBook).void(void, reason="")
        wrong = {
            "foreign_invoice": an_invoice(request, other, 100),
            "other_currency": an_invoice(request, client_id, 100, currency="USD"),
            "not_payable": void,
        }
        for code, invoice in [*wrong.items(), ("not_payable", a_draft(request, client_id, 100))]:
            with pytest.raises(AllocationError) as refused:
                a_payment(request, client_id, 100, (invoice, 100))
            assert refused.value.code == code


def test_nothing_is_booked_into_a_closed_period(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        request.find_service(ILedger).close_through(DAY, reason="сдан")
        with pytest.raises(PeriodClosedError):
            a_payment(request, client_id, 100)


def test_payments_are_booked_in_a_constant_number_of_queries(unit_of_work, client_id, count_queries) -> None:
    numbers = []
    for size in (3, 60):
        with unit_of_work() as request:
            drafts = [a_draft(request, client_id, 100) for _n in range(size)]
            request.find_service(IInvoiceBook).issue_many(drafts)
            new = [
                NewPayment(client_id, DAY, 150, "RUB", 1, "Оплата", "cash", allocations=(NewAllocation(draft.id, 100),))
                for draft in drafts
            ]
            with count_queries() as queries:
                payments_of(request).book(new)
            numbers.append(queries.count)
    assert numbers[1] <= numbers[0] + 1


# Taking back


def test_undoing_an_allocation_leaves_the_others_as_they_are(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        invoices = [an_invoice(request, client_id, 10_000) for _n in range(3)]
        payment = a_payment(request, client_id, 30_000, *((invoice, 10_000) for invoice in invoices))
        first, second, third = payments_of(request).live_allocations([payment.id])
        before = [(a.id, a.public_id, a.minor) for a in (first, third)]
        payments_of(request).undo_allocation(second.id)
        assert [(a.id, a.public_id, a.minor) for a in payments_of(request).live_allocations([payment.id])] == before
        assert [invoice.state for invoice in invoices] == ["paid", "issued", "paid"]
        assert (payment.free, balance(request, client_id)) == (10_000, 0)
        with pytest.raises(AlreadyReversedError):
            payments_of(request).undo_allocation(second.id)
        undone = request.db.scalar(select(Allocation).where(Allocation.reverses_id == second.id))
        with pytest.raises(PaymentNotFoundError):
            payments_of(request).undo_allocation(undone.id)
        assert [a.id for a, _payment in payments_of(request).paid_by(invoices[1].id)] == []


def test_money_taken_back_from_a_closed_period_counts_today(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, client_id, 12_200)
        payment = a_payment(request, client_id, 12_200, (invoice, 12_200))
        [allocation] = payments_of(request).live_allocations([payment.id])
        request.find_service(ILedger).close_through(DAY + timedelta(1), reason="сдан")
        payments_of(request).undo_allocation(allocation.id)
        back = request.db.scalar(select(Allocation).where(Allocation.reverses_id == allocation.id))
        assert back.date == request.find_service(IClock).today()
        assert cash_pnl(request) == {"Авансы клиентов": 12_200}


def test_a_payment_is_reversed_with_all_that_it_paid(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, client_id, 12_200)
        payment = a_payment(request, client_id, 20_000, (invoice, 12_200))
        payments_of(request).reverse([payment.id], text="чужая")
        assert (invoice.state, invoice.paid, payment.free) == ("issued", 0, 0)
        assert (balance(request, client_id), cash_pnl(request)) == (-12_200, {})
        with pytest.raises(AlreadyReversedError):
            payments_of(request).reverse([payment.id], text="")
        with pytest.raises(AlreadyReversedError):
            payments_of(request).allocate(payment.id, [NewAllocation(invoice.id, 1)])


def given_at_once(unit_of_work, client_id) -> list[str]:
    """What two people are told who give the same free money to two invoices at the same moment."""
    with unit_of_work() as request:
        payment = a_payment(request, client_id, 1_000).public_id
        invoices = [an_invoice(request, client_id, 1_000).id for _n in range(2)]
    both_looked = threading.Barrier(2)

    def give(invoice_id: int) -> str:
        try:
            with unit_of_work() as request:
                found = payments_of(request).find(payment)
                with suppress(threading.BrokenBarrierError):  # where one writer keeps the other out, they cannot meet
                    both_looked.wait(1)
                payments_of(request).allocate(found.id, [NewAllocation(invoice_id, 1_000)])
        except AllocationError as error:
            return error.code
        except DBAPIError:
            return "refused by the database"
        return "given"

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(give, invoices))


def test_free_money_goes_once_however_many_people_give_it_at_once(unit_of_work, registry, client_id) -> None:
    assert given_at_once(unit_of_work, client_id) == ["given", "too_much"]
    assert verify(registry.cabinet_engine).problems == []


def test_without_its_lock_free_money_goes_twice(unit_of_work, registry, client_id, monkeypatch) -> None:
    """The control. SQLite has one writer at a time by itself."""
    if registry.cabinet_engine.dialect.name == "sqlite":
        pytest.skip("a transaction that writes is alone on SQLite")
    both_read = threading.Barrier(2)

    def unlocked(self, payment_ids):
        found = self._session.scalars(select(Payment).where(Payment.id.in_(payment_ids))).all()
        assert [payment.free for payment in found] == [1_000]
        both_read.wait(20)
        return found

    monkeypatch.setattr(Payments, "_locked", unlocked)
    outcomes = given_at_once(unit_of_work, client_id)
    assert outcomes != ["given", "too_much"]
    assert "refused by the database" in outcomes or verify(registry.cabinet_engine).problems != []


# Reading


def test_payments_are_listed_and_found_within_the_scope(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        other = a_client(request, 3).client_id
        invoice = an_invoice(request, client_id, 100)
        whole = a_payment(request, client_id, 100, (invoice, 100), text="за январь")
        free = a_payment(request, other, 300, text="аванс")
        back = a_payment(request, client_id, 500)
        payments_of(request).reverse([back.id], text="")

        def shown(search: str = "", **filters: str) -> set[int]:
            return {p.id for p in payments_of(request).listing(ListQuery(search=search, filters=filters)).rows}

        assert shown() == {whole.id, free.id, back.id}
        assert shown("январь") == {whole.id}
        assert shown(state="free") == {free.id}
        assert shown(state="reversed") == {back.id}
        ids = (whole.public_id, free.public_id)
    with unit_of_work(scope={client_id}) as request:
        assert payments_of(request).find(ids[0]).minor == 100
        assert payments_of(request).find(ids[1]) is None
        assert {p.client_id for p in payments_of(request).listing(ListQuery()).rows} == {client_id}
        assert payments_of(request).free_of(other, "RUB") == 0


# The arithmetic


@given(st.integers(0, 10**6), st.lists(st.integers(0, 10**6), min_size=1, max_size=6))
def test_a_spread_is_whole_fair_and_complete(paid, shares) -> None:
    paid = min(paid, sum(shares))
    parts = spread(paid, shares)
    total = sum(shares)
    assert sum(parts) == (paid if total else 0)
    assert all(abs(part * total - paid * share) < total for part, share in zip(parts, shares, strict=True) if total)
    assert spread(total, shares) == shares


@given(
    st.dictionaries(st.integers(1, 5), st.integers(0, 10**5), min_size=1),
    st.integers(0, 10**5),
    st.lists(st.integers(1, 10**5), max_size=8),
)
def test_parts_of_an_invoice_add_up_to_its_lines_whatever_the_parts(nets, vat, parts) -> None:
    total, paid = sum(nets.values()) + vat, 0
    before: Counter[int] = Counter()
    for part in [*parts, total]:
        step = min(part, total - paid)
        before.update(spread_step(step, paid, nets, vat, before))
        paid += step
    assert {article: minor for article, minor in before.items() if minor} == {a: n for a, n in nets.items() if n}


# Conservation

ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "invoice",
                "invoice",
                "act",
                "pay",
                "pay",
                "allocate",
                "allocate",
                "undo",
                "reverse",
                "void",
                "refund",
                "forgive",
            ]
        ),
        st.integers(1, 50_000),
        st.integers(0, 7),
        st.integers(0, 60),
    ),
    min_size=1,
    max_size=16,
)


class Deals:
    """One client's business, act by act; what the rules refuse is left out."""

    def __init__(self, request, client_id: int, contract_id: int) -> None:
        self.request = request
        self.client_id = client_id
        self.contract_id = contract_id
        self.invoices: list[Invoice] = []
        self.payments: list[Payment] = []

    def do(self, act: str, amount: int, which: int, days: int) -> None:
        day = DAY + timedelta(days)
        payments, book = payments_of(self.request), self.request.find_service(IInvoiceBook)
        if act in {"invoice", "act"}:
            goods = self.request.find_service(IArticles).find_or_create(["Товары"])[0]["Товары"]
            lines = (LineData("а", amount, vat_rate=Decimal(22)), LineData("б", amount // 3 + 1, article_id=goods))
            contract = self.contract_id if act == "act" else None
            self.invoices.append(an_invoice(self.request, self.client_id, lines=lines, date=day, contract_id=contract))
        elif act == "pay":
            self.payments.append(a_payment(self.request, self.client_id, amount, *self._fit(amount, which), date=day))
        elif act == "refund":
            self.payments.append(a_payment(self.request, self.client_id, -amount, date=day))
        elif act == "allocate" and (payment := _pick(self.payments, which)) is not None and payment.free > 0:
            fitting = self._fit(payment.free, which + days)
            payments.allocate(payment.id, [NewAllocation(invoice.id, part) for invoice, part in fitting])
        elif act == "undo" and (payment := _pick(self.payments, which)) is not None:
            if (allocation := _pick(payments.live_allocations([payment.id]), days)) is not None:
                payments.undo_allocation(allocation.id)
        elif act == "reverse" and (payment := _pick(self.payments, which)) is not None and payment.reversal_id is None:
            payments.reverse([payment.id], text="ошибка")
        elif act == "void" and (invoice := _pick(self.invoices, which)) is not None:
            if invoice.state == "issued":
                book.void(invoice, reason="ошибка")
        elif act == "forgive" and (invoice := _pick(self.invoices, which)) is not None and invoice.open:
            if invoice.charges == "act":
                with pytest.raises(AllocationError):  # no act has charged it: nobody owes that
                    payments.write_off(invoice, date=day, text="прощено")
                return
            self.payments.append(payments.write_off(invoice, date=day, text="прощено"))

    def _fit(self, money: int, which: int) -> list[tuple[Invoice, int]]:
        invoice = _pick([i for i in self.invoices if i.open], which)
        return [] if invoice is None else [(invoice, min(money, invoice.open))]

    def check(self) -> None:
        """The card, the ledger and the documents say one thing."""
        db = self.request.db
        card = balance(self.request, self.client_id)
        posted = db.scalar(
            select(func.sum(Posting.minor))
            .join(Account, Account.id == Posting.account_id)
            .where(Account.kind == "client", Posting.client_id == self.client_id)
        )
        assert card == -int(posted or 0)
        live = [payment for payment in self.payments if payment.reversal_id is None]
        charged = [i for i in self.invoices if i.charges == "invoice" and i.state != "void"]
        uncharged = [i for i in self.invoices if i.charges == "act"]
        assert card == sum(p.minor for p in live) - sum(i.total for i in charged)
        free = sum(payment.minor - payment.allocated for payment in live)
        assert card == free - sum(i.total - i.paid for i in charged) + sum(i.paid for i in uncharged)
        for invoice in self.invoices:
            self._check_invoice(invoice)

    def _check_invoice(self, invoice: Invoice) -> None:
        db = self.request.db
        rows = db.execute(
            select(Allocation.minor, Payment.kind).join(Payment).where(Allocation.invoice_id == invoice.id)
        ).all()
        assert invoice.paid == sum(minor for minor, _kind in rows)
        state = (
            "void"
            if invoice.state == "void"
            else "paid"
            if invoice.paid == invoice.total
            else "partly_paid"
            if invoice.paid
            else "issued"
        )
        assert invoice.state == state
        money = sum(minor for minor, kind in rows if kind != "write_off")
        came = dict(
            db.execute(
                select(AllocationSpread.article_id, func.sum(AllocationSpread.minor))
                .join(Allocation, Allocation.id == AllocationSpread.allocation_id)
                .where(Allocation.invoice_id == invoice.id)
                .group_by(AllocationSpread.article_id)
            ).all()
        )
        nets: Counter[int] = Counter()
        for article_id, net in db.execute(
            select(InvoiceLine.article_id, InvoiceLine.net).where(InvoiceLine.invoice_id == invoice.id)
        ):
            nets[article_id] += net
        for article_id, net in nets.items():
            assert abs(int(came.get(article_id, 0)) * invoice.total - net * money) <= invoice.total
        if money in {0, invoice.total}:
            assert {a: int(m) for a, m in came.items() if m} == (
                {} if not money else {a: n for a, n in nets.items() if n}
            )


def _pick(things: list, which: int):
    return things[which % len(things)] if things else None


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_no_kopeck_is_lost_whatever_happens(unit_of_work, registry, client_id, acts) -> None:
    with unit_of_work() as request:
        n = request.db.scalar(select(func.count()).select_from(Payment.__table__)) or 0
        card = request.find_service(IClientCards).add(ClientFacts(name=f"Клиент {n}"))
        contract = a_contract(request, card, charges="act")
        assert request.find_service(IContracts).get(contract.contract_id).facts.charges == "act"
        deals = Deals(request, card.client_id, contract.contract_id)
        for act in acts:
            deals.do(*act)
            deals.check()
    assert verify(registry.cabinet_engine).problems == []


def test_the_day_of_the_money_is_the_day_of_the_cash_report(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, client_id, 12_200, date=date(2026, 1, 20))
        payment = a_payment(request, client_id, 12_200, date=date(2026, 3, 5))
        payments_of(request).allocate(payment.id, [NewAllocation(invoice.id, 12_200)])
        request.find_service(IBalances).clients()
        months = request.db.execute(
            select(PnlMonth.basis, PnlMonth.month, func.sum(PnlMonth.minor)).group_by(PnlMonth.basis, PnlMonth.month)
        ).all()
    assert {(basis, month): int(minor) for basis, month, minor in months} == {
        ("accrual", date(2026, 1, 1)): 10_000,
        ("cash", date(2026, 3, 1)): 10_000,
    }
