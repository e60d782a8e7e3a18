"""One device at a time: where a client wants that, a new sign-in ends the earlier one and says so there."""

from __future__ import annotations

import pytest

from cabinet.identity import sessions
from cabinet.interfaces import IClientDirectory, IPeople
from cabinet_client_manager.testing import a_client

pytestmark = pytest.mark.any_engine

EMAIL = "c@x.ru"
WHY = "You were signed out here"


@pytest.fixture
def client(unit_of_work, person):
    """A client whose people may be signed in once."""
    with unit_of_work() as request:
        card = a_client(request, 1)
        client = request.find_service(IClientDirectory).get(card.client_id)
        client.several_sessions = False
    person(EMAIL, client=client)
    return client


def home(client) -> str:
    return f"/my/{client.public_id.hex}/"


def test_several_devices_go_on_together_unless_the_client_wants_otherwise(core_client, person, signed_in) -> None:
    client = core_client("One")
    person(EMAIL, client=client)
    apps = [signed_in(EMAIL) for _ in range(3)]
    assert [app.get(home(client)).status_int for app in apps] == [200, 200, 200]


def test_a_new_sign_in_ends_the_earlier_one_and_tells_it_by_which_device_and_when(client, browser, signed_in) -> None:
    first = signed_in(EMAIL)
    assert first.get(home(client)).status_int == 200
    second = browser()
    form = next(f for f in second.get("/sign-in").forms.values() if "email" in f.fields)
    form["email"], form["password"] = EMAIL, "a phrase long enough to keep"
    came = {"HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux) Firefox/128.0", "REMOTE_ADDR": "192.0.2.7"}
    form.submit(extra_environ=came)
    assert second.get(home(client)).status_int == 200
    door = first.get(home(client)).follow()
    assert WHY in door
    assert [word in door for word in ("Firefox", "Linux", "192.0.2.7")] == [True, True, True]
    assert door.request.GET["next"] == home(client)


def test_a_form_sent_from_the_ended_sign_in_leads_to_the_door_that_says_why(client, signed_in) -> None:
    first = signed_in(EMAIL)
    form = next(f for f in first.get("/account").forms.values() if "name" in f.fields)
    signed_in(EMAIL)
    answer = form.submit(headers={"Referer": "http://localhost/account"})
    assert answer.status_int == 303
    door = answer.follow()
    assert WHY in door
    assert door.html.find(attrs={"data-stopped": "yes"}) is not None, "what was typed waits behind a door"
    assert door.request.GET["next"] == "/account"


def test_a_stranger_s_cookie_is_told_nothing(client, browser) -> None:
    app = browser()
    app.set_cookie("cabinet", "made-up")
    assert WHY not in app.get("/sign-in")


def test_the_strictest_of_several_clients_decides(client, core_client, person, signed_in, unit_of_work) -> None:
    easy = core_client("Easy")
    person(EMAIL, client=easy)
    first = signed_in(EMAIL)
    signed_in(EMAIL)
    assert first.get(home(easy), expect_errors=True).status_int == 303
    with unit_of_work() as request:
        people = request.find_service(IPeople)
        people.withdraw(people.by_email(EMAIL), client)
    apps = [signed_in(EMAIL), signed_in(EMAIL)]
    assert [app.get(home(easy)).status_int for app in apps] == [200, 200]


def test_without_the_rule_both_would_go_on(client, signed_in, monkeypatch) -> None:
    """The control of the tests above."""
    monkeypatch.setattr(sessions, "one_at_a_time", lambda _session, _user: False)
    apps = [signed_in(EMAIL), signed_in(EMAIL)]
    assert [app.get(home(client)).status_int for app in apps] == [200, 200]


def test_the_card_allows_and_forbids_and_takes_it_back(client, person, signed_in, unit_of_work) -> None:
    person("m@x.ru", "manager")
    app = signed_in("m@x.ru")
    card = f"/office/clients/{client.public_id.hex}"
    one = signed_in(EMAIL)

    def press(page):
        return next(f for f in page.forms.values() if "/sessions/" in f.action).submit()

    assert press(app.get(card)).status_int == 303
    other = signed_in(EMAIL)
    assert [a.get(home(client)).status_int for a in (one, other)] == [200, 200]
    with unit_of_work() as request:
        assert request.find_service(IClientDirectory).get(client.id).several_sessions is True
    page = app.get(card)
    assert "People of this client may be signed in on several devices." in page
    assert page.html.select_one(".c-toast form")["action"].endswith("/sessions/one"), "the act can be taken back"
    press(page)
    with unit_of_work() as request:
        assert request.find_service(IClientDirectory).get(client.id).several_sessions is False
    history = app.get(f"{card}/history")
    assert "Sign-ins of the client’s people limited or not" in history


def test_the_owner_signs_everybody_out_but_himself(client, person, signed_in) -> None:
    for email, role in (("m@x.ru", "manager"), ("h@x.ru", "head"), ("o@x.ru", "owner")):
        person(email, role)
    others = [(signed_in("m@x.ru"), "/office/"), (signed_in("h@x.ru"), "/office/"), (signed_in(EMAIL), home(client))]
    owner = signed_in("o@x.ru")
    next(f for f in owner.get("/site/users").forms.values() if f.action.endswith("/users/sign-out")).submit()
    assert [app.get(path, expect_errors=True).status_int for app, path in others] == [303, 303, 303]
    assert owner.get("/site/users").status_int == 200
    assert "Everybody signed out" in owner.get("/site/audit")
