"""SWIFT MT940 (statement of a day) and MT942 (report within the day), of whichever bank."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO

from zope.interface import implementer

from cabinet_finsystem.statements.encoding import bom_of, decoded
from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.statements.formats import FileFacts
from cabinet_finsystem.statements.formats.mt940_details import Details, counterparty_with, read_details
from cabinet_finsystem.statements.formats.mt940_line import (
    Entry,
    currency_in,
    is_iban,
    null_of,
    read_account,
    read_balance,
    read_entry,
    read_sum,
)
from cabinet_finsystem.statements.formats.mt940_tags import Field, MessageStart, fields_of
from cabinet_finsystem.statements.formats.texts_of_banks import TextEncoding, text_encoding, too_long
from cabinet_finsystem.statements.interfaces import IStatementFormat
from cabinet_finsystem.statements.parsed import (
    Holder,
    InvalidReason,
    Note,
    ParsedLine,
    StatementFacts,
)
from cabinet_finsystem.texts import _

_FIELDS = re.compile(
    rb"^[\x00-\x20]*:(20|21|25P?|28C?|60[FM]|61|62[FM]|64|86|13D|34F|90[CD]|NS):", re.MULTILINE | re.IGNORECASE
)
_CODED = re.compile(r"/(?:TRCD|OCMT|CHGS)/")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_GAP = re.compile(r"\s{2,}")
_MOST_SHOWN = 120


@dataclass(slots=True)
class _Message:
    """What the survey learns of one message before its lines are read."""

    account: str = ""
    currency: str | None = None
    opening_text: str = ""
    closing_text: str = ""
    sums: dict[str, str] = field(default_factory=dict)
    entries: int = 0
    interim: bool = False
    holder: str = ""
    earliest: date | None = None
    latest: date | None = None
    plain: int = 0
    reversed_sum: int = 0
    statement: int | None = None
    flipped: bool = False

    @property
    def silent(self) -> bool:
        """Whether it has neither figures nor operations."""
        return not (self.entries or self.opening_text or self.closing_text or self.sums)


@implementer(IStatementFormat)
class MT940Format:
    """Read twice: a first walk learns of each message what stands behind its lines, the second yields them."""

    id = "mt940"
    title = "SWIFT MT940"

    def sniff(self, head: bytes) -> int:
        """By the fields at beginnings of lines. A piece of a file is recognised too, so that it can be told what is missing."""
        mark = bom_of(head)
        if mark and mark[0] != "utf-8":
            head = head[mark[1] :].decode(mark[0], "ignore").encode()
        elif mark:
            head = head[mark[1] :]
        found = {tag.upper() for tag in _FIELDS.findall(head)}
        if {b"25", b"25P"} & found and found & {b"60F", b"60M", b"61", b"34F", b"62F", b"28C", b"28"}:
            return 95
        return 30 if found else 0

    def lines(self, stream: BinaryIO, facts: FileFacts) -> Iterator[ParsedLine]:
        """See `IStatementFormat`."""
        encoding = text_encoding(stream)
        facts.encoding = encoding.name
        messages = _survey(stream, encoding, facts)
        _judge(messages, facts, cut=_is_cut(stream))
        _settle_statements(messages, facts)
        current: _Message | None = None
        position = 0
        entry: Field | None = None
        details: list[str] = []
        at = -1
        said = 0
        for one in _fields(stream, encoding, facts):
            if isinstance(one, Field) and one.tag in ("86", "NS") and entry is not None:
                details += one.lines
                said += sum(map(len, one.lines))
                if said > facts.limits.max_operation_chars:
                    raise too_long()
                continue
            if entry is not None and current is not None:
                position += 1
                yield _line(entry, details, current, position)
                entry = None
            if not isinstance(one, Field):
                at += 1
                current = messages[at]
            elif one.tag == "61":
                entry, details, said = one, [], 0
        if entry is not None and current is not None:
            yield _line(entry, details, current, position + 1)


def _fields(stream: BinaryIO, encoding: TextEncoding, facts: FileFacts) -> Iterator[Field | MessageStart]:
    pieces = decoded(stream, encoding.name, encoding.skip)
    return fields_of(pieces, facts.limits.max_operation_chars)


def _survey(stream: BinaryIO, encoding: TextEncoding, facts: FileFacts) -> list[_Message]:
    """All messages of the file, with their figures and the sums of their lines."""
    messages: list[_Message] = []
    for one in _fields(stream, encoding, facts):
        if not isinstance(one, Field):
            if len(messages) > facts.limits.max_statements * 4:
                raise StatementRefusedError("too_large", _("The file holds too many statements"))
            messages.append(_Message())
            continue
        _learn(messages[-1], one)
    return messages


def _learn(message: _Message, one: Field) -> None:
    tag = one.tag
    if tag == "86":
        return
    if tag == "61":
        message.entries += 1
        _count(message, one)
        return
    value = one.value
    match tag:
        case "25" | "25P":
            message.account = message.account or value
        case "60F" | "60M":
            message.opening_text = message.opening_text or value
        case "62F" | "62M":
            message.closing_text = value
        case "34F" | "13D" | "13":
            message.interim = message.interim or not message.opening_text
        case "90C" | "90D":
            message.sums[one.tag] = value
            message.interim = message.interim or not message.opening_text
        case "NS" if not message.entries:
            message.holder = next((text[2:].strip() for text in one.lines if text.startswith("22")), message.holder)
    if one.tag[:2] in ("60", "62", "64", "34", "90"):
        message.currency = message.currency or currency_in(one.tag, value)


def _count(message: _Message, one: Field) -> None:
    entry = read_entry(one.lines, message.currency or "EUR")
    if entry is None:
        return
    if entry.booking_date is not None:
        day = entry.booking_date
        message.earliest = day if message.earliest is None or day < message.earliest else message.earliest
        message.latest = day if message.latest is None or day > message.latest else message.latest
    if entry.amount is not None and entry.sign is not None:
        if entry.reversal:
            message.reversed_sum += entry.sign * entry.amount
        else:
            message.plain += entry.sign * entry.amount


def _is_cut(stream: BinaryIO) -> bool:
    """Whether the last line has no end."""
    size = stream.seek(0, 2)
    stream.seek(max(size - 4, 0))
    return not stream.read().rstrip(b"\0").endswith((b"\n", b"\r"))


def _judge(messages: list[_Message], facts: FileFacts, *, cut: bool) -> None:
    """Refuse what is no statement of anybody's; note what has no end."""
    heard = [message for message in messages if not message.silent]
    if not any(message.account for message in messages):
        raise StatementRefusedError("no_account", _("The file does not say whose account it shows"))
    if not heard:
        raise StatementRefusedError("empty", _("The file holds no account, no balance and no operation"))
    if any(not message.account for message in heard):
        raise StatementRefusedError("no_account", _("The file does not say whose account it shows"))
    ended = [message for message in heard if message.closing_text or message.interim]
    last = messages[-1]
    if last not in ended and not last.entries:
        raise StatementRefusedError("truncated", _("The file ends in its header"))
    if cut and (last not in ended or (last.closing_text and read_balance(last.closing_text, "EUR").minor is None)):
        raise StatementRefusedError("truncated", _("The file is cut: its last line is not whole"))
    if any(one.closing_text and read_balance(one.closing_text, "EUR").minor is None for one in heard):
        facts.notes.append(Note("balance_unreadable", _("A closing balance cannot be read"), blocking=True))
    if len(ended) < len(heard):
        facts.notes.append(
            Note(
                "end_missing",
                _("A statement in the file has no closing balance; look whether all of its operations are there"),
                blocking=True,
            )
        )


