"""Imported tables of clients and contracts: planned as a whole, then written as a whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.contracts.clients import IClientBook
from cabinet.contracts.parties import ILegalEntities
from cabinet.interfaces import IAuditLog, IClientDirectory, IClock, IEvents, IPeople, ITableReader
from cabinet.tables import ImportReport, Remarks, read_table, rows_of
from cabinet_client_manager.imports.cells import Cells
from cabinet_client_manager.imports.clients import ClientPlan, ClientWriter, plan_clients
from cabinet_client_manager.imports.columns import CLIENTS, CONTRACTS
from cabinet_client_manager.imports.contracts import ContractPlan, ContractWriter, plan_contracts
from cabinet_client_manager.interfaces import ITableImports

KINDS = ("clients", "contracts")
Progress = Callable[[int, int], None]


@implementer(ITableImports)
class TableImports:
    """The imports of one transaction."""

    def __init__(
        self,
        session: Session,
        *,
        people: IPeople,
        directory: IClientDirectory,
        book: IClientBook,
        entities: ILegalEntities,
        clock: IClock,
        audit: IAuditLog,
        happened: IEvents,
    ) -> None:
        self._session = session
        self._people = people
        self._book = book
        self._entities = entities
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

    def _plan(self, kind: str, content: bytes, name: str) -> tuple[ClientPlan | ContractPlan, ImportReport]:
        table = read_table(content, name)
        remarks = Remarks()
        layout = CLIENTS if kind == "clients" else CONTRACTS
        rows = rows_of(layout, table, remarks, Cells)
        plan: ClientPlan | ContractPlan
        if kind == "clients":
            plan = plan_clients(self._session, self._people, rows)
        else:
            plan = plan_contracts(self._session, self._book, self._entities.default().currency, rows)
        created, updated = len(plan.created), len(plan.updated)
        return plan, remarks.report(rows=plan.rows, created=created, updated=updated, unchanged=plan.unchanged)

    def _write(self, plan: ClientPlan | ContractPlan, progress: Progress) -> None:
        if isinstance(plan, ClientPlan):
            self._clients.write(plan, progress)
        else:
            self._contracts.write(plan, progress)
        # What was written in bulk is news to the rows this session has read.
        self._session.flush()
        self._session.expire_all()


def _silent(_done: int, _total: int) -> None:
    """Nobody watches."""


def table_imports_factory(_context: Any, request: Any) -> TableImports:
    """``ITableImports`` of a request."""
    return TableImports(
        request.db,
        people=request.find_service(IPeople),
        directory=request.find_service(IClientDirectory),
        book=request.find_service(IClientBook),
        entities=request.find_service(ILegalEntities),
        clock=request.find_service(IClock),
        audit=request.find_service(IAuditLog),
        happened=request.find_service(IEvents),
    )


@implementer(ITableReader)
class TableReader:
    """One kind of these tables for the pages that load it."""

    def __init__(self, imports: ITableImports, kind: str) -> None:
        self._imports = imports
        self._kind = kind

    def read(self, content: bytes, name: str, _options: Mapping[str, Any]) -> ImportReport:
        """What taking the table in would do. TableError."""
        report: ImportReport = self._imports.read(self._kind, content, name)
        return report

    def take(self, content: bytes, name: str, _options: Mapping[str, Any], progress: Progress) -> ImportReport:
        """Take the table in, all rows or none."""
        report: ImportReport = self._imports.take(self._kind, content, name, progress)
        return report


def reader_factory(kind: str) -> Callable[[Any, Any], TableReader]:
    """The factory of the ITableReader called ``client_manager.<kind>``."""
    return lambda _context, request: TableReader(request.find_service(ITableImports), kind)
