"""Small differences on screen: the rule is arranged, a rest is written off and taken back, all of it is listed and told to the client."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from webtest import TestApp

from cabinet.identity.models import Client
from cabinet.interfaces import IClock
from cabinet_client_manager.testing import a_client
from cabinet_finsystem.interfaces import IArticles, IWriteOffs
from cabinet_finsystem.invoicing.models import Invoice
from cabinet_finsystem.ledger.verify import verify
from cabinet_finsystem.testing import a_payment, an_invoice, open_books
from cabinet_finsystem.write_offs.values import RuleData

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])


@pytest.fixture(scope="session")
def module_names() -> Sequence[str]:
    return ["cabinet_client_manager", "cabinet_finsystem"]


@pytest.fixture
def names(unit_of_work: Any, person: Any) -> dict[str, str]:
    """Public ids of a client and of his invoice, of which 0.37 is left to pay."""
    with unit_of_work() as request:
        open_books(request)
        card = a_client(request)
        invoice = an_invoice(request, card.client_id, 122_00)
        a_payment(request, card.client_id, 121_63, (invoice, 121_63))
        found = {"client": card.public_id.hex, "invoice": invoice.public_id.hex, "number": str(invoice.number)}
        client = request.db.get_one(Client, card.client_id)
    person("anna@example.org", "accountant", client=client)
    return found


@pytest.fixture
def head(names: Any, person: Any, signed_in: Callable[[str], TestApp]) -> TestApp:
    person("dmitry@example.org", "head")
    return signed_in("dmitry@example.org")


def press(page: Any, ending: str) -> Any:
    """Send the form whose address ends so, and look at the page it leads to."""
    return next(form for form in page.forms.values() if form.action.endswith(ending)).submit().follow()


def plain(answer: Any) -> str:
    """What a page says, without markup, with ordinary spaces."""
    text = re.sub(r"<(script|style|template).*?</\1>", " ", answer.text, flags=re.DOTALL)
    text = re.sub(r"<[^>]+>", "", text).replace("\u00a0", " ")
    return re.sub(r"\s+", " ", text)


def switch_on(unit_of_work: Any, **facts: Any) -> None:
    with unit_of_work() as request:
        article = request.find_service(IArticles).system_id("write_offs")
        request.find_service(IWriteOffs).arrange("RUB", RuleData(1_00, article, article, **facts))
        request.find_service(IWriteOffs).switch("RUB", on=True)


def test_a_rule_is_arranged_switched_on_changed_and_taken_back(head: TestApp) -> None:
    page = head.get("/office/write-offs")
    assert "Nothing is written off yet." in plain(page)
    form = page.click("Arrange").forms["rule-form"]
    form["short_most"] = "1001"
    refused = form.submit(status=422)
    assert "That is no small difference" in plain(refused)
    form = refused.forms["rule-form"]
    form["short_most"] = "2,50"
    form["month_most"] = "10"
    page = press(form.submit().follow(), "/RUB/switch")
    assert "up to ₽2.50 goes to “Списания и округления”" in plain(page)
    assert "of a client at most ₽10.00 a month" in plain(page)
    assert "The rule is on" in plain(page)
    form = page.click("RUB", index=0).forms["rule-form"]
    assert (form["short_most"].value, form["month_most"].value) == ("2.50", "10.00")
    form["short_most"] = "1"
    form["short_days"] = "5"
    page = form.submit().follow()
    assert "up to ₽1.00" in plain(page)
    assert "by itself, 5 days after the payment" in plain(page)
    assert "up to ₽2.50" in plain(press(page, "/RUB/back"))
    assert "Nothing is written off yet." in plain(press(head.get("/office/write-offs"), "/RUB/switch?off=1"))
    head.get("/office/write-offs/rules/XXX", status=404)


def test_a_rest_is_written_off_on_its_invoice_and_the_undo_asks_for_it_again(
    head: TestApp, names: Any, unit_of_work: Any, registry: Any
) -> None:
    invoice = f"/office/invoices/{names['invoice']}"
    assert "Write off the rest" not in plain(head.get(invoice))
    switch_on(unit_of_work)
    page = head.get(invoice)
    assert "Write off the rest of ₽0.37" in plain(page)
    page = press(page, "/write_off")
    assert "₽0.37 is written off: the invoice is closed." in plain(page)
    assert "Of it ₽0.37 is no money" in plain(page)
    again = head.post(f"{invoice}/write_off", {"csrf_token": page.forms[0]["csrf_token"].value}, expect_errors=True)
    assert "Nothing is left to pay" in plain(again.maybe_follow())
    page = press(page, f"undo?back={names['invoice']}")
    assert "waits for it again" in plain(page)
    with unit_of_work() as request:
        assert [row.open for row in request.db.query(Invoice)] == [37]
    assert verify(registry.cabinet_engine).problems == []


def test_what_came_too_much_is_kept_on_the_page_of_its_payment(head: TestApp, names: Any, unit_of_work: Any) -> None:
    switch_on(unit_of_work, over_most=50)
    with unit_of_work() as request:
        card = a_client(request, 5)
        invoice = an_invoice(request, card.client_id, 10_00)
        payment = a_payment(request, card.client_id, 10_20, (invoice, 10_00)).public_id.hex
    page = head.get(f"/office/payments/{payment}")
    assert "₽0.20 came too much." in plain(page)
    page = press(page, "/keep")
    assert "It brought ₽0.20 too much, which is written off to our side." in plain(page)
    page = press(page.click("Open"), "/reverse")
    assert "₽0.20 came too much." in plain(head.get(f"/office/payments/{payment}"))


def test_the_list_is_filtered_exported_and_opened_from_the_report(head: TestApp, names: Any, unit_of_work: Any) -> None:
    assert "will be here" in plain(head.get("/office/write-offs/list"))
    switch_on(unit_of_work)
    press(head.get(f"/office/invoices/{names['invoice']}"), "/write_off")
    page = head.get("/office/write-offs/list")
    assert "1 difference: forgiven ₽0.37" in plain(page)
    assert names["number"] in plain(page)
    assert "Nothing was found" in plain(head.get("/office/write-offs/list?side=over"))
    table = head.get("/office/write-offs/list?export=csv").text
    assert "0,37" in table
    assert head.get("/office/write-offs/list?export=xlsx").body[:2] == b"PK"
    with unit_of_work() as request:
        article = next(n for n in request.find_service(IArticles).tree() if n.code == "write_offs").public_id.hex
        today = request.find_service(IClock).today().isoformat()
    report = head.get(f"/office/reports/pnl?basis=accrual&from={today}&to={today}&by=none&cell={article}&at=0")
    listed = report.click("Small differences written off here")
    assert names["number"] in plain(listed)


def test_a_client_is_left_out_on_his_card_and_sees_what_he_need_not_pay(
    head: TestApp, names: Any, unit_of_work: Any, signed_in: Callable[[str], TestApp]
) -> None:
    card = f"/office/clients/{names['client']}"
    assert "/leave_out" not in head.get(card).text.replace("dunning/clients", "")
    switch_on(unit_of_work)
    page = press(head.get(card), "/leave_out")
    assert "Nothing of this client is written off by itself any more." in plain(page)
    press(page, "/take_in")
    press(head.get(f"/office/invoices/{names['invoice']}"), "/write_off")
    own = signed_in("anna@example.org")
    page = own.get(f"/my/{names['client']}/invoices/{names['invoice']}")
    assert "The invoice is closed. ₽0.37 that was missing is written off: you need not pay it." in plain(page)
    account = own.get(f"/my/{names['client']}/invoices/account")
    assert f"остатка по счёту {names['number']}" in plain(account) or f"Rest of invoice {names['number']}" in plain(
        account
    )
