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
    assert "name : Old → New" in changed
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