def _settle_statements(messages: list[_Message], facts: FileFacts) -> None:
    """A statement for each message that says anything."""
    for message in messages:
        if message.silent:
            continue
        currency = message.currency or currency_in("34F", message.account[-3:]) or _currency_of_end(message.account)
        if currency is None:
            raise StatementRefusedError("broken_structure", _("The file does not say in which currency a statement is"))
        message.currency = currency
        message.statement = len(facts.statements)
        facts.statements.append(_statement(message, currency))
        if len(facts.statements) > facts.limits.max_statements:
            raise StatementRefusedError("too_large", _("The file holds too many statements"))


def _currency_of_end(account: str) -> str | None:
    found = re.search(r"[0-9 ]([A-Z]{3})$", account.strip())
    return found[1] if found else None


def _statement(message: _Message, currency: str) -> StatementFacts:
    account = read_account(message.account, currency)
    opening, closing = read_balance(message.opening_text, currency), read_balance(message.closing_text, currency)
    days = [day for day in (opening.day, closing.day, message.earliest, message.latest) if day is not None]
    statement = StatementFacts(
        account=account.number,
        aliases=account.others,
        currency=currency,
        period_from=min(days) if days else None,
        period_to=max(days) if days else None,
        opening=opening.minor,
        closing=closing.minor,
        holder=Holder(name=message.holder, bic=account.bank),
        interim=message.interim,
    )
    if message.interim:
        (_n, statement.turnover_in), (_m, statement.turnover_out) = (
            read_sum(message.sums[tag], currency) if tag in message.sums else (0, 0) for tag in ("90C", "90D")
        )
        if not message.sums:
            statement.turnover_in = statement.turnover_out = None
    elif opening.minor is not None and closing.minor is not None and message.reversed_sum:
        moved = closing.minor - opening.minor
        # RC is a credit taken back. Banks that mean it the other way about exist, and only their balances tell.
        message.flipped = moved != message.plain + message.reversed_sum and (
            moved == message.plain - message.reversed_sum
        )
    return statement


