"""The world that ``cabinet.testing.matrix`` asks: twins with one of every kind each, and everybody who comes."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

from pyramid.router import Router
from sqlalchemy import select
from webtest import TestApp

from cabinet.interfaces import (
    IAttachments,
    IClock,
    IColleagues,
    IDrafts,
    IFileStore,
    IJobs,
    INotices,
    IPeople,
    IPersonalData,
    IRoles,
    ISettings,
    IUsers,
)
from cabinet.notify.models import FAILED, Notice, OutgoingMail
from cabinet.origin import act_for
from cabinet.plugins.contributions import Side
from cabinet.preferences.brand import LOGO
from cabinet.testing.matrix import CLIENT_SET, OF_CLIENT, STAFF_SET, World, declared

STAFF = ("manager", "head", "owner")


def make_world(
    registry: Any,
    unit_of_work: Callable[..., Any],
    core_client: Callable[[str], Any],
    person: Callable[..., Any],
    browser: Callable[[], TestApp],
    signed_in: Callable[[str], TestApp],
) -> World:
    """The arguments are the fixtures of those names."""
    omega, alpha = core_client("canary-omega"), core_client("canary-alpha")
    people = {role: f"{role.replace(':', '-')}@x.ru" for role in (*OF_CLIENT, "other", "former", *STAFF, STAFF_SET)}
    sets = {CLIENT_SET: _some_of(registry, "client"), STAFF_SET: _some_of(registry, "staff")}
    keys = _put_together(unit_of_work, sets)
    for role in OF_CLIENT:
        person(people[role], client=alpha, role=keys.get(role, role.removeprefix("client:")))
    person(people[STAFF_SET])
    person("other@x.ru", client=omega)
    person("former@x.ru", client=alpha)
    for role in STAFF:
        person(f"{role}@x.ru", role)
    with unit_of_work() as request:
        ours = request.find_service(IPeople).by_email(people[STAFF_SET])
        request.find_service(IUsers).change_roles(ours, [keys[STAFF_SET]])
    examples_of(registry, unit_of_work, omega)
    made = examples_of(registry, unit_of_work, alpha)
    apps = {role: signed_in(email) for role, email in people.items()} | {"nobody": browser()}
    tokens = {role: token_of(app) for role, app in apps.items()}
    made["cabinet"] = core = _examples_of_the_core(registry, unit_of_work, alpha)
    made |= _notices_of_the_core(unit_of_work)
    made |= _writing(registry, unit_of_work)
    made["cabinet.my.colleague."] = {"user": core["colleague"]}
    made["cabinet.site.module.clients POST"] = {"clients": core["clients"]}
    with unit_of_work() as request:
        service = request.find_service(IPeople)
        service.withdraw(service.by_email("former@x.ru"), alpha)
    return World(
        registry,
        app=browser(),
        dry=dry(registry),
        doors={"client": alpha.public_id.hex, "other": omega.public_id.hex},
        cookies={
            role: "; ".join(f"{name}={value}" for name, value in app.cookies.items()) for role, app in apps.items()
        },
        tokens=tokens,
        examples=made,
        may=declared(["cabinet", *(module.name for module in registry.cabinet_modules)]),
        sets=sets,
        canary="canary-alpha",
        twin="canary-omega",
    )


def _some_of(registry: Any, side: Side) -> frozenset[str]:
    """Every second permission of a side: there are some that the holder lacks."""
    permissions = registry.cabinet_contributions.permissions.values()
    names = sorted(one.name for one in permissions if side in one.sides)
    return frozenset(names[1::2] or names)


def _put_together(unit_of_work: Callable[..., Any], sets: Mapping[str, frozenset[str]]) -> dict[str, str]:
    """What the owner puts together: the key of each role of ``sets``."""
    with unit_of_work() as request:
        roles = request.find_service(IRoles)
        return {
            role: roles.create("client" if role == CLIENT_SET else "staff", role, sorted(held)).public_id.hex
            for role, held in sets.items()
        }


def examples_of(registry: Any, unit_of_work: Callable[..., Any], client: Any) -> dict[str, dict[str, str]]:
    """What the modules make of a client."""
    found: dict[str, dict[str, str]] = {}
    with unit_of_work() as request:
        for module in registry.cabinet_modules:
            testing = module.part("testing")
            if testing is not None and hasattr(testing, "examples"):
                found |= testing.examples(request, client)
    return found


def _examples_of_the_core(registry: Any, unit_of_work: Callable[..., Any], client: Any) -> dict[str, str]:
    """What the core has of people: of the client's contact, and work of the manager."""
    with unit_of_work() as request:
        people = request.find_service(IPeople)
        contact = people.by_email("client-admin@x.ru")
        job = request.find_service(IJobs).enqueue("core.take_table", {"table": "none"})
        job.user_id = people.by_email("manager@x.ru").id
        client = request.db.merge(client, load=True)
        act_for(request, contact.id)
        invited, _token = request.find_service(IColleagues).invite(
            client, email="invited@x.ru", name="Invited", role="buyer"
        )
        act_for(request, None)
        request.find_service(ISettings).change({LOGO: _a_picture(request)})
        return {
            "client": client.public_id.hex,
            "module": registry.cabinet_modules[-1].info.id if registry.cabinet_modules else "none",
            "clients": "list",
            "setting": "core.site_name",
            "role": request.find_service(IRoles).lines()[0].role.public_id.hex,
            "colleague": people.by_email("client-buyer@x.ru").public_id.hex,
            "invitation": invited.public_id.hex,
            "user": contact.public_id.hex,
            "person": people.by_email("manager@x.ru").public_id.hex,
            "session": people.sessions(contact)[0].public_id.hex,
            "job": job.public_id.hex,
            "lang": "en",
            "export": _gathered(request, contact, people.by_email("owner@x.ru")),
            "token": people.reset_link(people.by_email("head@x.ru")),
        }


