"""Taking tables in: read, checked as a whole, written as a whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.audit.services import Act
from cabinet.contracts.clients import IClientBook
from cabinet.contracts.parties import ILegalEntities
from cabinet.interfaces import IAuditLog, IClock, INotices, ITableReader
from cabinet.tables import ImportReport, Remarks, read_table, rows_of
from cabinet_finsystem.imports.balances import LAYOUT as BALANCES
from cabinet_finsystem.imports.balances import BalancePlan, plan_balances
from cabinet_finsystem.imports.cells import Cells
from cabinet_finsystem.imports.invoices import LAYOUT as INVOICES
from cabinet_finsystem.imports.invoices import InvoicePlanner
from cabinet_finsystem.imports.writing import InvoiceWriter, Progress
from cabinet_finsystem.interfaces import IArticles, IBookImports, ILedger, IPayments
from cabinet_finsystem.invoicing.drafting import Drafter, drafter_of
from cabinet_finsystem.invoicing.issuing import issuer_of
from cabinet_finsystem.notices import ISSUED, tell_issued
from cabinet_finsystem.texts import _, in_books


@implementer(IBookImports)
class BookImports:
    """The imports of one transaction."""

    def __init__(
        self,
        session: Session,
        *,
        clock: IClock,
        audit: IAuditLog,
        clients: IClientBook,
        entities: ILegalEntities,
        articles: IArticles,
        ledger: ILedger,
        payments: IPayments,
        drafter: Drafter,
        writer: InvoiceWriter,
        notices: INotices,
        in_books: Callable[[str], str],
    ) -> None:
        self._session = session
        self._clock = clock
        self._audit = audit
        self._clients = clients
        self._entities = entities
        self._articles = articles
        self._ledger = ledger
        self._payments = payments
        self._drafter = drafter
        self._writer = writer
        self._notices = notices
        self._in_books = in_books

    def invoices(
        self,
        content: bytes,
        name: str,
        *,
        issue: bool = False,
        tell: bool = False,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> ImportReport:
        """Take a table of invoices in, and issue them with ``issue``, telling the clients with ``tell``; nothing is written where a row is
        in error. TableError."""
        remarks = Remarks()
        planner = InvoicePlanner(
            self._session,
            self._clients,
            self._drafter,
            self._articles.tree(),
            self._clock.today(),
            self._ledger.closed_through(),
            issue=issue,
        )
        plan = planner.plan(rows_of(INVOICES, read_table(content, name), remarks, Cells))
        letters = 0
        if issue and tell and not remarks.errors:
            letters = self._notices.letters(ISSUED, [one.drafted.header["client_id"] for one in plan.invoices])
        if not remarks.errors and not dry_run:
            rows = self._writer.write(plan, issue=issue, progress=progress)
            for row in rows if issue and tell else ():
                tell_issued(self._notices, row)
        new = sum(planned.stored is None for planned in plan.invoices)
        report = remarks.report(rows=plan.rows, created=new, updated=len(plan.invoices) - new, unchanged=plan.unchanged)
        return replace(report, letters=letters)

    def balances(self, content: bytes, name: str, *, dry_run: bool = False) -> ImportReport:
        """Take a table of opening balances in; nothing is written where a row is in error. TableError."""
        remarks = Remarks()
        plan = plan_balances(
            self._session,
            self._clients,
            self._entities.default(),
            rows_of(BALANCES, read_table(content, name), remarks, Cells),
            today=self._clock.today(),
            closed_through=self._ledger.closed_through(),
            text=self._in_books(_("Opening balance")),
        )
        if not remarks.errors and not dry_run:
            self._book(plan)
        return remarks.report(rows=plan.rows, created=len(plan.created), updated=0, unchanged=plan.unchanged)

    def _book(self, plan: BalancePlan) -> None:
        self._payments.book(plan.created)
        parties = self._clients.parties({payment.client_id for payment in plan.created})
        acts = []
        for payment in plan.created:
            party = parties[payment.client_id]
            after = {"date": payment.date.isoformat(), "minor": payment.minor, "currency": payment.currency}
            acts.append(Act(party.public_id, party.name, payment.client_id, after=after))
        self._audit.record_many("finsystem.payment.opening", "client", acts)


def book_imports_factory(_context: Any, request: Any) -> BookImports:
    """``IBookImports`` of a request."""
    clock, audit = request.find_service(IClock), request.find_service(IAuditLog)
    articles = request.find_service(IArticles)
    drafter = drafter_of(request)
    return BookImports(
        request.db,
        clock=clock,
        audit=audit,
        clients=request.find_service(IClientBook),
        entities=request.find_service(ILegalEntities),
        articles=articles,
        ledger=request.find_service(ILedger),
        payments=request.find_service(IPayments),
        drafter=drafter,
        writer=InvoiceWriter(request.db, clock, audit, articles, issuer_of(request, drafter)),
        notices=request.find_service(INotices),
        in_books=partial(in_books, request),
    )


@implementer(ITableReader)
class InvoiceTableReader:
    """Tables of invoices for the pages that load them. Options ``issue``: issue them as they come in; ``tell``: tell the clients of it."""

    def __init__(self, imports: IBookImports) -> None:
        self._imports = imports

    def read(self, content: bytes, name: str, options: Mapping[str, Any]) -> ImportReport:
        """What taking the table in would do. TableError."""
        report: ImportReport = self._imports.invoices(content, name, **_chosen(options), dry_run=True)
        return report

    def take(self, content: bytes, name: str, options: Mapping[str, Any], progress: Progress) -> ImportReport:
        """Take the table in, all rows or none."""
        report: ImportReport = self._imports.invoices(content, name, **_chosen(options), progress=progress)
        return report


def _chosen(options: Mapping[str, Any]) -> dict[str, bool]:
    return {name: bool(options.get(name)) for name in ("issue", "tell")}


@implementer(ITableReader)
class BalanceTableReader:
    """Tables of opening balances for the pages that load them."""

    def __init__(self, imports: IBookImports) -> None:
        self._imports = imports

    def read(self, content: bytes, name: str, _options: Mapping[str, Any]) -> ImportReport:
        """What taking the table in would do. TableError."""
        report: ImportReport = self._imports.balances(content, name, dry_run=True)
        return report

    def take(self, content: bytes, name: str, _options: Mapping[str, Any], _progress: Progress) -> ImportReport:
        """Take the table in, all rows or none."""
        report: ImportReport = self._imports.balances(content, name)
        return report


def invoice_reader_factory(_context: Any, request: Any) -> InvoiceTableReader:
    """The ITableReader called ``finsystem.invoices``."""
    return InvoiceTableReader(request.find_service(IBookImports))


def balance_reader_factory(_context: Any, request: Any) -> BalanceTableReader:
    """The ITableReader called ``finsystem.balances``."""
    return BalanceTableReader(request.find_service(IBookImports))
