"""What a request leaves in the audit trail although it changed nothing."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from cabinet.audit.models import AuditEvent
from cabinet.audit.verify import verify
from cabinet.web import trace

pytestmark = pytest.mark.any_engine

NOWHERE = "0" * 32


@pytest.fixture
def acts(registry):
    """Recorded (action, title, user's e-mail, address) since the last call, the oldest first."""
    seen = [0]

    def new() -> list[tuple[str, str, str | None, str]]:
        with registry.cabinet_sessions(bind=registry.cabinet_engine) as session:
            rows = session.scalars(select(AuditEvent).where(AuditEvent.id > seen[0]).order_by(AuditEvent.id)).all()
            seen[0] = max([seen[0], *(row.id for row in rows)])
            return [(row.action, row.title, row.user.email if row.user else None, row.address) for row in rows]

    return new


@pytest.fixture
def manager(person, signed_in, acts):
    person("m@x.ru", "manager")
    app = signed_in("m@x.ru")
    app.extra_environ["REMOTE_ADDR"] = "192.0.2.7"
    acts()
    return app


def test_a_refused_page_is_recorded_with_who_and_where(manager, acts) -> None:
    assert manager.get(f"/office/clients/{NOWHERE}", expect_errors=True).status_int == 404
    assert manager.get("/site", expect_errors=True).status_int in {403, 404}
    manager.get("/site/users", status=403)
    found = acts()
    assert ("core.access.denied", f"GET /office/clients/{NOWHERE}", "m@x.ru", "192.0.2.7") in found
    assert ("core.access.denied", "GET /site/users", "m@x.ru", "192.0.2.7") in found


def test_another_clients_page_is_recorded_for_who_asked(person, core_client, signed_in, acts) -> None:
    mine, other = core_client("mine"), core_client("other")
    person("c@x.ru", client=mine)
    app = signed_in("c@x.ru")
    acts()
    app.get(f"/my/{other.public_id.hex}/", status=404)
    assert acts() == [("core.access.denied", f"GET /my/{other.public_id.hex}/", "c@x.ru", "")]


def test_a_page_that_is_shown_and_an_address_that_names_nothing_leave_no_trace(manager, acts) -> None:
    manager.get("/office/")
    manager.get("/nothing/at/all", status=404)
    assert acts() == []


def test_a_stranger_who_knocks_is_sent_to_the_door_without_a_trace(browser, acts) -> None:
    browser().get("/office/", status=303)
    assert acts() == []


def test_refusals_of_one_person_are_recorded_up_to_a_limit(manager, acts, monkeypatch) -> None:
    monkeypatch.setitem(trace.DENIALS, "limit", 3)
    for _n in range(5):
        manager.get("/site/users", status=403)
    assert len(acts()) == 3


def test_good_and_bad_sign_ins_are_recorded(person, browser, signed_in, acts) -> None:
    person("m@x.ru", "manager")
    acts()
    app = browser()
    for email in ("M@x.ru", "my password typed here", "stranger@else.where"):
        form = next(f for f in app.get("/sign-in").forms.values() if "email" in f.fields)
        form["email"], form["password"] = email, "wrong wrong wrong"
        form.submit(status=422)
    signed_in("m@x.ru")
    found = [(action, title) for action, title, _who, _where in acts()]
    assert found == [
        ("core.session.refused", "m@x.ru"),
        ("core.session.refused", "m…"),
        ("core.session.refused", "s…@else.where"),
        ("core.session.started", "m@x.ru"),
    ]


def test_an_export_is_recorded_and_changes_nothing_else(manager, acts) -> None:
    manager.get("/office/clients?export=csv")
    assert acts() == [("core.list.exported", "clients.csv", "m@x.ru", "192.0.2.7")]


def test_an_export_that_cannot_be_recorded_is_not_handed_out(manager, acts, monkeypatch) -> None:
    def away(*_arguments):
        raise OperationalError("INSERT", {}, Exception("the disk is full"))

    monkeypatch.setattr(trace, "_write", away)
    answer = manager.get("/office/clients?export=csv", status=503)
    assert "Content-Disposition" not in answer.headers
    assert acts() == []


def test_what_is_recorded_after_the_request_is_a_part_of_the_chain(manager, registry) -> None:
    manager.get("/site/users", status=403)
    found = verify(registry.cabinet_engine)
    assert found.problems == []
    assert found.unsealed == 0


def test_all_that_one_request_did_bears_one_number(manager, registry) -> None:
    manager.get("/site/users", status=403)
    manager.get("/site/users", status=403)
    with registry.cabinet_sessions(bind=registry.cabinet_engine) as session:
        numbers = session.scalars(select(AuditEvent.request_id).where(AuditEvent.action == "core.access.denied")).all()
    assert len(set(numbers)) == 2
    assert all(numbers)


def test_the_key_in_the_address_of_a_one_time_link_is_not_recorded() -> None:
    asked = SimpleNamespace(
        matched_route=SimpleNamespace(name="cabinet.public.link", pattern="/welcome/{token}"),
        registry=SimpleNamespace(cabinet_routes={"cabinet.public.link": "public"}),
        path="/welcome/s3cret",
        method="GET",
        cabinet_identity=SimpleNamespace(user_id=1),
    )
    (left,) = trace._seen(asked, SimpleNamespace(status_int=404, headers={}))
    assert left.title == "GET /welcome/{token}"
