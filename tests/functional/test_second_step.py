"""The second step as its owner, a thief of his password and a guesser meet it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from cabinet.audit.models import AuditEvent
from cabinet.identity import totp
from cabinet.interfaces import IPeople, ISecondFactor, IUsers
from cabinet.notify.models import OutgoingMail
from cabinet.testing.letters import letter_of

pytestmark = pytest.mark.any_engine

PASSWORD = "a phrase long enough to keep"
NOON = datetime(2026, 3, 2, 12, 0, 5, tzinfo=UTC)


def form_with(page, field):
    return next(f for f in page.forms.values() if field in f.fields)


def code_now(secret, **later) -> str:
    return totp.code_at(secret, totp.step_at(datetime.now(UTC) + timedelta(**later)))


def give_password(app, email="m@x.ru", password=PASSWORD):
    form = form_with(app.get("/sign-in"), "email")
    form["email"], form["password"] = email, password
    return form.submit(expect_errors=True)


def give_code(app, code, path="/sign-in/code"):
    form = form_with(app.get(path), "code")
    form["code"] = code
    return form.submit(expect_errors=True)


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def enrolled(clock, person, unit_of_work):
    """(secret, recovery codes) of a manager who has turned the second step on."""
    user = person("m@x.ru", "manager")
    with unit_of_work() as request:
        service, me = request.find_service(ISecondFactor), request.find_service(IPeople).get(user.id)
        service.begin(me)
        secret = service.waiting_secret(me)
        codes = service.confirm(me, code_now(secret))
    clock.shift(60)
    return secret, codes


def acts(unit_of_work):
    with unit_of_work() as request:
        return [e.action for e in request.db.scalars(select(AuditEvent).order_by(AuditEvent.id))]


def test_it_is_turned_on_by_the_app_and_asked_for_from_then_on(clock, person, signed_in, browser, unit_of_work) -> None:
    person("m@x.ru", "manager")
    app, elsewhere = signed_in("m@x.ru"), signed_in("m@x.ru")
    form = form_with(app.get("/account/security"), "own_password")
    form["own_password"] = PASSWORD
    page = form.submit().follow()
    svg = page.html.find("svg", attrs={"aria-label": "QR code for the authenticator app"})
    key = page.html.find(id="key")["value"]
    secret = __import__("base64").b32decode(key.replace(" ", ""))
    assert svg.find("path")["d"].startswith("M")
    form = form_with(page, "code")
    form["code"] = code_now(secret)
    page = form.submit()
    codes = page.html.find(id="codes").text.split()
    assert len(codes) == 10
    assert elsewhere.get("/office/", expect_errors=True).status_int == 303, "other sessions end"
    assert app.get("/office/").status_int == 200
    assert not any(code in app.get("/account/security").text for code in codes)
    clock.shift(30)
    guest = browser()
    assert give_password(guest).location.endswith("/sign-in/code")
    assert guest.get("/office/", expect_errors=True).status_int == 303, "the password alone is not enough"
    assert give_code(guest, code_now(secret)).status_int == 303
    assert guest.get("/office/").status_int == 200
    assert "core.second_factor.on" in acts(unit_of_work)


def test_turning_it_on_asks_the_password(person, signed_in, unit_of_work) -> None:
    user = person("m@x.ru", "manager")
    app = signed_in("m@x.ru")
    form = form_with(app.get("/account/security"), "own_password")
    form["own_password"] = "not the phrase"
    assert form.submit(expect_errors=True).status_int == 422
    with unit_of_work() as request:
        assert not request.find_service(ISecondFactor).state(user).waiting


def test_a_wrong_first_code_turns_nothing_on_and_shows_the_same_secret(clock, person, signed_in) -> None:
    person("m@x.ru", "manager")
    app = signed_in("m@x.ru")
    form = form_with(app.get("/account/security"), "own_password")
    form["own_password"] = PASSWORD
    page = form.submit().follow()
    key = page.html.find(id="key")["value"]
    form = form_with(page, "code")
    form["code"] = "000000"
    page = form.submit(expect_errors=True)
    assert page.status_int == 422
    assert page.html.find(id="key")["value"] == key
    assert "own_password" in {name for f in app.get("/account/security").forms.values() for name in f.fields}


def test_the_cookie_is_a_new_one_after_the_second_step(enrolled, browser) -> None:
    secret, _codes = enrolled
    app = browser()
    app.set_cookie("cabinet", "planted")
    give_password(app)
    assert "planted" in app.cookies["cabinet"], "nobody is in yet"
    give_code(app, code_now(secret))
    assert "planted" not in app.cookies["cabinet"]


def test_the_page_that_was_asked_for_comes_after_the_second_step(enrolled, browser) -> None:
    secret, _codes = enrolled
    app = browser()
    form = form_with(app.get("/office/search?q=abc").follow(), "email")
    form["email"], form["password"] = "m@x.ru", PASSWORD
    form.submit()
    assert give_code(app, code_now(secret)).location.endswith("/office/search?q=abc")


def test_a_code_seen_over_the_shoulder_does_not_let_in_again(enrolled, browser) -> None:
    secret, _codes = enrolled
    owner, thief = browser(), browser()
    give_password(owner)
    give_password(thief)
    code = code_now(secret)
    assert give_code(owner, code).status_int == 303
    assert give_code(thief, code).status_int == 422
    assert thief.get("/office/", expect_errors=True).status_int == 303


def test_guessing_codes_is_throttled_for_the_person_wherever_it_comes_from(enrolled, browser, clock) -> None:
    secret, _codes = enrolled
    for _n in range(5):
        app = browser()
        give_password(app)
        assert give_code(app, "000000").status_int == 422
    app = browser()
    give_password(app)
    answer = give_code(app, code_now(secret))
    assert answer.status_int == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 302
    clock.shift(302)
    give_password(app)
    assert give_code(app, code_now(secret)).status_int == 303


def test_right_codes_do_not_count_against_their_owner(enrolled, browser, clock) -> None:
    secret, _codes = enrolled
    for _n in range(8):
        app = browser()
        give_password(app)
        assert give_code(app, code_now(secret)).status_int == 303
        clock.shift(30)


def test_a_refused_code_is_told_to_the_log(enrolled, browser, unit_of_work) -> None:
    app = browser()
    give_password(app)
    give_code(app, "000000")
    assert acts(unit_of_work)[-1] == "core.session.code_refused"


def test_who_gave_no_password_is_asked_no_code(browser, enrolled) -> None:
    app = browser()
    assert app.get("/sign-in/code").location.endswith("/sign-in")
    token = form_with(app.get("/sign-in"), "email")["csrf_token"].value
    answer = app.post("/sign-in/code", {"code": "123456", "csrf_token": token}, expect_errors=True)
    assert answer.location.endswith("/sign-in")


def test_who_takes_too_long_starts_again(enrolled, browser, clock) -> None:
    secret, _codes = enrolled
    app = browser()
    give_password(app)
    page = app.get("/sign-in/code")
    clock.shift(601)
    form = form_with(page, "code")
    form["code"] = code_now(secret)
    assert form.submit().location.endswith("/sign-in")
    assert app.get("/office/", expect_errors=True).status_int == 303


def test_somebody_switched_off_between_the_steps_stays_out(enrolled, browser, unit_of_work) -> None:
    secret, _codes = enrolled
    app = browser()
    give_password(app)
    page = app.get("/sign-in/code")
    with unit_of_work() as request:
        request.find_service(IUsers).disable(request.find_service(IPeople).by_email("m@x.ru"))
    form = form_with(page, "code")
    form["code"] = code_now(secret)
    assert form.submit().location.endswith("/sign-in")
    assert app.get("/office/", expect_errors=True).status_int == 303


@pytest.mark.parametrize("site_settings", [{"mail": {"host": "smtp.x.ru", "sender": "a@x.ru"}}])
def test_a_recovery_code_lets_in_once_and_its_owner_is_told(enrolled, browser, unit_of_work) -> None:
    _secret, codes = enrolled
    app, thief = browser(), browser()
    give_password(app)
    assert give_code(app, codes[0], "/sign-in/code?recovery=1").status_int == 303
    assert app.get("/office/").status_int == 200
    with unit_of_work() as request:
        mail = request.db.scalars(select(OutgoingMail)).one()
        said = letter_of(request, mail).text
    assert (mail.to_address, "recovery code" in said) == ("m@x.ru", True)
    give_password(thief)
    assert give_code(thief, codes[0], "/sign-in/code?recovery=1").status_int == 422


def test_a_link_to_a_new_password_does_not_go_around_the_second_step(enrolled, browser, unit_of_work) -> None:
    secret, _codes = enrolled
    with unit_of_work() as request:
        people = request.find_service(IPeople)
        token = people.reset_link(people.by_email("m@x.ru"))
    app = browser()
    form = form_with(app.get(f"/welcome/{token}"), "password")
    form["password"] = "another phrase to remember"
    assert form.submit().location.endswith("/sign-in/code")
    assert app.get("/office/", expect_errors=True).status_int == 303
    assert give_code(app, code_now(secret)).status_int == 303


@pytest.mark.parametrize("act", ["off", "codes"])
def test_changing_it_asks_password_and_code(enrolled, browser, clock, act) -> None:
    secret, _codes = enrolled
    app = browser()
    give_password(app)
    give_code(app, code_now(secret))
    clock.shift(30)

    def submit(password, code):
        form = form_with(app.get("/account/security"), "proof_password")
        form["proof_password"], form["code"] = password, code
        form.action = f"/account/second-step/{act}"
        return form.submit(expect_errors=True)

    assert submit("not the phrase", code_now(secret)).status_int == 422
    assert submit(PASSWORD, "000000").status_int == 422
    assert app.get("/account/security").html.find(id="proof_password") is not None
    answer = submit(PASSWORD, code_now(secret))
    assert answer.status_int == (303 if act == "off" else 200)
    assert app.get("/office/").status_int == 200
    still_on = app.get("/account/security").html.find(id="proof_password") is not None
    assert still_on is (act == "codes")


def test_without_it_the_password_lets_in(enrolled, browser, unit_of_work) -> None:
    with unit_of_work() as request:
        service, people = request.find_service(ISecondFactor), request.find_service(IPeople)
        service.reset(people.by_email("m@x.ru"))
    app = browser()
    assert re.search(r"/$", give_password(app).location)
    assert app.get("/office/").status_int == 200