def _line(one: Field, told: list[str], message: _Message, position: int) -> ParsedLine:
    """A line of the statement; an unreadable one is invalid, with what stands there."""
    assert message.statement is not None
    assert message.currency is not None
    raw = "\n".join([f":61:{one.lines[0]}", *one.lines[1:], *([f":86:{told[0]}", *told[1:]] if told else [])])
    details = read_details(told, message.currency) if told else Details()
    entry = read_entry(one.lines, message.currency)
    reason = _problem(entry, one)
    if entry is None:
        entry = Entry(None, None, None, False, False, None, "", "", "", ())  # noqa: FBT003
    sign = entry.sign
    if sign is not None and message.flipped and entry.reversal:
        sign = -sign
    reference, *names = _GAP.split(entry.reference)
    return ParsedLine(
        message.statement,
        position,
        entry.booking_date,
        entry.value_date,
        None if reason or entry.amount is None or sign is None else sign * entry.amount,
        message.currency,
        None if sign is None else "in" if sign > 0 else "out",
        counterparty_with(details.counterparty, _beside(reference, names, entry.supplement)),
        details.purpose or " ".join(text for text in entry.supplement if not _CODED.match(text)),
        _document_number(reference),
        None,
        details.kind or _kind(entry),
        entry.bank_ref or next(filter(_UUID.fullmatch, entry.supplement), ""),
        raw,
        reason,
        "pending" if entry.expected else "booked",
        entry.reversal or details.is_return or entry.kind[1:] == "RTI",
        f"{entry.kind}/{details.code}" if entry.kind and details.code else entry.kind or details.code,
        details.end_to_end_id,
        details.creditor_ref,
    )


def _problem(entry: Entry | None, one: Field) -> InvalidReason | None:
    if entry is not None and entry.amount is not None and entry.booking_date is not None:
        return None
    found = f":61:{one.lines[0]}"[:_MOST_SHOWN]
    if entry is None:
        return InvalidReason("amount_unreadable", _("The operation cannot be read"), found)
    if entry.amount is None:
        return InvalidReason("amount_unreadable", _("The amount cannot be read"), found)
    return InvalidReason("date_unreadable", _("The date cannot be read"), found, entry.amount)


def _document_number(reference: str) -> str:
    """The customer's reference; of ``number/BIC`` the number. What names the other side there is no number."""
    reference = null_of(reference)
    number, _slash, bic = reference.partition("/")
    if number.isdigit() and len(bic) == 9 and bic.isdigit():
        return number
    return "" if is_iban(reference) else reference


def _beside(reference: str, names: Sequence[str], supplement: Sequence[str]) -> dict[str, str]:
    """The other side as far as field 61 names it: an account in the reference or under it, a name behind the account."""
    beside: dict[str, str] = {}
    if is_iban(reference):
        beside["account"] = reference
    if names:
        beside["name"] = " ".join(names)
    for text in supplement:
        if is_iban(text.replace(" ", "")):
            beside.setdefault("account", text.replace(" ", ""))
    return beside


def _kind(entry: Entry) -> str:
    """What the bank calls the operation under it, in words."""
    return next((text for text in entry.supplement if not text.startswith("/") and not is_iban(text)), "")
