"""Ten thousand lines wait: a place in the queue, the way on and a decision cost what they cost with ten."""

from __future__ import annotations

import datetime
import uuid
from contextlib import contextmanager

import pytest
from sqlalchemy import event, func, select, text

from cabinet.db.paging import ListQuery
from cabinet_client_manager.testing import account_of, inn_of
from cabinet_finsystem.interfaces import IStatementDesk, IStatementQueue
from cabinet_finsystem.statements import places
from cabinet_finsystem.statements.models import StatementLine
from cabinet_finsystem.statements.parsed import Counterparty
from cabinet_finsystem.statements.places import AFTER, BEFORE
from cabinet_finsystem.statements.writing import LineToWrite, OwnSide, StatementToWrite, write_onec
from cabinet_finsystem.testing import open_books

DAY = datetime.date(2026, 2, 11)
WAITING, DECIDED, DAYS = 10_000, 10_000, 200
TABLE = "finsystem_statement_line"


@pytest.fixture(scope="session")
def module_names():
    return ["cabinet_client_manager", "cabinet_finsystem"]


OTHER = {
    "sqlite": {
        "public_id": "printf('%032x', n)",
        "key": "CAST(printf('%016d', n) AS BLOB)",
        "booking_date": f"date('{DAY}', '-' || (n % {DAYS}) || ' days')",
    },
    "postgresql": {
        "public_id": "CAST(lpad(to_hex(n), 32, '0') AS uuid)",
        "key": "convert_to(lpad(CAST(n AS text), 16, '0'), 'UTF8')",
        "booking_date": f"DATE '{DAY}' - n % {DAYS}",
    },
}


@pytest.fixture
def full(registry, unit_of_work):
    """Books with ten thousand lines that wait among as many that are decided, all of the last 200 days."""
    own = OwnSide("ООО «Линия тепла»", inn_of(1), "770101001", "044525225", "Банк")
    payer = Counterparty("ООО «Ромашка»", inn_of(77), "770101001", account_of(77), "044525225")
    engine = registry.cabinet_engine
    with unit_of_work() as request:
        open_books(request)
        desk = request.find_service(IStatementDesk)
        line = LineToWrite(DAY, 100, payer, "Оплата", "1")
        file = desk.receive(write_onec(StatementToWrite(account_of(1), DAY, DAY, 0, [line], own)), "one.txt")
        desk.write(file, desk.plan(file, confirmed=True))
        other = {
            "id": "id + n",
            "entry_id": "NULL",
            "state": f"CASE WHEN n < {WAITING} THEN 'proposed' ELSE 'applied' END",
            "direction": "CASE WHEN n % 3 = 0 THEN 'out' ELSE 'in' END",
            **OTHER[engine.dialect.name],
        }
        names = [column.name for column in StatementLine.__table__.columns]
        request.db.execute(
            text(
                f"WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < {WAITING + DECIDED})"
                f" INSERT INTO {TABLE} ({', '.join(names)})"
                f" SELECT {', '.join(other.get(name, name) for name in names)} FROM {TABLE}, many"
            )
            if engine.dialect.name == "postgresql"
            else text(
                f"INSERT INTO {TABLE} ({', '.join(names)})"
                f" WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < {WAITING + DECIDED})"
                f" SELECT {', '.join(other.get(name, name) for name in names)} FROM {TABLE}, many"
            )
        )
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f"VACUUM ANALYZE {TABLE}")
    return engine


@contextmanager
def asked(engine):
    """The statements that read lines inside the block, with what they were asked with."""
    found = []

    def note(_connection, _cursor, statement, parameters, *_rest):
        if statement.startswith("SELECT") and TABLE in statement:
            found.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def plan(engine, statement, parameters) -> str:
    how = "EXPLAIN" if engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(f"{how} {statement}", parameters).all()
    return "\n".join(str(row[-1]) for row in rows)


def by_index(steps: str) -> bool:
    """Whether lines are reached by an index, in its order: none is read only to be left out or to be put into order."""
    whole = f"Seq Scan on {TABLE}" in steps or any(
        f"SCAN {TABLE}" in step and "INDEX" not in step for step in steps.split("\n")
    )
    ordered = "TEMP B-TREE FOR ORDER BY" in steps or any(
        step.strip(" ->").startswith("Sort ") for step in steps.split("\n")
    )
    return not whole and not ordered


def test_a_place_in_a_full_queue_is_found_by_index_and_with_the_rows_that_are_shown(full, unit_of_work):
    for way in ("", "in"):
        query = ListQuery(filters={"direction": way} if way else {})
        with unit_of_work() as request:
            queue = request.find_service(IStatementQueue)
            line = queue.find(uuid.UUID(int=7_001))
            with asked(full) as statements:
                found = queue.around(line, query)
                assert queue.following(line, query) == found.next
            assert found.of == (queue.counts()[1] if way else WAITING)
            assert len(found.rows) == BEFORE + 1 + AFTER
            assert found.above + len(found.rows) + found.below == found.of
            ahead = select(func.count()).where(
                StatementLine.state.in_(("proposed", "unsorted")),
                StatementLine.direction == way if way else StatementLine.id > 0,
                (StatementLine.booking_date > line.booking_date)
                | ((StatementLine.booking_date == line.booking_date) & (StatementLine.id > line.id)),
            )
            assert found.place == request.db.scalar(ahead) + 1, "the place is the true one"
            assert found.rows[BEFORE].id == line.id
            with asked(full) as ordered:
                wanted = select(StatementLine.id).where(StatementLine.state == "proposed")
                request.db.execute(wanted.order_by(StatementLine.purpose).limit(1)).all()
        assert len(statements) == 5, "above, below, how many lie ahead, how many wait, and the way on"
        for statement, parameters in statements:
            steps = plan(full, statement, parameters)
            assert "_waiting" in steps or "COVERING INDEX" in steps, steps
            assert by_index(steps), steps
            assert "LIMIT" in statement or "count(" in statement, "no more rows than are shown"
        assert not by_index(plan(full, *ordered[0])), "the control: what is put into order after reading is seen"


def test_a_decision_in_a_full_queue_costs_the_same_wherever_the_line_is_and_every_line_is_met(
    full, unit_of_work, count_queries, monkeypatch
):
    costs, reads = [], []
    with unit_of_work() as request:
        queue = request.find_service(IStatementQueue)
        for n in (4_000, 9_998):
            line = queue.find(uuid.UUID(int=n))
            with count_queries() as queries, asked(full) as statements:
                queue.following(line, ListQuery())
                queue.done_today(8)
            costs.append(queries.count)
            reads += statements
        monkeypatch.setattr(places, "AFTER", 2_000)
        line, met = None, []
        for _page in range(7):
            found = queue.around(line, ListQuery())
            ids = [row.id for row in found.rows]
            met += ids if line is None else ids[ids.index(line.id) + 1 :]
            if not found.below:
                break
            line = found.rows[-1]
        assert len(met) == len(set(met)) == WAITING
    assert costs[0] == costs[1] <= 3, costs
    for one in reads:
        steps = plan(full, *one)
        assert "_decided_by" in steps or ("_waiting" in steps and by_index(steps)), steps
