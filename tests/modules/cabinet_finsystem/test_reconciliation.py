"""Acts of reconciliation: what they say, how they are sent, disputed and agreed to."""

from __future__ import annotations

import datetime
import io
import itertools
import threading
from collections import defaultdict
from contextlib import suppress
from datetime import date

import pypdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cabinet.db.paging import ListQuery
from cabinet.interfaces import IClock
from cabinet_client_manager.testing import a_client, a_contract
from cabinet_finsystem.errors import FinsystemError, ReconciliationError, ReconciliationStateError
from cabinet_finsystem.interfaces import IBalances, IClientBalances, IInvoiceBook, IPayments, IReconciliations
from cabinet_finsystem.invoicing.models import Invoice
from cabinet_finsystem.payments.models import Payment
from cabinet_finsystem.payments.values import NewAllocation
from cabinet_finsystem.reconciliation.content import digest_of
from cabinet_finsystem.reconciliation.models import (
    AGREED,
    ANSWERED,
    DISPUTED,
    SENT,
    SUPERSEDED,
    WITHDRAWN,
)
from cabinet_finsystem.reconciliation.values import NO_CONTRACT, Scope
from cabinet_finsystem.testing import a_draft, a_payment, an_invoice, open_books

DAY = datetime.timedelta(1)
DAYS = st.dates(date(2025, 12, 20), date(2026, 3, 10))
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["issue", "pay", "refund", "allocate", "void", "take_back", "unallocate"]),
        DAYS,
        st.integers(1, 90_000),
        st.integers(0, 9),
    ),
    min_size=3,
    max_size=14,
)
NUMBERS = itertools.count(50)


def acts_of(request):
    return request.find_service(IReconciliations)


@pytest.fixture
def client_id(unit_of_work) -> int:
    with unit_of_work() as request:
        open_books(request)
        return a_client(request, 2).client_id


class Told:
    """An oracle that knows no ledger: what was told of, by contract, as people would write it in a copybook."""

    def __init__(self) -> None:
        self.rows: list[tuple[date, int | None, str, int]] = []  # day, contract, currency, debit-positive

    def note(self, day: date, contract: int | None, currency: str, minor: int) -> None:
        self.rows.append((day, contract, currency, minor))

    def balance(self, day: date, currency: str, contract: object = all) -> int:
        return sum(m for d, c, cur, m in self.rows if d <= day and cur == currency and contract in (all, c))


def random_books(request, client_id: int, contracts: list, acts, told: Told) -> None:
    """Do ``acts`` for a client in two currencies and two contracts, and tell the oracle each."""
    book, payments = request.find_service(IInvoiceBook), request.find_service(IPayments)
    invoices: list[tuple[Invoice, date]] = []
    paid: list[Payment] = []
    put: dict[int, tuple[Payment, Invoice, int, date]] = {}

    def undo(key: int) -> None:
        _payment, invoice, minor, day = put.pop(key)
        told.note(day, invoice.contract_id, invoice.currency, minor)
        told.note(day, None, invoice.currency, -minor)

    for what, day, minor, n in acts:
        currency = "EUR" if n == 9 else "RUB"
        if what == "issue":
            contract = contracts[n % len(contracts)]
            invoice = an_invoice(request, client_id, minor, date=day, due=day, currency=currency, contract_id=contract)
            invoices.append((invoice, day))
            told.note(day, contract, currency, minor)
        elif what in {"pay", "refund"}:
            sum_ = minor if what == "pay" else -minor
            paid.append(a_payment(request, client_id, sum_, date=day, currency=currency))
            told.note(day, None, currency, -sum_)
        elif what == "allocate" and invoices and paid:
            invoice, payment = invoices[n % len(invoices)][0], paid[n % len(paid)]
            free = min(payment.minor - payment.allocated, invoice.open, minor)
            if free > 0 and payment.currency == invoice.currency:
                [key] = payments.allocate(payment.id, [NewAllocation(invoice.id, free)])
                put[key] = (payment, invoice, free, payment.date)
                told.note(payment.date, invoice.contract_id, invoice.currency, -free)
                told.note(payment.date, None, invoice.currency, free)
        elif what == "void" and invoices:
            invoice, of = invoices.pop(n % len(invoices))
            for key in [key for key, one in put.items() if one[1] is invoice]:
                undo(key)
            book.void(invoice, reason="mistake")
            told.note(of, invoice.contract_id, invoice.currency, -invoice.total)
        elif what == "take_back" and paid:
            payment = paid.pop(n % len(paid))
            for key in [key for key, one in put.items() if one[0] is payment]:
                undo(key)
            payments.reverse([payment.id], text="mistake")
            told.note(payment.date, None, payment.currency, payment.minor)
        elif what == "unallocate" and put:
            key = list(put)[n % len(put)]
            payments.undo_allocation(key)
            undo(key)


