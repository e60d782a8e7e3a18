"""Acts, waybills and UPD: whole or in parts, numbered without holes, frozen when issued, charging where the invoice does not."""

from __future__ import annotations

import threading
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabinet.db.paging import ListQuery
from cabinet.errors import ConflictError
from cabinet.interfaces import IAuditLog, IFileStore
from cabinet.jobs.runner import run_pending
from cabinet_client_manager.interfaces import IClientCards
from cabinet_client_manager.testing import a_client, a_contract
from cabinet_finsystem.acts import drafting
from cabinet_finsystem.acts import services as acts_services
from cabinet_finsystem.acts.models import Act
from cabinet_finsystem.acts.portions import portion, rest
from cabinet_finsystem.acts.values import ActPart, Portion
from cabinet_finsystem.errors import (
    ActDataError,
    ActStateError,
    AllocationError,
    InvoiceStateError,
    PeriodClosedError,
)
from cabinet_finsystem.interfaces import IActBook, IBalances, IInvoiceBook, ILedger, IPayments, IReceivables
from cabinet_finsystem.invoicing import following
from cabinet_finsystem.invoicing.values import LineData
from cabinet_finsystem.ledger.verify import verify
from cabinet_finsystem.testing import a_draft, a_payment, an_invoice, open_books

LATER = date(2026, 2, 20)


@pytest.fixture
def client_id(unit_of_work) -> int:
    """A client of a firm whose books are open."""
    with unit_of_work() as request:
        open_books(request)
        return a_client(request).client_id


def book_of(request) -> IActBook:
    return request.find_service(IActBook)


def charging_by_acts(request, client_id: int, *prices: int, **facts):
    """An issued invoice that charges nothing itself."""
    card = request.find_service(IClientCards).card(client_id)
    contract = a_contract(request, card, charges="act")
    return an_invoice(request, client_id, *prices, contract_id=contract.contract_id, **facts)


def issued(request, invoice, *, day: date = LATER, **facts):
    act = book_of(request).draft_of(invoice, date=day, **facts)
    book_of(request).issue(act)
    return act


def part(invoice, quantity: int, line: int = 0) -> ActPart:
    return ActPart(invoice.lines[line].id, quantity)


# Arithmetic

WHOLES = st.builds(Portion, st.integers(1, 50_000), st.integers(0, 10_000_000), st.integers(0, 2_000_000))


@given(WHOLES, st.lists(st.tuples(st.integers(1, 50_000), st.booleans()), max_size=12))
def test_parts_never_exceed_their_line_and_make_it_up_exactly(whole: Portion, steps: list[tuple[int, bool]]) -> None:
    """However a line is divided, and whatever of it is taken back in between."""
    live: list[Portion] = []
    for quantity, takes_back in [*steps, (whole.quantity_milli, False)]:
        taken = Portion(*(sum(getattr(one, name) for one in live) for name in ("quantity_milli", "net", "vat")))
        wanted = min(quantity, rest(whole, taken).quantity_milli)
        if takes_back and live:
            live.pop(quantity % len(live))
        elif wanted:
            live.append(portion(whole, taken, wanted))
            assert min(live[-1].net, live[-1].vat) >= 0
        assert sum(one.net for one in live) <= whole.net
        assert sum(one.vat for one in live) <= whole.vat
    assert [sum(getattr(one, name) for one in live) for name in ("quantity_milli", "net", "vat")] == [
        whole.quantity_milli,
        whole.net,
        whole.vat,
    ]


@pytest.mark.parametrize("quantity", [0, -1, 1_001])
def test_a_part_is_something_that_is_left(quantity: int) -> None:
    with pytest.raises(ValueError, match="more than is left"):
        portion(Portion(3_000, 300, 60), Portion(2_000, 200, 40), quantity)


# What an act takes


def test_an_act_takes_all_that_is_left_of_its_invoice(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, client_id, 12_200, 2_440)
        act = issued(request, invoice)
        assert (act.number, act.state, act.total, act.net, act.vat) == (
            "ACT-2026-00001",
            "issued",
            14_640,
            12_000,
            2_640,
        )
        assert act.issuer["short_name"] == "ООО «Линия тепла»"
        assert act.customer["name"] == "ООО «Клиент 2»"
        assert [one.left.quantity_milli for one in book_of(request).left(invoice)] == [0, 0]
        with pytest.raises(ActDataError):
            book_of(request).draft_of(invoice, date=LATER)


