"""Reading what an act of reconciliation says, as the books have it now or as they were known at an instant.

A part of a client's account (one contract, one company of ours) holds what was booked under it, and besides what allocations moved
into it or out of it: a payment that came under no contract pays the invoice of one. So the parts of an account always make up the whole.
"""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from cabinet_finsystem.acts.models import Act
from cabinet_finsystem.corrections.models import Correction
from cabinet_finsystem.errors import ReconciliationError
from cabinet_finsystem.invoicing.models import Invoice
from cabinet_finsystem.ledger.models import Account, Entry, Posting
from cabinet_finsystem.ledger.values import AccountKind, AccountRef
from cabinet_finsystem.payments.models import Allocation, Payment
from cabinet_finsystem.reconciliation.values import Line, Reckoning, Scope
from cabinet_finsystem.statements.models import StatementLine
from cabinet_finsystem.texts import _

MOST_LINES = 5_000
KINDS = {
    "charge": "invoice",
    "correction": "correction",
    "opening": "opening",
    "write_off": "write_off",
    "payment": "payment",
    "refund": "refund",
}


class AccountReader:
    """Reads personal accounts in the client scope of a session. A constant number of queries each."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def read(
        self,
        scope: Scope,
        since: datetime.date,
        until: datetime.date,
        *,
        known_at: datetime.datetime | None = None,
    ) -> Reckoning:
        """From ``since`` to ``until``, both included. ReconciliationError where that is no period, or too much for one paper."""
        if until < since:
            raise ReconciliationError("period_backwards", _("The period ends before it begins."), {"field": "to"})
        lines = self.lines(scope, since, until, known_at=known_at)
        if len(lines) > MOST_LINES:
            raise ReconciliationError(
                "reconciliation_too_long",
                _("More than ${n} movements: choose a shorter period.", mapping={"n": MOST_LINES}),
                {"field": "from"},
            )
        return Reckoning(scope, since, until, self.opening(scope, since, known_at=known_at), lines)

    def opening(self, scope: Scope, day: datetime.date, *, known_at: datetime.datetime | None = None) -> int:
        """Debit-positive balance at the beginning of ``day``."""
        booked = (
            select(func.coalesce(func.sum(Posting.minor), 0))
            .join(Entry, Entry.id == Posting.entry_id)
            .where(*_booked(scope), Posting.date < day, *_known(Entry.recorded_at, known_at))
        )
        total = int(self._session.execute(booked).scalar_one())
        if scope.narrowed:
            moved = _moved(scope, func.coalesce(func.sum(_into(scope)), 0))
            moved = moved.where(Allocation.date < day, *_known(Allocation.recorded_at, known_at))
            total += int(self._session.execute(moved).scalar_one())
        return total

    def lines(
        self,
        scope: Scope,
        since: datetime.date | None,
        until: datetime.date,
        *,
        known_at: datetime.datetime | None = None,
        recorded_after: datetime.datetime | None = None,
    ) -> list[Line]:
        """Movements by date, at the most one more than an act may have. ``recorded_after``: those only that were written later."""
        found = [
            _booked_line(row)
            for row in self._session.execute(_booked_rows(scope, since, until, known_at, recorded_after))
        ]
        if scope.narrowed:
            found += [
                _moved_line(row)
                for row in self._session.execute(_moved_rows(scope, since, until, known_at, recorded_after))
            ]
        return sorted(found, key=lambda line: (line.date, line.key[0] != "p", int(line.key[1:])))

    def currencies(self, client_id: int) -> list[str]:
        """In which the client has an account, by code."""
        accounts = select(Account.currency).where(
            Account.kind == AccountKind.CLIENT.value, Account.client_id == client_id
        )
        return sorted(self._session.scalars(accounts))

    def legal_entities(self, client_id: int, currency: str) -> list[int]:
        """Ids of our companies that anything on that account was booked for."""
        entries = (
            select(Entry.legal_entity_id)
            .join(Posting, Posting.entry_id == Entry.id)
            .where(Posting.account_id == _account(client_id, currency))
            .distinct()
        )
        return sorted(self._session.scalars(entries))


def _account(client_id: int, currency: str) -> Any:
    return select(Account.id).where(Account.key == AccountRef.client(client_id, currency).key).scalar_subquery()


def _booked(scope: Scope) -> list[ColumnElement[bool]]:
    return [Posting.account_id == _account(scope.client_id, scope.currency), _within(scope, Entry, Posting)]


def _within(scope: Scope, entity: Any, contract: Any) -> ColumnElement[bool]:
    """Whether what bears a company (``entity``) and a contract (``contract``) belongs to the part that is reconciled."""
    criteria: list[ColumnElement[bool]] = [true()]
    if scope.legal_entity_id is not None:
        criteria.append(entity.legal_entity_id == scope.legal_entity_id)
    if scope.contract_id is not None:
        wanted = scope.contract_id or None
        criteria.append(contract.contract_id.is_(None) if wanted is None else contract.contract_id == wanted)
    return and_(*criteria)


def _outside(scope: Scope, bearer: Any) -> ColumnElement[bool]:
    criteria: list[ColumnElement[bool]] = [false()]
    if scope.legal_entity_id is not None:
        criteria.append(bearer.legal_entity_id != scope.legal_entity_id)
    if scope.contract_id is not None:
        contract = func.coalesce(bearer.contract_id, 0)
        criteria.append(contract != scope.contract_id)
    return or_(*criteria)


def _into(scope: Scope) -> ColumnElement[int]:
    """What an allocation moves: into the part, it pays (credit); out of it, it is paid away (debit)."""
    return case((_within(scope, Invoice, Invoice), -Allocation.minor), else_=Allocation.minor)


def _moved(scope: Scope, *columns: Any) -> Select[*tuple[Any, ...]]:
    """Allocations that cross the border of the part."""
    crossing = or_(
        and_(_within(scope, Invoice, Invoice), _outside(scope, Payment)),
        and_(_within(scope, Payment, Payment), _outside(scope, Invoice)),
    )
    return (
        select(*columns)
        .select_from(Allocation)
        .join(Payment, Payment.id == Allocation.payment_id)
        .join(Invoice, Invoice.id == Allocation.invoice_id)
        .where(Payment.client_id == scope.client_id, Payment.currency == scope.currency, crossing)
    )


def _known(recorded_at: Any, known_at: datetime.datetime | None) -> list[ColumnElement[bool]]:
    return [] if known_at is None else [recorded_at <= known_at]


def _when(
    date: Any,
    recorded_at: Any,
    since: datetime.date | None,
    until: datetime.date,
    known_at: datetime.datetime | None,
    after: datetime.datetime | None,
) -> list[ColumnElement[bool]]:
    criteria = [date <= until, *_known(recorded_at, known_at)]
    if since is not None:
        criteria.append(date >= since)
    if after is not None:
        criteria.append(recorded_at > after)
    return criteria


def _booked_rows(scope: Scope, since: Any, until: Any, known_at: Any, after: Any) -> Select[*tuple[Any, ...]]:
    reversed_ = aliased(Entry)
    source_type = func.coalesce(reversed_.source_type, Entry.source_type)
    source_id = func.coalesce(reversed_.source_id, Entry.source_id)
    return (
        select(
            Posting.id,
            Posting.date,
            Posting.minor,
            Entry.reverses_id,
            func.coalesce(reversed_.kind, Entry.kind).label("kind"),
            Entry.text,
            Entry.recorded_at,
            func.coalesce(Correction.number, Invoice.number, Act.number).label("number"),
            func.coalesce(Correction.date, Invoice.date, Act.date).label("document_date"),
            Correction.id.label("correction"),
            Invoice.number.label("invoice"),
            Act.kind.label("act"),
            Payment.kind.label("paid"),
            Payment.minor.label("paid_minor"),
            Payment.date.label("paid_on"),
            Payment.text.label("paid_for"),
            StatementLine.doc_number,
            StatementLine.doc_date,
        )
        .join(Entry, Entry.id == Posting.entry_id)
        .outerjoin(reversed_, reversed_.id == Entry.reverses_id)
        .outerjoin(Correction, and_(source_type == "correction", Correction.id == source_id))
        .outerjoin(
            Invoice,
            or_(and_(source_type == "invoice", Invoice.id == source_id), Invoice.id == Correction.invoice_id),
        )
        .outerjoin(Act, and_(source_type == "act", Act.id == source_id))
        .outerjoin(Payment, and_(source_type == "payment", Payment.id == source_id))
        .outerjoin(StatementLine, StatementLine.id == Payment.line_id)
        .where(*_booked(scope), *_when(Posting.date, Entry.recorded_at, since, until, known_at, after))
        .order_by(Posting.date, Posting.id)
        .limit(MOST_LINES + 1)
    )


def _moved_rows(scope: Scope, since: Any, until: Any, known_at: Any, after: Any) -> Select[*tuple[Any, ...]]:
    return (
        _moved(
            scope,
            Allocation.id,
            Allocation.date,
            _into(scope).label("minor"),
            Allocation.reverses_id,
            Allocation.recorded_at,
            Invoice.number,
            Payment.kind.label("paid"),
            Payment.minor.label("paid_minor"),
            Payment.date.label("paid_on"),
            Payment.text.label("paid_for"),
            StatementLine.doc_number,
            StatementLine.doc_date,
        )
        .outerjoin(StatementLine, StatementLine.id == Payment.line_id)
        .where(*_when(Allocation.date, Allocation.recorded_at, since, until, known_at, after))
        .order_by(Allocation.date, Allocation.id)
        .limit(MOST_LINES + 1)
    )


def _booked_line(row: Any) -> Line:
    kind = KINDS.get(row.kind, "other")
    paper, number, day, text = "", "", None, row.text
    if row.correction is not None:
        number, day, text = row.number, row.document_date, row.invoice
    elif row.number is not None:
        kind, number, day = row.act or kind, row.number, row.document_date
    elif row.paid is not None:
        kind = {"opening": "opening", "write_off": "write_off"}.get(
            row.paid, "payment" if row.paid_minor > 0 else "refund"
        )
        paper, number, day, text = _payment_paper(row)
    elif kind == "invoice":
        kind = "other"
    return Line(
        f"p{row.id}", row.date, row.minor, kind, row.reverses_id is not None, paper, number, day, text, row.recorded_at
    )


def _moved_line(row: Any) -> Line:
    paper, number, day, text = _payment_paper(row)
    return Line(
        f"a{row.id}",
        row.date,
        row.minor,
        "moved",
        row.reverses_id is not None,
        paper,
        number,
        day,
        text,
        row.recorded_at,
    )


def _payment_paper(row: Any) -> tuple[str, str, datetime.date | None, str]:
    """(paper, number, day, text) of a payment: the bank's order where a statement brought it."""
    if row.doc_number:
        return row.paid, row.doc_number, row.doc_date or row.paid_on, row.paid_for
    return row.paid, "", row.paid_on, row.paid_for
