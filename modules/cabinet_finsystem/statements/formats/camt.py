"""ISO 20022 camt.053 (statement), camt.052 (report within the day) and camt.054 (notification), of any version."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO, NamedTuple

from zope.interface import implementer

from cabinet_finsystem.statements.encoding import bom_of
from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.statements.formats import FileFacts
from cabinet_finsystem.statements.formats.camt_entry import (
    MOST_PARTS,
    Part,
    code_of,
    counterparty_of,
    day_of,
    is_return,
    minor_of,
    parts_of,
    remittance_of,
    sign_of,
    status_of,
)
from cabinet_finsystem.statements.formats.mt940_line import null_of
from cabinet_finsystem.statements.formats.plain_numbers import plain_minor
from cabinet_finsystem.statements.formats.xml_nodes import Closed, Node, Opened, Shape, XmlWalk
from cabinet_finsystem.statements.interfaces import IStatementFormat
from cabinet_finsystem.statements.parsed import (
    Batch,
    Counterparty,
    Holder,
    InvalidReason,
    ParsedLine,
    StatementFacts,
    Status,
)
from cabinet_finsystem.statements.values import clean_account, read_currency
from cabinet_finsystem.texts import _

_ROOTS = ("BkToCstmrStmt", "BkToCstmrAcctRpt", "BkToCstmrDbtCdtNtfctn")
_ROOT = re.compile(r"(?:BkToCstmrStmt|BkToCstmrAcctRpt|BkToCstmrDbtCdtNtfctn)(?:V[0-9]{2})?")
_STATEMENTS = ("Stmt", "Rpt", "Ntfctn")
_SHAPE = Shape(
    ("Document", "document", *_STATEMENTS, *_ROOTS, *(f"{root}V{n:02}" for root in _ROOTS for n in range(1, 15))),
    "TxDtls",
    MOST_PARTS,
)
_SIGNATURE = re.compile(r"<(?:[\w.-]+:)?(?:BkToCstmr|[Dd]ocument\b[^>]{0,400}camt\.05[234])")
_ORDERS = re.compile(r"pain\.00[18]\.|<(?:[\w.-]+:)?CstmrCdtTrfInitn")
_REVERSALS = re.compile(rb"RvslInd\s*>\s*(?:true|1)\s*<")
_HEAD = 1 << 14


@dataclass(slots=True)
class _Reading:
    """The statement that is being read. ``index``: None until its first entry, or its end."""

    interim: bool
    notifies: bool = False
    parts: list[Node] = field(default_factory=list)
    index: int | None = None
    account: str = ""
    currency: str = ""
    flipped: bool = False


class _Facts(NamedTuple):
    """What an entry says of all its lines. ``minor`` is unsigned."""

    minor: int | None
    booked: date | None
    valued: date | None
    status: Status
    reason: InvalidReason | None = None


@implementer(IStatementFormat)
class CamtFormat:
    """Only the booked entries of a statement are money: what a report or a notification shows, its statement will book."""

    id = "camt"
    title = "ISO 20022 camt.05x"

    def sniff(self, head: bytes) -> int:
        """By the root of the message, in any encoding; payment orders are known too, so that they can be refused as such."""
        text = _text(head)
        if not text.lstrip("\ufeff \t\r\n").startswith("<"):
            return 0
        if _SIGNATURE.search(text):
            return 98
        return 60 if _ORDERS.search(text) else 0

    def lines(self, stream: BinaryIO, facts: FileFacts) -> Iterator[ParsedLine]:
        """See `IStatementFormat`."""
        _refuse_orders(stream)
        flipped = _reversed_statements(stream, facts) if _has_reversals(stream) else set()
        walk = XmlWalk(stream, _SHAPE, facts.limits)
        facts.encoding = walk.encoding
        position = 0
        for reading, node in _statements(walk):
            if reading.index is None and (node is None or node.name == "Ntry"):
                _begin(reading, node, facts, flipped)
            if node is None:
                _learn_figures(reading, facts)
            elif node.name == "Ntry":
                for line in _lines(node, reading, position + 1):
                    position = line.position
                    yield line
            else:
                reading.parts.append(node)


def _refuse_orders(stream: BinaryIO) -> None:
    stream.seek(0)
    head = _text(stream.read(_HEAD))
    if not _SIGNATURE.search(head) and _ORDERS.search(head):
        text = _("These are payment orders on their way to the bank, not a statement")
        raise StatementRefusedError("payment_orders", text)


def _text(head: bytes) -> str:
    mark = bom_of(head)
    if mark:
        return head[mark[1] :].decode(mark[0], "ignore")
    if head[:2] in (b"<\0", b"\0<"):
        return head.decode("utf-16-le" if head[1:2] == b"\0" else "utf-16-be", "ignore")
    return head.decode("latin-1")


def _statements(walk: XmlWalk) -> Iterator[tuple[_Reading, Node | None]]:
    """Each piece of each statement with the statement it is of; None at a statement's end."""
    root = ""
    reading: _Reading | None = None
    heard = False
    for event in walk:
        if isinstance(event, Opened):
            if _ROOT.fullmatch(event.name):
                root, heard = event.name, True
            elif event.name in _STATEMENTS:
                reading = _Reading(interim=not root.startswith("BkToCstmrStmt"), notifies=root.startswith(_ROOTS[2]))
        elif isinstance(event, Closed):
            if event.name in _STATEMENTS and reading is not None:
                if reading.index is not None or not _is_silent(reading):
                    yield reading, None
                reading = None
        elif reading is not None:
            yield reading, event
    if not heard:
        raise StatementRefusedError("broken_structure", _("The file is XML, but holds no statement of a bank"))


