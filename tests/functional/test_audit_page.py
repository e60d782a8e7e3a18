"""The owner's log of acts: readable, filtered, exported, and silent on what belongs to clients."""

from __future__ import annotations

import pytest

from cabinet.interfaces import IAuditLog


@pytest.fixture
def acts(unit_of_work, core_client, person):
    client = core_client("ООО «Секрет»")
    boss = person("boss@x.ru", "owner")
    with unit_of_work() as request:
        audit = request.find_service(IAuditLog)
        audit.record(
            "core.profile.changed",
            kind="user",
            public_id=boss.public_id,
            title="boss@x.ru",
            before={"name": "Old"},
            after={"name": "New"},
            user_id=boss.id,
        )
        audit.record(
            "core.access.granted",
            kind="client",
            public_id=client.public_id,
            title="guest@secret.example",
            client_id=client.id,
        )
    return client


def rows(answer) -> list[str]:
    return [" ".join(row.get_text(" ").split()) for row in answer.html.select("tbody tr")]


def test_the_owner_reads_who_did_what_and_when(acts, signed_in) -> None:
    found = rows(signed_in("boss@x.ru").get("/site/audit"))
    changed = next(row for row in found if "Profile changed" in row)
    assert "boss@x.ru" in changed
    assert "Boss" in changed
    assert "Name : Old → New" in changed
    assert any("Signed in" in row for row in found)


def test_what_belongs_to_a_client_is_not_named_to_an_owner(acts, signed_in) -> None:
    app = signed_in("boss@x.ru")
    page = app.get("/site/audit")
    assert any("Access given" in row and "of the office" in row for row in rows(page))
    assert "secret.example" not in page.text
    assert "secret.example" not in app.get("/site/audit?export=csv").text
    assert rows(app.get("/site/audit?q=secret.example")) == []


def test_a_bank_line_without_an_owner_is_not_named_either(acts, signed_in, unit_of_work) -> None:
    with unit_of_work() as request:
        request.find_service(IAuditLog).record(
            "finsystem.article.created",
            kind="statement_line",
            public_id="x",
            title="from OOO Secret",
            after={"who": "Secret"},
        )
    page = signed_in("boss@x.ru").get("/site/audit")
    assert "Secret" not in page.text
    assert len(rows(page)) > 3


def test_an_owner_who_works_in_the_office_reads_it_whole(acts, signed_in, person) -> None:
    person("both@x.ru", "owner", "head")
    app = signed_in("both@x.ru")
    assert any("guest@secret.example" in row for row in rows(app.get("/site/audit?q=secret.example")))


def record(unit_of_work, action: str, *, actor: str = "", **facts) -> None:
    with unit_of_work(actor=actor) as request:
        request.find_service(IAuditLog).record(action, kind="thing", public_id="x", title="A thing", **facts)


def changed(app, title: str) -> list[str]:
    """What a page of the log says of the act called ``title``."""
    page = app.get("/site/audit").html
    row = next(row for row in page.select("tbody tr") if title in row.get_text())
    return [" ".join(line.get_text(" ").split()) for line in row.select("details > div")]


def test_values_read_as_people_say_them(unit_of_work, person, signed_in) -> None:
    person("boss@x.ru", "owner")
    record(unit_of_work, "core.user.roles_changed", before={"roles": ["manager"]}, after={"roles": ["head", "owner"]})
    record(unit_of_work, "core.profile.changed", before={"locale": None}, after={"locale": "ru"})
    record(unit_of_work, "core.client_module.switched_on", before={"on": False}, after={"on": True})
    record(unit_of_work, "core.backup.made", after={"size": 3 * 2**20, "files": 1250, "missing": 0})
    app = signed_in("boss@x.ru")
    assert changed(app, "Roles changed") == ["Roles : Manager → Head, Owner"]
    assert changed(app, "Profile changed") == ["Language : — → Русский"]
    assert changed(app, "Module switched on for the client") == ["On : no → yes"]
    assert changed(app, "Backup made") == [
        "Size : 3\u00a0MB".replace("\u00a0", " "),
        "Files : 1,250",
        "Files missing : 0",
    ]


def test_a_field_that_nobody_named_is_shown_by_its_bare_name_and_ids_not_at_all(
    unit_of_work, person, signed_in
) -> None:
    person("boss@x.ru", "owner")
    record(
        unit_of_work,
        "core.profile.changed",
        before={"shoe_size": 41, "file_id": 5},
        after={"shoe_size": 42, "file_id": 7},
    )
    app = signed_in("boss@x.ru")
    assert changed(app, "Profile changed") == ["shoe size : 41 → 42"]
    assert app.get("/site/audit").html.select_one("details code[translate=no]").text == "shoe size"
    assert "file id: 5 → 7" in app.get("/site/audit?export=csv").text


def test_a_value_that_another_version_recorded_otherwise_is_shown_plain(unit_of_work, person, signed_in) -> None:
    person("boss@x.ru", "owner")
    record(unit_of_work, "core.backup.made", after={"size": "large", "files": None, "missing": [{"a": 1}, "b"]})
    assert changed(signed_in("boss@x.ru"), "Backup made") == ["Size : large", "Files missing : a 1; b"]


def test_who_acted_from_a_command_reads_as_a_command(unit_of_work, person, signed_in) -> None:
    person("boss@x.ru", "owner")
    record(unit_of_work, "core.backup.made", actor="cabinet backup", after={"files": 1})
    app = signed_in("boss@x.ru")
    assert app.get("/site/audit").html.select_one("td > code[translate=no]").text == "cabinet backup"
    assert "command cabinet backup" in app.get("/site/audit?export=csv").text


def test_filters_leave_what_was_asked_for(acts, signed_in, person) -> None:
    boss = person("boss@x.ru")
    app = signed_in("boss@x.ru")
    assert ["Signed in" in row for row in rows(app.get("/site/audit?action=core.session."))] == [True]
    mine = rows(app.get(f"/site/audit?who={boss.public_id.hex}"))
    assert mine
    assert all("Boss" in row for row in mine)
    assert rows(app.get("/site/audit?to=01.01.2020")) == []
    assert rows(app.get("/site/audit?from=01.01.2020&to=31.12.2999"))
    assert rows(app.get("/site/audit?from=nonsense&who=nonsense&after=nonsense")) == []


def test_the_export_is_recorded_like_any_other(acts, signed_in) -> None:
    app = signed_in("boss@x.ru")
    answer = app.get("/site/audit?export=csv")
    assert answer.content_type == "text/csv"
    assert any("List exported" in row and "audit.csv" in row for row in rows(app.get("/site/audit")))


def test_nobody_but_the_owner_reads_it(person, signed_in) -> None:
    person("m@x.ru", "manager")
    signed_in("m@x.ru").get("/site/audit", status=403)
