"""The owner's page of users: who may do what to whom, and what never happens to the last owner."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy import select

from cabinet.audit.models import AuditEvent
from cabinet.errors import ConflictError
from cabinet.identity import totp
from cabinet.identity.models import User
from cabinet.identity.users import Users
from cabinet.interfaces import IPeople, ISecondFactor, IUsers
from cabinet.notify.models import OutgoingMail
from cabinet.origin import act_for
from cabinet.testing.letters import letter_of

PASSWORD = "a phrase long enough to keep"


def form_with(page, field):
    return next(f for f in page.forms.values() if field in f.fields)


def act(page, ending):
    return next(f for f in page.forms.values() if f.action.endswith(ending))


def drawer(app, user, show="staff"):
    return app.get(f"/site/users?show={show}&user={user.public_id.hex}")


def token_of(app):
    return form_with(app.get("/account"), "name")["csrf_token"].value


def acts(unit_of_work):
    with unit_of_work() as request:
        return [e.action for e in request.db.scalars(select(AuditEvent).order_by(AuditEvent.id))]


def names(page):
    return [a.text for a in page.html.select("table a.c-t-name")]


@pytest.fixture
def firm(core_client, person, signed_in):
    """An owner's browser, and people by what they are."""
    people = {role: person(f"{role}@x.ru", role) for role in ("owner", "head", "manager")}
    people["contact"] = person("contact@x.ru", client=core_client("Client"))
    return signed_in("owner@x.ru"), people


def test_the_list_shows_our_side_and_its_filters_the_others(firm) -> None:
    app, people = firm
    assert names(app.get("/site/users")) == ["Head", "Manager", "Owner"]
    assert names(app.get("/site/users?sort=-name")) == ["Owner", "Manager", "Head"]
    assert names(app.get("/site/users?role=head")) == ["Head"]
    assert names(app.get("/site/users?show=contacts")) == ["Contact"]
    assert names(app.get("/site/users?q=MANA")) == ["Manager"]
    act(drawer(app, people["manager"]), "/disable").submit()
    assert names(app.get("/site/users?show=off")) == ["Manager"]
    assert names(app.get("/site/users")) == ["Head", "Owner"]


def test_the_list_goes_out_as_a_table(firm) -> None:
    app, _people = firm
    answer = app.get("/site/users?export=csv")
    assert "head@x.ru" in answer.text
    assert "contact@x.ru" not in answer.text


def test_a_colleague_is_invited_by_a_link_that_is_shown_once(firm, browser) -> None:
    app, _people = firm
    form = form_with(app.get("/site/users/new"), "email")
    form["name"], form["email"] = "Maria", "maria@x.ru"
    for box in form.fields["roles"]:
        box.checked = box._value in {"manager", "head"}
    answer = form.submit()
    link = answer.html.find(id="link")["value"]
    assert "/welcome/" in link
    assert link not in app.get("/site/users").text
    guest = browser()
    form = form_with(guest.get(link.removeprefix("http://localhost")), "password")
    form["password"] = PASSWORD
    assert form.submit().status_int == 303
    assert guest.get("/account").status_int == 200
    assert "Maria" in names(app.get("/site/users?role=head"))


@pytest.mark.parametrize("roles", [[], ["emperor"]])
def test_nobody_is_invited_without_a_role_or_with_one_that_there_is_not(firm, unit_of_work, roles) -> None:
    app, _people = firm
    body = {"name": "Maria", "email": "maria@x.ru", "roles": roles, "csrf_token": token_of(app)}
    assert app.post("/site/users/new", body, expect_errors=True).status_int == 422
    with unit_of_work() as request:
        assert request.find_service(IPeople).by_email("maria@x.ru") is None


