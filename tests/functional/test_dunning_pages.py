"""Reminders on screen: arranged by the head with the letter before his eyes, a client left out on his card, told on the invoice."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import select
from webtest import TestApp

from cabinet.identity.models import Client
from cabinet.interfaces import IClock
from cabinet.notify.models import OutgoingMail
from cabinet_client_manager.testing import a_client
from cabinet_finsystem.dunning.models import DunningStep
from cabinet_finsystem.dunning.running import remind_all
from cabinet_finsystem.dunning.wording import KIND
from cabinet_finsystem.interfaces import IDunning
from cabinet_finsystem.testing import an_invoice, open_books

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])


@pytest.fixture(scope="session")
def module_names() -> Sequence[str]:
    return ["cabinet_client_manager", "cabinet_finsystem"]


@pytest.fixture
def names(unit_of_work: Any, person: Any) -> dict[str, str]:
    """Public ids of a client and of his invoice that is due today."""
    with unit_of_work() as request:
        open_books(request)
        request.find_service(IDunning).seed()
        card = a_client(request)
        today = request.find_service(IClock).today()
        invoice = an_invoice(request, card.client_id, 1_000_00, date=today - datetime.timedelta(9), due=today)
        found = {"client": card.public_id.hex, "invoice": invoice.public_id.hex}
        client = request.db.get_one(Client, card.client_id)
    person("anna@example.org", client=client)
    return found


@pytest.fixture
def head(names: Any, person: Any, signed_in: Callable[[str], TestApp]) -> TestApp:
    person("dmitry@example.org", "head")
    return signed_in("dmitry@example.org")


def press(page: Any, ending: str) -> Any:
    """Send the form whose address ends so, and look at the page it leads to."""
    return next(form for form in page.forms.values() if form.action.endswith(ending)).submit().follow()


def state(unit_of_work: Any) -> list[tuple[int, bool, bool]]:
    """(days, is on, is removed) of all steps, in the order they were made."""
    with unit_of_work() as request:
        steps = request.db.scalars(select(DunningStep).order_by(DunningStep.id))
        return [(step.days, step.on_since is not None, step.removed_at is not None) for step in steps]


def test_one_click_switches_all_on_and_its_undo_off_again(head: TestApp, names: Any, unit_of_work: Any) -> None:
    page = head.get("/office/dunning")
    assert "Nobody is reminded yet." in page
    page = press(page, "/dunning/switch")
    assert [on for _days, on, _removed in state(unit_of_work)] == [True, True, True]
    assert "Nobody is reminded yet." not in page
    press(page, "/dunning/switch?off=1")
    assert [on for _days, on, _removed in state(unit_of_work)] == [False, False, False]


def test_the_letter_is_seen_before_the_words_are_saved_and_a_change_is_taken_back(
    head: TestApp, names: Any, unit_of_work: Any
) -> None:
    page = head.get("/office/dunning").click("3 days before the due day")
    assert "This is a reminder that" in page and "Напоминаем: до" in page
    form = page.forms["step-form"]
    form["days"], form["text_en"] = "5", "Soon {sum}, <i>please</i>."
    page = form.submit("try")
    assert "Soon ₽12,200.00, &lt;i&gt;please&lt;/i&gt;." in page.text.replace("\u00a0", " ")
    assert state(unit_of_work)[0][0] == -3
    page = page.forms["step-form"].submit().follow()
    assert "5 days before the due day" in page
    press(page, "/back")
    assert state(unit_of_work)[0][0] == -3
    form = head.get("/office/dunning/new").forms["step-form"]
    form["days"], form["when"], form["text_ru"] = "7", "after", "Ждём {sun}"
    page = form.submit(status=422)
    assert page.html.find(id="days-error")
    form = page.forms["step-form"]
    form["days"] = "14"
    page = form.submit("try", status=422)
    assert page.html.find(id="text_ru-error")


def test_a_step_is_removed_and_restored(head: TestApp, names: Any, unit_of_work: Any) -> None:
    page = press(head.get("/office/dunning").click("7 days after the due day"), "/remove")
    assert "7 days after" not in page
    page = press(page, "/restore")
    assert "7 days after" in page
    assert state(unit_of_work)[-1] == (7, False, False)


def test_a_client_is_left_out_on_his_card_and_an_invoice_tells_what_was_told(
    head: TestApp, names: dict[str, str], unit_of_work: Any
) -> None:
    card = f"/office/clients/{names['client']}"
    assert "Reminders to pay" not in head.get(card).html.find("main").text
    press(head.get("/office/dunning"), "/dunning/switch")
    page = press(head.get(card), "/leave_out")
    assert remind_all(lambda *, writing: unit_of_work(writing=writing)).invoices == 0
    press(page, "/take_in")
    assert "Client reminded" not in head.get(f"/office/invoices/{names['invoice']}")
    assert remind_all(lambda *, writing: unit_of_work(writing=writing)).invoices == 1
    page = head.get(f"/office/invoices/{names['invoice']}")
    told = page.html.find("section", {"aria-labelledby": "told-title"}).text
    assert "On the due day" in told and "1 person was told" in told
    assert "Client reminded to pay" in page


@pytest.mark.parametrize("site_settings", [{"mail": {"host": "smtp.x.ru", "sender": "a@x.ru"}}])
def test_a_debtor_is_reminded_from_the_receivables_once_a_day_and_who_gets_the_letter_is_told_first(
    head: TestApp, names: dict[str, str], unit_of_work: Any
) -> None:
    with unit_of_work() as request:
        client = request.db.scalars(select(Client)).one()
        day = request.find_service(IClock).today() - datetime.timedelta(2)
        late = an_invoice(request, client.id, 2_000_00, date=day, due=day).public_id.hex
    debts = head.get(f"/office/reports/receivables?open={names['client']}")
    page = debts.click("Remind to pay")
    told = " ".join(page.html.select_one("main").text.split())
    assert "anna@example.org" in told
    assert "ещё не поступили" in told, "in the language of the client"
    form = next(form for form in page.forms.values() if form.action.endswith("/remind"))
    assert "Reminded: 1 person is told." in form.submit().follow()
    with unit_of_work() as request:
        [letter] = request.db.scalars(select(OutgoingMail).where(OutgoingMail.about_kind == KIND))
        assert letter.to_address == "anna@example.org"
    again = form.submit(expect_errors=True)
    assert "reminded today already" in (again.follow() if again.status_int < 400 else again)
    assert "By hand, 2 days after the due day" in " ".join(head.get(f"/office/invoices/{late}").text.split())
    assert "By hand" not in head.get(f"/office/invoices/{names['invoice']}"), "what is due today is not late"


def test_who_has_nobody_in_the_cabinet_is_not_reminded_but_his_invoices_go_by_mail(
    head: TestApp, unit_of_work: Any
) -> None:
    with unit_of_work() as request:
        card = a_client(request, 7)
        day = request.find_service(IClock).today() - datetime.timedelta(2)
        late = an_invoice(request, card.client_id, 2_000_00, date=day, due=day)
    page = head.get(f"/office/dunning/clients/{card.public_id.hex}/remind")
    assert "there is nobody to remind" in page
    assert not [form for form in page.forms.values() if form.action.endswith("/remind")]
    assert "Send by mail" in page.click(late.number)


def test_a_client_reads_his_reminder_behind_the_bell(
    head: TestApp, names: dict[str, str], unit_of_work: Any, signed_in: Callable[[str], TestApp]
) -> None:
    press(head.get("/office/dunning"), "/dunning/switch")
    remind_all(lambda *, writing: unit_of_work(writing=writing))
    page = signed_in("anna@example.org").get(f"/my/{names['client']}/notices")
    assert "₽1,000.00 to be paid by" in page.text.replace("\u00a0", " ")
