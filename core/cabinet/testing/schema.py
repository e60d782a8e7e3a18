"""What a contract asks of a module's tables: made by its own migrations, as its models say, from every revision on."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Connection, Engine, MetaData, Table, inspect, select
from sqlalchemy.exc import SQLAlchemyError

from cabinet.db import metadata
from cabinet.db.base import compared_with


def differences(engine: Engine, owner: str) -> list[Any]:
    """How the tables of ``owner`` in a migrated database differ from what its models say."""

    options = {"compare_type": True, "include_object": compared_with(owner, engine.dialect.name)}
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, _with_referred(owner)))


def _with_referred(owner: str) -> MetaData:
    """Tables of ``owner`` and those that they refer to: of a module that is none of its business half may be loaded."""
    found = MetaData(naming_convention=metadata.naming_convention)
    waiting = [table for name, table in metadata.tables.items() if name.startswith(f"{owner}_")]
    while waiting:
        table = waiting.pop()
        if table.name not in found.tables:
            said = {index.name: index.info for index in table.indexes}
            for index in table.to_metadata(found).indexes:
                index.info.update(said[index.name])  # which SQLAlchemy leaves behind
            waiting += [metadata.tables[key.target_fullname.rpartition(".")[0]] for key in table.foreign_keys]
    return found


def columns(engine: Engine) -> dict[str, list[tuple[str, str, bool]]]:
    """Table → (name, type, whether it may be empty) of its columns."""
    found = inspect(engine)
    return {
        table: [(c["name"], str(c["type"]), bool(c["nullable"])) for c in found.get_columns(table)]
        for table in found.get_table_names()
    }


def fill(engine: Engine, owner: str) -> list[str]:
    """Put a row into each table of ``owner``, as far as types and foreign keys tell what one looks like; the tables that have one."""
    reflected = MetaData()
    with engine.begin() as connection:
        reflected.reflect(connection)
        own = [t for t in reflected.sorted_tables if t.name.startswith(f"{owner}_")]
        return [table.name for table in own if _row(connection, table, ()) is not None]


def _row(connection: Connection, table: Table, above: Sequence[Table]) -> Mapping[str, Any] | None:
    """The first row of ``table``, made where there is none; None where a rule of the database refuses what was made up."""
    if (found := connection.execute(select(table).limit(1)).mappings().first()) is not None:
        return dict(found)
    values = {}
    for column in table.columns:
        target = next((key.column for key in column.foreign_keys), None)
        if target is not None and target.table not in (table, *above):
            if (row := _row(connection, target.table, (*above, table))) is not None:
                values[column.name] = row[target.name]
        elif target is None and not column.nullable and not _fills_itself(column, connection.dialect.name):
            values[column.name] = _value(column)
    try:
        with connection.begin_nested():
            connection.execute(table.insert().values(values))
    except SQLAlchemyError:
        return None
    return dict(connection.execute(select(table).limit(1)).mappings().one())


def _fills_itself(column: Column[Any], dialect: str) -> bool:
    # SQLite numbers any whole key by itself; PostgreSQL only those that say so.
    whole = dialect == "sqlite" and column.primary_key and issubclass(column.type.python_type, int)
    return column.server_default is not None or column.identity is not None or whole


def _value(column: Column[Any]) -> Any:
    kind = column.type.python_type
    length = getattr(column.type, "length", None)
    if kind is str:
        return uuid.uuid4().hex if length is None or length >= 32 else "x"[:length]
    made: dict[type, Any] = {
        bool: True,
        int: 1,
        Decimal: Decimal(1),
        float: 1.0,
        date: date(2026, 1, 1),
        datetime: datetime(2026, 1, 1, tzinfo=UTC),
        uuid.UUID: uuid.uuid4(),
        bytes: b"x",
        dict: {},
        list: [],
        object: {},  # JSON, which may hold anything
    }
    return made[kind]