def test_other_roles_count_from_the_next_request_on(firm, signed_in) -> None:
    app, people = firm
    head = signed_in("head@x.ru")
    form = act(drawer(app, people["head"]), "/roles")
    for box in form.fields["roles"]:
        box.checked = box._value == "owner"
    form["own_password"] = PASSWORD
    form.submit().follow()
    assert head.get("/account", expect_errors=True).status_int == 303, "signed in with the former rights"
    again = signed_in("head@x.ru")
    assert again.get("/office/", expect_errors=True).status_int == 403
    assert again.get("/site/").status_int == 200


def test_roles_ask_the_owners_own_password(firm, unit_of_work) -> None:
    app, people = firm
    form = act(drawer(app, people["head"]), "/roles")
    for box in form.fields["roles"]:
        box.checked = box._value == "owner"
    form["own_password"] = "not the phrase"
    page = form.submit(headers={"Referer": "http://localhost/site/users"}).follow()
    assert "not your current password" in page.text
    with unit_of_work() as request:
        assert {r.role for r in request.db.get(User, people["head"].id).roles} == {"head"}


def test_guessing_the_owners_password_there_is_throttled(firm) -> None:
    app, people = firm
    form = act(drawer(app, people["head"]), "/roles")
    form["own_password"] = "not the phrase"
    statuses = [form.submit(expect_errors=True).status_int for _n in range(11)]
    assert statuses == [303] * 10 + [429]


def test_an_owner_who_takes_a_role_goes_on_under_a_new_cookie(firm) -> None:
    app, people = firm
    old = app.cookies["cabinet"]
    form = act(drawer(app, people["owner"]), "/roles")
    for box in form.fields["roles"]:
        box.checked = box._value in {"owner", "manager"}
    form["own_password"] = PASSWORD
    assert form.submit().status_int == 303
    assert app.cookies["cabinet"] != old
    assert app.get("/site/users").status_int == 200
    assert app.get("/office/").status_int == 200


def test_a_contact_of_a_client_gets_no_role_and_no_link_from_the_owner(firm, unit_of_work) -> None:
    app, people = firm
    page = drawer(app, people["contact"], "contacts")
    assert not [f for f in page.forms.values() if f.action.endswith(("/roles", "/link"))]
    token, path = token_of(app), f"/site/users/{people['contact'].public_id.hex}"
    referer = {"Referer": "http://localhost/site/users"}
    body = {"roles": "owner", "own_password": PASSWORD, "csrf_token": token}
    assert "no colleague" in app.post(f"{path}/roles", body, headers=referer).follow().text
    answer = app.post(f"{path}/link", {"csrf_token": token}, headers=referer)
    assert "/welcome/" not in answer.text
    assert "on the client's card" in answer.follow().text.replace("&#39;", "'")
    assert "core.link.reset" not in acts(unit_of_work)


def test_somebody_switched_off_is_out_at_once_and_switched_on_comes_back(firm, signed_in, unit_of_work) -> None:
    app, people = firm
    manager = signed_in("manager@x.ru")
    act(drawer(app, people["manager"]), "/disable").submit().follow()
    assert manager.get("/office/", expect_errors=True).status_int == 303
    act(drawer(app, people["manager"], "off"), "/enable").submit().follow()
    assert manager.get("/office/", expect_errors=True).status_int == 303, "the old cookie stays dead"
    assert signed_in("manager@x.ru").get("/office/").status_int == 200
    assert [a for a in acts(unit_of_work) if "abled" in a] == ["core.user.disabled", "core.user.enabled"]


def test_switching_somebody_off_can_be_taken_back_from_its_word(firm, unit_of_work) -> None:
    app, people = firm
    done = act(drawer(app, people["manager"]), "/disable").submit().follow()
    act(done, "/enable").submit()
    with unit_of_work() as request:
        assert request.db.get(User, people["manager"].id).disabled_at is None


def test_signed_out_everywhere_the_person_may_come_in_again(firm, signed_in) -> None:
    app, people = firm
    one, two = signed_in("manager@x.ru"), signed_in("manager@x.ru")
    act(drawer(app, people["manager"]), f"{people['manager'].public_id.hex}/sign-out").submit().follow()
    assert [b.get("/office/", expect_errors=True).status_int for b in (one, two)] == [303, 303]
    assert signed_in("manager@x.ru").get("/office/").status_int == 200


