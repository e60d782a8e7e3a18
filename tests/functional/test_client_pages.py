"""The office's pages of clients and contracts, asked as a browser asks them."""

from __future__ import annotations

import datetime
import io
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from webtest import TestApp, Upload

from cabinet.audit.models import AuditEvent
from cabinet.contracts.parties import ILegalEntities
from cabinet.interfaces import IPeople
from cabinet.jobs.runner import run_pending
from cabinet.testing.people import PASSWORD
from cabinet_client_manager.interfaces import ContactFacts, IClientCards, IContacts, IContracts
from cabinet_client_manager.testing import BIC, a_client, a_contract, account_of, clients_csv, inn_of, our_company

SignedIn = Callable[[str], TestApp]


@pytest.fixture
def new_site(registry: Any, unit_of_work: Any) -> None:
    """What every module puts into a new site."""
    with unit_of_work() as request:
        for step in registry.cabinet_contributions.initial:
            step.fill(request)


@pytest.fixture
def office(new_site: None, person: Any, signed_in: SignedIn, unit_of_work: Any) -> TestApp:
    """A manager's browser, on a site whose company can issue invoices."""
    with unit_of_work() as request:
        our_company(request)
    person("marina@example.org", "manager")
    return signed_in("marina@example.org")


@pytest.fixture
def make(unit_of_work: Any) -> Callable[..., Any]:
    """``make(a_client, 2, name="…")``: what a factory makes, committed."""

    def commit(factory: Callable[..., Any], *arguments: Any, **facts: Any) -> Any:
        with unit_of_work() as request:
            return factory(request, *arguments, **facts)

    return commit


def client_url(card: Any, *rest: str) -> str:
    return "/".join(["/office/clients", card.public_id.hex, *rest])


def form_at(page: Any, action: str) -> Any:
    return next(form for form in page.forms.values() if form.action.endswith(action))


def test_an_empty_list_offers_the_first_step(office: TestApp) -> None:
    page = office.get("/office/clients")
    assert "Add the first client" in page
    assert page.click(description="Add the first client").status_int == 200


def test_a_client_is_written_down_and_opened(office: TestApp, make: Any) -> None:
    page = office.get("/office/clients/new")
    form = page.forms["client-form"]
    form["name"] = "ООО «Ромашка»"
    form["inn"] = inn_of(5)
    form["kpp"] = "770101001"
    form["accounts-0-number"] = account_of(5)
    form["accounts-0-bic"] = BIC
    card = form.submit().follow()
    assert "ООО «Ромашка»" in card
    assert inn_of(5) in card
    assert account_of(5) in card.click(description="Requisites")
    assert "Client added" in card.click(description="History")


def test_a_wrong_number_keeps_what_was_typed_and_says_where(office: TestApp) -> None:
    form = office.get("/office/clients/new").forms["client-form"]
    form["name"] = "ООО «Ромашка»"
    form["inn"] = "7707083894"
    form["accounts-0-number"] = "4070"
    page = form.submit(status=422)
    assert page.forms["client-form"]["inn"].value == "7707083894"
    assert page.forms["client-form"]["accounts-0-number"].value == "4070"
    assert 'href="#inn"' in page
    assert "An account number has 20 digits" in page


def test_a_double_is_answered_with_a_link_to_the_card(office: TestApp, make: Any) -> None:
    card = make(a_client, 2)
    form = office.get("/office/clients/new").forms["client-form"]
    form["name"] = "Другое имя"
    form["inn"], form["kpp"] = inn_of(2), "770101001"
    page = form.submit(status=422)
    assert client_url(card) in page
    form["kpp"] = "500143001"
    assert form.submit().status_int == 303


def test_a_client_is_changed(office: TestApp, make: Any, unit_of_work: Any) -> None:
    card = make(a_client, 2)
    form = office.get(client_url(card, "edit")).forms["client-form"]
    form["phone"] = "+7 495 000-00-00"
    form["tags"] = "сеть, обслуживание"
    assert "Saved." in form.submit().follow()
    with unit_of_work() as request:
        facts = request.find_service(IClientCards).card(card.client_id).facts
    assert (facts.phone, facts.tags) == ("+7 495 000-00-00", ("обслуживание", "сеть"))
    assert facts.accounts == card.facts.accounts


