"""A small firm with books: the services of finsystem on a fresh database, with fakes at the outer edge."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

import pytest
import transaction
import zope.sqlalchemy
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from cabinet.clock import FakeClock
from cabinet.db import ALL, set_scope
from cabinet.db.engine import make_engine
from cabinet.db.session import make_session_factory
from cabinet.identity.models import Client
from cabinet.plugins.discovery import load_named
from cabinet_finsystem.articles.services import Articles
from cabinet_finsystem.ledger import triggers
from cabinet_finsystem.ledger.balances import Balances
from cabinet_finsystem.ledger.services import Ledger


@dataclass
class FakeAudit:
    """Keeps what was recorded."""

    acts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def record(self, action: str, **facts: Any) -> None:
        self.acts.append((action, facts))


@dataclass
class FakeEvents:
    """Keeps what happened."""

    happened: list[Any] = field(default_factory=list)

    def record(self, event: Any) -> None:
        self.happened.append(event)


class Books:
    """The services of one transaction."""

    def __init__(self, session: Session, clock: FakeClock) -> None:
        self.session = session
        self.clock = clock
        self.audit = FakeAudit()
        self.events = FakeEvents()

    @cached_property
    def articles(self) -> Articles:
        return Articles(self.session, self.clock, self.audit)

    @cached_property
    def ledger(self) -> Ledger:
        return Ledger(self.session, self.clock, self.audit, self.articles)

    @cached_property
    def balances(self) -> Balances:
        return Balances(self.session)


@pytest.fixture(scope="session")
def module_names() -> list[str]:
    return ["cabinet_client_manager", "cabinet_finsystem"]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(datetime(2026, 3, 10, 9, tzinfo=UTC))


@pytest.fixture
def engine(request: pytest.FixtureRequest, engine_name: str) -> Iterator[Engine]:
    databases = request.getfixturevalue(f"{engine_name}_databases")
    with databases.copy(load_named(["cabinet_client_manager", "cabinet_finsystem"])) as url:
        engine = make_engine(url)
        yield engine
        engine.dispose()


OpenBooks = Callable[..., Any]


@pytest.fixture
def books(engine: Engine, clock: FakeClock) -> OpenBooks:
    """``with books() as b:`` a transaction that commits at the end. Articles are seeded, clients 1 to 3 exist."""
    factory = make_session_factory()

    @contextmanager
    def open_books(scope: Any = ALL) -> Iterator[Books]:
        manager = transaction.TransactionManager(explicit=True)
        session = factory(bind=engine)
        zope.sqlalchemy.register(session, transaction_manager=manager)
        manager.begin()
        try:
            set_scope(session, scope)
            yield Books(session, clock)
            manager.commit()
        except BaseException:
            manager.abort()
            raise

    with open_books() as b:
        b.articles.seed("en")
        b.session.add_all(
            Client(id=n, external_id=f"C{n}", name=f"Client {n}", created_at=clock.now()) for n in (1, 2, 3)
        )
    return open_books


@pytest.fixture
def day() -> Callable[[int, int], date]:
    """``day(3, 10)``: the 10th of March 2026."""
    return lambda month, number: date(2026, month, number)


def write_off_guard(engine: Engine, statements: list[str]) -> None:
    """Somebody with the rights of the database's owner: triggers and foreign keys off while he works, back on after."""
    sqlite = engine.dialect.name == "sqlite"
    raw = engine.raw_connection()
    cursor = raw.cursor()
    if sqlite:
        cursor.execute("PRAGMA foreign_keys = OFF")
        names = [name for (name,) in cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()]
        for name in names:
            cursor.execute(f"DROP TRIGGER {name}")
    else:
        cursor.execute("SET session_replication_role = replica")
    for statement in statements:
        cursor.execute(statement)
    if sqlite:
        for statement in triggers.ddl("sqlite"):
            cursor.execute(statement)
    raw.commit()
    cursor.close()
    raw.invalidate()


@pytest.fixture
def off_guard() -> Callable[[Engine, list[str]], None]:
    return write_off_guard


TEXTS = (str, bytes, bytearray, memoryview)


def work_of(act):
    """What ``act()`` costs, whatever the machine does besides: how many functions are called, and how much text they are handed."""
    calls = handed = 0

    def note(frame, event, argument):
        nonlocal calls, handed
        calls += 1
        if event == "call":
            handed += sum(len(value) for value in frame.f_locals.values() if isinstance(value, TEXTS))
        elif event == "c_call" and isinstance(owner := getattr(argument, "__self__", None), TEXTS):
            handed += len(owner)

    sys.setprofile(note)
    try:
        act()
    finally:
        sys.setprofile(None)
    return calls, handed


@pytest.fixture
def growth_of():
    """``growth_of(act)``: see `_growth`."""
    return _growth


def _growth(act):
    """How many times more work ``act(size)`` is for four times the size: (calls, text handed)."""
    small, large = (work_of(lambda size=size: act(size)) for size in (50_000, 200_000))
    return tuple(more / max(less, 1) for less, more in zip(small, large, strict=True))
