"""The book of corrections: drafted of an issued invoice, issued once, voided from the latest on, never edited."""

from __future__ import annotations

import datetime
import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload
from zope.interface import implementer

from cabinet.contracts.clients import ClientParty
from cabinet.contracts.parties import ILegalEntities
from cabinet.errors import ConflictError
from cabinet.interfaces import IAuditLog, IClock, IEvents, IJobs, INotices, INumbering
from cabinet.origin import origin_of
from cabinet.preferences import effective
from cabinet_finsystem.corrections.current import current_lines, stated
from cabinet_finsystem.corrections.models import DRAFT, ISSUED, VOID, Correction, CorrectionLine
from cabinet_finsystem.corrections.notices import tell_corrected
from cabinet_finsystem.corrections.numbers import SEQUENCE, pattern_of
from cabinet_finsystem.corrections.posting import difference_entry
from cabinet_finsystem.corrections.printing import CorrectionPrinter
from cabinet_finsystem.corrections.reading import CorrectionReader
from cabinet_finsystem.corrections.reckoning import (
    before_of,
    changes_of,
    columns_of,
    rates_of,
    require_above_acts,
    require_any,
)
from cabinet_finsystem.corrections.values import Change, CorrectionData, CurrentLine, Effect
from cabinet_finsystem.corrections.withdrawing import write_differences
from cabinet_finsystem.errors import CorrectionDataError, CorrectionStateError
from cabinet_finsystem.events import CorrectionIssued, CorrectionVoided
from cabinet_finsystem.interfaces import ICorrectionBook, ILedger, IPayments
from cabinet_finsystem.invoicing.drafting import Drafter, drafter_of
from cabinet_finsystem.invoicing.following import locked_with_invoice
from cabinet_finsystem.invoicing.models import OPEN, PAID, Invoice
from cabinet_finsystem.papers.book import PaperBook
from cabinet_finsystem.papers.parties import frozen_customer, frozen_issuer, require_complete
from cabinet_finsystem.papers.printing import printer_of
from cabinet_finsystem.statements.matching.folding import fold
from cabinet_finsystem.texts import _

PRINT_JOB = "finsystem.print_correction"


