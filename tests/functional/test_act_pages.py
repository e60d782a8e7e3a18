"""Pages of acts, waybills and UPD: the office's and the client's, asked as a browser asks them."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl
import pytest
from webtest import TestApp

from cabinet.interfaces import IClientDirectory, IMailer
from cabinet.jobs.runner import run_pending
from cabinet_client_manager.interfaces import IClientCards
from cabinet_client_manager.testing import a_client, a_contract
from cabinet_finsystem.acts.values import ActPart
from cabinet_finsystem.interfaces import IActBook, IBalances
from cabinet_finsystem.testing import DAY, a_payment, an_invoice, open_books

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


def issued(request: Any, invoice: Any, **facts: Any) -> Any:
    act = request.find_service(IActBook).draft_of(invoice, date=DAY, **facts)
    request.find_service(IActBook).issue(act)
    return act


def test_an_act_is_written_over_a_part_of_an_invoice_and_the_rest_stays(
    office: TestApp, birch: Any, unit_of_work: Any, registry: Any
) -> None:
    with unit_of_work() as request:
        card = request.find_service(IClientCards).card(birch.client_id)
        contract = a_contract(request, card, charges="act")
        invoice = an_invoice(request, birch.client_id, 12_200, 2_440, contract_id=contract.contract_id)
        path = f"/office/invoices/{invoice.public_id.hex}"
    page = office.get(path).click("Write an act or waybill", index=0)
    form = page.forms["act-form"]
    assert form["part-0-quantity"].value == "1"
    form["part-0-quantity"], form["part-1-quantity"], form["date"] = "0,5", "", "12.2.26"
    shown = form.submit().follow()
    assert "Act ACT-2026-00001" in plain(shown)
    assert "61.00" in plain(shown)
    assert "It charged the client on its date" in plain(shown)
    invoice_page = office.get(path)
    assert "61.00 of " in plain(invoice_page)
    with unit_of_work() as request:
        assert request.find_service(IBalances).client(birch.client_id, "RUB") == -6_100
    run_pending(registry)
    paper = shown.click("Download PDF")
    assert "Акт № ACT-2026-00001 от 12 февраля 2026" in text_of(paper.body).replace("\u00a0", " ")


def test_more_than_is_left_is_told_beside_the_line(office: TestApp, birch: Any, unit_of_work: Any) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, birch.client_id, 12_200)
        issued(request, invoice, parts=[ActPart(invoice.lines[0].id, 600)])
        path = f"/office/invoices/{invoice.public_id.hex}/act"
    form = office.get(path).forms["act-form"]
    assert form["part-0-quantity"].value == "0.4"
    form["part-0-quantity"] = "0.5"
    answer = form.submit(status=422)
    assert "Only 0.4 are left of this line." in plain(answer)
    answer.forms["act-form"]["part-0-quantity"] = ""
    assert "There is nothing in it" in plain(answer.forms["act-form"].submit(status=422))


def test_a_draft_is_kept_looked_at_and_issued_once(office: TestApp, birch: Any, unit_of_work: Any) -> None:
    with unit_of_work() as request:
        path = f"/office/invoices/{an_invoice(request, birch.client_id, 12_200).public_id.hex}/act"
    form = office.get(path).forms["act-form"]
    form["kind"] = "upd"
    form["advances"] = "№ А-5 от 20.01.2026"
    fields = form.submit_fields("save")
    draft = office.post(path, fields).follow()
    assert "Draft" in plain(draft)
    assert "№ А-5 от 20.01.2026" in plain(draft)
    again = office.post(path, fields)
    assert "This document is saved already." in plain(again.follow())
    shown = form_of(draft, "/issue").submit().follow()
    assert "UPD UT-2026-00001" in plain(shown)
    assert "status 1" in plain(shown)


def test_an_act_is_voided_with_a_reason_and_then_its_invoice(office: TestApp, birch: Any, unit_of_work: Any) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, birch.client_id, 12_200)
        act = issued(request, invoice)
        of_invoice, of_act = f"/office/invoices/{invoice.public_id.hex}", f"/office/acts/{act.public_id.hex}"
    refusing = form_of(office.get(of_invoice), "/void")
    refusing["reason"] = "Ошибка"
    assert "Documents were issued over this invoice: ACT-2026-00001" in plain(refusing.submit().maybe_follow())
    form = form_of(office.get(of_act), "/void")
    form["reason"] = "Не та дата"
    assert "Не та дата" in plain(form.submit().follow())
    allowed = form_of(office.get(of_invoice), "/void")
    allowed["reason"] = "Ошибка"
    assert "is void" in plain(allowed.submit().follow())


def test_one_document_is_issued_for_the_rest_of_each_ticked_invoice(
    office: TestApp, birch: Any, unit_of_work: Any
) -> None:
    with unit_of_work() as request:
        covered, half, fresh = (an_invoice(request, birch.client_id, 12_200) for _ in range(3))
        issued(request, covered)
        issued(request, half, parts=[ActPart(half.lines[0].id, 500)])
    page = office.get("/office/acts/issue")
    form = page.forms["many-form"]
    offered = [box._value for box in form.fields["invoice"]]
    assert sorted(offered) == sorted([half.public_id.hex, fresh.public_id.hex])
    assert "Tick the invoices first." in plain(form.submit(status=422))
    for box in form.fields["invoice"]:
        box.checked = True
    assert "2 documents are issued." in plain(form.submit().follow())
    assert "Nothing waits for an act" in plain(office.get("/office/acts/issue"))


def test_the_list_is_filtered_summed_and_taken_away(
    office: TestApp, birch: Any, unit_of_work: Any, count_queries: Any
) -> None:
    with unit_of_work() as request:
        issued(request, an_invoice(request, birch.client_id, 12_200))
        issued(request, an_invoice(request, birch.client_id, 500), kind="waybill")
    with count_queries() as few:
        page = office.get("/office/acts")
    assert "127.00" in plain(page)
    assert "ACT-2026-00001" not in plain(office.get("/office/acts?kind=waybill"))
    assert "WB-2026-00001" in plain(office.get(f"/office/acts?client={birch.public_id.hex}&q=WB"))
    book = openpyxl.load_workbook(io.BytesIO(office.get("/office/acts?export=xlsx").body))
    rows = list(book.active.iter_rows(values_only=True))
    assert len(rows) == 3
    with unit_of_work() as request:
        for _ in range(5):
            issued(request, an_invoice(request, birch.client_id, 700))
    with count_queries() as many:
        office.get("/office/acts")
    assert many.count == few.count <= 8


class TestWithMail:
    @pytest.fixture
    def site_settings(self) -> dict[str, Any]:
        return {"mail": {"host": "mail.example.org", "sender": "Линия тепла <bills@example.org>"}}

    def test_an_act_goes_by_mail_with_its_paper(self, office: TestApp, birch: Any, unit_of_work: Any) -> None:
        with unit_of_work() as request:
            act = issued(request, an_invoice(request, birch.client_id, 12_200))
        form = form_of(office.get(f"/office/acts/{act.public_id.hex}/send"), "/send")
        assert form["to"].value == "client2@example.org"
        assert act.number in form["subject"].value
        assert "On its way" in plain(form.submit().follow())
        with unit_of_work() as request:
            [mail] = request.find_service(IMailer).about("finsystem.act", act.public_id)
            assert len(mail.attachments) == 1
            assert f"http://localhost/my/{birch.public_id.hex}/invoices/acts/{act.public_id.hex}" in mail.text


# The client


def test_a_client_sees_his_acts_and_no_drafts_nor_those_of_others(own: TestApp, birch: Any, unit_of_work: Any) -> None:
    with unit_of_work() as request:
        mine, other = an_invoice(request, birch.client_id, 12_200), a_client(request, 9)
        act = issued(request, mine, parts=[ActPart(mine.lines[0].id, 500)])
        draft = request.find_service(IActBook).draft_of(mine, date=DAY)
        foreign = issued(request, an_invoice(request, other.client_id, 500))
        home = f"/my/{birch.public_id.hex}/invoices"
    page = own.get(f"{home}/acts")
    assert "ACT-2026-00001" in plain(page)
    assert "ACT-2026-00002" not in plain(page)
    shown = page.click("ACT-2026-00001", index=0)
    assert "61.00" in plain(shown)
    assert shown.click("Download PDF").content_type == "application/pdf"
    assert "ACT-2026-00001" in plain(own.get(f"{home}/{mine.public_id.hex}"))
    told = plain(own.get(f"/my/{birch.public_id.hex}/notices"))
    assert f"Act {act.number} for " in told
    assert foreign.number not in told
    for hidden in (draft, foreign):
        own.get(f"{home}/acts/{hidden.public_id.hex}", status=404)
        own.get(f"{home}/acts/{hidden.public_id.hex}/pdf", status=404)
    assert act.number in plain(own.get(f"/my/{birch.public_id.hex}/search?q=ACT-2026"))


def test_the_account_names_the_act_that_charged(
    birch: Any, unit_of_work: Any, person: Any, signed_in: Callable[[str], TestApp]
) -> None:
    with unit_of_work() as request:
        card = request.find_service(IClientCards).card(birch.client_id)
        contract = a_contract(request, card, charges="act")
        invoice = an_invoice(request, birch.client_id, 12_200, contract_id=contract.contract_id)
        a_payment(request, birch.client_id, 12_200, (invoice, 12_200), date=DAY - datetime.timedelta(1))
        act = issued(request, invoice)
        client = request.find_service(IClientDirectory).get(birch.client_id)
    person("accountant@example.org", client=client, role="accountant")
    page = signed_in("accountant@example.org").get(f"/my/{birch.public_id.hex}/invoices/account")
    assert f"Act {act.number}" in plain(page)
    assert page.click(f"Act {act.number}").status_int == 200
