"""The P&L of a year by month over a growing history, against a bare reading of the month table and a sum over postings.

    python tests/bench/bench_pnl.py [--engine sqlite|postgresql] [--entries 10000] [--history 480000]

Half of the entries charge one of a thousand clients, half are costs of ours; each has two postings. The report is of the last year, with
the year before beside it, both of ``--entries``; so is the bare query, which only sums the same rows of the month table in the database.
It is asked for when the books have those two years only, and again after ten years more, of ``--history`` entries together, and two years
like the first: what grew is the history.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from books import CLIENTS, Books, measure_engines  # beside this file; it finds the source
from limits import told
from sites import Processor
from sqlalchemy import Engine, func, select

from cabinet_finsystem.ledger.models import Account, PnlMonth, Posting
from cabinet_finsystem.ledger.services import Ledger
from cabinet_finsystem.ledger.values import AccountKind, AccountRef, NewEntry, NewPosting
from cabinet_finsystem.reports.cells import Cells
from cabinet_finsystem.reports.pnl import PnlReports
from cabinet_finsystem.reports.values import PnlQuery

_FIRST_YEAR = 2010
_HISTORY = 10  # years
_PARTS = 4  # transactions a year
_NOW = datetime(2030, 1, 1, tzinfo=UTC)
_INCOME, _EXPENSE = AccountRef(AccountKind.INCOME, "RUB"), AccountRef(AccountKind.EXPENSE, "RUB")
_BANK = AccountRef.bank(1, "RUB")


@dataclass(frozen=True)
class Firm:
    """All that the report asks of a legal entity."""

    currency: str = "RUB"

    def default(self) -> Firm:
        """Itself."""
        return self


class PnlBooks(Books):
    """Books of whole years, and their reports."""

    def live(self, year: int, entries: int) -> None:
        """A year of business."""
        with self.session() as session:
            articles = self.articles(session)
            leaves = [node for node in articles.tree() if node.parent_id is not None and node.code != "advances"]
            earned = [node.id for node in leaves if node.kind == "income"]
            spent = [node.id for node in leaves if node.kind == "expense"]
            Ledger(session, self.clock, None, articles).post([_entry(year, n, earned, spent) for n in range(entries)])

    def report(self, query: PnlQuery) -> None:
        """As the page asks for it."""
        with self.session() as session:
            PnlReports(session, self.articles(session), Firm()).report(query)

    def open_cell(self, query: PnlQuery) -> None:
        """The net profit of ``query`` with its first fifty rows."""
        with self.session() as session:
            articles = self.articles(session)
            Cells(session, articles, PnlReports(session, articles, Firm())).open(query, "net")

    def bare(self, query: PnlQuery) -> None:
        """Only the sums of the month table: two years, by article and month."""
        table: Any = PnlMonth.__table__
        statement = (
            select(table.c.article_id, table.c.month, func.sum(table.c.minor))
            .where(
                table.c.basis == query.basis,
                table.c.currency == "RUB",
                table.c.month.between(query.since.replace(year=query.since.year - 1), query.until),
            )
            .group_by(table.c.article_id, table.c.month)
        )
        with self.engine.connect() as connection:
            connection.execute(statement).all()

    def summed(self, query: PnlQuery) -> None:
        """The same from postings, as without a month table."""
        posting: Any = Posting.__table__
        account: Any = Account.__table__
        month = (
            func.substr(posting.c.date, 1, 7)
            if self.engine.dialect.name == "sqlite"
            else func.date_trunc("month", posting.c.date)
        )
        statement = (
            select(posting.c.article_id, month, func.sum(posting.c.minor))
            .join(account, account.c.id == posting.c.account_id)
            .where(
                account.c.kind.in_(["income", "expense"]),
                posting.c.date.between(query.since.replace(year=query.since.year - 1), query.until),
            )
            .group_by(posting.c.article_id, month)
        )
        with self.engine.connect() as connection:
            connection.execute(statement).all()

    def analyse(self) -> None:
        """What a database does by itself at night."""
        with self.engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
            connection.commit()


def _entry(year: int, n: int, earned: list[int], spent: list[int]) -> NewEntry:
    day = date(year, 1 + n % 12, 1 + n // 12 % 28)
    if n % 2:
        client = n // 2 % CLIENTS + 1
        sides = (
            NewPosting(AccountRef.client(client, "RUB"), 10_000),
            NewPosting(_INCOME, -10_000, earned[n % len(earned)], client),
        )
        return NewEntry(day, "charge", ("line", n), "Счёт", 1, sides)
    sides = (NewPosting(_EXPENSE, 7_000, spent[n // 2 % len(spent)]), NewPosting(_BANK, -7_000))
    return NewEntry(day, "expense", ("line", n), "Расход", 1, sides)


def milliseconds(work: Callable[[], object], processor: Processor, times: int = 25) -> float:
    """Processor time of one call of ``times``, this process and the database together; the first is left out."""
    work()
    began = processor.seconds()
    for _time in range(times):
        work()
    return (processor.seconds() - began) / times * 1000


def measure(engine: Engine, entries: int, history: int) -> None:
    """Measure one engine and print."""
    books, processor = PnlBooks(engine, _NOW), Processor(engine)
    books.open()
    print(f"{engine.dialect.name}: {entries} entries a year, {CLIENTS} clients, processor milliseconds")
    posted, found = 0, []
    for begins in (_FIRST_YEAR, _FIRST_YEAR + 2 + _HISTORY):
        for year in (begins, begins + 1):
            books.live(year, entries)
            posted += 2 * entries
        books.analyse()
        found.append(_figures(books, begins + 1, processor))
        print(
            f"  {posted} postings: " + ", ".join(f"{name} {value:.1f}" for name, value in found[-1].items()), flush=True
        )
        if len(found) == 1:
            for year in range(begins + 2, begins + 2 + _HISTORY):
                for _part in range(_PARTS):
                    books.live(year, history // _HISTORY // _PARTS)
            posted += 2 * history
    first, last = found
    print("  " + told("report to bare month table", last["report"] / last["month table"], 3))
    print("  " + told("report with the history to without", last["report"] / first["report"], 1.5), flush=True)


def _figures(books: PnlBooks, year: int, processor: Processor) -> dict[str, float]:
    whole = PnlQuery(date(year, 1, 1), date(year, 12, 31), "month", "accrual", "year")
    part = PnlQuery(date(year, 1, 5), date(year, 12, 20), "month", "accrual", "year")
    cell = PnlQuery(date(year, 11, 1), date(year, 11, 30), "none", "accrual", "none")
    return {
        "month table": milliseconds(lambda: books.bare(whole), processor),
        "report": milliseconds(lambda: books.report(whole), processor),
        "report with odd days": milliseconds(lambda: books.report(part), processor),
        "a month opened": milliseconds(lambda: books.open_cell(cell), processor),
        "sum over postings": milliseconds(lambda: books.summed(whole), processor),
    }


if __name__ == "__main__":
    sys.exit(measure_engines(None, __doc__, measure, entries=10_000, history=480_000))
