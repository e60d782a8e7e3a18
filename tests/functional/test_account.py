"""A person's own page: profile, password, address, live sign-ins; and what nobody else may do or learn by it."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from cabinet.audit.models import AuditEvent
from cabinet.errors import ConflictError
from cabinet.identity.links import LinkDeadError
from cabinet.identity.models import OneTimeLink, User
from cabinet.interfaces import IOwnAccount, IPeople
from cabinet.notify.models import OutgoingMail
from cabinet.testing.letters import letter_of
from cabinet.web.devices import device_of

pytestmark = pytest.mark.any_engine

PASSWORD = "a phrase long enough to keep"
WITH_MAIL = pytest.mark.parametrize("site_settings", [{"mail": {"host": "smtp.x.ru", "sender": "a@x.ru"}}])


def form_with(page, field):
    return next(f for f in page.forms.values() if field in f.fields)


def letters(unit_of_work):
    with unit_of_work() as request:
        mails = request.db.scalars(select(OutgoingMail).order_by(OutgoingMail.id))
        return [(mail.to_address, letter_of(request, mail).text) for mail in mails]


def acts(unit_of_work):
    with unit_of_work() as request:
        return [e.action for e in request.db.scalars(select(AuditEvent).order_by(AuditEvent.id))]


def ask_for(app, email, password=PASSWORD, **kw):
    form = form_with(app.get("/account/security"), "email_password")
    form["email"], form["email_password"] = email, password
    return form.submit(expect_errors=True, **kw)


def link_in(text):
    return re.search(r"http://localhost(/confirm-email/\S+)", text)[1]


def test_name_language_and_zone_are_kept_and_told_to_the_log(person, signed_in, unit_of_work) -> None:
    person("m@x.ru", "manager")
    app = signed_in("m@x.ru")
    form = form_with(app.get("/account"), "name")
    form["name"], form["locale"], form["timezone"] = "Мария", "ru", "Asia/Vladivostok"
    page = form.submit().follow()
    assert "Часовой пояс" in page.text
    assert form_with(page, "name")["timezone"].value == "Asia/Vladivostok"
    with unit_of_work() as request:
        event = request.db.scalars(select(AuditEvent).where(AuditEvent.action == "core.profile.changed")).one()
    assert event.after == {"name": "Мария", "locale": "ru", "timezone": "Asia/Vladivostok"}
    assert "+10:00" in page.text


@pytest.mark.parametrize("field", ["locale", "timezone"])
def test_a_language_or_zone_that_there_is_not_is_refused(person, signed_in, unit_of_work, field) -> None:
    user = person("m@x.ru", "manager")
    app = signed_in("m@x.ru")
    form = form_with(app.get("/account"), "name")
    form[field].force_value("Nowhere/Land")
    assert form.submit(expect_errors=True).status_int == 422
    with unit_of_work() as request:
        assert request.db.get(User, user.id).timezone is None


def test_a_profile_saved_as_it_was_leaves_no_trace(person, signed_in, unit_of_work) -> None:
    person("m@x.ru", "manager")
    app = signed_in("m@x.ru")
    form_with(app.get("/account"), "name").submit()
    assert "core.profile.changed" not in acts(unit_of_work)


def test_the_password_asks_the_old_one_and_renews_the_cookie(person, signed_in) -> None:
    person("m@x.ru", "manager")
    app = signed_in("m@x.ru")
    old = app.cookies["cabinet"]
    form = form_with(app.get("/account/security"), "current")
    form["current"], form["password"] = "not the phrase", "another phrase to remember"
    assert form.submit(expect_errors=True).status_int == 422
    assert app.get("/office/").status_int == 200
    form["current"] = PASSWORD
    assert form.submit().status_int == 303
    assert app.cookies["cabinet"] != old
    assert app.get("/office/").status_int == 200


def test_guessing_the_old_password_is_throttled(person, signed_in) -> None:
    person("m@x.ru", "manager")
    app = signed_in("m@x.ru")
    form = form_with(app.get("/account/security"), "current")
    form["current"], form["password"] = "not the phrase", "another phrase to remember"
    assert {form.submit(expect_errors=True).status_int for _ in range(10)} == {422}
    form["current"] = PASSWORD
    answer = form.submit(expect_errors=True)
    assert answer.status_int == 429
    assert int(answer.headers["Retry-After"]) > 0


@WITH_MAIL
def test_a_changed_password_is_told_by_letter(person, signed_in, unit_of_work) -> None:
    person("m@x.ru", "manager")
    app = signed_in("m@x.ru")
    form = form_with(app.get("/account/security"), "current")
    form["current"], form["password"] = PASSWORD, "another phrase to remember"
    form.submit()
    ((to, text),) = letters(unit_of_work)
    assert to == "m@x.ru"
    assert "Your password was changed" in text


@WITH_MAIL
def test_a_new_address_counts_only_once_its_link_is_used_and_the_old_one_is_told(
    person, signed_in, browser, unit_of_work
) -> None:
    user = person("m@x.ru", "manager")
    app = signed_in("m@x.ru")
    assert ask_for(app, "New@x.ru").status_int == 303
    (to_new, to_old) = letters(unit_of_work)
    assert (to_new[0], to_old[0]) == ("New@x.ru", "m@x.ru")
    assert "/confirm-email/" not in to_old[1]
    path = link_in(to_new[1])
    elsewhere = browser()
    page = elsewhere.get(path)
    with unit_of_work() as request:
        assert request.db.get(User, user.id).email == "m@x.ru", "a mail program opens links, too"
    done = next(f for f in page.forms.values() if f.method == "post" and not f.action.count("language")).submit()
    assert "New@x.ru" in done.text
    with unit_of_work() as request:
        assert request.db.get(User, user.id).email == "New@x.ru"
    assert letters(unit_of_work)[-1][0] == "m@x.ru"
    assert "no longer works" in elsewhere.get(path).text
    assert [a for a in acts(unit_of_work) if "email" in a] == ["core.link.email", "core.email.changed"]


@WITH_MAIL
def test_the_answer_does_not_tell_whether_somebody_has_the_address(person, signed_in, unit_of_work) -> None:
    person("m@x.ru", "manager")
    person("taken@x.ru", "head")
    app = signed_in("m@x.ru")
    answers = []
    for email in ("free1@x.ru", "TAKEN@x.ru"):
        answer = ask_for(app, email)
        answers.append((answer.status_int, answer.follow().text.replace(email, "")))
    strip = [re.sub(r'(value|content)="[^"]*"', "", body) for _status, body in answers]
    assert [status for status, _body in answers] == [303, 303]
    assert strip[0] == strip[1]
    sent = dict(letters(unit_of_work))
    assert "/confirm-email/" in sent["free1@x.ru"]
    assert "/confirm-email/" not in sent["TAKEN@x.ru"]


@WITH_MAIL
def test_another_address_asks_the_password(person, signed_in, unit_of_work) -> None:
    person("m@x.ru", "manager")
    answer = ask_for(signed_in("m@x.ru"), "new@x.ru", "not the phrase")
    assert answer.status_int == 422
    assert letters(unit_of_work) == []


@WITH_MAIL
def test_what_is_no_address_gets_no_letter_and_no_link(person, signed_in, unit_of_work) -> None:
    person("m@x.ru", "manager")
    assert ask_for(signed_in("m@x.ru"), "not an address").status_int == 422
    with unit_of_work() as request:
        assert request.db.scalars(select(OneTimeLink)).all() == []


@WITH_MAIL
def test_letters_to_strangers_are_few(person, signed_in) -> None:
    person("m@x.ru", "manager")
    app = signed_in("m@x.ru")
    statuses = [ask_for(app, f"n{n}@x.ru").status_int for n in range(6)]
    assert statuses == [303] * 5 + [429]


def test_an_address_taken_meanwhile_stays_its_owners(person, unit_of_work) -> None:
    mine, other = person("m@x.ru", "manager"), person("h@x.ru", "head")
    with unit_of_work() as request:
        account, people = request.find_service(IOwnAccount), request.find_service(IPeople)
        tokens = [account.ask_email(people.get(user.id), "wanted@x.ru") for user in (mine, other)]
    with unit_of_work() as request:
        request.find_service(IOwnAccount).confirm_email(tokens[0])
    with pytest.raises(ConflictError), unit_of_work() as request:
        request.find_service(IOwnAccount).confirm_email(tokens[1])
    with unit_of_work() as request:
        assert request.find_service(IPeople).by_email("WANTED@x.ru").id == mine.id


def test_a_link_to_a_new_address_sets_no_password_and_a_reset_confirms_no_address(person, unit_of_work) -> None:
    user = person("m@x.ru", "manager")
    with unit_of_work() as request:
        account, people = request.find_service(IOwnAccount), request.find_service(IPeople)
        me = people.get(user.id)
        reset, email = people.reset_link(me), account.ask_email(me, "n@x.ru")
        with pytest.raises(LinkDeadError):
            people.use_link(email, "another phrase to remember")
        with pytest.raises(LinkDeadError):
            account.confirm_email(reset)


def test_a_changed_address_kills_what_was_sent_to_the_old_one(person, unit_of_work) -> None:
    user = person("m@x.ru", "manager")
    with unit_of_work() as request:
        account, people = request.find_service(IOwnAccount), request.find_service(IPeople)
        me = people.get(user.id)
        reset = people.reset_link(me)
        account.confirm_email(account.ask_email(me, "n@x.ru"))
        with pytest.raises(LinkDeadError):
            people.open_link(reset)


def test_without_mail_no_address_is_changed(person, signed_in) -> None:
    person("m@x.ru", "manager")
    app = signed_in("m@x.ru")
    page = app.get("/account/security")
    assert not any("email_password" in f.fields for f in page.forms.values())
    token = form_with(page, "current")["csrf_token"].value
    body = {"email": "n@x.ru", "email_password": PASSWORD, "csrf_token": token}
    assert app.post("/account/email", body, expect_errors=True).status_int == 422


def test_one_other_sign_in_is_ended_and_the_rest_go_on(person, signed_in, unit_of_work) -> None:
    person("m@x.ru", "manager")
    here, phone, desk = (signed_in("m@x.ru") for _ in range(3))
    page = here.get("/account/sessions")
    assert page.text.count("c-st-done") == 1
    ends = [f for f in page.forms.values() if f.action.endswith("/end") and "others" not in f.action]
    assert len(ends) == 2
    ends[0].submit().follow()
    assert here.get("/office/").status_int == 200
    assert sorted(app.get("/office/", expect_errors=True).status_int for app in (phone, desk)) == [200, 303]
    assert "core.session.ended_elsewhere" in acts(unit_of_work)


def test_all_other_sign_ins_are_ended_at_once(person, signed_in, unit_of_work) -> None:
    person("m@x.ru", "manager")
    here, phone, desk = (signed_in("m@x.ru") for _ in range(3))
    page = here.get("/account/sessions")
    next(f for f in page.forms.values() if "others" in f.action).submit().follow()
    assert [app.get("/office/", expect_errors=True).status_int for app in (here, phone, desk)] == [200, 303, 303]
    assert "core.session.all_ended" in acts(unit_of_work)


def test_nobody_ends_the_sign_in_of_another(person, signed_in, unit_of_work) -> None:
    person("m@x.ru", "manager")
    other = person("h@x.ru", "manager")
    mine, theirs = signed_in("m@x.ru"), signed_in("h@x.ru")
    with unit_of_work() as request:
        session = request.find_service(IPeople).sessions(request.find_service(IPeople).get(other.id))[0]
    token = form_with(mine.get("/account"), "name")["csrf_token"].value
    path = f"/account/sessions/{session.public_id.hex}/end"
    assert mine.post(path, {"csrf_token": token}, expect_errors=True).status_int in {303, 404}
    assert theirs.get("/office/").status_int == 200


def test_a_contact_of_a_client_has_an_account_page_too(core_client, person, signed_in) -> None:
    person("c@x.ru", client=core_client("One"))
    app = signed_in("c@x.ru")
    for path in ("/account", "/account/security", "/account/sessions"):
        assert app.get(path).status_int == 200


@pytest.mark.parametrize("path", ["/account", "/account/security", "/account/sessions"])
def test_the_account_is_closed_to_who_is_not_in(browser, path) -> None:
    assert browser().get(path).status_int == 303


@pytest.mark.parametrize(
    ("header", "name", "mobile"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux", False),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 YaBrowser/24.1 Safari/537.36",
         "Yandex Browser, Windows", False),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605 Version/17.0 Mobile/15E148 Safari/604.1",
         "Safari, iPhone", True),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36",
         "Chrome, Android", True),
        ("curl/8", "Unknown device", False),
    ],
)  # fmt: skip
def test_a_device_is_called_by_browser_and_system(header: str, name: str, mobile: bool) -> None:
    device = device_of(header)
    assert (device.name, device.mobile) == (name, mobile)
