"""Bulk writes: the only place where Core statements touch client-owned tables. Every row is checked against the scope."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session
from zope.sqlalchemy import mark_changed

from cabinet.db.scope import check_in_scope


def insert_rows(session: Session, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert ``rows`` (column name → value, the same keys in each) with one executemany.

    Raises ScopeError when the table is owned by clients and a row lies outside the session's scope.
    """
    if not rows:
        return
    _check(session, table, rows)
    session.flush()
    session.connection().execute(insert(table), rows)
    mark_changed(session)


def execute_many(session: Session, statement: Any, rows: Sequence[dict[str, Any]], *, client_ids: Iterable[int | None]) -> None:
    """Run one UPDATE/upsert ``statement`` for many parameter ``rows``; ``client_ids``: owners of all rows it touches."""
    if not rows:
        return
    check_in_scope(session, client_ids)
    session.flush()
    session.connection().execute(statement, rows)
    mark_changed(session)


def _check(session: Session, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    if "client_id" in table.columns:
        check_in_scope(session, {row.get("client_id") for row in rows})
