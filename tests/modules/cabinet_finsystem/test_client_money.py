"""What pages read of a client's money: every figure ties to the ledger, to the payments and to the invoices."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal

import pytest

from cabinet.errors import ConflictError
from cabinet.interfaces import IClock, IMailer
from cabinet.notify.mail import RenderedMail
from cabinet_client_manager.interfaces import IClientCards
from cabinet_client_manager.testing import a_client, a_contract
from cabinet_finsystem.acts.values import ActPart
from cabinet_finsystem.errors import InvoiceStateError
from cabinet_finsystem.interfaces import (
    IActBook,
    IBalances,
    IClientMoney,
    IInvoiceBook,
    IInvoiceLetters,
    IPayments,
)
from cabinet_finsystem.invoicing.models import Invoice
from cabinet_finsystem.invoicing.paying import Due, payment_orders, purpose_of
from cabinet_finsystem.invoicing.values import InvoiceData, LineData
from cabinet_finsystem.testing import DAY, a_draft, a_payment, an_invoice, open_books

ISSUER = {
    "name": "ООО «Линия тепла»",
    "inn": "7700000016",
    "kpp": "770101001",
    "account": "40702810000000000001",
    "bic": "044525225",
    "bank_name": "ПАО Сбербанк",
    "correspondent_account": "30101810400000000225",
}


@pytest.fixture
def client_ids(unit_of_work) -> tuple[int, int]:
    with unit_of_work() as request:
        open_books(request)
        return a_client(request, 2).client_id, a_client(request, 3).client_id


def money_of(request) -> IClientMoney:
    return request.find_service(IClientMoney)


# Standing


def test_balance_is_free_money_less_debts(unit_of_work, client_ids) -> None:
    client_id, other = client_ids
    with unit_of_work() as request:
        invoice = an_invoice(request, client_id, 100_000)
        an_invoice(request, client_id, 50_000)
        a_draft(request, client_id, 9_999)
        a_payment(request, client_id, 80_000, (invoice, 60_000))
        an_invoice(request, other, 1_000)
    with unit_of_work(writing=False) as request:
        [standing] = money_of(request).standing(client_id)
        assert (standing.debt, standing.free, standing.balance) == (90_000, 20_000, -70_000)
        assert standing.balance == standing.free - standing.debt
        assert standing.balance == request.find_service(IBalances).client(client_id, "RUB")


def test_what_acts_have_not_charged_yet_is_asked_in_advance_and_is_not_in_the_balance(unit_of_work, client_ids) -> None:
    client_id, _other = client_ids
    with unit_of_work() as request:
        card = request.find_service(IClientCards).card(client_id)
        contract = a_contract(request, card, status="active", charges="act")
        invoice = an_invoice(request, client_id, 60_000, 40_000, contract_id=contract.contract_id)
        an_invoice(request, client_id, 5_000)
        acts = request.find_service(IActBook)
        acts.issue(acts.draft_of(invoice, date=DAY, parts=[ActPart(invoice.lines[0].id, 1_000)]))
        a_payment(request, client_id, 20_000, (invoice, 20_000))
    with unit_of_work() as request:
        [standing] = money_of(request).standing(client_id)
        assert (standing.debt, standing.ahead, standing.balance) == (85_000, 40_000, -45_000)
        assert standing.balance == standing.free - (standing.debt - standing.ahead)
        a_payment(request, client_id, 60_000, (request.db.get(Invoice, invoice.id), 60_000))
    with unit_of_work(writing=False) as request:
        [standing] = money_of(request).standing(client_id)
        assert (standing.debt, standing.ahead, standing.balance) == (25_000, 20_000, 15_000), (
            "more is paid than charged"
        )


def test_money_that_settled_a_debt_from_before_the_books_or_went_back_is_not_free(unit_of_work, client_ids) -> None:
    client_id, other = client_ids
    with unit_of_work() as request:
        payments = request.find_service(IPayments)
        payments.opening(client_id=client_id, date=DAY, minor=-30_000, currency="RUB")
        a_payment(request, client_id, 30_000)
        a_payment(request, other, 50_000)
        a_payment(request, other, -20_000)
    with unit_of_work(writing=False) as request:
        payments = request.find_service(IPayments)
        [settled], [refunded] = (money_of(request).standing(one) for one in client_ids)
        assert (settled.free, settled.balance) == (0, 0) == (payments.free_of(client_id, "RUB"), 0)
        assert refunded.free == refunded.balance == payments.free_of(other, "RUB") == 30_000


def test_a_standing_tells_late_from_due(unit_of_work, client_ids) -> None:
    client_id, _other = client_ids
    with unit_of_work() as request:
        today = request.find_service(IClock).today()
        day = datetime.timedelta(1)
        an_invoice(request, client_id, 100, date=today - 9 * day, due=today - 3 * day)
        an_invoice(request, client_id, 200, date=today, due=today + 2 * day)
        an_invoice(request, client_id, 400, date=today, due=today + 5 * day)
    with unit_of_work(writing=False) as request:
        [standing] = money_of(request).standing(client_id)
        assert (standing.overdue, standing.overdue_days) == (100, 3)
        assert (standing.next_due, standing.last_due) == (today + 2 * day, today + 5 * day)


def test_each_currency_stands_alone_the_largest_debt_first(unit_of_work, client_ids) -> None:
    client_id, _other = client_ids
    with unit_of_work() as request:
        a_payment(request, client_id, 500, currency="EUR")
        an_invoice(request, client_id, 100)
    with unit_of_work(writing=False) as request:
        found = money_of(request).standing(client_id)
        assert [(s.currency, s.balance) for s in found] == [("RUB", -100), ("EUR", 500)]


def test_nothing_is_known_of_who_has_nothing(unit_of_work, client_ids) -> None:
    with unit_of_work(writing=False) as request:
        assert money_of(request).standing(client_ids[0]) == []
        assert money_of(request).revenue(client_ids[0]) == []
        assert money_of(request).account(client_ids[0], "RUB").lines == []


def test_a_scoped_session_reads_of_its_client_only(unit_of_work, client_ids) -> None:
    mine, other = client_ids
    with unit_of_work() as request:
        invoice = an_invoice(request, other, 100)
        payment = a_payment(request, other, 60, (invoice, 50))
    with unit_of_work(scope={mine}, writing=False) as request:
        money = money_of(request)
        assert money.standing(other) == []
        assert money.parts([payment.id]) == {}
        assert money.names([mine, other]).keys() == {mine}
        assert money.account(other, "RUB").lines == []
        assert money.recent(other, "RUB", 5) == []
        assert money.counts(other) == (0, 0, 0)


# Revenue


def test_revenue_counts_twelve_months_net_of_vat_and_the_twelve_before(unit_of_work, client_ids) -> None:
    client_id, other = client_ids
    with unit_of_work() as request:
        today = request.find_service(IClock).today()
        an_invoice(request, client_id, 122_000, date=today)
        an_invoice(request, client_id, 61_000, date=today - datetime.timedelta(400))
        an_invoice(request, client_id, 610_000, date=today - datetime.timedelta(800))
        an_invoice(request, other, 999_900, date=today)
        a_payment(request, client_id, 5_000)
    with unit_of_work(writing=False) as request:
        [revenue] = money_of(request).revenue(client_id)
        assert (revenue.minor, revenue.before) == (100_000, 50_000)


# The account


def test_the_account_turns_its_pages_and_ties_at_every_line(unit_of_work, client_ids) -> None:
    client_id, _other = client_ids
    with unit_of_work() as request:
        for n in range(7):
            day = DAY + datetime.timedelta(n // 2)
            invoice = an_invoice(request, client_id, 1_000 + n, date=day)
            a_payment(request, client_id, 700 + n, (invoice, 500), date=day)
    with unit_of_work(writing=False) as request:
        money = money_of(request)
        whole = money.account(client_id, "RUB", size=0)
        assert whole.opening + whole.came - whole.went == whole.closing
        assert whole.closing == request.find_service(IBalances).client(client_id, "RUB")
        running = 0
        for line in reversed(whole.lines):
            running += line.minor
            assert line.balance == running
        paged, after = [], ""
        while True:
            page = money.account(client_id, "RUB", after=after, size=3)
            paged += page.lines
            if not (after := page.more):
                break
        assert paged == list(whole.lines)


def test_a_period_opens_with_what_was_before_it(unit_of_work, client_ids) -> None:
    client_id, _other = client_ids
    with unit_of_work() as request:
        an_invoice(request, client_id, 1_000, date=DAY)
        a_payment(request, client_id, 400, date=DAY + datetime.timedelta(5))
        a_payment(request, client_id, 50, date=DAY + datetime.timedelta(9))
    with unit_of_work(writing=False) as request:
        page = money_of(request).account(
            client_id, "RUB", since=DAY + datetime.timedelta(1), until=DAY + datetime.timedelta(6)
        )
        assert (page.opening, page.came, page.went, page.closing) == (-1_000, 400, 0, -600)
        assert [line.balance for line in page.lines] == [-600]


def test_a_line_names_the_document_it_comes_from(unit_of_work, client_ids) -> None:
    client_id, _other = client_ids
    with unit_of_work() as request:
        invoice = an_invoice(request, client_id, 1_000, text="Февраль")
        payment = a_payment(request, client_id, 400, text="Платёж 318")
        request.find_service(IPayments).reverse([payment.id], text="Отмена")
    with unit_of_work(writing=False) as request:
        taken_back, paid, charged = money_of(request).account(client_id, "RUB").lines
        assert (charged.invoice, charged.number, charged.text) == (invoice.public_id, invoice.number, "Февраль")
        assert (paid.payment, paid.text, paid.reversal) == (payment.public_id, "Платёж 318", False)
        assert (taken_back.reversal, taken_back.minor) == (True, -400)


def test_a_damaged_cursor_shows_the_first_page(unit_of_work, client_ids) -> None:
    client_id, _other = client_ids
    with unit_of_work() as request:
        a_payment(request, client_id, 400)
    with unit_of_work(writing=False) as request:
        for cursor in ("x", "WyJub3QgYSBkYXRlIiwgMV0"):
            assert len(money_of(request).account(client_id, "RUB", after=cursor).lines) == 1


def test_parts_leave_out_what_was_taken_back(unit_of_work, client_ids) -> None:
    client_id, _other = client_ids
    with unit_of_work() as request:
        first, second = an_invoice(request, client_id, 1_000), an_invoice(request, client_id, 2_000)
        payment = a_payment(request, client_id, 1_500, (first, 1_000), (second, 500))
        money = money_of(request)
        one, two = money.parts([payment.id])[payment.id]
        request.find_service(IPayments).undo_allocation(one.allocation_id)
        assert [p.allocation_id for p in money.parts([payment.id])[payment.id]] == [two.allocation_id]
        assert (two.invoice_number, two.minor) == (second.number, 500)


# How to pay


def due(number: str, minor: int, total: int, vat: int, **facts: object) -> Due:
    given = {"currency": "RUB", "language": "ru", "issuer": ISSUER, "date": DAY, **facts}
    return Due(number=number, minor=minor, total=total, vat=vat, **given)  # type: ignore[arg-type]


def test_a_part_of_an_invoice_carries_its_part_of_the_vat() -> None:
    assert purpose_of([due("СЧ-1", 61_000, 122_000, 22_000)]) == (
        "Оплата по счету № СЧ-1 от 03.02.2026. В том числе НДС 110.00"
    )
    assert purpose_of([due("СЧ-2", 500, 500, 0)]).endswith("Без налога (НДС)")


def test_invoices_of_one_payee_are_paid_by_one_order() -> None:
    other = {**ISSUER, "account": "40702810900000000002"}
    orders = payment_orders(
        [
            due("СЧ-1", 100, 100, 0),
            due("СЧ-2", 200, 200, 0, issuer=other),
            due("СЧ-3", 300, 300, 0),
            due("СЧ-4", 0, 300, 0),
            due("СЧ-5", 10, 10, 0, issuer={**ISSUER, "account": ""}),
        ]
    )
    assert [(order.account[-1], order.minor) for order in orders] == [("1", 400), ("2", 200)]
    assert "СЧ-1" in orders[0].purpose
    assert "СЧ-3" in orders[0].purpose


def test_what_makes_no_code_still_has_its_requisites() -> None:
    [order] = payment_orders([due("СЧ-1", 100, 100, 0, issuer={**ISSUER, "bic": "1"})])
    assert order.code is None
    assert order.as_text.startswith("ООО «Линия тепла»")
    [dollars] = payment_orders([due("СЧ-1", 100, 100, 0, currency="USD", language="en")])
    assert dollars.code is None
    assert dollars.purpose == "Payment under invoice No. СЧ-1 dated 03.02.2026. Not subject to VAT"


# A form that is sent twice


def test_two_drafts_never_share_an_id(unit_of_work, client_ids) -> None:
    data = InvoiceData(client_ids[0], DAY, (LineData("Работа", 100),))
    with unit_of_work() as request:
        invoice = request.find_service(IInvoiceBook).draft(data, public_id=uuid.UUID(int=7))
        assert invoice.public_id == uuid.UUID(int=7)
    with unit_of_work() as request, pytest.raises(ConflictError):
        request.find_service(IInvoiceBook).draft(data, public_id=uuid.UUID(int=7))


# Letters


class TestLetters:
    @pytest.fixture
    def site_settings(self) -> dict[str, dict[str, str]]:
        return {"mail": {"host": "mail.example.org", "sender": "bills@example.org"}}

    def test_a_letter_carries_the_pdf_that_was_issued(self, unit_of_work, client_ids) -> None:
        letter = RenderedMail(subject="Счёт", text="Счёт\n", html="<p>Счёт</p>")
        with unit_of_work() as request:
            invoice = an_invoice(request, client_ids[0], 1_000)
            letters = request.find_service(IInvoiceLetters)
            letters.send(invoice, to="elena@example.org", letter=letter)
            [mail] = letters.of(invoice)
            stored = request.find_service(IInvoiceBook).pdf(invoice)
            assert [attachment.file_id for attachment in mail.attachments] == [stored.id]
            assert request.find_service(IMailer).configured

    @pytest.mark.parametrize("state", ["draft", "void"])
    def test_only_what_is_in_force_is_sent(self, unit_of_work, client_ids, state) -> None:
        letter = RenderedMail(subject="Счёт", text="", html="")
        with unit_of_work() as request:
            invoice = a_draft(request, client_ids[0], 1_000)
            if state == "void":
                book = request.find_service(IInvoiceBook)
                book.issue(invoice)
                book.void(invoice, reason="Ошибка")
            letters = request.find_service(IInvoiceLetters)
            with pytest.raises(InvoiceStateError):
                letters.send(invoice, to="elena@example.org", letter=letter)


def test_a_rate_is_named_as_the_form_names_it() -> None:
    from cabinet_finsystem.forms.lines import rate_key

    assert [rate_key(rate) for rate in (Decimal("22.00"), Decimal(20), Decimal(0), None)] == ["22", "20", "0", "none"]
