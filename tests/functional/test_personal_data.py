"""What is kept about a person: gathered for him or for the owner, taken by who asked, and nothing of anybody else in it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, text

from cabinet.files.models import StoredFile
from cabinet.identity.models import User, UserRole
from cabinet.interfaces import IPeople, IPersonalData, IViewing
from cabinet.jobs.runner import run_pending
from cabinet.plugins.contributions import PersonalData
from cabinet.testing.twins import examples_of
from cabinet_client_manager.interfaces import ContactFacts, IContacts

OLGA, OWNER = "olga@x.ru", "o@x.ru"
FILES = [
    "index.html",
    "core.profile.json",
    "core.memberships.json",
    "core.sign_ins.json",
    "core.links.json",
    "core.letters.json",
    "core.notices.json",
    "core.files.json",
    "core.drafts.json",
    "core.acts.json",
    "client_manager.contacts.json",
]


@pytest.fixture(scope="session")
def module_names() -> Sequence[str]:
    """Those whose files are listed above, whatever else is installed."""
    return ["cabinet_client_manager", "cabinet_finsystem"]


@pytest.fixture
def clients(core_client: Any, person: Any, unit_of_work: Any, registry: Any) -> tuple[Any, Any]:
    """Olga is a contact of the first, Boris of the second; the owner."""
    one, two = core_client("canary-one"), core_client("canary-two")
    for client in (one, two):
        examples_of(registry, unit_of_work, client)
    person(OLGA, client=one)
    person("boris@x.ru", client=two)
    person(OWNER, "owner")
    with unit_of_work() as request:
        contacts = request.find_service(IContacts)
        contacts.add(one.id, ContactFacts("Olga", "canary-post", "+7 495 1", "OLGA@x.ru"))
        contacts.add(two.id, ContactFacts("Boris", "boris-post", "+7 495 2", "boris@x.ru"))
    return one, two


def gathered(app: Any, registry: Any) -> zipfile.ZipFile:
    """Ask for one's own, wait, take the newest."""
    next(f for f in app.get("/account/data").forms.values() if f.action.endswith("/account/data")).submit()
    return taken(app, registry)


def taken(app: Any, registry: Any) -> zipfile.ZipFile:
    run_pending(registry)
    link = app.get("/account/data").html.select_one("#exports a.btn")["href"]
    return zipfile.ZipFile(io.BytesIO(app.get(link).body))


def everything(archive: zipfile.ZipFile) -> str:
    return "\n".join(archive.read(name).decode() for name in archive.namelist())


def read(archive: zipfile.ZipFile, name: str) -> Any:
    return json.loads(archive.read(f"{name}.json"))


def test_a_person_gets_all_that_is_kept_about_him(clients, signed_in, registry) -> None:
    archive = gathered(signed_in(OLGA), registry)
    assert archive.namelist() == FILES
    assert read(archive, "core.profile")[0]["email"] == OLGA
    assert [row["client"] for row in read(archive, "core.memberships")] == ["canary-one"]
    assert len(read(archive, "core.sign_ins")) == 1
    [contact] = read(archive, "client_manager.contacts")
    assert (contact["client"], contact["position"], contact["phone"]) == ("canary-one", "canary-post", "+7 495 1")
    acts = [row["act"] for row in read(archive, "core.acts")]
    assert {"core.user.added", "core.session.started", "core.personal_data.asked"} <= set(acts)
    page = archive.read("index.html").decode()
    assert [word in page for word in ("Profile (1)", "canary-post", "Signed in")] == [True] * 3


def test_a_person_learns_when_somebody_looked_through_his_eyes(
    clients, person, signed_in, registry, unit_of_work
) -> None:
    head = person("head@x.ru", "head")
    app = signed_in("head@x.ru")
    with unit_of_work() as request:
        people, viewing = request.find_service(IPeople), request.find_service(IViewing)
        [login] = people.sessions(people.get(head.id))
        viewing.begin(login.id, viewing.membership(clients[0].id, people.by_email(OLGA).id))
    assert app.get(f"/my/{clients[0].public_id.hex}/").status_int == 200
    acts = read(gathered(signed_in(OLGA), registry), "core.acts")
    [seen] = [row for row in acts if row["act"] == "core.viewing.started"]
    assert (seen["by_himself"], seen["about"]) == (False, "client")
    assert "head" not in json.dumps(acts).lower(), "by whom is another person's"


def of_all_contacts(_request: Any, _user: Any) -> list[dict[str, Any]]:
    return [{"client": "canary-two", "name": "Boris"}]


@pytest.mark.parametrize("whole", [True, False])
def test_nothing_of_anybody_else_is_in_it(clients, signed_in, registry, monkeypatch, whole) -> None:
    """The control: a module that tells of everybody is found."""
    if not whole:
        kind = PersonalData("client_manager.all", "All", of_all_contacts)
        contributions = registry.cabinet_contributions
        monkeypatch.setattr(
            registry, "cabinet_contributions", replace(contributions, personal=(*contributions.personal, kind))
        )
    told = everything(gathered(signed_in(OLGA), registry))
    assert all(word not in told.lower() for word in ("canary-two", "boris")) is whole


