"""Writing a planned file: its statements, its lines, and the money of each, all in one transaction."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from cabinet.db.bulk import chunks, insert_rows, take_ids
from cabinet.texts import pack_text
from cabinet_finsystem.interfaces import IArticles, ILedger, IPayments
from cabinet_finsystem.ledger.values import AccountKind, AccountRef, NewEntry, NewPosting
from cabinet_finsystem.payments.values import NewAllocation, NewPayment
from cabinet_finsystem.statements.matching.decision import Candidate, Kind, Match, Outcome
from cabinet_finsystem.statements.models import Statement, StatementFile, StatementLine
from cabinet_finsystem.statements.planning import FilePlan, PlannedLine, PlannedStatement, state_of

TRANSIT = "transfer"
"""Owner of the account through which money passes between two accounts of ours, until the other side's line comes."""

UNDONE = ""
"""Rule of a line whose decision a person took back: it is never applied without a person again."""
_DECIDED = ("state", "kind", "rule", "client_id", "article_id", "evidence", "candidates", "entry_id", "payment_id")


class LineMoney:
    """How the money of bank lines is booked: a client's payment, an article, a transfer of our own, or unsorted for now."""

    def __init__(self, ledger: ILedger, payments: IPayments, articles: IArticles) -> None:
        self._ledger = ledger
        self._payments = payments
        self._articles = articles
        self._kinds: dict[int, str] = {}

    def payment(self, line: dict[str, Any], client_id: int, allocations: Sequence[NewAllocation]) -> NewPayment:
        """The payment that a line is. ``line``: a row of StatementLine by column name, with ``legal_entity_id``."""
        return NewPayment(
            client_id=client_id,
            date=line["booking_date"],
            minor=line["minor"],
            currency=line["currency"],
            legal_entity_id=line["legal_entity_id"],
            text=line_text(line),
            bank_account_id=line["bank_account_id"],
            line_id=line["id"],
            allocations=tuple(allocations),
        )

    def entry(self, line: dict[str, Any], article_id: int | None) -> NewEntry:
        """The entry of a line that is no client's payment: on ``article_id``, or between accounts of ours where that is None."""
        minor, currency = line["minor"], line["currency"]
        bank = NewPosting(AccountRef.bank(line["bank_account_id"], currency), minor)
        if article_id is None:
            other = NewPosting(AccountRef.clearing(TRANSIT, currency), -minor)
        else:
            kind = AccountKind.INCOME if self._is_income(article_id, minor) else AccountKind.EXPENSE
            other = NewPosting(AccountRef(kind, currency), -minor, article_id=article_id)
        return NewEntry(
            date=line["booking_date"],
            kind="transfer" if article_id is None else "expense" if minor < 0 else "income",
            source=("line", line["id"]),
            text=line_text(line),
            legal_entity_id=line["legal_entity_id"],
            postings=(bank, other),
        )

    def unsorted(self) -> int:
        """The article of money nobody has explained yet."""
        article_id: int = self._articles.system_id("unsorted")
        return article_id

    def name_of(self, article_id: int) -> str:
        """What people call an article."""
        name: str = self._articles.get(article_id).name
        return name

    def _is_income(self, article_id: int, minor: int) -> bool:
        if not self._kinds:
            self._kinds = {node.id: node.kind for node in self._articles.tree(archived=True)}
        kind = self._kinds[article_id]
        return minor > 0 if kind == "unsorted" else kind == "income"


def line_text(line: dict[str, Any]) -> str:
    """What the books say of a line: its purpose, or whom it was with."""
    return str(line["purpose"] or line["counterparty_name"] or line["doc_kind"])[:500]


