"""Statements as the command line tells of them: plain documents, ready for JSON."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from cabinet.contracts.clients import IClientBook
from cabinet.contracts.money import Money
from cabinet.db.bulk import chunks
from cabinet.errors import NotFoundError
from cabinet.texts import unpack_text
from cabinet_finsystem.interfaces import IArticles, IStatementQueue
from cabinet_finsystem.invoicing.models import Invoice
from cabinet_finsystem.payments.models import Allocation
from cabinet_finsystem.statements.breakdowns import Breakdowns, batches_of
from cabinet_finsystem.statements.models import TAKEN_BACK, Statement, StatementFile, StatementLine
from cabinet_finsystem.statements.planning import FilePlan, PlannedStatement
from cabinet_finsystem.statements.telling import tell
from cabinet_finsystem.texts import _


def file_json(
    name: str, sha256: str, *, errors: Sequence[dict[str, Any]] = (), already: StatementFile | None = None
) -> dict[str, Any]:
    """The document of a file that added nothing: refused, or imported before."""
    return {
        "file": name,
        "sha256": sha256,
        "format": already.format if already is not None else None,
        "encoding": already.encoding if already is not None else None,
        "already_imported": already is not None,
        "statements": [_stored_json(statement) for statement in already.statements] if already is not None else [],
        "errors": list(errors),
        "notes": [note["code"] for note in already.notes] if already is not None else [],
    }


def plan_json(name: str, plan: FilePlan, ids: Sequence[str | None] = ()) -> dict[str, Any]:
    """The document of a file that was read; ``ids``: public ids of its statements, where they were stored."""
    known = [*ids, *([None] * (len(plan.statements) - len(ids)))]
    return {
        "file": name,
        "sha256": plan.parsed.sha256,
        "format": plan.parsed.format,
        "encoding": plan.parsed.encoding,
        "already_imported": False,
        "statements": [_planned_json(planned, id_) for planned, id_ in zip(plan.statements, known, strict=True)],
        "errors": [],
        "notes": [note.code for note in plan.notes],
    }


def _planned_json(planned: PlannedStatement, id_: str | None) -> dict[str, Any]:
    parsed = planned.parsed
    return {
        "id": id_,
        "account": parsed.account,
        "currency": parsed.currency,
        "from": _date(parsed.period_from),
        "to": _date(parsed.period_to),
        "opening": _money(parsed.opening, parsed.currency),
        "closing": _money(parsed.closing, parsed.currency),
        "balance_ok": parsed.check.balance_ok,
        "lines": len(planned.new) + len(planned.duplicates),
        "new": len(planned.new),
        "duplicate": len(planned.duplicates),
        "invalid": planned.count("invalid"),
        "applied": planned.count("applied"),
        "proposed": planned.count("proposed"),
        "unsorted": planned.count("unsorted"),
        "held": planned.held,
        "interim": parsed.interim,
        "shown": len(planned.shown),
        "batches": len(batches_of(planned.shown)),
    }


def _stored_json(statement: Statement) -> dict[str, Any]:
    return {
        "id": str(statement.public_id),
        "account": statement.account,
        "currency": statement.currency,
        "from": _date(statement.period_from),
        "to": _date(statement.period_to),
        "opening": _money(statement.opening, statement.currency),
        "closing": _money(statement.closing, statement.currency),
        "balance_ok": statement.balance_ok,
        "lines": statement.lines,
        "new": 0,
        "duplicate": statement.lines,
        "invalid": 0,
        "applied": 0,
        "proposed": 0,
        "unsorted": 0,
        "held": statement.state == "held",
        "interim": False,
        "shown": 0,
        "batches": 0,
    }


def line_documents(request: Any, statement_id: str | None, state: str | None) -> list[dict[str, Any]]:
    """Stored lines, by statement and position, with what became of each. NotFoundError for an unknown statement."""
    wanted = select(StatementLine).options(joinedload(StatementLine.statement))
    if statement_id is not None:
        wanted = wanted.where(StatementLine.statement_id == _statement(request, statement_id))
    if state is not None:
        wanted = wanted.where(StatementLine.state == state)
    elif statement_id is None:
        wanted = wanted.where(StatementLine.state != TAKEN_BACK)
    lines = list(
        request.db.scalars(wanted.order_by(StatementLine.statement_id, StatementLine.position, StatementLine.id))
    )
    split = request.find_service(IStatementQueue).parts(lines)
    named = {line.client_id for line in lines if line.client_id is not None}
    named |= {payment.client_id for payments in split.values() for payment in payments}
    clients = {id_: party.external_id for id_, party in request.find_service(IClientBook).parties(named).items()}
    articles = {node.id: node.name for node in request.find_service(IArticles).tree(archived=True)}
    made_of = Breakdowns(request.db).of_lines(line.id for line in lines if line.bank_ref)
    booked = {line.id: [line.payment_id] for line in lines if line.payment_id is not None}
    booked |= {line_id: [payment.id for payment in payments] for line_id, payments in split.items()}
    allocations = _allocations(request, [id_ for ids in booked.values() for id_ in ids])
    return [
        {
            "id": str(line.public_id),
            "statement": str(line.statement.public_id),
            "account": line.statement.account,
            "position": line.position,
            "booking_date": _date(line.booking_date),
            "value_date": _date(line.value_date),
            "amount": _money(line.minor, line.currency),
            "currency": line.currency,
            "direction": line.direction,
            "counterparty": {
                "name": line.counterparty_name,
                "inn": line.counterparty_inn,
                "kpp": line.counterparty_kpp,
                "account": line.counterparty_account,
                "bic": line.counterparty_bic,
            },
            "purpose": line.purpose,
            "doc_number": line.doc_number,
            "bank_ref": line.bank_ref,
            "bank_code": line.bank_code,
            "end_to_end_id": line.end_to_end_id,
            "creditor_ref": line.creditor_ref,
            "is_return": line.is_return,
            "state": line.state,
            "client": clients.get(line.client_id) if line.client_id is not None else None,
            "allocations": [put for id_ in booked.get(line.id, ()) for put in allocations.get(id_, [])],
            "parts": [
                {
                    "client": clients.get(payment.client_id),
                    "amount": _money(payment.minor, payment.currency),
                    "allocations": allocations.get(payment.id, []),
                }
                for payment in split.get(line.id, ())
            ],
            "article": articles.get(line.article_id) if line.article_id is not None else None,
            "made_of": [_part(part, line.currency) for part in made_of.get(line.id, ())],
            "kind": line.kind,
            "rule": line.rule or None,
            "evidence": [tell(request, piece) for piece in line.evidence] + _problem(request, line),
        }
        for line in lines
    ]


def _part(part: dict[str, Any], currency: str) -> dict[str, Any]:
    """A part of a line, as a notification told it."""
    return {
        "amount": _money(part["minor"], currency),
        "counterparty": {name: part[name] for name in ("name", "inn", "account")},
        "purpose": part["purpose"],
        "end_to_end_id": part["ref"],
        "fee": part["fee"],
    }


def file_of_statement(request: Any, statement_id: str) -> StatementFile:
    """The file that a statement came in. NotFoundError for an unknown statement."""
    file: StatementFile = request.db.get_one(Statement, _statement(request, statement_id)).file
    return file


def _problem(request: Any, line: StatementLine) -> list[str]:
    """Why an invalid line could not be read, and what stands there in the file."""
    if line.problem is None:
        return []
    said = request.localizer.translate(unpack_text(line.problem["text"]))
    return [f"{said}: {line.problem['found']}" if line.problem["found"] else said]


def _statement(request: Any, text: str) -> int:
    try:
        public_id = uuid.UUID(text)
    except ValueError:
        public_id = uuid.UUID(int=0)
    found: int | None = request.db.scalar(select(Statement.id).where(Statement.public_id == public_id))
    if found is None:
        raise NotFoundError("no_statement", _("There is no statement ${id}.", mapping={"id": text}))
    return found


def _allocations(request: Any, payment_ids: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    undone = select(Allocation.reverses_id).where(Allocation.reverses_id.is_not(None))
    found: dict[int, list[dict[str, Any]]] = {}
    for some in chunks(payment_ids):
        rows = request.db.execute(
            select(Allocation.payment_id, Allocation.minor, Invoice.number, Invoice.external_id, Invoice.currency)
            .join(Invoice, Invoice.id == Allocation.invoice_id)
            .where(Allocation.payment_id.in_(some), Allocation.reverses_id.is_(None), Allocation.id.not_in(undone))
            .order_by(Allocation.id)
        )
        for payment_id, minor, number, external_id, currency in rows:
            found.setdefault(payment_id, []).append(
                {"invoice": number, "invoice_external_id": external_id, "amount": _money(minor, currency)}
            )
    return found


def _money(minor: int | None, currency: str) -> str | None:
    return None if minor is None else str(Money(minor, currency))


def _date(day: Any) -> str | None:
    return None if day is None else day.isoformat()
