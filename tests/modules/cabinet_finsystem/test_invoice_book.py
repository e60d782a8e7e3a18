"""Invoices: drafted, numbered without holes, frozen when issued, voided but never edited."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from decimal import Decimal

import pytest

from cabinet.db.paging import ListQuery
from cabinet.errors import NotFoundError
from cabinet.interfaces import IAuditLog, IClock, IFileStore, INumbering
from cabinet.jobs.runner import run_pending
from cabinet_client_manager.interfaces import ClientFacts, EntityFacts, IClientCards, ILegalEntityBook
from cabinet_client_manager.testing import a_client, a_contract, inn_of
from cabinet_finsystem.errors import (
    IncompleteRequisitesError,
    InvoiceDataError,
    InvoiceStateError,
    NumberTakenError,
    PeriodClosedError,
)
from cabinet_finsystem.interfaces import IArticles, IBalances, IInvoiceBook, ILedger, IPayments
from cabinet_finsystem.invoicing.models import Invoice
from cabinet_finsystem.invoicing.values import InvoiceData, LineData
from cabinet_finsystem.ledger.models import Entry, Posting
from cabinet_finsystem.ledger.verify import verify
from cabinet_finsystem.payments.values import NewAllocation
from cabinet_finsystem.testing import DAY, a_draft, a_payment, an_invoice, open_books


@pytest.fixture
def client_id(unit_of_work) -> int:
    """A client of a firm whose books are open."""
    with unit_of_work() as request:
        open_books(request)
        return a_client(request).client_id


def book_of(request) -> IInvoiceBook:
    return request.find_service(IInvoiceBook)


# Drafts


def test_a_draft_is_filled_in_from_client_contract_and_company(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        card = request.find_service(IClientCards).card(client_id)
        contract = a_contract(request, card, payment_days=10, charges="act", currency="USD")
        draft = a_draft(request, client_id, 12_200, contract_id=contract.contract_id)
    assert (draft.state, draft.number, draft.due) == ("draft", None, DAY + timedelta(10))
    assert (draft.currency, draft.charges, draft.language) == ("USD", "act", "ru")
    assert (draft.net, draft.vat, draft.total, draft.open) == (10_000, 2_200, 12_200, 0)
    assert (draft.basis, draft.text) == ("Договор № Д-1/26 от 15.01.2026", "Работы 1")


def test_without_a_contract_five_days_are_given(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        assert a_draft(request, client_id, 100).due == DAY + timedelta(5)


def test_a_contract_says_which_company_of_ours_issues(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        second = request.find_service(ILegalEntityBook).add(EntityFacts(name="Вторая", invoice_number_pattern="В-{n}"))
        card = request.find_service(IClientCards).card(client_id)
        contract = a_contract(request, card, legal_entity_id=second.id)
        assert a_draft(request, client_id, 1, contract_id=contract.contract_id).legal_entity_id == second.id
        assert a_draft(request, client_id, 1).legal_entity_id != second.id


def test_an_issued_invoice_is_printed_by_a_job(unit_of_work, client_id, registry) -> None:
    with unit_of_work() as request:
        public_id = an_invoice(request, client_id, 12_200).public_id
    assert run_pending(registry) == 1
    with unit_of_work() as request:
        assert book_of(request).find(public_id).pdf_file_id is not None


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"lines": ()}, "lines"),
        ({"lines": (LineData(" ", 1),)}, "lines-0-text"),
        ({"lines": (LineData("a", 1), LineData("a", -1))}, "lines-1-price"),
        ({"lines": (LineData("a", 1, Decimal(0)),)}, "lines-0-quantity"),
        ({"lines": (LineData("a", 1, Decimal("0.0001")),)}, "lines-0-quantity"),
        ({"lines": (LineData("a", 1, Decimal("NaN")),)}, "lines-0-quantity"),
        ({"lines": (LineData("a", 1, discount=Decimal(101)),)}, "lines-0-discount"),
        ({"lines": (LineData("a", 1, vat_rate=Decimal(-1)),)}, "lines-0-vat_rate"),
        ({"lines": (LineData("a", 1, article_id=10**9),)}, "lines-0-article"),
        ({"due": DAY - timedelta(1)}, "due"),
        ({"currency": "rub"}, "currency"),
        ({"text": "x" * 501}, "text"),
    ],
)
def test_an_impossible_invoice_is_refused_and_the_field_named(unit_of_work, client_id, facts, field) -> None:
    with unit_of_work() as request, pytest.raises(InvoiceDataError) as refused:
        a_draft(request, client_id, 100, **facts)
    assert refused.value.details["field"] == field


def test_a_cost_or_an_advance_is_nothing_to_sell(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        articles = request.find_service(IArticles)
        for code in ("advances", "bank_fees", "income", "unsorted"):
            line = LineData("a", 1, article_id=articles.system_id(code))
            with pytest.raises(InvoiceDataError):
                a_draft(request, client_id, lines=(line,))


def test_a_contract_of_another_client_is_refused(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        other = a_contract(request, a_client(request, 3))
        with pytest.raises(InvoiceDataError) as refused:
            a_draft(request, client_id, 100, contract_id=other.contract_id)
    assert refused.value.details["field"] == "contract"


def test_a_draft_is_rewritten_and_an_issued_invoice_is_not(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        draft = a_draft(request, client_id, 100, 200)
        data = InvoiceData(client_id, DAY, (LineData("Иное", 700),), due=DAY)
        book_of(request).change(draft, data)
        public_id = draft.public_id
    with unit_of_work() as request:
        draft = book_of(request).find(public_id)
        assert [(line.position, line.text, line.total) for line in draft.lines] == [(0, "Иное", 700)]
        assert (draft.total, draft.vat, draft.due) == (700, 0, DAY)
        book_of(request).issue(draft)
        with pytest.raises(InvoiceStateError):
            book_of(request).change(draft, data)
        with pytest.raises(InvoiceStateError):
            book_of(request).discard(draft)


def test_a_discarded_draft_takes_no_number(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        book_of(request).discard(a_draft(request, client_id, 100))
        assert an_invoice(request, client_id, 100).number == "СЧ-2026-00001"
        assert request.db.query(Invoice).count() == 1


# Issuing


def test_issuing_numbers_freezes_and_charges(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        services = request.find_service(IArticles).find_or_create(["Услуги"])[0]["Услуги"]
        lines = (LineData("А", 12_200, vat_rate=Decimal(22)), LineData("Б", 1_000, article_id=services))
        invoice = an_invoice(request, client_id, lines=lines)
        assert (invoice.number, invoice.state, invoice.open) == ("СЧ-2026-00001", "issued", 13_200)
        assert invoice.customer["name"] == "ООО «Клиент 2»"
        assert invoice.issuer["account"].startswith("407028")
        postings = [(p.minor, p.article_id) for p in request.db.query(Posting).order_by(Posting.id)]
        sales = request.find_service(IArticles).system_id("sales")
        assert sorted(postings, key=str) == sorted(
            [(13_200, None), (-10_000, sales), (-1_000, services), (-2_200, None)], key=str
        )
        assert request.find_service(IBalances).client(client_id, "RUB") == -13_200
        assert request.find_service(IAuditLog).of("invoice", invoice.public_id)[0].action == "finsystem.invoice.issued"


def test_what_is_issued_keeps_the_parties_of_that_day(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, client_id, 12_200)
        cards, entities = request.find_service(IClientCards), request.find_service(ILegalEntityBook)
        cards.change(client_id, ClientFacts(name="Другое имя", inn=inn_of(50), kpp="770101001"))
        entity = entities.default()
        facts = EntityFacts(name="Другая фирма", inn=entity.inn, kpp=entity.kpp, invoice_number_pattern="N{n}")
        entities.change(entity.id, facts)
        document = book_of(request).document(invoice)
    assert document.customer.name == "ООО «Клиент 2»"
    assert document.issuer.name == "Общество с ограниченной ответственностью «Линия тепла»"


def test_an_act_charges_where_the_contract_says_so(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        card = request.find_service(IClientCards).card(client_id)
        contract = a_contract(request, card, charges="act")
        invoice = an_invoice(request, client_id, 12_200, contract_id=contract.contract_id)
        assert (invoice.charges, invoice.entry_id) == ("act", None)
        assert request.find_service(IBalances).client(client_id, "RUB") == 0
        book_of(request).void(invoice, reason="ошибка")
        assert (invoice.state, invoice.void_entry_id) == ("void", None)


def test_a_number_given_by_hand_moves_the_sequence_past_it(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        assert an_invoice(request, client_id, 1, issued_as="СЧ-2026-00041").number == "СЧ-2026-00041"
        assert an_invoice(request, client_id, 1).number == "СЧ-2026-00042"
        assert an_invoice(request, client_id, 1, issued_as="17/а").number == "17/а"
        assert an_invoice(request, client_id, 1).number == "СЧ-2026-00043"


def test_a_number_taken_in_its_year_is_refused(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        an_invoice(request, client_id, 1, issued_as="17")
        draft = a_draft(request, client_id, 1)
        with pytest.raises(NumberTakenError):
            book_of(request).issue(draft, number="17")
        assert draft.state == "draft"
        assert an_invoice(request, client_id, 1, issued_as="17", date=date(2025, 5, 5)).number == "17"


def test_a_number_reserved_by_a_draft_is_passed_over_and_then_used(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        draft = a_draft(request, client_id, 1, number="СЧ-2026-00001")
        assert an_invoice(request, client_id, 1).number == "СЧ-2026-00002"
        with pytest.raises(NumberTakenError):
            a_draft(request, client_id, 1, number="СЧ-2026-00001")
        book_of(request).issue(draft)
        assert draft.number == "СЧ-2026-00001"


def test_each_year_begins_anew(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        numbers = [an_invoice(request, client_id, 1, date=date(year, 3, 1)).number for year in (2026, 2025, 2026, 2025)]
    assert numbers == ["СЧ-2026-00001", "СЧ-2025-00001", "СЧ-2026-00002", "СЧ-2025-00002"]


def test_numbers_have_no_hole_where_issues_fail(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        request.find_service(ILedger).close_through(date(2026, 1, 31), reason="январь сдан")
    numbers = []
    for n in range(6):
        try:
            with unit_of_work() as request:
                day = date(2026, 1, 10) if n % 2 else DAY
                numbers.append(an_invoice(request, client_id, 1, date=day).number)
        except PeriodClosedError:
            continue
    assert numbers == ["СЧ-2026-00001", "СЧ-2026-00002", "СЧ-2026-00003"]


def test_issuers_at_the_same_time_get_neighbours(unit_of_work, client_id) -> None:
    numbers: list[str] = []
    start = threading.Barrier(3)

    def issue() -> None:
        start.wait()
        for _turn in range(3):
            with unit_of_work() as request:
                number = an_invoice(request, client_id, 1).number
            numbers.append(number)

    threads = [threading.Thread(target=issue) for _n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == [f"СЧ-2026-{n:05}" for n in range(1, 10)]


def test_an_invoice_is_issued_once(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, client_id, 1)
        with pytest.raises(InvoiceStateError):
            book_of(request).issue(invoice)
        assert request.db.query(Entry).count() == 1


def test_nothing_is_issued_for_nothing(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        draft = a_draft(request, client_id, 0)
        with pytest.raises(InvoiceDataError):
            book_of(request).issue(draft)


def test_without_our_requisites_no_invoice_leaves(unit_of_work) -> None:
    with unit_of_work() as request:
        request.find_service(IArticles).seed("en")
        request.find_service(ILegalEntityBook).ensure_default_entity("en")
        draft = a_draft(request, a_client(request).client_id, 100)
        with pytest.raises(IncompleteRequisitesError):
            book_of(request).issue(draft)


def test_many_are_issued_in_a_constant_number_of_queries(unit_of_work, client_id, count_queries) -> None:
    counts = []
    for size in (5, 60):
        with unit_of_work() as request:
            drafts = [a_draft(request, client_id, 100 + n) for n in range(size)]
            request.db.flush()
            with count_queries() as queries:
                book_of(request).issue_many(drafts)
                request.db.flush()
            counts.append(queries.count)
            numbers = [draft.number for draft in drafts]
            assert numbers == sorted(set(numbers))
    assert counts[1] <= counts[0] + 2


# Void and copy


def test_a_void_invoice_gives_the_charge_back_and_keeps_its_number(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, client_id, 12_200)
        book_of(request).void(invoice, reason="ошиблись клиентом")
        assert (invoice.state, invoice.number, invoice.open) == ("void", "СЧ-2026-00001", 0)
        assert request.find_service(IBalances).client(client_id, "RUB") == 0
        assert request.find_service(IBalances).client(client_id, "RUB", on=DAY) == 0
        with pytest.raises(InvoiceStateError):
            book_of(request).void(invoice, reason="ещё раз")
        assert an_invoice(request, client_id, 1).number == "СЧ-2026-00002"


@pytest.mark.parametrize("paid", [200, 12_200])
def test_money_on_an_invoice_that_is_voided_goes_back_to_the_balance(unit_of_work, registry, client_id, paid) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, client_id, 12_200)
        payment = a_payment(request, client_id, paid, (invoice, paid))
        assert book_of(request).void(invoice, reason="ошиблись") == paid
        request.db.refresh(payment)
        assert (invoice.state, invoice.paid, payment.free) == ("void", 0, paid)
        assert request.find_service(IBalances).client(client_id, "RUB") == paid
        payment_id, invoice_id = payment.public_id, invoice.public_id
    with unit_of_work() as request:
        audit = request.find_service(IAuditLog)
        assert "finsystem.allocation.undone" in [act.action for act in audit.of("payment", payment_id)]
        voided = next(act for act in audit.of("invoice", invoice_id) if act.action == "finsystem.invoice.voided")
        assert voided.before["paid"] == paid
        copy = an_invoice(request, client_id, 12_200)
        request.find_service(IPayments).allocate(payment.id, [NewAllocation(copy.id, paid)])
        assert copy.paid == paid
    assert verify(registry.cabinet_engine).as_json()["problems"] == []


def test_what_was_written_off_a_voided_invoice_becomes_nobodys_money(unit_of_work, registry, client_id) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, client_id, 12_200)
        a_payment(request, client_id, 12_000, (invoice, 12_000))
        request.find_service(IPayments).write_off(invoice, date=DAY, text="копейки")
        assert book_of(request).void(invoice, reason="ошиблись") == 12_000
        assert request.find_service(IBalances).client(client_id, "RUB") == 12_000
        assert request.find_service(IPayments).free_of(client_id, "RUB") == 12_000
    assert verify(registry.cabinet_engine).as_json()["problems"] == []


def test_a_draft_is_not_voided(unit_of_work, client_id) -> None:
    with unit_of_work() as request, pytest.raises(InvoiceStateError):
        book_of(request).void(a_draft(request, client_id, 1), reason="")


def test_a_copy_is_a_draft_of_its_own_day_with_the_rate_of_that_day(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        lines = (LineData("А", 120_00, Decimal("1.5"), "ч", Decimal("2.5"), Decimal(20)), LineData("Б", 5))
        old = an_invoice(
            request, client_id, lines=lines, date=date(2025, 12, 1), due=date(2025, 12, 15), terms="Условия"
        )
        new = book_of(request).copy(old, date=date(2026, 1, 10))
        assert (new.state, new.number, new.due, new.terms) == ("draft", None, date(2026, 1, 24), "Условия")
        assert new.copied_from_id == old.id
        assert [(line.quantity_milli, line.discount, line.vat_rate) for line in new.lines] == [
            (1500, 250, 2200),
            (1000, 0, None),
        ]
        assert new.total == old.total


# Reading


def test_the_list_is_filtered_searched_and_summed(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        today = request.find_service(IClock).today()
        other = a_client(request, 3, name="ООО «Ёлка»").client_id
        late = an_invoice(request, client_id, 10_000, date=today - timedelta(30))
        part = an_invoice(request, client_id, 20_000, date=today)
        done = an_invoice(request, other, 30_000, date=today)
        dollars = an_invoice(request, other, 500, date=today, currency="USD")
        void = an_invoice(request, client_id, 40_000, date=today)
        draft = a_draft(request, client_id, 50_000, date=today)
        a_payment(request, client_id, 5_000, (part, 5_000))
        a_payment(request, other, 30_000, (done, 30_000))
        book_of(request).void(void, reason="")
        public = {i: request.find_service(IClientCards).card(i).public_id for i in (client_id, other)}

        def shown(search: str = "", **filters: str) -> set[int]:
            return {i.id for i in book_of(request).listing(ListQuery(search=search, filters=filters)).rows}

        assert shown(state="overdue") == {late.id}
        assert shown(state="open") == {late.id, part.id, dollars.id}
        assert shown(state="partly_paid") == {part.id}
        assert shown(state="draft") == {draft.id}
        assert shown(client=str(public[other])) == {done.id, dollars.id}
        assert shown(client="no such") == set()
        assert shown(**{"from": today.isoformat(), "state": "issued"}) == {dollars.id}
        assert shown(to=(today - timedelta(1)).isoformat()) == {late.id}
        assert shown("елка") == {done.id, dollars.id}
        assert shown(late.number.lower()) == {late.id}
        assert {i.id for i in book_of(request).listing(ListQuery(), client_id=other).rows} == {done.id, dollars.id}
        totals = book_of(request).listing(ListQuery(size=1)).totals
        assert (totals["RUB"].count, totals["RUB"].total, totals["RUB"].paid, totals["RUB"].open) == (
            5,
            60_000,
            35_000,
            25_000,
        )
        assert totals["USD"].open == 500


@pytest.mark.parametrize("sort", ["date", "-date", "due", "number", "-total", "open"])
def test_pages_of_the_list_show_each_invoice_once(unit_of_work, client_id, sort) -> None:
    with unit_of_work() as request:
        ids = {an_invoice(request, client_id, 100 * (n % 3 + 1), date=DAY + timedelta(n % 4)).id for n in range(7)}
        ids.add(a_draft(request, client_id, 5).id)
        seen, after = [], ""
        while True:
            page = book_of(request).listing(ListQuery(sort=sort, size=3, after=after))
            seen += [invoice.id for invoice in page.rows]
            after = page.more
            if not after:
                break
    assert (len(seen), set(seen)) == (8, ids)


def test_debts_stand_by_due_date_now_and_on_any_day(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        second = an_invoice(request, client_id, 10_000, date=DAY, due=DAY + timedelta(20))
        first = an_invoice(request, client_id, 20_000, date=DAY, due=DAY + timedelta(10))
        a_payment(request, client_id, 5_000, (first, 5_000), date=DAY + timedelta(5))
        a_payment(request, client_id, 10_000, (second, 10_000), date=DAY + timedelta(7))
        book_of(request).void(an_invoice(request, client_id, 70_000), reason="")
        debts = book_of(request).debts

        def owed(on: date | None) -> list[tuple[int, int]]:
            return [(debt.invoice_id, debt.open) for debt in debts(client_id, on=on)]

        assert owed(None) == [(first.id, 15_000)]
        assert owed(DAY - timedelta(1)) == []
        assert owed(DAY) == [(first.id, 20_000), (second.id, 10_000)]
        assert owed(DAY + timedelta(6)) == [(first.id, 15_000), (second.id, 10_000)]
        assert debts(client_id, on=DAY + timedelta(12))[0].overdue_days == 2


def test_the_matcher_sees_what_is_open_or_closed_lately(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        today = request.find_service(IClock).today()
        a_draft(request, client_id, 1)
        wait = an_invoice(request, client_id, 10_000)
        old = an_invoice(request, client_id, 10_000, date=today - timedelta(800))
        lately = an_invoice(request, client_id, 10_000, date=today - timedelta(800))
        void = an_invoice(request, client_id, 10_000, date=today - timedelta(800))
        a_payment(request, client_id, 10_000, (old, 10_000), date=today - timedelta(700))
        a_payment(request, client_id, 10_000, (lately, 10_000), date=today - timedelta(10))
        book_of(request).void(void, reason="")
        rows = {row.id: (row.state, row.open) for row in book_of(request).payable()}
        assert rows == {wait.id: ("issued", 10_000), lately.id: ("paid", 0), void.id: ("void", 0)}
        assert book_of(request).payable([client_id + 1000]) == []
        assert {row.id for row in book_of(request).payable([client_id])} == set(rows)


def test_nobody_sees_an_invoice_of_another_client(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        theirs = an_invoice(request, a_client(request, 3).client_id, 12_200)
        theirs_id = theirs.public_id
    with unit_of_work(scope={client_id}) as request:
        book = book_of(request)
        assert book.find(theirs_id) is None
        assert list(book.listing(ListQuery()).rows) == book.debts() == list(book.payable()) == []
        assert book.listing(ListQuery()).totals == {}
        assert book.ids([theirs_id]) == book.numbers([1]) == {}
        with pytest.raises(NotFoundError):
            a_draft(request, client_id + 1, 1)


# Paper


def test_the_pdf_is_printed_once_and_kept(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, client_id, 12_200, 100)
        stored = book_of(request).pdf(invoice)
        assert (stored.media_type, stored.name, stored.client_id) == (
            "application/pdf",
            "Счет СЧ-2026-00001.pdf",
            client_id,
        )
        content = request.find_service(IFileStore).read(stored)
        assert content.startswith(b"%PDF")
        assert book_of(request).pdf(invoice).id == stored.id
        public_id = invoice.public_id
    with unit_of_work(writing=False) as request:
        assert book_of(request).pdf_content(book_of(request).find(public_id)) == content


def test_what_a_reader_prints_first_is_kept_after_his_request(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        public_id = an_invoice(request, client_id, 12_200).public_id
    with unit_of_work(writing=False) as request:
        shown = book_of(request).pdf_content(book_of(request).find(public_id))
    with unit_of_work() as request:
        invoice = book_of(request).find(public_id)
        assert invoice.pdf_file_id is not None
        assert request.find_service(IFileStore).read(book_of(request).pdf(invoice)) == shown


def test_a_draft_is_shown_and_never_kept(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        draft = a_draft(request, client_id, 12_200)
        document = book_of(request).document(draft)
        assert (document.draft, document.number, document.pictures.stamp) == (True, "", None)
        assert book_of(request).pdf_content(draft).startswith(b"%PDF")
        with pytest.raises(InvoiceStateError):
            book_of(request).pdf(draft)


def test_a_draft_says_nothing_of_numbers_to_the_sequence(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        a_draft(request, client_id, 1)
        entity = request.find_service(ILegalEntityBook).default()
        assert request.find_service(INumbering).take("finsystem.invoice", str(entity.public_id), 2026, "{n}")[0] == 1
