"""Bulk writes: the only place where Core statements touch client-owned tables. Every row is checked against the scope."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    Connection,
    Date,
    LargeBinary,
    Table,
    any_,
    bindparam,
    cast,
    column,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import REGCLASS
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from zope.sqlalchemy import mark_changed

from cabinet.db.scope import check_in_scope, check_module
from cabinet.db.types import UTCDateTime

CHUNK = 1000  # values of one IN (…): far below what either engine takes
_MANY = 50  # fewer rows are not worth a path of their own
_LIBRARY = sqlite3.sqlite_version_info
_VALUES = 32_000 if _LIBRARY >= (3, 32) else 990  # of one statement to SQLite: a little less than it takes
_UPDATES_FROM_VALUES = _LIBRARY >= (3, 33)
_TOGETHER = 500  # rows of one statement to SQLite: more save nothing
_TAKEN = "cabinet.taken_ids"

T = TypeVar("T")


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """``items`` in lists of at most ``size``."""
    everything = list(items)
    for start in range(0, len(everything), size):
        yield everything[start : start + size]


def among(session: Session, column: Any, values: Collection[Any]) -> ColumnElement[bool]:
    """That ``column`` is one of ``values``, at most a chunk of them. To PostgreSQL they go as one array, not as a thousand parameters,
    which take longer to put into the statement than the database takes to answer it."""
    if session.get_bind().dialect.name == "postgresql":
        matches: ColumnElement[bool] = column == any_(literal(list(values), ARRAY(column.type)))
        return matches
    inside: ColumnElement[bool] = column.in_(values)
    return inside


def take_ids(session: Session, table: Table, count: int) -> list[int]:
    """Reserve ``count`` ascending ids of ``table`` in one query, so that rows that refer to each other go in by executemany.

    On SQLite the write lock that the transaction holds from its first statement makes them ours.
    """
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        # As a query of its own the sequence is looked up once, not for every id.
        sequence = select(cast(func.pg_get_serial_sequence(table.name, "id"), REGCLASS)).scalar_subquery()
        numbers = select(func.nextval(sequence)).select_from(func.generate_series(1, count))
        return sorted(connection.execute(numbers).scalars())
    taken: dict[str, int] = session.info.setdefault(_TAKEN, {})
    last = max(
        taken.get(table.name, 0), connection.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()
    )
    taken[table.name] = last + count
    return list(range(last + 1, last + count + 1))


def insert_rows(session: Session, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert ``rows`` (column name → value, the same keys in each) at once: by executemany, and by COPY where many go to PostgreSQL.

    Raises ScopeError when the table is owned by clients and a row lies outside the session's scope.
    """
    if not rows:
        return
    _check(session, table, rows)
    session.flush()
    connection = session.connection()
    names = list(rows[0])
    if len(rows) < _MANY or any(column.default is not None and column.name not in names for column in table.columns):
        connection.execute(insert(table), rows)
    else:
        _insert_many(connection, table, names, rows)
    mark_changed(session)


def execute_many(
    session: Session, statement: Any, rows: Sequence[dict[str, Any]], *, client_ids: Iterable[int | None]
) -> None:
    """Run one UPDATE/upsert ``statement`` for many parameter ``rows``; ``client_ids``: owners of all rows it touches."""
    if not rows:
        return
    _allow(session, statement.table, client_ids)
    connection = session.connection()
    if len(rows) < _MANY or connection.dialect.name == "postgresql":
        connection.execute(statement, rows)
    else:
        _execute_many(connection, statement, rows)
    mark_changed(session)


def update_rows(
    session: Session, table: Table, rows: Sequence[dict[str, Any]], *, client_ids: Iterable[int | None]
) -> None:
    """Set the columns of ``rows`` (each with its ``id``, the same keys in all) at once; ``client_ids``: their owners."""
    if not rows:
        return
    names = [name for name in rows[0] if name != "id"]
    if _many_to_postgresql(session, rows):
        given = given_rows(table, rows)
        statement = update(table).where(table.c.id == given.c.id).values({name: given.c[name] for name in names})
        execute_many(session, statement, [{}], client_ids=client_ids)
        return
    if len(rows) >= _MANY and _UPDATES_FROM_VALUES:
        _allow(session, table, client_ids)
        _update_together(session.connection(), table, names, rows)
        mark_changed(session)
        return
    statement = (
        update(table)
        .where(table.c.id == bindparam("b_id"))
        .values({name: bindparam(f"b_{name}", type_=table.c[name].type) for name in names})
    )
    parameters = [{f"b_{name}": value for name, value in row.items()} for row in rows]
    execute_many(session, statement, parameters, client_ids=client_ids)


def upsert_rows(
    session: Session, statement: Any, rows: Sequence[dict[str, Any]], *, client_ids: Iterable[int | None]
) -> None:
    """Run one INSERT … ON CONFLICT ``statement`` for ``rows`` in their order; ``client_ids``: owners of all rows it touches."""
    if not rows:
        return
    if _many_to_postgresql(session, rows):
        names = list(rows[0])
        given = given_rows(statement.table, rows)
        statement, rows = statement.from_select(names, select(*(given.c[name] for name in names))), [{}]
    execute_many(session, statement, rows, client_ids=client_ids)