def test_no_secret_is_in_it(clients, signed_in, registry, unit_of_work) -> None:
    with unit_of_work() as request:
        people = request.find_service(IPeople)
        olga = people.by_email(OLGA)
        token = people.reset_link(olga)
        secrets = [olga.password_hash, token, *(row.token_hash for row in people.sessions(olga))]
    app = signed_in(OLGA)
    told = everything(gathered(app, registry))
    assert all(secret not in told for secret in (*secrets, app.cookies["cabinet"], "argon2", "token_hash"))


def test_an_owner_gathers_it_about_somebody_and_takes_it_alone(
    clients, person, signed_in, registry, unit_of_work
) -> None:
    owner = signed_in(OWNER)
    with unit_of_work() as request:
        olga = request.find_service(IPeople).by_email(OLGA).public_id.hex
    page = owner.get(f"/site/users?show=contacts&user={olga}")
    next(f for f in page.forms.values() if f.action.endswith("/data")).submit()
    archive = taken(owner, registry)
    assert read(archive, "core.profile")[0]["email"] == OLGA
    link = owner.get("/account/data").html.select_one("#exports a.btn")["href"]
    person("second@x.ru", "owner")
    for other in (OLGA, "boris@x.ru", "second@x.ru"):
        app = signed_in(other)
        assert app.get(link, expect_errors=True).status_int == 404
        assert app.get("/account/data").html.select_one("#exports a.btn") is None
    trail = owner.get("/site/audit")
    assert "What is kept about a person was asked for" in trail
    assert "File opened or saved" in trail


def test_who_is_no_owner_any_more_takes_nothing_about_others(
    clients, person, signed_in, registry, unit_of_work
) -> None:
    person("last@x.ru", "owner")
    owner = signed_in(OWNER)
    with unit_of_work() as request:
        people = request.find_service(IPeople)
        me = people.by_email(OWNER)
        export = request.find_service(IPersonalData).ask(people.by_email(OLGA), me.id)
        request.find_service(IPersonalData).gather(request, export)
    path = f"/account/data/{export.public_id.hex}"
    assert owner.get(path).status_int == 200
    with unit_of_work() as request:
        user = request.db.scalars(select(User).where(User.email == OWNER)).one()
        user.roles = [UserRole(role="manager")]
    assert owner.get(path, expect_errors=True).status_int == 404


def test_a_file_lies_for_a_week_and_is_forgotten(clients, signed_in, registry, unit_of_work, still_clock) -> None:
    app = signed_in(OLGA)
    gathered(app, registry)
    link = app.get("/account/data").html.select_one("#exports a.btn")["href"]
    still_clock.advance(days=6, hours=23)
    app = signed_in(OLGA)
    assert app.get(link).status_int == 200
    still_clock.advance(hours=2)
    assert app.get(link, expect_errors=True).status_int == 404
    with unit_of_work() as request:
        assert request.find_service(IPersonalData).prune() == 1
        names = request.db.scalars(select(StoredFile.name)).all()
        assert [name for name in names if name.startswith("personal-data")] == []


def test_asking_twice_gathers_once(clients, signed_in, registry) -> None:
    app = signed_in(OLGA)
    form = next(f for f in app.get("/account/data").forms.values() if f.action.endswith("/account/data"))
    form.submit()
    form.submit()
    run_pending(registry)
    assert len(app.get("/account/data").html.select("#exports tbody tr")) == 1


def test_the_page_of_the_file_speaks_the_language_of_who_asked(clients, signed_in, registry, unit_of_work) -> None:
    with unit_of_work() as request:
        request.find_service(IPeople).by_email(OLGA).locale = "ru"
    page = gathered(signed_in(OLGA), registry).read("index.html").decode()
    assert 'lang="ru"' in page
    assert "Профиль (1)" in page


def test_a_module_that_fails_keeps_nobody_from_the_rest_and_the_file_says_so(
    clients, signed_in, registry, monkeypatch
) -> None:
    def broken(request: Any, _user: Any) -> Any:
        return request.db.execute(text("SELECT * FROM nothing_at_all"))

    given, settings = registry.cabinet_contributions, registry.settings["cabinet.settings"]
    kind = PersonalData("finsystem.broken", "Broken things", broken)
    monkeypatch.setattr(registry, "cabinet_contributions", replace(given, personal=(*given.personal, kind)))
    modules = settings.modules.model_copy(update={"on_error": "quarantine"})
    monkeypatch.setitem(registry.settings, "cabinet.settings", settings.model_copy(update={"modules": modules}))
    archive = gathered(signed_in(OLGA), registry)
    assert archive.namelist() == FILES
    assert "Broken things</h2><p>This part could not be gathered" in archive.read("index.html").decode()
