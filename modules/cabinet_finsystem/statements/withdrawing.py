"""Taking a whole file back that was imported: its money leaves the books, its lines stand for nothing, and it may be loaded anew."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, func, or_, select, update
from sqlalchemy.orm import Session

from cabinet.errors import ConflictError
from cabinet_finsystem.interfaces import ILedger, IPayments
from cabinet_finsystem.payments.models import Payment
from cabinet_finsystem.statements.models import TAKEN_BACK, Statement, StatementFile, StatementLine
from cabinet_finsystem.texts import _

BEING_TAKEN = "undoing"
"""State of a file whose taking back was asked for."""


@dataclass(frozen=True, slots=True)
class Stake:
    """What goes when a file is taken back. ``lines``: stored of it; ``payments``: of clients, ``decided``: by people."""

    lines: int
    payments: int
    decided: int


class Withdrawing:
    """Files that are taken back, in one transaction."""

    def __init__(self, session: Session, ledger: ILedger, payments: IPayments) -> None:
        self._session = session
        self._ledger = ledger
        self._payments = payments

    def stake(self, file: StatementFile) -> Stake:
        """What would go with ``file``. ConflictError where something later stands on it, which says what."""
        if file.state not in {"imported", BEING_TAKEN}:
            raise ConflictError("statement_not_imported", _("Only a file that was imported can be taken back."))
        its = _lines_of(file)
        line = StatementLine
        counted = its.with_only_columns(
            func.count(),
            func.count(line.decided_at),
            func.min(line.booking_date).filter(line.minor.is_not(None)),
        )
        lines, decided, earliest = self._session.execute(counted).one()
        standing = _payments_of(file).with_only_columns(func.count())
        payments = self._session.scalars(standing).one()
        self._check_open(earliest)
        self._check_not_known_later(file)
        return Stake(lines, payments, decided)

    def take_back(self, file: StatementFile) -> Stake:
        """Reverse all money of ``file``, and let its lines stand for nothing. ConflictError where something stands on it."""
        stake = self.stake(file)
        line = StatementLine
        entries = self._session.scalars(_lines_of(file).with_only_columns(line.entry_id)).all()
        # By what names the line, not by what the line names: one that is split is several payments.
        self._payments.reverse_booked(self._session.scalars(_payments_of(file).with_only_columns(Payment.id)).all())
        self._ledger.reverse([entry_id for entry_id in entries if entry_id is not None])
        # A negative occurrence is no line's: the same line may come again. What was read, and why it was decided so, stays to be seen.
        gone: dict[str, Any] = {
            "state": TAKEN_BACK,
            "occurrence": -line.id,
            "entry_id": None,
            "payment_id": None,
            "client_id": None,
            "article_id": None,
        }
        self._session.execute(update(line).where(line.statement_id.in_(_ids(file))).values(gone))
        for statement in file.statements:
            statement.state = TAKEN_BACK
        file.state, file.job_id = TAKEN_BACK, None
        self._session.flush()
        return stake

    def _check_open(self, earliest: datetime.date | None) -> None:
        closed = self._ledger.closed_through()
        if closed is not None and earliest is not None and earliest <= closed:
            raise ConflictError(
                "statement_in_closed_period",
                _(
                    "The books are closed through ${date}, and operations of this file are dated before. Open the period first.",
                    mapping={"date": f"{closed:%d.%m.%Y}"},
                ),
            )

    def _check_not_known_later(self, file: StatementFile) -> None:
        """A later file that brought operations of this one again did not store them: they would be lost with this one."""
        first = self._later(file, stored) if (stored := self._days(file)) else None
        if first is not None:
            raise ConflictError(
                "statement_known_later",
                _(
                    "${name}, loaded later, holds operations that were known from this file. Take that one back first.",
                    mapping={"name": first.name},
                ),
                {"file": str(first.public_id)},
            )

    def _days(self, file: StatementFile) -> list[tuple[Any, ...]]:
        """(our account, first day, last day) of what ``file`` stored."""
        line = StatementLine
        days = (
            _lines_of(file)
            .where(line.booking_date.is_not(None))
            .with_only_columns(line.bank_account_id, func.min(line.booking_date), func.max(line.booking_date))
            .group_by(line.bank_account_id)
        )
        return [(row[0], row[1], row[2]) for row in self._session.execute(days)]

    def _later(self, file: StatementFile, stored: Sequence[tuple[Any, ...]]) -> StatementFile | None:
        touching = or_(
            *(
                and_(
                    Statement.bank_account_id == account,
                    # A file that does not tell its days may speak of any.
                    or_(Statement.period_from.is_(None), Statement.period_from <= until),
                    or_(Statement.period_to.is_(None), Statement.period_to >= since),
                )
                for account, since, until in stored
            )
        )
        newest = max(statement.id for statement in file.statements)
        wanted = (
            select(StatementFile)
            .join(Statement, Statement.file_id == StatementFile.id)
            .where(Statement.id > newest, Statement.state != TAKEN_BACK, Statement.duplicate > 0, touching)
            .order_by(StatementFile.id)
        )
        return self._session.scalars(wanted.limit(1)).first()


def _ids(file: StatementFile) -> Select[Any]:
    return select(Statement.id).where(Statement.file_id == file.id)


def _payments_of(file: StatementFile) -> Select[Any]:
    its = _lines_of(file).with_only_columns(StatementLine.id)
    return select(Payment).where(Payment.line_id.in_(its), Payment.reversal_id.is_(None))


def _lines_of(file: StatementFile) -> Select[Any]:
    return select(StatementLine).where(StatementLine.statement_id.in_(_ids(file)))
