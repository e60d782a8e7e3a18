"""Migrations: one version table a module, run in the order of the module graph, all in one transaction."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, column, false, inspect, select, table

from cabinet.db.engine import read_only
from cabinet.errors import DomainError
from cabinet.plugins.discovery import LoadedModule
from cabinet.plugins.faults import blaming
from cabinet.texts import _

_HERE = Path(__file__).parent


class SchemaError(DomainError):
    """The database is not at the state this code needs."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose tables: ``core`` or a module, and where its revisions lie."""

    id: str
    versions: Path


@dataclass(frozen=True, slots=True)
class Status:
    """Where an owner's tables stand: ``current`` is None in an empty database, ``head`` what the code needs."""

    owner: str
    current: str | None
    head: str | None


def owners(modules: Sequence[LoadedModule]) -> list[Owner]:
    """The core first, then ``modules`` that have migrations, in their order."""
    found = [Owner("core", _HERE / "migrations")]
    for module in modules:
        versions = Path(module.package.__path__[0]) / "migrations" / "versions"
        if versions.is_dir():
            found.append(Owner(module.info.id, versions))
    return found


def upgrade(
    engine: Engine, modules: Sequence[LoadedModule], *, only: str | None = None, to: str = "head"
) -> list[Status]:
    """Bring the tables of all owners (or of ``only`` one) to their heads, or to the revision ``to``; returns where they stood before."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":  # a large table takes as long as it takes
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        before = [_status(connection, owner) for owner in owners(modules)]
        for owner in owners(modules):
            if only in (None, owner.id):
                with blaming(owner.id, "migrations"):
                    command.upgrade(_config(owner, connection), to)
    return before


def revisions(modules: Sequence[LoadedModule], owner_id: str) -> list[str]:
    """Revisions of an owner, the first one first."""
    owner = next(o for o in owners(modules) if o.id == owner_id)
    script = ScriptDirectory.from_config(_config(owner))
    return [revision.revision for revision in script.walk_revisions()][::-1]


def status(engine: Engine, modules: Sequence[LoadedModule]) -> list[Status]:
    """Where each owner's tables stand. Waits for nobody who writes, the caller least of all."""
    with read_only(engine).connect() as connection:
        return [_status(connection, owner) for owner in owners(modules)]


def behind(engine: Engine, modules: Sequence[LoadedModule]) -> list[str]:
    """Owners whose tables are not what this code needs. A module whose data were erased needs none while it is off."""
    found = {s.owner for s in status(engine, modules) if s.current != s.head}
    if found and "core" not in found:
        with read_only(engine).connect() as connection:
            found -= erased(connection, modules)
    return sorted(found)


def check(engine: Engine, modules: Sequence[LoadedModule]) -> None:
    """SchemaError where an owner is `behind`: serving another schema would damage data."""
    if found := behind(engine, modules):
        raise SchemaError(
            "schema_behind",
            _("The database needs `cabinet migrate` first (${owners}).", mapping={"owners": ", ".join(found)}),
        )


def erased(connection: Connection, modules: Sequence[LoadedModule]) -> set[str]:
    """Ids of modules that are switched off and have no tables: their data were erased. Switched on, they are made anew."""
    # By name: the models of switches stand above.
    switch = table("core_module_switch", column("module"), column("on"))
    off = set(connection.scalars(select(switch.c.module).where(switch.c.on == false())))
    return missing(connection, modules) & off if off else set()


def missing(connection: Connection, modules: Sequence[LoadedModule]) -> set[str]:
    """Ids of owners whose tables are not there at all."""
    found = inspect(connection)
    return {owner.id for owner in owners(modules) if not found.has_table(f"alembic_version_{owner.id}")}


def make(connection: Connection, modules: Sequence[LoadedModule], owner_id: str) -> None:
    """Make the tables of one module in the transaction of ``connection``."""
    owner = next(o for o in owners(modules) if o.id == owner_id)
    command.upgrade(_config(owner, connection), "head")


def new_revision(engine: Engine, modules: Sequence[LoadedModule], owner_id: str, message: str) -> None:
    """Write a revision from the difference between the models and a migrated database: the developer's tool."""
    owner = next(o for o in owners(modules) if o.id == owner_id)
    with engine.begin() as connection:
        command.revision(_config(owner, connection), message, autogenerate=True)


def load_models(modules: Sequence[LoadedModule]) -> None:
    """Import every module that defines tables, so that the MetaData is whole."""
    for name in (
        "identity",
        "preferences",
        "switches",
        "audience",
        "audit",
        "files",
        "fulltext",
        "imports",
        "jobs",
        "notify",
        "numbering",
        "personal",
        "history",
        "richtext",
    ):
        importlib.import_module(f"cabinet.{name}.models")
    for module in modules:
        module.part("models")


def _config(owner: Owner, connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.set_main_option("version_locations", str(owner.versions))
    config.set_main_option("path_separator", "os")
    config.attributes["module"] = owner.id
    config.attributes["connection"] = connection
    return config


def _status(connection: Connection, owner: Owner) -> Status:
    script = ScriptDirectory.from_config(_config(owner, connection))
    context = MigrationContext.configure(connection, opts={"version_table": f"alembic_version_{owner.id}"})
    return Status(owner.id, context.get_current_revision(), script.get_current_head())
