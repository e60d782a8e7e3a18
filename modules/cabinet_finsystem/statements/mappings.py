"""What people said the columns of a bank's table are: kept by the header, used for every such file, told to the audit."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.interfaces import IAuditLog, IClock
from cabinet_finsystem.errors import FinsystemError
from cabinet_finsystem.interfaces import IColumnMappings
from cabinet_finsystem.statements.models import TableMapping
from cabinet_finsystem.statements.tables.mapping import ColumnMapping, header_key
from cabinet_finsystem.texts import _

_NAME = 120


class MappingError(FinsystemError):
    """The columns chosen cannot make a statement; ``details["field"]`` names what lacks."""


@implementer(IColumnMappings)
class ColumnMappings:
    """Mappings of one transaction."""

    def __init__(self, session: Session, clock: IClock, audit: IAuditLog, user_id: int | None) -> None:
        self._session = session
        self._clock = clock
        self._audit = audit
        self._user_id = user_id

    def known(self) -> dict[str, ColumnMapping]:
        """All of them, by the key of their header."""
        return {row.key: ColumnMapping.from_json(row.mapping) for row in self.all()}

    def all(self) -> Sequence[TableMapping]:
        """As stored, the latest first."""
        kept = select(TableMapping).where(TableMapping.removed_at.is_(None))
        return list(self._session.scalars(kept.order_by(TableMapping.changed_at.desc())))

    def find(self, public_id: uuid.UUID) -> TableMapping | None:
        """One of them, a forgotten one too."""
        found: TableMapping | None = self._session.scalar(
            select(TableMapping).where(TableMapping.public_id == public_id)
        )
        return found

    def save(self, header: Sequence[str], mapping: ColumnMapping, name: str) -> TableMapping:
        """Keep what the columns of ``header`` are. MappingError where no statement can be made of them."""
        for problem in mapping.problems():
            raise MappingError("columns_lack", PROBLEMS[problem], {"lacks": problem})
        key = header_key(header)
        row = self._session.scalar(select(TableMapping).where(TableMapping.key == key))
        before = None
        if row is None:
            row = TableMapping(public_id=uuid.uuid4(), key=key)
            self._session.add(row)
        elif row.removed_at is None:
            before = _facts(row)
        row.removed_at = None
        row.header, row.mapping, row.name = list(header), mapping.to_json(), name[:_NAME]
        row.user_id, row.changed_at = self._user_id, self._clock.now()
        self._session.flush()
        self._tell("finsystem.table_mapping.saved", row, before=before, after=_facts(row))
        return row

    def remove(self, row: TableMapping) -> None:
        """Forget it: such a file is asked about again."""
        if row.removed_at is None:
            row.removed_at = self._clock.now()
            self._tell("finsystem.table_mapping.removed", row, before=_facts(row))

    def restore(self, row: TableMapping) -> None:
        """Take the forgetting back."""
        if row.removed_at is not None:
            row.removed_at = None
            self._tell("finsystem.table_mapping.restored", row, after=_facts(row))

    def _tell(self, action: str, row: TableMapping, **facts: Any) -> None:
        self._audit.record(action, kind="table_mapping", public_id=row.public_id, title=row.name, **facts)


PROBLEMS = {
    "date": _("Say which column is the date."),
    "money": _("Say which column is the amount, or which two are money in and money out."),
}


def told(header: Sequence[str], mapping: ColumnMapping) -> dict[str, str]:
    """A mapping as the audit tells it: role → names of its columns."""
    return {
        role: ", ".join(header[place] for place in places if place < len(header))
        for role, places in mapping.columns.items()
    }


def _facts(row: TableMapping) -> dict[str, Any]:
    return {"columns": told(row.header, ColumnMapping.from_json(row.mapping))}


def mappings_factory(_context: Any, request: Any) -> ColumnMappings:
    """``IColumnMappings`` of a request."""
    from cabinet.origin import origin_of

    return ColumnMappings(
        request.db, request.find_service(IClock), request.find_service(IAuditLog), origin_of(request).user_id
    )


def includeme(config: Any) -> None:
    """Bind the service."""
    config.register_service_factory(mappings_factory, IColumnMappings)
