"""What a client sees of his money, asked as a browser asks it."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl
import pytest
from webtest import TestApp

from cabinet.interfaces import IClientDirectory, IClock
from cabinet_client_manager.testing import a_client, a_contract
from cabinet_finsystem.interfaces import IInvoiceBook, IPayments
from cabinet_finsystem.testing import a_draft, a_payment, an_invoice, open_books

SignedIn = Callable[[str], TestApp]


@pytest.fixture(scope="session")
def module_names() -> Sequence[str]:
    return ["cabinet_client_manager", "cabinet_finsystem"]


@pytest.fixture
def today(unit_of_work: Any) -> datetime.date:
    with unit_of_work() as request:
        return request.find_service(IClock).today()  # type: ignore[no-any-return]


@pytest.fixture
def birch(unit_of_work: Any) -> Any:
    with unit_of_work() as request:
        open_books(request)
        return a_client(request, 2, name="ООО «Берёзовый мыс»")


@pytest.fixture
def elena(birch: Any, person: Any, signed_in: SignedIn, unit_of_work: Any) -> TestApp:
    """The browser of a contact of that client."""
    with unit_of_work() as request:
        client = request.find_service(IClientDirectory).get(birch.client_id)
    person("elena@example.org", client=client)
    return signed_in("elena@example.org")


@pytest.fixture
def money(birch: Any, unit_of_work: Any, today: datetime.date) -> dict[str, Any]:
    """Two invoices that wait, one of them late, one paid; a draft; free money."""
    day = datetime.timedelta(1)
    with unit_of_work() as request:
        late = an_invoice(
            request, birch.client_id, 8_640_000, date=today - 30 * day, due=today - 2 * day, text="Февраль"
        )
        part = an_invoice(request, birch.client_id, 4_235_050, date=today, due=today + 7 * day, text="Фильтры")
        paid = an_invoice(request, birch.client_id, 100_000, date=today - 60 * day, text="Январь")
        a_draft(request, birch.client_id, 70_000, text="Черновое")
        a_payment(request, birch.client_id, 100_000, (paid, 100_000), date=today - 50 * day, text="Платёж 300")
        a_payment(request, birch.client_id, 2_615_000, (part, 2_000_000), date=today, text="Платёж 318")
    return {"late": late, "part": part, "paid": paid}


def my(birch: Any, ending: str = "") -> str:
    return f"/my/{birch.public_id.hex}/{ending}"


def plain(answer: Any) -> str:
    text = re.sub(r"<(script|style|template|svg).*?</\1>", " ", answer.text, flags=re.DOTALL)
    text = re.sub(r"<[^>]+>", "", text).replace("\u00a0", " ")
    return re.sub(r"\s+", " ", text)


def test_home_says_what_is_owed_and_by_when(elena: TestApp, birch: Any, money: Any) -> None:
    page = elena.get(my(birch))
    said = plain(page)
    assert "₽108,750.50" in said
    assert "₽86,400.00 overdue" in said
    assert "Overdue by 2 days" in said
    assert "₽6,150.00" in said, "free money"
    assert "Черновое" not in said
    assert 'data-n="2"' in page.text, "the menu counts the invoices that wait"


def test_home_and_account_tell_what_is_asked_before_an_act_has_charged_it(
    elena: TestApp, birch: Any, unit_of_work: Any
) -> None:
    with unit_of_work() as request:
        contract = a_contract(request, birch, 77, status="active", charges="act")
        an_invoice(request, birch.client_id, 400_00, contract_id=contract.contract_id)
    for page in (my(birch), my(birch, "invoices/account")):
        assert "of it ₽400.00 in advance: no act has charged it yet" in plain(elena.get(page))


def test_home_of_a_client_without_debts_is_calm(elena: TestApp, birch: Any, unit_of_work: Any) -> None:
    assert "All quiet" in plain(elena.get(my(birch))) or "To pay" not in plain(elena.get(my(birch)))
    with unit_of_work() as request:
        invoice = an_invoice(request, birch.client_id, 100)
        a_payment(request, birch.client_id, 100, (invoice, 100))
    assert "Nothing to pay." in plain(elena.get(my(birch)))


def test_home_costs_the_same_queries_for_three_invoices_and_for_thirty(
    elena: TestApp, birch: Any, money: Any, unit_of_work: Any, count_queries: Any
) -> None:
    with count_queries() as few:
        elena.get(my(birch))
    with unit_of_work() as request:
        for n in range(27):
            an_invoice(request, birch.client_id, 1_000 + n)
    with count_queries() as many:
        elena.get(my(birch))
    assert many.count == few.count, "\n".join(many.statements)
    assert many.count <= 8, "\n".join(many.statements)


@pytest.mark.parametrize("ending", ["invoices", "invoices/payments", "invoices/account"])
def test_a_list_costs_the_same_queries_for_few_rows_and_for_many(
    elena: TestApp, birch: Any, money: Any, unit_of_work: Any, count_queries: Any, ending: str
) -> None:
    with count_queries() as few:
        elena.get(my(birch, ending))
    with unit_of_work() as request:
        for n in range(20):
            invoice = an_invoice(request, birch.client_id, 1_000 + n)
            a_payment(request, birch.client_id, 500, (invoice, 400))
    with count_queries() as many:
        elena.get(my(birch, ending))
    assert many.count == few.count, "\n".join(many.statements)
    assert many.count <= 8, "\n".join(many.statements)


def test_the_list_shows_states_and_never_a_draft(elena: TestApp, birch: Any, money: Any) -> None:
    said = plain(elena.get(my(birch, "invoices")))
    assert "Overdue by 2 days" in said
    assert "Paid in part" in said
    assert "Paid in full" in said
    assert "in 7 days" in said
    for query in ({}, {"state": "draft"}, {"q": "Черновое"}, {"state": "nonsense"}):
        assert "Черновое" not in plain(elena.get(my(birch, "invoices"), query))
    assert "Фильтры" not in elena.get(my(birch, "invoices?state=overdue")).text
    book = openpyxl.load_workbook(io.BytesIO(elena.get(my(birch, "invoices?export=xlsx")).body))
    assert len(list(book.active.values)) == 4


def test_a_draft_of_ones_own_is_not_there(elena: TestApp, birch: Any, unit_of_work: Any) -> None:
    with unit_of_work() as request:
        draft = a_draft(request, birch.client_id, 100)
    for ending in (f"invoices/{draft.public_id.hex}", f"invoices/{draft.public_id.hex}/pdf"):
        assert elena.get(my(birch, ending), expect_errors=True).status_int == 404


def test_an_invoice_shows_what_paid_it_where_the_rest_lies_and_how_to_pay(
    elena: TestApp, birch: Any, money: Any
) -> None:
    part = money["part"]
    page = elena.get(my(birch, f"invoices/{part.public_id.hex}"))
    said = plain(page)
    assert "₽22,350.50" in said
    assert "Платёж 318" in said
    assert "₽6,150.00 lie on your account" in said
    assert f"Оплата по счету № {part.number}" in page.text, "the purpose, in the language of the document"
    assert "<path" in page.text
    assert 'href="#pay"' in page.text
    paid = elena.get(my(birch, f"invoices/{money['paid'].public_id.hex}"))
    assert "How to pay" not in plain(paid)


def test_the_payment_code_asks_for_what_is_left(unit_of_work: Any, birch: Any, money: Any) -> None:
    from cabinet_finsystem.invoicing.paying import payment_orders
    from cabinet_finsystem.views.my import _due

    with unit_of_work() as request:
        late, part = request.find_service(IInvoiceBook).many([money["late"].id, money["part"].id])
        [order] = payment_orders([_due(late), _due(part)])
    assert order.minor == 10_875_050
    assert order.code is not None
    assert order.purpose.startswith(f"Оплата по счетам № {late.number} от")
    assert part.number in order.purpose
    assert order.as_text.splitlines()[-1] == order.purpose


def test_several_invoices_are_paid_by_one_transfer(elena: TestApp, birch: Any, money: Any) -> None:
    form = next(f for f in elena.get(my(birch)).forms.values() if f.action.endswith("/invoices/pay"))
    assert "₽108,750.50" in plain(form.submit())
    form.fields["invoice"][0].checked = False
    assert "₽22,350.50" in plain(form.submit())
    assert elena.get(my(birch, "invoices/pay?invoice=nonsense"), expect_errors=True).status_int == 404


def test_the_pdf_is_the_one_that_was_issued(elena: TestApp, birch: Any, money: Any, unit_of_work: Any) -> None:
    first = elena.get(my(birch, f"invoices/{money['late'].public_id.hex}/pdf"))
    assert first.content_type == "application/pdf"
    assert first.headers["Content-Disposition"].startswith("attachment")
    with unit_of_work() as request:
        invoice = request.find_service(IInvoiceBook).find(money["late"].public_id)
        assert invoice.pdf_file_id is not None, "kept once somebody asked for it"
    assert elena.get(my(birch, f"invoices/{money['late'].public_id.hex}/pdf")).body == first.body


def test_payments_show_onto_which_invoices_they_went(elena: TestApp, birch: Any, money: Any) -> None:
    said = plain(elena.get(my(birch, "invoices/payments")))
    assert "Платёж 318" in said
    assert money["part"].number in said
    assert "₽6,150.00 lie on your account" in said


def test_the_account_runs_to_its_balance_and_narrows_by_days(
    elena: TestApp, birch: Any, money: Any, today: datetime.date
) -> None:
    page = elena.get(my(birch, "invoices/account"))
    said = plain(page)
    assert "−₽102,600.50" in said, "payments minus charges"
    assert said.index("Платёж 318") < said.index("Платёж 300"), "the newest first"
    narrow = plain(elena.get(my(birch, "invoices/account"), {"from": f"{today:%d.%m.%Y}"}))
    assert "Платёж 300" not in narrow
    assert "at the beginning −₽86,400.00" in narrow
    book = openpyxl.load_workbook(io.BytesIO(elena.get(my(birch, "invoices/account?export=xlsx")).body))
    rows = list(book.active.values)[1:]
    assert len(rows) == 5
    assert sum(row[2] for row in rows) == rows[-1][3], "the movements sum to the last balance"


def test_the_account_turns_its_pages_without_losing_the_balance(
    elena: TestApp, birch: Any, unit_of_work: Any, today: datetime.date
) -> None:
    with unit_of_work() as request:
        for n in range(60):
            a_payment(request, birch.client_id, 100, date=today - datetime.timedelta(n % 7), text=f"Платёж {n:03}")
    first = elena.get(my(birch, "invoices/account"))
    older = first.click(href="after=")
    seen = re.findall(r"Платёж \d{3}", first.text) + re.findall(r"Платёж \d{3}", older.text)
    assert len(set(seen)) == 60
    assert "₽60.00" in plain(first)
    assert "₽10.00" in plain(older), "the balance goes on where the page before ended"


def test_a_payment_taken_back_stands_on_the_account_twice(elena: TestApp, birch: Any, unit_of_work: Any) -> None:
    with unit_of_work() as request:
        payment = a_payment(request, birch.client_id, 100_000, text="Ошибка")
        request.find_service(IPayments).reverse([payment.id], text="Отмена")
    said = plain(elena.get(my(birch, "invoices/account")))
    assert "Taken back: Отмена" in said
    assert "even" in said
    assert "Taken back" in plain(elena.get(my(birch, "invoices/payments")))


def test_russian_speaks_of_the_same(elena: TestApp, birch: Any, money: Any) -> None:
    russian = {"Accept-Language": "ru"}
    said = plain(elena.get(my(birch), headers=russian))
    assert "108 750,50 ₽" in said
    assert "Просрочен на 2 дня" in said
    assert "Лицевой счёт" in said