def given_rows(table: Table, rows: Sequence[dict[str, Any]]) -> Any:
    """``rows`` as a table within a statement to PostgreSQL, an array a column: one statement then does what a thousand would."""
    names = list(rows[0])
    types = [table.c[name].type for name in names]
    arrays = [
        bindparam(None, [row[name] for row in rows], type_=ARRAY(type_))
        for name, type_ in zip(names, types, strict=True)
    ]
    columns = [column(name, type_) for name, type_ in zip(names, types, strict=True)]
    return func.unnest(*arrays).table_valued(*columns, name="given").render_derived()


def _many_to_postgresql(session: Session, rows: Sequence[Any]) -> bool:
    return len(rows) >= _MANY and session.get_bind().dialect.name == "postgresql"


def _allow(session: Session, table: Table, client_ids: Iterable[int | None]) -> None:
    """Check that rows of ``client_ids`` may be written, and write first what waits in the session."""
    owners = set(client_ids)
    check_in_scope(session, owners)
    check_module(session, table.info.get("module", "core"), owners)
    session.flush()


def _execute_many(connection: Connection, statement: Any, rows: Sequence[dict[str, Any]]) -> None:
    """What SQLAlchemy's executemany does on SQLite, with values converted column by column."""
    compiled = statement.compile(dialect=connection.dialect, column_keys=list(rows[0]))
    if not set(compiled.positiontup) <= rows[0].keys():
        connection.execute(statement, rows)  # it brings values of its own
        return
    types = {name: parameter.type for name, parameter in compiled.binds.items()}
    columns = [
        _converted(types[name], connection.dialect, [row[name] for row in rows]) for name in compiled.positiontup
    ]
    given = list(zip(*columns, strict=True))
    marks = f"({', '.join('?' * len(columns))})"
    before, values, after = compiled.string.partition(f" VALUES {marks}")
    if values and "?" not in after:
        _write_together(connection, f"{before} VALUES ", given, after)
    else:
        connection.exec_driver_sql(compiled.string, given)


def _update_together(
    connection: Connection, table: Table, names: Sequence[str], rows: Sequence[dict[str, Any]]
) -> None:
    """Set the columns ``names`` of ``rows`` on SQLite."""
    quote = connection.dialect.identifier_preparer.quote
    written = ["id", *names]
    columns = [
        _converted(table.columns[name].type, connection.dialect, [row[name] for row in rows]) for name in written
    ]
    changes = ", ".join(f"{quote(name)} = given.column{n}" for n, name in enumerate(names, start=2))
    own = quote(table.name)
    _write_together(
        connection,
        f"UPDATE {own} SET {changes} FROM (VALUES ",  # noqa: S608 - names of our own columns
        list(zip(*columns, strict=True)),
        f") AS given WHERE {own}.id = given.column1",
    )


def _insert_many(connection: Connection, table: Table, names: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    """What SQLAlchemy's executemany does, with values converted column by column: several times faster on plain columns."""
    dialect = connection.dialect
    quote = dialect.identifier_preparer.quote
    into = f"{quote(table.name)} ({', '.join(map(quote, names))})"
    columns = [_converted(table.columns[name].type, dialect, [row[name] for row in rows]) for name in names]
    if dialect.name == "postgresql":
        _copy(connection, f"COPY {into} FROM STDIN", zip(*columns, strict=True))
    else:
        _write_together(connection, f"INSERT INTO {into} VALUES ", list(zip(*columns, strict=True)))  # noqa: S608 - names of our own columns


def _write_together(connection: Connection, before: str, rows: Sequence[tuple[Any, ...]], after: str = "") -> None:
    """Run the statement to SQLite that has ``rows`` as its VALUES, as many at once as one statement takes.

    Where a table has triggers, SQLite notes every page that a *statement* touches in a journal of the statement's own: with a statement
    a row that was a third of an import.
    """
    width = len(rows[0])
    for some in chunks(rows, min(_TOGETHER, _VALUES // width)):
        marks = ", ".join([f"({', '.join('?' * width)})"] * len(some))
        connection.exec_driver_sql(f"{before}{marks}{after}", tuple(value for row in some for value in row))


def _converted(type_: Any, dialect: Any, values: list[Any]) -> list[Any]:
    """``values`` as the driver takes them."""
    if isinstance(type_, JSON):
        nothing = None if type_.none_as_null else "null"
        return [nothing if value is None else "[]" if value == [] else json.dumps(value) for value in values]
    if isinstance(type_, LargeBinary):
        return values  # bytes, which both drivers take as they are
    convert = type_.dialect_impl(dialect).bind_processor(dialect)
    if convert is None:
        return values
    if isinstance(type_, Date | UTCDateTime):  # a file has a few days and thousands of lines, and comes at one instant
        said = {value: convert(value) for value in set(values)}
        return [said[value] for value in values]
    return list(map(convert, values))


def _copy(connection: Connection, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
    driver: Any = connection.connection.dbapi_connection
    with driver.cursor() as cursor:
        try:
            with cursor.copy(statement) as copy:
                for row in rows:
                    copy.write_row(row)
        except connection.dialect.loaded_dbapi.Error as error:
            # The driver was spoken to directly; callers, and whoever decides on a retry, know SQLAlchemy's errors.
            raise DBAPIError.instance(statement, None, error, connection.dialect.loaded_dbapi.Error) from error


def _check(session: Session, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    owners = {row.get("client_id") for row in rows} if "client_id" in table.columns else set()
    if "client_id" in table.columns:
        check_in_scope(session, owners)
    check_module(session, table.info.get("module", "core"), owners)
