"""Posting ten thousand entries, and reading balances over a growing history, against the least a database can do.

    python tests/bench/bench_ledger.py [--engine sqlite|postgresql] [--entries 10000] [--rounds 5]

The least: the same rows written by the driver's own bulk insert into bare tables with the same indexes; no trigger, no month table,
no chain, no check. Every round adds to the same books, so the last against the first shows what history costs.
"""

from __future__ import annotations

import statistics
import sys
import time
from datetime import UTC, date, datetime
from typing import Any

from books import CLIENTS, Books, measure_engines, median_seconds  # beside this file; it finds the source
from limits import told
from sqlalchemy import Engine, select

from cabinet_finsystem.ledger import months
from cabinet_finsystem.ledger.balances import Balances
from cabinet_finsystem.ledger.models import Entry, Posting
from cabinet_finsystem.ledger.services import Ledger
from cabinet_finsystem.ledger.values import AccountKind, AccountRef, NewEntry, NewPosting
from cabinet_finsystem.ledger.verify import verify

_NOW = datetime(2026, 3, 31, tzinfo=UTC)
_INCOME, _VAT = AccountRef(AccountKind.INCOME, "RUB"), AccountRef(AccountKind.VAT, "RUB")


class LedgerBooks(Books):
    """Books that are posted to and read."""

    def post(self, count: int) -> None:
        """``count`` charges of three postings over three months."""
        with self.session() as session:
            articles = self.articles(session)
            sales = articles.system_id("sales")
            entries = [_charge(n, sales) for n in range(count)]
            Ledger(session, self.clock, None, articles).post(entries)

    def balances(self) -> None:
        """Of all clients, in the middle of a month."""
        with self.session() as session:
            if len(Balances(session).clients(on=date(2026, 3, 10))) != CLIENTS:
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
    client = n % CLIENTS + 1
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


def _upkeep(books: LedgerBooks, entries: int) -> float:
    """The share of posting that goes into writing the month table of the P&L."""
    real, spent = months._add_pnl, [0.0]

    def timed(*arguments: Any) -> None:
        started = time.perf_counter()
        real(*arguments)
        spent[0] += time.perf_counter() - started

    months._add_pnl = timed
    try:
        whole = median_seconds(lambda: books.post(entries))
    finally:
        months._add_pnl = real
    return spent[0] / whole


def measure(engine: Engine, entries: int, rounds: int) -> None:
    """Measure one engine and print."""
    books, bare = LedgerBooks(engine, _NOW), Bare(engine)
    books.open()
    books.post(100)
    books.post(entries)
    bare.prepare()
    taken = [(median_seconds(bare.write), median_seconds(lambda: books.post(entries))) for _round in range(rounds)]
    least, posted = (statistics.median(column) for column in zip(*taken, strict=True))
    ratio = statistics.median(ours / base for base, ours in taken)
    upkeep = statistics.median(_upkeep(books, entries) for _round in range(rounds))
    print(f"{engine.dialect.name}: {entries} entries, {3 * entries} postings, median of {rounds}")
    print(f"  bare rows {least:.2f} s; posted {posted:.2f} s, ratio {ratio:.1f}")
    print("  " + told("last round to first", taken[-1][1] / taken[0][1], 1.25))
    print("  " + told("upkeep of the month table of the P&L, of posting", 100 * upkeep, 10, " %"))
    one, all_, page = (
        median_seconds(books.balance, 20),
        median_seconds(books.balances, 5),
        median_seconds(books.pages, 20),
    )
    print(
        f"  balance of one {one * 1000:.1f} ms, of {CLIENTS} clients {all_ * 1000:.0f} ms, first page of movements {page * 1000:.1f} ms"
    )
    started = time.perf_counter()
    result = verify(engine)
    if not result.ok:
        raise SystemExit(f"the books do not prove: {result.problems[:3]}")
    print(f"  verify {result.postings} postings {time.perf_counter() - started:.1f} s")


if __name__ == "__main__":
    sys.exit(measure_engines(None, __doc__, measure, entries=10_000, rounds=5))
