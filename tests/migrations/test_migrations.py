"""Migrations: from nothing to the models, on both engines, and only where they are needed."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect, text

from cabinet.db import migrate
from cabinet.db.engine import make_engine
from cabinet.plugins import discovery
from cabinet.testing.schema import differences


# SQLite cannot tell of indexes over expressions; PostgreSQL does, and is compared in full.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Skipped unsupported reflection of expression-based index",
    "ignore:autogenerate skipping metadata-specified expression",
)


@pytest.fixture(scope="module")
def modules():
    found = discovery.load(discovery.installed())
    migrate.load_models(found)
    return found


def test_migrations_of_the_core_make_exactly_what_its_models_say(registry) -> None:
    # Those of modules: their contracts.
    assert differences(registry.cabinet_engine, "core") == []


def test_every_foreign_key_has_an_index(registry) -> None:
    found = inspect(registry.cabinet_engine)
    missing = []
    for table in found.get_table_names():
        if table.startswith("alembic_version"):
            continue
        starts = [tuple(i["column_names"]) for i in found.get_indexes(table)]
        starts += [tuple(u["column_names"]) for u in found.get_unique_constraints(table)]
        starts.append(tuple(found.get_pk_constraint(table)["constrained_columns"]))
        for key in found.get_foreign_keys(table):
            columns = tuple(key["constrained_columns"])
            if table.startswith("finsystem_") and not any(start[: len(columns)] == columns for start in starts):
                missing.append(f"{table}.{','.join(columns)}")
    assert missing == [], "a foreign key to a big table without an index makes bulk inserts quadratic"


def test_migrating_twice_changes_nothing_and_each_owner_has_its_own_version_table(registry, modules) -> None:
    before = migrate.upgrade(registry.cabinet_engine, modules)
    assert all(status.current == status.head for status in before)
    tables = set(inspect(registry.cabinet_engine).get_table_names())
    assert {f"alembic_version_{owner.id}" for owner in migrate.owners(modules)} <= tables


def test_where_the_tables_stand_is_asked_in_the_middle_of_writing(unit_of_work, registry, modules) -> None:
    with unit_of_work() as request:
        # The health of the site is noted by a job, which writes: a second writer would wait for the first one, in vain.
        request.db.execute(text("UPDATE core_user SET name = name"))
        assert migrate.behind(registry.cabinet_engine, modules) == []


def test_a_database_that_is_behind_is_refused_by_name(tmp_path, modules) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/old.sqlite3")
    with pytest.raises(migrate.SchemaError, match="core"):
        migrate.check(engine, modules)
    migrate.upgrade(engine, modules)
    migrate.check(engine, modules)
    engine.dispose()


def test_sqlite_keeps_the_promises_of_its_connection(tmp_path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/x.sqlite3")
    with engine.connect() as connection:
        ask = lambda pragma: connection.execute(text(f"PRAGMA {pragma}")).scalar()  # noqa: E731
        assert (ask("foreign_keys"), ask("synchronous"), ask("recursive_triggers")) == (1, 2, 1)
    engine.dispose()


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
    ],
)
def test_wal_is_used_only_where_the_library_is_free_of_the_reset_bug(version, safe) -> None:
    from cabinet.db.engine import wal_is_safe

    assert wal_is_safe(version) is safe