def test_several_acts_make_up_an_invoice_to_the_kopeck(unit_of_work, client_id, registry) -> None:
    with unit_of_work() as request:
        line = LineData("Обслуживание", 10_000, quantity=Decimal(3), unit="мес.", vat_rate=Decimal(22))
        invoice = an_invoice(request, client_id, lines=(line,))
        acts = [issued(request, invoice, parts=[part(invoice, 1_000)]) for _ in range(3)]
        assert [act.total for act in acts] == [10_000] * 3
        assert (sum(act.net for act in acts), sum(act.vat for act in acts)) == (invoice.net, invoice.vat)
        assert len({act.number for act in acts}) == 3
    assert verify(registry.cabinet_engine).problems == []


def test_acts_never_take_more_than_the_invoice_together(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, client_id, 12_200)
        first, second = (
            book_of(request).draft_of(invoice, date=LATER, parts=[part(invoice, quantity)]) for quantity in (600, 500)
        )
        book_of(request).issue(first)
        with pytest.raises(ActDataError) as refusal:
            book_of(request).issue(second)
    assert refusal.value.details["left_milli"] == 400


def test_the_control_were_an_act_counted_as_the_first_more_would_be_taken(unit_of_work, client_id, monkeypatch) -> None:
    monkeypatch.setattr(drafting, "taken", lambda *_: defaultdict(Portion))
    with unit_of_work() as request:
        invoice = an_invoice(request, client_id, 12_200)
        first, second = (
            book_of(request).draft_of(invoice, date=LATER, parts=[part(invoice, quantity)]) for quantity in (600, 500)
        )
        book_of(request).issue(first)
        book_of(request).issue(second)
    assert first.total + second.total > invoice.total


def test_what_a_void_act_took_may_be_taken_again_and_its_number_stays(unit_of_work, client_id, registry) -> None:
    with unit_of_work() as request:
        invoice = charging_by_acts(request, client_id, 12_200)
        act = issued(request, invoice)
        book_of(request).void(act, reason="Не та дата")
        again = issued(request, invoice)
        assert (act.state, act.number, again.number) == ("void", "ACT-2026-00001", "ACT-2026-00002")
        assert request.find_service(IBalances).client(client_id, "RUB") == -12_200
        with pytest.raises(ActStateError):
            book_of(request).void(act, reason="Ещё раз")
    assert verify(registry.cabinet_engine).problems == []


