"""The desk where statements are handed in: stored first, read, looked at, and then written whole or not at all."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from io import BytesIO
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload
from zope.interface import implementer

from cabinet.db.paging import ListQuery, Page, paginate
from cabinet.errors import ConflictError, NotFoundError
from cabinet.interfaces import IAuditLog, IClock, IFileStore, INotices
from cabinet.texts import pack_text
from cabinet_finsystem.errors import AllocationError
from cabinet_finsystem.interfaces import (
    IArticles,
    IColumnMappings,
    ILedger,
    IPayments,
    IStatementDesk,
    IStatementFormats,
)
from cabinet_finsystem.notices import tell_waiting
from cabinet_finsystem.statements.applying import Applier, LineMoney
from cabinet_finsystem.statements.breakdowns import Breakdowns
from cabinet_finsystem.statements.continuity import told_of
from cabinet_finsystem.statements.errors import MENDABLE, StatementRefusedError
from cabinet_finsystem.statements.knowledge import Knowledge, as_matched, knowledge_of
from cabinet_finsystem.statements.matching.engine import match
from cabinet_finsystem.statements.models import Statement, StatementFile, StatementLine
from cabinet_finsystem.statements.openings import AccountOpenings
from cabinet_finsystem.statements.planning import WAITING, FilePlan, plan_file
from cabinet_finsystem.statements.preview import Preview, noted, pack, unpack
from cabinet_finsystem.statements.reading import StatementReader
from cabinet_finsystem.statements.tables.guide import TableGuide
from cabinet_finsystem.statements.tables.inspecting import Inspection, inspect_table
from cabinet_finsystem.statements.withdrawing import BEING_TAKEN, Stake, Withdrawing
from cabinet_finsystem.texts import _, in_books

TRIES = 5
Progress = Callable[[int, int], None]


@implementer(IStatementDesk)
class StatementDesk:
    """Statement files of one transaction."""

    def __init__(
        self,
        session: Session,
        clock: IClock,
        audit: IAuditLog,
        files: IFileStore,
        ledger: ILedger,
        payments: IPayments,
        articles: IArticles,
        knowledge: Knowledge,
        user_id: int | None,
        notices: INotices,
        formats: IStatementFormats,
        mappings: IColumnMappings,
        openings: AccountOpenings,
    ) -> None:
        self._session = session
        self._clock = clock
        self._audit = audit
        self._files = files
        self._knowledge = knowledge
        self._user_id = user_id
        self._notices = notices
        self._formats = formats
        self._mappings = mappings
        self._breakdowns = Breakdowns(session)
        self._openings = openings
        self._withdrawing = Withdrawing(session, ledger, payments)
        self._applier = Applier(session, ledger, payments, LineMoney(ledger, payments, articles), clock.now())

    def receive(
        self, content: bytes, name: str, *, key: str | None = None, accounts: Mapping[str, str] | None = None
    ) -> StatementFile:
        """Keep a file as it came, before anything is read. The same ``key`` again, or the bytes of a file that was imported: that one.

        ``accounts``: of a table that names none, currency → our account; under ``""`` for whatever currency it is.
        """
        if key is not None:
            sent: StatementFile | None = self._session.scalar(select(StatementFile).where(StatementFile.key == key))
            if sent is not None:
                return sent
        digest = hashlib.sha256(content).hexdigest()
        known = select(StatementFile).where(StatementFile.sha256 == digest, StatementFile.state == "imported")
        imported = self._session.scalars(known.order_by(StatementFile.id).limit(1)).first()
        if imported is not None:
            return imported
        stored = self._files.put(content, name=name, media_type="application/octet-stream", module="finsystem")
        file = StatementFile(
            public_id=uuid.uuid4(),
            file_id=stored.id,
            key=key,
            name=stored.name,
            sha256=stored.sha256,
            state="reading",
            notes=[],
            accounts=dict(accounts) if accounts else None,
            user_id=self._user_id,
            created_at=self._clock.now(),
        )
        self._session.add(file)
        self._session.flush()
        self._record("finsystem.statement.received", file)
        return file

    def plan(self, file: StatementFile, *, confirmed: bool = False, progress: Progress | None = None) -> FilePlan:
        """Read ``file`` and work out what would become of it; nothing is written. StatementRefusedError."""
        parsed = StatementReader(self._content(file), self._formats.reading(), guide=self.guide(file.accounts)).whole()
        plan = plan_file(
            parsed,
            self._knowledge.accounts(),
            self._knowledge.known,
            self._knowledge.book,
            confirmed=confirmed,
            progress=progress,
        )
        return replace(plan, notes=(*plan.notes, *told_of(plan, self._knowledge.pasts)))

    def guide(self, accounts: Mapping[str, str] | None = None) -> TableGuide:
        """What tables are read by: what people said of their columns, our accounts, and ``accounts`` for a file that names none."""
        ours = {number: account.currency for number, account in self._knowledge.accounts().items()}
        return TableGuide(self._mappings.known(), accounts or {}, ours)

    def inspect(self, file: StatementFile) -> Inspection:
        """How ``file`` would be read as a table, and what its first rows are. StatementRefusedError where it is none."""
        return inspect_table(BytesIO(self._content(file)), self.guide(file.accounts))

    def answer(self, file: StatementFile, accounts: Mapping[str, str]) -> None:
        """Let a table be read again, since its columns are known now; ``accounts``: whose it is. ConflictError where it was decided."""
        if file.state == "preview":
            self._record("finsystem.statement.resumed", file, before={"code": "preview"})
            file.state, file.plan, file.job_id = "reading", None, None
        else:
            self.resume(file)
        file.accounts = dict(accounts) or None

    def refuse(self, file: StatementFile, error: StatementRefusedError) -> None:
        """Remember why ``file`` was refused; only the file is kept."""
        file.state = "refused"
        file.problem = {"code": error.code, "details": error.details, "text": pack_text(error.message)}
        self._record("finsystem.statement.refused", file, after={"code": error.code})

    def resume(self, file: StatementFile) -> None:
        """Let a refused file be read once more, since our accounts are others now. ConflictError where that cannot help."""
        if file.state != "refused" or file.problem is None or file.problem["code"] not in MENDABLE:
            raise ConflictError("statement_decided", _("This file was decided already."))
        self._record("finsystem.statement.resumed", file, before={"code": file.problem["code"]})
        file.state, file.problem, file.job_id = "reading", None, None

    def show(self, file: StatementFile, plan: FilePlan) -> None:
        """Keep ``plan`` for a person to look at before anything is written."""
        self._describe(file, plan)
        file.state = "preview"
        file.plan = pack(plan)

    def preview(self, file: StatementFile) -> Preview:
        """What a person looks at. ConflictError where the file was decided meanwhile."""
        if file.state != "preview" or file.plan is None:
            raise ConflictError("statement_decided", _("This file was decided already."))
        return unpack(file.plan)

    def confirm(self, file: StatementFile) -> None:
        """A person has looked at ``file`` and wants it written. ConflictError where it was decided meanwhile."""
        self.preview(file)
        file.state = "importing"
        self._audit.record("finsystem.statement.confirmed", kind="statement", public_id=file.public_id, title=file.name)

    def discard(self, file: StatementFile) -> None:
        """Call the loading off; nothing was written."""
        if file.state not in {"reading", "preview"}:
            raise ConflictError("statement_decided", _("This file was decided already."))
        file.state = "discarded"
        file.plan = None
        self._record("finsystem.statement.discarded", file)

    def write(self, file: StatementFile, plan: FilePlan) -> Sequence[Statement]:
        """Write ``plan``, all or nothing. StalePlanError where the books changed since it was made: plan anew."""
        self._applier.lock()
        self._check_fresh(file, plan)
        self._describe(file, plan)
        try:
            statements = self._applier.write(file, plan)
            self._openings.settle(statement.bank_account_id for statement in statements)
        except AllocationError as error:
            raise StalePlanError(
                "plan_stale", _("The books changed meanwhile; the file is being read again.")
            ) from error
        self._breakdowns.take(file, plan)
        self._record(
            "finsystem.statement.imported",
            file,
            after={"new": sum(s.new for s in statements), "duplicate": sum(s.duplicate for s in statements)},
        )
        tell_waiting(self._notices, file, self._waiting(statements))
        return statements

    def _waiting(self, statements: Sequence[Statement]) -> int:
        """How many lines of ``statements`` wait for a person."""
        ids = [statement.id for statement in statements]
        counted = select(func.count()).where(StatementLine.statement_id.in_(ids), StatementLine.state.in_(WAITING))
        return self._session.scalar(counted) or 0

    def release(self, file: StatementFile) -> None:
        """Apply the statements of an imported file that were held: a person has looked at what is wrong and confirms."""
        held = [statement for statement in file.statements if statement.state == "held"]
        if not held:
            raise ConflictError("statement_not_held", _("Nothing of this file waits for confirmation."))
        self._applier.lock()
        for statement in held:
            lines = list(
                self._session.scalars(
                    select(StatementLine)
                    .where(StatementLine.statement_id == statement.id, StatementLine.state != "invalid")
                    .order_by(StatementLine.position)
                )
            )
            asked = [as_matched(line, statement) for line in lines]
            matches = match(asked, *self._knowledge.book(asked))
            self._applier.release(statement, lines, matches)
        self._openings.settle(statement.bank_account_id for statement in held)
        self._record("finsystem.statement.released", file)

    def stake(self, file: StatementFile) -> Stake:
        """What goes with ``file`` where it is taken back. ConflictError where it cannot be: something later stands on it."""
        return self._withdrawing.stake(file)

    def ask_back(self, file: StatementFile) -> None:
        """A person wants ``file`` taken back. ConflictError as for `stake`."""
        self._withdrawing.stake(file)
        file.state = BEING_TAKEN
        self._record("finsystem.statement.asked_back", file)

    def take_back(self, file: StatementFile) -> Stake:
        """Take an imported ``file`` back whole: its money leaves the books, and its bytes may be loaded again. ConflictError."""
        self._applier.lock()
        stake = self._withdrawing.take_back(file)
        self._openings.settle(statement.bank_account_id for statement in file.statements)
        self._breakdowns.let_go(file)
        before = {"lines": stake.lines, "payments": stake.payments, "decided": stake.decided}
        self._record("finsystem.statement.taken_back", file, before=before)
        return stake

    def keep(self, file: StatementFile) -> None:
        """Leave a file as it is that was to be taken back and cannot be."""
        file.state, file.job_id = "imported", None

    def made_of(self, line: StatementLine) -> Sequence[dict[str, Any]]:
        """The parts of ``line`` where a notification of the bank told them: `Breakdown.parts`."""
        # Only these lines have references that a notification speaks of.
        return self._breakdowns.of_line(line) if line.bank_ref or line.raw.startswith("<Ntry") else ()

    def _content(self, file: StatementFile) -> bytes:
        stored = self._files.get(file.file_id)
        if stored is None:
            raise NotFoundError("no_file", _("The file is not there any more."))
        content: bytes = self._files.read(stored)
        return content

    def _record(self, action: str, file: StatementFile, **facts: Any) -> None:
        self._audit.record(action, kind="statement", public_id=file.public_id, title=file.name, **facts)

    def find(self, public_id: uuid.UUID) -> StatementFile | None:
        """One file with its statements."""
        found: StatementFile | None = self._session.scalar(
            select(StatementFile)
            .options(selectinload(StatementFile.statements))
            .where(StatementFile.public_id == public_id)
        )
        return found

    def listing(self, query: ListQuery) -> Page:
        """Files for the list, the latest first."""
        statement = select(StatementFile).options(selectinload(StatementFile.statements))
        if state := query.filters.get("state"):
            statement = statement.where(StatementFile.state == state)
        return paginate(
            self._session,
            statement,
            query,
            sorts={"created": StatementFile.created_at, "name": StatementFile.name},
            default="-created",
            key=StatementFile.id,
        )

    def _check_fresh(self, file: StatementFile, plan: FilePlan) -> None:
        if file.state == "imported":
            raise ConflictError("statement_imported", _("This file is imported already."))
        for planned in plan.statements:
            if self._knowledge.known(planned.account.id, {line.fingerprint.key for line in planned.new}) & {
                line.fingerprint for line in planned.new
            }:
                raise StalePlanError("plan_stale", _("The books changed meanwhile; the file is being read again."))

    def _describe(self, file: StatementFile, plan: FilePlan) -> None:
        file.format, file.encoding = plan.parsed.format, plan.parsed.encoding
        file.notes = noted(plan)


class StalePlanError(ConflictError):
    """What the plan was made of is no longer so."""


UnitOfWork = Callable[..., AbstractContextManager[Any]]


def import_file(
    unit_of_work: UnitOfWork,
    file_id: int,
    *,
    confirmed: bool = False,
    progress: Progress | None = None,
    done: Callable[[Any, Sequence[Statement]], None] | None = None,
) -> FilePlan:
    """Import a received file: read and match in a transaction that only reads, then write in a short one.

    ``unit_of_work(writing=…)`` opens a transaction. ``done(request, statements)`` runs inside the writing one. When the books changed
    between the two, it is planned anew. A refusal is remembered with the file and raised: StatementRefusedError.
    """
    for attempt in range(TRIES):
        try:
            with unit_of_work(writing=False) as request:
                desk = request.find_service(IStatementDesk)
                plan: FilePlan = desk.plan(
                    request.db.get_one(StatementFile, file_id), confirmed=confirmed, progress=progress
                )
        except StatementRefusedError as error:
            with unit_of_work(writing=True) as request:
                request.find_service(IStatementDesk).refuse(request.db.get_one(StatementFile, file_id), error)
            raise
        try:
            with unit_of_work(writing=True) as request:
                desk = request.find_service(IStatementDesk)
                statements = desk.write(request.db.get_one(StatementFile, file_id), plan)
                if done is not None:
                    done(request, statements)
        except StalePlanError:
            if attempt + 1 == TRIES:
                raise
            continue
        return plan
    raise AssertionError("unreachable")


def desk_factory(_context: Any, request: Any) -> StatementDesk:
    """``IStatementDesk`` of a request."""
    from cabinet.origin import origin_of

    return StatementDesk(
        request.db,
        request.find_service(IClock),
        request.find_service(IAuditLog),
        request.find_service(IFileStore),
        request.find_service(ILedger),
        request.find_service(IPayments),
        request.find_service(IArticles),
        knowledge_of(request),
        origin_of(request).user_id,
        request.find_service(INotices),
        request.find_service(IStatementFormats),
        request.find_service(IColumnMappings),
        AccountOpenings(request.db, request.find_service(ILedger), in_books(request, _("Opening balance"))),
    )
