"""Sessions: one a request, joined to its transaction; and the same for jobs and commands."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

import zope.sqlalchemy
from pyramid.request import apply_request_extensions
from pyramid.threadlocal import RequestContext
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from cabinet.db.engine import begin_again, make_engine, read_only
from cabinet.db.memo import remember_answers
from cabinet.db.scope import ALL, guard_writes, install_scope, set_scope

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def make_session_factory() -> sessionmaker[Session]:
    """A factory of guarded sessions; the engine is given when a session is made."""
    factory = sessionmaker(autoflush=True, expire_on_commit=False)
    install_scope(factory)
    return factory


def request_session(request: Any) -> Session:
    """The session of ``request``: read-only for methods that promise to change nothing."""
    engine: Engine = request.registry.cabinet_engine
    reading = request.method in SAFE_METHODS
    session: Session = request.registry.cabinet_sessions(bind=read_only(engine) if reading else engine)
    if reading:
        remember_answers(session)
    zope.sqlalchemy.register(session, transaction_manager=request.tm)
    guard_writes(session, request.registry.cabinet_write_guard(request))
    request.add_finished_callback(lambda _request: session.close())
    return session


@contextmanager
def unit_of_work(
    registry: Any, *, scope: Collection[int] | Any = ALL, actor: str = "system", writing: bool = True
) -> Iterator[Any]:
    """A transaction outside the web: yields a request-like object with ``db`` and the services; commits at the end.

    ``actor`` names the job or command for the audit. Without ``writing`` it can only read, and waits for nobody who writes.
    An exception rolls everything back.
    """
    request = registry.cabinet_request_factory.blank("/", base_url=registry.settings["cabinet.settings"].site.url)
    request.registry = registry
    request.method = "POST" if writing else "GET"
    request.environ["cabinet.actor"] = actor
    apply_request_extensions(request)
    with RequestContext(request):
        request.tm.begin()
        try:
            set_scope(request.db, scope)
            yield request
            request.tm.commit()
        except BaseException:
            request.tm.abort()
            raise
        finally:
            request._process_finished_callbacks()  # noqa: SLF001 - what Pyramid's router does after a request


@contextmanager
def reading(request: Any) -> Iterator[Session]:
    """A session to ask in before it is known whether ``request`` will write.

    A page that will change something must not take SQLite's write lock before its visitor is known; once the transaction has begun it
    must be asked itself, since another connection could wait for it.
    """
    if request.method in SAFE_METHODS or request.db.in_transaction():
        yield request.db
        return
    with request.registry.cabinet_sessions(bind=read_only(request.registry.cabinet_engine)) as session:
        yield session


def is_aborted(session: Session) -> bool:
    """Whether an error has left the transaction of ``session`` so that PostgreSQL answers nothing until it is taken back. Asks nobody."""
    if not session.in_transaction():
        return False
    told = getattr(session.connection().connection.dbapi_connection, "info", None)
    return told is not None and told.transaction_status.name == "INERROR"


def begin_anew(session: Session) -> None:
    """Give up the aborted transaction of a ``session`` that only reads, and go on in a new one: what was read stays as it is."""
    begin_again(session.connection())


def includeme(config: Any) -> None:
    """Bind the engine, the session factory and ``request.db``."""
    settings = config.registry.settings["cabinet.settings"]
    config.registry.cabinet_engine = make_engine(settings.database_url)
    config.registry.cabinet_sessions = make_session_factory()
    config.add_request_method(request_session, "db", reify=True)
