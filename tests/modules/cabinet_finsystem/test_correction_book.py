"""Corrections of invoices: the invoice stays as it was issued, what it asks changes, and the money on it follows."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from cabinet.errors import ConflictError
from cabinet.interfaces import IAuditLog
from cabinet_client_manager.interfaces import IClientCards
from cabinet_client_manager.testing import a_client, a_contract
from cabinet_finsystem.acts.values import ActPart
from cabinet_finsystem.corrections.models import Correction
from cabinet_finsystem.corrections.reckoning import changes_of, rates_of
from cabinet_finsystem.corrections.values import Became, CorrectionData, CurrentLine, LineState, LineTaken
from cabinet_finsystem.errors import CorrectionDataError, CorrectionStateError, PeriodClosedError
from cabinet_finsystem.interfaces import (
    IActBook,
    IArticles,
    IBalances,
    ICorrectionBook,
    IForecast,
    IInvoiceBook,
    ILedger,
    IPayments,
    IReceivables,
)
from cabinet_finsystem.invoicing.amounts import line_amounts
from cabinet_finsystem.invoicing.models import Invoice, InvoiceLine
from cabinet_finsystem.invoicing.values import LineData
from cabinet_finsystem.ledger import triggers
from cabinet_finsystem.ledger.models import PnlMonth
from cabinet_finsystem.ledger.pending import Pending
from cabinet_finsystem.ledger.verify import verify
from cabinet_finsystem.payments.models import Allocation, AllocationSpread
from cabinet_finsystem.testing import DAY, a_correction, a_correction_draft, a_payment, an_invoice, open_books

LATER = date(2026, 3, 5)


@pytest.fixture
def client_id(unit_of_work) -> int:
    """A client of a firm whose books are open."""
    with unit_of_work() as request:
        open_books(request)
        return a_client(request).client_id


def book_of(request) -> ICorrectionBook:
    return request.find_service(ICorrectionBook)


def of_two_articles(request, client_id: int, **facts) -> Invoice:
    """Two lines of 1 000 ₽ under different articles, the first with 22 % VAT inside, the second without."""
    articles = {node.name: node.id for node in request.find_service(IArticles).tree()}
    lines = (
        LineData("Монтаж", 1_000_00, vat_rate=Decimal(22), article_id=articles["Услуги"]),
        LineData("Труба", 100_00, quantity=Decimal(10), unit="м", article_id=articles["Товары"]),
    )
    return an_invoice(request, client_id, lines=lines, **facts)


def charging_by_acts(request, client_id: int) -> Invoice:
    card = request.find_service(IClientCards).card(client_id)
    contract = a_contract(request, card, charges="act")
    line = LineData("Труба", 100_00, quantity=Decimal(10), unit="м", vat_rate=Decimal(22))
    return an_invoice(request, client_id, lines=(line,), contract_id=contract.contract_id)


def pnl(request, basis: str) -> Counter:
    Pending.of(request.db).settle()
    found: Counter = Counter()
    for row in request.db.scalars(select(PnlMonth).where(PnlMonth.basis == basis)):
        found[row.article_id, row.month] += row.minor
    return Counter({cell: minor for cell, minor in found.items() if minor})


LINES = st.lists(
    st.tuples(
        st.integers(1, 50_000), st.integers(0, 500_000), st.integers(0, 10_000), st.sampled_from([None, 0, 1000, 2200])
    ),
    min_size=1,
    max_size=5,
)


@given(was=LINES, became=LINES, vat_included=st.booleans())
def test_was_and_the_difference_make_what_became_by_line_and_by_rate(was, became, vat_included) -> None:
    def state(figures: tuple) -> LineState:
        quantity, price, discount, rate = figures
        worth = line_amounts(quantity, price, discount=discount, vat_rate=rate, vat_included=vat_included)
        return LineState(quantity, price, discount, rate, worth.net, worth.vat)

    current = [
        CurrentLine(InvoiceLine(id=n, text=f"{n}", client_id=1), state(one), LineTaken()) for n, one in enumerate(was)
    ]
    wanted = [
        Became(n, Decimal(q).scaleb(-3), p, Decimal(d).scaleb(-2), None if r is None else Decimal(r).scaleb(-2))
        for n, (q, p, d, r) in enumerate(became[: len(was)])
    ]
    changes = changes_of(current, wanted, vat_included=vat_included)
    by_rate: Counter = Counter()
    for n, change in ((change.line.id, change) for change in changes):
        assert change.was == state(was[n])
        assert change.became == state(became[n])
        assert change.was.total + change.total == change.became.total
        by_rate[change.was.vat_rate] -= change.was.vat
        by_rate[change.became.vat_rate] += change.became.vat
    assert {one.rate: one.vat for one in rates_of(changes) if one.vat} == {r: v for r, v in by_rate.items() if v}
    assert sum(one.net + one.vat for one in rates_of(changes)) == sum(change.total for change in changes)


def test_a_correction_changes_what_is_asked_and_leaves_the_invoice_as_it_was(unit_of_work, client_id, registry) -> None:
    with unit_of_work() as request:
        invoice = of_two_articles(request, client_id)
        before = pnl(request, "accrual")
        correction = a_correction(request, invoice, {"price": 500_00}, {"quantity": Decimal(4)}, day=LATER)
        assert correction.number == "COR-2026-00001"
        assert (correction.before, correction.total, correction.asked) == (2_000_00, -1_100_00, 900_00)
        assert correction.vat == -90_17
        assert (invoice.total, invoice.vat, invoice.asked, invoice.open) == (2_000_00, 180_33, 900_00, 900_00)
        assert [line.total for line in invoice.lines] == [1_000_00, 1_000_00]
        assert [line.milli_now for line in invoice.lines] == [1000, 4000]
        moved = pnl(request, "accrual")
        moved.subtract(before)
        assert sorted(minor for (_article, month), minor in moved.items() if month == date(2026, 3, 1)) == [
            -600_00,
            -409_83,
        ]
        assert request.find_service(IBalances).client(client_id, "RUB") == -900_00
        assert [debt.open for debt in request.find_service(IInvoiceBook).debts(client_id)] == [900_00]
        assert [debt.open for debt in request.find_service(IInvoiceBook).debts(client_id, on=DAY)] == [2_000_00]
        [ages] = request.find_service(IReceivables).totals()
        [then] = request.find_service(IReceivables).totals(DAY)
        assert (ages.total, then.total) == (900_00, 2_000_00)
        forecast = request.find_service(IForecast).of("RUB", 0, 30)
        assert forecast.late + forecast.beyond + sum(day.due for day in forecast.days) >= 900_00
        assert "finsystem.correction.issued" in {
            act.action for act in request.find_service(IAuditLog).of("correction", correction.public_id)
        }
    assert verify(registry.cabinet_engine).problems == []


def test_corrections_stand_one_upon_another_and_a_stale_draft_is_refused(unit_of_work, client_id, registry) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, client_id, 1_000_00)
        stale = a_correction_draft(request, invoice, {"price": 900_00}, day=LATER)
        a_correction(request, invoice, {"price": 1_500_00}, day=LATER)
        with pytest.raises(CorrectionStateError, match="corrected since"):
            book_of(request).issue(stale)
        line = invoice.lines[0]
        again = Became(line.id, Decimal(1), 900_00, vat_rate=Decimal(22))
        book_of(request).change(stale, CorrectionData(LATER, "Скидка", (again,)))
        assert [(row.was_price, row.price) for row in stale.lines] == [(1_500_00, 900_00)]
        book_of(request).issue(stale)
        assert (stale.before, stale.total, invoice.asked) == (1_500_00, -600_00, 900_00)
        assert [one.place for one in book_of(request).of_invoice(invoice.id)] == [1, 2]
        with pytest.raises(CorrectionDataError, match="before the date of the correction"):
            a_correction(request, invoice, {"price": 1}, day=DAY)
    assert verify(registry.cabinet_engine).problems == []


@pytest.mark.parametrize(
    ("becoming", "facts", "code"),
    [
        ({}, {}, "correction_empty"),
        ({"price": 1_000_00}, {}, "correction_empty"),
        ({"price": 5}, {"reason": "  "}, "correction_reason"),
        ({"price": 5}, {"day": date(2026, 2, 2)}, "date_early"),
        ({"price": -5}, {}, "line_price"),
        ({"quantity": Decimal("0.0001")}, {}, "line_quantity"),
        ({"discount": Decimal(101)}, {}, "line_discount"),
    ],
)
@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_what_is_no_correction_is_refused(unit_of_work, client_id, becoming, facts, code) -> None:
    with unit_of_work() as request, pytest.raises(CorrectionDataError) as refusal:
        a_correction(request, an_invoice(request, client_id, 1_000_00), becoming, **facts)
    assert refusal.value.code == code


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_what_the_invoice_did_not_sell_is_another_invoice(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        invoice, other = (an_invoice(request, client_id, 1_000_00) for _n in range(2))
        foreign = CorrectionData(LATER, "Больше", (Became(other.lines[0].id, Decimal(1), 5),))
        with pytest.raises(CorrectionDataError, match="issue another invoice"):
            book_of(request).draft(invoice, foreign)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_form_sent_twice_makes_one_correction_and_a_draft_is_thrown_away(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, client_id, 1_000_00)
        draft = a_correction_draft(request, invoice, {"price": 5}, day=LATER)
        data = CorrectionData(LATER, "Скидка", (Became(invoice.lines[0].id, Decimal(1), 5),))
        with pytest.raises(ConflictError):
            book_of(request).draft(invoice, data, public_id=draft.public_id)
        book_of(request).discard(draft)
        issued = a_correction(request, invoice, {"price": 5}, day=LATER)
        assert issued.number.endswith("00001")
        with pytest.raises(CorrectionStateError):
            book_of(request).discard(issued)


def test_the_surplus_goes_back_from_what_was_put_last(unit_of_work, client_id, registry) -> None:
    with unit_of_work() as request:
        invoice = of_two_articles(request, client_id)
        first = a_payment(request, client_id, 1_200_00, (invoice, 1_200_00))
        last = a_payment(request, client_id, 800_00, (invoice, 800_00))
        draft = a_correction_draft(request, invoice, {}, {"quantity": Decimal(0)}, day=LATER)
        told = book_of(request).effect_of(draft)
        assert [(part.held.payment_id, part.minor) for part in told.settlement.releases] == [
            (last.id, 800_00),
            (first.id, 200_00),
        ]
        assert (told.asked_after, told.paid_after, told.open_after) == (1_000_00, 1_000_00, 0)
        assert (invoice.paid, invoice.state) == (2_000_00, "paid")
        book_of(request).issue(draft)
        assert (invoice.asked, invoice.paid, invoice.state, draft.released) == (1_000_00, 1_000_00, "paid", 1_000_00)
        assert request.find_service(IPayments).free_of(client_id, "RUB") == 1_000_00
        # What was known of the days before stays known of them.
        assert {a.date for a in request.db.scalars(select(Allocation)) if a.reverses_id} == {LATER}
        services = next(node.id for node in request.find_service(IArticles).tree() if node.name == "Услуги")
        goods = next(node.id for node in request.find_service(IArticles).tree() if node.name == "Товары")
        cash = Counter()
        for (article, _month), minor in pnl(request, "cash").items():
            cash[article] += minor
        assert (cash[services], cash[goods]) == (819_67, 0)
    assert verify(registry.cabinet_engine).problems == []


def test_what_is_paid_lies_on_the_corrected_lines(unit_of_work, client_id, registry) -> None:
    """Half is paid, the other half is corrected away: all that came in was for what stays."""
    with unit_of_work() as request:
        invoice = of_two_articles(request, client_id)
        a_payment(request, client_id, 1_000_00, (invoice, 1_000_00))
        a_correction(request, invoice, {"quantity": Decimal(0)}, {}, day=LATER)
        assert (invoice.paid, invoice.state) == (1_000_00, "paid")
        goods = next(node.id for node in request.find_service(IArticles).tree() if node.name == "Товары")
        spread = Counter()
        for row in request.db.scalars(select(AllocationSpread)):
            spread[row.article_id] += row.minor
        assert {article: minor for article, minor in spread.items() if minor} == {goods: 1_000_00}
    assert verify(registry.cabinet_engine).problems == []


@pytest.mark.parametrize("gone", ["the first", "the last"])
@pytest.mark.parametrize("withdrawn", [False, True])
def test_what_is_left_lies_on_the_corrected_lines_whichever_part_is_taken_back(
    unit_of_work, client_id, registry, gone, withdrawn
) -> None:
    with unit_of_work() as request:
        invoice = of_two_articles(request, client_id)
        payments, book = request.find_service(IPayments), book_of(request)
        for minor in (600_00, 500_00):
            a_payment(request, client_id, minor, (invoice, minor))
        correction = a_correction(request, invoice, {"price": 200_00}, {}, day=LATER)
        a_payment(request, client_id, 50_00, (invoice, 50_00))
        if withdrawn:
            book.void(correction, reason="A mistake")
        parts = [allocation for allocation, _payment in payments.paid_by(invoice.id)]
        payments.undo_allocation(parts[0 if gone == "the first" else -1].id)
    assert verify(registry.cabinet_engine).problems == []


def test_what_was_forgiven_goes_before_what_was_paid(unit_of_work, client_id, registry) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, client_id, 1_000_00)
        a_payment(request, client_id, 600_00, (invoice, 600_00))
        payments = request.find_service(IPayments)
        payments.write_off(invoice, date=DAY, text="мелочь")
        a_correction(request, invoice, {"price": 700_00}, day=LATER)
        assert (invoice.paid, invoice.state) == (700_00, "paid")
        assert payments.free_of(client_id, "RUB") == 0
        assert sorted(p.minor for _a, p in payments.paid_by(invoice.id)) == [100_00, 600_00]
        a_correction(request, invoice, {"price": 500_00}, day=LATER)
        assert (invoice.paid, payments.free_of(client_id, "RUB")) == (500_00, 100_00)
        assert [p.kind for _a, p in payments.paid_by(invoice.id)] == ["cash"]
        a_correction(request, invoice, {"price": 800_00}, day=LATER)
        assert (invoice.open, invoice.state) == (300_00, "partly_paid")
    assert verify(registry.cabinet_engine).problems == []


def test_an_invoice_may_be_corrected_to_nothing(unit_of_work, client_id, registry) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, client_id, 1_000_00)
        correction = a_correction(request, invoice, {"quantity": Decimal(0)}, day=LATER)
        assert (invoice.asked, invoice.open, invoice.state) == (0, 0, "paid")
        assert request.find_service(IInvoiceBook).debts(client_id) == []
        book_of(request).void(correction, reason="ошибка")
        assert (invoice.asked, invoice.open, invoice.state) == (1_000_00, 1_000_00, "issued")
    assert verify(registry.cabinet_engine).problems == []


def test_voiding_the_latest_restores_what_was_and_an_earlier_one_waits(unit_of_work, client_id, registry) -> None:
    with unit_of_work() as request:
        invoice = of_two_articles(request, client_id)
        a_payment(request, client_id, 900_00, (invoice, 900_00))
        before = (invoice.asked, [(x.milli_now, x.net_now, x.vat_now) for x in invoice.lines], pnl(request, "accrual"))
        spread = pnl(request, "cash")
        first = a_correction(request, invoice, {"price": 700_00}, {"vat_rate": Decimal(10)}, day=LATER)
        between = (invoice.asked, pnl(request, "accrual"))
        second = a_correction(request, invoice, {"discount": Decimal(50)}, day=LATER)
        with pytest.raises(CorrectionStateError, match=second.number):
            book_of(request).void(first, reason="ошибка")
        book_of(request).void(second, reason="ошибка")
        assert (invoice.asked, pnl(request, "accrual")) == between
        book_of(request).void(first, reason="ошибка")
        now = (invoice.asked, [(x.milli_now, x.net_now, x.vat_now) for x in invoice.lines], pnl(request, "accrual"))
        assert now == before
        assert (invoice.paid, invoice.state) == (900_00, "partly_paid")
        assert sum(pnl(request, "cash").values()) == sum(spread.values())
        third = a_correction(request, invoice, {"price": 1}, day=LATER)
        assert (third.place, third.number) == (3, "COR-2026-00003")
    assert verify(registry.cabinet_engine).problems == []


def test_voiding_what_raised_an_invoice_gives_the_surplus_back(unit_of_work, client_id, registry) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, client_id, 1_000_00)
        correction = a_correction(request, invoice, {"quantity": Decimal(2)}, day=LATER)
        a_payment(request, client_id, 1_500_00, (invoice, 1_500_00))
        assert book_of(request).void_effect(correction).settlement.released == 500_00
        assert book_of(request).void(correction, reason="ошибка") == 500_00
        assert (invoice.paid, invoice.state) == (1_000_00, "paid")
    assert verify(registry.cabinet_engine).problems == []


def test_a_void_invoice_takes_its_corrections_back(unit_of_work, client_id, registry) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, client_id, 1_000_00)
        a_payment(request, client_id, 1_200_00, (a_raised(request, invoice), 1_200_00))
        a_correction_draft(request, invoice, {"price": 5}, day=LATER)
        freed = request.find_service(IInvoiceBook).void(invoice, reason="отказ")
        assert (freed, invoice.corrected, invoice.asked) == (1_200_00, 0, 1_000_00)
        assert [one.state for one in book_of(request).of_invoice(invoice.id)] == ["void"]
        assert request.find_service(IBalances).client(client_id, "RUB") == 1_200_00
        with pytest.raises(CorrectionStateError):
            a_correction_draft(request, invoice, {"price": 5}, day=LATER)
    assert verify(registry.cabinet_engine).problems == []


def a_raised(request, invoice: Invoice) -> Invoice:
    """``invoice``, corrected to 1 200 ₽."""
    a_correction(request, invoice, {"price": 1_200_00}, day=LATER)
    return invoice


def test_where_acts_charge_they_charge_what_the_corrected_invoice_asks(unit_of_work, client_id, registry) -> None:
    with unit_of_work() as request:
        invoice = charging_by_acts(request, client_id)
        acts = request.find_service(IActBook)
        act = acts.draft_of(invoice, date=LATER, parts=[ActPart(invoice.lines[0].id, 4000)])
        acts.issue(act)
        with pytest.raises(CorrectionDataError, match=act.number):
            a_correction(request, invoice, {"quantity": Decimal(3)}, day=LATER)
        with pytest.raises(CorrectionDataError, match=act.number):
            a_correction(request, invoice, {"price": 90_00}, day=LATER)
        lower = a_correction(request, invoice, {"quantity": Decimal(7)}, day=LATER)
        assert (lower.entry_id, invoice.asked) == (None, 700_00)
        [rest] = acts.issue_rest([invoice], date=LATER)
        assert (act.total, rest.total) == (400_00, 300_00)
        assert request.find_service(IBalances).client(client_id, "RUB") == -700_00
        raised = a_correction(request, invoice, {"quantity": Decimal(8)}, day=LATER)
        [more] = acts.issue_rest([invoice], date=LATER)
        with pytest.raises(CorrectionStateError, match=more.number):
            book_of(request).void(raised, reason="ошибка")
        acts.void(more, reason="ошибка")
        book_of(request).void(raised, reason="ошибка")
        acts.void(rest, reason="ошибка")
        # Whoever must change the price voids the act, corrects, and issues it again.
        acts.void(act, reason="скидка")
        a_correction(request, invoice, {"price": 90_00}, day=LATER)
        [anew] = acts.issue_rest([invoice], date=LATER)
        assert (anew.total, anew.lines[0].price) == (630_00, 90_00)
        assert acts.issue_rest([invoice], date=LATER) == []
    assert verify(registry.cabinet_engine).problems == []


def test_an_act_drafted_before_a_correction_is_issued_at_what_became(unit_of_work, client_id, registry) -> None:
    with unit_of_work() as request:
        invoice = charging_by_acts(request, client_id)
        acts = request.find_service(IActBook)
        draft = acts.draft_of(invoice, date=LATER, parts=[ActPart(invoice.lines[0].id, 4000)])
        a_correction(request, invoice, {"price": 50_00}, day=LATER)
        acts.issue(draft)
        assert (draft.total, draft.lines[0].price) == (200_00, 50_00)
    assert verify(registry.cabinet_engine).problems == []


@pytest.mark.parametrize("by_acts", [False, True])
def test_a_closed_period_refuses_a_correction(unit_of_work, client_id, by_acts) -> None:
    with unit_of_work() as request:
        invoice = charging_by_acts(request, client_id) if by_acts else an_invoice(request, client_id, 1_000_00)
        draft = a_correction_draft(request, invoice, {"price": 5}, day=LATER)
        request.find_service(ILedger).close_through(LATER, reason="сдано")
        with pytest.raises(PeriodClosedError):
            book_of(request).issue(draft)


def test_the_database_refuses_what_no_correction_says(unit_of_work, client_id, registry) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, client_id, 1_000_00)
        correction = a_correction(request, invoice, {"price": 900_00}, day=LATER)
        ids = (invoice.id, correction.id)
    invoice_id, correction_id = ids
    for wrong in (
        f"UPDATE finsystem_invoice SET corrected = corrected - 1 WHERE id = {invoice_id}",
        f"UPDATE finsystem_invoice_line SET corrected_net = 0 WHERE invoice_id = {invoice_id}",
        f"UPDATE finsystem_correction SET total = 0 WHERE id = {correction_id}",
        f"UPDATE finsystem_correction_line SET price = 0 WHERE correction_id = {correction_id}",
        f"DELETE FROM finsystem_correction WHERE id = {correction_id}",
    ):
        with pytest.raises(DBAPIError, match="finsystem:"), unit_of_work() as request:
            request.db.connection().execute(text(wrong))


def test_the_control_without_the_guards_verification_finds_what_is_wrong(
    unit_of_work, client_id, registry, off_guard
) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, client_id, 1_000_00)
        correction = a_correction(request, invoice, {"price": 900_00}, day=LATER)
        ids = (invoice.id, correction.id)
    invoice_id, correction_id = ids
    engine = registry.cabinet_engine
    assert verify(engine).problems == []
    off_guard(engine, [f"UPDATE finsystem_invoice SET corrected = -500 WHERE id = {invoice_id}"])
    assert {problem.check for problem in verify(engine).problems} >= {"corrections"}
    back = f"UPDATE finsystem_invoice SET corrected = -10000 WHERE id = {invoice_id}"
    off_guard(
        engine, [back, f"UPDATE finsystem_correction_line SET was_price = 7 WHERE correction_id = {correction_id}"]
    )
    assert [problem.check for problem in verify(engine).problems] == ["corrections"]
    assert triggers.differences(engine.connect()) == []


def test_a_correction_of_another_client_is_not_there(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        correction = a_correction(request, an_invoice(request, client_id, 1_000_00), {"price": 5}, day=LATER)
        other, key = a_client(request, 5).client_id, correction.public_id
    with unit_of_work(scope={other}) as request:
        assert book_of(request).find(key) is None
        assert request.db.scalars(select(Correction)).all() == []
