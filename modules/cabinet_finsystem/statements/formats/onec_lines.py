"""From a document of a 1C file to a line of a statement: which account, which way, when, how much, with whom."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple, cast

from translationstring import TranslationString

from cabinet_finsystem.statements.formats.onec_keys import DECISIVE, KNOWN, STRUCTURE, canonical
from cabinet_finsystem.statements.formats.onec_records import Document, not_closed
from cabinet_finsystem.statements.parsed import (
    Counterparty,
    Direction,
    Holder,
    InvalidReason,
    ParsedLine,
    StatementFacts,
)
from cabinet_finsystem.statements.values import clean_account, is_no_date, read_currency, read_date, read_minor
from cabinet_finsystem.texts import _

_KEY = re.compile(r"[^\W\d][\w.-]*")
_TAX_ID_IN_NAME = re.compile(
    r"(?:ИНН\s*([0-9]{5,13})|([0-9]{10,13}))(?:\s*/\s*[0-9A-Z]{9})?(?:\s*,\s*|\s+|$)(?:КПП\s*[0-9A-Z]{9}\s*,?\s*)?"
)
_TAX_ID = re.compile(r"[0-9]+")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")
_FOUND = 80
_REMEMBERED = 5_000


class Side(NamedTuple):
    """The keys of one side of a document."""

    account: str
    other_account: str
    name: str
    name1: str
    tax_id: str
    kpp: str
    bic: str
    bank: str
    correspondent: str

    @classmethod
    def of(cls, word: str) -> Side:
        """The keys that begin with ``word``."""
        return cls(*(word + rest for rest in ("Счет", "РасчСчет", "", "1", "ИНН", "КПП", "БИК", "Банк1", "Корсчет")))


PAYER, PAYEE = Side.of("Плательщик"), Side.of("Получатель")


class Operation(NamedTuple):
    """A document taken apart, with what is known of its sides: indexes of our statements, None where not ours."""

    document: Document
    values: dict[str, str]
    """By canonical key."""
    repeated: str
    """The decisive key that stands there twice with two values."""
    payer: int | None
    payee: int | None

    def says(self, key: str) -> str:
        """The value of ``key``, "" where there is none."""
        return self.values.get(key, "").strip()

    def has_date(self, key: str) -> bool:
        """Whether ``key`` holds a date, be it unreadable."""
        return not is_no_date(self.says(key))


def values_of(document: Document) -> tuple[dict[str, str], str]:
    """The values of ``document`` by key, and the decisive key that stands there twice with two values.

    At once where the document is as the standard says, row by row where it is not.
    """
    rows = document.body.split("\n")
    try:
        values = dict(cast("list[tuple[str, str]]", [row.split("=", 1) for row in rows]))
    except ValueError:
        return _carefully(document, rows)
    if len(values) != len(rows) or not KNOWN.issuperset(values):
        return _carefully(document, rows)
    return values, ""


def _carefully(document: Document, rows: Sequence[str]) -> tuple[dict[str, str], str]:
    values: dict[str, list[str]] = {}
    repeated, last = "", ""
    for row in rows:
        key, equals, value = row.partition("=")
        key, value = key.strip(), value.strip()
        if key.lower() in STRUCTURE:
            raise not_closed(document.position)
        if not equals or not _KEY.fullmatch(key):
            # A purpose with a line break in it goes on here.
            if last and row.strip():
                values[last].append(row.strip())
            continue
        last = canonical(key)
        before = values.get(last)
        if before is None or before == [""]:
            values[last] = [value]
        elif value and value != " ".join(before):
            repeated = last if last in DECISIVE else repeated
            last = f"{last}\n{document.position}"  # kept apart, so that what follows does not join the first
            values[last] = [value]
    return {key: " ".join(parts) for key, parts in values.items()}, repeated


class LineBuilder:
    """Makes lines of the documents of one file. What needs the whole file to be decided waits until `unresolved`."""

    def __init__(self, statements: Sequence[StatementFacts]) -> None:
        self._statements = statements
        self._index = {its.account: index for index, its in enumerate(statements)}
        # A file has few different days and parties, each a thousand times over.
        self._dates: dict[str, date | None] = {}
        self._parties: dict[tuple[str | None, ...], Counterparty] = {}
        self._own_tax_ids: set[str] = set()
        self._waiting: list[Operation] = []
        self.transfers: list[Operation] = []
        """Documents between two accounts of the file: which lines they make is decided by `onec_transfers`."""

    def take(self, document: Document) -> ParsedLine | None:
        """The line of ``document``, or None where it has to wait.

        The standard's rule: our account is the payer's, out; the payee's, in; both, a transfer. Where the bank shows an
        internal account in place of ours, the one date of execution that is filled in tells. A Kazakh bank names the
        direction by the key of the amount.
        """
        values, repeated = values_of(document)
        payer, payee = self._our(PAYER, values), self._our(PAYEE, values)
        operation = Operation(document, values, repeated, payer, payee)
        stated = self._stated_direction(operation)
        if stated is not None:
            return self._line_on(payee if stated == "in" else payer, operation, stated)
        if payer is None and payee is not None:
            return self._line_on(payee, operation, "in")
        if payer is not None and payee is None:
            return self._line_on(payer, operation, "out")
        if payer is not None and payer != payee:
            self.transfers.append(operation)
            return None
        return self._by_dates(operation)

    def unresolved(self) -> Iterator[ParsedLine]:
        """The lines that waited: told by our INN, which the other documents have taught, or invalid."""
        for operation in self._waiting:
            payer_is_us = _tax_id(operation, PAYER) in self._own_tax_ids
            payee_is_us = _tax_id(operation, PAYEE) in self._own_tax_ids
            direction: Direction | None = None
            if payer_is_us != payee_is_us:
                direction = "out" if payer_is_us else "in"
            yield self._line_on(operation.payer, operation, direction)

    def line(self, operation: Operation, statement: int, direction: Direction) -> ParsedLine:
        """The line ``operation`` makes in ``statement``; invalid where amount or date cannot be read for certain."""
        currency = self._statements[statement].currency
        amount, reason = _amount(operation, currency, direction)
        booked, date_reason = self._booking_date(operation, direction)
        reason = reason or date_reason
        if operation.repeated:
            key = operation.repeated
            text = _("“${key}” stands twice with two values", mapping={"key": key})
            reason = _reason("repeated_key", text, key, operation)
        if reason is not None:
            reason = reason._replace(magnitude=amount)
        return ParsedLine(
            statement,
            operation.document.position,
            booked,
            self._date(operation.says("ДатаВалютирования")),
            None if reason or amount is None else (amount if direction == "in" else -amount),
            currency,
            direction,
            self._party(operation, PAYER if direction == "in" else PAYEE),
            _purpose(operation),
            operation.says("Номер"),
            self._date(operation.says("Дата")),
            operation.document.kind,
            "",
            operation.document.raw,
            reason,
        )

    def _our(self, side: Side, values: dict[str, str]) -> int | None:
        account = values.get(side.account, "")
        found = self._index.get(clean_account(account))
        if found is None and (other := values.get(side.other_account, "")) != account:
            found = self._index.get(clean_account(other))
        return found

    def _stated_direction(self, operation: Operation) -> Direction | None:
        values = operation.values
        if "СуммаПриход" not in values and "СуммаРасход" not in values:
            return None
        income, expense = _is_amount(operation.says("СуммаПриход")), _is_amount(operation.says("СуммаРасход"))
        if income == expense:
            return None
        return "in" if income else "out"

    def _by_dates(self, operation: Operation) -> ParsedLine | None:
        charged, credited = operation.has_date("ДатаСписано"), operation.has_date("ДатаПоступило")
        if charged == credited:
            self._waiting.append(operation)
            return None
        return self._line_on(operation.payer, operation, "out" if charged else "in")

    def _line_on(self, statement: int | None, operation: Operation, direction: Direction | None) -> ParsedLine:
        if statement is None:
            statement = self._index.get(clean_account(operation.says("РасчСчет")))
        if statement is None and len(self._statements) == 1:
            statement = 0
        if statement is None:
            text = _("Which of the accounts of the file it belongs to cannot be told")
            return self._undecided(operation, _reason("account_unknown", text, "ПлательщикСчет", operation))
        if direction is None:
            text = _("Whether the money came or went cannot be told: neither side is our account")
            reason = _reason("direction_unknown", text, "ПлательщикСчет", operation)
            return self._undecided(operation, reason, statement)
        if operation.payer is not None or operation.payee is not None:
            side = PAYEE if direction == "in" else PAYER
            ours = _tax_id(operation, side)
            if ours:
                self._own_tax_ids.add(ours)
            if (operation.payee if side is PAYEE else operation.payer) == statement:
                self._learn_holder(statement, operation, side)
        return self.line(operation, statement, direction)

    def _learn_holder(self, statement: int, operation: Operation, side: Side) -> None:
        """Keep what the file says of the owner of the account and of his bank, from the first document that names the bank."""
        its = self._statements[statement]
        if its.holder.bic:
            return
        party = self._party(operation, side)
        correspondent = clean_account(operation.says(side.correspondent))
        its.holder = Holder(party.name, party.inn, party.bic, party.bank, correspondent)

    def _undecided(self, operation: Operation, reason: InvalidReason, statement: int = 0) -> ParsedLine:
        line = self.line(operation, statement, "in")
        magnitude = line.amount_minor if line.invalid_reason is None else line.invalid_reason.magnitude
        return line._replace(
            amount_minor=None,
            direction=None,
            counterparty=Counterparty(),
            invalid_reason=reason._replace(magnitude=magnitude),
        )

    def _booking_date(self, operation: Operation, direction: Direction) -> tuple[date | None, InvalidReason | None]:
        for key in ("ДатаПоступило" if direction == "in" else "ДатаСписано", "ДатаОперации", "Дата"):
            text = operation.says(key)
            if is_no_date(text):
                continue
            booked = self._date(text)
            if booked is None:
                return None, _reason("date_unreadable", _("The date cannot be read"), key, operation)
            return booked, None
        return None, _reason("date_missing", _("There is no date"), "Дата", operation)

    def _date(self, text: str) -> date | None:
        try:
            return self._dates[text]
        except KeyError:
            if len(self._dates) > _REMEMBERED:
                self._dates.clear()
            found = self._dates[text] = read_date(text)
            return found

    def _party(self, operation: Operation, side: Side) -> Counterparty:
        written = tuple(map(operation.values.get, side))
        found = self._parties.get(written)
        if found is None:
            if len(self._parties) > _REMEMBERED:
                self._parties.clear()
            found = self._parties[written] = _party(operation, side)
        return found


def _is_amount(text: str) -> bool:
    """Whether ``text`` is more than an empty field or a zero put where no amount is."""
    return bool(text.strip("0.,- "))


def _amount(operation: Operation, currency: str, direction: Direction) -> tuple[int | None, InvalidReason | None]:
    """The unsigned amount in minor units, and what is wrong with it."""
    key = "Сумма"
    values = operation.values
    if "СуммаПриход" in values or "СуммаРасход" in values:
        if _is_amount(operation.says("СуммаПриход")) and _is_amount(operation.says("СуммаРасход")):
            return None, _reason("amount_twice", _("It has an amount in both directions"), "СуммаПриход", operation)
        stated = "СуммаПриход" if direction == "in" else "СуммаРасход"
        key = stated if _is_amount(operation.says(stated)) else key
    written = operation.says(key)
    if not written:
        return None, _reason("amount_missing", _("There is no amount"), key, operation)
    amount = read_minor(written, currency)
    if amount is None:
        return None, _reason("amount_unreadable", _("The amount cannot be read"), key, operation)
    if amount < 0:
        text = _("The amount is negative, which this format does not know")
        return -amount, _reason("amount_negative", text, key, operation)
    stated_currency = operation.says("Валюта")
    if stated_currency and read_currency(stated_currency) not in (currency, None):
        return amount, _reason("currency_differs", _("Its currency is not that of the account"), "Валюта", operation)
    return amount, None


def _reason(code: str, message: TranslationString, key: str, operation: Operation) -> InvalidReason:
    return InvalidReason(code, message, f"{key}={operation.says(key)}"[:_FOUND])


def _tax_id(operation: Operation, side: Side) -> str:
    """INN (BIN, IIN) of a side; "" for none and for the zeros written in its place. May be followed by a KPP."""
    text = operation.says(side.tax_id)
    if not text.isdigit():
        found = _TAX_ID.match(text)
        text = found[0] if found else ""
    return text if text.strip("0") else ""


def _party(operation: Operation, side: Side) -> Counterparty:
    says = operation.values.get
    whole = says(side.name, "").strip()
    name = says(side.name1, "").strip() or whole
    tax_id = _tax_id(operation, side)
    if not tax_id and whole.startswith("ИНН"):
        prefix = _TAX_ID_IN_NAME.match(whole)
        tax_id = prefix[1] if prefix else ""
    if name[:1].isdigit() or name.startswith("ИНН"):
        prefix = _TAX_ID_IN_NAME.match(name)
        if prefix:
            tax_id = tax_id or prefix[1] or prefix[2]
            name = name[prefix.end() :]
    if "//" in name:
        # People are written with their address: ``Иванов Иван Иванович//г Москва, ул. …//``.
        name = name.partition("//")[0].strip() or name
    kpp, bic = says(side.kpp, "").strip(), says(side.bic, "").strip()
    return Counterparty(
        _clean(name),
        tax_id,
        kpp if kpp.strip("0") else "",
        _party_account(says(side.account, ""), says(side.other_account, "")),
        bic if bic.strip("0") else "",
        _clean(says(side.bank, "").strip()),
    )


def _party_account(account: str, other: str) -> str:
    # By the standard the first is the party's own account, direct settlement or not. Some banks put the correspondent's
    # account there (301…) and the party's own into the second.
    first = clean_account(account)
    return clean_account(other) or first if not first or first.startswith("301") else first


def _purpose(operation: Operation) -> str:
    """The purpose; else its rows 1 to 6 joined, without those the first already holds."""
    whole = operation.says("НазначениеПлатежа")
    if whole:
        return _clean(whole)
    rows = [operation.says(f"НазначениеПлатежа{number}") for number in range(1, 7)]
    return _clean(" ".join(row for number, row in enumerate(rows) if row and not (number and row in rows[0])))


def _clean(text: str) -> str:
    return text if text.isprintable() else _CONTROLS.sub(" ", text).strip()
