"""Pages of corrections: the office writes, looks through, issues and voids; the client sees what he has to pay now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from webtest import TestApp

from cabinet.interfaces import IClientDirectory, IMailer
from cabinet.jobs.runner import run_pending
from cabinet.notify.mail import RenderedMail
from cabinet_client_manager.testing import a_client
from cabinet_finsystem.errors import CorrectionStateError
from cabinet_finsystem.interfaces import IActBook, ICorrectionBook, ICorrectionLetters, IInvoiceBook
from cabinet_finsystem.testing import DAY, a_correction, a_correction_draft, a_payment, an_invoice, open_books

from .test_invoice_pages import form_of, plain, text_of

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])


@pytest.fixture(scope="session")
def module_names() -> Sequence[str]:
    return ["cabinet_client_manager", "cabinet_finsystem"]


@pytest.fixture
def birch(unit_of_work: Any) -> Any:
    with unit_of_work() as request:
        open_books(request)
        return a_client(request, 2, name="ООО «Берёзовый мыс»")


@pytest.fixture
def office(birch: Any, person: Any, signed_in: Callable[[str], TestApp]) -> TestApp:
    person("marina@example.org", "manager")
    return signed_in("marina@example.org")


@pytest.fixture
def own(birch: Any, unit_of_work: Any, person: Any, signed_in: Callable[[str], TestApp]) -> TestApp:
    with unit_of_work() as request:
        client = request.find_service(IClientDirectory).get(birch.client_id)
    person("buyer@example.org", client=client, role="buyer")
    return signed_in("buyer@example.org")


def test_an_invoice_is_corrected_from_its_page_and_the_surplus_is_told_before(
    office: TestApp, own: TestApp, birch: Any, unit_of_work: Any, registry: Any
) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, birch.client_id, 12_200, 2_440)
        a_payment(request, birch.client_id, 14_640, (invoice, 14_640))
        path, first = f"/office/invoices/{invoice.public_id.hex}", invoice.lines[0].id
    form = office.get(path).click("Correct the invoice", index=0).forms["correction-form"]
    assert form[f"line-{first}-price"].value == "122.00"
    form[f"line-{first}-price"], form["reason"] = "100", "A discount"
    asked = dict(form.submit_fields())
    told = plain(office.post(f"{path}/correction/effect", asked))
    assert "22.00 goes back to the client’s balance" in told.replace("₽", "")
    page = form.submit().follow()
    assert "146.40" in plain(page)
    assert "124.40" in plain(page)
    with unit_of_work() as request:
        assert request.find_service(IInvoiceBook).find(invoice.public_id).asked == 14_640, "nothing has happened yet"
    done = form_of(page, "/issue").submit().follow()
    assert "Correction COR-2026-00001" in plain(done)
    assert "the invoice asks for 124.40" in plain(done).replace("₽", "").replace("  ", " ")
    run_pending(registry)
    shown = office.get(path).click("Correction COR-2026-00001")
    paper = text_of(shown.click("Download PDF").body).replace("\u00a0", " ")
    assert "Корректировочный счет № COR-2026-00001" in paper
    assert "к счету № СЧ-2026-00001 от 03.02.2026" in paper
    assert "К оплате по счету с учетом корректировки" in paper
    with unit_of_work() as request:
        [correction] = request.find_service(ICorrectionBook).of_invoice(invoice.id)
    client = f"/my/{birch.public_id.hex}"
    assert "Invoice СЧ-2026-00001 was corrected: it is for" in plain(own.get(f"{client}/notices"))
    mine = own.get(f"{client}/invoices/{invoice.public_id.hex}")
    assert "With its corrections it is for 124.40" in plain(mine).replace("₽", "").replace("  ", " ")
    assert own.get(f"{client}/invoices/corrections/{correction.public_id.hex}/pdf").body[:4] == b"%PDF"
    found = plain(office.get("/office/search?q=COR-2026-00001"))
    assert "to invoice СЧ-2026-00001" in found
    assert "to invoice СЧ-2026-00001" in plain(own.get(f"{client}/search?q=COR-2026"))
    voided = form_of(shown, "/void")
    voided["reason"] = "A mistake"
    assert "Void since" in plain(voided.submit().follow())
    assert "With its corrections" not in plain(own.get(f"{client}/invoices/{invoice.public_id.hex}"))


def test_an_act_in_the_way_is_named_at_its_line(office: TestApp, birch: Any, unit_of_work: Any) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, birch.client_id, 12_200)
        acts = request.find_service(IActBook)
        act = acts.draft_of(invoice, date=DAY)
        acts.issue(act)
        path, line = f"/office/invoices/{invoice.public_id.hex}/correction", invoice.lines[0].id
    form = office.get(path).forms["correction-form"]
    form[f"line-{line}-price"], form["reason"] = "100", "A discount"
    answer = form.submit(status=422)
    assert f"is in {act.number}: its price, discount and rate stay" in plain(answer)
    assert answer.forms["correction-form"][f"line-{line}-price"].value == "100"


def test_nothing_changed_and_no_reason_are_refused(office: TestApp, birch: Any, unit_of_work: Any) -> None:
    with unit_of_work() as request:
        path = f"/office/invoices/{an_invoice(request, birch.client_id, 12_200).public_id.hex}/correction"
    form = office.get(path).forms["correction-form"]
    assert "Nothing changes yet" in plain(office.get(path))
    form.submit(status=422)
    form["reason"] = "A discount"
    assert "Nothing changes: write what became" in plain(form.submit(status=422))


def test_a_draft_is_gone_on_with_and_thrown_away(office: TestApp, birch: Any, unit_of_work: Any) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, birch.client_id, 12_200)
        draft = a_correction_draft(request, invoice, {"quantity": Decimal(2)})
        path = f"/office/invoices/{invoice.public_id.hex}/correction"
    page = office.get(path).follow()
    assert "is being written already" in plain(page)
    form = page.click("Edit").forms["correction-form"]
    assert form[f"line-{invoice.lines[0].id}-quantity"].value == "2"
    form[f"line-{invoice.lines[0].id}-quantity"] = "3"
    assert "366.00" in plain(form.submit().follow())
    form_of(office.get(f"/office/invoices/corrections/{draft.public_id.hex}"), "/discard").submit()
    office.get(f"/office/invoices/corrections/{draft.public_id.hex}", status=404)


def test_another_clients_correction_is_not_there(own: TestApp, birch: Any, unit_of_work: Any) -> None:
    with unit_of_work() as request:
        other = a_client(request, 3, name="ООО «Тихий квартал»")
        foreign = a_correction(request, an_invoice(request, other.client_id, 12_200), {"price": 5})
        mine = a_correction_draft(request, an_invoice(request, birch.client_id, 12_200), {"price": 5})
        seen = a_correction(request, an_invoice(request, birch.client_id, 12_200), {"price": 5}, day=date(2026, 3, 1))
    folder = f"/my/{birch.public_id.hex}/invoices/corrections"
    own.get(f"{folder}/{seen.public_id.hex}/pdf")
    own.get(f"{folder}/{foreign.public_id.hex}/pdf", status=404)
    own.get(f"{folder}/{mine.public_id.hex}/pdf", status=404)
    assert "Nothing was found" in plain(own.get(f"/my/{birch.public_id.hex}/search?q={foreign.number}"))


class TestWithMail:
    @pytest.fixture
    def site_settings(self) -> dict[str, Any]:
        return {"mail": {"host": "mail.example.org", "sender": "Линия тепла <bills@example.org>"}}

    def test_a_correction_goes_by_mail_with_its_paper_and_the_way_to_its_invoice(
        self, office: TestApp, birch: Any, unit_of_work: Any
    ) -> None:
        with unit_of_work() as request:
            invoice = an_invoice(request, birch.client_id, 12_200)
            correction = a_correction(request, invoice, {"price": 10_000})
            draft = a_correction_draft(request, invoice, {"price": 9_000})
        page = office.get(f"/office/invoices/corrections/{correction.public_id.hex}")
        assert "It has not been sent by mail." in plain(page)
        form = form_of(page.click("Send by mail"), "/send")
        assert form["to"].value == "client2@example.org"
        assert [number in form["subject"].value for number in (correction.number, invoice.number)] == [True, True]
        sent = plain(form.submit().follow())
        assert "On its way" in sent
        assert "Correction of an invoice sent by mail" in sent
        with unit_of_work() as request:
            [mail] = request.find_service(IMailer).about("finsystem.correction", correction.public_id)
            assert len(mail.attachments) == 1
            assert f"http://localhost/my/{birch.public_id.hex}/invoices/{invoice.public_id.hex}" in mail.text
            assert "100,00" in mail.text
        hidden = office.get(f"/office/invoices/corrections/{draft.public_id.hex}/send")
        assert hidden.status_int == 303, "a draft is sent to nobody"
        with unit_of_work() as request:
            book = request.find_service(ICorrectionBook)
            withdrawn = book.find(correction.public_id)
            book.void(withdrawn, reason="A mistake")
            with pytest.raises(CorrectionStateError, match="Only an issued document"):
                request.find_service(ICorrectionLetters).send(
                    withdrawn, to="a@x.ru", letter=RenderedMail("S", "T", "<p>T</p>")
                )
