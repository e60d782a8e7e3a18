"""Statements of the Lighthouse bank, which no other firm has: a line an operation, in a format new to finsystem.

    LIGHTHOUSE;40702810900000000001;RUB;2026-03-01;2026-03-31;100000;125000
    2026-03-02;25000;17;7701000018;Alpha;For the visit of March
    END;1

The head has the account, the currency, first and last day, and what there was before and after, in minor units.
An operation has its day, its amount (what went out is below zero), the number of its paper, INN and name of the other
side, and what it was for.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import BinaryIO

from cabinet_finsystem.interfaces.formats import (
    Counterparty,
    FileFacts,
    InvalidReason,
    IStatementFormat,
    ParsedLine,
    StatementFacts,
    StatementRefusedError,
)
from zope.interface import implementer

from cabinet_visits.texts import _

_SIGN = b"LIGHTHOUSE;"


@implementer(IStatementFormat)
class LighthouseFormat:
    """Reads as a stream, keeps nothing of what it has read: a file may be as long as it likes."""

    id = "lighthouse"
    title = "Lighthouse bank"

    def sniff(self, head: bytes) -> int:
        """Only we have this signature."""
        return 100 if head.startswith(_SIGN) else 0

    def lines(self, stream: BinaryIO, facts: FileFacts) -> Iterator[ParsedLine]:
        """Every operation; StatementRefusedError where the file was cut off."""
        facts.encoding = "utf-8"
        rows = (row.decode("utf-8", "replace").rstrip("\r\n") for row in stream)
        statement = _statement(next(rows))
        facts.statements.append(statement)
        for position, row in enumerate(rows, 1):
            if row.startswith("END;"):
                return
            yield _operation(row, position, statement.currency)
        raise StatementRefusedError("truncated", _("The statement does not end: it was cut off."))


def _statement(head: str) -> StatementFacts:
    _sign, account, currency, first, last, before, after = (head.split(";") + [""] * 7)[:7]
    return StatementFacts(
        account,
        currency,
        period_from=_day(first),
        period_to=_day(last),
        opening=_amount(before),
        closing=_amount(after),
    )


def _operation(row: str, position: int, currency: str) -> ParsedLine:
    """A line. One that cannot be read is told as such, and stops nobody."""
    day, amount, number, inn, name, purpose = (row.split(";", 5) + [""] * 6)[:6]
    booked, minor = _day(day), _amount(amount)
    wrong = None
    if booked is None:
        wrong = InvalidReason("date_unreadable", _("The operation has no day that can be read."), day[:40])
    elif minor is None:
        wrong = InvalidReason("amount_unreadable", _("The operation has no amount that can be read."), amount[:40])
    return ParsedLine(
        statement=0,
        position=position,
        booking_date=booked,
        value_date=None,
        amount_minor=None if wrong else minor,
        currency=currency,
        direction=None if wrong or minor is None else "in" if minor > 0 else "out",
        counterparty=Counterparty(name=name, inn=inn),
        purpose=purpose,
        doc_number=number,
        doc_date=None,
        doc_kind="",
        bank_ref="",
        raw=row,
        invalid_reason=wrong,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _amount(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None
