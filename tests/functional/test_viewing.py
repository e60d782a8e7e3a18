"""Seeing the cabinet as a client's contact sees it: to look only, told on every page, with both names in the trail, and not for long."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from pyramid.interfaces import IRoutesMapper
from sqlalchemy import select

from cabinet.audit.models import AuditEvent
from cabinet.identity.access import MANAGERS_SEE, OWN
from cabinet.identity.models import Client
from cabinet.interfaces import IClientDirectory, IPeople, ISettings, IUsers
from cabinet.testing.matrix import contents, views
from cabinet.testing.twins import examples_of, token_of
from cabinet.web import areas, viewing

pytestmark = pytest.mark.any_engine

CONTACT, HEAD = "olga@x.ru", "head@x.ru"


@pytest.fixture
def client(core_client: Any, person: Any, unit_of_work: Any, registry: Any) -> Any:
    """A client with a contact and something of every kind."""
    client = core_client("canary-alpha")
    person(CONTACT, client=client)
    person(HEAD, "head")
    examples_of(registry, unit_of_work, client)
    return client


def card(client: Any) -> str:
    return f"/office/clients/{client.public_id.hex}"


def home(client: Any) -> str:
    return f"/my/{client.public_id.hex}/"


def eye(page: Any, contact: str = "Olga") -> Any:
    """The button beside a contact of a card."""
    return next(
        form
        for form in page.forms.values()
        if "/view-as/" in form.action and contact in page.html.find("form", action=form.action).get_text()
    )


def begin(app: Any, client: Any) -> Any:
    """Press it."""
    return eye(app.get(card(client))).submit()


@pytest.fixture
def looking(client: Any, signed_in: Any) -> Any:
    """The head's browser, looking."""
    app = signed_in(HEAD)
    assert begin(app, client).location.endswith(home(client))
    return app


def acts(unit_of_work: Any, *prefixes: str) -> list[tuple[str, str, str]]:
    """(action, who, through whose eyes) of recorded acts."""
    with unit_of_work() as request:
        people = request.find_service(IPeople)
        rows = request.db.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
        name = {None: ""} | {user.id: user.email for user in people.everybody()}
        return [(r.action, name[r.user_id], name[r.on_behalf_id]) for r in rows if r.action.startswith(prefixes)]


def test_every_page_of_the_client_is_shown_with_a_banner_and_a_way_out(looking, client, registry) -> None:
    mapper = registry.getUtility(IRoutesMapper)
    for view in views(registry):
        if view.area == "my" and view.method == "GET" and not view.parts:
            page = looking.get(mapper.get_route(view.route).generate({"client": client.public_id.hex}))
            banner = page.html.select_one(".c-viewing")
            assert "You see the cabinet as Olga" in banner.get_text(), view.name
            assert banner.form["action"].endswith("/viewing/end"), view.name


def test_nothing_can_be_done_and_nothing_is(looking, client, registry) -> None:
    token = looking.get(home(client)).html.find("meta", attrs={"name": "csrf-token"})["content"]
    before = contents(registry)
    mapper = registry.getUtility(IRoutesMapper)
    for view in views(registry):
        if view.method == "GET" or view.route in {"cabinet.public.viewing.end", "cabinet.public.sign_out"}:
            continue
        values = dict.fromkeys(view.parts, "0" * 32) | {"client": client.public_id.hex}
        path = mapper.get_route(view.route).generate(values)
        answer = looking.post(path, {"csrf_token": token}, expect_errors=True)
        assert answer.status_int == 403, view.name
        assert "You only look here" in answer, view.name
        assert answer.html.select_one(".c-viewing form") is not None, view.name
    assert contents(registry) == before


@pytest.mark.parametrize("area", ["public", "office", "site"])
def test_one_s_own_account_the_office_and_the_site_are_closed_meanwhile(looking, registry, area) -> None:
    mapper = registry.getUtility(IRoutesMapper)
    asked = 0
    for view in views(registry):
        if view.area == area and view.method == "GET" and view.route not in viewing.OPEN:
            path = mapper.get_route(view.route).generate(dict.fromkeys(view.parts, "0" * 32))
            answer = looking.get(path, expect_errors=True)
            assert (answer.status_int, "You only look here" in answer) == (403, True), view.name
            asked += 1
    assert asked > 3


def test_without_the_guard_acts_and_pages_would_be_open(looking, client, monkeypatch) -> None:
    """The control of the tests above."""
    monkeypatch.setattr(areas, "look_only", lambda *_about: None)
    assert looking.get("/account").status_int == 200
    assert looking.get("/office/").status_int == 200
    form = next(f for f in looking.get("/account").forms.values() if "name" in f.fields)
    assert form.submit().status_int == 303


def test_another_client_of_the_same_contact_is_not_shown(looking, core_client, person) -> None:
    other = core_client("Other")
    person(CONTACT, client=other)
    assert looking.get(home(other), expect_errors=True).status_int == 404
    assert "Other" not in looking.get("/").follow()


def test_the_trail_names_both_at_the_start_at_the_end_and_between(looking, client, unit_of_work) -> None:
    looking.get(f"{home(client)}invoices?export=csv")
    looking.post("/account", {}, expect_errors=True)
    next(f for f in looking.get(home(client)).forms.values() if f.action.endswith("/viewing/end")).submit()
    looking.get("/office/nosuch", expect_errors=True)
    looking.get(card(client) + "/nosuch", expect_errors=True)
    assert acts(unit_of_work, "core.viewing", "core.list.exported", "core.access.denied")[:4] == [
        ("core.viewing.started", HEAD, CONTACT),
        ("core.list.exported", HEAD, CONTACT),
        ("core.access.denied", HEAD, CONTACT),
        ("core.viewing.ended", HEAD, CONTACT),
    ]
    history = looking.get(f"{card(client)}/history")
    assert "Head, seeing the cabinet as Olga" in history


