"""Writes 1CClientBankExchange files: for demo data, tests and anyone who needs a bank's export without a bank."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cabinet.contracts.money import to_decimal
from cabinet_finsystem.statements.parsed import Counterparty, ParsedLine
from cabinet_finsystem.statements.values import currency_of_account

_NOT_TEXT = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029\ufeff]+")
# What the single-byte encodings lack, in the nearest form they have.
_NEAREST = {
    "«": '"', "»": '"', "“": '"', "”": '"', "„": '"', "’": "'", "‘": "'", "—": "-", "–": "-", "−": "-", "…": "...",
    "\u00a0": " ", "\u2009": " ", "\u202f": " ", "₽": "руб.", "€": "EUR", "₸": "тенге",
}  # fmt: skip
_DECLARED = {"cp1251": "Windows", "cp866": "DOS", "utf-8": "UTF-8"}


@dataclass(frozen=True, slots=True)
class OwnSide:
    """Our side of every document."""

    name: str
    inn: str = ""
    kpp: str = ""
    bic: str = ""
    bank: str = ""


@dataclass(frozen=True, slots=True)
class LineToWrite:
    """One operation. ``amount_minor`` is signed from our view: in is positive."""

    booking_date: date
    amount_minor: int
    counterparty: Counterparty
    purpose: str
    doc_number: str
    doc_date: date | None = None
    """The booking date where None."""
    doc_kind: str = "Платежное поручение"

    @classmethod
    def of(cls, line: ParsedLine) -> LineToWrite:
        """A line that was read. ValueError where it is invalid: there is nothing certain to write."""
        if line.amount_minor is None or line.booking_date is None:
            raise ValueError(f"line {line.position} is invalid")
        return cls(
            line.booking_date,
            line.amount_minor,
            line.counterparty,
            line.purpose,
            line.doc_number,
            line.doc_date,
            line.doc_kind,
        )


@dataclass(frozen=True, slots=True)
class StatementToWrite:
    """One account over one period. The closing balance and the turnovers are computed."""

    account: str
    period_from: date
    period_to: date
    opening: int
    """Minor units."""
    lines: Sequence[LineToWrite]
    own: OwnSide


def write_onec(
    *statements: StatementToWrite,
    encoding: str = "cp1251",
    bom: bool = False,
    declared: str | None = None,
    sender: str = "Банк",
    receiver: str = "1С:Предприятие",
    created: datetime | None = None,
    balances: bool = True,
    end_marker: bool = True,
    line_end: str = "\r\n",
) -> bytes:
    """A file of ``statements`` as a bank exports it.

    ``encoding``: ``cp1251``, ``cp866`` or ``utf-8``; ``bom``: with a byte order mark (UTF-8 only); ``declared``: what
    the header says of the encoding, the truth where None; ``created``: in the bank's own time; ``balances``: whether
    with balance sections. Values lose control characters and line breaks; a character the encoding lacks becomes the
    nearest it has, else ``?``.
    """
    rows = _rows(statements, declared or _DECLARED[encoding], sender, receiver, created, balances=balances)
    closing = ["КонецФайла"] if end_marker else []
    text = line_end.join([*(_row(key, value, encoding) for key, value in rows), *closing, ""])
    return text.encode("utf-8-sig" if bom else encoding)


def _row(key: str, value: str | None, encoding: str) -> str:
    return key if value is None else f"{key}={written(value, encoding)}"


def written(value: str, encoding: str) -> str:
    """``value`` as it can stand in a file of ``encoding``, and as it will be read back."""
    value = _NOT_TEXT.sub(" ", value)
    try:
        value.encode(encoding)
    except UnicodeEncodeError:
        value = "".join(_nearest(letter, encoding) for letter in unicodedata.normalize("NFC", value))
    return value.strip()


def _nearest(letter: str, encoding: str) -> str:
    for candidate in (letter, _NEAREST.get(letter, "?")):
        try:
            candidate.encode(encoding)
        except UnicodeEncodeError:
            continue
        return candidate
    return "?"


_Row = tuple[str, str | None]


def _rows(
    statements: Sequence[StatementToWrite],
    declared: str,
    sender: str,
    receiver: str,
    created: datetime | None,
    *,
    balances: bool,
) -> Iterator[_Row]:
    begins, ends = min(its.period_from for its in statements), max(its.period_to for its in statements)
    yield "1CClientBankExchange", None
    yield "ВерсияФормата", "1.03"
    yield "Кодировка", declared
    yield "Отправитель", sender
    yield "Получатель", receiver
    yield "ДатаСоздания", _day(created or ends)
    yield "ВремяСоздания", f"{created:%H:%M:%S}" if created else "00:00:00"
    yield "ДатаНачала", _day(begins)
    yield "ДатаКонца", _day(ends)
    for statement in statements:
        yield "РасчСчет", statement.account
    if balances:
        for statement in statements:
            yield from _balance(statement)
    for statement in statements:
        for line in statement.lines:
            yield from _document(statement, line)


def _balance(statement: StatementToWrite) -> Iterator[_Row]:
    incoming = sum(line.amount_minor for line in statement.lines if line.amount_minor > 0)
    outgoing = -sum(line.amount_minor for line in statement.lines if line.amount_minor < 0)
    yield "СекцияРасчСчет", None
    yield "ДатаНачала", _day(statement.period_from)
    yield "ДатаКонца", _day(statement.period_to)
    yield "РасчСчет", statement.account
    yield "НачальныйОстаток", _money(statement.opening, statement.account)
    yield "ВсегоПоступило", _money(incoming, statement.account)
    yield "ВсегоСписано", _money(outgoing, statement.account)
    yield "КонечныйОстаток", _money(statement.opening + incoming - outgoing, statement.account)
    yield "КонецРасчСчет", None


def _document(statement: StatementToWrite, line: LineToWrite) -> Iterator[_Row]:
    own = statement.own
    ours = Counterparty(own.name, own.inn, own.kpp, statement.account, own.bic, own.bank)
    incoming = line.amount_minor >= 0
    payer, payee = (line.counterparty, ours) if incoming else (ours, line.counterparty)
    yield "СекцияДокумент", line.doc_kind
    yield "Номер", line.doc_number
    yield "Дата", _day(line.doc_date or line.booking_date)
    yield "Сумма", _money(abs(line.amount_minor), statement.account)
    yield "ДатаСписано", "" if incoming else _day(line.booking_date)
    yield from _party("Плательщик", payer)
    yield "ДатаПоступило", _day(line.booking_date) if incoming else ""
    yield from _party("Получатель", payee)
    yield "ВидОплаты", "01"
    yield "Очередность", "5"
    yield "НазначениеПлатежа", line.purpose
    yield "КонецДокумента", None


def _party(side: str, party: Counterparty) -> Iterator[_Row]:
    yield f"{side}Счет", party.account
    yield side, f"ИНН {party.inn} {party.name}" if party.inn else party.name
    yield f"{side}ИНН", party.inn
    yield f"{side}КПП", party.kpp
    yield f"{side}1", party.name
    yield f"{side}РасчСчет", party.account
    yield f"{side}Банк1", party.bank
    yield f"{side}БИК", party.bic


def _day(value: date) -> str:
    return f"{value:%d.%m}.{value.year:04}"


def _money(minor: int, account: str) -> str:
    return f"{to_decimal(minor, currency_of_account(account) or 'RUB'):f}"
