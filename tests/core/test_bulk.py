"""Writing many rows at once: a handful goes one way, a hundred another, a thousand in parts, and all come to the same on both engines."""

import datetime
import uuid

import pytest
from sqlalchemy import func, null, select
from sqlalchemy.dialects import postgresql, sqlite

from cabinet.audit.models import AuditEvent
from cabinet.audit.services import Act
from cabinet.db import bulk, set_scope
from cabinet.db.bulk import among, insert_rows, update_rows, upsert_rows
from cabinet.errors import ScopeError
from cabinet.identity.models import Client, Membership
from cabinet.interfaces import IAuditLog

NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
TABLE = Client.__table__


def clients(count: int) -> list[dict]:
    return [
        {"public_id": uuid.uuid4(), "external_id": f"№{n}\t\\", "name": f"Клиент {n}", "created_at": NOW}
        | {"several_sessions": True, "manager_id": None, "archived_at": None}
        for n in range(count)
    ]


def stored(session) -> list[tuple]:
    wanted = select(Client.external_id, Client.name, Client.archived_at).order_by(Client.id)
    return [tuple(row) for row in session.execute(wanted)]


@pytest.fixture(params=[3, 120, 1200])
def count(request) -> int:
    return request.param


@pytest.fixture(params=["this library", "an older one"])
def library(request, monkeypatch) -> None:
    """SQLite before 3.32 takes fewer values, and before 3.33 updates no rows from a list."""
    if request.param == "an older one":
        monkeypatch.setattr(bulk, "_VALUES", 990)
        monkeypatch.setattr(bulk, "_UPDATES_FROM_VALUES", False)


@pytest.fixture
def session(unit_of_work, count, library):
    with unit_of_work() as request:
        insert_rows(request.db, TABLE, clients(count))
        yield request.db


def test_rows_that_are_updated_get_each_its_own_values_and_nothing_else_changes(session, count) -> None:
    ids = session.scalars(select(Client.id).order_by(Client.id)).all()
    days = [NOW + datetime.timedelta(days=n % 7) if n % 2 else None for n in range(count)]
    rows = [{"id": id_, "name": f"Новый {n}", "archived_at": days[n]} for n, id_ in enumerate(ids)]
    update_rows(session, TABLE, rows[1:], client_ids=())
    assert stored(session) == [
        ("№0\t\\", "Клиент 0", None),
        *((f"№{n}\t\\", f"Новый {n}", days[n]) for n in range(1, count)),
    ]


def test_rows_that_are_there_are_added_to_and_the_others_come(session, count) -> None:
    insert = (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert(TABLE)
    statement = insert.on_conflict_do_update(
        index_elements=["external_id"], set_={"name": Client.name + insert.excluded.name}
    )
    upsert_rows(session, statement, clients(count + 2), client_ids=())
    assert [name for _id, name, _at in stored(session)] == [
        *(f"Клиент {n}Клиент {n}" for n in range(count)),
        *(f"Клиент {n}" for n in range(count, count + 2)),
    ]


def test_what_an_act_did_not_have_is_nothing_in_the_database_however_many_there_are(unit_of_work, count) -> None:
    with unit_of_work() as request:
        acts = [Act(uuid.uuid4(), before=None, after={"n": n} if n else None) for n in range(count)]
        request.find_service(IAuditLog).record_many("core.list.exported", "list", acts)
        event = AuditEvent
        kept = (
            select(event.after).where(event.before.is_(null()), event.action == "core.list.exported").order_by(event.id)
        )
        assert request.db.scalars(kept).all() == [None, *({"n": n} for n in range(1, count))]
        assert request.db.scalar(select(func.count()).where(event.after.is_(null()), event.kind == "list")) == 1


def test_whoever_is_among_the_given_is_found_and_nobody_else(session, count) -> None:
    wanted = {f"№{n}\t\\" for n in range(count + 5) if n != 1}
    found = set(session.scalars(select(Client.external_id).where(among(session, Client.external_id, wanted))))
    assert found == {f"№{n}\t\\" for n in range(count) if n != 1}
    assert session.scalars(select(Client.id).where(among(session, Client.id, []))).all() == []


def test_rows_of_foreign_clients_are_neither_updated_nor_upserted(registry, count) -> None:
    rows = [{"id": n, "role": "admin"} for n in range(count)]
    with registry.cabinet_sessions(bind=registry.cabinet_engine) as session:
        set_scope(session, {1})
        insert = sqlite.insert(Membership.__table__)
        with pytest.raises(ScopeError):
            update_rows(session, Membership.__table__, rows, client_ids={1, 2})
        with pytest.raises(ScopeError):
            upsert_rows(session, insert, rows, client_ids={1, 2})