def test_signing_oneself_out_everywhere_keeps_this_page(firm, signed_in) -> None:
    app, people = firm
    other = signed_in("owner@x.ru")
    act(drawer(app, people["owner"]), f"{people['owner'].public_id.hex}/sign-out").submit().follow()
    assert app.get("/site/users").status_int == 200
    assert other.get("/site/users", expect_errors=True).status_int == 303


def enrol(unit_of_work, user):
    with unit_of_work() as request:
        service, me = request.find_service(ISecondFactor), request.find_service(IPeople).get(user.id)
        service.begin(me)
        secret = service.waiting_secret(me)
        service.confirm(me, totp.code_at(secret, totp.step_at(datetime.now(UTC))))


@pytest.mark.parametrize("site_settings", [{"mail": {"host": "smtp.x.ru", "sender": "a@x.ru"}}])
def test_the_letter_to_a_colleague_promises_him_no_invoices_of_his_own(firm, unit_of_work) -> None:
    app, _people = firm
    form = form_with(app.get("/site/users/new"), "email")
    form["name"], form["email"] = "Maria", "maria@x.ru"
    form.set("roles", "manager", index=0)
    form.submit()
    with unit_of_work() as request:
        said = letter_of(request, request.db.scalars(select(OutgoingMail)).one()).text
    assert "Your workplace" in said
    assert "Your invoices" not in said


@pytest.mark.parametrize("site_settings", [{"mail": {"host": "smtp.x.ru", "sender": "a@x.ru"}}])
def test_a_lost_second_step_is_reset_by_the_owner_and_told(firm, signed_in, unit_of_work) -> None:
    app, people = firm
    manager = signed_in("manager@x.ru")
    enrol(unit_of_work, people["manager"])
    form = act(drawer(app, people["manager"]), "/second-step")
    form["own_password"] = PASSWORD
    form.submit().follow()
    assert manager.get("/office/", expect_errors=True).status_int == 303
    assert signed_in("manager@x.ru").get("/office/").status_int == 200
    with unit_of_work() as request:
        mail = request.db.scalars(select(OutgoingMail)).one()
        said = letter_of(request, mail).text
    assert (mail.to_address, "turned the second step" in said) == ("manager@x.ru", True)
    assert "core.second_factor.reset" in acts(unit_of_work)


def test_nobody_resets_his_own_second_step_around_his_telephone(person, unit_of_work) -> None:
    user = person("owner@x.ru", "owner")
    enrol(unit_of_work, user)
    with unit_of_work() as request:
        act_for(request, user.id)
        me = request.find_service(IPeople).get(user.id)
        with pytest.raises(ConflictError):
            request.find_service(IUsers).reset_second_factor(me)


def test_nobody_switches_himself_off_even_with_another_owner_there(firm, person, unit_of_work) -> None:
    app, people = firm
    person("second@x.ru", "owner")
    assert not [f for f in drawer(app, people["owner"]).forms.values() if f.action.endswith("/disable")]
    path = f"/site/users/{people['owner'].public_id.hex}/disable"
    app.post(path, {"csrf_token": token_of(app)}, headers={"Referer": "http://localhost/site/users"})
    with unit_of_work() as request:
        assert request.db.get(User, people["owner"].id).disabled_at is None


@pytest.mark.parametrize("how", ["disable", "demote"])
def test_the_last_active_owner_stays_one(person, unit_of_work, how) -> None:
    owner, former = person("owner@x.ru", "owner"), person("former@x.ru", "owner", "head")
    with unit_of_work() as request:
        request.find_service(IUsers).disable(request.find_service(IPeople).get(former.id))
    with unit_of_work() as request:
        service, user = request.find_service(IUsers), request.find_service(IPeople).get(owner.id)
        with pytest.raises(ConflictError, match="last owner"):
            service.disable(user) if how == "disable" else service.change_roles(user, {"head"})
    with unit_of_work() as request:
        request.find_service(IUsers).change_roles(request.find_service(IPeople).get(former.id), {"head"})