def test_archiving_can_be_undone(office: TestApp, make: Any) -> None:
    card = make(a_client, 2)
    page = form_at(office.get(client_url(card)), "/archive").submit().follow()
    assert card.name not in office.get("/office/clients").html.find("main").text.replace("is in the archive", "")
    undo = form_at(page, "/restore")
    assert "is served again" in undo.submit().follow()


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_list_is_taken_away_as_a_file(office: TestApp, make: Any, kind: str) -> None:
    make(a_client, 2, name="ООО «Экспорт»")
    answer = office.get(f"/office/clients?export={kind}")
    assert f'filename="clients.{kind}"' in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(answer.body) > 20


def test_the_list_costs_the_same_queries_however_long_it_is(office: TestApp, make: Any, count_queries: Any) -> None:
    make(a_client, 2)
    office.get("/office/clients")
    with count_queries() as short:
        office.get("/office/clients")
    for n in range(3, 15):
        make(a_client, n, tags=(f"t{n % 3}",))
    with count_queries() as long:
        office.get("/office/clients")
    assert long.count == short.count


def test_the_card_costs_the_same_queries_however_much_is_on_it(
    office: TestApp, make: Any, unit_of_work: Any, count_queries: Any
) -> None:
    card = make(a_client, 2)
    make(a_contract, card, 1)
    with unit_of_work() as request:
        request.find_service(IContacts).add(card.client_id, ContactFacts("Первый"))
    office.get(client_url(card))
    with count_queries() as short:
        office.get(client_url(card))
    for n in range(2, 8):
        make(a_contract, card, n)
        with unit_of_work() as request:
            request.find_service(IContacts).add(card.client_id, ContactFacts(f"Контакт {n}"))
    with count_queries() as long:
        office.get(client_url(card))
    assert long.count == short.count


def test_the_search_finds_clients_and_contracts(office: TestApp, make: Any) -> None:
    card = make(a_client, 2, name="ООО «Берёзка»")
    make(a_contract, card, 1, number="БР-77/26")
    assert client_url(card) in office.get("/office/search", {"q": "березка"})
    assert "БР-77/26" in office.get("/office/search", {"q": "бр-77"})


def test_a_contract_is_written_down_put_in_force_and_suspended(office: TestApp, make: Any) -> None:
    card = make(a_client, 2)
    form = office.get(client_url(card, "contracts", "new")).forms["contract-form"]
    form["number"], form["date"], form["amount"], form["payment_days"] = "ТО-1/26", "1.2.26", "86 400,50", "10"
    page = form.submit().follow()
    assert "Draft" in page
    page = form_at(page, "/status/active").submit().follow()
    assert "In force" in page
    assert "86,400" in page
    page = form_at(page, "/status/suspended").submit().follow()
    assert "Suspended" in page
    assert "In force" in form_at(page, "/status/active").submit().follow()


@pytest.mark.parametrize(("currency", "typed", "minor"), [("JPY", "1500", 1500), ("KWD", "1,125", 1125)])
def test_an_amount_is_read_in_the_currency_that_stands_behind_it(
    office: TestApp, make: Any, unit_of_work: Any, currency: str, typed: str, minor: int
) -> None:
    form = office.get(client_url(make(a_client, 2), "contracts", "new")).forms["contract-form"]
    form["number"], form["date"], form["amount"], form["currency"] = "1", "1.2.26", typed, currency
    page = form.submit().follow()
    public_id = uuid.UUID(page.request.path.rpartition("/")[2])
    with unit_of_work() as request:
        facts = request.find_service(IContracts).by_public_id(public_id).facts
        assert (facts.amount, facts.currency) == (minor, currency)
    edit = office.get(f"{page.request.path}/edit").forms["contract-form"]
    assert edit["amount"].value == typed.replace(",", "."), "as an English page writes it"
    assert edit.submit().status_int == 303


def test_a_yen_has_no_kopecks(office: TestApp, make: Any) -> None:
    form = office.get(client_url(make(a_client, 2), "contracts", "new")).forms["contract-form"]
    form["number"], form["date"], form["amount"], form["currency"] = "1", "1.2.26", "15,50", "JPY"
    assert form.submit(expect_errors=True).status_int == 422


