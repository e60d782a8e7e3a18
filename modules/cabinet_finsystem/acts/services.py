"""The book of acts: drafted of an invoice, issued once, voided but never edited."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.contracts.parties import ILegalEntities, LegalEntity
from cabinet.db.bulk import chunks
from cabinet.db.paging import ListQuery, Page
from cabinet.errors import ConflictError
from cabinet.interfaces import IAuditLog, IClientDirectory, IClock, IEvents, IJobs, INotices, INumbering
from cabinet.origin import origin_of
from cabinet.preferences import effective
from cabinet_finsystem.acts.drafting import act_lines, lines_left, search_text
from cabinet_finsystem.acts.models import DRAFT, ISSUED, KINDS, UPD, VOID, Act, ActLine
from cabinet_finsystem.acts.numbers import pattern_of
from cabinet_finsystem.acts.posting import act_charge
from cabinet_finsystem.acts.printing import ActPrinter
from cabinet_finsystem.acts.reading import ActReader
from cabinet_finsystem.acts.values import ActPart, LineLeft, WaitingInvoice
from cabinet_finsystem.errors import ActDataError, ActStateError, InvoiceStateError
from cabinet_finsystem.events import ActIssued, ActVoided
from cabinet_finsystem.interfaces import IActBook, ILedger
from cabinet_finsystem.invoicing.drafting import Drafter, drafter_of
from cabinet_finsystem.invoicing.following import locked_with_invoice
from cabinet_finsystem.invoicing.models import OPEN, PAID, Invoice
from cabinet_finsystem.notices import tell_act_issued
from cabinet_finsystem.papers.book import PaperBook
from cabinet_finsystem.papers.parties import basis_text, frozen_customer, frozen_issuer, require_complete
from cabinet_finsystem.papers.printing import printer_of
from cabinet_finsystem.payments.allocating import is_live
from cabinet_finsystem.payments.models import Allocation, Payment
from cabinet_finsystem.payments.values import WRITE_OFF
from cabinet_finsystem.texts import _

PRINT_JOB = "finsystem.print_act"
SEQUENCE = "finsystem.{kind}"


@implementer(IActBook)
class ActBook(PaperBook[Act]):
    """Acts, waybills and UPD of one transaction."""

    kind = "act"
    _reader: ActReader

    def __init__(
        self,
        session: Session,
        *,
        clock: IClock,
        audit: IAuditLog,
        events: IEvents,
        jobs: IJobs,
        ledger: ILedger,
        numbering: INumbering,
        entities: ILegalEntities,
        drafter: Drafter,
        reader: ActReader,
        printer: ActPrinter,
        notices: INotices,
        user_id: int | None,
        locale: str,
    ) -> None:
        super().__init__(reader, printer, audit)
        self._session = session
        self._clock = clock
        self._events = events
        self._jobs = jobs
        self._ledger = ledger
        self._numbering = numbering
        self._entities = entities
        self._drafter = drafter
        self._notices = notices
        self._user_id = user_id
        self._locale = locale

    # Drafts

    def draft_of(
        self,
        invoice: Invoice,
        *,
        date: datetime.date,
        kind: str = "act",
        parts: Sequence[ActPart] | None = None,
        payment_documents: str = "",
        advances: str = "",
        public_id: uuid.UUID | None = None,
    ) -> Act:
        """A new draft over ``invoice``. ActDataError, InvoiceStateError.

        ``public_id``: of the form it was written in. A form that is sent twice makes one document: ConflictError.
        """
        if kind not in KINDS:
            raise ActDataError("act_kind", _("There is no such kind of document."), {"field": "kind"})
        _require_issued(invoice)
        lines = act_lines(self._session, invoice, parts)
        act = Act(
            client_id=invoice.client_id,
            invoice_id=invoice.id,
            legal_entity_id=invoice.legal_entity_id,
            contract_id=invoice.contract_id,
            kind=kind,
            status=_status(kind, lines),
            date=date,
            year=date.year,
            currency=invoice.currency,
            vat_included=invoice.vat_included,
            text=_text(invoice, lines),
            basis=basis_text(self._drafter.contract(invoice.contract_id), invoice.language),
            payment_documents=payment_documents.strip()[:300],
            advances=advances.strip()[:300],
            language=invoice.language,
            state=DRAFT,
            created_at=self._clock.now(),
            **({"public_id": public_id} if public_id else {}),
        )
        _put(act, lines)
        act.search_text = search_text(act, invoice, self._drafter.party(invoice.client_id))
        try:
            with self._session.begin_nested():
                self._session.add(act)
                self._session.flush()
        except IntegrityError as error:
            if "public_id" in str(error.orig):
                raise ConflictError("act_twice", _("This document is saved already.")) from error
            raise
        self._record("drafted", act, after={**_figures(act), "invoice": invoice.number})
        return act

    def discard(self, act: Act) -> None:
        """Throw a draft away; no number is lost by it. ActStateError once it is issued."""
        _invoice, act = self._locked(act)
        _require(act, DRAFT, _("An issued document cannot be thrown away, only voided."))
        self._record("discarded", act, before=_figures(act))
        self._session.delete(act)
        self._session.flush()

    # Issuing

    def issue(self, act: Act) -> None:
        """Number it, freeze it, charge the client where acts charge; it is printed by a job, and the client is told.

        ActStateError, ActDataError, InvoiceStateError, IncompleteRequisitesError, PeriodClosedError.
        """
        self._issue(act, tell=True)
        self._jobs.enqueue(
            PRINT_JOB,
            {"act": str(act.public_id)},
            unique_key=f"{PRINT_JOB}:{act.public_id}",
            client_id=act.client_id,
        )

    def issue_rest(
        self, invoices: Sequence[Invoice], *, date: datetime.date, kind: str = "act", tell: bool = True
    ) -> list[Act]:
        """One issued document for all that is left of each invoice; those of which nothing is left are passed over.

        They are printed when somebody first asks for them, and the clients are told only with ``tell``.
        """
        made = []
        for invoice in invoices:
            if any(one.left.quantity_milli for one in self.left(invoice)):
                act = self.draft_of(invoice, date=date, kind=kind)
                self._issue(act, tell=tell)
                made.append(act)
        return made

    def void(self, act: Act, *, reason: str) -> None:
        """Withdraw it: its charge is reversed, on its date or today where that is closed; its number stays used. ActStateError."""
        invoice, act = self._locked(act)
        _require(act, ISSUED, _("Only an issued document can be voided."))
        if act.entry_id is not None:
            self._require_no_write_off(invoice)
            [act.void_entry_id] = self._ledger.reverse([act.entry_id], text=reason.strip() or act.text)
        act.state, act.void_reason, act.voided_at = VOID, reason.strip()[:500], self._clock.now()
        self._session.flush()
        self._record("voided", act, before=_figures(act), after={"reason": act.void_reason})
        self._events.record(ActVoided(act.id, act.invoice_id, act.client_id))

    def _issue(self, act: Act, *, tell: bool) -> None:
        invoice, act = self._locked(act)
        _require(act, DRAFT, _("This document was issued already."))
        _require_issued(invoice)
        entity = self._entities.get(act.legal_entity_id)
        require_complete(entity)
        # Others may have taken of the invoice since it was drafted: what it takes is counted anew under the invoice's lock.
        parts = [ActPart(line.invoice_line_id, line.quantity_milli) for line in act.lines]
        for line, figures in zip(act.lines, act_lines(self._session, invoice, parts), strict=True):
            for name in ("price", "discount", "vat_rate", "net", "vat", "total"):
                setattr(line, name, figures[name])
        _sum_up(act)
        self._session.flush()  # the database takes new sums of the lines of a draft only
        _n, act.number = self._numbering.take(
            SEQUENCE.format(kind=act.kind), str(entity.public_id), act.year, pattern_of(act.kind, self._locale)
        )
        self._freeze(act, invoice, entity)
        if invoice.charges == "act":
            [act.entry_id] = self._ledger.post([act_charge(act)])
        else:
            self._ledger.require_open(act.date)
        act.state, act.issued_at, act.issued_by = ISSUED, self._clock.now(), self._user_id
        self._session.flush()
        self._record("issued", act, after={**_figures(act), "invoice": invoice.number})
        charged = act.total if act.entry_id is not None else 0
        self._events.record(ActIssued(act.id, act.invoice_id, act.client_id, charged))
        if tell:
            tell_act_issued(self._notices, act)

    def _freeze(self, act: Act, invoice: Invoice, entity: LegalEntity) -> None:
        party = self._drafter.party(act.client_id)
        act.issuer = frozen_issuer(entity, act.currency)
        act.customer = frozen_customer(party)
        act.basis = basis_text(self._drafter.contract(act.contract_id), act.language)
        act.search_text = search_text(act, invoice, party)

    # Reading

    def left(self, invoice: Invoice) -> list[LineLeft]:
        """Each line of an invoice and what of it no issued document has taken."""
        return lines_left(self._session, invoice)

    def of_invoice(self, invoice_id: int) -> list[Act]:
        """All over an invoice, the oldest first."""
        statement = select(Act).where(Act.invoice_id == invoice_id).order_by(Act.date, Act.id)
        return list(self._session.scalars(statement))

    def invoice_of(self, act: Act) -> Invoice:
        """The Invoice row that an act is of."""
        return self._session.get_one(Invoice, act.invoice_id)

    def charged(self, invoice_ids: Iterable[int]) -> dict[int, int]:
        """Invoice id → what issued documents of it have charged. One query a thousand."""
        statement = select(Act.invoice_id, func.sum(Act.total)).where(Act.state == ISSUED, Act.entry_id.is_not(None))
        return {
            invoice_id: int(minor)
            for some in chunks(sorted(set(invoice_ids)))
            for invoice_id, minor in self._session.execute(
                statement.where(Act.invoice_id.in_(some)).group_by(Act.invoice_id)
            )
        }

    def waiting(self, limit: int) -> list[WaitingInvoice]:
        """Issued invoices of which no act has taken all, the latest first."""
        return self._reader.waiting(limit)

    def listing(
        self, query: ListQuery, *, client_id: int | None = None, drafts: bool = True, totals: bool = True
    ) -> Page:
        """Page of NamedAct; see `ActReader.listing`."""
        return self._reader.listing(query, client_id=client_id, drafts=drafts, totals=totals)

    # Inside

    def _locked(self, act: Act) -> tuple[Invoice, Act]:
        invoice, found = locked_with_invoice(self._session, act)
        if found is None:
            raise ActStateError("act_gone", _("This draft was thrown away."))
        return invoice, found

    def _require_no_write_off(self, invoice: Invoice) -> None:
        """What was forgiven of a debt hangs on the charge that made it."""
        forgiven = (
            select(Allocation.id)
            .join(Payment, Payment.id == Allocation.payment_id)
            .where(Allocation.invoice_id == invoice.id, Payment.kind == WRITE_OFF, *is_live())
            .limit(1)
        )
        if self._session.scalar(forgiven) is not None:
            raise ActStateError(
                "act_written_off",
                _(
                    "A part of invoice ${number} was written off: take that back first.",
                    mapping={"number": invoice.number},
                ),
            )


def _put(act: Act, lines: Sequence[dict[str, Any]]) -> None:
    act.lines = [ActLine(**line) for line in lines]
    _sum_up(act)


def _sum_up(act: Act) -> None:
    act.net = sum(line.net for line in act.lines)
    act.vat = sum(line.vat for line in act.lines)
    act.total = act.net + act.vat


def _status(kind: str, lines: Iterable[dict[str, Any]]) -> int | None:
    """Of a UPD: 1 where it is a счёт-фактура, too, since there is VAT to tell of; else 2. Letter ММВ-20-3/96@ of the tax service."""
    if kind != UPD:
        return None
    return 1 if any(line["vat_rate"] is not None for line in lines) else 2


def _text(invoice: Invoice, lines: Sequence[dict[str, Any]]) -> str:
    """What it is for: as the invoice says, but where the line that names the invoice is not in it, its own first line."""
    first = invoice.lines[0]
    if lines[0]["invoice_line_id"] == first.id or invoice.text != first.text[:500]:
        return invoice.text
    return str(lines[0]["text"])[:500]


def _figures(act: Act) -> dict[str, Any]:
    return {"kind": act.kind, "date": act.date.isoformat(), "total": act.total, "currency": act.currency}


def _require(act: Act, state: str, message: str) -> None:
    if act.state != state:
        raise ActStateError("act_state", message, {"state": act.state})


def _require_issued(invoice: Invoice) -> None:
    if invoice.state not in (*OPEN, PAID):
        raise InvoiceStateError(
            "invoice_not_issued", _("Only an issued invoice has acts and waybills."), {"state": invoice.state}
        )


def act_book_factory(_context: Any, request: Any) -> ActBook:
    """``IActBook`` of a request."""
    drafter = drafter_of(request)
    return ActBook(
        request.db,
        clock=request.find_service(IClock),
        audit=request.find_service(IAuditLog),
        events=request.find_service(IEvents),
        jobs=request.find_service(IJobs),
        ledger=request.find_service(ILedger),
        numbering=request.find_service(INumbering),
        entities=request.find_service(ILegalEntities),
        drafter=drafter,
        reader=ActReader(request.db, request.find_service(IClientDirectory)),
        printer=printer_of(ActPrinter, request, drafter),
        notices=request.find_service(INotices),
        user_id=origin_of(request).user_id,
        locale=effective(request).site.locale,
    )
