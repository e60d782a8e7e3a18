"""The book of invoices: drafted, changed while drafts, issued once, voided but never edited."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload, undefer
from zope.interface import implementer

from cabinet.db.bulk import chunks, execute_many
from cabinet.db.paging import ListQuery, Page
from cabinet.errors import ConflictError
from cabinet.interfaces import IAuditLog, IClientDirectory, IClock, IEvents, IJobs, INotices
from cabinet_client_manager.interfaces import IContracts
from cabinet_finsystem.acts.models import ISSUED as ACT_ISSUED
from cabinet_finsystem.acts.models import Act
from cabinet_finsystem.corrections.withdrawing import withdraw_all
from cabinet_finsystem.errors import InvoiceStateError
from cabinet_finsystem.events import CorrectionVoided, InvoiceVoided
from cabinet_finsystem.interfaces import IInvoiceBook, ILedger, IPayments
from cabinet_finsystem.invoicing.drafting import Drafted, Drafter, drafter_of
from cabinet_finsystem.invoicing.issuing import ISSUED_COLUMNS, Case, Issuer, issuer_of, number_taken
from cabinet_finsystem.invoicing.models import DRAFT, OPEN, PAID, VOID, Invoice, InvoiceLine
from cabinet_finsystem.invoicing.printing import InvoicePrinter
from cabinet_finsystem.invoicing.reading import InvoiceReader
from cabinet_finsystem.invoicing.values import Debt, InvoiceData, LineData, Payable
from cabinet_finsystem.invoicing.vat_rates import rate_for
from cabinet_finsystem.notices import tell_issued
from cabinet_finsystem.papers.book import PaperBook
from cabinet_finsystem.papers.printing import printer_of
from cabinet_finsystem.texts import _

PRINT_JOB = "finsystem.print_invoice"
_INVOICES = cast(Table, Invoice.__table__)
_COLUMNS = tuple(column.name for column in _INVOICES.columns)
_LINE_COLUMNS = tuple(column.name for column in InvoiceLine.__table__.columns)


@implementer(IInvoiceBook)
class InvoiceBook(PaperBook[Invoice]):
    """Invoices of one transaction."""

    kind = "invoice"
    _reader: InvoiceReader

    def __init__(
        self,
        session: Session,
        *,
        clock: IClock,
        audit: IAuditLog,
        events: IEvents,
        jobs: IJobs,
        ledger: ILedger,
        payments: IPayments,
        drafter: Drafter,
        issuer: Issuer,
        reader: InvoiceReader,
        printer: InvoicePrinter,
        notices: INotices,
    ) -> None:
        super().__init__(reader, printer, audit)
        self._session = session
        self._clock = clock
        self._events = events
        self._jobs = jobs
        self._ledger = ledger
        self._payments = payments
        self._drafter = drafter
        self._issuer = issuer
        self._notices = notices

    # Drafts

    def draft(self, data: InvoiceData, *, public_id: uuid.UUID | None = None) -> Invoice:
        """A new draft; totals are computed. InvoiceDataError, NotFoundError.

        ``public_id``: of the form it was written in. A form that is sent twice makes one invoice: ConflictError.
        """
        invoice = self._add(self._drafter.draft(data), **({"public_id": public_id} if public_id else {}))
        self._record("drafted", invoice, after={"total": invoice.total, "currency": invoice.currency})
        return invoice

    def change(self, invoice: Invoice, data: InvoiceData) -> None:
        """Rewrite a draft as ``data`` says. InvoiceStateError once it is issued; InvoiceDataError."""
        [invoice] = self._locked([invoice.id])
        self._require(invoice, DRAFT, _("An issued invoice is never changed: void it and issue another."))
        before = _figures(invoice)
        drafted = self._drafter.draft(replace(data, external_id=data.external_id or invoice.external_id))
        with self._claiming(drafted.header["number"]):
            for name, value in drafted.header.items():
                setattr(invoice, name, value)
            invoice.lines[:] = [InvoiceLine(**line) for line in drafted.lines]
        self._record("changed", invoice, before=before, after=_figures(invoice))

    def discard(self, invoice: Invoice) -> None:
        """Throw a draft away; no number is lost by it. InvoiceStateError once it is issued."""
        [invoice] = self._locked([invoice.id])
        self._require(invoice, DRAFT, _("An issued invoice cannot be thrown away, only voided."))
        self._record("discarded", invoice, before={"total": invoice.total, "currency": invoice.currency})
        self._session.delete(invoice)
        self._session.flush()

    def copy(self, invoice: Invoice, *, date: datetime.date) -> Invoice:
        """A new draft like ``invoice``, of ``date``, with as many days to pay. A base rate of VAT becomes the one of that day."""
        lines = tuple(
            LineData(
                text=line.text,
                price=line.price,
                quantity=Decimal(line.quantity_milli).scaleb(-3),
                unit=line.unit,
                discount=Decimal(line.discount).scaleb(-2),
                vat_rate=rate_for(None if line.vat_rate is None else Decimal(line.vat_rate).scaleb(-2), date),
                article_id=line.article_id,
                item_id=line.item_id,
            )
            for line in invoice.lines
        )
        data = InvoiceData(
            client_id=invoice.client_id,
            date=date,
            lines=lines,
            contract_id=invoice.contract_id,
            legal_entity_id=invoice.legal_entity_id,
            due=date + (invoice.due - invoice.date),
            currency=invoice.currency,
            vat_included=invoice.vat_included,
            text=invoice.text,
            terms=invoice.terms,
            language=invoice.language,
        )
        copied = self._add(self._drafter.draft(data), copied_from_id=None if invoice.state == DRAFT else invoice.id)
        self._record(
            "drafted", copied, after={"copy_of": invoice.number, "total": copied.total, "currency": copied.currency}
        )
        return copied

    # Issuing

    def issue(self, invoice: Invoice, *, number: str | None = None) -> None:
        """Number it (``number`` is taken as it is), freeze it, post its charge; it is printed by a job, and the client is told.

        InvoiceStateError, NumberTakenError, IncompleteRequisitesError, PeriodClosedError.
        """
        self._issue([invoice.id], {invoice.id: number} if number else {})
        self._jobs.enqueue(
            PRINT_JOB,
            {"invoice": str(invoice.public_id)},
            unique_key=f"{PRINT_JOB}:{invoice.public_id}",
            client_id=invoice.client_id,
        )
        self._tell_issued(invoice)

    def issue_many(self, invoices: Sequence[Invoice], *, tell: bool = False) -> None:
        """The same for many, numbered in their order, set by set. They are printed when somebody first asks for them, and the clients are
        told only with ``tell``."""
        self._issue([invoice.id for invoice in invoices], {})
        for invoice in invoices if tell else ():
            self._tell_issued(invoice)

    def _tell_issued(self, invoice: Invoice) -> None:
        names = ("public_id", "client_id", "number", "total", "currency", "date", "due")
        tell_issued(self._notices, {name: getattr(invoice, name) for name in names})

    def void(self, invoice: Invoice, *, reason: str) -> int:
        """Withdraw it: money put onto it is the client's again, its charge is reversed, on its date or today where that is closed.

        The number stays used. Returns the money that went back to the balance, in minor units. InvoiceStateError.
        """
        [invoice] = self._locked([invoice.id])
        self._require(invoice, (*OPEN, PAID), _("Only an issued invoice can be voided."))
        self._require_no_acts(invoice)
        text = reason.strip() or invoice.text
        before = {"total": invoice.asked, "currency": invoice.currency}
        freed = self._payments.release(invoice.id, text=text) if invoice.paid else 0
        self._withdraw_corrections(invoice, text)
        if invoice.entry_id is not None:
            [invoice.void_entry_id] = self._ledger.reverse([invoice.entry_id], text=text)
        invoice.state, invoice.void_reason, invoice.voided_at = VOID, reason.strip()[:500], self._clock.now()
        self._session.flush()
        self._record("voided", invoice, before={**before, "paid": freed}, after={"reason": invoice.void_reason})
        self._events.record(InvoiceVoided(invoice.id, invoice.client_id))
        return freed

    def _withdraw_corrections(self, invoice: Invoice, text: str) -> None:
        """What corrected it goes with it: nobody owes a difference to nothing."""
        for one in withdraw_all(self._session, self._ledger, invoice, text=text, now=self._clock.now()):
            self._audit.record(
                "finsystem.correction.voided",
                kind="correction",
                public_id=one.public_id,
                title=one.number,
                client_id=one.client_id,
                before={"date": one.date.isoformat(), "total": one.total, "currency": one.currency},
                after={"reason": one.void_reason, "invoice": invoice.number},
            )
            self._events.record(CorrectionVoided(one.id, invoice.id, invoice.client_id))

    def _issue(self, invoice_ids: Sequence[int], numbers: dict[int, str]) -> None:
        invoices = self._locked(invoice_ids)
        for invoice in invoices:
            self._require(invoice, DRAFT, _("This invoice was issued already."))
        cases = [
            Case(
                {name: getattr(invoice, name) for name in _COLUMNS}
                | {"number": numbers.get(invoice.id, invoice.number)},
                [{name: getattr(line, name) for name in _LINE_COLUMNS} for line in invoice.lines],
            )
            for invoice in invoices
        ]
        self._issuer.issue(cases)
        statement = (
            update(_INVOICES)
            .where(_INVOICES.c.id == bindparam("of"))
            .values({name: bindparam(f"new_{name}") for name in ISSUED_COLUMNS})
        )
        rows = [{"of": case.row["id"], **{f"new_{n}": case.row[n] for n in ISSUED_COLUMNS}} for case in cases]
        try:
            execute_many(self._session, statement, rows, client_ids={invoice.client_id for invoice in invoices})
        except IntegrityError as error:
            # Somebody took the number between our look and our write: the transaction is lost, the caller hears why.
            raise number_taken(cases[0].row["number"]) from error
        for invoice in invoices:
            self._session.expire(invoice)
        self._issuer.tell(case.row for case in cases)

    # Reading

    def listing(
        self, query: ListQuery, *, client_id: int | None = None, drafts: bool = True, totals: bool = True
    ) -> Page:
        """Page of invoices; see `InvoiceReader.listing`."""
        return self._reader.listing(query, client_id=client_id, drafts=drafts, totals=totals)

    def named(self, query: ListQuery, *, totals: bool = True) -> Page:
        """Page of invoices with their clients; see `InvoiceReader.named`."""
        return self._reader.named(query, totals=totals)

    def payable(self, client_ids: Iterable[int] | None = None) -> Sequence[Payable]:
        """Invoices that a bank line may speak of."""
        return self._reader.payable(client_ids)

    def settled(self, client_ids: Iterable[int]) -> Sequence[Payable]:
        """Paid and void invoices of these clients, however old."""
        return self._reader.settled(client_ids)

    def debts(self, client_id: int | None = None, *, on: datetime.date | None = None) -> list[Debt]:
        """Open invoices of a client or of all, the earliest due first, now or as they stood at the end of day ``on``."""
        return self._reader.debts(client_id, on=on)

    def many(self, invoice_ids: Iterable[int]) -> list[Invoice]:
        """Invoices with our side as it was frozen, the earliest due first."""
        return self._reader.many(invoice_ids)

    def numbers(self, invoice_ids: Iterable[int]) -> dict[int, str]:
        """Numbers by id."""
        return self._reader.numbers(invoice_ids)

    def ids(self, public_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
        """Ids by public id."""
        return self._reader.ids(public_ids)

    # Inside

    def _add(self, drafted: Drafted, **more: Any) -> Invoice:
        invoice = Invoice(**drafted.header, **more, created_at=self._clock.now())
        invoice.lines = [InvoiceLine(**line) for line in drafted.lines]
        with self._claiming(invoice.number):
            self._session.add(invoice)
        return invoice

    @contextmanager
    def _claiming(self, number: str | None) -> Iterator[None]:
        """Write what is done inside. A number that a person gave a draft beforehand may be taken: NumberTakenError."""
        try:
            with self._session.begin_nested():
                yield
                self._session.flush()
        except IntegrityError as error:
            if "public_id" in str(error.orig):
                raise ConflictError("invoice_twice", _("This invoice is saved already.")) from error
            if number is None or "number" not in str(error.orig):
                raise
            raise number_taken(number) from error

    def _locked(self, invoice_ids: Sequence[int]) -> list[Invoice]:
        """Invoices with their lines as they are now, theirs rows locked until the transaction ends, in the order of ``invoice_ids``."""
        found: dict[int, Invoice] = {}
        for some in chunks(sorted(set(invoice_ids))):
            statement = (
                select(Invoice)
                .options(selectinload(Invoice.lines), undefer("*"))
                .where(Invoice.id.in_(some))
                .order_by(Invoice.id)
                .with_for_update()
                .execution_options(populate_existing=True)
            )
            found |= {invoice.id: invoice for invoice in self._session.scalars(statement)}
        return [found[invoice_id] for invoice_id in dict.fromkeys(invoice_ids)]

    def _require(self, invoice: Invoice, states: str | tuple[str, ...], message: str) -> None:
        if invoice.state not in (states if isinstance(states, tuple) else (states,)):
            raise InvoiceStateError("invoice_state", message, {"state": invoice.state})

    def _require_no_acts(self, invoice: Invoice) -> None:
        """Acts, waybills and UPD tell what was done of an invoice: it is not withdrawn under them."""
        issued = select(Act.number).where(Act.invoice_id == invoice.id, Act.state == ACT_ISSUED).order_by(Act.id)
        if numbers := list(self._session.scalars(issued)):
            raise InvoiceStateError(
                "invoice_has_acts",
                _(
                    "Documents were issued over this invoice: ${numbers}. Void them first, then the invoice.",
                    mapping={"numbers": ", ".join(map(str, numbers))},
                ),
                {"acts": numbers},
            )


def invoice_book_factory(_context: Any, request: Any) -> InvoiceBook:
    """``IInvoiceBook`` of a request."""
    clock = request.find_service(IClock)
    drafter = drafter_of(request)
    return InvoiceBook(
        request.db,
        clock=clock,
        audit=request.find_service(IAuditLog),
        events=request.find_service(IEvents),
        jobs=request.find_service(IJobs),
        ledger=request.find_service(ILedger),
        payments=request.find_service(IPayments),
        drafter=drafter,
        issuer=issuer_of(request, drafter),
        reader=InvoiceReader(
            request.db, clock, request.find_service(IClientDirectory), request.find_service(IContracts)
        ),
        printer=printer_of(InvoicePrinter, request, drafter),
        notices=request.find_service(INotices),
    )


def _figures(invoice: Invoice) -> dict[str, Any]:
    """What the audit trail keeps of a draft that was rewritten."""
    return {"date": invoice.date.isoformat(), "total": invoice.total, "currency": invoice.currency}