def test_a_contract_that_ends_before_it_begins_is_refused(office: TestApp, make: Any) -> None:
    card = make(a_client, 2)
    form = office.get(client_url(card, "contracts", "new")).forms["contract-form"]
    form["number"], form["date"], form["valid_to"] = "1", "01.02.2026", "31.01.2026"
    page = form.submit(status=422)
    assert "ends before it begins" in page
    assert page.forms["contract-form"]["valid_to"].value == "31.01.2026"


def test_contracts_that_end_soon_stand_on_the_managers_day(office: TestApp, make: Any) -> None:
    soon = datetime.datetime.now(tz=datetime.UTC).date() + datetime.timedelta(days=5)
    make(a_contract, make(a_client, 2), 1, number="СКОРО-1", valid_to=soon, date=datetime.date(2020, 1, 1))
    assert "СКОРО-1" in office.get("/office/")


# access from the card


def test_a_contact_is_invited_comes_in_and_is_shut_out(
    office: TestApp, make: Any, unit_of_work: Any, browser: Callable[[], TestApp]
) -> None:
    card = make(a_client, 2)
    form = office.get(client_url(card, "contacts", "new")).forms["contact-form"]
    form["name"], form["email"] = "Елена Воронова", "elena@example.org"
    page = form.submit("invite")
    link = page.html.find(id="link")["value"]
    assert link.startswith("http://localhost/welcome/")
    assert "sends no mail yet" in page
    assert "invited" in office.get(client_url(card))

    elena = browser()
    page = elena.get(link.removeprefix("http://localhost"))
    door = next(form for form in page.forms.values() if "password" in form.fields)
    door["password"] = "a phrase long enough to keep"
    home = f"/my/{card.public_id.hex}/"
    door.submit()
    assert elena.get(home).status_int == 200

    page = form_at(office.get(client_url(card)), "/withdraw").submit().follow()
    assert "is shut out" in page
    assert elena.get(home).status_int == 303, "her session must be over"


def test_access_is_given_as_a_role_and_the_role_is_changed_on_the_card(
    office: TestApp, make: Any, unit_of_work: Any
) -> None:
    card = make(a_client, 2)
    with unit_of_work() as request:
        for name in ("Елена", "Роман"):
            request.find_service(IContacts).add(card.client_id, ContactFacts(name, email=f"{ord(name[0])}@example.org"))
    offered = []
    for _person in range(2):
        form = form_at(office.get(client_url(card)).click("Give access", index=0), "/invite")
        offered.append(form["role"].value)
        form["role"] = "accountant"
        form.submit()
    assert offered == ["admin", "admin"], "nobody looks after access yet"
    page = office.get(client_url(card))
    assert [tag.text for tag in page.html.select("td .c-tag")] == ["Accountant", "Accountant"]
    form = form_at(page.click("Change the role", index=0), "/role")
    assert form["role"].value == "accountant"
    form["role"], form["own_password"] = "admin", "not the phrase"
    refused = form.submit(expect_errors=True)
    assert refused.status_int in (303, 409, 422)
    assert [tag.text for tag in office.get(client_url(card)).html.select("td .c-tag")] == ["Accountant", "Accountant"]
    form["own_password"] = PASSWORD
    page = form.submit().follow()
    assert "it holds from the next click on" in page
    assert sorted(tag.text for tag in page.html.select("td .c-tag")) == ["Accountant", "Administrator"]


def test_who_has_no_access_has_no_role_to_change(office: TestApp, make: Any, person: Any, core_client: Any) -> None:
    card = make(a_client, 2)
    stranger = person("stranger@x.ru", client=core_client("Another"))
    path = client_url(card, "logins", stranger.public_id.hex, "role")
    assert office.get(path, expect_errors=True).status_int == 404


def test_a_reset_link_is_shown_to_the_manager(office: TestApp, make: Any, unit_of_work: Any) -> None:
    card = make(a_client, 2)
    with unit_of_work() as request:
        contacts, people = request.find_service(IContacts), request.find_service(IPeople)
        contact = contacts.add(card.client_id, ContactFacts("Елена", email="elena@example.org"))
        _user, token = contacts.invite(card.client_id, contact)
        people.use_link(token, "a phrase long enough to keep")
    page = form_at(office.get(client_url(card)), "/reset").submit()
    assert page.html.find(id="link")["value"].startswith("http://localhost/welcome/")


