"""A firm whose workers are killed while they write a statement, and all that its books hold, told without ids and times."""

from __future__ import annotations

import datetime
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update

from cabinet.db.engine import make_engine
from cabinet.interfaces import IJobs
from cabinet.jobs.models import DONE, RUNNING, Job
from cabinet.jobs.runner import run_pending
from cabinet_client_manager.testing import a_client, account_of, inn_of
from cabinet_finsystem.interfaces import IStatementDesk
from cabinet_finsystem.invoicing.values import LineData
from cabinet_finsystem.ledger.verify import verify
from cabinet_finsystem.statements.parsed import Counterparty
from cabinet_finsystem.statements.writing import LineToWrite, OwnSide, StatementToWrite, write_onec
from cabinet_finsystem.testing import an_invoice, open_books

PATIENCE = 300.0
DAY = datetime.date(2026, 2, 11)
IMPORT, TAKE_BACK = "finsystem.import_statement", "finsystem.take_statement_back"
CLIENT = Counterparty("ООО «Ромашка»", inn_of(77), "770101001", account_of(77), "044525225")
OWN = OwnSide("ООО «Линия тепла»", inn_of(1), "770101001", "044525225", "Банк")
INVOICES = 6

BOOKS = {
    "files": "SELECT name, state FROM finsystem_statement_file",
    "statements": "SELECT account, state, opening, closing, lines, new, duplicate, invalid FROM finsystem_statement",
    # A line that was taken back has an occurrence of its own.
    "lines": """
        SELECT s.account, l.position, l.booking_date, l.minor, l.currency, l.counterparty_account, l.purpose, l.doc_number,
               CASE WHEN l.occurrence > 0 THEN l.occurrence ELSE 0 END, l.state, l.kind, l.rule, l.client_id, l.article_id,
               e.kind, p.minor
        FROM finsystem_statement_line l JOIN finsystem_statement s ON s.id = l.statement_id
        LEFT JOIN finsystem_entry e ON e.id = l.entry_id LEFT JOIN finsystem_payment p ON p.id = l.payment_id""",
    "postings": """
        SELECT e.date, e.kind, e.source_type, e.text, r.kind, a.key, p.minor, p.currency, p.article_id, p.client_id
        FROM finsystem_posting p JOIN finsystem_entry e ON e.id = p.entry_id JOIN finsystem_account a ON a.id = p.account_id
        LEFT JOIN finsystem_entry r ON r.id = e.reverses_id""",
    "payments": """
        SELECT client_id, kind, date, minor, currency, allocated, text, reversal_id IS NULL FROM finsystem_payment""",
    "allocations": """
        SELECT i.number, p.text, a.minor, a.date, a.reverses_id IS NULL FROM finsystem_allocation a
        JOIN finsystem_invoice i ON i.id = a.invoice_id JOIN finsystem_payment p ON p.id = a.payment_id""",
    "invoices": "SELECT number, state, paid FROM finsystem_invoice",
    "months": """
        SELECT a.key, m.month, m.debit, m.credit FROM finsystem_month_balance m
        JOIN finsystem_account a ON a.id = m.account_id""",
    "profit": "SELECT basis, article_id, client_id, month, minor FROM finsystem_pnl_month WHERE minor <> 0",
    "acts": "SELECT action, title FROM core_audit_event WHERE kind = 'statement'",
    "notices": "SELECT kind, count(*) FROM core_notice GROUP BY kind",
}
LINES = "SELECT count(*) FROM finsystem_statement_line WHERE occurrence > 0"


def a_line(n: int, invoices: int) -> LineToWrite:
    """The ``n``-th line of a statement: the first pay an invoice each, the rest is of all sorts."""
    day = DAY + datetime.timedelta(days=n % 5)
    if n < invoices:
        return LineToWrite(day, 100_000 + n, CLIENT, f"Оплата по счету № {n + 1} от 03.02.2026", str(n))
    if n % 3 == 0:
        return LineToWrite(day, 5_000 + n, CLIENT, "Пополнение по договору", str(n))
    stranger = Counterparty(f"ООО «Чужой {n}»", inn_of(1000 + n), "770101001", account_of(1000 + n), "044525225")
    if n % 3 == 1:
        return LineToWrite(day, 7_000 + n, stranger, "За услуги", str(n))
    return LineToWrite(day, -3_000 - n, stranger, "Комиссия банка за ведение счета", str(n))


