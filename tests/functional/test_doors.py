"""Coming in and going out, as a stranger, a client and a colleague would try it."""

from __future__ import annotations

import pytest

from cabinet.interfaces import IPeople, IUsers
from cabinet.web.paths import own_path

pytestmark = pytest.mark.any_engine

PASSWORD = "a phrase long enough to keep"


def sign_in_form(app):
    return next(f for f in app.get("/sign-in").forms.values() if "email" in f.fields)


def attempt(app, email, password=PASSWORD, **kw):
    form = sign_in_form(app)
    form["email"], form["password"] = email, password
    return form.submit(expect_errors=True, **kw)


def without_tokens(body: str) -> str:
    import re

    return re.sub(r'(value|content)="[^"]*"', "", body)


def test_unknown_user_wrong_password_and_disabled_user_get_one_answer(browser, person, unit_of_work) -> None:
    person("known@x.ru", "manager")
    off = person("off@x.ru", "manager")
    with unit_of_work() as request:
        request.find_service(IUsers).disable(request.find_service(IPeople).get(off.id))
    answers = [
        attempt(browser(), email, password)
        for email, password in (("nobody@x.ru", PASSWORD), ("known@x.ru", "wrong phrase"), ("off@x.ru", PASSWORD))
    ]
    assert {a.status_int for a in answers} == {422}
    assert len({without_tokens(a.text) for a in answers}) == 1


def test_an_unknown_user_costs_a_password_check_too(browser, person, monkeypatch) -> None:
    from cabinet.identity import passwords

    counted = []
    real = passwords.verify_password
    monkeypatch.setattr("cabinet.identity.entrance.verify_password", lambda *a: counted.append(a) or real(*a))
    attempt(browser(), "nobody@x.ru")
    assert len(counted) == 1


def test_the_eleventh_attempt_waits_and_says_how_long(browser, person) -> None:
    person("known@x.ru", "manager")
    app = browser()
    for _ in range(10):
        assert attempt(app, "known@x.ru", "wrong phrase").status_int == 422
    answer = attempt(app, "known@x.ru")
    assert answer.status_int == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 302


def test_colleagues_behind_one_address_who_come_in_rightly_do_not_lock_each_other_out(browser, person) -> None:
    for number in range(12):
        person(f"m{number}@x.ru", "manager")
        assert attempt(browser(), f"m{number}@x.ru").status_int == 303


def test_an_old_cookie_is_worthless_after_sign_out(person, signed_in, browser) -> None:
    person("m@x.ru", "manager")
    app = signed_in("m@x.ru")
    cookie = app.cookies["cabinet"]
    form = next(f for f in app.get("/office/").forms.values() if f.action.endswith("/sign-out"))
    form.submit()
    thief = browser()
    thief.set_cookie("cabinet", cookie)
    assert thief.get("/office/", expect_errors=True).status_int == 303


def test_a_planted_cookie_is_not_the_one_after_sign_in(person, browser) -> None:
    person("m@x.ru", "manager")
    app = browser()
    app.set_cookie("cabinet", "planted")
    assert attempt(app, "m@x.ru").status_int == 303
    assert app.cookies["cabinet"] != "planted"


def test_a_post_without_the_token_or_from_another_site_is_refused(person, signed_in) -> None:
    person("m@x.ru", "manager")
    app = signed_in("m@x.ru")
    assert app.post("/account", {"name": "X"}, expect_errors=True).status_int == 403
    form = next(f for f in app.get("/account").forms.values() if "name" in f.fields)
    assert form.submit(headers={"Sec-Fetch-Site": "cross-site"}, expect_errors=True).status_int == 403
    assert form.submit(headers={"Origin": "null"}, expect_errors=True).status_int == 403
    assert form.submit(headers={"Origin": "http://evil.example"}, expect_errors=True).status_int == 403
    assert form.submit(headers={"Origin": "http://localhost"}).status_int == 303


def test_a_token_of_another_session_is_refused(person, signed_in) -> None:
    person("a@x.ru", "manager")
    person("b@x.ru", "manager")
    one, two = signed_in("a@x.ru"), signed_in("b@x.ru")
    token = next(f for f in one.get("/account").forms.values() if "name" in f.fields)["csrf_token"].value
    assert two.post("/account", {"name": "X", "csrf_token": token}, expect_errors=True).status_int == 403


def test_the_csrf_check_comes_before_the_permission(browser) -> None:
    anonymous = browser().post("/site/users", {}, expect_errors=True)
    assert anonymous.status_int in {303, 403}


def test_an_invitation_works_once(core_client, browser, unit_of_work) -> None:
    client = core_client("One")
    with unit_of_work() as request:
        _user, token = request.find_service(IPeople).invite(email="c@x.ru", name="Contact", client=client)
    app = browser()
    form = next(f for f in app.get(f"/welcome/{token}").forms.values() if "password" in f.fields)
    form["password"] = PASSWORD
    assert form.submit().status_int == 303
    assert app.get(f"/my/{client.public_id.hex}/").status_int == 200
    again = browser()
    assert not any("password" in f.fields for f in again.get(f"/welcome/{token}").forms.values())


def test_a_newer_link_kills_the_older(core_client, browser, unit_of_work) -> None:
    client = core_client("One")
    with unit_of_work() as request:
        people = request.find_service(IPeople)
        user, first = people.invite(email="c@x.ru", name="Contact", client=client)
        people.reset_link(user)
    assert not any("password" in f.fields for f in browser().get(f"/welcome/{first}").forms.values())