def test_each_kind_has_its_own_row_of_numbers_and_a_upd_tells_its_status(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        taxed = an_invoice(request, client_id, 12_200)
        plain = an_invoice(request, client_id, lines=(LineData("Товар", 5_000), LineData("Ещё", 1_000)))
        waybill = issued(request, plain, kind="waybill", parts=[part(plain, 1_000)])
        first, second = issued(request, taxed, kind="upd"), issued(request, plain, kind="upd")
        assert [one.number for one in (waybill, first, second)] == ["WB-2026-00001", "UT-2026-00001", "UT-2026-00002"]
        assert [one.status for one in (waybill, first, second)] == [None, 1, 2]


@pytest.mark.parametrize("state", ["draft", "void"])
def test_only_an_issued_invoice_has_acts(unit_of_work, client_id, state) -> None:
    with unit_of_work() as request:
        invoice = a_draft(request, client_id, 100) if state == "draft" else an_invoice(request, client_id, 100)
        if state == "void":
            request.find_service(IInvoiceBook).void(invoice, reason="x")
        with pytest.raises(InvoiceStateError):
            book_of(request).draft_of(invoice, date=LATER)


def test_a_part_is_called_by_what_is_in_it(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, client_id, 100, 200)
        first, second = (issued(request, invoice, parts=[part(invoice, 1_000, line)]) for line in (0, 1))
        titled = an_invoice(request, client_id, 100, 200, text="Февраль")
        third = issued(request, titled, parts=[part(titled, 1_000, 1)])
        assert [act.text for act in (first, second, third)] == ["Работы 1", "Работы 2", "Февраль"]


def test_lines_of_another_invoice_are_refused(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        mine, other = an_invoice(request, client_id, 100), an_invoice(request, client_id, 200)
        for parts in ([part(other, 1_000)], [], [part(mine, 500), part(mine, 500)]):
            with pytest.raises(ActDataError):
                book_of(request).draft_of(mine, date=LATER, parts=parts)


def test_a_form_sent_twice_makes_one_act(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, client_id, 100, 200)
        first = book_of(request).draft_of(invoice, date=LATER, parts=[part(invoice, 500)])
        with pytest.raises(ConflictError):
            book_of(request).draft_of(invoice, date=LATER, public_id=first.public_id)


def test_a_draft_is_thrown_away_an_issued_act_is_not(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, client_id, 100)
        book_of(request).discard(book_of(request).draft_of(invoice, date=LATER))
        act = issued(request, invoice)
        assert [one.id for one in book_of(request).of_invoice(invoice.id)] == [act.id]
        with pytest.raises(ActStateError):
            book_of(request).discard(act)


# What charges


def test_where_the_invoice_charges_its_act_posts_nothing(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        act = issued(request, an_invoice(request, client_id, 12_200))
        assert act.entry_id is None
        assert request.find_service(IBalances).client(client_id, "RUB") == -12_200


def test_where_acts_charge_the_debt_comes_with_each_act_on_its_date(unit_of_work, client_id, registry) -> None:
    with unit_of_work() as request:
        invoice = charging_by_acts(request, client_id, 12_200)
        balances = request.find_service(IBalances)
        assert balances.client(client_id, "RUB") == 0
        issued(request, invoice, parts=[part(invoice, 250)])
        assert balances.client(client_id, "RUB", on=LATER - timedelta(1)) == 0
        assert balances.client(client_id, "RUB", on=LATER) == -3_050
        issued(request, invoice, day=LATER + timedelta(5))
        assert balances.client(client_id, "RUB") == -12_200
        assert book_of(request).charged([invoice.id]) == {invoice.id: 12_200}
    assert verify(registry.cabinet_engine).problems == []


def test_a_prepayment_lies_on_the_invoice_and_only_charged_parts_are_receivable(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        invoice = charging_by_acts(request, client_id, 12_200)
        receivables = request.find_service(IReceivables)
        assert receivables.totals() == []
        a_payment(request, client_id, 5_000, (invoice, 5_000))
        assert (invoice.open, invoice.state) == (7_200, "partly_paid")
        assert request.find_service(IBalances).client(client_id, "RUB") == 5_000
        issued(request, invoice, parts=[part(invoice, 500)])
        [owed] = receivables.totals()
        assert owed.total == 6_100 - 5_000
        assert [one.total for one in receivables.totals(on=LATER)] == [1_100]
        assert receivables.totals(on=LATER - timedelta(1)) == []


def test_the_receivables_of_a_day_forget_an_act_voided_later(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        invoice = charging_by_acts(request, client_id, 12_200)
        act = issued(request, invoice)
        request.find_service(ILedger).close_through(LATER, reason="filed")
        book_of(request).void(act, reason="mistake")  # reversed today, since its own day is closed
        assert [one.total for one in request.find_service(IReceivables).totals(on=LATER)] == [12_200]
        assert request.find_service(IReceivables).totals() == []


def test_what_no_act_has_charged_is_not_written_off(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        invoice = charging_by_acts(request, client_id, 12_200)
        payments = request.find_service(IPayments)
        issued(request, invoice, parts=[part(invoice, 500)])
        with pytest.raises(AllocationError):
            payments.write_off(invoice, date=LATER, text="small")
        rest_of_it = issued(request, invoice)
        payments.write_off(invoice, date=LATER, text="small")
        with pytest.raises(ActStateError):
            book_of(request).void(rest_of_it, reason="x")


def test_an_invoice_is_not_voided_under_its_acts(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, client_id, 12_200)
        act = issued(request, invoice)
        invoices = request.find_service(IInvoiceBook)
        with pytest.raises(InvoiceStateError) as refusal:
            invoices.void(invoice, reason="x")
        assert refusal.value.details["acts"] == [act.number]
        book_of(request).void(act, reason="x")
        invoices.void(invoice, reason="x")
        assert invoice.state == "void"


@pytest.mark.parametrize("charging", [True, False])
def test_nothing_is_issued_into_a_closed_period(unit_of_work, client_id, charging) -> None:
    with unit_of_work() as request:
        invoice = (charging_by_acts if charging else an_invoice)(request, client_id, 12_200)
        request.find_service(ILedger).close_through(LATER, reason="filed")
        act = book_of(request).draft_of(invoice, date=LATER)
        with pytest.raises(PeriodClosedError), request.db.begin_nested():
            book_of(request).issue(act)
        request.db.expire_all()
        assert act.state == "draft"


# Afterwards


def test_the_rest_of_many_invoices_is_issued_at_once(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        done, half, fresh = (an_invoice(request, client_id, 12_200) for _ in range(3))
        issued(request, done)
        issued(request, half, parts=[part(half, 500)])
        made = book_of(request).issue_rest([done, half, fresh], date=LATER)
        assert [(act.invoice_id, act.total) for act in made] == [(half.id, 6_100), (fresh.id, 12_200)]


def test_an_act_is_printed_once_and_the_trail_tells_of_it(unit_of_work, client_id, registry) -> None:
    with unit_of_work() as request:
        act = issued(request, an_invoice(request, client_id, 12_200))
        public_id = act.public_id
    run_pending(registry)
    with unit_of_work() as request:
        act = book_of(request).find(public_id)
        first, again = book_of(request).pdf(act), book_of(request).pdf(act)
        assert first.id == again.id == act.pdf_file_id
        assert request.find_service(IFileStore).read(first) == book_of(request).pdf_content(act)
        told = [entry.action for entry in request.find_service(IAuditLog).of("act", public_id)]
        assert set(told) == {"finsystem.act.drafted", "finsystem.act.issued"}


def test_a_list_of_acts_is_searched_and_summed(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        first, second = an_invoice(request, client_id, 12_200), an_invoice(request, client_id, 500)
        issued(request, first)
        book_of(request).void(issued(request, second, kind="upd"), reason="x")
        book = book_of(request)
        page = book.listing(ListQuery())
        assert (page.count, page.totals["RUB"].total) == (2, 12_200)
        for query, numbers in (
            (ListQuery(search=first.number), ["ACT-2026-00001"]),
            (ListQuery(filters={"kind": "upd"}), ["UT-2026-00001"]),
            (ListQuery(filters={"state": "issued"}), ["ACT-2026-00001"]),
            (ListQuery(filters={"invoice": second.public_id.hex}), ["UT-2026-00001"]),
            (ListQuery(filters={"from": "21.02.2026"}), []),
        ):
            assert [row.act.number for row in book.listing(query).rows] == numbers


# Two at once


def race(unit_of_work, client_id: int) -> list[object]:
    """Two drafts that want the whole of one invoice, issued at the same time."""
    with unit_of_work() as request:
        invoice = charging_by_acts(request, client_id, 12_200)
        ids = [book_of(request).draft_of(invoice, date=LATER).id for _ in range(2)]
        invoice_id = invoice.id
    ready, outcomes = threading.Barrier(2), []

    def issue(act_id: int) -> None:
        try:
            with unit_of_work() as request:
                act = request.db.get(Act, act_id)
                ready.wait()
                book_of(request).issue(act)
            outcomes.append("issued")
        except ActDataError:
            outcomes.append("refused")

    threads = [threading.Thread(target=issue, args=(act_id,)) for act_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with unit_of_work() as request:
        outcomes.append(book_of(request).charged([invoice_id])[invoice_id])
    return outcomes


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_two_acts_at_once_take_an_invoice_once(unit_of_work, client_id, registry) -> None:
    *outcomes, charged = race(unit_of_work, client_id)
    assert (sorted(outcomes), charged) == (["issued", "refused"], 12_200)
    assert verify(registry.cabinet_engine).problems == []


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_the_race_of_two_acts_is_lost_without_the_lock(unit_of_work, client_id, registry, monkeypatch) -> None:
    """The control: were the invoice not locked, both would take the whole of it, and verification would say so."""
    met = threading.Barrier(2)
    counting = acts_services.act_lines

    def counted_together(*args):
        found = counting(*args)
        if args[2] is not None:
            met.wait(timeout=10)
        return found

    with monkeypatch.context() as patch:
        patch.setattr(following, "_for_update", lambda statement: statement)
        patch.setattr(acts_services, "act_lines", counted_together)
        *outcomes, charged = race(unit_of_work, client_id)
    assert (outcomes, charged) == (["issued", "issued"], 24_400)
    assert {problem.check for problem in verify(registry.cabinet_engine).problems} == {"acts"}
