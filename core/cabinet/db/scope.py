"""Client scope: whose rows a session may read and write. Set once, before the first query; absent means error."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from sqlalchemy import ColumnElement, ForeignKey, Select, event
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, declared_attr, mapped_column, with_loader_criteria

from cabinet.db.types import BigId
from cabinet.errors import ScopeError

_KEY = "cabinet.client_scope"
_GUARD = "cabinet.write_guard"
_VISIBLE = "cabinet.visible_clients"
_CHUNK = 500


class _All(Enum):
    ALL = "all"


ALL: Final = _All.ALL


@dataclass(frozen=True, slots=True)
class Chosen:
    """The clients that a statement chooses, as they are when it is asked: a set that stays in the database, however large.

    ``key``: what tells two of them apart. ``ids``: selects one column, the internal ids.
    """

    key: Hashable
    ids: Select[Any] = field(compare=False)


ClientScope = frozenset[int] | _All | Chosen


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


class FirmOrClientOwned:
    """Mixin of tables whose rows belong to a client or to the firm itself: accounts and postings of the ledger.

    A client's session sees his rows only. One of a colleague who is limited to some clients sees theirs and the firm's: an entry of
    a client has a side on the firm's accounts. What the firm's side adds up to is for pages that such a colleague does not get.
    """

    @declared_attr
    @classmethod
    def client_id(cls) -> Mapped[int | None]:
        """The owner, or None."""
        return mapped_column(BigId, ForeignKey("core_client.id"), index=True)


_OWNED = (ClientOwned, MaybeClientOwned, FirmOrClientOwned)


def is_owned(mapped: type) -> bool:
    """Whether rows of the class may belong to a client, so that a scope narrows what is read of them."""
    return issubclass(mapped, _OWNED)


def set_scope(session: Session, scope: Collection[int] | _All | Chosen) -> None:
    """Fix the scope of ``session``. A second, different scope is an error: a request serves one owner."""
    wanted: ClientScope = scope if isinstance(scope, (_All, Chosen)) else frozenset(scope)
    if session.info.setdefault(_KEY, wanted) != wanted:
        raise ScopeError("the client scope of a session is set once")


def scope_of(session: Session) -> ClientScope:
    """The scope of ``session``; ScopeError where none was set."""
    try:
        scope: ClientScope = session.info[_KEY]
    except KeyError:
        raise ScopeError("no client scope is set for this session") from None
    return scope


def in_scope(session: Session, column: Any) -> list[ColumnElement[bool]]:
    """Criteria that keep a query of what is not ClientOwned within the scope, by the ``column`` that names the client: of the core's
    own table of clients above all."""
    scope = scope_of(session)
    if scope is ALL:
        return []
    return [column.in_(scope.ids if isinstance(scope, Chosen) else sorted(scope))]


def visible(session: Session, client_ids: Iterable[int | None]) -> set[int]:
    """Those of ``client_ids`` that lie in the scope. Where a statement chooses, what it once let through stays so for this transaction:
    who gives a client away finishes what he began."""
    scope, wanted = scope_of(session), {client_id for client_id in client_ids if client_id is not None}
    if scope is ALL:
        return wanted
    if not isinstance(scope, Chosen):
        return wanted & scope
    known: set[int] = session.info.setdefault(_VISIBLE, set())
    unknown = sorted(wanted - known)
    column = scope.ids.selected_columns[0]
    with session.no_autoflush:
        for start in range(0, len(unknown), _CHUNK):
            known.update(session.scalars(scope.ids.where(column.in_(unknown[start : start + _CHUNK]))))
    return wanted & known


def check_in_scope(session: Session, client_ids: Iterable[int | None]) -> None:
    """ScopeError unless every id lies in the session's scope: for bulk writes, which no ORM event sees."""
    scope, wanted = scope_of(session), set(client_ids)
    if scope is ALL:
        return
    # A colleague who is limited to some clients still books the firm's side of their entries; what else nobody owns he cannot read.
    nobody = {None} if isinstance(scope, Chosen) else set()
    if not wanted <= visible(session, wanted) | nobody:
        raise ScopeError("a row of a client outside the scope")


def may_see(session: Session, client_id: int | None) -> bool:
    """Whether a row of ``client_id`` (None: of nobody) lies in the scope: for rows that are not ClientOwned."""
    return client_id is None or client_id in visible(session, (client_id,))


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
    # Which tables a statement reads is asked only where it decides: to find out takes a tenth of the whole statement's time.
    if _KEY not in state.session.info and not any(is_owned(mapper.class_) for mapper in state.all_mappers):
        return
    scope = scope_of(state.session)
    if scope is ALL:
        return
    if isinstance(scope, Chosen):
        state.statement = state.statement.options(*_of_chosen(scope.ids))
        return
    ids = tuple(sorted(scope))
    state.statement = state.statement.options(
        with_loader_criteria(ClientOwned, lambda cls: cls.client_id.in_(ids), include_aliases=True),
        with_loader_criteria(MaybeClientOwned, lambda cls: cls.client_id.in_(ids), include_aliases=True),
        with_loader_criteria(FirmOrClientOwned, lambda cls: cls.client_id.in_(ids), include_aliases=True),
    )


def _of_chosen(ids: Select[Any]) -> tuple[Any, ...]:
    return (
        with_loader_criteria(ClientOwned, lambda cls: cls.client_id.in_(ids), include_aliases=True),
        with_loader_criteria(MaybeClientOwned, lambda cls: cls.client_id.in_(ids), include_aliases=True),
        with_loader_criteria(
            FirmOrClientOwned, lambda cls: cls.client_id.in_(ids) | cls.client_id.is_(None), include_aliases=True
        ),
    )


def _module_of(mapped: Any) -> str:
    module: str = mapped.__table__.info.get("module", "core")
    return module


def _check_flush(session: Session, _context: Any, _instances: Any) -> None:
    owned: list[int | None] = []
    of_modules: dict[str, set[int | None]] = {}
    for row in (*session.new, *session.dirty, *session.deleted):
        client_id = row.client_id if isinstance(row, _OWNED) else None
        if isinstance(row, _OWNED):
            owned.append(client_id)
        of_modules.setdefault(_module_of(type(row)), set()).add(client_id)
    if owned:
        check_in_scope(session, owned)
    for module_id, client_ids in of_modules.items():
        check_module(session, module_id, client_ids)
