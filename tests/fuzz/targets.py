"""What is fuzzed: every reader of statements, each asked directly, past the sniffing that would send most of the noise away.

A target takes bytes and returns; whatever it raises is a find. It also checks what every reader promises of a line.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from io import BytesIO

from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.statements.formats import FileFacts, ReadingLimits
from cabinet_finsystem.statements.interfaces import IStatementFormat
from cabinet_finsystem.statements.parsed import ParsedLine
from cabinet_finsystem.statements.reading import OWN_FORMATS, read_statement
from cabinet_finsystem.statements.tables.guide import TableGuide

LIMITS = ReadingLimits(max_bytes=1 << 20)
_GUIDE = TableGuide(accounts={"": "40702810900000000001"}, ours={"40702810900000000001": "RUB"})


class BrokenPromiseError(Exception):
    """A reader gave a line that no reader may give."""


def _read(format_: IStatementFormat) -> Callable[[bytes], None]:
    def target(data: bytes) -> None:
        facts = FileFacts(limits=LIMITS, guide=_GUIDE)
        try:
            for line in format_.lines(BytesIO(data), facts):
                _check(line, len(facts.statements))
        except StatementRefusedError:
            return

    return target


def _check(line: ParsedLine, statements: int) -> None:
    promises = {
        "its statement is known by then": 0 <= line.statement < statements,
        "positions begin at one": line.position >= 1,
        "an amount is whole or absent": line.amount_minor is None or type(line.amount_minor) is int,
        "what cannot be read says why": line.amount_minor is not None or line.invalid_reason is not None,
        "a booking day is a date or absent": line.booking_date is None or type(line.booking_date) is datetime.date,
        "texts hold no NUL": "\x00" not in line.purpose + line.counterparty.name + line.raw,
    }
    broken = [promise for promise, kept in promises.items() if not kept]
    if broken:
        raise BrokenPromiseError(broken, line)


def _front_door(data: bytes) -> None:
    try:
        read_statement(data, limits=LIMITS)
    except StatementRefusedError as refused:
        if refused.code == "format_failed":
            raise


TARGETS: dict[str, Callable[[bytes], None]] = {format_.id: _read(format_) for format_ in OWN_FORMATS} | {
    "any": _front_door
}
