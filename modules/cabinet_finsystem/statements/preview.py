"""What a person sees of a file before anything of it is written: kept as compressed JSON beside the file."""

from __future__ import annotations

import datetime
import json
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from cabinet.texts import pack_text
from cabinet_finsystem.statements.applying import candidate_json
from cabinet_finsystem.statements.breakdowns import batches_of
from cabinet_finsystem.statements.parsed import ParsedLine
from cabinet_finsystem.statements.planning import FilePlan, PlannedLine, PlannedStatement


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """A line and what would be done with it. ``state``: applied, proposed, unsorted, invalid, duplicate; pending or info: no money.

    ``evidence`` and ``candidates``: as stored with a line. ``repeat``: 2 for the second equal line of a day, 3 for the third…
    """

    position: int
    date: str | None
    minor: int | None
    name: str
    purpose: str
    state: str
    kind: str = ""
    rule: str = ""
    client_id: int | None = None
    article_id: int | None = None
    allocations: Sequence[Sequence[int]] = ()
    evidence: Sequence[dict[str, Any]] = ()
    candidates: Sequence[dict[str, Any]] = ()
    problem: dict[str, Any] | None = None
    currency: str = ""
    repeat: int = 1

    @property
    def day(self) -> datetime.date | None:
        """The booking date."""
        return datetime.date.fromisoformat(self.date) if self.date else None


@dataclass(frozen=True, slots=True)
class PreviewStatement:
    """A statement: its figures in minor units, and its lines. ``outside_period``: how many of them are not of its days.

    ``interim``: a report or a notification, of which nothing is written.
    """

    account: str
    currency: str
    period_from: str | None
    period_to: str | None
    opening: int | None
    closing: int | None
    sum_in: int
    sum_out: int
    balance_ok: bool | None
    expected_closing: int | None
    gap: int | None
    explained_by: int | None
    held: bool
    lines: Sequence[PreviewLine]
    outside_period: int = 0
    interim: bool = False
    batches: int = 0
    """Entries that a notification takes apart."""

    def of(self, *states: str) -> list[PreviewLine]:
        """Lines in one of ``states``."""
        return [line for line in self.lines if line.state in states]

    def date(self, name: str) -> datetime.date | None:
        """``period_from`` or ``period_to`` as a date."""
        text = getattr(self, name)
        return datetime.date.fromisoformat(text) if text else None


@dataclass(frozen=True, slots=True)
class Preview:
    """The whole file. ``notes``: what is odd about it: code, blocking, text (packed)."""

    format: str
    encoding: str
    statements: Sequence[PreviewStatement]
    notes: Sequence[dict[str, Any]] = field(default=())

    def lines(self, *states: str) -> list[PreviewLine]:
        """Lines of all statements in one of ``states``."""
        return [line for statement in self.statements for line in statement.of(*states)]


def pack(plan: FilePlan) -> bytes:
    """The preview of ``plan`` for storage."""
    document = {
        "format": plan.parsed.format,
        "encoding": plan.parsed.encoding,
        "notes": noted(plan),
        "statements": [_statement(planned) for planned in plan.statements],
    }
    return zlib.compress(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode(), 6)


def noted(plan: FilePlan) -> list[dict[str, Any]]:
    """The notes of a file for storage."""
    return [{"code": note.code, "blocking": note.blocking, "text": pack_text(note.message)} for note in plan.notes]


def unpack(stored: bytes) -> Preview:
    """The preview that ``pack`` made."""
    document = json.loads(zlib.decompress(stored))
    return Preview(
        format=document["format"],
        encoding=document["encoding"],
        notes=document["notes"],
        statements=[
            PreviewStatement(**{**statement, "lines": [PreviewLine(**line) for line in statement["lines"]]})
            for statement in document["statements"]
        ],
    )


def _statement(planned: PlannedStatement) -> dict[str, Any]:
    parsed, check = planned.parsed, planned.parsed.check
    lines = [
        *(_new(line) for line in planned.new),
        *(PreviewLine(**_facts(line), state="duplicate") for line in planned.duplicates),
        *(PreviewLine(**_facts(line), state=_shown_as(line)) for line in planned.shown),
    ]
    return {
        "account": parsed.account,
        "currency": parsed.currency,
        "period_from": parsed.period_from.isoformat() if parsed.period_from else None,
        "period_to": parsed.period_to.isoformat() if parsed.period_to else None,
        "opening": parsed.opening,
        "closing": parsed.closing,
        "sum_in": check.sum_in,
        "sum_out": check.sum_out,
        "balance_ok": check.balance_ok,
        "expected_closing": check.expected_closing,
        "gap": check.gap,
        "explained_by": check.explained_by,
        "held": planned.held,
        "outside_period": check.outside_period,
        "interim": parsed.interim,
        "batches": len(batches_of(planned.shown)),
        "lines": sorted((asdict(line) for line in lines), key=lambda line: line["position"]),
    }


def _new(planned: PlannedLine) -> PreviewLine:
    line, match = planned.line, planned.match
    reason = line.invalid_reason
    facts = _facts(line)
    if match is None:
        problem = (
            None if reason is None else {"code": reason.code, "found": reason.found, "text": pack_text(reason.message)}
        )
        return PreviewLine(**facts, state="invalid", problem=problem)
    return PreviewLine(
        **facts,
        state=planned.state,
        kind=match.kind.value,
        rule=match.rule,
        client_id=match.client_id,
        article_id=match.article_id,
        allocations=[[a.invoice_id, a.minor] for a in match.allocations],
        evidence=[piece.to_json() for piece in match.evidence],
        candidates=[candidate_json(c) for c in match.candidates[:1]] if planned.state != "applied" else [],
        repeat=planned.fingerprint.occurrence,
    )


def _shown_as(line: ParsedLine) -> str:
    return "pending" if line.status == "booked" else line.status  # booked, but not by this report


def _facts(line: ParsedLine) -> dict[str, Any]:
    return {
        "position": line.position,
        "date": line.booking_date.isoformat() if line.booking_date else None,
        "minor": line.amount_minor,
        "currency": line.currency,
        "name": line.counterparty.name,
        "purpose": line.purpose,
    }