def lines_of(count: int, invoices: int = INVOICES) -> list[LineToWrite]:
    """``count`` lines, the last three of them equal."""
    same = LineToWrite(DAY, 30_000, CLIENT, "Абонентская плата", "900000")
    return [*(a_line(n, invoices) for n in range(count - 3)), *[same] * 3]


def written(lines: list[LineToWrite], **how: Any) -> bytes:
    """A statement of ``lines``."""
    days = [line.booking_date for line in lines]
    return write_onec(StatementToWrite(account_of(1), min(days), max(days), 5_000_000, lines, OWN), **how)


@pytest.fixture(scope="session")
def launcher(tmp_path_factory: pytest.TempPathFactory, module_names: list[str]) -> Iterator[Callable[[Any], Any]]:
    """``launcher(told)``: what `launcher.py` answers."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-W", "ignore", str(Path(__file__).with_name("launcher.py"))),
            *(str(tmp_path_factory.mktemp("launcher")), *module_names),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.stdin is not None and process.stdout is not None
    assert process.stdout.readline() == "up\n"

    def ask(told: Any) -> Any:
        process.stdin.write(json.dumps(told) + "\n")  # type: ignore[union-attr]
        process.stdin.flush()  # type: ignore[union-attr]
        return json.loads(process.stdout.readline())  # type: ignore[union-attr]

    yield ask
    process.stdin.close()
    process.wait()
    process.stdout.close()


class Firm:
    """A firm on a fresh database; its workers are processes of their own."""

    def __init__(
        self, registry: Any, unit_of_work: Any, ask: Callable[[Any], Any], folder: Path, copy: Callable[[], Any]
    ) -> None:
        """``copy()``: a context manager with the URL of a fresh database."""
        self.registry = registry
        self.folder = folder
        self._copy = copy
        self._unit_of_work = unit_of_work
        self._ask = ask
        self._living: list[int] = []

    @contextmanager
    def renewed(self) -> Iterator[None]:
        """Inside, the firm is on another, empty database."""
        mine = self.registry.cabinet_engine
        with self._copy() as url:
            self.registry.cabinet_engine = make_engine(url)
            try:
                yield
            finally:
                self.registry.cabinet_engine.dispose()
                self.registry.cabinet_engine = mine

    def open(self, invoices: int = INVOICES) -> None:
        """Books, and a client who owes us by that many invoices."""
        with self._unit_of_work() as request:
            open_books(request)
            card = a_client(request, 77, name=CLIENT.name, full_name="", inn=CLIENT.inn, kpp=CLIENT.kpp)
            for n in range(invoices):
                line = LineData("Работы", 100_000 + n, vat_rate=Decimal(22))
                an_invoice(request, card.client_id, lines=(line,), issued_as=str(n + 1))
            request.db.execute(delete(Job))  # nobody is to be killed while he prints them

    def hand_in(self, content: bytes, name: str = "kl_to_1c.txt") -> int:
        """Hand a statement in and ask for its import; the id of the job."""
        with self._unit_of_work() as request:
            file = request.find_service(IStatementDesk).receive(content, name)
            return self._enqueue(request, IMPORT, file.id)

    def ask_back(self) -> int:
        """Ask for the file to be taken back; the id of the job."""
        from cabinet_finsystem.statements.models import StatementFile

        with self._unit_of_work() as request:
            file = request.db.scalars(select(StatementFile)).one()
            request.find_service(IStatementDesk).ask_back(file)
            return self._enqueue(request, TAKE_BACK, file.id)

    def imported(self, content: bytes) -> dict[str, tuple[int, str]]:
        """Import a statement and ask for it to be taken back; the books at that moment."""
        self.open()
        self.hand_in(content)
        self.work_out()
        self.ask_back()
        return self.books()

    def _enqueue(self, request: Any, kind: str, file_id: int) -> int:
        job_id: int = request.find_service(IJobs).enqueue(kind, {"file_id": file_id}).id
        return job_id

    def start(self, **told: Any) -> int:
        """Start a process: a worker, or whoever hands ``hand_in`` in. See `launcher.become`."""
        settings = self.registry.settings["cabinet.settings"]
        values = {
            "secret": settings.secret.get_secret_value(),
            "database": {"url": self.registry.cabinet_engine.url.render_as_string(hide_password=False)},
            "files": {"url": settings.files.url},
            "jobs": {"queue": settings.jobs.queue},
            "site": {"url": "http://localhost", "name": "Test", "locale": "en"},
        }
        pid: int = self._ask({"settings": values, "folder": str(self.folder), **told})
        self._living.append(pid)
        return pid

    def wait(self, pid: int) -> int:
        """Wait until a process has ended; how it did."""
        self._living.remove(pid)
        status: int = self._ask({"wait": pid})
        return status

    def kill(self, pid: int) -> int:
        """``kill -9``."""
        os.kill(pid, signal.SIGKILL)
        return self.wait(pid)

    def die_at(self, moment: str, **told: Any) -> None:
        """Let a process run until it dies at ``moment``."""
        assert self.wait(self.start(moment=moment, patience=100, **told)) == -signal.SIGKILL, moment

    def work_out(self, *, workers: int = 1, **told: Any) -> float:
        """Let workers do what is to be done, as after a minute in which the lease of whoever died has run out; the seconds it took."""
        self.forget_the_dead()
        begun = time.monotonic()
        started = [self.start(**told) for _worker in range(workers)]
        while self.unfinished():
            assert time.monotonic() < begun + PATIENCE, self.unfinished()
            time.sleep(0.02)
        took = time.monotonic() - begun
        for pid in started:
            self.kill(pid)
        return took

    def forget_the_dead(self) -> None:
        """Let the leases run out of those who were killed."""
        with self._unit_of_work() as request:
            over = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
            request.db.execute(update(Job).where(Job.state == RUNNING).values(lease_until=over))

    def unfinished(self) -> list[Any]:
        """Jobs that are not done, with what went wrong."""
        with self._unit_of_work(writing=False) as request:
            return [
                tuple(row) for row in request.db.execute(select(Job.id, Job.state, Job.trace).where(Job.state != DONE))
            ]

    def runs_too_many(self) -> int:
        """How many runs of jobs were more than the one that each needs."""
        with self._unit_of_work(writing=False) as request:
            return sum(request.db.scalars(select(Job.attempts))) - len(request.db.scalars(select(Job.id)).all())

    def lines(self) -> int:
        """How many lines stand in the books."""
        with self.registry.cabinet_engine.connect() as connection:
            return int(connection.execute(text(LINES)).scalar_one())

    def books(self) -> dict[str, tuple[int, str]]:
        """All that an import touches, by its facts: (rows, SHA-256) of each kind."""
        found = {}
        with self.registry.cabinet_engine.connect() as connection:
            for what, asked in BOOKS.items():
                rows = sorted(repr(tuple(row)) for row in connection.execute(text(asked)))
                found[what] = (len(rows), sha256("\n".join(rows).encode()).hexdigest())
        return found

    def whole(self, *whole: int) -> int:
        """Check that the books agree, and hold ``whole`` lines: how many of those they hold."""
        proof = verify(self.registry.cabinet_engine)
        assert proof.problems == []
        found = self.lines()
        assert found in whole, f"{found} lines, not {whole}"
        return found

    def end(self) -> None:
        """Kill whoever still lives."""
        for pid in list(self._living):
            self.kill(pid)


@pytest.fixture
def firm(
    request: pytest.FixtureRequest,
    registry: Any,
    engine_name: str,
    loaded_modules: Any,
    unit_of_work: Any,
    launcher: Any,
    tmp_path: Path,
) -> Iterator[Firm]:
    """A firm on an empty database: `Firm.open` opens its books."""
    databases = request.getfixturevalue(f"{engine_name}_databases")
    firm = Firm(registry, unit_of_work, launcher, tmp_path, partial(databases.copy, loaded_modules))
    yield firm
    firm.end()


@pytest.fixture
def unbroken(engine_name: str, firm: Firm) -> Callable[..., Any]:
    """``unbroken(lines, invoices, back=False)``: the books where nobody is killed; ``back``: and the file is taken back."""

    def books(lines: int, invoices: int = INVOICES, *, back: bool = False) -> Any:
        key = (engine_name, lines, invoices, back)
        if key not in _UNBROKEN:
            with firm.renewed():
                firm.open(invoices)
                firm.hand_in(written(lines_of(lines, invoices)))
                run_pending(firm.registry)
                if back:
                    firm.ask_back()
                    run_pending(firm.registry)
                _UNBROKEN[key] = firm.books()
        return _UNBROKEN[key]

    return books


_UNBROKEN: dict[Any, Any] = {}


@pytest.fixture
def statement() -> Callable[..., bytes]:
    """``statement(lines, **how)``: see `written`."""
    return written


@pytest.fixture
def make_lines() -> Callable[..., list[LineToWrite]]:
    """``make_lines(count)``: see `lines_of`."""
    return lines_of
