"""Databases for tests: made and migrated once, copied for each test, on both engines."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from cabinet.db.engine import make_engine
from cabinet.db.migrate import upgrade
from cabinet.plugins.discovery import LoadedModule

IN_HASTE = "ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET max_wal_size = '128MB'; SELECT pg_reload_conf();"
"""What a server of tests is told: no test waits for the power to fail, and none keeps much."""
_MEMORY = Path("/dev/shm")  # noqa: S108 - whoever asks makes a folder of his own there
_ROOM = 2 << 30


def quick_folder() -> Path | None:
    """Where files are made and removed fastest: in memory, if the machine has such a place and room there; None: wherever is usual."""
    try:
        free = shutil.disk_usage(_MEMORY).free
    except OSError:
        return None
    return _MEMORY if free >= _ROOM and os.access(_MEMORY, os.W_OK) else None


class Databases(Protocol):
    """Hands out migrated, empty databases."""

    def copy(self, modules: Sequence[LoadedModule]) -> Any:
        """A context manager with the URL of a fresh database for ``modules``."""


class SQLiteDatabases:
    """A migrated file a set of modules, copied."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._templates: dict[tuple[str, ...], Path] = {}

    @contextmanager
    def copy(self, modules: Sequence[LoadedModule]) -> Iterator[str]:
        """A copy of the template's file."""
        key = tuple(m.info.id for m in modules)
        if key not in self._templates:
            template = self._folder / f"template-{len(self._templates)}.sqlite3"
            engine = make_engine(f"sqlite:///{template}")
            upgrade(engine, modules)
            engine.dispose()
            self._templates[key] = template
        target = self._folder / f"{uuid.uuid4().hex}.sqlite3"
        shutil.copyfile(self._templates[key], target)
        yield f"sqlite:///{target}"
        target.unlink(missing_ok=True)


class PostgreSQLDatabases:
    """A real server from a wheel, one template database a set of modules."""

    def __init__(self, server_url: str) -> None:
        self._url = make_url(server_url).set(drivername="postgresql+psycopg")
        self._admin = create_engine(self._url, isolation_level="AUTOCOMMIT")
        self._templates: dict[tuple[str, ...], str] = {}

    @contextmanager
    def copy(self, modules: Sequence[LoadedModule]) -> Iterator[str]:
        """A database made from the template."""
        key = tuple(m.info.id for m in modules)
        if key not in self._templates:
            template = self._create()
            engine = make_engine(self._of(template))
            upgrade(engine, modules)
            engine.dispose()
            self._templates[key] = template
        name = self._create(self._templates[key])
        yield self._of(name)
        with self._admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))

    def close(self) -> None:
        """Give the administrator's connections back."""
        self._admin.dispose()

    def _create(self, template: str = "template0") -> str:
        name = f"cabinet_{uuid.uuid4().hex}"
        with self._admin.connect() as connection:
            # Its files are copied as they are: written through the log, as is usual, they cost a third more.
            connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY'))
        return name

    def _of(self, database: str) -> str:
        return self._url.set(database=database).render_as_string(hide_password=False)
