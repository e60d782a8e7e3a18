"""Lines that wait for a person: looked at, decided, and every decision taken back as easily."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal_column, or_, select
from sqlalchemy.orm import Session, defer, joinedload, undefer
from zope.interface import implementer

from cabinet.contracts.clients import IClientBook
from cabinet.db.memo import once
from cabinet.db.paging import ListQuery, Page, contains, paginate
from cabinet.errors import ConflictError
from cabinet.interfaces import IAuditLog, IClock, INotices
from cabinet_finsystem.interfaces import IArticles, ILedger, IPayments, IStatementQueue
from cabinet_finsystem.notices import tell_booked
from cabinet_finsystem.payments.models import Payment
from cabinet_finsystem.payments.values import NewAllocation
from cabinet_finsystem.searching import found_by
from cabinet_finsystem.statements.applying import UNDONE, LineMoney, line_text
from cabinet_finsystem.statements.models import TAKEN_BACK, LearnedPayer, Statement, StatementLine
from cabinet_finsystem.statements.places import (
    WAITS,
    Around,
    Done,
    around,
    done_since,
    following,
    start_of_day,
    waiting_of,
)
from cabinet_finsystem.statements.planning import WAITING
from cabinet_finsystem.statements.splitting import SPLIT, NewPart, check_parts, part_text
from cabinet_finsystem.texts import _, in_books

BY_HAND = "by_hand"


@implementer(IStatementQueue)
class StatementQueue:
    """The queue of one transaction."""

    def __init__(
        self,
        session: Session,
        clock: IClock,
        audit: IAuditLog,
        ledger: ILedger,
        payments: IPayments,
        clients: IClientBook,
        money: LineMoney,
        user_id: int | None,
        notices: INotices,
        booked_as: Callable[[str], str],
    ) -> None:
        self._session = session
        self._clock = clock
        self._audit = audit
        self._ledger = ledger
        self._payments = payments
        self._clients = clients
        self._money = money
        self._user_id = user_id
        self._notices = notices
        self._booked_as = booked_as

    # Looking

    def counts(self) -> tuple[int, int, int]:
        """(all, in, out) of the lines that wait."""
        return once(self._session, "finsystem.queue.counts", self._counts)

    def waiting(self, query: ListQuery) -> Page:
        """Lines that wait, the latest first."""
        return self._page(self._searched(query).where(*waiting_of(query)), query)

    def around(self, line: StatementLine | None, query: ListQuery) -> Around:
        """The lines that wait beside ``line``, whether it waits itself or not; None: from the latest on."""
        return around(self._session, self._searched(query).where(*waiting_of(query)), line, self._of(query))

    def following(self, line: StatementLine, query: ListQuery) -> uuid.UUID | None:
        """Where to go on after ``line`` was decided: the next older one that waits, else the latest; None: no other waits."""
        return following(self._session, self._searched(query).where(*waiting_of(query)), line)

    def done_today(self, limit: int) -> Done:
        """What the acting person has decided today."""
        return done_since(self._session, self._user_id, start_of_day(self._clock), limit)

    def lines(self, query: ListQuery, *, file_id: int | None = None, state: str | None = None) -> Page:
        """Lines of all statements of a file, or in a state, or all that stand."""
        # What the matcher said is read of one line at a time; of which statement a line is, a whole table tells.
        statement = self._searched(query).options(defer(StatementLine.evidence), defer(StatementLine.problem))
        if not query.size:
            statement = statement.options(joinedload(StatementLine.statement))
        if file_id is not None:
            its = select(Statement.id).where(Statement.file_id == file_id)
            statement = statement.where(StatementLine.statement_id.in_(its))
        elif state is None:
            statement = statement.where(StatementLine.state != TAKEN_BACK)
        if state is not None:
            statement = statement.where(StatementLine.state == state)
        return self._page(statement, query)

    def find(self, public_id: uuid.UUID) -> StatementLine | None:
        """One line with its candidates and its own words."""
        found: StatementLine | None = self._session.scalar(
            select(StatementLine)
            .options(joinedload(StatementLine.statement), undefer(StatementLine.candidates), undefer(StatementLine.raw))
            .where(StatementLine.public_id == public_id)
        )
        return found

    def parts(self, lines: Collection[StatementLine]) -> dict[int, list[Payment]]:
        """The payments that stand for each of those ``lines`` that are split, by id of the line."""
        split = [line.id for line in lines if line.kind == SPLIT]
        return self._payments.of_lines(split) if split else {}

    def of_payment(self, payment: Payment) -> StatementLine | None:
        """The line that a payment came with, where one may see it."""
        if payment.line_id is None:
            return None
        found: StatementLine | None = self._session.scalar(
            select(StatementLine).where(StatementLine.id == payment.line_id)
        )
        return found

    # Deciding

    def credit(
        self, line: StatementLine, client_id: int, allocations: Sequence[NewAllocation], *, learn: bool = False
    ) -> None:
        """The line is money of a client. AllocationError where the invoices do not take it; nothing is changed then."""
        row = self._open(line)
        party = self._clients.party(client_id)
        [line.payment_id] = self._payments.book([self._money.payment(row, client_id, allocations)])
        self._release(line, row)
        line.client_id, line.article_id, line.kind = client_id, None, "payment" if row["minor"] > 0 else "refund"
        if learn and line.counterparty_account:
            self._learn(line, client_id)
        self._decided(
            line,
            "finsystem.line.credited",
            {
                "client": party.name,
                "allocations": self._payments.told(allocations, row["currency"]),
                "learned": learn,
            },
        )
        tell_booked(self._notices, self._payments.get(line.payment_id))
        self._payments.settle([line.payment_id])

    def split(self, line: StatementLine, parts: Sequence[NewPart]) -> None:
        """The line is money of several clients. AllocationError where parts or invoices do not fit; nothing is changed then."""
        row = self._open(line)
        check_parts(row["minor"], parts)
        names = self._clients.parties({part.client_id for part in parts})
        text = self._booked_as(part_text(row))
        payments = [
            replace(self._money.payment(row, p.client_id, p.allocations), minor=p.minor, text=text) for p in parts
        ]
        booked = self._payments.book(payments)
        self._release(line, row)
        line.client_id, line.article_id, line.kind = None, None, SPLIT
        told = [
            {
                "client": names[part.client_id].name,
                "minor": part.minor,
                "currency": row["currency"],
                "allocations": self._payments.told(part.allocations, row["currency"]),
            }
            for part in parts
        ]
        self._decided(line, "finsystem.line.split", {"parts": told})
        for payment_id in booked:
            tell_booked(self._notices, self._payments.get(payment_id))
        self._payments.settle(booked)

    def sort(self, line: StatementLine, article_id: int) -> None:
        """The line is no client's money: it goes to an article."""
        row = self._open(line)
        self._release(line, row)
        [line.entry_id] = self._ledger.post([self._money.entry(row, article_id)])
        line.client_id, line.article_id = None, article_id
        line.kind = "expense" if row["minor"] < 0 else "other"
        self._decided(
            line, "finsystem.line.sorted", {"article_id": article_id, "article": self._money.name_of(article_id)}
        )

    def transfer(self, line: StatementLine) -> None:
        """The line is neither income nor cost: money between accounts of ours."""
        row = self._open(line)
        self._release(line, row)
        [line.entry_id] = self._ledger.post([self._money.entry(row, None)])
        line.client_id, line.article_id, line.kind = None, None, "own_transfer"
        self._decided(line, "finsystem.line.transferred", {})

    def undo(self, line: StatementLine) -> None:
        """Take the decision back, a person's or the matcher's: the money is unsorted again and the line waits."""
        if line.state != "applied" or line.minor is None:
            raise ConflictError("line_not_decided", _("There is no decision to take back."))
        row = self._row(line)
        before: dict[str, Any] = {"rule": line.rule, "client_id": line.client_id, "article_id": line.article_id}
        if line.client_id is not None:
            before["client"] = self._clients.party(line.client_id).name
        if line.article_id is not None:
            before["article"] = self._money.name_of(line.article_id)
        if line.kind == SPLIT:
            self._unite(line, before)
        elif line.payment_id is not None:
            self._payments.reverse([line.payment_id], text=line_text(row))
        self._release(line, row)
        [line.entry_id] = self._ledger.post([self._money.entry(row, self._money.unsorted())])
        line.payment_id = line.client_id = line.article_id = None
        line.kind = "" if line.kind == SPLIT else line.kind
        line.state = "proposed" if line.candidates else "unsorted"
        line.rule, line.decided_by, line.decided_at = UNDONE, None, None
        self._audit.record(
            "finsystem.line.undone", kind="line", public_id=line.public_id, title=line.purpose[:200], before=before
        )
        self._session.flush()

    # Inside

    def _unite(self, line: StatementLine, before: dict[str, Any]) -> None:
        """Take all parts of a split line back at once, each under its own text: the purpose of the line is no client's to read."""
        parts = self._payments.of_lines([line.id]).get(line.id, [])
        names = self._clients.parties({payment.client_id for payment in parts})
        before["parts"] = [
            {"client": names[payment.client_id].name, "minor": payment.minor, "currency": payment.currency}
            for payment in parts
        ]
        self._payments.reverse([payment.id for payment in parts], text=None)

    def _open(self, line: StatementLine) -> dict[str, Any]:
        """The line locked and still waiting, as a row by column name. ConflictError where somebody was faster."""
        # Only the line: its statement comes along by an outer join, whose far side PostgreSQL refuses to lock.
        self._session.refresh(line, with_for_update={"of": StatementLine})
        if line.state not in WAITING:
            raise ConflictError("line_decided", _("This line was decided meanwhile."))
        if line.statement.state == "held":
            raise ConflictError(
                "statement_held", _("The statement waits for confirmation: look at what is wrong with it first.")
            )
        return self._row(line)

    def _row(self, line: StatementLine) -> dict[str, Any]:
        row = {
            column.name: getattr(line, column.name)
            for column in StatementLine.__table__.columns
            if column.name != "raw"
        }
        row["legal_entity_id"] = line.statement.legal_entity_id
        row["booking_date"] = self._ledger.open_day(line.booking_date)
        return row

    def _release(self, line: StatementLine, row: dict[str, Any]) -> None:
        """Take the money off where it lies unsorted, or was sorted to."""
        if line.entry_id is not None:
            self._ledger.reverse([line.entry_id], text=line_text(row))
            line.entry_id = None

    def _decided(self, line: StatementLine, action: str, after: dict[str, Any]) -> None:
        line.state, line.rule = "applied", BY_HAND
        line.decided_by, line.decided_at = self._user_id, self._clock.now()
        self._audit.record(
            action,
            kind="line",
            public_id=line.public_id,
            title=line.purpose[:200],
            client_id=line.client_id,
            after=after,
        )
        self._session.flush()

    def _counts(self) -> tuple[int, int, int]:
        total, came, went = self._session.execute(_COUNTS).one()
        return int(total), int(came), int(went)

    def _of(self, query: ListQuery) -> int:
        if query.search:
            found = self._searched(query).where(*waiting_of(query)).with_only_columns(func.count())
            return int(self._session.scalar(found) or 0)
        total, came, went = self.counts()
        return {"in": came, "out": went}.get(query.filters.get("direction", ""), total)

    def _learn(self, line: StatementLine, client_id: int) -> None:
        known = self._session.scalar(
            select(LearnedPayer).where(
                LearnedPayer.account == line.counterparty_account, LearnedPayer.client_id == client_id
            )
        )
        now: datetime.datetime = self._clock.now()
        if known is not None:
            known.times = 1 if known.forgotten_at is not None else known.times + 1
            known.learned_at, known.forgotten_at = now, None
            return
        self._session.add(
            LearnedPayer(
                public_id=uuid.uuid4(),
                account=line.counterparty_account,
                inn=line.counterparty_inn,
                client_id=client_id,
                times=1,
                learned_at=now,
            )
        )

    def _searched(self, query: ListQuery) -> Select[Any]:
        return select(StatementLine).where(*found_by(query.search, _says, StatementLine.client_id))

    def _page(self, statement: Select[Any], query: ListQuery) -> Page:
        return paginate(
            self._session,
            statement,
            query,
            sorts={
                "date": _DAY,
                "amount": func.coalesce(StatementLine.minor, 0),
                "position": StatementLine.position,
            },
            default="-date",
            key=StatementLine.id,
        )


_COUNTED = select(func.count()).select_from(StatementLine).where(WAITS)
_COUNTS = select(
    _COUNTED.scalar_subquery(),
    *(_COUNTED.where(StatementLine.direction == way).scalar_subquery() for way in ("in", "out")),
)
# As DAY_SQL has it: with a value put in, SQLite would not know the index for its own.
_DAY = func.coalesce(StatementLine.booking_date, literal_column("'1970-01-01'"), type_=StatementLine.booking_date.type)


def _says(word: str) -> ColumnElement[bool]:
    line = StatementLine
    return or_(*(contains(column, word) for column in (line.purpose, line.counterparty_name, line.counterparty_inn)))


def queue_factory(_context: Any, request: Any) -> StatementQueue:
    """``IStatementQueue`` of a request."""
    from cabinet.origin import origin_of

    ledger, payments = request.find_service(ILedger), request.find_service(IPayments)
    return StatementQueue(
        request.db,
        request.find_service(IClock),
        request.find_service(IAuditLog),
        ledger,
        payments,
        request.find_service(IClientBook),
        LineMoney(ledger, payments, request.find_service(IArticles)),
        origin_of(request).user_id,
        request.find_service(INotices),
        partial(in_books, request),
    )