def test_the_end_leads_back_to_the_card_and_the_office_is_open_again(client, signed_in) -> None:
    app = signed_in(HEAD)
    form = eye(app.get(card(client)))
    cookies = [app.cookies["cabinet"]]
    form.submit(headers={"Referer": f"http://localhost{card(client)}"})
    cookies.append(app.cookies["cabinet"])
    answer = next(f for f in app.get(home(client)).forms.values() if f.action.endswith("/viewing/end")).submit()
    cookies.append(app.cookies["cabinet"])
    assert answer.location.endswith(card(client))
    assert len(set(cookies)) == 3, "the cookie changes with the rights"
    assert app.get("/office/").status_int == 200
    assert app.get(home(client), expect_errors=True).status_int == 404


@pytest.mark.parametrize(("minutes", "over"), [(29, False), (30, True)])
def test_it_ends_by_the_server_s_clock(client, signed_in, still_clock, unit_of_work, minutes, over) -> None:
    app = signed_in(HEAD)
    begin(app, client)
    still_clock.advance(minutes=15)
    assert app.get(home(client)).status_int == 200
    still_clock.advance(minutes=minutes - 15)
    answer = app.get(home(client))
    assert (answer.status_int == 303) is over
    if over:
        assert "You see the cabinet as yourself again" in answer.follow().follow()
        assert acts(unit_of_work, "core.viewing") == [
            ("core.viewing.started", HEAD, CONTACT),
            ("core.viewing.ended", HEAD, CONTACT),
        ], "once, however often one clicks"


def withdraw_the_contact(request: Any, client: Any) -> None:
    people = request.find_service(IPeople)
    people.withdraw(people.by_email(CONTACT), client)


def switch_the_contact_off(request: Any, _client: Any) -> None:
    people = request.find_service(IPeople)
    request.find_service(IUsers).disable(people.by_email(CONTACT))


def archive_the_client(request: Any, client: Any) -> None:
    request.find_service(IClientDirectory).get(client.id).archived_at = client.created_at


def take_the_right_away(request: Any, _client: Any) -> None:
    user = request.find_service(IPeople).by_email(HEAD)
    for role in user.roles:
        role.role = "manager"


@pytest.mark.parametrize(
    "change", [withdraw_the_contact, switch_the_contact_off, archive_the_client, take_the_right_away]
)
def test_it_ends_with_what_it_rests_on(looking, client, unit_of_work, change) -> None:
    with unit_of_work() as request:
        change(request, client)
    assert looking.get(home(client)).location.endswith("/")
    assert looking.get(home(client), expect_errors=True).status_int == 404
    assert acts(unit_of_work, "core.viewing")[-1] == ("core.viewing.ended", HEAD, CONTACT)


def test_it_ends_with_the_client_s_change_of_hands_where_the_viewer_sees_his_own(
    client, person, signed_in, unit_of_work, registry, monkeypatch
) -> None:
    permissions = registry.cabinet_contributions.permissions
    granted = replace(permissions[viewing.VIEW_AS], roles=("manager", "head"))
    monkeypatch.setitem(permissions, viewing.VIEW_AS, granted)
    manager = person("anna@x.ru", "manager")
    with unit_of_work() as request:
        request.find_service(ISettings).change({MANAGERS_SEE: OWN})
        request.db.get(Client, client.id).manager_id = manager.id
    app = signed_in("anna@x.ru")
    begin(app, client)
    assert app.get(home(client)).status_int == 200
    with unit_of_work() as request:
        request.db.get(Client, client.id).manager_id = None
    assert app.get(home(client)).status_int == 303


def test_who_lacks_the_right_has_no_eye_and_no_way(client, person, signed_in, unit_of_work) -> None:
    manager = person("m@x.ru", "manager")
    app = signed_in("m@x.ru")
    assert "/view-as/" not in app.get(card(client))
    with unit_of_work() as request:
        contact = request.find_service(IPeople).by_email(CONTACT).public_id.hex
    path = f"/office/view-as/{client.public_id.hex}/{contact}"
    token = token_of(app)
    assert app.post(path, {"csrf_token": token}, expect_errors=True).status_int == 403
    head = signed_in(HEAD)
    foreign = f"/office/view-as/{client.public_id.hex}/{manager.public_id.hex}"
    assert head.post(foreign, {"csrf_token": token_of(head)}, expect_errors=True).status_int == 404


def test_signing_out_ends_it(looking, client, unit_of_work) -> None:
    next(f for f in looking.get(home(client)).forms.values() if f.action.endswith("/sign-out")).submit()
    assert [action for action, _who, _whom in acts(unit_of_work, "core.viewing")] == [
        "core.viewing.started",
        "core.viewing.ended",
    ]


def test_what_is_new_and_what_is_followed_are_those_of_whose_eyes_it_is(looking, client, signed_in) -> None:
    contact = signed_in(CONTACT)
    board = contact.get(f"{home(client)}forum").html.select_one("a[href*='/forum/board/']")["href"]
    for act in ("/follow", "/read"):
        next(f for f in contact.get(board).forms.values() if f.action.endswith(act)).submit("on")

    def shown(app: Any, path: str) -> str:
        page = app.get(path).html
        for banner in page.select(".c-viewing"):
            banner.decompose()
        return page.select_one("main").get_text(" ", strip=True)

    # the pages tell how long ago somebody wrote: the two are read at one moment
    with time_machine.travel(datetime.now(UTC), tick=False):
        assert "You follow it" in shown(contact, board)
        for path in (f"{home(client)}forum", board):
            assert shown(looking, path) == shown(contact, path), path
