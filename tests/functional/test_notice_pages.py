"""The bell, the list behind it, the choices, and the owner's page of letters."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from cabinet.interfaces import IClientDirectory, IMailer, INotices, IPeople, ISwitches
from cabinet.jobs.runner import run_pending
from cabinet.notify.fakes import FakeSender
from cabinet.notify.models import FAILED, SENT, Notice, OutgoingMail
from cabinet.notify.senders import MailRefusedError
from cabinet_client_manager.interfaces import ContactFacts, IContacts
from cabinet_client_manager.testing import a_client
from cabinet_finsystem.interfaces import IInvoiceBook
from cabinet_finsystem.testing import a_draft, an_invoice, open_books

WITH_MAIL = pytest.mark.parametrize("site_settings", [{"mail": {"host": "smtp.x.ru", "sender": "a@x.ru"}}])


@pytest.fixture
def clients(unit_of_work, person):
    """Two clients with a contact each: (public id, internal id) by name."""
    found = {}
    with unit_of_work() as request:
        open_books(request)
        for n, name in enumerate(("alpha", "omega"), 2):
            card = a_client(request, n)
            found[name] = card
    for name, card in found.items():
        with unit_of_work() as request:
            client = request.find_service(IClientDirectory).get(card.client_id)
        person(f"{name}@x.ru", client=client)
    return found


def bell_of(page) -> str:
    found = re.search(r'c-bell".*?<i [^>]*>', page.text, re.DOTALL)
    assert found, "there is no bell"
    count = re.search(r'data-n="(\d+)', found[0])
    return count[1] if count else ""


def home(card) -> str:
    return f"/my/{card.public_id.hex}"


def test_a_new_invoice_rings_the_bell_and_leads_to_the_invoice(clients, signed_in, unit_of_work) -> None:
    alpha = clients["alpha"]
    with unit_of_work() as request:
        invoice = an_invoice(request, alpha.client_id, 100_000)
        number, hexed = invoice.number, invoice.public_id.hex
    app = signed_in("alpha@x.ru")
    assert bell_of(app.get(f"{home(alpha)}/")) == "1"
    page = app.get(f"{home(alpha)}/notices")
    assert f"Invoice {number} for ₽1,000.00" in page.text
    form = next(f for f in page.forms.values() if "/notices/" in f.action and not f.action.endswith("/read"))
    answer = form.submit()
    assert answer.location.endswith(f"{home(alpha)}/invoices/{hexed}")
    assert number in answer.follow().text
    assert bell_of(app.get(f"{home(alpha)}/")) == ""
    assert number in app.get(f"{home(alpha)}/notices").text
    assert number not in app.get(f"{home(alpha)}/notices?show=unread").text


def test_another_clients_invoice_rings_no_bell(clients, signed_in, unit_of_work) -> None:
    with unit_of_work() as request:
        invoice = an_invoice(request, clients["alpha"].client_id, 100_000)
        notice = request.db.scalars(select(Notice)).one().public_id.hex
    omega = clients["omega"]
    app = signed_in("omega@x.ru")
    page = app.get(f"{home(omega)}/notices")
    assert bell_of(page) == ""
    assert invoice.number not in page.text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
    app.post(f"{home(omega)}/notices/{notice}", {"csrf_token": token}, status=404)


def test_looking_reads_nothing_and_one_click_reads_all(clients, signed_in, unit_of_work) -> None:
    alpha = clients["alpha"]
    with unit_of_work() as request:
        an_invoice(request, alpha.client_id, 100_000)
        an_invoice(request, alpha.client_id, 200_000)
    app = signed_in("alpha@x.ru")
    page = app.get(f"{home(alpha)}/notices")
    assert bell_of(app.get(f"{home(alpha)}/notices")) == "2"
    next(f for f in page.forms.values() if f.action.endswith("/notices/read")).submit()
    page = app.get(f"{home(alpha)}/notices")
    assert bell_of(page) == ""
    assert "You have read everything." in page.text


def test_many_invoices_issued_at_once_tell_nobody(clients, unit_of_work) -> None:
    with unit_of_work() as request:
        drafts = [a_draft(request, clients["alpha"].client_id, 1_000 * n) for n in (1, 2)]
        request.find_service(IInvoiceBook).issue_many(drafts)
        assert request.db.scalars(select(Notice)).all() == []


@pytest.mark.parametrize("whole", ["site", "client"])
def test_a_module_that_is_off_rings_no_bell_and_shows_nothing(clients, signed_in, unit_of_work, whole) -> None:
    alpha = clients["alpha"]
    with unit_of_work() as request:
        number = an_invoice(request, alpha.client_id, 100_000).number
    app = signed_in("alpha@x.ru")
    assert bell_of(app.get(f"{home(alpha)}/")) == "1"
    with unit_of_work() as request:
        switches = request.find_service(ISwitches)
        if whole == "site":
            switches.switch("finsystem", on=False)
        else:
            switches.switch_client("finsystem", alpha.client_id, on=False)
    page = app.get(f"{home(alpha)}/notices")
    assert bell_of(page) == ""
    assert number not in page.text


def test_the_colleagues_of_somebody_who_got_access_hear_of_it(clients, signed_in, unit_of_work) -> None:
    alpha = clients["alpha"]
    with unit_of_work() as request:
        contacts = request.find_service(IContacts)
        contact = contacts.add(alpha.client_id, ContactFacts(name="Новый Человек", email="new@x.ru"))
        contacts.invite(alpha.client_id, contact)
    page = signed_in("alpha@x.ru").get(f"{home(alpha)}/notices")
    assert "Новый Человек (new@x.ru) can now come into" in page.text
    with unit_of_work() as request:
        request.find_service(IContacts).withdraw(alpha.client_id, contact)
    page = signed_in("alpha@x.ru").get(f"{home(alpha)}/notices")
    assert "Новый Человек (new@x.ru) can no longer come into" in page.text
    with unit_of_work() as request:
        told = request.db.scalars(select(Notice.user_id)).all()
        assert request.find_service(IPeople).by_email("new@x.ru").id not in told


def test_everybody_chooses_among_what_he_can_be_told_of(clients, person, signed_in, unit_of_work) -> None:
    person("m@x.ru", "manager")
    assert "A new invoice" not in signed_in("m@x.ru").get("/account/notices").text
    app = signed_in("alpha@x.ru")
    page = app.get("/account/notices")
    assert "A new invoice" in page.text
    assert "Lines of a statement wait" not in page.text
    form = next(f for f in page.forms.values() if f.action.endswith("/account/notices"))
    for box in form.fields["on"]:
        if box._value.startswith("finsystem.invoice.issued") or box._value.startswith("core.account"):
            box.checked = False
    form.submit().follow()
    with unit_of_work() as request:
        an_invoice(request, clients["alpha"].client_id, 100_000)
        assert request.db.scalars(select(Notice)).all() == []
        user = request.find_service(IPeople).by_email("alpha@x.ru")
        kept = {c.kind.name: c.on for c in request.find_service(INotices).choices(user)}
    assert kept["core.account.changed"] == {"app", "mail"}, "what protects the account stays on"


@WITH_MAIL
def test_the_owner_sees_failed_letters_without_their_words_and_sends_them_again(
    clients, person, signed_in, unit_of_work
) -> None:
    person("owner@x.ru", "owner")
    with unit_of_work() as request:
        mail = request.find_service(IMailer).queue(
            to="nobody@x.ru", subject="Secret invoice", text="Secret", html="", client_id=clients["alpha"].client_id
        )
        mail.state, mail.error = FAILED, "550 no such user"
    app = signed_in("owner@x.ru")
    page = app.get("/site/mail")
    assert "nobody@x.ru" in page.text
    assert "550 no such user" in page.text
    assert "Secret" not in page.text
    assert "nobody@x.ru" in app.get("/site/mail?state=failed").text
    assert "nobody@x.ru" not in app.get("/site/mail?state=sent").text
    next(f for f in page.forms.values() if f.action.endswith("/site/mail/retry")).submit().follow()
    with unit_of_work() as request:
        assert request.db.scalars(select(OutgoingMail.state)).all() == ["queued"]


def test_the_bell_speaks_the_language_of_who_looks(clients, signed_in, unit_of_work) -> None:
    alpha = clients["alpha"]
    with unit_of_work() as request:
        for _n in range(5):
            an_invoice(request, alpha.client_id, 100_000)
        request.find_service(IPeople).by_email("alpha@x.ru").locale = "ru"
    page = signed_in("alpha@x.ru").get(f"{home(alpha)}/notices")
    assert "5 непрочитанных уведомлений" in page.text
    assert "на 1\u00a0000,00\u00a0₽, оплатить до" in page.text


@WITH_MAIL
def test_who_sent_an_invoice_by_mail_hears_by_the_bell_that_it_did_not_arrive(
    clients, person, signed_in, unit_of_work, registry, monkeypatch
) -> None:
    refusal = MailRefusedError("mail_refused", "550 no such user")
    monkeypatch.setattr(registry, "cabinet_mail_sender", FakeSender(refusal), raising=False)
    person("m@x.ru", "manager")
    with unit_of_work() as request:
        invoice = an_invoice(request, clients["alpha"].client_id, 100_000).public_id.hex
        # What the client is told by letter is another matter.
        for mail in request.db.scalars(select(OutgoingMail)):
            mail.state = SENT
    app = signed_in("m@x.ru")
    form = next(f for f in app.get(f"/office/invoices/{invoice}/send").forms.values() if f.action.endswith("/send"))
    form["to"] = "wrong@x.ru"
    form.submit().follow()
    run_pending(registry, raising=False)
    page = app.get("/office/notices")
    assert bell_of(page) == "1"
    assert "did not reach wrong@x.ru: 550 no such user" in page.text
    row = next(f for f in page.forms.values() if "/office/notices/" in f.action and not f.action.endswith("/read"))
    assert row.submit().location.endswith(f"/office/invoices/{invoice}")