def _is_silent(reading: _Reading) -> bool:
    """Whether a statement without an entry says nothing at all: no figure and no currency, as of an account that nothing happened on."""
    return any(part.name == "Acct" and _number(part) and not part.get("Ccy") for part in reading.parts) and (
        _currency_of_figures(reading.parts) is None
    )


def _begin(reading: _Reading, first: Node | None, facts: FileFacts, flipped: set[int]) -> None:
    """Make the statement, as far as its parts so far and its ``first`` entry tell."""
    if len(facts.statements) >= facts.limits.max_statements:
        raise StatementRefusedError("too_large", _("The file holds too many statements"))
    account = next((part for part in reading.parts if part.name == "Acct"), None)
    number = _number(account)
    if account is None or not number:
        raise StatementRefusedError("no_account", _("The file does not say whose account it shows"))
    currency = read_currency(account.get("Ccy")) or _currency_of_figures([*reading.parts, *([first] if first else [])])
    if currency is None:
        raise StatementRefusedError("broken_structure", _("The file does not say in which currency a statement is"))
    reading.index, reading.account, reading.currency = len(facts.statements), clean_account(number), currency
    reading.flipped = reading.index in flipped
    bare, slash, _currency = number.partition("/")
    facts.statements.append(
        StatementFacts(
            account=reading.account,
            aliases=(clean_account(bare),) if slash else (),
            currency=currency,
            holder=_holder(account),
            interim=reading.interim,
        )
    )
    _learn_figures(reading, facts)


def _number(account: Node | None) -> str:
    if account is None:
        return ""
    return (
        account.get("Id", "IBAN")
        or account.get("Id", "Othr", "Id")
        or account.get("Id", "BBAN|UPIC")
        or account.get("Id", "PrtryAcct", "Id")
    )


def _currency_of_figures(parts: Sequence[Node]) -> str | None:
    for part in parts:
        for amount in part.all("Amt"):
            if found := read_currency(amount.attributes.get("Ccy", "")):
                return found
    return None


def _holder(account: Node) -> Holder:
    owner, bank = account.find("Ownr"), account.find("Svcr", "FinInstnId")
    ids = [node.get("Id") for node in owner.all("Id", "OrgId|PrvtId", "Othr")] if owner else []
    return Holder(
        name=(owner.get("Nm") or owner.get("Pty", "Nm")) if owner else "",
        inn=next((one for one in ids if one.isdigit() and len(one) in (10, 12)), ""),
        bic=(bank.get("ClrSysMmbId", "MmbId") or bank.get("BIC|BICFI")) if bank else "",
        bank=bank.get("Nm") if bank else "",
    )


def _learn_figures(reading: _Reading, facts: FileFacts) -> None:
    """Period, balances and turnovers, of what has come so far."""
    assert reading.index is not None
    statement = facts.statements[reading.index]
    days = []
    for part in reading.parts:
        if part.name == "FrToDt":
            statement.period_from = day_of(part, "FrDtTm|FrDt") or statement.period_from
            statement.period_to = day_of(part, "ToDtTm|ToDt") or statement.period_to
        elif part.name == "Bal":
            if (day := day_of(part, "Dt")) is not None:
                days.append(day)
            _learn_balance(part, statement)
        elif part.name == "TxsSummry":
            came, went = part.get("TtlCdtNtries", "Sum"), part.get("TtlDbtNtries", "Sum")
            if came and went:
                statement.turnover_in = plain_minor(came, statement.currency)
                statement.turnover_out = plain_minor(went, statement.currency)
    if statement.period_from is None and statement.period_to is None and days:
        statement.period_from, statement.period_to = min(days), max(days)


def _learn_balance(balance: Node, statement: StatementFacts) -> None:
    kind = balance.get("Tp", "CdOrPrtry", "Cd|Prtry") or balance.get("Tp", "Cd")
    minor, sign = minor_of(balance.find("Amt"), statement.currency), sign_of(balance)
    if minor is None or sign is None:
        return
    if kind == "OPBD" or (kind == "PRCD" and statement.opening is None):
        statement.opening = sign * minor
    elif kind == "CLBD":
        statement.closing = sign * minor


