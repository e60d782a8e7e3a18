"""Bulk issues: planned, asked for once, carried out by a job as one transaction, voided together while nothing is paid."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any, cast

from sqlalchemy import Table, bindparam, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.audit.services import Act as AuditAct
from cabinet.contracts.clients import IClientBook
from cabinet.db.bulk import chunks, execute_many
from cabinet.errors import ConflictError, DomainError
from cabinet.interfaces import IAuditLog, IClock, IEvents, IJobs, INotices, ISwitches
from cabinet.origin import origin_of
from cabinet.texts import pack_text
from cabinet_finsystem.acts.models import ISSUED as ACT_ISSUED
from cabinet_finsystem.acts.models import Act
from cabinet_finsystem.bulk.models import ISSUED, REFUSED, VOID, WAITING, BulkIssue
from cabinet_finsystem.bulk.planning import BulkPlanner
from cabinet_finsystem.bulk.values import BulkData, BulkPlan, PlannedInvoice, from_json, to_json
from cabinet_finsystem.corrections.models import ISSUED as CORRECTION_ISSUED
from cabinet_finsystem.corrections.models import Correction
from cabinet_finsystem.errors import BulkChangedError, BulkError, BulkStateError
from cabinet_finsystem.events import InvoiceVoided
from cabinet_finsystem.imports.invoices import InvoicePlan, Planned
from cabinet_finsystem.imports.writing import InvoiceWriter, Progress
from cabinet_finsystem.interfaces import IArticles, IBulkIssues, ILedger
from cabinet_finsystem.invoicing.drafting import drafter_of
from cabinet_finsystem.invoicing.issuing import issuer_of
from cabinet_finsystem.invoicing.models import VOID as INVOICE_VOID
from cabinet_finsystem.invoicing.models import Invoice
from cabinet_finsystem.notices import tell_issued
from cabinet_finsystem.texts import _

JOB = "finsystem.issue_to_many"
AT_ONCE = 250
_INVOICES = cast(Table, Invoice.__table__)
_VOIDED = ("state", "void_reason", "voided_at", "void_entry_id")


@implementer(IBulkIssues)
class BulkIssues:
    """The bulk issues of one transaction."""

    def __init__(
        self,
        session: Session,
        *,
        clock: IClock,
        audit: IAuditLog,
        events: IEvents,
        jobs: IJobs,
        ledger: ILedger,
        notices: INotices,
        planner: BulkPlanner,
        writer: InvoiceWriter,
        user_id: int | None,
    ) -> None:
        self._session = session
        self._clock = clock
        self._audit = audit
        self._events = events
        self._jobs = jobs
        self._ledger = ledger
        self._notices = notices
        self._planner = planner
        self._writer = writer
        self._user_id = user_id

    def plan(self, data: BulkData) -> BulkPlan:
        """What issuing would do."""
        return self._planner.plan(data)

    def recurring_items(self) -> list[int]:
        """Ids of items that are billed by themselves."""
        return self._planner.recurring_items()

    def ask(self, plan: BulkPlan, *, public_id: uuid.UUID) -> tuple[BulkIssue, Any]:
        """Let a job issue what ``plan`` shows; the row and the job. BulkError, ConflictError."""
        if not plan.rows:
            raise BulkError("bulk_nobody", _("Nobody is left to bill: look whom you have chosen."))
        bulk = BulkIssue(
            public_id=public_id,
            content=to_json(plan.data),
            digest=plan.digest,
            state=WAITING,
            invoices=len(plan.rows),
            sums=plan.sums,
            letters=plan.letters,
            created_at=self._clock.now(),
            created_by=self._user_id,
        )
        try:
            with self._session.begin_nested():
                self._session.add(bulk)
                self._session.flush()
        except IntegrityError as error:
            raise ConflictError("bulk_twice", _("These invoices are being issued already.")) from error
        self._record("asked", bulk, after=self._facts(bulk))
        job = self._jobs.enqueue(JOB, {"bulk": public_id.hex}, unique_key=f"{JOB}:{public_id.hex}")
        return bulk, job

    def carry_out(self, bulk: BulkIssue, *, progress: Progress | None = None) -> None:
        """Issue them all, numbered in the order of the plan; nothing where that is done.

        BulkChangedError and errors of IInvoiceBook.issue.
        """
        bulk = self._locked(bulk)
        if bulk.state != WAITING:
            return
        plan = self._planner.plan(from_json(bulk.content))
        if plan.digest != bulk.digest:
            message = _("Clients, contracts or invoices have changed since you looked: look again and issue.")
            raise BulkChangedError("bulk_changed", message)
        bulk_id, done = bulk.id, 0
        for some in chunks(plan.rows, AT_ONCE):
            if progress is not None:
                progress(done, len(plan.rows))
            rows = self._write(bulk_id, some)
            done += len(rows)
            for row in rows if plan.data.tell else ():
                tell_issued(self._notices, row)
        bulk.state, bulk.ended_at = ISSUED, self._clock.now()
        self._record("issued", bulk, after=self._facts(bulk))
        if progress is not None:
            progress(done, done)

    def refuse(self, bulk: BulkIssue, error: DomainError) -> None:
        """Keep why nothing was issued."""
        bulk = self._locked(bulk)
        if bulk.state == WAITING:
            bulk.state, bulk.ended_at = REFUSED, self._clock.now()
            bulk.problem = {"code": error.code, "text": pack_text(error.message)}

    def void(self, bulk: BulkIssue, *, reason: str) -> int:
        """Void those of its invoices that stand; how many did. BulkStateError where one is paid, or an act was issued over it."""
        bulk = self._locked(bulk)
        if bulk.state != ISSUED:
            raise BulkStateError("bulk_state", _("There is nothing here to void."))
        statement = (
            select(Invoice)
            .where(Invoice.bulk_id == bulk.id)
            .order_by(Invoice.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        standing = [one for one in self._session.scalars(statement) if one.state != INVOICE_VOID]
        self._require_untouched(standing)
        charged = [one for one in standing if one.entry_id is not None]
        entries = self._ledger.reverse([cast(int, one.entry_id) for one in charged], text=reason) if charged else []
        reversals = {one.id: entry_id for one, entry_id in zip(charged, entries, strict=True)}
        now, reason = self._clock.now(), reason.strip()[:500]
        rows = [
            {
                "of": one.id,
                "new_state": INVOICE_VOID,
                "new_void_reason": reason,
                "new_voided_at": now,
                "new_void_entry_id": reversals.get(one.id),
            }
            for one in standing
        ]
        writing = (
            update(_INVOICES)
            .where(_INVOICES.c.id == bindparam("of"))
            .values({name: bindparam(f"new_{name}") for name in _VOIDED})
        )
        execute_many(self._session, writing, rows, client_ids={one.client_id for one in standing})
        self._audit.record_many(
            "finsystem.invoice.voided",
            "invoice",
            [
                AuditAct(
                    one.public_id,
                    one.number or "",
                    one.client_id,
                    before={"total": one.total, "paid": 0, "currency": one.currency},
                    after={"reason": reason},
                )
                for one in standing
            ],
        )
        for one in standing:
            self._events.record(InvoiceVoided(one.id, one.client_id))
            self._session.expire(one)
        bulk.state, bulk.void_reason = VOID, reason
        self._record("voided", bulk, before=self._facts(bulk), after={"reason": reason})
        return len(standing)

    def find(self, public_id: uuid.UUID) -> BulkIssue | None:
        """One, where its invoices are all within the scope; one that has none yet is for him alone who asked for it."""
        found: BulkIssue | None = self._session.scalar(select(BulkIssue).where(BulkIssue.public_id == public_id))
        return found if found is not None and self._seen(found) else None

    def lately(self, limit: int = 5) -> Sequence[BulkIssue]:
        """The latest of this person's own."""
        own = select(BulkIssue).where(BulkIssue.created_by == self._user_id)
        found = self._session.scalars(own.order_by(BulkIssue.id.desc()).limit(limit))
        return [one for one in found if self._seen(one)]

    def paid(self, bulk: BulkIssue) -> int:
        """How many of its invoices got money."""
        statement = select(func.count()).select_from(Invoice).where(Invoice.bulk_id == bulk.id, Invoice.paid > 0)
        return self._session.scalar(statement) or 0

    def _seen(self, bulk: BulkIssue) -> bool:
        if bulk.state in (WAITING, REFUSED):
            return bulk.created_by == self._user_id
        statement = select(func.count()).select_from(Invoice).where(Invoice.bulk_id == bulk.id)
        return self._session.scalar(statement) == bulk.invoices

    def _locked(self, bulk: BulkIssue) -> BulkIssue:
        statement = select(BulkIssue).where(BulkIssue.id == bulk.id).with_for_update()
        found: BulkIssue = self._session.scalars(statement.execution_options(populate_existing=True)).one()
        return found

    def _write(self, bulk_id: int, planned: Sequence[PlannedInvoice]) -> list[dict[str, Any]]:
        invoices = []
        for row in planned:
            row.drafted.header["bulk_id"] = bulk_id
            invoices.append(Planned("", row.drafted, ("",) * len(row.drafted.lines), None, changed=True))
        return self._writer.write(InvoicePlan(rows=len(invoices), invoices=invoices), issue=True)

    def _require_untouched(self, invoices: Sequence[Invoice]) -> None:
        """Money and acts stand upon an invoice: people see to these one by one."""
        if paid := [one.number for one in invoices if one.paid]:
            raise BulkStateError(
                "bulk_paid",
                _("Money came for some of them: ${numbers}. Void the others one by one.", mapping=_some(paid)),
            )
        corrected = select(Invoice.number).join(Correction, Correction.invoice_id == Invoice.id)
        corrected = corrected.where(Correction.state == CORRECTION_ISSUED).distinct().order_by(Invoice.number)
        if found := [
            number
            for some in chunks([one.id for one in invoices])
            for number in self._session.scalars(corrected.where(Invoice.id.in_(some)))
        ]:
            raise BulkStateError(
                "bulk_corrected",
                _("Some of them were corrected: ${numbers}. Void these one by one.", mapping=_some(found)),
            )
        acts = [
            number
            for some in chunks([one.id for one in invoices])
            for number in self._session.scalars(
                select(Act.number).where(Act.invoice_id.in_(some), Act.state == ACT_ISSUED).order_by(Act.id)
            )
        ]
        if acts:
            raise BulkStateError(
                "bulk_acts",
                _("Documents were issued over some of them: ${numbers}. Void these first.", mapping=_some(acts)),
            )

    def _facts(self, bulk: BulkIssue) -> dict[str, Any]:
        return {"invoices": bulk.invoices, "sums": bulk.sums, "letters": bulk.letters, "date": bulk.content["date"]}

    def _record(self, verb: str, bulk: BulkIssue, **facts: Any) -> None:
        title = bulk.content["text"] or bulk.content["lines"][0]["text"]
        self._audit.record(f"finsystem.bulk.{verb}", kind="bulk_issue", public_id=bulk.public_id, title=title, **facts)