def test_inviting_without_an_address_says_what_to_do(office: TestApp, make: Any, unit_of_work: Any) -> None:
    card = make(a_client, 2)
    with unit_of_work() as request:
        request.find_service(IContacts).add(card.client_id, ContactFacts("Роман"))
    page = (
        form_at(office.get(client_url(card)).click("Give access"), "/invite")
        .submit(headers={"Referer": "http://localhost" + client_url(card)})
        .follow()
    )
    assert "Write down an e-mail address" in page


@pytest.mark.parametrize("site_settings", [{"mail": {"host": "smtp.example.org", "sender": "a@example.org"}}])
def test_where_mail_is_set_up_the_link_goes_by_mail_too(office: TestApp, make: Any, unit_of_work: Any) -> None:
    from cabinet.notify.models import OutgoingMail

    card = make(a_client, 2)
    form = office.get(client_url(card, "contacts", "new")).forms["contact-form"]
    form["name"], form["email"] = "Елена", "elena@example.org"
    page = form.submit("invite")
    assert "on its way to" in page
    with unit_of_work() as request:
        letter = request.db.query(OutgoingMail).one()
    assert letter.to_address == "elena@example.org"
    assert page.html.find(id="link")["value"] in letter.text


# tables


def upload(app: TestApp, path: str, content: bytes, name: str = "clients.csv") -> Any:
    form = app.get(path).forms["upload-form"]
    form["table"] = Upload(name, content)
    answer = form.submit()
    run_pending(app.app.registry)  # the table is looked through in the background
    return answer


def test_a_table_is_looked_through_then_taken_in_once(office: TestApp, registry: Any, unit_of_work: Any) -> None:
    preview = upload(office, "/office/clients/import", clients_csv(30)).follow()
    assert "Write 30 rows" in preview
    with unit_of_work() as request:
        assert request.find_service(IClientCards).count() == 0
    write = next(f for f in preview.forms.values() if f.method.lower() == "post" and "/tables/" in f.action)
    job = write.submit()
    run_pending(registry)
    with unit_of_work() as request:
        assert request.find_service(IClientCards).count() == 30
    page = office.get(write.action)
    assert "Loading this table again would change nothing" in page
    write.submit()
    run_pending(registry)
    assert "next=" in job.location
    again = upload(office, "/office/clients/import", clients_csv(30)).follow()
    assert "Write 0 rows" in again


def test_bad_rows_are_named_and_nothing_is_written(office: TestApp, unit_of_work: Any) -> None:
    table = f"external_id;name;inn\nA;Хороший;{inn_of(3)}\nB;Плохой;7707083894\n;Без кода;\n".encode()
    page = upload(office, "/office/clients/import", table).follow()
    assert "Cannot be loaded" in page
    cells = [[td.get_text(strip=True) for td in tr.find_all("td")] for tr in page.html.find_all("tr")]
    assert [row[:2] for row in cells if row and row[0] in {"3", "4"}] == [["3", "inn"], ["4", "external_id"]]
    assert "Write" not in page.html.find("main").text
    with unit_of_work() as request:
        assert request.find_service(IClientCards).count() == 0


def test_no_file_is_said_so(office: TestApp) -> None:
    form = office.get("/office/clients/import").forms["upload-form"]
    assert "Choose a file first" in form.submit(status=422)


# our company


def png() -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (300, 200), "navy").save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def fresh_owner(new_site: None, person: Any, signed_in: SignedIn) -> TestApp:
    """The owner's browser on a site that was just made."""
    person("owner@example.org", "owner", "head")
    return signed_in("owner@example.org")


@pytest.mark.parametrize("area", ["site", "office"])
def test_a_banner_asks_for_requisites_until_they_are_there(fresh_owner: TestApp, unit_of_work: Any, area: str) -> None:
    assert "Fill in our requisites" in fresh_owner.get(f"/{area}/")
    page = fresh_owner.get(f"/{area}/company")
    assert "Requisites are needed" in page
    assert "Fill in our requisites" not in page
    form = page.forms["company-form"]
    form["name"], form["inn"], form["address"] = "ООО «Линия тепла»", inn_of(1), "Москва"
    form["kpp"] = "770101001"
    form["accounts-0-number"], form["accounts-0-bic"] = account_of(1), BIC
    form["accounts-0-bank_name"] = "Сбербанк"
    form["own_password"] = PASSWORD
    form["stamp"] = Upload("stamp.png", png())
    page = form.submit().follow()
    assert "Invoices can be issued now" in page
    assert "Ready for invoices" in page
    image = fresh_owner.get(page.html.find("img")["src"])
    assert image.content_type == "image/png"
    with unit_of_work() as request:
        looked = [act.action for act in request.db.scalars(select(AuditEvent)) if "download" in act.action]
        assert looked == [], "a page that shows a picture hands out no file"
    assert "Fill in our requisites" not in fresh_owner.get(f"/{area}/")


