"""A client's own people: invited, given a role, shut out; nobody learns of another client, nobody gives more than he has."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from cabinet.audit.models import AuditEvent
from cabinet.errors import ConflictError
from cabinet.identity.models import Invitation, Membership
from cabinet.identity.people import People
from cabinet.interfaces import IColleagues, IPeople, IRoles
from cabinet.origin import act_for
from cabinet.testing.matrix import same
from cabinet.testing.people import PASSWORD

pytestmark = pytest.mark.any_engine


def form_with(page: Any, field: str) -> Any:
    return next(f for f in page.forms.values() if field in f.fields)


def act(page: Any, ending: str) -> Any:
    return next(f for f in page.forms.values() if f.action.endswith(ending))


@pytest.fixture
def firm(core_client: Any, person: Any, signed_in: Any) -> Any:
    """A client, the browser of its administrator, and the beginning of his addresses."""
    alpha = core_client("Alpha")
    person("boss@alpha.ru", client=alpha)
    return alpha, signed_in("boss@alpha.ru"), f"/my/{alpha.public_id.hex}"


@pytest.fixture
def invite(firm: Any) -> Any:
    """``invite("a@b.ru", role="buyer")``: the answer to the administrator's form."""
    _alpha, app, my = firm

    def ask(email: str, role: str = "viewer", **fields: str) -> Any:
        form = form_with(app.get(f"{my}/colleagues/new"), "email")
        form["name"], form["email"], form["role"] = "Anna", email, role
        form["own_password"] = fields.get("own_password", PASSWORD)
        return form.submit(expect_errors=True)

    return ask


def link_of(answer: Any) -> str:
    path: str = answer.html.find(id="link")["value"].removeprefix("http://localhost")
    return path


def accept(app: Any, path: str, password: str = PASSWORD) -> Any:
    form = form_with(app.get(path), "password")
    form["password"] = password
    return form.submit(expect_errors=True)


def drawer(app: Any, my: str, user: Any) -> Any:
    return app.get(f"{my}/colleagues?user={user.public_id.hex}")


def change(app: Any, my: str, user: Any, role: str, password: str = PASSWORD) -> Any:
    form = act(drawer(app, my, user), "/role")
    form["role"], form["own_password"] = role, password
    return form.submit(headers={"Referer": f"http://localhost{my}/colleagues"}).maybe_follow()


def role_of(unit_of_work: Any, email: str) -> list[str]:
    with unit_of_work() as request:
        user = request.find_service(IPeople).by_email(email)
        return list(request.db.scalars(select(Membership.role).where(Membership.user_id == user.id)))


def test_an_invited_colleague_sets_a_password_and_is_in_with_his_role(
    firm: Any, invite: Any, browser: Any, unit_of_work: Any
) -> None:
    _alpha, app, my = firm
    path = link_of(invite("anna@alpha.ru", "buyer"))
    assert path not in app.get(f"{my}/colleagues").text
    guest = browser()
    assert accept(guest, path).location.endswith(f"{my}/")
    assert guest.get(f"{my}/").status_int == 200
    assert guest.get(f"{my}/colleagues", expect_errors=True).status_int == 404
    assert role_of(unit_of_work, "anna@alpha.ru") == ["buyer"]
    assert "no longer works" in browser().get(path).text
    with unit_of_work() as request:
        acts = [e.action for e in request.db.scalars(select(AuditEvent).order_by(AuditEvent.id))]
    assert {"core.invitation.made", "core.invitation.accepted", "core.access.granted"} <= set(acts)


def test_whoever_has_the_address_the_inviter_reads_the_same(
    firm: Any, invite: Any, core_client: Any, person: Any, browser: Any
) -> None:
    _alpha, app, my = firm
    person("known@x.ru", client=core_client("Omega"))
    person("staff@x.ru", "manager")
    told, lists, doors = set(), set(), set()

    def door(page: Any, email: str) -> str:
        return re.sub(r"[0-9a-f]{40}", "…", page.text).replace(email, "…")

    for email in ("known@x.ru", "staff@x.ru", "fresh@x.ru"):
        answer = invite(email)
        told.add(same(answer.text).replace(email, "…"))
        listed = same(app.get(f"{my}/colleagues").text).replace(email, "…")
        lists.add(re.sub(r"\d+:\d\d", "…", listed))  # until when the link works
        guest = browser()
        path = link_of(answer)
        doors.add(door(guest.get(path), email).replace(path, "…"))
        weak = accept(guest, path, "12345678")
        assert weak.status_int == 422
        told.add(door(weak, email).replace(path, "…"))
        act(app.get(f"{my}/colleagues"), "/drop").submit()
    assert [len(answers) for answers in (told, lists, doors)] == [2, 1, 1]


