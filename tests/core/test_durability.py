"""The database keeps what it acknowledged: on SQLite by how it is opened, on PostgreSQL by what the server is found set to."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from cabinet.db import engine as engines
from cabinet.db.durability import weaknesses
from cabinet.db.engine import POSTGRESQL, make_engine
from cabinet.web import contributions


@pytest.mark.parametrize(
    ("version", "journal"),
    [((3, 40, 1), "truncate"), ((3, 51, 2), "truncate"), ((3, 52, 0), "wal"), ((3, 51, 3), "wal"), ((3, 50, 7), "wal")],
)
def test_sqlite_uses_wal_only_where_the_library_does_not_lose_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: tuple[int, ...], journal: str
) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
    engine = make_engine(f"sqlite:///{tmp_path}/a.sqlite3")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == journal
        assert list(weaknesses(connection)) == []
        assert connection.exec_driver_sql("PRAGMA mmap_size").scalar() == 0
    engine.dispose()


def test_without_its_guards_sqlite_is_found_weak(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous = OFF")

    monkeypatch.setattr(engines, "_prepare_sqlite", careless)
    engine = make_engine(f"sqlite:///{tmp_path}/a.sqlite3")
    with engine.connect() as connection:
        assert len(list(weaknesses(connection))) == 2
    engine.dispose()


@pytest.fixture
def reckless(registry: Any) -> Iterator[Any]:
    """An engine on a server that waits for no disk."""
    server = registry.cabinet_engine.execution_options(isolation_level="AUTOCOMMIT")

    def set_to(how: str, expected: str) -> None:
        with server.connect() as connection:
            for name in ("fsync", "full_page_writes"):
                connection.exec_driver_sql(f"ALTER SYSTEM {how.format(name=name)}")
            connection.exec_driver_sql("SELECT pg_reload_conf()")
            for _try in range(500):
                if connection.scalar(text("SHOW full_page_writes")) == expected:
                    return
                connection.exec_driver_sql("SELECT pg_sleep(0.01)")
            pytest.fail("the server never read its settings")

    set_to("SET {name} = off", "off")
    yield registry.cabinet_engine
    set_to("RESET {name}", "on")


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_a_careless_postgresql_is_told_loudly(reckless: Any) -> None:
    """The tests reach their server as a superuser, too."""
    with reckless.connect() as connection:
        found = [one.interpolate() for one in weaknesses(connection)]
        assert [name in " ".join(found) for name in ("fsync = off", "full_page_writes = off", "superuser")] == [
            True
        ] * 3
        assert len(found) == 3, "the connection itself sees to the rest"
        for name, careless in {"synchronous_commit": "off", **{n: "0" for n in POSTGRESQL if "timeout" in n}}.items():
            connection.execute(text("SELECT set_config(:name, :value, true)"), {"name": name, "value": careless})
        assert len(list(weaknesses(connection))) == 7
    checks = {check.code: check for check in contributions.cabinet_health_checks()}
    with reckless.connect() as connection:
        assert len(list(checks["core_durability"].find(connection))) == 3


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_what_was_set_holds_after_a_rollback(registry: Any) -> None:
    with registry.cabinet_engine.connect() as connection:
        connection.rollback()
        assert connection.scalar(text("SHOW statement_timeout")) == "5min"
        assert connection.scalar(text("SHOW idle_in_transaction_session_timeout")) == "10min"


def test_an_error_of_the_database_does_not_tell_what_was_put_into_it(registry: Any) -> None:
    with registry.cabinet_engine.connect() as connection, pytest.raises(Exception) as raised:  # noqa: PT011 - either driver's
        connection.execute(text("SELECT * FROM no_such_table WHERE a = :a"), {"a": "canary-of-a-secret"})
    assert "canary-of-a-secret" not in str(raised.value)