def test_a_file_that_is_no_picture_keeps_the_form(fresh_owner: TestApp) -> None:
    form = fresh_owner.get("/site/company").forms["company-form"]
    form["address"] = "Москва"
    form["logo"] = Upload("logo.svg", b"<svg/>")
    page = form.submit(status=422)
    assert "not a PNG" in page
    assert page.forms["company-form"]["address"].value == "Москва"


def test_a_picture_is_removed(fresh_owner: TestApp) -> None:
    form = fresh_owner.get("/site/company").forms["company-form"]
    form["logo"] = Upload("logo.png", png())
    page = form.submit().follow()
    remove = page.html.find("button", attrs={"formaction": True})["formaction"]
    token = page.forms["company-form"]["csrf_token"].value
    assert fresh_owner.post(remove, {"csrf_token": token}).follow().html.find("img") is None


def accounts_of_ours(unit_of_work: Any) -> list[str]:
    with unit_of_work() as request:
        return [account.number for one in request.find_service(ILegalEntities).all() for account in one.accounts]


def test_our_bank_accounts_change_only_with_ones_own_password(fresh_owner: TestApp, unit_of_work: Any) -> None:
    for own in ("", "not the phrase"):
        form = fresh_owner.get("/site/company").forms["company-form"]
        form["accounts-0-number"], form["accounts-0-bic"], form["own_password"] = account_of(1), BIC, own
        page = form.submit(status=422)
        assert page.html.find(id="own_password-error") is not None
        assert page.forms["company-form"]["accounts-0-number"].value == account_of(1), "what was typed stays"
        assert accounts_of_ours(unit_of_work) == []
    form["own_password"] = PASSWORD
    form.submit(status=303)
    assert accounts_of_ours(unit_of_work) == [account_of(1)]
    form = fresh_owner.get("/site/company").forms["company-form"]
    form["phone"] = "+7 495 000-00-00"
    form.submit(status=303)
    form = fresh_owner.get("/site/company").forms["company-form"]
    form["accounts-0-bank_name"] = "Another bank"
    assert form.submit(status=422).html.find(id="own_password-error") is not None
    form = fresh_owner.get("/site/company").forms["company-form"]
    form["accounts-0-number"] = ""
    form["accounts-0-bic"] = form["accounts-0-bank_name"] = ""
    form.submit(status=422)
    assert accounts_of_ours(unit_of_work) == [account_of(1)], "taking one away asks for it, too"
    form = fresh_owner.get("/site/company/new").forms["company-form"]
    form["name"], form["accounts-0-number"], form["accounts-0-bic"] = "ИП Осипов", account_of(2), BIC
    form.submit(status=422)
    assert accounts_of_ours(unit_of_work) == [account_of(1)]