def test_every_period_leads_from_its_opening_to_the_opening_of_the_next_in_any_books(unit_of_work, registry) -> None:
    with unit_of_work() as request:
        open_books(request)

    @settings(max_examples=4, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(acts=ACTS, cuts=st.lists(DAYS, min_size=1, max_size=3, unique=True))
    def check(acts, cuts) -> None:
        with unit_of_work() as request:
            card = a_client(request, next(NUMBERS))
            client = card.client_id
            contracts = [None, *(a_contract(request, card, n).contract_id for n in (1, 2))]
            told = Told()
            random_books(request, client, contracts, acts, told)
            service = acts_of(request)
            first, last = date(2025, 12, 1), date(2026, 3, 31)
            edges = [first, *sorted(day + DAY for day in cuts), last + DAY]
            for currency in ("RUB", "EUR"):
                for contract, key in [(None, all), *((c or NO_CONTRACT, c) for c in contracts)]:
                    scope = Scope(client, currency, contract_id=contract)
                    before = 0
                    for since, after in itertools.pairwise(edges):
                        found = service.reckon(scope, since, after - DAY)
                        assert found.opening == before
                        assert found.opening + found.debit - found.credit == found.closing
                        assert found.closing == told.balance(after - DAY, currency, key)
                        assert all(since <= line.date < after for line in found.lines)
                        before = found.closing
                whole = service.reckon(Scope(client, currency), first, last)
                parts = [
                    service.reckon(Scope(client, currency, contract_id=c or NO_CONTRACT), first, last)
                    for c in contracts
                ]
                assert sum(part.closing for part in parts) == whole.closing
                assert -whole.closing == request.find_service(IBalances).client(client, currency)

    check()


def test_a_line_names_its_document_with_number_and_day(unit_of_work, client_id) -> None:
    from cabinet_finsystem.reconciliation.wording import document_of

    with unit_of_work() as request:
        invoice = an_invoice(request, client_id, 10_000, date=date(2026, 2, 5), issued_as="СЧ-7")
        a_payment(request, client_id, 4_000, (invoice, 4_000), date=date(2026, 2, 9))
        a_payment(request, client_id, -500, date=date(2026, 2, 10))
        lost = an_invoice(request, client_id, 300, date=date(2026, 2, 11), issued_as="СЧ-8")
        request.find_service(IInvoiceBook).void(lost, reason="mistake")
        found = acts_of(request).reckon(Scope(client_id, "RUB"), date(2026, 2, 1), date(2026, 2, 28))
    assert [(document_of(line, "ru"), line.debit, line.credit) for line in found.lines] == [
        ("Счет № СЧ-7 от 05.02.2026", 10_000, 0),
        ("Оплата наличными от 09.02.2026", 0, 4_000),
        ("Возврат наличными от 10.02.2026", 500, 0),
        ("Счет № СЧ-8 от 11.02.2026", 300, 0),
        ("Отмена: счет № СЧ-8 от 11.02.2026", 0, 300),
    ]
    assert document_of(found.lines[-1], "en") == "Taken back: invoice No. СЧ-8 dated 11.02.2026"
    assert found.closing == 6_500


def test_what_an_act_charges_stands_there_under_its_name(unit_of_work, client_id) -> None:
    from cabinet_finsystem.interfaces import IActBook
    from cabinet_finsystem.reconciliation.wording import document_of

    with unit_of_work() as request:
        card = a_client(request, 4)
        contract = a_contract(request, card, charges="act").contract_id
        invoice = an_invoice(request, card.client_id, 10_000, date=date(2026, 2, 5), contract_id=contract)
        book = request.find_service(IActBook)
        act = book.draft_of(invoice, date=date(2026, 2, 20), kind="act")
        book.issue(act)
        found = acts_of(request).reckon(Scope(card.client_id, "RUB"), date(2026, 2, 1), date(2026, 2, 28))
        assert [document_of(line, "ru") for line in found.lines] == [f"Акт № {act.number} от 20.02.2026"]


def test_a_part_holds_what_an_unmarked_payment_put_onto_its_invoices(unit_of_work) -> None:
    with unit_of_work() as request:
        open_books(request)
        card = a_client(request, 4)
        client_id, contract = card.client_id, a_contract(request, card).contract_id
        invoice = an_invoice(request, client_id, 10_000, contract_id=contract)
        a_payment(request, client_id, 7_000, (invoice, 6_000))
        service, period = acts_of(request), (date(2026, 1, 1), date(2026, 12, 31))
        under = service.reckon(Scope(client_id, "RUB", contract_id=contract), *period)
        rest = service.reckon(Scope(client_id, "RUB", contract_id=NO_CONTRACT), *period)
    assert [(line.kind, line.minor) for line in under.lines] == [("invoice", 10_000), ("moved", -6_000)]
    assert [(line.kind, line.minor) for line in rest.lines] == [("payment", -7_000), ("moved", 6_000)]


def test_the_books_can_be_read_as_they_were_known(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        an_invoice(request, client_id, 10_000, date=date(2026, 2, 5))
        known = request.find_service(IClock).now()
    with unit_of_work() as request:
        an_invoice(request, client_id, 700, date=date(2026, 1, 5))
        service = acts_of(request)
        period = (date(2026, 2, 1), date(2026, 2, 28))
        then = service.reckon(Scope(client_id, "RUB"), *period, known_at=known)
        now = service.reckon(Scope(client_id, "RUB"), *period)
        everybody = request.find_service(IClientBalances)
        for at, minor in ((known, -10_000), (None, -10_700)):
            [row] = everybody.all(date(2026, 2, 28), known_at=at)
            [total] = everybody.totals(date(2026, 2, 28), known_at=at)
            [listed] = everybody.page(ListQuery(), "RUB", date(2026, 2, 28), known_at=at).rows
            assert row.minor == total.theirs == listed.minor == minor
            assert request.find_service(IBalances).client(client_id, "RUB", on=date(2026, 2, 28), known_at=at) == minor
    assert (then.opening, then.closing) == (0, 10_000)
    assert (now.opening, now.closing) == (700, 10_700)


# Sending


def sent(request, client_id: int, month: int = 2, **scope):
    since = date(2026, month, 1)
    until = (since.replace(day=28) + 4 * DAY).replace(day=1) - DAY
    return acts_of(request).send(Scope(client_id, "RUB", **scope), since, until)


def test_what_was_sent_is_numbered_frozen_and_never_changes(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        an_invoice(request, client_id, 1_234_550, date=date(2026, 2, 5))
        act = sent(request, client_id)
        year = request.find_service(IClock).today().year
        assert act.number == f"АС-{year}-0001"
        assert (act.opening, act.debit, act.credit, act.closing) == (0, 1_234_550, 0, 1_234_550)
        service = acts_of(request)
        before, digest = service.paper(act), act.digest
        assert digest == digest_of(service.content(act))
        an_invoice(request, client_id, 99, date=date(2026, 2, 6))
        assert (service.paper(act), act.digest, act.closing) == (before, digest, 1_234_550)
        assert sent(request, client_id, 3).number == f"АС-{year}-0002"


def test_a_number_that_was_not_used_leaves_no_hole(unit_of_work, client_id) -> None:
    with suppress(ZeroDivisionError), unit_of_work() as request:
        sent(request, client_id)
        raise ZeroDivisionError
    with unit_of_work() as request:
        assert sent(request, client_id).number.endswith("-0001")


def test_a_new_act_of_the_same_period_takes_the_place_of_the_open_one(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        first = sent(request, client_id)
        other = sent(request, client_id, 3)
        second = sent(request, client_id)
        assert (first.state, second.state, other.state) == (SUPERSEDED, SENT, SENT)
        assert second.supersedes_id == first.id
        with pytest.raises(ReconciliationStateError):
            acts_of(request).sign(first, digest=first.digest)
        acts_of(request).sign(second, digest=second.digest)
        third = sent(request, client_id)
        assert (second.state, third.supersedes_id) == (AGREED, None), "what was agreed to stays agreed to"


def test_only_what_was_shown_can_be_agreed_to_and_only_once(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        act = sent(request, client_id)
        service = acts_of(request)
        for wrong in ("", "0" * 64):
            with pytest.raises(ReconciliationError):
                service.sign(act, digest=wrong)
        service.sign(act, digest=act.digest)
        assert (act.state, act.signed_digest) == (AGREED, act.digest)
        for again in (lambda: service.sign(act, digest=act.digest), lambda: service.withdraw(act, reason="x")):
            with pytest.raises(ReconciliationStateError):
                again()
        assert service.agreed_until(client_id, "RUB") == date(2026, 2, 28)
        act.content = {**act.content, "closing": 1}
        request.db.flush()
        other = sent(request, client_id, 3)
        other.content = {**other.content, "closing": 1}
        request.db.flush()
        with pytest.raises(ReconciliationError, match="not the act"):
            service.sign(other, digest=other.digest)


def test_a_dispute_goes_to_and_fro_until_nothing_waits(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        an_invoice(request, client_id, 10_000, date=date(2026, 2, 5))
        act = sent(request, client_id)
        service = acts_of(request)
        [row] = act.content["rows"]
        with pytest.raises(ReconciliationError):
            service.dispute(act, row="p0", text="Not ours")
        with pytest.raises(ReconciliationError):
            service.dispute(act, row=row["key"], text="  ")
        line = service.dispute(act, row=row["key"], text="Not ours")
        missing = service.dispute(act, text="Our payment", date=date(2026, 2, 8), minor=-5_000)
        assert act.state == DISPUTED
        with pytest.raises(ReconciliationStateError):
            service.sign(act, digest=act.digest)
        service.answer(line, text="It is: see the act of 05.02")
        assert act.state == DISPUTED
        service.take_back(missing)
        assert act.state == ANSWERED
        with pytest.raises(ReconciliationStateError):
            service.take_back(line)
        service.reopen(line)
        assert act.state == DISPUTED
        service.answer(line, text="It is")
        service.withdraw(act, reason="A better one comes")
        assert act.state == WITHDRAWN
        with pytest.raises(ReconciliationStateError):
            service.dispute(act, text="Late")
        service.restore(act)
        assert act.state == ANSWERED
        service.sign(act, digest=act.digest)
        assert act.state == AGREED


def test_a_withdrawn_act_comes_back_only_where_no_other_took_its_place(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        act = sent(request, client_id)
        acts_of(request).withdraw(act, reason="")
        sent(request, client_id)
        with pytest.raises(ReconciliationStateError):
            acts_of(request).restore(act)


def test_what_entered_the_books_after_the_act_is_told_on_it(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        an_invoice(request, client_id, 10_000, date=date(2026, 2, 5))
        act = sent(request, client_id)
        acts_of(request).sign(act, digest=act.digest)
        assert not acts_of(request).changes(act)
    with unit_of_work() as request:
        an_invoice(request, client_id, 700, date=date(2026, 2, 6), issued_as="СЧ-90")
        an_invoice(request, client_id, 300, date=date(2026, 1, 6), issued_as="СЧ-91")
        an_invoice(request, client_id, 50, date=date(2026, 3, 6))
        act = acts_of(request).find(act.public_id)
        changes = acts_of(request).changes(act)
        assert [line.number for line in changes.added] == ["СЧ-91", "СЧ-90"]
        assert (changes.opening, changes.closing) == (300, 1_000)


def test_several_companies_of_ours_are_asked_about(unit_of_work, client_id) -> None:
    from cabinet_client_manager.interfaces import EntityFacts, ILegalEntityBook
    from cabinet_client_manager.testing import inn_of

    with unit_of_work() as request:
        facts = EntityFacts(name="ООО «Другая»", short_name="Другая", inn=inn_of(77), kpp="770101001")
        other = request.find_service(ILegalEntityBook).add(facts)
        an_invoice(request, client_id, 10_000, date=date(2026, 2, 5))
        draft = a_draft(request, client_id, 500, date=date(2026, 2, 5), legal_entity_id=other.id)
        request.db.flush()
        from cabinet_finsystem.interfaces import IArticles, ILedger
        from cabinet_finsystem.ledger.values import AccountKind, AccountRef, NewEntry, NewPosting

        sales = next(node.id for node in request.find_service(IArticles).tree() if node.code == "sales")
        postings = (
            NewPosting(AccountRef.client(client_id, "RUB"), 500),
            NewPosting(AccountRef(AccountKind.INCOME, "RUB"), -500, article_id=sales, client_id=client_id),
        )
        request.find_service(ILedger).post(
            [NewEntry(date(2026, 2, 5), "charge", ("test", draft.id), "Work", other.id, postings)]
        )
        with pytest.raises(ReconciliationError) as refused:
            sent(request, client_id)
        assert refused.value.details["field"] == "entity"
        assert sent(request, client_id, legal_entity_id=other.id).closing == 500


# Two at once


def at_once(unit_of_work, registry, *deeds) -> list[str]:
    """Each deed in a thread and a transaction of its own, begun together; what became of each."""
    barrier, fates = threading.Barrier(len(deeds)), defaultdict(str)

    def run(n, deed) -> None:
        try:
            barrier.wait()
            with unit_of_work() as request:
                deed(request)
            fates[n] = "done"
        except FinsystemError as error:
            fates[n] = error.code

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(fates.values())


def test_of_two_who_agree_at_once_one_does(unit_of_work, registry, client_id) -> None:
    for month in (1, 2, 3):
        with unit_of_work() as request:
            act = sent(request, client_id, month)
            public_id, digest = act.public_id, act.digest

        def sign(request, public_id=public_id, digest=digest) -> None:
            acts_of(request).sign(acts_of(request).find(public_id), digest=digest)

        assert at_once(unit_of_work, registry, sign, sign) == ["done", "reconciliation_state"]


def test_without_its_lock_both_would_agree(unit_of_work, registry, client_id, monkeypatch, engine_name) -> None:
    """The control. SQLite has one writer at a time by itself."""
    if engine_name == "sqlite":
        pytest.skip("a transaction that writes is alone on SQLite")
    from cabinet_finsystem.reconciliation.services import Reconciliations

    met = threading.Barrier(2, timeout=20)
    record = Reconciliations._record

    def unlocked(self, act):
        return act

    def slow(self, *args, **facts):
        met.wait()
        record(self, *args, **facts)

    with unit_of_work() as request:
        act = sent(request, client_id)
        public_id, digest = act.public_id, act.digest
    monkeypatch.setattr(Reconciliations, "_locked", unlocked)
    # Both have read the act before either writes it.
    name = Reconciliations._name
    monkeypatch.setattr(Reconciliations, "_name", lambda self: (met.wait(), name(self))[1])

    def sign(request) -> None:
        acts_of(request).sign(acts_of(request).find(public_id), digest=digest)

    assert at_once(unit_of_work, registry, sign, sign) == ["done", "done"]


# The paper


def pdf_text(content: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text().replace("\u00a0", " ").split()) for page in pages)


def test_the_paper_says_what_the_act_says_in_two_mirrored_tables(unit_of_work, client_id) -> None:
    with unit_of_work() as request:
        an_invoice(request, client_id, 1_234_550, date=date(2026, 2, 5), issued_as="СЧ-7")
        a_payment(request, client_id, 200_000, date=date(2026, 2, 9))
        act = sent(request, client_id)
        text = pdf_text(acts_of(request).paper(act))
    assert f"Акт сверки взаимных расчетов № {act.number}" in text
    assert text.count("Счет № СЧ-7 от 05.02.2026") == 2
    assert text.count("12 345,50") == 2 + 2
    assert "На 28.02.2026 задолженность в пользу ООО «Линия тепла» 10 345,50 ₽ (Десять тысяч триста сорок пять" in text
    assert text.count("Сальдо начальное") == text.count("Обороты за период") == text.count("Сальдо конечное") == 2


def test_figures_that_do_not_tie_are_never_printed(unit_of_work, client_id) -> None:
    from cabinet_finsystem.pdf.document import Signers
    from cabinet_finsystem.pdf.reconciliation import ReconciliationPaper

    with unit_of_work() as request:
        an_invoice(request, client_id, 1_000, date=date(2026, 2, 5))
        content = acts_of(request).content(sent(request, client_id))
    for wrong in ({"closing": 999}, {"rows": []}, {"opening": 5}):
        with pytest.raises(ValueError, match="act"):
            ReconciliationPaper({**content, **wrong}, Signers("X"))