class Applier:
    """Writes plans. The caller holds ``lock`` and has made sure that the plan is still true."""

    def __init__(
        self, session: Session, ledger: ILedger, payments: IPayments, money: LineMoney, now: datetime.datetime
    ) -> None:
        self._session = session
        self._ledger = ledger
        self._payments = payments
        self._money = money
        self._now = now
        self._booked: list[int] = []

    def lock(self) -> None:
        """Wait until nobody else writes statements; from here on nobody does until we commit. SQLite locks by itself."""
        if self._session.get_bind().dialect.name == "postgresql":
            self._session.connection().execute(text("LOCK TABLE finsystem_statement_line IN SHARE ROW EXCLUSIVE MODE"))

    def write(self, file: StatementFile, plan: FilePlan) -> list[Statement]:
        """Store everything that is new, and book what is sure; the rest of the money is booked as unsorted."""
        statements = [self._statement(file, planned) for planned in plan.statements]
        self._session.add_all(statements)
        self._session.flush()
        for statement, planned in zip(statements, plan.statements, strict=True):
            # In the order of the days, so that money that came first is put onto an invoice first; and by the thousand, so that
            # memory does not grow with the file a second time.
            in_order = sorted(
                planned.new, key=lambda line: (line.line.booking_date or datetime.date.min, line.line.position)
            )
            for some in chunks(in_order):
                self._write_lines(statement, some, held=planned.held)
        file.state = "imported"
        file.plan = None
        # Only now: what another line of the file brings must be known before a rest is written off.
        self._payments.settle(self._booked)
        return statements

    def _write_lines(self, statement: Statement, lines: Sequence[PlannedLine], *, held: bool) -> None:
        ids = take_ids(self._session, StatementLine.__table__, len(lines))
        rows = [line_row(line, statement, held=held) | {"id": id_} for id_, line in zip(ids, lines, strict=True)]
        if not held:
            self._book(
                [(row, line.match) for row, line in zip(rows, lines, strict=True) if line.match and row["minor"]]
            )
        for row in rows:
            del row["legal_entity_id"]
        insert_rows(self._session, StatementLine.__table__, rows)

    def release(self, statement: Statement, lines: Sequence[StatementLine], matches: Sequence[Match]) -> None:
        """Apply the ``lines`` of a statement that was held, each by its match: a person has confirmed it."""
        rows = [
            _stored_row(line, statement) | {"state": state_of(match)} | decision(match)
            for line, match in zip(lines, matches, strict=True)
        ]
        self._book([(row, match) for row, match in zip(rows, matches, strict=True) if row["minor"]])
        for line, row in zip(lines, rows, strict=True):
            _take(line, row)
        statement.state = "applied"
        self._session.flush()
        self._payments.settle(self._booked)

    def renew(self, decided: Sequence[tuple[StatementLine, Match]]) -> int:
        """Give lines that wait the decision of their matches, each a sure one its money; how many those are.

        A decision that a person took back stays a question. What lies in a closed period moves today.
        """
        rows: list[tuple[dict[str, Any], Match]] = []
        for line, match in decided:
            undone = line.rule == UNDONE
            row = _stored_row(line, line.statement) | {"state": state_of(match, asked_only=undone)}
            row |= decision(match, held=undone)
            rows.append((row | {"rule": UNDONE} if undone else row, match))
        sure = [(row, match) for row, match in rows if row["state"] == "applied"]
        self._ledger.reverse([row["entry_id"] for row, _match in sure])
        days = {row["booking_date"] for row, _match in sure}
        open_days = {day: self._ledger.open_day(day) for day in days}
        for row, _match in sure:
            row |= {"entry_id": None, "booking_date": open_days[row["booking_date"]]}
        self._book(sure)
        for (line, _match), (row, _same) in zip(decided, rows, strict=True):
            _take(line, row)
        self._session.flush()
        self._payments.settle(self._booked)
        return len(sure)

    def _book(self, lines: Sequence[tuple[dict[str, Any], Match]]) -> None:
        """Book the money of ``lines`` and note in each row where it went."""
        payments: list[tuple[dict[str, Any], NewPayment]] = []
        entries: list[tuple[dict[str, Any], NewEntry]] = []
        for row, match in lines:
            if row["state"] == "applied" and match.client_id is not None:
                allocations = [NewAllocation(a.invoice_id, a.minor) for a in match.allocations]
                payments.append((row, self._money.payment(row, match.client_id, allocations)))
            elif row["state"] == "applied":
                transfer = match.kind is Kind.OWN_TRANSFER
                entries.append((row, self._money.entry(row, None if transfer else match.article_id)))
            else:
                entries.append((row, self._money.entry(row, self._money.unsorted())))
        for (row, _payment), id_ in zip(payments, self._payments.book([p for _row, p in payments]), strict=True):
            row["payment_id"] = id_
            self._booked.append(id_)
        for (row, _entry), id_ in zip(entries, self._ledger.post([e for _row, e in entries]), strict=True):
            row["entry_id"] = id_

    def _statement(self, file: StatementFile, planned: PlannedStatement) -> Statement:
        parsed, check = planned.parsed, planned.parsed.check
        return Statement(
            public_id=uuid.uuid4(),
            file_id=file.id,
            bank_account_id=planned.account.id,
            legal_entity_id=planned.account.legal_entity_id,
            account=parsed.account,
            currency=parsed.currency,
            period_from=parsed.period_from,
            period_to=parsed.period_to,
            opening=parsed.opening,
            closing=parsed.closing,
            balance_ok=check.balance_ok,
            gap=check.gap,
            explained_by=check.explained_by,
            state="held" if planned.held else "applied",
            lines=len(planned.new) + len(planned.duplicates),
            new=len(planned.new),
            duplicate=len(planned.duplicates),
            invalid=planned.count("invalid"),
        )


