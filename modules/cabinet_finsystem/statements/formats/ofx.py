"""OFX 1 (SGML) and 2 (XML), with its kin QFX: what banks give to programs of home accounting."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import BinaryIO

from zope.interface import implementer

from cabinet_finsystem.statements.encoding import bom_of, decoded, narrow_bytes, narrow_encoding
from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.statements.formats import FileFacts
from cabinet_finsystem.statements.formats.mt940_line import null_of
from cabinet_finsystem.statements.formats.ofx_tags import (
    Begins,
    Ends,
    Event,
    Leaf,
    Node,
    Plain,
    Unclosed,
    events_of,
    without_operations,
)
from cabinet_finsystem.statements.formats.plain_numbers import plain_minor
from cabinet_finsystem.statements.formats.texts_of_banks import TextEncoding, single_spaced, text_encoding
from cabinet_finsystem.statements.interfaces import IStatementFormat
from cabinet_finsystem.statements.parsed import Counterparty, Holder, InvalidReason, ParsedLine, StatementFacts
from cabinet_finsystem.statements.values import clean_account, read_currency, read_minor
from cabinet_finsystem.texts import _

_SIGNATURE = re.compile(r"OFXHEADER\s*[:=]|<OF[XC][\s>]", re.IGNORECASE)
_CHARSET = re.compile(r"CHARSET\s*:\s*([\w-]+)|encoding\s*=\s*[\"']([\w-]+)", re.IGNORECASE)
_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_STATEMENTS = ("STMTRS", "CCSTMTRS")
_NO_ID = frozenset({"", "0", "NONE", "NULL", "N/A", "-"})
_BIC = re.compile(r"[0-9]{9}|[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_HEAD = 4096
_SHORT = 100
"""Characters of a name that may be kept in mind; OFX allows thirty-two."""


@dataclass(slots=True)
class _Found:
    """What the first walk learns."""

    statements: list[StatementFacts] = field(default_factory=list)
    investment: bool = False
    refusal: str = ""
    heard: bool = False
    ofc: bool = False
    unclosed: tuple[str, ...] = ()


@implementer(IStatementFormat)
class OFXFormat:
    """Read twice: the account and its currency may stand behind the operations."""

    id = "ofx"
    title = "OFX"

    def sniff(self, head: bytes) -> int:
        """By its header, or its root where it has none."""
        mark = bom_of(head)
        text = head[mark[1] :].decode(mark[0], "ignore") if mark else head.decode("latin-1")
        found = _SIGNATURE.search(text, 0, _HEAD)
        return 97 if found else 0

    def lines(self, stream: BinaryIO, facts: FileFacts) -> Iterator[ParsedLine]:
        """See `IStatementFormat`."""
        encoding = _encoding(stream)
        facts.encoding = encoding.name
        found = _survey(stream, encoding, facts)
        _judge(found)
        facts.statements = found.statements
        facts.end_missing = bool(found.unclosed)
        at, position = -1, 0
        inside = False
        for event in events_of(decoded(stream, encoding.name, encoding.skip), facts.limits.max_operation_chars):
            if isinstance(event, Plain):
                if inside:
                    position += 1
                    yield _plain_line(event, at, position, facts.statements[at].currency)
            elif isinstance(event, Begins) and event.name in _STATEMENTS:
                at, inside = at + 1, True
            elif isinstance(event, Ends) and event.name in _STATEMENTS:
                inside = False
            elif isinstance(event, Node) and inside and event.name in ("STMTTRN", "STMTTRNP"):
                position += 1
                yield _line(event, at, position, facts.statements[at].currency)


def _encoding(stream: BinaryIO) -> TextEncoding:
    stream.seek(0)
    said = _CHARSET.search(stream.read(_HEAD).decode("latin-1"))
    name = (said[1] or said[2] or "") if said else ""
    declared = {"1252": "cp1252", "1251": "cp1251", "1250": "cp1250", "8859-1": "latin-1"}.get(name, name)
    return text_encoding(stream, [declared] if declared and declared.upper() != "NONE" else [])


def _survey(stream: BinaryIO, encoding: TextEncoding, facts: FileFacts) -> _Found:
    found = _Found()
    current: StatementFacts | None = None
    limit = facts.limits.max_operation_chars
    around = without_operations(narrow_bytes(stream, encoding.name, encoding.skip), limit)
    # What cannot be decoded is refused with its place by the second walk.
    for event in events_of(codecs.iterdecode(around, narrow_encoding(encoding.name), "replace"), limit):
        if isinstance(event, Begins):
            found.heard = True
            found.ofc = found.ofc or event.name == "OFC"
            found.investment = found.investment or event.name == "INVSTMTRS"
            if event.name in _STATEMENTS:
                current = StatementFacts(account="", currency="")
                found.statements.append(current)
                if len(found.statements) > facts.limits.max_statements:
                    raise StatementRefusedError("too_large", _("The file holds too many statements"))
        elif isinstance(event, Unclosed):
            found.unclosed = event.names
        elif isinstance(event, Node) and event.name == "STATUS":
            if event.get("SEVERITY").upper() == "ERROR":
                found.refusal = event.get("MESSAGE") or event.get("CODE")
        elif isinstance(event, Ends) and event.name in _STATEMENTS:
            current = None
        elif current is not None:
            _learn(current, event)
    return found


def _learn(statement: StatementFacts, event: Event) -> None:
    match event:
        case Leaf("CURDEF", text):
            statement.currency = read_currency(text) or ""
        case Leaf("DTSTART", text):
            statement.period_from = read_day(text)
        case Leaf("DTEND", text):
            statement.period_to = read_day(text)
        case Node(name="BANKACCTFROM" | "CCACCTFROM"):
            statement.account = clean_account(event.get("ACCTID"))
            bank = event.get("BANKID").upper()
            if _BIC.fullmatch(bank):
                statement.holder = Holder(bic=bank)
        case Node(name="STMTTRN") if not statement.currency:
            statement.currency = read_currency(event.get("CURRENCY", "CURSYM")) or ""
        case Node(name="LEDGERBAL"):
            statement.closing = _minor(event.get("BALAMT"), statement.currency or "USD")


def _judge(found: _Found) -> None:
    """Refuse what holds no statement of a bank, with the reason."""
    if found.statements:
        if any(name in ("STMTTRN", "STMTTRNP", "BANKACCTFROM", "CCACCTFROM", "LEDGERBAL") for name in found.unclosed):
            raise StatementRefusedError("truncated", _("The file is cut inside an operation"))
        for statement in found.statements:
            if not statement.account:
                raise StatementRefusedError("no_account", _("The file does not say whose account it shows"))
            if not statement.currency:
                raise StatementRefusedError(
                    "broken_structure", _("The file does not say in which currency a statement is")
                )
        return
    if found.investment or found.ofc:
        kind = "ofx_investment" if found.investment else "ofc"
        text = (
            _("This is the statement of an investment account, not of a bank account")
            if found.investment
            else _("This is OFC, the format before OFX, which is not read. Ask the bank for OFX")
        )
        raise StatementRefusedError("unknown_format", text, {"looks_like": kind})
    if found.refusal:
        text = _("The file holds no statement; the bank answered: ${answer}", mapping={"answer": found.refusal[:200]})
        raise StatementRefusedError("empty", text)
    if found.unclosed or not found.heard:
        raise StatementRefusedError("truncated", _("The file ends in its header"))
    raise StatementRefusedError("empty", _("The file holds no account, no balance and no operation"))


def read_day(text: str) -> date | None:
    """The calendar date as it is written, in whichever zone; None for none, or one that is no date."""
    return _day(text.strip()[:8])


@lru_cache(maxsize=4096)  # a file names the same few days over and over
def _day(text: str) -> date | None:
    found = _DAY.match(text)
    if found is None:
        return None
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
    return day if 1980 <= day.year < 2100 else None


def _minor(text: str, currency: str) -> int | None:
    minor = plain_minor(text.strip(), currency)
    return read_minor(text, currency) if minor is None else minor


def _plain_line(said: Plain, statement: int, position: int, currency: str) -> ParsedLine:
    """As `_line`, for an operation of leaves alone that says all that it has to and nothing unusual."""
    amount, day, available, name, memo, fitid, kind, cheque, check, reference = said.line()
    minor = plain_minor(amount, currency)
    posted = _day(day[:8])
    if minor is None or posted is None:
        return _line(Node("STMTTRN", children=said.leaves()), statement, position, currency)
    return ParsedLine(
        statement,
        position,
        posted,
        _day(available[:8]),
        minor,
        currency,
        "in" if minor >= 0 else "out",
        _named(name) if len(name) < _SHORT else Counterparty(single_spaced(name)),
        single_spaced(memo or name),
        null_of(cheque or check) or null_of(reference),
        None,
        "",
        fitid,
        said.xml,
        None,
        "booked",
        False,  # noqa: FBT003 - by their places, which is a third of the time
        kind,
        "",
        "",
        "" if fitid.upper() in _NO_ID else fitid,
    )


@lru_cache(maxsize=4096)  # whoever pays, pays again
def _named(name: str) -> Counterparty:
    return Counterparty(single_spaced(name))


def _line(operation: Node, statement: int, position: int, currency: str) -> ParsedLine:
    """A line of the statement; an unreadable one is invalid, with what stands there."""
    said = operation.get("TRNAMT")
    minor = _minor(said, currency)
    posted = next(
        (day for name in ("DTPOSTED", "DTTRAN", "DTUSER", "DTAVAIL") if (day := read_day(operation.get(name)))), None
    )
    reason = _problem(operation, said, minor, posted, currency)
    name = operation.get("NAME") or operation.get("PAYEE|EXTDPAYEE", "NAME")
    fitid = operation.get("FITID")
    return ParsedLine(
        statement=statement,
        position=position,
        booking_date=posted,
        value_date=read_day(operation.get("DTAVAIL")),
        amount_minor=None if reason else minor,
        currency=currency,
        direction=None if minor is None else "in" if minor >= 0 else "out",
        counterparty=Counterparty(
            name=single_spaced(name),
            account=clean_account(operation.get("BANKACCTTO|CCACCTTO", "ACCTID")),
            bic=operation.get("BANKACCTTO", "BANKID"),
        ),
        purpose=single_spaced(operation.get("MEMO") or name),
        doc_number=null_of(operation.get("CHECKNUM") or operation.get("CHKNUM")) or null_of(operation.get("REFNUM")),
        doc_date=None,
        doc_kind="",
        bank_ref=fitid,
        raw=operation.xml(),
        invalid_reason=reason,
        status="pending" if operation.name == "STMTTRNP" else "booked",
        bank_code=operation.get("TRNTYPE"),
        trusted_id="" if fitid.upper() in _NO_ID else fitid,
    )


def _problem(operation: Node, said: str, minor: int | None, posted: date | None, currency: str) -> InvalidReason | None:
    magnitude = None if minor is None else abs(minor)
    if not said:
        return InvalidReason("amount_missing", _("There is no amount"))
    if minor is None:
        return InvalidReason("amount_unreadable", _("The amount cannot be read"), f"TRNAMT={said[:80]}")
    if posted is None:
        found = operation.get("DTPOSTED")
        code = "date_unreadable" if found else "date_missing"
        text = _("The date cannot be read") if found else _("There is no date")
        return InvalidReason(code, text, f"DTPOSTED={found[:80]}" if found else "", magnitude)
    other = operation.get("CURRENCY", "CURSYM").upper()
    if other and read_currency(other) != currency:
        text = _("The operation is in another currency than the account")
        return InvalidReason("currency_differs", text, f"CURSYM={other[:10]}", magnitude)
    if corrected := operation.get("CORRECTFITID"):
        text = _("The bank corrects an operation of an earlier file: decide by hand what becomes of both")
        return InvalidReason("correction", text, f"CORRECTFITID={corrected[:80]}", magnitude)
    return None