def _writing(registry: Any, unit_of_work: Callable[..., Any]) -> dict[str, dict[str, str]]:
    """A file on what the client's administrator is writing, and what the editor sends."""
    module = registry.cabinet_modules[-1].info.id if registry.cabinet_modules else "core"
    named = {"draft_kind": f"{module}.text", "draft_place": "new"}
    with unit_of_work() as request:
        writer = request.find_service(IPeople).by_email("client-admin@x.ru")
        draft = request.find_service(IDrafts).keep(writer.id, *named.values(), "canary-alpha")
        add = request.find_service(IAttachments).add
        file = add(b"canary-alpha", "canary-alpha.txt", named["draft_kind"], draft=draft).public_id.hex
    sent = {f"cabinet.public.draft{act} POST": named for act in ("", ".discard", ".preview", ".files")}
    return {**sent, "cabinet.public.draft.file": {"file": file}}


def _gathered(request: Any, contact: Any, owner: Any) -> str:
    """What is kept about the contact, gathered for the owner."""
    service = request.find_service(IPersonalData)
    export = service.ask(contact, owner.id)
    service.gather(request, export)
    public_id: str = export.public_id.hex
    return public_id


def _a_picture(request: Any) -> int:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "PNG")
    stored = request.find_service(IFileStore).put(
        out.getvalue(), name="sign.png", media_type="image/png", module="core"
    )
    return int(stored.id)


def _notices_of_the_core(unit_of_work: Callable[..., Any]) -> dict[str, dict[str, str]]:
    """A notice behind each door, and a letter."""
    made = {}
    with unit_of_work() as request:
        people, now = request.find_service(IPeople), request.find_service(IClock).now()
        facts = {"what": "Something", "at": now.isoformat(), "device": "", "address": ""}
        for area, email in (("my", "client-admin@x.ru"), ("office", "manager@x.ru"), ("site", "owner@x.ru")):
            user_id = people.by_email(email).id
            request.find_service(INotices).send("core.account.changed", facts=facts, recipients=[user_id])
            # Of those he has, this one: another may be about a client that he does not see on some site.
            told = select(Notice).where(Notice.user_id == user_id, Notice.kind == "core.account.changed")
            notice = request.db.scalars(told).first()
            made[f"cabinet.{area}.notice"] = {"notice": notice.public_id.hex}
        letter = OutgoingMail(
            to_address="a@x.ru", subject="", text="", html="", message_id="<1@x.ru>", state=FAILED, created_at=now
        )
        request.db.add(letter)
        request.db.flush()
        made["cabinet.site.mail"] = {"letter": letter.public_id.hex}
    return made


def token_of(app: TestApp) -> str:
    """The token that the forms of a browser's pages carry."""
    page = app.get("/account", expect_errors=True)
    page = page if page.status_int == 200 else app.get("/sign-in")
    form = next(form for form in page.forms.values() if "csrf_token" in form.fields)
    token: str = form["csrf_token"].value
    return token


def dry(registry: Any) -> TestApp:
    """The site, but no request leaves anything behind."""
    veto = registry.settings["tm.commit_veto"]
    registry.settings["tm.commit_veto"] = lambda _request, _response: True
    try:
        return TestApp(Router(registry))
    finally:
        registry.settings["tm.commit_veto"] = veto
