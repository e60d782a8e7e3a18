"""Lines that wait for a person, matched anew: an account became ours, a client got his requisites, an invoice came later."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, undefer
from zope.interface import implementer

from cabinet.db.bulk import chunks
from cabinet.db.scope import ALL, scope_of
from cabinet.interfaces import IAuditLog, IClock, IJobs, ISwitches
from cabinet_client_manager.events import BankAccountAdded, ClientAdded, ClientChanged
from cabinet_finsystem.errors import AllocationError, AlreadyReversedError
from cabinet_finsystem.interfaces import IArticles, ILedger, IPayments, IRematching
from cabinet_finsystem.statements.applying import UNDONE, Applier, LineMoney, decision
from cabinet_finsystem.statements.desk import TRIES, StalePlanError
from cabinet_finsystem.statements.knowledge import Knowledge, as_matched, knowledge_of
from cabinet_finsystem.statements.matching.decision import Match
from cabinet_finsystem.statements.matching.engine import match
from cabinet_finsystem.statements.models import Statement, StatementLine
from cabinet_finsystem.statements.planning import WAITING, state_of
from cabinet_finsystem.texts import _

JOB = "finsystem.match_again"
PAYS_AS = frozenset({"name", "full_name", "inn", "kpp", "accounts"})
"""What a payer is known by: facts of a client."""

_STARTED = "finsystem.match_again"
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Renewed:
    """A line whose decision is another now. ``rule``: what stood there when it was matched: UNDONE for one that a person gave back."""

    line_id: int
    rule: str
    match: Match


@dataclass(frozen=True, slots=True)
class RematchPlan:
    """``looked``: how many lines were matched; ``renewed``: those of them whose decision is another than what is stored."""

    looked: int
    renewed: Sequence[Renewed]


@dataclass(frozen=True, slots=True)
class Rematched:
    """How many lines were looked at, applied by themselves, and still wait."""

    looked: int
    applied: int
    waiting: int


@implementer(IRematching)
class Rematching:
    """Matching anew in one transaction."""

    def __init__(self, session: Session, audit: IAuditLog, knowledge: Knowledge, applier: Applier) -> None:
        self._session = session
        self._audit = audit
        self._knowledge = knowledge
        self._applier = applier

    def plan(self, *, progress: Progress | None = None) -> RematchPlan:
        """Match what waits; nothing is written."""
        statement = (
            select(StatementLine)
            .join(StatementLine.statement)
            .options(joinedload(StatementLine.statement), undefer(StatementLine.candidates))
            .where(StatementLine.state.in_(WAITING), Statement.state == "applied")
            .order_by(StatementLine.booking_date, StatementLine.statement_id, StatementLine.position)
        )
        lines = list(self._session.scalars(statement))
        if not lines:
            return RematchPlan(0, ())
        if progress is not None:
            progress(0, len(lines))
        asked = [as_matched(line, line.statement) for line in lines]
        matches = match(asked, *self._knowledge.book(asked))
        if progress is not None:
            progress(len(lines), len(lines))
        renewed = [
            Renewed(line.id, line.rule, match)
            for line, match in zip(lines, matches, strict=True)
            if _differs(line, match)
        ]
        return RematchPlan(len(lines), renewed)

    def write(self, plan: RematchPlan) -> Rematched:
        """Write ``plan`` whole. A line that a person decided meanwhile is his. StalePlanError where an invoice changed: plan anew."""
        applied = decided = 0
        try:
            for some in chunks(sorted(plan.renewed, key=lambda renewed: renewed.line_id)):
                lines = self._locked(some)
                still = [r for r in some if r.line_id in lines and lines[r.line_id].rule == r.rule]
                decided += len(some) - len(still)
                applied += self._applier.renew([(lines[r.line_id], r.match) for r in still])
        except (AllocationError, AlreadyReversedError) as error:
            raise StalePlanError(
                "plan_stale", _("The books changed meanwhile; the lines are being matched again.")
            ) from error
        looked = plan.looked - decided
        told = Rematched(looked, applied, looked - applied)
        if plan.renewed:
            self._audit.record(
                "finsystem.lines.rematched",
                kind="queue",
                public_id="queue",
                after={"looked": told.looked, "applied": told.applied, "waiting": told.waiting},
            )
        return told

    def _locked(self, renewed: Sequence[Renewed]) -> dict[int, StatementLine]:
        """The lines that still wait, locked in the order of their ids until the transaction ends."""
        statement = (
            select(StatementLine)
            .options(joinedload(StatementLine.statement, innerjoin=True))
            .where(StatementLine.id.in_([r.line_id for r in renewed]), StatementLine.state.in_(WAITING))
            .order_by(StatementLine.id)
            .with_for_update(of=StatementLine)
        )
        return {line.id: line for line in self._session.scalars(statement)}


def _differs(line: StatementLine, match: Match) -> bool:
    """Whether ``match`` says another thing of a waiting line than what is stored."""
    asked = decision(match, held=line.rule == UNDONE)
    stored = {name: getattr(line, name) for name in asked}
    if line.rule == UNDONE:
        asked["rule"] = UNDONE
    return line.state != state_of(match, asked_only=line.rule == UNDONE) or _text(asked) != _text(stored)


def _text(facts: dict[str, Any]) -> str:
    return json.dumps(facts, sort_keys=True, ensure_ascii=False)


UnitOfWork = Callable[..., AbstractContextManager[Any]]


def match_again(
    unit_of_work: UnitOfWork,
    *,
    progress: Progress | None = None,
    done: Callable[[Any, Rematched], None] | None = None,
) -> Rematched:
    """Match what waits in a transaction that only reads, then write what is other in a short one, all or nothing.

    ``unit_of_work(writing=…)`` opens a transaction; ``done(request, rematched)`` runs inside the writing one. When the books changed
    between the two, it is matched anew.
    """
    for attempt in range(TRIES):
        with unit_of_work(writing=False) as request:
            plan = request.find_service(IRematching).plan(progress=progress)
        try:
            with unit_of_work(writing=True) as request:
                told: Rematched = request.find_service(IRematching).write(plan)
                if done is not None:
                    done(request, told)
        except StalePlanError:
            if attempt + 1 == TRIES:
                raise
            continue
        return told
    raise AssertionError("unreachable")


def match_when_account_is_ours(event: BankAccountAdded, request: Any) -> None:
    """Start matching anew where lines wait: money to or from the new account may be a transfer of our own.

    While finance is switched off nothing is; a person starts it when it is on again.
    """
    _start(request, account_key(event.bank_account_id))


def match_when_payer_is_known(event: ClientAdded | ClientChanged, request: Any) -> None:
    """Start matching anew where lines wait: money that came from nobody known may be this client's. Once for all clients of a table."""
    told = isinstance(event, ClientAdded) or event.fields & PAYS_AS
    if told and _STARTED not in request.db.info:
        request.db.info[_STARTED] = True
        _start(request, f"match_again:clients:{uuid.uuid4().hex}")


def account_key(bank_account_id: int) -> str:
    """The key of the work that a new account of ours starts: each its own, since one that runs has not seen the next account."""
    return f"match_again:{bank_account_id}"


def _start(request: Any, key: str) -> None:
    if not request.find_service(ISwitches).on("finsystem"):
        return
    waiting = select(func.count()).select_from(StatementLine).where(StatementLine.state.in_(WAITING))
    # Who is limited to some clients does not learn whether lines wait: the site looks for itself.
    everybody = scope_of(request.db) is ALL
    if not everybody or request.db.scalar(waiting):
        request.find_service(IJobs).enqueue(JOB, {}, unique_key=key, own=everybody)


def rematching_factory(_context: Any, request: Any) -> Rematching:
    """``IRematching`` of a request."""
    ledger, payments = request.find_service(ILedger), request.find_service(IPayments)
    money = LineMoney(ledger, payments, request.find_service(IArticles))
    applier = Applier(request.db, ledger, payments, money, request.find_service(IClock).now())
    return Rematching(request.db, request.find_service(IAuditLog), knowledge_of(request), applier)
