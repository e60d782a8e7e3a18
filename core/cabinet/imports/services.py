"""Loaded tables: looked through before anybody says yes, kept so that nothing is sent twice, taken in once."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.db.session import unit_of_work
from cabinet.errors import ConflictError, NotFoundError
from cabinet.imports.models import ImportedTable
from cabinet.interfaces import IAuditLog, IClock, IFileStore, IImportedTables, ITableReader
from cabinet.origin import origin_of
from cabinet.tables import ImportReport, Remark, TableError
from cabinet.texts import _, pack_text, unpack_text

CHECKING, REFUSED, CHECKED, DONE = "checking", "refused", "checked", "done"
CHECK_TABLE = "core.check_table"
TAKE_TABLE = "core.take_table"
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class KeptTable:
    """A table somebody loaded. ``options``: what was chosen with it; ``state``: checking, refused, checked or done.

    ``report``: empty until it is checked. ``problem``: why it was refused, a TranslationString, or None. ``job_id``: the work that
    checks it.
    """

    public_id: uuid.UUID
    kind: str
    options: Mapping[str, Any]
    name: str
    size: int
    state: str
    report: ImportReport
    problem: str | None = None
    job_id: int | None = None


@implementer(IImportedTables)
class ImportedTables:
    """The loaded tables of one transaction. ``reader_of``: the ITableReader of a kind."""

    def __init__(
        self,
        session: Session,
        files: IFileStore,
        clock: IClock,
        audit: IAuditLog,
        reader_of: Callable[[str], ITableReader],
        user_id: int | None,
    ) -> None:
        self._session = session
        self._files = files
        self._clock = clock
        self._audit = audit
        self._reader_of = reader_of
        self._user_id = user_id

    def keep(self, kind: str, content: bytes, name: str, options: Mapping[str, Any] | None = None) -> uuid.UUID:
        """Store an uploaded table, to be checked; returns its public id."""
        module = kind.partition(".")[0]
        stored = self._files.put(content, name=name, media_type="application/octet-stream", module=module)
        row = ImportedTable(
            kind=kind,
            options=dict(options or {}),
            file_id=stored.id,
            user_id=self._user_id,
            state=CHECKING,
            report={},
            created_at=self._clock.now(),
        )
        self._session.add(row)
        self._session.flush()
        after = {"kind": kind, "sha256": stored.sha256}
        self._audit.record(
            "core.table.loaded", kind="imported_table", public_id=row.public_id, title=stored.name, after=after
        )
        return row.public_id

    def being_checked(self, public_id: uuid.UUID, job_id: int) -> None:
        """Remember which work checks the table."""
        self._row(public_id).job_id = job_id

    def look(self, public_id: uuid.UUID) -> ImportReport:
        """What taking a kept table in would do; nothing is written. TableError where it is no table."""
        row = self._row(public_id)
        stored = self._files.get(row.file_id)
        report: ImportReport = self._reader_of(row.kind).read(self._files.read(stored), stored.name, row.options)
        return report

    def checked(self, public_id: uuid.UUID, found: ImportReport | TableError) -> None:
        """Keep what the check found, once."""
        row = self._row(public_id, lock=True)
        if row.state != CHECKING:
            return
        if isinstance(found, TableError):
            row.state, row.report = REFUSED, {"refused": pack_text(found.message)}
        else:
            row.state, row.report = CHECKED, _packed(found)

    def kept(self, public_id: uuid.UUID) -> KeptTable:
        """A table kept before; NotFoundError."""
        row = self._row(public_id)
        stored = self._files.get(row.file_id)
        known = row.state in {CHECKED, DONE}
        return KeptTable(
            row.public_id,
            row.kind,
            row.options,
            stored.name,
            stored.size,
            row.state,
            _unpacked(row.report) if known else ImportReport(),
            unpack_text(row.report["refused"]) if row.state == REFUSED else None,
            row.job_id,
        )

    def finish(self, public_id: uuid.UUID, progress: Progress | None = None) -> ImportReport:
        """Take a kept table in, once. Where it no longer fits, the new report is kept and nothing else changes.

        ConflictError where nobody has looked it through yet, or it is no table.
        """
        row = self._row(public_id, lock=True)
        if row.state not in {CHECKED, DONE}:
            raise ConflictError("table_unchecked", _("This table has not been looked through."))
        if row.state == DONE:
            return _unpacked(row.report)
        stored = self._files.get(row.file_id)
        content = self._files.read(stored)
        report: ImportReport = self._reader_of(row.kind).take(content, stored.name, row.options, progress or _silent)
        row.report = _packed(report)
        if not report.refused:
            row.state, row.done_at = DONE, self._clock.now()
            counts = {"created": report.created, "updated": report.updated, "unchanged": report.unchanged}
            self._audit.record(
                "core.table.imported",
                kind="imported_table",
                public_id=row.public_id,
                title=stored.name,
                # What was chosen is the kind's own: its module tells under the whole name how people call it.
                after={
                    "kind": row.kind,
                    **{f"{row.kind}.{name}": said for name, said in row.options.items()},
                    **counts,
                },
            )
        self._session.flush()
        return report

    def _row(self, public_id: uuid.UUID, *, lock: bool = False) -> ImportedTable:
        statement = select(ImportedTable).where(ImportedTable.public_id == public_id)
        if lock:
            statement = statement.with_for_update().execution_options(populate_existing=True)
        row: ImportedTable | None = self._session.scalar(statement)
        if row is None:
            raise NotFoundError("no_table", _("There is no such table."))
        return row


def check_table(job: Any, registry: Any) -> dict[str, Any]:
    """Look a table through before anybody says yes: read apart, noted in a short transaction. ``args``: table, its public id."""
    table = uuid.UUID(hex=job.args["table"])
    job.progress(0)
    found: ImportReport | TableError
    try:
        with unit_of_work(registry, scope=job.scope(), actor="check_table", writing=False) as request:
            found = request.find_service(IImportedTables).look(table)
    except TableError as error:
        found = error
    with job.unit_of_work() as request:
        request.find_service(IImportedTables).checked(table, found)
        result = {"errors": 1 if isinstance(found, TableError) else len(found.errors)}
        job.done(request, result)
    return result


def take_table(job: Any, _registry: Any) -> dict[str, int]:
    """Take in a table that was looked through on screen. ``args``: table, its public id."""
    with job.unit_of_work() as request:
        tables = request.find_service(IImportedTables)
        report = tables.finish(uuid.UUID(hex=job.args["table"]), job.progress)
        result = {"created": report.created, "updated": report.updated, "errors": len(report.errors)}
        job.done(request, result)
    return result


def _silent(_done: int, _total: int) -> None:
    """Nobody watches."""


def _packed(report: ImportReport) -> dict[str, Any]:
    packed = asdict(report)
    for place in ("errors", "warnings"):
        packed[place] = [[r.row, r.column, pack_text(r.message)] for r in getattr(report, place)]
    return packed


def _unpacked(packed: dict[str, Any]) -> ImportReport:
    remarks = {
        place: tuple(Remark(row, column, unpack_text(message)) for row, column, message in packed[place])
        for place in ("errors", "warnings")
    }
    return ImportReport(**{**packed, **remarks})


def imported_tables_factory(_context: Any, request: Any) -> ImportedTables:
    """``IImportedTables`` of a request."""
    return ImportedTables(
        request.db,
        request.find_service(IFileStore),
        request.find_service(IClock),
        request.find_service(IAuditLog),
        lambda kind: request.find_service(ITableReader, name=kind),
        origin_of(request).user_id,
    )
