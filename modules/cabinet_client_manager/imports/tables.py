"""Imported tables: looked through before anybody says yes, kept so that nothing is sent twice, taken in once."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.contracts.clients import IClientBook
from cabinet.contracts.parties import ILegalEntities
from cabinet.errors import NotFoundError
from cabinet.interfaces import IAuditLog, IClientDirectory, IClock, IEvents, IFileStore, IPeople
from cabinet.origin import origin_of
from cabinet.tables import read_table
from cabinet.texts import pack_text, unpack_text
from cabinet_client_manager.imports.cells import Remarks
from cabinet_client_manager.imports.clients import ClientPlan, ClientWriter, plan_clients
from cabinet_client_manager.imports.columns import CLIENTS, CONTRACTS, rows_of
from cabinet_client_manager.imports.contracts import ContractPlan, ContractWriter, plan_contracts
from cabinet_client_manager.interfaces import ITableImports
from cabinet_client_manager.models import ImportedTable
from cabinet_client_manager.texts import _
from cabinet_client_manager.values import ImportReport, Remark

KINDS = ("clients", "contracts")
CHECKED, DONE = "checked", "done"
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class KeptTable:
    """A table somebody loaded. ``state``: checked or done."""

    public_id: uuid.UUID
    kind: str
    name: str
    size: int
    state: str
    report: ImportReport


@implementer(ITableImports)
class TableImports:
    """The imports of one transaction."""

    def __init__(
        self,
        session: Session,
        *,
        files: IFileStore,
        people: IPeople,
        directory: IClientDirectory,
        book: IClientBook,
        entities: ILegalEntities,
        clock: IClock,
        audit: IAuditLog,
        happened: IEvents,
        user_id: int | None,
    ) -> None:
        self._session = session
        self._files = files
        self._people = people
        self._book = book
        self._entities = entities
        self._clock = clock
        self._audit = audit
        self._user_id = user_id
        self._clients = ClientWriter(session, directory, audit, happened)
        self._contracts = ContractWriter(session, clock, audit, happened)

    def read(self, kind: str, content: bytes, name: str) -> ImportReport:
        """What taking the table in would do; changes nothing. TableError where it is no table."""
        return self._plan(kind, content, name)[1]

    def take(self, kind: str, content: bytes, name: str, progress: Progress | None = None) -> ImportReport:
        """Take the table in, all rows or none; with errors in the report nothing was changed."""
        plan, report = self._plan(kind, content, name)
        if not report.refused:
            self._write(plan, progress or _silent)
        return report

    def keep(self, kind: str, content: bytes, name: str) -> uuid.UUID:
        """Store an uploaded table with what its check found; returns its public id."""
        report = self.read(kind, content, name)
        stored = self._files.put(content, name=name, media_type="application/octet-stream", module="client_manager")
        row = ImportedTable(
            kind=kind,
            file_id=stored.id,
            user_id=self._user_id,
            report=_packed(report),
            created_at=self._clock.now(),
        )
        self._session.add(row)
        self._session.flush()
        return row.public_id

    def kept(self, public_id: uuid.UUID) -> KeptTable:
        """A table kept before; NotFoundError."""
        row = self._row(public_id)
        stored = self._files.get(row.file_id)
        return KeptTable(row.public_id, row.kind, stored.name, stored.size, row.state, _unpacked(row.report))

    def finish(self, public_id: uuid.UUID, progress: Progress | None = None) -> ImportReport:
        """Take a kept table in, once. Where it no longer fits, the new report is kept and nothing else changes."""
        row = self._row(public_id, lock=True)
        if row.state == DONE:
            return _unpacked(row.report)
        stored = self._files.get(row.file_id)
        report = self.take(row.kind, self._files.read(stored), stored.name, progress)
        row.report = _packed(report)
        if not report.refused:
            row.state, row.done_at = DONE, self._clock.now()
            self._audit.record(
                "client_manager.table.imported",
                kind="imported_table",
                public_id=row.public_id,
                title=stored.name,
                after={"created": report.created, "updated": report.updated, "unchanged": report.unchanged},
            )
        self._session.flush()
        return report

    def _plan(self, kind: str, content: bytes, name: str) -> tuple[ClientPlan | ContractPlan, ImportReport]:
        table = read_table(content, name)
        remarks = Remarks()
        layout = CLIENTS if kind == "clients" else CONTRACTS
        rows = rows_of(layout, table.header, table.rows, remarks)
        plan: ClientPlan | ContractPlan
        if kind == "clients":
            plan = plan_clients(self._session, self._people, rows)
        else:
            plan = plan_contracts(self._session, self._book, self._entities.default().currency, rows)
        errors, warnings = remarks.in_order()
        report = ImportReport(
            rows=plan.rows,
            created=len(plan.created),
            updated=len(plan.updated),
            unchanged=plan.unchanged,
            errors=errors,
            warnings=warnings,
        )
        return plan, report

    def _write(self, plan: ClientPlan | ContractPlan, progress: Progress) -> None:
        if isinstance(plan, ClientPlan):
            self._clients.write(plan, progress)
        else:
            self._contracts.write(plan, progress)
        # What was written in bulk is news to the rows this session has read.
        self._session.flush()
        self._session.expire_all()

    def _row(self, public_id: uuid.UUID, *, lock: bool = False) -> ImportedTable:
        statement = select(ImportedTable).where(ImportedTable.public_id == public_id)
        row: ImportedTable | None = self._session.scalar(statement.with_for_update() if lock else statement)
        if row is None:
            raise NotFoundError("no_table", _("There is no such table."))
        return row


def refused(report: ImportReport) -> ImportReport:
    """``report`` of a table that was not taken in: nothing was created or updated."""
    return replace(report, created=0, updated=0, unchanged=0)


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


def table_imports_factory(_context: Any, request: Any) -> TableImports:
    """``ITableImports`` of a request."""
    return TableImports(
        request.db,
        files=request.find_service(IFileStore),
        people=request.find_service(IPeople),
        directory=request.find_service(IClientDirectory),
        book=request.find_service(IClientBook),
        entities=request.find_service(ILegalEntities),
        clock=request.find_service(IClock),
        audit=request.find_service(IAuditLog),
        happened=request.find_service(IEvents),
        user_id=origin_of(request).user_id,
    )
