"""Roles that the owner puts together: what they open, from when on, and who may make, give and remove them."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from cabinet.errors import ConflictError
from cabinet.identity.models import CustomRole, Membership
from cabinet.interfaces import IPeople, IRoles, IUsers
from cabinet.testing.people import PASSWORD

pytestmark = pytest.mark.any_engine

INVOICES, CONTRACTS = "finsystem:invoice:view", "client_manager:contract:view"


def form_with(page: Any, field: str) -> Any:
    return next(f for f in page.forms.values() if field in f.fields)


def act(page: Any, ending: str) -> Any:
    return next(f for f in page.forms.values() if f.action.endswith(ending))


def tick(form: Any, field: str, *values: str) -> None:
    for box in form.fields[field]:
        box.checked = box._value in values


@pytest.fixture
def owner(person: Any, signed_in: Any) -> Any:
    person("owner@x.ru", "owner")
    return signed_in("owner@x.ru")


@pytest.fixture
def put_together(owner: Any, unit_of_work: Any) -> Any:
    """``put_together("staff", "Clerk", *permissions)``: the key of a role that the owner has made on his page."""

    def make(side: str, title: str, *permissions: str) -> str:
        form = form_with(owner.get(f"/site/roles/new?side={side}"), "title")
        form["title"], form["own_password"] = title, PASSWORD
        tick(form, "permissions", *permissions)
        form.submit().follow()
        with unit_of_work() as request:
            found = request.db.scalars(select(CustomRole).where(CustomRole.title == title)).one()
            return str(found.public_id.hex)

    return make


def test_a_colleague_with_only_such_a_role_works_in_the_office_and_sees_what_is_ticked(
    owner: Any, put_together: Any, signed_in: Any, browser: Any
) -> None:
    key = put_together("staff", "Clerk", INVOICES)
    form = form_with(owner.get("/site/users/new"), "email")
    form["name"], form["email"] = "Klara", "klara@x.ru"
    tick(form, "roles", key)
    link = form.submit().html.find(id="link")["value"]
    klara = browser()
    form = form_with(klara.get(link.removeprefix("http://localhost")), "password")
    form["password"] = PASSWORD
    assert form.submit().follow().location.endswith("/office/")
    assert klara.get("/office/invoices").status_int == 200
    assert klara.get("/office/payments", expect_errors=True).status_int == 403
    assert klara.get("/site/", expect_errors=True).status_int == 403
    assert "/office/payments" not in klara.get("/office/").text
    assert "Clerk" in owner.get("/site/users").text


def test_what_is_ticked_later_counts_from_the_next_click(
    owner: Any, put_together: Any, person: Any, signed_in: Any, unit_of_work: Any, registry: Any, caplog: Any
) -> None:
    key = put_together("staff", "Clerk", INVOICES)
    klara = person("klara@x.ru")
    with unit_of_work() as request:
        request.find_service(IUsers).change_roles(request.db.merge(klara), [key])
    app = signed_in("klara@x.ru")
    assert app.get("/office/contracts", expect_errors=True).status_int == 403
    form = form_with(owner.get(f"/site/roles/{key}"), "title")
    tick(form, "permissions", CONTRACTS)
    form["own_password"] = PASSWORD
    form.submit().follow()
    rights = next(
        f.title for f in registry.cabinet_contributions.audit_fields.values() if f.name == "core.role.permissions"
    )
    told = owner.get("/site/audit?action=core.role.changed").text
    assert str(rights) in told
    assert "does not show" not in caplog.text
    assert all(str(registry.cabinet_contributions.permissions[name].title) in told for name in (INVOICES, CONTRACTS))
    assert app.get("/office/contracts").status_int == 200
    assert app.get("/office/invoices", expect_errors=True).status_int == 403


def test_a_role_for_clients_is_offered_to_them_and_opens_only_their_own(
    owner: Any, put_together: Any, person: Any, core_client: Any, signed_in: Any
) -> None:
    key = put_together("client", "Storekeeper", "finsystem:invoice:own")
    alpha = core_client("Alpha")
    person("store@x.ru", client=alpha, role=key)
    person("boss@x.ru", client=alpha)
    my = f"/my/{alpha.public_id.hex}"
    app = signed_in("store@x.ru")
    assert app.get(f"{my}/invoices").status_int == 200
    assert app.get(f"{my}/company", expect_errors=True).status_int == 404
    assert app.get("/office/", expect_errors=True).status_int == 403
    assert "Storekeeper" in signed_in("boss@x.ru").get(f"{my}/colleagues/new").text


def test_what_is_the_owners_alone_stands_in_no_role(owner: Any, unit_of_work: Any) -> None:
    for side in ("staff", "client"):
        offered = {
            box["value"] for box in owner.get(f"/site/roles/new?side={side}").html.select("input[name=permissions]")
        }
        assert offered
        assert not offered & {"core:users:manage", "core:roles:manage", "core:audit:view"}
    with unit_of_work() as request:
        roles = request.find_service(IRoles)
        for side, right in (("staff", "core:users:manage"), ("staff", "finsystem:invoice:own"), ("client", INVOICES)):
            with pytest.raises(ConflictError):
                roles.create(side, "Sly", [right])


def test_such_a_right_in_the_database_opens_nothing_all_the_same(
    put_together: Any, person: Any, signed_in: Any, unit_of_work: Any
) -> None:
    key = put_together("staff", "Clerk", "client_manager:entity:edit")
    klara = person("klara@x.ru")
    with unit_of_work() as request:
        request.find_service(IUsers).change_roles(request.db.merge(klara), [key])
        role = request.find_service(IRoles).get(key)
        role.permissions = [*role.permissions, "core:users:manage", "finsystem:invoice:own"]
    app = signed_in("klara@x.ru")
    assert app.get("/office/company/new").status_int == 200
    for closed in ("/site/users", "/site/company"):
        assert app.get(closed, expect_errors=True).status_int == 403


def test_making_a_role_asks_the_owners_own_password(owner: Any, unit_of_work: Any) -> None:
    form = form_with(owner.get("/site/roles/new?side=staff"), "title")
    form["title"], form["own_password"] = "Clerk", "not the phrase"
    tick(form, "permissions", INVOICES)
    page = form.submit(expect_errors=True)
    assert page.status_int == 422
    assert "not your current password" in page.text
    assert form_with(page, "title")["title"].value == "Clerk", "what was typed stays"
    with unit_of_work() as request:
        assert request.find_service(IRoles).lines() == []


def test_a_role_needs_a_name_of_its_own_and_a_right(put_together: Any, unit_of_work: Any) -> None:
    put_together("staff", "Кассир", INVOICES)
    with unit_of_work() as request:
        roles = request.find_service(IRoles)
        for title, rights in (("кассир", [INVOICES]), (" ", [INVOICES]), ("Другой", [])):
            with pytest.raises(ConflictError):
                roles.create("staff", title, rights)
        roles.create("client", "Кассир", ["finsystem:invoice:own"])


def test_a_role_that_somebody_has_goes_only_for_another_one(
    owner: Any, put_together: Any, person: Any, core_client: Any, unit_of_work: Any
) -> None:
    key = put_together("client", "Storekeeper", "finsystem:invoice:own")
    alpha = core_client("Alpha")
    person("store@x.ru", client=alpha, role=key)
    form = act(owner.get(f"/site/roles/{key}"), "/remove")
    form["own_password"] = PASSWORD
    page = form.submit(headers={"Referer": f"http://localhost/site/roles/{key}"}).follow()
    assert "choose which one they get instead" in page.text
    form = act(page, "/remove")
    form["own_password"], form["instead"] = PASSWORD, "viewer"
    assert "is gone" in form.submit().follow().text
    with unit_of_work() as request:
        membership = request.db.scalars(select(Membership)).one()
        assert (membership.role, membership.custom_role_id) == ("viewer", None)
        assert request.find_service(IRoles).lines() == []


def test_our_people_get_another_role_instead_and_sign_in_anew(
    put_together: Any, person: Any, signed_in: Any, unit_of_work: Any
) -> None:
    clerk, other = put_together("staff", "Clerk", INVOICES), put_together("staff", "Other", CONTRACTS)
    klara = person("klara@x.ru")
    with unit_of_work() as request:
        request.find_service(IUsers).change_roles(request.db.merge(klara), [clerk])
    app = signed_in("klara@x.ru")
    with unit_of_work() as request:
        roles = request.find_service(IRoles)
        roles.remove(roles.get(clerk), other)
    assert app.get("/office/", expect_errors=True).status_int == 303
    assert signed_in("klara@x.ru").get("/office/contracts").status_int == 200


def test_a_login_that_a_clients_people_introduced_is_made_no_colleague(person: Any, unit_of_work: Any) -> None:
    klara = person("klara@x.ru")
    with unit_of_work() as request:
        user = request.find_service(IPeople).get(klara.id)
        user.introduced_at = user.created_at
        with pytest.raises(ConflictError):
            request.find_service(IUsers).change_roles(user, ["manager"])
