"""What belongs to a module in a database: its own tables, found by their names, and what the core keeps for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, inspect, not_, null, or_, select, table, text, update

from cabinet.audit.models import AuditEvent
from cabinet.files.models import StoredFile
from cabinet.fulltext.models import IndexedText
from cabinet.imports.models import ImportedTable
from cabinet.jobs.models import UNFINISHED, Job
from cabinet.notify.models import MailAttachment, Notice, NoticeChoice, OutgoingMail
from cabinet.numbering.models import Sequence
from cabinet.preferences.models import StoredSetting
from cabinet.richtext.models import Attachment, Draft
from cabinet.switches.models import ClientSwitch

VERSIONS = "alembic_version_"
_SETTINGS = StoredSetting.__table__


@dataclass(frozen=True, slots=True)
class Share:
    """Rows that one table of the core keeps for a module. ``criterion`` finds them."""

    table: Any
    criterion: ColumnElement[bool]

    @property
    def name(self) -> str:
        """Of the table."""
        return str(self.table.name)


def owners(connection: Connection) -> set[str]:
    """Ids of all whose tables were ever made here, the core left out."""
    names = inspect(connection).get_table_names()
    return {name.removeprefix(VERSIONS) for name in names if name.startswith(VERSIONS)} - {"core"}


def own_tables(connection: Connection, module_id: str) -> list[str]:
    """Its tables, those that refer to others first."""
    in_order = [name for name, _keys in inspect(connection).get_sorted_table_and_fkc_names() if name]
    own = [name for name in reversed(in_order) if name.startswith(f"{module_id}_")]
    every = inspect(connection).get_table_names()  # those whose keys go in a circle stand in no order
    return [*own, *(name for name in every if name.startswith(f"{module_id}_") and name not in own)]


def referring(connection: Connection, names: list[str]) -> set[str]:
    """Tables of others that refer to one of ``names``."""
    keys = inspect(connection).get_multi_foreign_keys()
    return {
        found
        for (_schema, found), of_table in keys.items()
        if found not in names and any(key["referred_table"] in names for key in of_table)
    }


def shares(module_id: str) -> list[Share]:
    """What the core keeps for a module, in the order in which it can go."""

    def begins(column: Any) -> ColumnElement[bool]:
        return column.startswith(f"{module_id}.", autoescape=True)  # type: ignore[no-any-return]

    letters = select(OutgoingMail.id).where(begins(OutgoingMail.about_kind))
    named_by_others = or_(
        StoredFile.id.in_(select(MailAttachment.file_id).where(MailAttachment.mail_id.not_in(letters))),
        StoredFile.id.in_(select(ImportedTable.file_id).where(not_(begins(ImportedTable.kind)))),
    )
    return [
        # A notice refers to its letter.
        Share(Notice.__table__, or_(begins(Notice.kind), Notice.mail_id.in_(letters))),
        Share(NoticeChoice.__table__, begins(NoticeChoice.kind)),
        Share(MailAttachment.__table__, MailAttachment.mail_id.in_(letters)),
        Share(OutgoingMail.__table__, begins(OutgoingMail.about_kind)),
        Share(ImportedTable.__table__, begins(ImportedTable.kind)),
        Share(_SETTINGS, begins(StoredSetting.name)),
        # What hangs on a text refers to its file, and on a draft to that.
        Share(Attachment.__table__, begins(Attachment.kind)),
        Share(Draft.__table__, begins(Draft.kind)),
        # A letter of another module may carry a file of this one: it keeps it.
        Share(StoredFile.__table__, (StoredFile.module == module_id) & not_(named_by_others)),
        Share(Job.__table__, or_(Job.module == module_id, begins(Job.kind))),
        Share(Sequence.__table__, begins(Sequence.kind)),
        Share(IndexedText.__table__, begins(IndexedText.kind)),
        Share(ClientSwitch.__table__, ClientSwitch.module == module_id),
    ]


def count(connection: Connection, name: str) -> int:
    """Rows of a table."""
    return connection.scalar(select(func.count()).select_from(table(name))) or 0


def rows(connection: Connection, name: str) -> Iterator[dict[str, Any]]:
    """Rows of a table as the driver gives them."""
    found = connection.execute(select(text("*")).select_from(table(name)), execution_options={"yield_per": 1000})
    yield from (dict(row) for row in found.mappings())


def remembered(connection: Connection, module_id: str) -> int:
    """Acts of a module in the audit trail."""
    acts = AuditEvent.action.startswith(f"{module_id}.", autoescape=True)
    return connection.scalar(select(func.count()).select_from(AuditEvent).where(acts)) or 0


def running(connection: Connection, module_id: str) -> int:
    """Work for a module that goes on at this moment."""
    mine = (Job.module == module_id) & (Job.state == UNFINISHED[1])
    return connection.scalar(select(func.count()).select_from(Job).where(mine)) or 0


def lock(connection: Connection, names: list[str]) -> None:
    """Let nobody else write until the transaction ends. SQLite's has one writer anyway."""
    if connection.dialect.name == "postgresql" and names:
        connection.exec_driver_sql(f"LOCK TABLE {_listed(connection, names)} IN ACCESS EXCLUSIVE MODE")


def drop(connection: Connection, module_id: str, names: list[str]) -> None:
    """Drop the tables with their triggers, the functions of those, and the note of which revision they stood at."""
    gone = [*names, VERSIONS + module_id]
    if connection.dialect.name == "sqlite":
        # What is dropped later may still refer to what is dropped first.
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for name in gone:
            connection.exec_driver_sql(f"DROP TABLE {_listed(connection, [name])}")
        return
    # Without CASCADE: whatever else depends on them keeps all of them.
    connection.exec_driver_sql(f"DROP TABLE {_listed(connection, gone)}")
    functions = connection.execute(
        text(
            "SELECT oid::regprocedure::text FROM pg_proc"
            " WHERE starts_with(proname, :start) AND pronamespace = current_schema()::regnamespace"
        ),
        {"start": f"{module_id}_"},
    )
    for signature in functions.scalars().all():
        connection.exec_driver_sql(f"DROP FUNCTION {signature}")


def forget(connection: Connection, module_id: str) -> None:
    """Delete what the core keeps for a module."""
    for share in shares(module_id):
        if share.table is not _SETTINGS:
            connection.execute(delete(share.table).where(share.criterion))
            continue
        # Emptied, not deleted: by the newest revision every process knows that what it has read is not so any more.
        newest = connection.scalar(select(func.max(StoredSetting.revision))) or 0
        emptied = {"value": null(), "file_id": None, "changed_by": None, "revision": newest + 1}
        connection.execute(update(share.table).where(share.criterion).values(emptied))


def _listed(connection: Connection, names: list[str]) -> str:
    quote = connection.dialect.identifier_preparer.quote
    return ", ".join(quote(name) for name in names)