def test_a_contact_of_another_client_joins_with_the_password_he_has(
    firm: Any, invite: Any, core_client: Any, person: Any, browser: Any
) -> None:
    _alpha, app, my = firm
    omega = core_client("Omega")
    known = person("known@x.ru", client=omega)
    path = link_of(invite("known@x.ru", "accountant"))
    guest = browser()
    wrong = accept(guest, path, "quite another long phrase")
    assert wrong.status_int == 422
    assert "it is another one" in wrong.text
    assert accept(guest, path).status_int == 303
    assert guest.get(f"{my}/").status_int == guest.get(f"/my/{omega.public_id.hex}/").status_int == 200
    page = app.get(f"{my}/colleagues")
    assert "known@x.ru" in page.text
    assert "Omega" not in page.text + drawer(app, my, known).text


def test_who_is_signed_in_accepts_with_a_click_and_another_one_is_told(
    firm: Any, invite: Any, core_client: Any, person: Any, signed_in: Any
) -> None:
    _alpha, _app, my = firm
    omega = core_client("Omega")
    person("known@x.ru", client=omega)
    person("other@x.ru", client=omega)
    path = link_of(invite("known@x.ru"))
    assert "for another address" in signed_in("other@x.ru").get(path).text
    known = signed_in("known@x.ru")
    form = next(f for f in known.get(path).forms.values() if f.action in {"", path})
    assert form.submit().location.endswith(f"{my}/")


def test_who_works_for_us_does_not_join_and_is_not_shown(
    firm: Any, invite: Any, person: Any, browser: Any, unit_of_work: Any
) -> None:
    _alpha, _app, my = firm
    person("staff@x.ru", "manager")
    guest = browser()
    accept(guest, link_of(invite("staff@x.ru")))
    assert role_of(unit_of_work, "staff@x.ru") == []
    assert guest.get(f"{my}/", expect_errors=True).status_int in {303, 404}


def test_a_login_that_only_colleagues_vouch_for_starts_anew_when_we_let_it_in(
    firm: Any, invite: Any, core_client: Any, browser: Any, unit_of_work: Any, monkeypatch: Any
) -> None:
    """Whoever held the link set the password: he must not come along when our side gives that address another client."""
    _alpha, _app, _my = firm
    omega = core_client("Omega")
    squatter = browser()
    accept(squatter, link_of(invite("victim@omega.ru")))
    with unit_of_work() as request:
        people = request.find_service(IPeople)
        people.grant(people.by_email("victim@omega.ru"), omega)
    assert squatter.get(f"/my/{omega.public_id.hex}/", expect_errors=True).status_int == 303
    with unit_of_work() as request:
        assert request.find_service(IPeople).by_email("victim@omega.ru").password_hash is None


