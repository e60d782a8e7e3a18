"""A second step that the owner demands: who has none sets it up, and nothing else opens before."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

import pytest
from pyramid.interfaces import IRoutesMapper
from sqlalchemy import select

from cabinet.audit.models import AuditEvent
from cabinet.identity import totp
from cabinet.identity.second_factor import DEMANDED_OF_CLIENTS, DEMANDED_OF_STAFF
from cabinet.interfaces import ISecondFactor, ISettings
from cabinet.testing.contract import sqlite_only
from cabinet.testing.matrix import OWN, Cell, contents, views
from cabinet.testing.people import PASSWORD
from cabinet.web import areas, second_step

pytestmark = pytest.mark.any_engine

BEGIN = "/account/second-step/begin"
OWED = {DEMANDED_OF_STAFF: ("owner", "head"), DEMANDED_OF_CLIENTS: ("client:admin",)}


def demand(unit_of_work: Any, *names: str) -> None:
    with unit_of_work() as request:
        request.find_service(ISettings).change(dict.fromkeys(names, True))


def form_with(page: Any, field: str) -> Any:
    return next(form for form in page.forms.values() if field in form.fields)


def code_of(page: Any) -> str:
    secret = base64.b32decode(page.html.find(id="key")["value"].replace(" ", ""))
    return totp.code_at(secret, totp.step_at(datetime.now(UTC)))


def set_up(app: Any) -> Any:
    """The page with the recovery codes, after password and first code."""
    form = form_with(app.get(BEGIN), "own_password")
    form["own_password"] = PASSWORD
    page = form.submit().follow()
    form = form_with(page, "code")
    form["code"] = code_of(page)
    return form.submit()


def opened(world: Any, role: str) -> list[str]:
    """Views that answer otherwise than a refusal: by the way to the second step, or 403."""
    found = []
    for view in views(world.registry):
        if view.route in second_step.OPEN:
            continue
        answer = world.ask(Cell(view, role, OWN))
        led = answer.status_int == 303 and answer.headers["Location"].endswith(BEGIN)
        refused = answer.status_int == 403 and "First set the second step up" in answer
        if not (led if view.method == "GET" else refused):
            found.append(f"{view.name}: {answer.status}")
    return found


@sqlite_only
def test_nothing_opens_and_nothing_is_done_before_it_is_set_up(world, unit_of_work, registry) -> None:
    demand(unit_of_work, *OWED)
    before = contents(registry)
    for role in (role for roles in OWED.values() for role in roles):
        assert opened(world, role) == []
    assert contents(registry) == before


def test_without_the_door_pages_would_be_open(person, signed_in, unit_of_work, monkeypatch) -> None:
    """The control of the test above."""
    person("owner@x.ru", "owner")
    owner = signed_in("owner@x.ru")
    demand(unit_of_work, *OWED)
    monkeypatch.setattr(areas, "second_step_first", lambda _request: None)
    assert owner.get("/site/users").status_int == 200


def test_what_stays_open_is_setting_it_up_and_going_away(registry) -> None:
    mapper = registry.getUtility(IRoutesMapper)
    assert {mapper.get_route(name).pattern.strip("/") for name in second_step.OPEN} == {
        "account/second-step/begin",
        "account/second-step",
        "sign-out",
        "brand/sign",
        "brand/colors.css",
        "health/live",
        "health/ready",
    }


@pytest.mark.parametrize(("asked", "led"), [(DEMANDED_OF_STAFF, "staff"), (DEMANDED_OF_CLIENTS, "contact")])
def test_it_is_demanded_of_our_people_and_of_those_of_clients_apart(
    person, core_client, signed_in, unit_of_work, asked, led
) -> None:
    client = core_client("Alpha")
    person("m@x.ru", "manager")
    person("c@x.ru", client=client)
    ours, theirs = signed_in("m@x.ru"), signed_in("c@x.ru")
    demand(unit_of_work, asked)
    locations = {
        "staff": ours.get("/office/").headers.get("Location", ""),
        "contact": theirs.get(f"/my/{client.public_id.hex}/").headers.get("Location", ""),
    }
    assert [who for who, where in locations.items() if where.endswith(BEGIN)] == [led]


def test_it_is_set_up_at_the_door_and_then_everything_is_open(person, signed_in, unit_of_work) -> None:
    person("m@x.ru", "manager")
    demand(unit_of_work, DEMANDED_OF_STAFF)
    app = signed_in("m@x.ru")
    page = app.get("/").follow()
    assert page.request.path == BEGIN
    form = form_with(page, "own_password")
    form["own_password"] = "not the phrase"
    again = form.submit(status=422)
    assert again.html.find(id="own_password-error") is not None
    assert again.html.select(".c-side") == [], "no menu yet"
    page = set_up(app)
    assert len(page.html.find(id="codes").text.split()) == 10
    assert app.get("/office/").status_int == 200
    assert app.get(BEGIN).headers["Location"].endswith("/account/security")


def test_a_secret_that_no_code_was_given_of_opens_nothing(person, signed_in, unit_of_work) -> None:
    person("m@x.ru", "manager")
    demand(unit_of_work, DEMANDED_OF_STAFF)
    app = signed_in("m@x.ru")
    form = form_with(app.get(BEGIN), "own_password")
    form["own_password"] = PASSWORD
    page = form.submit().follow()
    assert "Not now" not in page
    form = form_with(page, "code")
    form["code"] = "000000"
    assert form.submit(status=422).html.find(id="key") is not None
    assert app.get("/office/").headers["Location"].endswith(BEGIN)


def test_who_must_have_it_does_not_turn_it_off(person, signed_in, unit_of_work, registry) -> None:
    user = person("m@x.ru", "manager")
    demand(unit_of_work, DEMANDED_OF_STAFF)
    app = signed_in("m@x.ru")
    codes = set_up(app).html.find(id="codes").text.split()
    form = form_with(app.get("/account/security"), "proof_password")
    form["proof_password"], form["code"] = PASSWORD, codes[0]
    form.action = "/account/second-step/off"
    assert "it stays on" in form.submit(status=422)
    with unit_of_work() as request:
        assert request.find_service(ISecondFactor).state(user).on
        assert "core.second_factor.off" not in set(request.db.scalars(select(AuditEvent.action)))


def test_people_shows_who_has_none_yet_while_it_is_demanded(person, core_client, signed_in, unit_of_work) -> None:
    person("owner@x.ru", "owner")
    person("m@x.ru", "manager")
    person("c@x.ru", client=core_client("Alpha"))
    owner = signed_in("owner@x.ru")
    assert "no second step yet" not in owner.get("/site/users")
    demand(unit_of_work, DEMANDED_OF_STAFF)
    set_up(owner)
    page = owner.get("/site/users")
    assert "1 person has no second step yet." in page
    names = [tag.text for tag in page.click("Show them").html.select("a.c-t-name")]
    assert names == ["M"]
    assert "no second step yet" not in owner.get("/site/users?show=contacts")


def test_looking_through_a_contacts_eyes_ends_so_that_it_can_be_set_up(
    core_client, person, signed_in, unit_of_work
) -> None:
    alpha = core_client("Alpha")
    client, contact = alpha.public_id.hex, person("c@x.ru", client=alpha).public_id.hex
    person("head@x.ru", "head")
    head = signed_in("head@x.ru")
    token = head.get("/account").html.find("meta", attrs={"name": "csrf-token"})["content"]
    head.post(f"/office/view-as/{client}/{contact}", {"csrf_token": token}, status=303)
    assert head.get(f"/my/{client}/").status_int == 200
    demand(unit_of_work, DEMANDED_OF_STAFF)
    page = head.get(f"/my/{client}/")
    while page.status_int == 303:
        page = page.follow()
    assert page.request.path == BEGIN
    assert page.html.select_one(".c-viewing") is None