def test_withdrawn_access_ends_the_live_session_at_once(core_client, person, signed_in, unit_of_work) -> None:
    client = core_client("One")
    user = person("c@x.ru", client=client)
    app = signed_in("c@x.ru")
    assert app.get(f"/my/{client.public_id.hex}/").status_int == 200
    with unit_of_work() as request:
        request.find_service(IPeople).withdraw(user, client)
    assert app.get(f"/my/{client.public_id.hex}/", expect_errors=True).status_int == 303


def test_a_weak_password_is_refused_and_the_link_lives_on(core_client, browser, unit_of_work) -> None:
    client = core_client("One")
    with unit_of_work() as request:
        _user, token = request.find_service(IPeople).invite(email="contact@x.ru", name="Contact", client=client)
    app = browser()
    form = next(f for f in app.get(f"/welcome/{token}").forms.values() if "password" in f.fields)
    form["password"] = "contact"
    answer = form.submit(expect_errors=True)
    assert answer.status_int == 422
    form = next(f for f in answer.forms.values() if "password" in f.fields)
    form["password"] = PASSWORD
    assert form.submit().status_int == 303


def test_a_foreign_client_and_a_missing_one_are_the_same_404(core_client, person, signed_in) -> None:
    import uuid

    mine, other = core_client("Mine"), core_client("Other")
    person("c@x.ru", client=mine)
    app = signed_in("c@x.ru")
    foreign = app.get(f"/my/{other.public_id.hex}/", expect_errors=True)
    missing = app.get(f"/my/{uuid.uuid4().hex}/", expect_errors=True)
    nonsense = app.get("/my/nonsense/", expect_errors=True)
    assert {foreign.status_int, missing.status_int, nonsense.status_int} == {404}
    assert without_tokens(foreign.text) == without_tokens(missing.text)


def test_a_client_has_no_way_into_the_office_nor_the_site(core_client, person, signed_in) -> None:
    person("c@x.ru", client=core_client("Mine"))
    app = signed_in("c@x.ru")
    for path in ("/office/", "/office/search?q=ab", "/site/", "/site/users"):
        assert app.get(path, expect_errors=True).status_int == 403, path


def test_the_owner_alone_sees_no_office(person, signed_in) -> None:
    person("o@x.ru", "owner")
    app = signed_in("o@x.ru")
    assert app.get("/site/").status_int == 200
    assert app.get("/office/", expect_errors=True).status_int == 403


def test_a_changed_password_ends_the_other_sessions_and_keeps_this_one(person, signed_in) -> None:
    person("m@x.ru", "manager")
    here, elsewhere = signed_in("m@x.ru"), signed_in("m@x.ru")
    form = next(f for f in here.get("/account/security").forms.values() if "current" in f.fields)
    form["current"], form["password"] = PASSWORD, "another phrase to remember"
    assert form.submit().status_int == 303
    assert here.get("/office/").status_int == 200
    assert elsewhere.get("/office/", expect_errors=True).status_int == 303


def test_a_session_left_idle_ends(person, signed_in) -> None:
    import time_machine

    person("m@x.ru", "manager")
    with time_machine.travel("2026-03-02 09:00:00+00:00", tick=False) as clock:
        app = signed_in("m@x.ru")
        clock.shift(29 * 60)
        assert app.get("/office/").status_int == 200
        clock.shift(31 * 60)
        assert app.get("/office/", expect_errors=True).status_int == 303


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil",
        "https://evil.example",
        "https:///evil",
        "/\t/evil",
        "\x0b/evil",
        "javascript:alert(1)",
        "",
        "evil",
        "/ok\n/x",
    ],
)
def test_no_redirect_leaves_the_site(target: str) -> None:
    assert not own_path(target)


def test_a_path_of_ours_is_followed_after_sign_in(person, browser) -> None:
    assert own_path("/office/search?q=a")
    person("m@x.ru", "manager")
    app = browser()
    answer = app.get("/office/search?q=abc")
    assert answer.status_int == 303
    form = next(f for f in answer.follow().forms.values() if "email" in f.fields)
    form["email"], form["password"] = "m@x.ru", PASSWORD
    assert form.submit().location.endswith("/office/search?q=abc")


def test_every_answer_carries_the_strict_headers(browser, person, signed_in) -> None:
    person("m@x.ru", "manager")
    app = signed_in("m@x.ru")
    for path, status in (("/office/", 200), ("/nowhere", 404), ("/site/", 403), ("/health/live", 200)):
        answer = app.get(path, expect_errors=True)
        assert answer.status_int == status
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
    for cookie in answer.headers.getall("Set-Cookie") if "Set-Cookie" in answer.headers else ():
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie


@pytest.mark.parametrize(
    ("name", "greeting"),
    [("Owner", "Hello"), ("Владелец", "Hello"), ("Maria Petrova", "Hello, Maria"), ("Head", "Hello")],
)
def test_a_role_is_no_name_to_be_greeted_by(person, signed_in, unit_of_work, name: str, greeting: str) -> None:
    user = person("o@x.ru", "owner")
    with unit_of_work() as request:
        request.find_service(IPeople).get(user.id).name = name
    assert signed_in("o@x.ru").get("/site/").html.h1.get_text() == greeting


def test_the_first_owner_is_welcomed_without_the_name_of_his_role(browser, unit_of_work) -> None:
    with unit_of_work() as request:
        people = request.find_service(IPeople)
        link = people.invite_link(people.add(email="owner@localhost", name="Владелец", roles=("owner",)))
        path = request.route_path("cabinet.public.link", token=link)
    assert browser().get(path).html.h1.get_text() == "Welcome"