@implementer(ICorrectionBook)
class CorrectionBook(PaperBook[Correction]):
    """Corrections of one transaction."""

    kind = "correction"
    _reader: CorrectionReader

    def __init__(
        self,
        session: Session,
        *,
        clock: IClock,
        audit: IAuditLog,
        events: IEvents,
        jobs: IJobs,
        notices: INotices,
        reader: CorrectionReader,
        printer: CorrectionPrinter,
        ledger: ILedger,
        payments: IPayments,
        numbering: INumbering,
        entities: ILegalEntities,
        drafter: Drafter,
        user_id: int | None,
        locale: str,
    ) -> None:
        super().__init__(reader, printer, audit)
        self._session = session
        self._clock = clock
        self._events = events
        self._jobs = jobs
        self._notices = notices
        self._ledger = ledger
        self._payments = payments
        self._numbering = numbering
        self._entities = entities
        self._drafter = drafter
        self._user_id = user_id
        self._locale = locale

    # Drafts

    def draft(self, invoice: Invoice, data: CorrectionData, *, public_id: uuid.UUID | None = None) -> Correction:
        """A new draft. CorrectionDataError, CorrectionStateError.

        ``public_id``: of the form it was written in. A form that is sent twice makes one correction: ConflictError.
        """
        _require_issued(invoice)
        correction = Correction(
            client_id=invoice.client_id,
            invoice_id=invoice.id,
            legal_entity_id=invoice.legal_entity_id,
            contract_id=invoice.contract_id,
            currency=invoice.currency,
            vat_included=invoice.vat_included,
            basis=invoice.basis,
            language=invoice.language,
            state=DRAFT,
            created_at=self._clock.now(),
            **({"public_id": public_id} if public_id else {}),
        )
        self._put(correction, invoice, data)
        try:
            with self._session.begin_nested():
                self._session.add(correction)
                self._session.flush()
        except IntegrityError as error:
            if "public_id" in str(error.orig):
                raise ConflictError("correction_twice", _("This correction is saved already.")) from error
            raise
        self._record("drafted", correction, after=_figures(correction))
        return correction

    def change(self, correction: Correction, data: CorrectionData) -> None:
        """Rewrite a draft over the invoice as it is now. CorrectionStateError once it is issued; CorrectionDataError."""
        invoice, correction = self._locked(correction)
        _require(correction, DRAFT, _("An issued correction is never changed: void it and issue another."))
        _require_issued(invoice)
        before = _figures(correction)
        self._put(correction, invoice, data)
        self._session.flush()
        self._record("changed", correction, before=before, after=_figures(correction))

    def discard(self, correction: Correction) -> None:
        """Throw a draft away; no number is lost by it. CorrectionStateError once it is issued."""
        _invoice, correction = self._locked(correction)
        _require(correction, DRAFT, _("An issued correction cannot be thrown away, only voided."))
        self._record("discarded", correction, before=_figures(correction))
        self._session.delete(correction)
        self._session.flush()

    # Issuing

    def issue(self, correction: Correction) -> None:
        """Number it, freeze it, post the difference, settle the money; the client is told.

        CorrectionStateError where the invoice has changed since it was drafted; CorrectionDataError, IncompleteRequisitesError,
        PeriodClosedError.
        """
        invoice, correction = self._locked(correction)
        _require(correction, DRAFT, _("This correction was issued already."))
        _require_issued(invoice)
        changes = self._still_true(correction, current_lines(self._session, invoice))
        self._check_date(invoice, correction.date)
        self._ledger.require_open(correction.date)
        plan = self._effect(invoice, changes).settlement
        entity = self._entities.get(correction.legal_entity_id)
        require_complete(entity)
        correction.before = invoice.asked
        correction.place = self._next_place(invoice.id)
        _n, correction.number = self._numbering.take(
            SEQUENCE, str(entity.public_id), correction.year, pattern_of(self._locale)
        )
        party = self._drafter.party(correction.client_id)
        correction.issuer = frozen_issuer(entity, correction.currency)
        correction.customer = frozen_customer(party)
        correction.search_text = _search_text(correction, invoice, party)
        correction.released = plan.released
        entry = difference_entry(correction, changes) if invoice.charges == "invoice" else None
        if entry is not None:
            [correction.entry_id] = self._ledger.post([entry])
        with self._payments.settling(invoice, plan, since=correction.date, text=correction.text):
            correction.state, correction.issued_at, correction.issued_by = ISSUED, self._clock.now(), self._user_id
            self._session.flush()
            write_differences(self._session, invoice)
        self._session.flush()
        facts = {**_figures(correction), "invoice": invoice.number, "asks": invoice.asked, "released": plan.released}
        self._record("issued", correction, after=facts)
        self._events.record(
            CorrectionIssued(correction.id, invoice.id, invoice.client_id, correction.total, correction.currency)
        )
        self._jobs.enqueue(
            PRINT_JOB,
            {"correction": str(correction.public_id)},
            unique_key=f"{PRINT_JOB}:{correction.public_id}",
            client_id=correction.client_id,
        )
        tell_corrected(self._notices, correction, invoice)

    def void(self, correction: Correction, *, reason: str) -> int:
        """Withdraw the latest one of its invoice; minor units that went back to the balance. CorrectionStateError."""
        invoice, correction = self._locked(correction)
        changes = self._withdrawable(invoice, correction)
        plan = self._effect(invoice, changes).settlement
        text = reason.strip() or correction.text
        since = self._ledger.open_day(correction.date)
        if correction.entry_id is not None:
            [correction.void_entry_id] = self._ledger.reverse([correction.entry_id], text=text)
        with self._payments.settling(invoice, plan, since=since, text=text):
            correction.state, correction.void_reason = VOID, reason.strip()[:500]
            correction.voided_at = self._clock.now()
            self._session.flush()
            write_differences(self._session, invoice)
        self._session.flush()
        after = {"reason": correction.void_reason, "asks": invoice.asked, "released": plan.released}
        self._record("voided", correction, before=_figures(correction), after=after)
        self._events.record(CorrectionVoided(correction.id, invoice.id, invoice.client_id))
        return plan.released

    # Reading

    def lines(self, invoice: Invoice) -> list[CurrentLine]:
        """Each line of an invoice as it stands, and what acts have taken of it."""
        return current_lines(self._session, invoice)

    def effect(self, invoice: Invoice, data: CorrectionData) -> Effect:
        """What a correction would do; nothing is written. CorrectionDataError, CorrectionStateError."""
        _require_issued(invoice)
        return self._effect(invoice, self._changes(invoice, data))

    def effect_of(self, correction: Correction) -> Effect:
        """What issuing a draft would do. CorrectionDataError, CorrectionStateError."""
        invoice = self.invoice_of(correction)
        _require_issued(invoice)
        return self._effect(invoice, self._still_true(correction, current_lines(self._session, invoice)))

    def void_effect(self, correction: Correction) -> Effect:
        """What voiding it would do. CorrectionStateError where it cannot be."""
        invoice = self.invoice_of(correction)
        return self._effect(invoice, self._withdrawable(invoice, correction))

    def of_invoice(self, invoice_id: int) -> list[Correction]:
        """All of an invoice, in the order of issue, drafts last."""
        return self._reader.of_invoice(invoice_id)

    def found(
        self, words: str, limit: int, *, client_id: int | None = None
    ) -> Sequence[tuple[Correction, uuid.UUID, str]]:
        """Those that a search names; see `CorrectionReader.found`."""
        return self._reader.found(words, limit, client_id=client_id)

    def invoice_of(self, correction: Correction) -> Invoice:
        """The Invoice row that it corrects, with its lines."""
        return self._session.get_one(Invoice, correction.invoice_id, options=[selectinload(Invoice.lines)])

    # Inside

    def _put(self, correction: Correction, invoice: Invoice, data: CorrectionData) -> None:
        """Write what a person wrote into a draft."""
        reason = " ".join(data.reason.split())
        if not reason or len(reason) > 500:
            raise CorrectionDataError("correction_reason", _("Say why the invoice is corrected."), {"field": "reason"})
        self._check_date(invoice, data.date)
        changes = self._changes(invoice, data)
        correction.date, correction.year, correction.text = data.date, data.date.year, reason
        correction.net = sum(change.net for change in changes)
        correction.vat = sum(change.vat for change in changes)
        correction.total = correction.net + correction.vat
        correction.before = invoice.asked
        correction.lines = [CorrectionLine(**columns_of(change, n)) for n, change in enumerate(changes)]
        correction.search_text = _search_text(correction, invoice, self._drafter.party(invoice.client_id))

    def _changes(self, invoice: Invoice, data: CorrectionData) -> list[Change]:
        current = current_lines(self._session, invoice)
        changes = changes_of(current, data.lines, vat_included=invoice.vat_included)
        require_any(changes)
        return changes

    def _still_true(self, correction: Correction, current: Sequence[CurrentLine]) -> list[Change]:
        """The changes of a draft, which must begin at how the lines stand now and leave acts what they took."""
        by_id = {one.line.id: one for one in current}
        if any(before_of(row) != by_id[row.invoice_line_id].now for row in correction.lines):
            raise CorrectionStateError(
                "correction_stale", _("The invoice was corrected since this draft was written: look it through again.")
            )
        changes = [Change(by_id[row.invoice_line_id].line, before_of(row), stated(row)) for row in correction.lines]
        for change in changes:
            require_above_acts(by_id[change.line.id], change.became)
        return changes

    def _withdrawable(self, invoice: Invoice, correction: Correction) -> list[Change]:
        """What voiding ``correction`` changes. CorrectionStateError."""
        _require(correction, ISSUED, _("Only an issued correction can be voided."))
        latest = select(Correction).where(Correction.invoice_id == invoice.id, Correction.state == ISSUED)
        last = self._session.scalars(latest.order_by(Correction.place.desc()).limit(1)).one()
        if last.id != correction.id:
            raise CorrectionStateError(
                "correction_followed",
                _("Correction ${number} stands upon this one: void that first.", mapping={"number": last.number}),
                {"later": last.number},
            )
        by_id = {one.line.id: one for one in current_lines(self._session, invoice)}
        changes = [Change(by_id[row.invoice_line_id].line, stated(row), before_of(row)) for row in correction.lines]
        for change in changes:
            try:
                require_above_acts(by_id[change.line.id], change.became)
            except CorrectionDataError as error:
                acts = by_id[change.line.id].acts
                raise CorrectionStateError(
                    "correction_acted",
                    _(
                        "${acts} stands upon what this correction made of the invoice: void that first.",
                        mapping={"acts": acts},
                    ),
                    {"acts": acts},
                ) from error
        return changes

    def _effect(self, invoice: Invoice, changes: Sequence[Change]) -> Effect:
        nets: defaultdict[int, int] = defaultdict(int)
        for line in invoice.lines:
            nets[line.article_id] += line.net_now
        for change in changes:
            nets[change.line.article_id] += change.net
        net, vat = sum(change.net for change in changes), sum(change.vat for change in changes)
        all_vat = invoice.vat + invoice.corrected_vat + vat
        plan = self._payments.settlement(invoice.id, invoice.asked + net + vat, nets, all_vat)
        return Effect(invoice.asked, invoice.paid, net, vat, rates_of(changes), plan)

    def _check_date(self, invoice: Invoice, day: datetime.date) -> None:
        """A correction is not older than what it stands upon."""
        latest = self._session.scalar(
            select(func.max(Correction.date)).where(Correction.invoice_id == invoice.id, Correction.state == ISSUED)
        )
        if day < invoice.date:
            raise CorrectionDataError("date_early", _("This is before the date of the invoice."), {"field": "date"})
        if latest is not None and day < latest:
            raise CorrectionDataError(
                "date_early", _("This is before the date of the correction before it."), {"field": "date"}
            )

    def _next_place(self, invoice_id: int) -> int:
        last = select(func.coalesce(func.max(Correction.place), 0)).where(Correction.invoice_id == invoice_id)
        return int(self._session.scalar(last) or 0) + 1

    def _locked(self, correction: Correction) -> tuple[Invoice, Correction]:
        invoice, found = locked_with_invoice(self._session, correction)
        if found is None:
            raise CorrectionStateError("correction_gone", _("This draft was thrown away."))
        return invoice, found