def remove_each_other(unit_of_work, owners, hows):
    """How many of two owners, who remove each other at the same moment, succeed."""
    start, done = threading.Barrier(2), []

    def remove(acting, victim, how) -> None:
        try:
            with unit_of_work() as request:
                act_for(request, acting.id)
                service = request.find_service(IUsers)
                start.wait()
                user = request.find_service(IPeople).get(victim.id)
                service.disable(user) if how == "disable" else service.change_roles(user, {"head"})
        except ConflictError:
            return
        done.append(victim.email)

    threads = [threading.Thread(target=remove, args=(owners[n], owners[1 - n], hows[n])) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(done)


HOWS = [("disable", "disable"), ("demote", "disable"), ("demote", "demote")]


@pytest.mark.parametrize("hows", HOWS)
def test_two_owners_who_remove_each_other_at_once_leave_one(person, unit_of_work, hows) -> None:
    owners = [person("a@x.ru", "owner"), person("b@x.ru", "owner")]
    assert remove_each_other(unit_of_work, owners, hows) == 1
    with unit_of_work() as request:
        assert len(request.find_service(IPeople).staff("owner")) == 1


def test_without_the_guard_both_owners_would_be_gone(person, unit_of_work, monkeypatch) -> None:
    """Control: the guard is what keeps one."""
    monkeypatch.setattr(Users, "_keep_an_owner", lambda *_a: None)
    owners = [person("a@x.ru", "owner"), person("b@x.ru", "owner")]
    assert remove_each_other(unit_of_work, owners, HOWS[0]) == 2


@pytest.mark.parametrize("role", ["manager", "head", "client"])
def test_only_the_owner_has_these_pages(core_client, person, signed_in, role) -> None:
    user = person(
        "somebody@x.ru", *([] if role == "client" else [role]), client=core_client("C") if role == "client" else None
    )
    app = signed_in("somebody@x.ru")
    for path in ("/site/users", "/site/users/new", f"/site/users?user={user.public_id.hex}"):
        assert app.get(path, expect_errors=True).status_int == 403
    token = token_of(app)
    for ending in ("roles", "link", "sign-out", "second-step", "disable", "enable"):
        path = f"/site/users/{user.public_id.hex}/{ending}"
        assert app.post(path, {"csrf_token": token}, expect_errors=True).status_int == 403


def test_who_there_is_not_is_not_found(firm) -> None:
    app, _people = firm
    missing = "0" * 32
    assert app.get(f"/site/users?user={missing}", expect_errors=True).status_int == 404
    assert app.get("/site/users?user=nonsense", expect_errors=True).status_int == 404
    answer = app.post(f"/site/users/{missing}/disable", {"csrf_token": token_of(app)}, expect_errors=True)
    assert answer.status_int == 404


def test_the_owner_reads_no_clients_name_here(firm) -> None:
    app, people = firm
    page = app.get("/site/users?show=contacts").text + drawer(app, people["contact"], "contacts").text
    assert "Client</" not in page


def test_twenty_more_users_ask_the_database_no_more(firm, person, count_queries) -> None:
    app, _people = firm
    with count_queries() as few:
        app.get("/site/users")
    for number in range(20):
        person(f"m{number}@x.ru", "manager")
    with count_queries() as many:
        app.get("/site/users")
    assert many.count <= few.count


def test_times_of_last_visits_are_shown(firm, signed_in) -> None:
    app, _people = firm
    with time_machine.travel(datetime.now(UTC), tick=False):
        signed_in("manager@x.ru")
        assert (
            app.get("/site/users").html.select_one("table tbody tr:nth-of-type(2) td:nth-of-type(4)").text.strip()
            != "—"
        )