def _lines(entry: Node, reading: _Reading, position: int) -> Iterator[ParsedLine]:
    """The lines of one entry; one that cannot be read is one invalid line."""
    sign = sign_of(entry)
    reversal = entry.get("RvslInd").lower() in ("true", "1")
    if sign is not None and reading.flipped and reversal:
        sign = -sign
    amount = entry.find("Amt")
    minor = minor_of(amount, reading.currency)
    facts = _Facts(minor, day_of(entry, "BookgDt"), day_of(entry, "ValDt"), status_of(entry))
    reason = _problem(facts, amount, sign, reading.currency)
    if reason or sign is None or minor is None:
        facts, parts = facts._replace(reason=reason), [Part(None, None)]
    else:
        parts = parts_of(entry, sign * minor, reading.currency, sign)
    shown = len(parts) > 1
    batch = _batch(entry, parts, position) if reading.notifies else None
    for n, part in enumerate(parts):
        line = _line(entry, part, facts, reading, position + n, alone=not shown)
        yield line if batch is None else line._replace(batch=batch)


def _batch(entry: Node, parts: Sequence[Part], position: int) -> Batch | None:
    """What ``parts`` take apart; None where they take nothing apart, or nothing tells which line of a statement it is."""
    refs = tuple(filter(None, (null_of(entry.get("AcctSvcrRef")), null_of(entry.get("NtryRef")))))
    amounts = [part.minor for part in parts if part.minor is not None]
    if not refs or len(amounts) < len(parts) or parts[0].details is None or status_of(entry) != "booked":
        return None
    return Batch(position, refs, sum(amounts))


def _problem(facts: _Facts, amount: Node | None, sign: int | None, currency: str) -> InvalidReason | None:
    minor = facts.minor
    if amount is None:
        return InvalidReason("amount_missing", _("There is no amount"))
    if minor is None:
        found = amount.xml()[:120]
        if read_currency(amount.attributes.get("Ccy", "")) not in (currency, None):
            text = _("The operation is in another currency than the account")
            return InvalidReason("currency_differs", text, found, plain_minor(amount.text.strip(), currency))
        return InvalidReason("amount_unreadable", _("The amount cannot be read"), found)
    if minor < 0:
        return InvalidReason("amount_negative", _("The amount is negative"), amount.xml()[:120], -minor)
    if sign is None:
        text = _("Money in or out? The file does not tell")
        return InvalidReason("direction_unknown", text, amount.xml()[:120], minor)
    if facts.booked is None and facts.valued is None:
        return InvalidReason("date_missing", _("There is no date"), "", minor)
    return None


def _line(entry: Node, part: Part, facts: _Facts, reading: _Reading, position: int, *, alone: bool) -> ParsedLine:
    assert reading.index is not None
    minor = None if facts.reason else part.minor
    details = part.details
    incoming = minor is None or minor >= 0
    words = remittance_of(entry, details)
    own_ref, cheque, end_to_end_id = (
        ("", "", "")
        if details is None
        else (details.get("Refs", name) for name in ("AcctSvcrRef", "ChqNb", "EndToEndId"))
    )
    return ParsedLine(
        reading.index,
        position,
        facts.booked or facts.valued,
        facts.valued,
        minor,
        reading.currency,
        None if minor is None else "in" if incoming else "out",
        Counterparty() if part.is_fee else counterparty_of(details, incoming=incoming, own_account=reading.account),
        words.purpose,
        null_of(cheque),
        None,
        "",
        null_of(own_ref or entry.get("AcctSvcrRef") or entry.get("NtryRef")),
        (entry if alone or details is None else details).xml(),
        facts.reason,
        facts.status,
        not part.is_fee and is_return(entry, details),
        "CHRG" if part.is_fee else code_of(entry, details),
        null_of(end_to_end_id),
        words.reference,
    )


def _has_reversals(stream: BinaryIO) -> bool:
    stream.seek(0)
    tail = b""
    while chunk := stream.read(1 << 18):
        if _REVERSALS.search(tail + chunk):
            return True
        tail = chunk[-64:]
    return False


def _reversed_statements(stream: BinaryIO, facts: FileFacts) -> set[int]:
    """Indexes of the statements whose balances agree only where the sign of reversals is turned.

    The standard gives the sign of the entry as it stands; some banks write that of the entry which is reversed.
    """
    scratch = FileFacts(limits=facts.limits)
    sums: dict[int, list[int]] = {}
    for reading, node in _statements(XmlWalk(stream, _SHAPE, facts.limits)):
        if reading.index is None and (node is None or node.name == "Ntry"):
            _begin(reading, node, scratch, set())
        if node is None:
            _learn_figures(reading, scratch)
        elif node.name != "Ntry":
            reading.parts.append(node)
        elif status_of(node) == "booked":
            assert reading.index is not None
            minor, sign = minor_of(node.find("Amt"), reading.currency), sign_of(node)
            reversal = node.get("RvslInd").lower() in ("true", "1")
            its = sums.setdefault(reading.index, [0, 0])
            its[reversal] += (minor or 0) * (sign or 0)
    found = set()
    for index, (plain, reversals) in sums.items():
        its_facts = scratch.statements[index]
        if its_facts.opening is None or its_facts.closing is None or not reversals:
            continue
        moved = its_facts.closing - its_facts.opening
        if moved != plain + reversals and moved == plain - reversals:
            found.add(index)
    return found