def _some(numbers: Sequence[Any]) -> dict[str, str]:
    """The first of ``numbers``."""
    told = ", ".join(map(str, numbers[:5]))
    return {"numbers": told + ("…" if len(numbers) > 5 else "")}


def issue_all(
    open_unit: Callable[[], Any],
    public_id: uuid.UUID,
    *,
    progress: Progress,
    done: Callable[[Any, dict[str, Any]], None],
) -> None:
    """The job: all of them in one transaction; what stands in the way by now leaves everything as it was and is told on its page."""
    statement = select(BulkIssue).where(BulkIssue.public_id == public_id)
    try:
        with open_unit() as request:
            bulk = request.db.scalars(statement).one()
            request.find_service(IBulkIssues).carry_out(bulk, progress=progress)
            done(request, {"invoices": bulk.invoices})
    except DomainError as error:
        with open_unit() as request:
            request.find_service(IBulkIssues).refuse(request.db.scalars(statement).one(), error)
            done(request, {"invoices": 0, "refused": error.code})


def bulk_issues_factory(_context: Any, request: Any) -> BulkIssues:
    """``IBulkIssues`` of a request."""
    clock, audit = request.find_service(IClock), request.find_service(IAuditLog)
    notices, ledger = request.find_service(INotices), request.find_service(ILedger)
    drafter = drafter_of(request)
    planner = BulkPlanner(
        request.db,
        clients=request.find_service(IClientBook),
        drafter=drafter,
        ledger=ledger,
        switches=request.find_service(ISwitches),
        notices=notices,
    )
    return BulkIssues(
        request.db,
        clock=clock,
        audit=audit,
        events=request.find_service(IEvents),
        jobs=request.find_service(IJobs),
        ledger=ledger,
        notices=notices,
        planner=planner,
        writer=InvoiceWriter(request.db, clock, audit, request.find_service(IArticles), issuer_of(request, drafter)),
        user_id=origin_of(request).user_id,
    )
