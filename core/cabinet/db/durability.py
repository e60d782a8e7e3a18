"""Whether the database keeps what it has acknowledged, and is reached by a role that can do no more than it needs."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, text

from cabinet.db.engine import POSTGRESQL
from cabinet.texts import _

_MUST_BE_ON = ("fsync", "full_page_writes", "synchronous_commit")


def weaknesses(connection: Connection) -> Iterator[str]:
    """What is wrong, in words."""
    if connection.dialect.name == "sqlite":
        yield from _of_sqlite(connection)
    else:
        yield from _of_postgresql(connection)


def _of_sqlite(connection: Connection) -> Iterator[str]:
    if connection.exec_driver_sql("PRAGMA synchronous").scalar() != 2:
        yield _("SQLite does not wait for the disk: a power cut may take what was saved.")
    if connection.exec_driver_sql("PRAGMA foreign_keys").scalar() != 1:
        yield _("SQLite does not check that rows belong together.")


def _of_postgresql(connection: Connection) -> Iterator[str]:
    shown = {name: value for name, value in connection.execute(text("SELECT name, setting FROM pg_settings"))}  # noqa: C416 - rows are no pairs to mypy
    for name in _MUST_BE_ON:
        if shown.get(name) in {"off", "local"}:
            yield _(
                "PostgreSQL runs with ${name} = ${value}: a crash may take what was saved. Set it to on.",
                mapping={"name": name, "value": shown[name]},
            )
    for name in POSTGRESQL:
        if name.endswith("_timeout") and shown.get(name) == "0":
            yield _("PostgreSQL has no ${name}: one stuck query may stop the site.", mapping={"name": name})
    if connection.scalar(text("SELECT current_setting('is_superuser')")) == "on":
        yield _(
            "The cabinet reaches PostgreSQL as a superuser, which no rule of the database holds back."
            " Give it a role of its own: see docs/security.md."
        )
