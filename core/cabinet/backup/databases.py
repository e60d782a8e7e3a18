"""A database as of one moment, out of a running site and into an empty one, on each engine."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, inspect, select, text
from sqlalchemy.engine import URL, make_url

from cabinet.audit.models import AuditHead
from cabinet.backup.archive import BackupError
from cabinet.db.engine import make_engine
from cabinet.files.models import StoredFile
from cabinet.texts import _


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One moment of a database: ``member`` is its name in the archive, ``path`` the file with its content.

    ``files``: SHA-256 of the files it names; ``head``: the end of its audit trail; ``schema``: revision of each owner.
    """

    member: str
    path: Path
    files: list[str]
    head: dict[str, Any]
    schema: dict[str, str]


@contextmanager
def snapshot(engine: Engine, folder: Path) -> Iterator[Snapshot]:
    """Copy the database into ``folder`` while others go on writing to it."""
    if engine.dialect.name == "sqlite":
        path = folder / "database.sqlite3"
        _copy_sqlite(Path(engine.url.database or ""), path)
        copy = make_engine(f"sqlite:///{path}")
        with copy.connect() as connection:
            taken = _describe(connection, "database.sqlite3", path)
            connection.rollback()
        copy.dispose()
        yield taken
        return
    path = folder / "database.dump"
    # pg_dump sees what this transaction sees, so that files and database agree.
    with engine.execution_options(isolation_level="REPEATABLE READ").connect() as connection:
        moment = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        taken = _describe(connection, "database.dump", path)
        _run(
            "pg_dump",
            engine.url,
            "--format=custom",
            "--no-owner",
            "--no-privileges",
            f"--snapshot={moment}",
            f"--file={path}",
        )
        connection.rollback()
    yield taken


def check_empty(url: str) -> None:
    """BackupError where the database at ``url`` holds anything."""
    engine = make_engine(url)
    try:
        if inspect(engine).get_table_names():
            raise BackupError("database_not_empty", _("The database is not empty: nothing was restored."))
    finally:
        engine.dispose()


def restore_postgresql(dump: Path, url: str) -> None:
    """Fill the empty database at ``url``, whole or not at all."""
    target = make_url(url)
    _run("pg_restore", target, "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", str(dump))


def check_sqlite(path: Path) -> None:
    """BackupError unless SQLite finds the file whole."""
    connection = sqlite3.connect(path)
    try:
        (verdict,) = connection.execute("PRAGMA integrity_check").fetchone()
    finally:
        connection.close()
    if verdict != "ok":
        raise BackupError(
            "database_damaged", _("The copy of the database is damaged: ${what}", mapping={"what": verdict})
        )


def _copy_sqlite(source: Path, target: Path) -> None:
    # In one step: between steps any write of another process would make it begin again, under load without end.
    reading = sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=60)
    target.touch(mode=0o600)
    writing = sqlite3.connect(target)
    try:
        reading.backup(writing, pages=-1, sleep=0.05)
        writing.execute("PRAGMA journal_mode = DELETE")
    finally:
        writing.close()
        reading.close()
    check_sqlite(target)


def _describe(connection: Connection, member: str, path: Path) -> Snapshot:
    files = list(connection.execute(select(StoredFile.sha256).distinct().order_by(StoredFile.sha256)).scalars())
    seq, last = connection.execute(select(AuditHead.seq, AuditHead.hash)).one()
    schema = {}
    for table in inspect(connection).get_table_names():
        if table.startswith("alembic_version_"):
            revision = connection.exec_driver_sql(f'SELECT version_num FROM "{table}"').scalar()  # noqa: S608 - a name of ours
            schema[table.removeprefix("alembic_version_")] = str(revision)
    return Snapshot(member, path, files, {"seq": seq, "hash": last}, schema)


def _run(program: str, url: URL, *arguments: str) -> None:
    """A program of PostgreSQL against ``url``; the password goes through the environment, where no list of processes shows it."""
    path = shutil.which(program)
    if path is None:
        raise BackupError(
            "no_pg_tools",
            _(
                "${program} is not on this machine: install the client programs of PostgreSQL.",
                mapping={"program": program},
            ),
        )
    environment = {**os.environ, **({"PGPASSWORD": str(url.password)} if url.password else {})}
    plain = url._replace(drivername="postgresql", password=None).render_as_string(hide_password=False)
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL, arguments are ours
        [path, f"--dbname={plain}", *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise BackupError(
            "pg_failed",
            _("${program} failed: ${why}", mapping={"program": program, "why": done.stderr.strip()[-500:]}),
        )
