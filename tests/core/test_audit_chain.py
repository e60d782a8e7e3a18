"""The trail is a chain: whatever is changed in it by hand is refused by the database, and found where even that was got round."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from cabinet.audit import chain
from cabinet.audit.models import AuditEvent, AuditHead
from cabinet.audit.services import Act
from cabinet.audit.verify import Anchor, verify
from cabinet.db.session import unit_of_work as open_unit_of_work
from cabinet.interfaces import IAuditLog
from cabinet.plugins.contributions import AuditAction

ACTION = AuditAction("test.thing.done", "Thing done")
TRIGGERS_OFF = {
    "sqlite": [
        f"DROP TRIGGER core_audit_{name}"
        for name in ("event_no_delete", "event_no_change", "event_sealed_once", "head_no_delete", "head_forward")
    ],
    "postgresql": [f"ALTER TABLE core_audit_{name} DISABLE TRIGGER USER" for name in ("event", "head")],
}


@pytest.fixture(autouse=True)
def declared(registry, monkeypatch):
    contributions = replace(registry.cabinet_contributions, audit_actions={ACTION.name: ACTION})
    monkeypatch.setattr(registry, "cabinet_contributions", contributions)


@pytest.fixture
def record(registry):
    def recording(title: str) -> None:
        with open_unit_of_work(registry) as request:
            request.find_service(IAuditLog).record(
                ACTION.name,
                kind="thing",
                public_id=uuid.uuid4(),
                title=title,
                before={"ё": [1, {"n": None}]},
                after={"1.5": 1.5},
            )

    return recording


@pytest.fixture
def trail(registry, record):
    """An engine whose database has nine sealed records."""
    for n in range(9):
        record(f"thing {n}")
    return registry.cabinet_engine


def attack(engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in (*TRIGGERS_OFF[engine.dialect.name], *statements):
            connection.exec_driver_sql(statement)


def messages(engine, *anchors) -> list[str]:
    return [f"{p.check}: {p.message}" for p in verify(engine, anchors).problems if p.check != "triggers"]


COLUMNS = "uid, at, actor, action, kind, object_id, title, address, request_id, digest, seq, hash"
PUT_IN = (
    f"INSERT INTO core_audit_event ({COLUMNS}) SELECT {{uid}}, at, actor, action, kind, object_id, title, address, request_id, digest,"
    " {seq}, hash FROM core_audit_event WHERE seq = 4"
)
FRESH = f"'{uuid.UUID(int=7).hex}'"
ATTACKS = {
    "a changed title": (["UPDATE core_audit_event SET title = 'x' WHERE seq = 4"], "(number 4) was changed"),
    "a changed time": (
        ["UPDATE core_audit_event SET at = '2020-01-01 00:00:00' WHERE seq = 9"],
        "(number 9) was changed",
    ),
    "another actor": (["UPDATE core_audit_event SET actor = 'nobody' WHERE seq = 1"], "(number 1) was changed"),
    "a changed detail": (["UPDATE core_audit_event SET \"after\" = '{}' WHERE seq = 4"], "(number 4) was changed"),
    "another client": (["UPDATE core_audit_event SET address = '10.0.0.1' WHERE seq = 4"], "(number 4) was changed"),
    "a changed digest": (
        [f"UPDATE core_audit_event SET digest = '{'0' * 64}' WHERE seq = 4"],
        "(number 4) was changed",
    ),
    "a changed hash": (
        [f"UPDATE core_audit_event SET hash = '{'0' * 64}' WHERE seq = 4"],
        "(number 4) does not follow",
    ),
    "a deleted record": (["DELETE FROM core_audit_event WHERE seq = 4"], "numbers 4 are gone"),
    "the first records deleted": (["DELETE FROM core_audit_event WHERE seq < 4"], "numbers 1 to 3 are gone"),
    "the end cut off": (["DELETE FROM core_audit_event WHERE seq > 7"], "the trail is cut: it ends with number 7"),
    "everything deleted": (["DELETE FROM core_audit_event"], "the trail is cut: it ends with number 0"),
    "a record put at the end": ([PUT_IN.format(uid=FRESH, seq=10)], "(number 10) was changed"),
    "a record put outside": ([PUT_IN.format(uid=FRESH, seq="NULL")], "stands outside the chain"),
    "the head set back": (
        ["UPDATE core_audit_head SET seq = 3, hash = (SELECT hash FROM core_audit_event WHERE seq = 3)"],
        "the head of the trail does not fit",
    ),
    "no head": (["DELETE FROM core_audit_head"], "there are 0 heads"),
    "two records with places exchanged": (
        [
            "UPDATE core_audit_event SET seq = 100 WHERE seq = 4",
            "UPDATE core_audit_event SET seq = 4 WHERE seq = 5",
            "UPDATE core_audit_event SET seq = 5 WHERE seq = 100",
        ],
        "(number 4) does not follow",
    ),
    "two records with ids exchanged": (
        [
            "UPDATE core_audit_event SET id = 100 WHERE seq = 4",
            "UPDATE core_audit_event SET id = 4 WHERE seq = 5",
            "UPDATE core_audit_event SET id = 5 WHERE seq = 4",
        ],
        "(number 4) does not follow",
    ),
}


def test_an_honest_trail_verifies(trail) -> None:
    found = verify(trail)
    assert (found.entries, found.unsealed, found.chain_ok, found.problems) == (9, 0, True, [])
    assert found.head.seq == 9
    assert verify(trail, [found.head]).problems == []


@pytest.mark.parametrize("name", ATTACKS)
def test_tampering_is_found_and_named(trail, name) -> None:
    statements, finding = ATTACKS[name]
    attack(trail, *statements)
    found = verify(trail)
    assert not found.chain_ok
    assert any(finding in message for message in messages(trail)), messages(trail)


def test_a_trail_rewritten_from_one_place_on_is_found_by_an_anchor_only(trail) -> None:
    """Whoever can write to the database and knows how hashes are made can rewrite all of it: an anchor kept elsewhere tells."""
    anchor = verify(trail).head
    attack(
        trail,
        "DELETE FROM core_audit_event WHERE seq > 6",
        "UPDATE core_audit_event SET seq = NULL, hash = NULL WHERE seq = 6",
    )
    attack_head = "UPDATE core_audit_head SET seq = 5, hash = (SELECT hash FROM core_audit_event WHERE seq = 5)"
    with trail.begin() as connection:
        connection.exec_driver_sql(attack_head)
    assert chain.seal_committed(trail) == 1
    assert messages(trail) == []  # the control: by itself it looks whole
    assert messages(trail, anchor) == ["anchor: the record with number 9 that an anchor names is gone"]
    other = Anchor(6, anchor.hash)
    assert any("not the one that an anchor names" in message for message in messages(trail, other))


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM core_audit_event WHERE seq = 4",
        "UPDATE core_audit_event SET title = 'x' WHERE seq = 4",
        "UPDATE core_audit_event SET seq = 40 WHERE seq = 4",
        "UPDATE core_audit_event SET hash = '' WHERE seq = 4",
        "DELETE FROM core_audit_head",
        "UPDATE core_audit_head SET seq = 3",
    ],
)
def test_the_database_refuses_to_change_the_trail(trail, statement) -> None:
    with pytest.raises(DBAPIError, match="append-only"), trail.begin() as connection:
        connection.exec_driver_sql(statement)


def test_a_missing_trigger_is_told(trail) -> None:
    attack(trail)
    assert {p.check for p in verify(trail).problems} == {"triggers"}


def test_what_was_not_written_by_the_program_never_joins_the_chain(trail, record) -> None:
    attack(trail, PUT_IN.format(uid=FRESH, seq="NULL"))
    record("an honest act")
    with trail.connect() as connection:
        assert connection.execute(
            select(AuditEvent.seq).where(AuditEvent.uid == uuid.UUID(FRESH.strip("'")))
        ).one() == (None,)
    assert [m for m in messages(trail) if "not written by the program" in m]
    assert verify(trail).head.seq == 10


def test_fifty_writers_at_once_make_one_chain(registry, record) -> None:
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(record, [f"thing {n}" for n in range(50)]))
    found = verify(registry.cabinet_engine)
    assert (found.entries, found.head.seq, found.unsealed, found.problems) == (50, 50, 0, [])


def test_who_seals_waits_for_who_seals_before(registry, record, engine_name) -> None:
    if engine_name == "sqlite":
        pytest.skip("a writer of SQLite has the file to himself")
    engine = registry.cabinet_engine
    with engine.begin() as first:
        assert chain.seal(first) == 0
        second = threading.Thread(target=record, args=("thing",))
        second.start()
        second.join(0.5)
        assert second.is_alive()
    second.join()
    assert verify(engine).head.seq == 1


def test_rows_committed_out_of_the_order_of_their_ids_are_sealed_in_that_of_their_commits(
    registry, record, engine_name
) -> None:
    if engine_name == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    with open_unit_of_work(registry) as slow:
        slow.find_service(IAuditLog).record(ACTION.name, kind="thing", public_id=1, title="began first")
        slow.db.flush()
        record("was quicker")
    with registry.cabinet_engine.connect() as connection:
        assert connection.execute(select(AuditEvent.title).order_by(AuditEvent.seq)).scalars().all() == [
            "was quicker",
            "began first",
        ]
    assert verify(registry.cabinet_engine).problems == []


def test_what_a_savepoint_rolled_back_leaves_no_hole(registry, record) -> None:
    with open_unit_of_work(registry) as request:
        audit = request.find_service(IAuditLog)
        audit.record(ACTION.name, kind="thing", public_id=1, title="kept")
        nested = request.db.begin_nested()
        audit.record(ACTION.name, kind="thing", public_id=2, title="dropped")
        request.db.flush()
        nested.rollback()
    record("later")
    found = verify(registry.cabinet_engine)
    assert (found.entries, found.head.seq, found.problems) == (2, 2, [])


def test_thousands_of_acts_are_sealed_together(registry) -> None:
    with open_unit_of_work(registry) as request:
        acts = [Act(uuid.uuid4(), f"thing {n}", after={"n": n}) for n in range(2000)]
        request.find_service(IAuditLog).record_many(ACTION.name, "thing", acts)
    found = verify(registry.cabinet_engine)
    assert (found.entries, found.head.seq, found.problems) == (2000, 2000, [])


def test_a_seal_that_failed_after_the_commit_is_made_by_the_next_act(
    registry, record, engine_name, monkeypatch
) -> None:
    if engine_name == "sqlite":
        pytest.skip("there the seal is a part of the transaction")

    def broken(*_arguments):
        raise RuntimeError("the server went away")

    with monkeypatch.context() as patched:
        patched.setattr(chain, "seal_committed", broken)
        record("an act")
    found = verify(registry.cabinet_engine)
    assert (found.entries, found.unsealed, found.chain_ok) == (1, 1, True)
    later = datetime.now(UTC) + timedelta(hours=3)
    assert not verify(registry.cabinet_engine, now=later).chain_ok
    record("the next act")
    found = verify(registry.cabinet_engine)
    assert (found.entries, found.unsealed, found.head.seq) == (2, 0, 2)


def test_a_broken_lock_would_break_the_chain(trail) -> None:
    """Control: two sealers that read one head give one number twice, which the table refuses."""
    with trail.connect() as connection:
        head = connection.execute(select(AuditHead.seq, AuditHead.hash)).one()
    with pytest.raises(DBAPIError, match=r"(?i)unique"), trail.begin() as connection:
        connection.exec_driver_sql(PUT_IN.format(uid=FRESH, seq=head.seq))
    assert connection.closed


def test_rows_of_a_database_made_before_the_chain_join_it(trail) -> None:
    attack(trail, "UPDATE core_audit_event SET seq = NULL, hash = NULL")
    with trail.begin() as connection:
        connection.execute(text("UPDATE core_audit_head SET seq = 0, hash = :start"), {"start": chain.START})
    assert chain.seal_committed(trail) == 9
    assert messages(trail) == []
