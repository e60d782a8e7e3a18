"""What entries are made of: a notification (camt.054) takes one apart that the statement brings as a single line.

No money moves: the parts are kept with the line they explain. The notification may come before its statement, so what finds no line
waits, and is looked for again with every statement of its days. Which line is meant is never guessed: account, amount and the bank's
own reference must agree, and only one line may be it.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from xml.sax.saxutils import unescape

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session, undefer

from cabinet.db.bulk import chunks
from cabinet_finsystem.statements.models import TAKEN_BACK, Breakdown, Statement, StatementFile, StatementLine
from cabinet_finsystem.statements.parsed import Batch, ParsedLine
from cabinet_finsystem.statements.planning import FilePlan

_NEAR = timedelta(days=10)
"""How far the days of a notification and of its statement may lie apart: over a New Year with its holidays."""
_REFS = re.compile(r"<(?:AcctSvcrRef|NtryRef)>([^<]{1,200})</")
_CHARGE = "CHRG"


def batches_of(lines: Iterable[ParsedLine]) -> dict[Batch, list[ParsedLine]]:
    """The entries that ``lines`` of a notification take apart."""
    found: dict[Batch, list[ParsedLine]] = {}
    for line in lines:
        if line.batch is not None:
            found.setdefault(line.batch, []).append(line)
    return found


class Breakdowns:
    """Breakdowns of one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def of_line(self, line: StatementLine) -> Sequence[dict[str, Any]]:
        """The parts of ``line``; none where nobody told them."""
        return self._session.scalar(select(Breakdown.parts).where(Breakdown.line_id == line.id)) or ()

    def of_lines(self, line_ids: Iterable[int]) -> dict[int, Sequence[dict[str, Any]]]:
        """The parts of lines by their ids."""
        found: dict[int, Sequence[dict[str, Any]]] = {}
        for some in chunks(line_ids):
            rows = self._session.execute(select(Breakdown.line_id, Breakdown.parts).where(Breakdown.line_id.in_(some)))
            found |= {line_id: parts for line_id, parts in rows if line_id is not None}
        return found

    def take(self, file: StatementFile, plan: FilePlan) -> None:
        """Keep what ``plan`` takes apart, and give the lines of its days what waits for them."""
        for planned in plan.statements:
            for batch, parts in batches_of(planned.shown).items():
                day = parts[0].booking_date
                if day is not None and not self._kept(planned.account.id, batch, day):
                    self._session.add(
                        Breakdown(
                            public_id=uuid.uuid4(),
                            file_id=file.id,
                            bank_account_id=planned.account.id,
                            booking_date=day,
                            minor=batch.minor,
                            currency=parts[0].currency,
                            refs=list(batch.refs),
                            parts=[_part(part) for part in parts],
                        )
                    )
        self._session.flush()
        for planned in plan.statements:
            lines = [one.line for one in planned.new] or planned.shown
            days = [line.booking_date for line in lines if line.booking_date is not None]
            if days:
                self._attach(planned.account.id, min(days) - _NEAR, max(days) + _NEAR)

    def let_go(self, file: StatementFile) -> None:
        """``file`` is taken back: what it took apart is gone, and what explained its lines waits for them to come again."""
        self._session.execute(delete(Breakdown).where(Breakdown.file_id == file.id))
        its = select(StatementLine.id).join(Statement).where(Statement.file_id == file.id)
        self._session.execute(update(Breakdown).where(Breakdown.line_id.in_(its)).values(line_id=None))

    def _kept(self, account_id: int, batch: Batch, day: Any) -> bool:
        """Whether the same was told before, by a file of other bytes."""
        same = select(Breakdown.refs).where(
            Breakdown.bank_account_id == account_id, Breakdown.booking_date == day, Breakdown.minor == batch.minor
        )
        return any(set(refs) & set(batch.refs) for refs in self._session.scalars(same))

    def _attach(self, account_id: int, since: Any, until: Any) -> None:
        waiting = self._session.scalars(
            select(Breakdown)
            .options(undefer(Breakdown.parts))
            .where(
                Breakdown.bank_account_id == account_id,
                Breakdown.line_id.is_(None),
                Breakdown.booking_date.between(since, until),
            )
        ).all()
        if not waiting:
            return
        lines = self._candidates(account_id, {one.minor for one in waiting}, since - _NEAR, until + _NEAR)
        for one in waiting:
            fitting = [
                line
                for line in lines
                if line.minor == one.minor
                and (len(one.parts) > 1 or not line.counterparty_name)
                and line.booking_date is not None
                and abs(line.booking_date - one.booking_date) <= _NEAR
                and refs_of(line) & set(one.refs)
            ]
            if len(fitting) == 1:
                one.line_id = fitting[0].id
                lines.remove(fitting[0])
        self._session.flush()

    def _candidates(self, account_id: int, amounts: set[int], since: Any, until: Any) -> list[StatementLine]:
        """Lines that nobody has taken apart, of one of ``amounts``."""
        line = StatementLine
        taken = select(Breakdown.id).where(Breakdown.line_id == line.id).exists()
        found: list[StatementLine] = []
        for some in chunks(amounts):
            found += self._session.scalars(
                select(line)
                .options(undefer(line.raw))
                .where(
                    line.bank_account_id == account_id,
                    line.minor.in_(some),
                    line.booking_date.between(since, until),
                    line.state != TAKEN_BACK,
                    or_(line.bank_ref != "", line.raw.startswith("<Ntry")),
                    ~taken,
                )
            )
        return found


def refs_of(line: StatementLine) -> set[str]:
    """All that the bank calls a line by: its entry may have two references, of which one is shown."""
    return {line.bank_ref} - {""} | {unescape(ref).strip() for ref in _REFS.findall(line.raw)}


def _part(line: ParsedLine) -> dict[str, Any]:
    other = line.counterparty
    return {
        "minor": line.amount_minor,
        "name": other.name,
        "inn": other.inn,
        "account": other.account,
        "purpose": line.purpose,
        "ref": line.end_to_end_id,
        "fee": line.bank_code == _CHARGE and not other.name,
    }