def _stored_row(line: StatementLine, statement: Statement) -> dict[str, Any]:
    """A stored line by column name, without its raw text, with the legal entity beside."""
    columns = [column.name for column in StatementLine.__table__.columns if column.name not in {"raw", "candidates"}]
    return {name: getattr(line, name) for name in columns} | {"legal_entity_id": statement.legal_entity_id}


def _take(line: StatementLine, row: dict[str, Any]) -> None:
    """Let a stored line have what was decided about it."""
    for name in _DECIDED:
        setattr(line, name, row[name])


def line_row(planned: PlannedLine, statement: Statement, *, held: bool) -> dict[str, Any]:
    """A row of StatementLine by column name, with the legal entity beside."""
    line, match, other = planned.line, planned.match, planned.line.counterparty
    reason = line.invalid_reason
    state = planned.state
    return {
        "public_id": uuid.uuid4(),
        "statement_id": statement.id,
        "legal_entity_id": statement.legal_entity_id,
        "bank_account_id": statement.bank_account_id,
        "position": line.position,
        "booking_date": line.booking_date,
        "value_date": line.value_date,
        "minor": line.amount_minor,
        "currency": line.currency,
        "direction": line.direction,
        "counterparty_name": other.name[:300],
        "counterparty_inn": other.inn[:20],
        "counterparty_kpp": other.kpp[:12],
        "counterparty_account": other.account[:40],
        "counterparty_bic": other.bic[:12],
        "counterparty_bank": other.bank[:200],
        "purpose": line.purpose,
        "doc_number": line.doc_number[:60],
        "doc_date": line.doc_date,
        "doc_kind": line.doc_kind[:80],
        "bank_ref": line.bank_ref[:100],
        "is_return": line.is_return,
        "bank_code": line.bank_code[:60],
        "end_to_end_id": line.end_to_end_id[:40],
        "creditor_ref": line.creditor_ref[:40],
        "raw": line.raw,
        "problem": None
        if reason is None
        else {"code": reason.code, "found": reason.found, "text": pack_text(reason.message)},
        "key": planned.fingerprint.key,
        "occurrence": planned.fingerprint.occurrence,
        "state": "proposed" if held and state == "applied" else state,
        **(decision(match, held=held) if match is not None else _NO_DECISION),
        "entry_id": None,
        "payment_id": None,
        "decided_by": None,
        "decided_at": None,
    }


_NO_DECISION: dict[str, Any] = {
    "kind": "",
    "rule": "",
    "client_id": None,
    "article_id": None,
    "evidence": [],
    "candidates": [],
}


def decision(match: Match, *, held: bool = False) -> dict[str, Any]:
    """What a match says, by column name. Whose money it is and what for stands only in a line that is applied."""
    applied = match.outcome is Outcome.SURE and not held
    return {
        "kind": match.kind.value,
        "rule": match.rule,
        "client_id": match.client_id if applied else None,
        "article_id": match.article_id if applied else None,
        "evidence": [piece.to_json() for piece in match.evidence],
        "candidates": [] if applied else [candidate_json(c) for c in match.candidates],
    }


def candidate_json(candidate: Candidate) -> dict[str, Any]:
    """A candidate for storage."""
    return {
        "kind": candidate.kind.value,
        "client_id": candidate.client_id,
        "article_id": candidate.article_id,
        "allocations": [[a.invoice_id, a.minor] for a in candidate.allocations],
        "advance_minor": candidate.advance_minor,
        "weak": candidate.weak,
        "evidence": [piece.to_json() for piece in candidate.evidence],
    }
