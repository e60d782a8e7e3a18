"""Engines: SQLite that behaves in transactions, PostgreSQL as it is."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection, make_url

from cabinet.db.folding import SQLITE_NAME, fold

READ_ONLY = "cabinet_read_only"
_BUSY_MS = 30_000
POSTGRESQL = {
    "synchronous_commit": "on",  # whatever the role or the database says: what was acknowledged is on the disk
    "statement_timeout": "5min",
    "lock_timeout": "30s",
    "idle_in_transaction_session_timeout": "10min",
}
"""What each connection to PostgreSQL is set to."""


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite library is free of the WAL-reset corruption bug (3.7.0 to 3.51.2; backports 3.44.6, 3.50.7)."""
    return version >= (3, 51, 3) or (3, 44, 6) <= version < (3, 45) or (3, 50, 7) <= version < (3, 51)


def make_engine(url: str) -> Engine:
    """An engine for ``url``, with the guards its dialect needs. Its errors tell statements, never what was put into them."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        # The driver's own transactions start late and leak rows past a rollback: we say BEGIN ourselves.
        engine = create_engine(
            parsed, connect_args={"isolation_level": None, "timeout": _BUSY_MS / 1000}, hide_parameters=True
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    engine = create_engine(
        parsed,
        pool_pre_ping=True,
        pool_size=10,
        max_overflow=10,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare_postgresql)
    return engine


def read_only(engine: Engine) -> Engine:
    """The same pool, for transactions that promise to change nothing."""
    # PostgreSQL is told with BEGIN itself, SQLite by the listener below.
    return engine.execution_options(**{READ_ONLY: True, "postgresql_readonly": True})


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.create_function(SQLITE_NAME, 1, fold, deterministic=True)
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    journal = "WAL" if wal_is_safe(sqlite3.sqlite_version_info) else "TRUNCATE"
    cursor.execute(f"PRAGMA journal_mode = {journal}")
    cursor.execute("PRAGMA synchronous = FULL")
    # 64 MB: a long write must not spill into the file early, which would lock readers out.
    cursor.execute("PRAGMA cache_size = -65536")
    # INSERT OR REPLACE deletes rows; only with this do delete triggers see it.
    cursor.execute("PRAGMA recursive_triggers = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get(READ_ONLY, False)
    connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if reading else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    with connection.cursor() as cursor:
        for name, value in POSTGRESQL.items():
            cursor.execute("SELECT set_config(%s, %s, false)", (name, value))
    connection.commit()


def begin_again(connection: Connection) -> None:
    """End an aborted transaction on PostgreSQL behind the back of whoever counts on it: the driver begins another one of the same kind."""
    connection.exec_driver_sql("ROLLBACK")
