"""Client scope: whose rows a session may read and write. Set once, before the first query; absent means error."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from enum import Enum
from typing import Any, Final

from sqlalchemy import ForeignKey, event
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, declared_attr, mapped_column, with_loader_criteria

from cabinet.db.types import BigId
from cabinet.errors import ScopeError

_KEY = "cabinet.client_scope"
_GUARD = "cabinet.write_guard"


class _All(Enum):
    ALL = "all"


ALL: Final = _All.ALL
ClientScope = frozenset[int] | _All


class ClientOwned:
    """Mixin of every table whose rows belong to one client. ``client_id`` is the core's internal client id."""

    @declared_attr
    @classmethod
    def client_id(cls) -> Mapped[int]:
        """The owner; indexed, since every read is by it."""
        return mapped_column(BigId, ForeignKey("core_client.id"), index=True)


class MaybeClientOwned:
    """Mixin of tables whose rows may belong to a client or to nobody yet (a bank line nobody has claimed).

    A session with a limited scope sees only the rows of its clients, never the unowned ones.
    """

    @declared_attr
    @classmethod
    def client_id(cls) -> Mapped[int | None]:
        """The owner, or None."""
        return mapped_column(BigId, ForeignKey("core_client.id"), index=True)


def set_scope(session: Session, scope: Collection[int] | _All) -> None:
    """Fix the scope of ``session``. A second, different scope is an error: a request serves one owner."""
    wanted: ClientScope = ALL if scope is ALL else frozenset(scope)
    if session.info.setdefault(_KEY, wanted) != wanted:
        raise ScopeError("the client scope of a session is set once")


def scope_of(session: Session) -> ClientScope:
    """The scope of ``session``; ScopeError where none was set."""
    try:
        scope: ClientScope = session.info[_KEY]
    except KeyError:
        raise ScopeError("no client scope is set for this session") from None
    return scope


def check_in_scope(session: Session, client_ids: Iterable[int | None]) -> None:
    """ScopeError unless every id lies in the session's scope: for bulk writes, which no ORM event sees."""
    scope = scope_of(session)
    if scope is not ALL and not set(client_ids) <= scope:
        raise ScopeError("a row of a client outside the scope")


def may_see(session: Session, client_id: int | None) -> bool:
    """Whether a row of ``client_id`` (None: of nobody) lies in the scope: for rows that are not ClientOwned."""
    scope = scope_of(session)
    return client_id is None or scope is ALL or client_id in scope


def guard_writes(session: Session, guard: Callable[[str, Iterable[int]], None]) -> None:
    """Ask ``guard(module_id, client_ids)`` before rows of a module are written; it raises where they may not be."""
    session.info[_GUARD] = guard


def check_module(session: Session, module_id: str, client_ids: Iterable[int | None]) -> None:
    """Ask the session's guard, if it has one: for bulk writes, which no ORM event sees."""
    guard = session.info.get(_GUARD)
    if guard is not None and module_id != "core":
        guard(module_id, {client for client in client_ids if client is not None})


def install_scope(session_class: Any) -> None:
    """Attach the two guards to a session class or sessionmaker."""
    event.listen(session_class, "do_orm_execute", _filter_statement)
    event.listen(session_class, "before_flush", _check_flush)


def _filter_statement(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        for mapper in state.all_mappers:
            check_module(state.session, _module_of(mapper.class_), ())
    if state.is_column_load or state.is_relationship_load or state.is_insert:
        return
    owned = any(issubclass(mapper.class_, (ClientOwned, MaybeClientOwned)) for mapper in state.all_mappers)
    if not owned and _KEY not in state.session.info:
        return
    scope = scope_of(state.session)
    if scope is ALL:
        return
    ids = tuple(sorted(scope))
    state.statement = state.statement.options(
        with_loader_criteria(ClientOwned, lambda cls: cls.client_id.in_(ids), include_aliases=True),
        with_loader_criteria(MaybeClientOwned, lambda cls: cls.client_id.in_(ids), include_aliases=True),
    )


def _module_of(mapped: Any) -> str:
    module: str = mapped.__table__.info.get("module", "core")
    return module


def _check_flush(session: Session, _context: Any, _instances: Any) -> None:
    owned: list[int | None] = []
    of_modules: dict[str, set[int | None]] = {}
    for row in (*session.new, *session.dirty, *session.deleted):
        client_id = row.client_id if isinstance(row, (ClientOwned, MaybeClientOwned)) else None
        if isinstance(row, (ClientOwned, MaybeClientOwned)):
            owned.append(client_id)
        of_modules.setdefault(_module_of(type(row)), set()).add(client_id)
    if owned:
        check_in_scope(session, owned)
    for module_id, client_ids in of_modules.items():
        check_module(session, module_id, client_ids)
