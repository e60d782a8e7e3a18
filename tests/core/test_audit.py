import uuid
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from zope.interface.verify import verifyObject

from cabinet.audit.models import AuditEvent
from cabinet.audit.services import UndeclaredActionError
from cabinet.identity.models import Client, User
from cabinet.interfaces import IAuditLog
from cabinet.origin import act_for
from cabinet.plugins.contributions import AuditAction

ACTION = AuditAction("test.thing.done", "Thing done")


@pytest.fixture(autouse=True)
def declared(registry, monkeypatch):
    contributions = replace(registry.cabinet_contributions, audit_actions={ACTION.name: ACTION})
    monkeypatch.setattr(registry, "cabinet_contributions", contributions)


@pytest.fixture
def thing():
    return uuid.uuid4()


def make_client(request, name):
    client = Client(name=name, external_id=name, created_at=datetime.now(UTC))
    request.db.add(client)
    request.db.flush()
    return client


def test_an_act_is_written_with_its_cause_and_change(unit_of_work, thing):
    with unit_of_work(actor="cabinet thing do") as request:
        audit = request.find_service(IAuditLog)
        verifyObject(IAuditLog, audit)
        audit.record(ACTION.name, kind="thing", public_id=thing, title="A thing", before={"n": 1}, after={"n": 2})
    with unit_of_work() as request:
        (entry,) = request.find_service(IAuditLog).of("thing", thing)
    assert (entry.title, entry.who, entry.before, entry.after) == ("Thing done", "cabinet thing do", {"n": 1}, {"n": 2})


def test_an_undeclared_act_cannot_be_recorded(unit_of_work, thing):
    with unit_of_work() as request, pytest.raises(UndeclaredActionError):
        request.find_service(IAuditLog).record("test.thing.undone", kind="thing", public_id=thing)


def test_a_rolled_back_act_leaves_no_trace(unit_of_work, thing):
    def refused():
        with unit_of_work() as request:
            request.find_service(IAuditLog).record(ACTION.name, kind="thing", public_id=thing)
            request.db.flush()
            raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        refused()
    with unit_of_work() as request:
        assert request.db.scalars(select(AuditEvent)).all() == []


def test_an_act_done_for_a_person_names_him(unit_of_work, thing):
    with unit_of_work(actor="job test.run") as request:
        user = User(email="a@example.org", name="Anna", created_at=datetime.now(UTC))
        request.db.add(user)
        request.db.flush()
        act_for(request, user.id)
        request.find_service(IAuditLog).record(ACTION.name, kind="thing", public_id=thing)
    with unit_of_work() as request:
        (entry,) = request.find_service(IAuditLog).of("thing", thing)
    assert (entry.who, entry.actor) == ("Anna", "job test.run")


def test_history_is_newest_first_and_keeps_to_the_scope(unit_of_work, thing):
    with unit_of_work() as request:
        mine, other = make_client(request, "mine"), make_client(request, "other")
        audit = request.find_service(IAuditLog)
        for title, client_id in (("first", mine.id), ("foreign", other.id), ("ours", None), ("last", mine.id)):
            audit.record(ACTION.name, kind="thing", public_id=thing, client_id=client_id, after={"title": title})
            request.db.flush()
    with unit_of_work(scope={mine.id}) as request:
        found = [entry.after["title"] for entry in request.find_service(IAuditLog).of("thing", thing)]
    assert found == ["last", "ours", "first"]


def test_a_title_too_long_for_its_column_is_cut(unit_of_work, thing):
    with unit_of_work() as request:
        request.find_service(IAuditLog).record(ACTION.name, kind="thing", public_id=thing, title="я" * 1000)
    with unit_of_work() as request:
        assert len(request.db.scalars(select(AuditEvent.title)).one()) == 300