def test_without_that_question_a_stranger_at_an_open_screen_would_move_the_money(
    fresh_owner: TestApp, unit_of_work: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the test before: with the guard off the same form goes through."""
    monkeypatch.setattr("cabinet_client_manager.views.company.prove", lambda _request: None)
    form = fresh_owner.get("/site/company").forms["company-form"]
    form["accounts-0-number"], form["accounts-0-bic"] = account_of(1), BIC
    form.submit(status=303)
    assert accounts_of_ours(unit_of_work) == [account_of(1)]


def test_guesses_at_the_password_of_that_form_are_counted_and_saving_without_it_is_not(fresh_owner: TestApp) -> None:
    for _again in range(12):
        form = fresh_owner.get("/site/company").forms["company-form"]
        form.submit(status=303)
    form["accounts-0-number"], form["accounts-0-bic"], form["own_password"] = account_of(1), BIC, "not the phrase"
    answers = [form.submit(expect_errors=True).status_int for _again in range(11)]
    assert answers == [422] * 10 + [429]


def test_every_owner_is_told_of_other_bank_accounts_and_so_is_who_changed_them(
    fresh_owner: TestApp, person: Any, letters: Any, registry: Any, unit_of_work: Any
) -> None:
    person("second@example.org", "owner")
    with unit_of_work() as request:
        our_company(request)
    run_pending(registry)
    letters.sent.clear()
    form = fresh_owner.get("/site/company").forms["company-form"]
    form["accounts-0-number"], form["own_password"] = account_of(3), PASSWORD
    form.submit(status=303)
    run_pending(registry)
    assert {letter["To"] for letter in letters.sent} == {"owner@example.org", "second@example.org"}
    text = letters.sent[0].get_body(("plain",)).get_content()
    assert account_of(1) in text
    assert account_of(3) in text
    assert "Owner" in text
    form = fresh_owner.get("/site/company").forms["company-form"]
    form["phone"] = "+7 495 000-00-00"
    form.submit(status=303)
    run_pending(registry)
    assert len(letters.sent) == 2, "nothing moved"


def test_one_more_legal_entity_can_become_the_default(fresh_owner: TestApp) -> None:
    form = fresh_owner.get("/site/company/new").forms["company-form"]
    form["name"] = "ИП Осипов"
    page = form.submit().follow()
    page = form_at(page, "/default").submit().follow()
    assert page.html.find("h1").text == "ИП Осипов"


def test_a_manager_does_not_change_our_requisites(office: TestApp) -> None:
    assert office.get("/office/company", status=403).status_int == 403


# the client's own area


@pytest.fixture
def elena(new_site: None, make: Any, person: Any, signed_in: SignedIn, unit_of_work: Any) -> tuple[TestApp, Any, Any]:
    """A contact's browser, her client, and a client that is none of her business."""
    from cabinet.interfaces import IClientDirectory

    with unit_of_work() as request:
        marina = request.find_service(IPeople).add(email="m@example.org", name="Марина Осипова", roles=("manager",))
    mine = make(a_client, 2, manager_id=marina.id, note="платит поздно")
    other = make(a_client, 3)
    make(a_contract, mine, 1, number="МОЙ-1")
    make(a_contract, mine, 2, number="ЧЕРНОВИК-1", status="draft")
    make(a_contract, other, 3, number="ЧУЖОЙ-1")
    with unit_of_work() as request:
        row = request.find_service(IClientDirectory).get(mine.client_id)
    person("elena@example.org", client=row)
    return signed_in("elena@example.org"), mine, other


def test_a_client_reads_his_requisites_and_contracts_and_nothing_of_ours(elena: Any) -> None:
    app, mine, _other = elena
    page = app.get(f"/my/{mine.public_id.hex}/company")
    assert mine.facts.inn in page
    assert "МОЙ-1" in page
    for secret in ("ЧЕРНОВИК-1", "ЧУЖОЙ-1", "платит поздно"):
        assert secret not in page


def test_a_client_sees_whom_to_write_to(elena: Any) -> None:
    app, mine, _other = elena
    home = app.get(f"/my/{mine.public_id.hex}/")
    assert "Марина Осипова" in home
    assert "m@example.org" in home


def test_another_clients_page_is_not_there(elena: Any) -> None:
    app, _mine, other = elena
    assert app.get(f"/my/{other.public_id.hex}/company", status=404).status_int == 404


def test_the_office_is_closed_to_a_contact(elena: Any) -> None:
    app, mine, _other = elena
    for path in ("/office/clients", client_url(mine), "/office/contracts", "/site/company"):
        assert app.get(path, status=403).status_int == 403


def test_a_strangers_id_is_not_there_for_the_office_either(office: TestApp, make: Any) -> None:
    make(a_client, 2)
    for path in (
        "/office/clients/00000000000000000000000000000000",
        "/office/clients/nonsense",
        "/office/contracts/12",
    ):
        assert office.get(path, status=404).status_int == 404


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("inn=7707083894", "check digit of the INN"),
        ("inn=7707083893", ""),
        ("kpp=1", "A KPP has 9"),
        (f"accounts-0-number=40702810000000000009&accounts-0-bic={BIC}", "does not agree with the BIC"),
        (f"accounts-0-bic={BIC}&accounts-0-number=40702810000000000009", "does not agree with the BIC"),
        ("anything=1", ""),
    ],
)
def test_a_number_is_checked_while_it_is_typed(office: TestApp, query: str, words: str) -> None:
    page = office.get(f"/office/company/check?{query}")
    assert words in page if words else not page.text.strip().replace("\n", "")
