"""Questions that every page asks: put together once, and asked of the connection, past all that the ORM does for objects."""

from __future__ import annotations

from copy import copy
from typing import Any

from sqlalchemy import ColumnElement, Result, Select
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import TableClause
from sqlalchemy.sql.visitors import iterate

from cabinet.db.base import ModuleBase
from cabinet.db.scope import is_owned


class PlainQuery:
    """A select of columns: ``PlainQuery(select(Switch.module).where(Switch.on == bindparam("on"))).ask(session, on=True).all()``.

    No scope narrows it, so that it may not read what belongs to clients (ClientOwned and its like): TypeError where it would. A third of
    what the session's own ``execute`` takes.
    """

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        read = {part.name for part in iterate(statement) if isinstance(part, TableClause)}
        if owned := sorted(read & _owned_tables()):
            raise TypeError(f"what belongs to clients is asked within their scope: {', '.join(owned)}")
        self.statement = statement

    def where(self, *criteria: ColumnElement[bool]) -> PlainQuery:
        """The same question of fewer rows; itself where there are no ``criteria``."""
        if not criteria:
            return self
        narrowed = copy(self)
        narrowed.statement = self.statement.where(*criteria)
        return narrowed

    def ask(self, session: Session, **parameters: Any) -> Result[*tuple[Any, ...]]:
        """The rows, after what ``session`` still has to write is written."""
        session._autoflush()  # noqa: SLF001 - as its own execute does, which knows when a flush is already under way
        return session.connection().execute(self.statement, parameters)


def _owned_tables() -> set[str]:
    bases: list[Any] = ModuleBase.__subclasses__()
    mappers = [mapper for base in bases for mapper in base.registry.mappers]
    return {mapper.local_table.name for mapper in mappers if is_owned(mapper.class_)}