def test_the_control_of_it_without_the_guard_the_squatter_is_in(
    firm: Any, invite: Any, core_client: Any, browser: Any, unit_of_work: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(People, "_start_anew", lambda _self, _user: None)
    omega = core_client("Omega")
    squatter = browser()
    accept(squatter, link_of(invite("victim@omega.ru")))
    with unit_of_work() as request:
        people = request.find_service(IPeople)
        people.grant(people.by_email("victim@omega.ru"), omega)
    assert squatter.get(f"/my/{omega.public_id.hex}/").status_int == 200


def test_another_role_asks_ones_own_password_and_counts_from_the_next_click(
    firm: Any, person: Any, signed_in: Any, unit_of_work: Any
) -> None:
    alpha, app, my = firm
    anna = person("anna@alpha.ru", client=alpha, role="viewer")
    guest = signed_in("anna@alpha.ru")
    assert "not your current password" in change(app, my, anna, "admin", "not the phrase").text
    assert role_of(unit_of_work, "anna@alpha.ru") == ["viewer"]
    change(app, my, anna, "admin")
    assert guest.get(f"{my}/colleagues").status_int == 200
    change(app, my, anna, "buyer")
    assert guest.get(f"{my}/colleagues", expect_errors=True).status_int == 404


def test_withdrawing_shuts_out_at_once(firm: Any, person: Any, signed_in: Any) -> None:
    alpha, app, my = firm
    anna = person("anna@alpha.ru", client=alpha)
    guest = signed_in("anna@alpha.ru")
    act(drawer(app, my, anna), "/withdraw").submit()
    assert guest.get(f"{my}/", expect_errors=True).status_int == 303
    assert "anna@alpha.ru" not in app.get(f"{my}/colleagues").text.replace("Anna is shut out", "")


def test_the_last_administrator_neither_leaves_nor_becomes_less(firm: Any, person: Any, unit_of_work: Any) -> None:
    alpha, app, my = firm
    boss = person("boss@alpha.ru")
    anna = person("anna@alpha.ru", client=alpha, role="viewer")
    assert "make another colleague administrator first" in change(app, my, boss, "viewer").text
    answer = act(drawer(app, my, boss), "/withdraw").submit(headers={"Referer": f"http://localhost{my}/colleagues"})
    assert "make another colleague administrator first" in answer.follow().text
    assert role_of(unit_of_work, "boss@alpha.ru") == ["admin"]
    change(app, my, anna, "admin")
    change(app, my, boss, "viewer")
    assert role_of(unit_of_work, "boss@alpha.ru") == ["viewer"]


def test_nobody_gives_a_role_that_may_do_more_than_he_may(
    firm: Any, person: Any, signed_in: Any, unit_of_work: Any
) -> None:
    alpha, _app, my = firm
    with unit_of_work() as request:
        roles = request.find_service(IRoles)
        key = roles.create("client", "Doorkeeper", ["core:colleagues:manage"]).public_id.hex
    keeper = person("keeper@alpha.ru", client=alpha, role=key)
    app = signed_in("keeper@alpha.ru")
    offered = [box["value"] for box in app.get(f"{my}/colleagues/new").html.select("input[name=role]")]
    assert offered == [key]
    boss = person("boss@alpha.ru")
    assert "may do more than you may" in drawer(app, my, boss).text
    with unit_of_work() as request:
        act_for(request, keeper.id)
        service, client = request.find_service(IColleagues), request.db.merge(alpha)
        for forbidden in (
            lambda: service.invite(client, email="x@x.ru", name="X", role="admin"),
            lambda: service.change_role(client, request.db.merge(keeper), "admin"),
            lambda: service.change_role(client, request.db.merge(boss), key),
            lambda: service.withdraw(client, request.db.merge(boss)),
        ):
            with pytest.raises(ConflictError):
                forbidden()


def test_an_invitation_is_worth_no_more_than_who_made_it_has_when_it_is_used(
    firm: Any, invite: Any, person: Any, browser: Any, unit_of_work: Any
) -> None:
    alpha, _app, _my = firm
    path = link_of(invite("anna@alpha.ru", "admin"))
    person("second@alpha.ru", client=alpha)
    with unit_of_work() as request:
        people = request.find_service(IPeople)
        people.change_role(people.by_email("boss@alpha.ru"), alpha, "viewer")
    assert "no longer works" in browser().get(path).text


def test_a_newer_link_and_taking_it_back_void_an_invitation(firm: Any, invite: Any, browser: Any) -> None:
    _alpha, app, my = firm
    first = link_of(invite("anna@alpha.ru"))
    second = link_of(act(app.get(f"{my}/colleagues"), "/again").submit())
    assert "no longer works" in browser().get(first).text
    assert "Invitation from Alpha" in browser().get(second).text
    act(app.get(f"{my}/colleagues"), "/drop").submit()
    assert "no longer works" in browser().get(second).text


def test_inviting_asks_ones_own_password_and_has_a_measure(firm: Any, invite: Any, unit_of_work: Any) -> None:
    assert invite("anna@alpha.ru", own_password="not the phrase").status_int == 422
    with unit_of_work() as request:
        assert request.db.scalars(select(Invitation)).all() == []
    assert "has access already" in invite("boss@alpha.ru").text
    assert "no e-mail address" in invite("nonsense").text
