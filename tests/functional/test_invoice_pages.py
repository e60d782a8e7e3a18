"""The office's pages of invoices and payments, asked as a browser asks them."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import openpyxl
import pypdf
import pytest
from webtest import TestApp

from cabinet.interfaces import IClientDirectory, IClock, IFileStore
from cabinet.jobs.runner import run_pending
from cabinet_client_manager.interfaces import ContactFacts, IContacts
from cabinet_client_manager.testing import a_client, a_contract
from cabinet_finsystem.interfaces import IBalances, IInvoiceBook, IPayments
from cabinet_finsystem.testing import DAY, a_draft, a_payment, an_invoice, open_books

TODAY = datetime.date(2026, 2, 12)


@pytest.fixture(scope="session")
def module_names() -> Sequence[str]:
    return ["cabinet_client_manager", "cabinet_finsystem"]


@pytest.fixture
def today(unit_of_work: Any) -> datetime.date:
    with unit_of_work() as request:
        return request.find_service(IClock).today()  # type: ignore[no-any-return]


@pytest.fixture
def birch(unit_of_work: Any) -> Any:
    """A client with a contract of ten days to pay, on a site with books."""
    with unit_of_work() as request:
        open_books(request)
        card = a_client(request, 2, name="ООО «Берёзовый мыс»")
        a_contract(request, card, 18, number="ТО-18/25", payment_days=10)
        return card


@pytest.fixture
def office(birch: Any, person: Any, signed_in: Callable[[str], TestApp]) -> TestApp:
    person("marina@example.org", "manager")
    return signed_in("marina@example.org")


def form_of(answer: Any, ending: str) -> Any:
    """The form of a page that is posted to ``ending``."""
    return next(f for f in answer.forms.values() if f.action.split("?")[0].endswith(ending))


def text_of(pdf: bytes) -> str:
    """What stands on its pages."""
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def editor(answer: Any) -> Any:
    return answer.forms["invoice-form"]


def write_line(form: Any, n: int, **cells: str) -> None:
    for name, value in cells.items():
        form[f"lines-{n}-{name}"] = value


def plain(answer: Any) -> str:
    """What a page says, without markup, with ordinary spaces."""
    text = re.sub(r"<(script|style|template).*?</\1>", " ", answer.text, flags=re.DOTALL)
    text = re.sub(r"<[^>]+>", "", text).replace("\u00a0", " ")
    return re.sub(r"\s+", " ", text)


def path_of(invoice: Any, ending: str = "") -> str:
    return f"/office/invoices/{invoice.public_id.hex}{ending}"


# The editor


def test_an_invoice_is_written_and_issued_at_once(office: TestApp, birch: Any, unit_of_work: Any) -> None:
    page = office.get(f"/office/invoices/new?client={birch.public_id.hex}")
    form = editor(page)
    contract = next(value for value, _selected, text in form["contract"].options if "ТО-18/25" in text)
    form["contract"], form["date"], form["due"] = contract, "12.02.2026", "22.2.26"
    write_line(
        form, 0, text="Датчик температуры", quantity="8", unit="шт", price="1 520,00", discount="5", vat_rate="22"
    )
    answer = form.submit("issue")
    shown = answer.follow()
    assert "11,552.00" in plain(shown)
    with unit_of_work() as request:
        [row] = request.find_service(IInvoiceBook).debts(birch.client_id)
        assert (row.total, row.due) == (1_155_200, datetime.date(2026, 2, 22))
        assert request.find_service(IBalances).client(birch.client_id, "RUB") == -1_155_200


def test_an_invoice_that_is_sent_twice_is_issued_once(office: TestApp, birch: Any, unit_of_work: Any) -> None:
    form = editor(office.get(f"/office/invoices/new?client={birch.public_id.hex}"))
    write_line(form, 0, text="Работа", price="100")
    fields = form.submit_fields("issue")
    first = office.post("/office/invoices/new", fields)
    second = office.post("/office/invoices/new", fields)
    assert second.location == first.location
    assert "This invoice is saved already." in plain(second.follow())
    with unit_of_work() as request:
        assert len(request.find_service(IInvoiceBook).debts(birch.client_id)) == 1


def test_a_draft_is_kept_changed_and_thrown_away(office: TestApp, birch: Any, unit_of_work: Any) -> None:
    form = editor(office.get(f"/office/invoices/new?client={birch.public_id.hex}"))
    write_line(form, 0, text="Работа", price="100")
    draft = form.submit("save").follow()
    assert "Draft" in plain(draft)
    edit = office.get(draft.request.path + "/edit")
    form = editor(edit)
    assert form["lines-0-price"].value == "100.00"
    form["lines-0-price"] = "250"
    changed = form.submit("save").follow()
    assert "250.00" in plain(changed)
    form_of(changed, "/discard").submit()
    assert office.get(draft.request.path, expect_errors=True).status_int == 404
    with unit_of_work() as request:
        from cabinet.db.paging import ListQuery

        assert request.find_service(IInvoiceBook).listing(ListQuery()).count == 0


def test_all_that_is_wrong_is_said_at_once_and_what_was_typed_stays(office: TestApp, birch: Any) -> None:
    form = editor(office.get(f"/office/invoices/new?client={birch.public_id.hex}"))
    form["date"], form["due"] = "12.02.2026", "2.2.26"
    write_line(form, 0, text="Контроллер", quantity="2,5", unit="шт", price="19 450,00")
    answer = form.submit("issue", status=422)
    said = plain(answer)
    assert "The invoice is not issued: mend 2 places" in said
    assert "Pay by: This is before the date of the invoice." in said
    assert "Line 1, quantity: Pieces are whole." in said
    again = editor(answer)
    assert again["due"].value == "2.2.26"
    assert again["lines-0-quantity"].value == "2,5"
    assert again["lines-0-price"].value == "19 450,00"
    assert "1 line" in said, "the total names what it does not count"


def test_a_line_without_a_price_or_a_number_that_is_none_is_marked(office: TestApp, birch: Any) -> None:
    form = editor(office.get(f"/office/invoices/new?client={birch.public_id.hex}"))
    write_line(form, 0, text="Настройка", quantity="шесть", price="")
    said = plain(form.submit("save", status=422))
    assert "The draft is not saved: mend 2 places" in said
    assert "Line 1, price: Write the price." in said
    assert "Line 1, quantity: Write a number" in said


def test_the_day_that_the_contract_says_is_offered_and_taken(office: TestApp, birch: Any) -> None:
    form = editor(office.get(f"/office/invoices/new?client={birch.public_id.hex}"))
    contract = next(value for value, _selected, text in form["contract"].options if "ТО-18/25" in text)
    form["contract"], form["date"], form["due"] = contract, "12.02.2026", "2.2.26"
    write_line(form, 0, text="Работа", price="100")
    answer = form.submit("issue", status=422)
    assert "By the terms it is 22 Feb 2026" in plain(answer)
    taken = editor(answer).submit("use_due")
    assert taken.status_int == 200
    assert editor(taken)["due"].value == "22.02.2026"
    assert editor(taken)["lines-0-text"].value == "Работа"


def test_an_invoice_without_lines_or_client_is_refused(office: TestApp) -> None:
    answer = editor(office.get("/office/invoices/new")).submit("save", status=422)
    said = plain(answer)
    assert "Write at least one line." in said
    assert "Client: This field is required." in said


def test_sums_are_counted_by_the_server_while_somebody_types(office: TestApp, birch: Any, count_queries: Any) -> None:
    form = editor(office.get(f"/office/invoices/new?client={birch.public_id.hex}"))
    write_line(form, 0, text="Работа", quantity="3", price="100", vat_rate="22")
    fields = form.submit_fields()
    with count_queries() as queries:
        answer = office.post("/office/invoices/sums", fields, headers={"HX-Request": "true"})
    assert "300.00" in plain(answer)
    assert "54.10" in plain(answer), "VAT within 300.00 at 22 %"
    assert 'id="lines-0-text-sum" hx-swap-oob="true"' in answer.text
    assert not [s for s in queries.statements if "finsystem" in s or "client_manager" in s], "no query while typing"
    on_top = [(k, "on_top" if k == "vat" else v) for k, v in fields]
    assert "366.00" in plain(office.post("/office/invoices/sums", on_top))


def test_choosing_a_client_brings_his_contracts_and_how_he_stands(
    office: TestApp, birch: Any, unit_of_work: Any, today: datetime.date
) -> None:
    with unit_of_work() as request:
        an_invoice(request, birch.client_id, 100_000, date=today, due=today)
    answer = office.get("/office/invoices/terms", {"client": birch.public_id.hex, "date": "12.02.2026"})
    assert "ТО-18/25" in answer.text
    assert 'value="17.02.2026"' in answer.text
    chosen = office.get(
        "/office/invoices/terms",
        {"client": birch.public_id.hex, "date": "12.02.2026"},
        headers={"HX-Trigger-Name": "client"},
    )
    assert 'value="22.02.2026"' in chosen.text, "the only contract in force is meant"
    assert "owes ₽1,000.00" in plain(answer)
    kept = office.get(
        "/office/invoices/terms",
        {"client": birch.public_id.hex, "date": "12.02.2026", "due": "1.3.26", "due_terms": "17.02.2026"},
    )
    assert 'value="1.3.26"' in kept.text, "a day that somebody typed stays"
    found = office.get("/office/invoices/clients", {"client_q": "берез"})
    assert "Берёзовый мыс" in found.text


def test_without_scripts_a_button_finds_clients_and_shows_contracts(office: TestApp, birch: Any) -> None:
    form = editor(office.get("/office/invoices/new"))
    form["client"] = birch.public_id.hex
    write_line(form, 0, text="Работа")
    answer = form.submit("find")
    assert answer.status_int == 200
    assert "ТО-18/25" in answer.text
    assert editor(answer)["client"].value == birch.public_id.hex
    assert editor(answer)["lines-0-text"].value == "Работа"
    assert "mend" not in plain(answer)


def test_an_issued_invoice_is_not_edited(office: TestApp, birch: Any, unit_of_work: Any) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, birch.client_id, 100_000)
    answer = office.get(path_of(invoice, "/edit"))
    assert answer.status_int == 303
    assert answer.location.endswith(path_of(invoice))


def test_without_our_requisites_the_form_says_so_and_keeps_what_was_typed(
    office: TestApp, birch: Any, unit_of_work: Any
) -> None:
    from cabinet_client_manager.interfaces import ILegalEntityBook

    with unit_of_work() as request:
        book = request.find_service(ILegalEntityBook)
        book.set_accounts(book.default().id, [])
    form = editor(office.get(f"/office/invoices/new?client={birch.public_id.hex}"))
    write_line(form, 0, text="Работа", price="100")
    answer = form.submit("issue", status=422)
    assert "Fill in our requisites first" in plain(answer)
    assert editor(answer)["lines-0-text"].value == "Работа"


# One invoice


def test_the_page_shows_what_paid_it_and_takes_it_off_again(office: TestApp, birch: Any, unit_of_work: Any) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, birch.client_id, 100_000)
        a_payment(request, birch.client_id, 60_000, (invoice, 40_000), text="Платёж 318")
    page = office.get(path_of(invoice))
    said = plain(page)
    assert "Paid in part" in said or "Overdue" in said
    assert "Платёж 318" in said
    assert "₽200.00 of this client are free" in said
    off = form_of(page, "/undo").submit().follow()
    assert "₽400.00 is taken off the invoice and is free." in plain(off)
    assert "No payments yet." in plain(off)
    back = form_of(off, "/restore").submit().follow()
    assert "Платёж 318" in plain(back)


def test_what_was_written_off_is_taken_off_and_does_not_become_money(
    office: TestApp, birch: Any, unit_of_work: Any
) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, birch.client_id, 100_000)
        request.find_service(IPayments).write_off(invoice, date=DAY, text="прощено")
    off = form_of(office.get(path_of(invoice)), "/undo").submit().follow()
    assert "₽1,000.00 is no longer written off: the invoice waits for it again." in plain(off)
    assert "/restore" not in off.text, "there is no money that could be put back"
    assert "of this client are free" not in plain(off)


def test_free_money_is_put_onto_an_invoice_the_oldest_first(office: TestApp, birch: Any, unit_of_work: Any) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, birch.client_id, 100_000)
        a_payment(request, birch.client_id, 30_000, date=datetime.date(2026, 2, 5))
        a_payment(request, birch.client_id, 90_000, date=datetime.date(2026, 2, 4))
    page = office.get(path_of(invoice))
    answer = form_of(page, "/pay").submit().follow()
    assert "₽1,000.00 is put onto the invoice." in plain(answer)
    assert "Undo" not in plain(answer), "two payments are taken off one by one"
    with unit_of_work() as request:
        found = request.find_service(IInvoiceBook).find(invoice.public_id)
        assert found.state == "paid"
        parts = [a.minor for a, _p in request.find_service(IPayments).paid_by(found.id)]
        assert sorted(parts) == [10_000, 90_000]


def test_free_money_put_onto_an_invoice_is_taken_off_at_once(office: TestApp, birch: Any, unit_of_work: Any) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, birch.client_id, 100_000)
        a_payment(request, birch.client_id, 30_000)
    put = form_of(office.get(path_of(invoice)), "/pay").submit().follow()
    undo = next(f for f in put.forms.values() if "back=" in f.action)
    gone = undo.submit().follow()
    assert gone.request.path == path_of(invoice)
    assert "No payments yet." in plain(gone)


def test_a_void_invoice_keeps_its_number_and_says_why(office: TestApp, birch: Any, unit_of_work: Any) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, birch.client_id, 100_000)
    page = office.get(path_of(invoice))
    form = form_of(page, "/void")
    empty = form.submit().follow()
    assert "Say why the invoice is voided." in plain(empty)
    form["reason"] = "Ошибка в цене"
    gone = form.submit().follow()
    assert "Ошибка в цене" in plain(gone)
    with unit_of_work() as request:
        assert request.find_service(IBalances).client(birch.client_id, "RUB") == 0


def test_the_paper_of_a_void_invoice_says_so_and_what_was_signed_is_kept(
    office: TestApp, birch: Any, unit_of_work: Any
) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, birch.client_id, 100_000)
        kept = request.find_service(IInvoiceBook).pdf(invoice)
    signed = office.get(path_of(invoice, "/pdf")).body
    form = form_of(office.get(path_of(invoice)), "/void")
    form["reason"] = "Ошибка"
    form.submit()
    void = office.get(path_of(invoice, "/pdf")).body
    assert "АННУЛИРОВАН" not in text_of(signed)
    assert "АННУЛИРОВАН" in text_of(void)
    with unit_of_work() as request:
        assert request.find_service(IFileStore).read(request.find_service(IFileStore).get(kept.id)) == signed


def test_money_on_a_voided_invoice_goes_back_and_the_page_says_so_before_and_after(
    office: TestApp, birch: Any, unit_of_work: Any
) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, birch.client_id, 100_000)
        a_payment(request, birch.client_id, 10_000, (invoice, 10_000))
    page = office.get(path_of(invoice))
    assert "What is paid onto it, ₽100.00, goes back to the client’s balance" in plain(page)
    form = form_of(page, "/void")
    form["reason"] = "Ошибка"
    answer = form.submit(headers={"Referer": f"http://localhost{path_of(invoice)}"}).follow()
    assert "₽100.00 went back to the client’s balance." in plain(answer)
    with unit_of_work() as request:
        assert request.find_service(IBalances).client(birch.client_id, "RUB") == 10_000


def test_a_copy_is_a_new_draft(office: TestApp, birch: Any, unit_of_work: Any) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, birch.client_id, 100_000, text="Февраль")
    copied = form_of(office.get(path_of(invoice)), "/copy").submit().follow()
    assert editor(copied)["text"].value == "Февраль"
    assert editor(copied)["lines-0-price"].value == "1000.00"


def test_the_pdf_is_downloaded_and_shown(office: TestApp, birch: Any, unit_of_work: Any) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, birch.client_id, 100_000)
    saved = office.get(path_of(invoice, "/pdf"))
    assert saved.body.startswith(b"%PDF")
    assert saved.headers["Content-Disposition"].startswith("attachment;")
    shown = office.get(path_of(invoice, "/pdf?inline=1"))
    assert shown.headers["Content-Disposition"].startswith("inline;")
    assert shown.body == saved.body


# Mail


def test_where_mail_is_not_set_up_the_page_says_so(office: TestApp, birch: Any, unit_of_work: Any) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, birch.client_id, 100_000)
    assert "This site sends no mail yet." in plain(office.get(path_of(invoice)))
    drawer = office.get(path_of(invoice, "/send"), headers={"HX-Request": "true"})
    assert "This site sends no mail yet." in plain(drawer)
    assert "<html" not in drawer.text


class TestWithMail:
    @pytest.fixture
    def site_settings(self) -> dict[str, Any]:
        return {"mail": {"host": "mail.example.org", "sender": "Линия тепла <bills@example.org>"}}

    def test_an_invoice_is_sent_from_its_page_and_its_delivery_is_seen(
        self, office: TestApp, birch: Any, unit_of_work: Any
    ) -> None:
        with unit_of_work() as request:
            invoice = an_invoice(request, birch.client_id, 100_000, text="Февраль")
            request.find_service(IContacts).add(birch.client_id, ContactFacts("Елена", email="elena@example.org"))
        page = office.get(path_of(invoice, "/send"))
        form = form_of(page, "/send")
        assert form["to"].value == "client2@example.org"
        assert invoice.number in form["subject"].value
        assert "elena@example.org" in page.text
        form["to"], form["message"] = "not an address", "Елена, добрый день!\n\nСчёт за февраль."
        refused = form.submit(status=422)
        assert "is not a mail address" in plain(refused)
        form = form_of(refused, "/send")
        assert form["message"].value.startswith("Елена, добрый день!")
        form["to"] = "elena@example.org"
        sent = form.submit().follow()
        assert "elena@example.org" in plain(sent)
        assert "On its way" in plain(sent)
        with unit_of_work() as request:
            from cabinet.interfaces import IMailer

            [mail] = request.find_service(IMailer).about("finsystem.invoice", invoice.public_id)
            assert len(mail.attachments) == 1
            assert "Счёт за февраль." in mail.text
            assert f"http://localhost/my/{birch.public_id.hex}/invoices/{invoice.public_id.hex}" in mail.text
            assert "Invoice sent by mail" in plain(office.get(path_of(invoice)))


# The list


def test_the_list_filters_sorts_totals_and_exports(
    office: TestApp, birch: Any, unit_of_work: Any, today: datetime.date
) -> None:
    with unit_of_work() as request:
        other = a_client(request, 3, name="АО «Омега»")
        late = an_invoice(request, birch.client_id, 100_000, date=today - datetime.timedelta(30), text="Январь")
        an_invoice(request, other.client_id, 250_000, date=today, text="Поставка")
        a_draft(request, birch.client_id, 70_000, date=today, text="Будущее")
        a_payment(request, birch.client_id, 40_000, (late, 40_000))
    everything = office.get("/office/invoices")
    assert "3 invoices" in plain(everything)
    assert "₽3,500.00₽3,100.00" in plain(everything).replace(" ", ""), "totals leave the draft out"
    assert "Overdue by" in plain(office.get("/office/invoices?state=overdue"))
    overdue = office.get("/office/invoices?state=overdue").text
    assert "Январь" in overdue
    assert "Поставка" not in overdue
    of_client = office.get(f"/office/invoices?client={other.public_id.hex}")
    assert "Поставка" in of_client.text
    assert "Январь" not in of_client.text
    assert "АО «Омега»" in plain(of_client)
    assert "Поставка" in office.get("/office/invoices", {"q": "омега"}).text
    since = f"{today:%d.%m.%Y}"
    assert "Январь" not in office.get(f"/office/invoices?from={since}").text
    book = openpyxl.load_workbook(io.BytesIO(office.get("/office/invoices?export=xlsx&sort=total").body))
    rows = list(book.active.values)
    assert rows[0][0] == "Number"
    assert [row[6] for row in rows[1:]] == [Decimal(700), Decimal(1000), Decimal(2500)]
    assert office.get("/office/invoices?export=csv").body.startswith(b"\xef\xbb\xbf")
    assert "No invoices found" in plain(office.get("/office/invoices", {"q": "чегонет"}))


def test_an_empty_list_says_what_belongs_here(office: TestApp) -> None:
    said = plain(office.get("/office/invoices"))
    assert "Invoices to your clients will be here" in said
    assert "Issue the first invoice" in said


def test_ticked_drafts_are_issued_together_by_date(office: TestApp, birch: Any, unit_of_work: Any) -> None:
    with unit_of_work() as request:
        later = a_draft(request, birch.client_id, 100, date=datetime.date(2026, 2, 5))
        earlier = a_draft(request, birch.client_id, 200, date=datetime.date(2026, 2, 4))
        left = a_draft(request, birch.client_id, 300)
    page = office.get("/office/invoices?state=draft")
    form = page.forms["bulk"]
    for box in form.fields["invoice"]:
        box.checked = box._value != left.public_id.hex
    answer = form.submit().follow()
    assert "2 invoices are issued." in plain(answer)
    with unit_of_work() as request:
        book = request.find_service(IInvoiceBook)
        numbers = [book.find(i.public_id).number for i in (earlier, later, left)]
        assert numbers[0] is not None
        assert numbers[0] < (numbers[1] or "")
        assert numbers[2] is None


@pytest.mark.parametrize("tell", [False, True])
def test_clients_hear_of_drafts_issued_together_only_where_that_is_ticked(
    office: TestApp, birch: Any, person: Any, letters: Any, registry: Any, unit_of_work: Any, tell: bool
) -> None:
    with unit_of_work() as request:
        client = request.find_service(IClientDirectory).get(birch.client_id)
    person("elena@birch.example", client=client)
    with unit_of_work() as request:
        for day in (4, 5):
            a_draft(request, birch.client_id, 100, date=datetime.date(2026, 2, day))
    page = office.get("/office/invoices?state=draft")
    assert "If all drafts of this page are ticked, 2 letters leave." in plain(page)
    form = page.forms["bulk"]
    for box in form.fields["invoice"]:
        box.checked = True
    form["tell"] = tell
    form.submit()
    run_pending(registry)
    assert [message["To"] for message in letters.sent] == ["elena@birch.example"] * (2 if tell else 0)


@pytest.mark.parametrize("path", ["/office/invoices", "/office/payments"])
def test_a_list_costs_the_same_queries_for_one_row_and_for_forty(
    office: TestApp, birch: Any, unit_of_work: Any, count_queries: Any, path: str
) -> None:
    def grow(count: int) -> None:
        with unit_of_work() as request:
            for n in range(count):
                invoice = an_invoice(request, birch.client_id, 1_000 + n)
                a_payment(request, birch.client_id, 500, (invoice, 400))

    grow(1)
    with count_queries() as few:
        office.get(path)
    grow(39)
    with count_queries() as many:
        office.get(path)
    assert many.count == few.count, "\n".join(many.statements)
    assert many.count <= {"/office/invoices": 7, "/office/payments": 9}[path], "\n".join(many.statements)


def test_a_search_finds_invoices_by_number_and_client(office: TestApp, birch: Any, unit_of_work: Any) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, birch.client_id, 100_000)
    assert invoice.number in office.get("/office/search", {"q": invoice.number[-5:]}).text
    assert path_of(invoice) in office.get("/office/search", {"q": "берёзовый"}).text


# Payments


def test_a_payment_is_entered_once_even_if_sent_twice(office: TestApp, birch: Any, unit_of_work: Any) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, birch.client_id, 100_000)
    form = office.get(f"/office/payments/new?client={birch.public_id.hex}").forms["payment-form"]
    form["amount"], form["text"] = "1 200,50", "Наличными от водителя"
    fields = form.submit_fields()
    first = form.submit().follow()
    assert "The payment is entered." in plain(first)
    second = office.post("/office/payments/new", fields).follow()
    assert "This payment is entered already." in plain(second)
    with unit_of_work() as request:
        assert request.find_service(IBalances).client(birch.client_id, "RUB") == 20_050
        assert request.find_service(IInvoiceBook).find(invoice.public_id).state == "paid"
        assert request.find_service(IPayments).free_of(birch.client_id, "RUB") == 20_050


def test_a_payment_for_one_invoice_begins_with_what_it_owes(office: TestApp, birch: Any, unit_of_work: Any) -> None:
    with unit_of_work() as request:
        an_invoice(request, birch.client_id, 50_000, date=datetime.date(2026, 1, 5))
        invoice = an_invoice(request, birch.client_id, 100_000)
    query = f"client={birch.public_id.hex}&invoice={invoice.public_id.hex}"
    form = office.get(f"/office/payments/new?{query}").forms["payment-form"]
    assert form["amount"].value == "1000.00"
    form.submit()
    with unit_of_work() as request:
        assert request.find_service(IInvoiceBook).find(invoice.public_id).state == "paid"


def test_what_is_wrong_in_a_payment_is_said_beside_it(office: TestApp, birch: Any) -> None:
    form = office.get(f"/office/payments/new?client={birch.public_id.hex}").forms["payment-form"]
    form["amount"], form["date"] = "-5", "завтра"
    answer = form.submit(status=422)
    assert "Amount: Write an amount above zero" in plain(answer)
    assert "Date: Write a date" in plain(answer)
    assert answer.forms["payment-form"]["date"].value == "завтра"


def test_free_money_is_put_onto_invoices_by_hand_and_taken_off(office: TestApp, birch: Any, unit_of_work: Any) -> None:
    with unit_of_work() as request:
        one = an_invoice(request, birch.client_id, 100_000, date=datetime.date(2026, 1, 5))
        two = an_invoice(request, birch.client_id, 50_000)
        payment = a_payment(request, birch.client_id, 120_000)
    page = office.get(f"/office/payments/{payment.public_id.hex}")
    form = form_of(page, "/allocate")
    assert form[f"amount-{one.public_id.hex}"].value == "1000.00", "the earliest is proposed first"
    assert form[f"amount-{two.public_id.hex}"].value == "200.00"
    form[f"amount-{one.public_id.hex}"] = "много"
    wrong = form.submit(status=422)
    assert "Write an amount above zero" in plain(wrong)
    form = form_of(wrong, "/allocate")
    assert form[f"amount-{one.public_id.hex}"].value == "много"
    form[f"amount-{one.public_id.hex}"] = "9 999"
    assert "The payment has less free money than that." in plain(form.submit(status=422))
    form[f"amount-{one.public_id.hex}"], form[f"amount-{two.public_id.hex}"] = "", "500"
    put = form.submit().follow()
    assert "₽500.00 is put onto invoices." in plain(put)
    undone = form_of(put, "/undo").submit().follow()
    assert "It pays no invoice yet." in plain(undone)


def test_a_payment_taken_back_leaves_its_invoices_open(office: TestApp, birch: Any, unit_of_work: Any) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, birch.client_id, 100_000)
        payment = a_payment(request, birch.client_id, 100_000, (invoice, 100_000))
    page = office.get(f"/office/payments/{payment.public_id.hex}")
    assert "It comes off 1 invoice" in plain(page)
    gone = form_of(page, "/reverse").submit().follow()
    assert "This payment was taken back." in plain(gone)
    with unit_of_work() as request:
        assert request.find_service(IInvoiceBook).find(invoice.public_id).open == 100_000
        assert request.find_service(IBalances).client(birch.client_id, "RUB") == -100_000


def test_an_opening_balance_is_entered_once(office: TestApp, birch: Any, unit_of_work: Any) -> None:
    def enter() -> Any:
        form = office.get(f"/office/payments/opening?client={birch.public_id.hex}").forms["opening-form"]
        form["date"], form["amount"], form["side"] = "31.12.2025", "750", "theirs"
        return form.submit(expect_errors=True)

    assert "Opening balance" in plain(enter().follow())
    assert enter().status_int == 422
    with unit_of_work() as request:
        assert request.find_service(IBalances).client(birch.client_id, "RUB") == -75_000


# Home, card, rights


def test_the_manager_sees_what_waits_and_what_is_overdue(
    office: TestApp, birch: Any, unit_of_work: Any, today: datetime.date, count_queries: Any
) -> None:
    with unit_of_work() as request:
        an_invoice(request, birch.client_id, 100_000, date=today - datetime.timedelta(30))
        a_draft(request, birch.client_id, 100)
    with count_queries() as queries:
        said = plain(office.get("/office/"))
    assert "Overdue invoices" in said
    assert "1 draft of an invoice is not issued" in said
    assert queries.count <= 10, "\n".join(queries.statements)


def test_the_card_of_a_client_shows_his_money(
    office: TestApp, birch: Any, unit_of_work: Any, today: datetime.date
) -> None:
    with unit_of_work() as request:
        an_invoice(request, birch.client_id, 122_000, date=today - datetime.timedelta(20))
        a_payment(request, birch.client_id, 6_150)
    page = office.get(f"/office/clients/{birch.public_id.hex}")
    said = plain(page)
    assert "Debt₽1,220.00" in said.replace("Debt ", "Debt")
    assert "Free on the account" in said
    assert "Revenue of 12 months" in said
    assert "Debt overdue by" in said
    assert f"/office/invoices?client={birch.public_id.hex}" in page.text
    assert "Issue an invoice" in said


def test_a_client_or_an_owner_reaches_no_office_page(
    birch: Any, person: Any, signed_in: Any, unit_of_work: Any
) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, birch.client_id, 100_000)
        payment = a_payment(request, birch.client_id, 100)
    person("owner@example.org", "owner")
    person("elena@example.org", client=birch_client(unit_of_work, birch))
    for who in ("owner@example.org", "elena@example.org"):
        app = signed_in(who)
        for path in (
            "/office/invoices",
            "/office/invoices/new",
            path_of(invoice),
            path_of(invoice, "/pdf"),
            "/office/payments",
            f"/office/payments/{payment.public_id.hex}",
        ):
            assert app.get(path, expect_errors=True).status_int == 403, f"{who} {path}"


def birch_client(unit_of_work: Any, card: Any) -> Any:
    from cabinet.interfaces import IClientDirectory

    with unit_of_work() as request:
        return request.find_service(IClientDirectory).get(card.client_id)