def _figures(correction: Correction) -> dict[str, Any]:
    return {"date": correction.date.isoformat(), "total": correction.total, "currency": correction.currency}


def _search_text(correction: Correction, invoice: Invoice, party: ClientParty) -> str:
    """What a search finds it by."""
    parts = [correction.number or "", invoice.number or "", correction.text, party.name, party.full_name, party.inn]
    return fold(" ".join(dict.fromkeys(part for part in parts if part)))


def _require(correction: Correction, state: str, message: str) -> None:
    if correction.state != state:
        raise CorrectionStateError("correction_state", message, {"state": correction.state})


def _require_issued(invoice: Invoice) -> None:
    if invoice.state not in (*OPEN, PAID):
        raise CorrectionStateError(
            "invoice_not_issued", _("Only an issued invoice is corrected."), {"state": invoice.state}
        )


def correction_book_factory(_context: Any, request: Any) -> CorrectionBook:
    """``ICorrectionBook`` of a request."""
    drafter = drafter_of(request)
    return CorrectionBook(
        request.db,
        clock=request.find_service(IClock),
        audit=request.find_service(IAuditLog),
        events=request.find_service(IEvents),
        jobs=request.find_service(IJobs),
        notices=request.find_service(INotices),
        reader=CorrectionReader(request.db),
        printer=printer_of(CorrectionPrinter, request, drafter),
        ledger=request.find_service(ILedger),
        payments=request.find_service(IPayments),
        numbering=request.find_service(INumbering),
        entities=request.find_service(ILegalEntities),
        drafter=drafter,
        user_id=origin_of(request).user_id,
        locale=effective(request).site.locale,
    )
