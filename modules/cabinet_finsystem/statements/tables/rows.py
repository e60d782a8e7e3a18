"""One row of a table as an operation: what it says of itself, or why it cannot be booked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from translationstring import TranslationString

from cabinet_finsystem.statements.parsed import Counterparty, Direction, InvalidReason, Status
from cabinet_finsystem.statements.tables.cells import account_number, clean_sum, is_rounded, plain, read_day, sum_minor
from cabinet_finsystem.statements.tables.mapping import ColumnMapping, fold
from cabinet_finsystem.statements.tables.words import DIRECTIONS, STATUSES
from cabinet_finsystem.statements.values import clean_account, currency_of_account, read_currency
from cabinet_finsystem.texts import _

_FOUND = 80
_NULLS = frozenset({"", "0", "-", "\u2014", "..."})
_WORST: tuple[Status, ...] = ("info", "pending", "booked")
_ACCOUNTS = ("own_account", "account", "payer_account", "payee_account")
_MAX_MINOR = 10**15
_TAX_NUMBER = re.compile(r"[0-9]{5}|[0-9]{8,10}|[0-9]{12}")
_LINE_END = re.compile(r"\s*[\r\n]+\s*")
_PARTIES = ("name", "inn", "account", "payer_name", "payee_name")
_SHORT = 400
"""Characters of a party that may be kept in mind."""
_PARTY_ROLES: Mapping[str | None, Sequence[tuple[str, str]]] = {
    direction: [(side + part, part) for part in ("name", "inn", "kpp", "account", "bic", "bank")]
    for direction, side in (("in", "payer_"), ("out", "payee_"), (None, ""))
}
"""By the way the money went: where the other side stands, where both do, and where it does alone."""
_CURRENCY_ROLES: Mapping[str | None, str] = {"in": "credit_currency", "out": "debit_currency", None: ""}
Said = Mapping[str, str]


class Key(NamedTuple):
    """Which statement of the file a row is of. Empty where the row does not tell."""

    account: str
    currency: str


class Row(NamedTuple):
    """The cells of a row, and what of them is told by role: that which stands in the first filled column of each."""

    cells: Sequence[str]
    said: Said


class Operation(NamedTuple):
    """A row that was read. ``amount``: minor units, signed, all fees taken; None only with a ``problem``."""

    booked: date | None
    value: date | None
    doc_date: date | None
    amount: int | None
    currency: str
    direction: Direction | None
    status: Status
    counterparty: Counterparty
    purpose: str
    doc_number: str
    doc_kind: str
    bank_ref: str
    balance: int | None
    problem: InvalidReason | None


class RowReader:
    """Reads the rows of one table. ``order`` and ``decimal_mark``: told by the whole column; ``default``: for rows that do not tell."""

    def __init__(
        self, header: Sequence[str], mapping: ColumnMapping, order: str = "", signs: str = "", decimal_mark: str = ""
    ) -> None:
        self._header = [*header]
        self._mapping = mapping
        self._order = mapping.order or order
        self._signs = signs or mapping.signs
        self._mark = decimal_mark
        columns = mapping.columns
        alone = {role: places[0] for role, places in columns.items() if len(places) == 1}
        self._alone = tuple(alone)
        self._cells_alone = _getter(tuple(alone.values()))
        self._others = [(role, places) for role, places in columns.items() if len(places) > 1]
        self._width = max((place for places in columns.values() for place in places), default=-1) + 1
        self._accounts = [place for role in _ACCOUNTS for place in columns.get(role, ())]
        self._parties = [role for role in _PARTIES if role in columns]
        self._sides = {
            direction: [(one if one in columns else "", other if other in columns else "") for one, other in roles]
            for direction, roles in _PARTY_ROLES.items()
        }
        self._always_booked = not columns.get("status") and not mapping.held_refs
        self._way = lru_cache(maxsize=256)(self._way_of)  # a file has two words for it

    def row(self, cells: Sequence[str]) -> Row:
        """The row of ``cells``, by role."""
        full = cells if len(cells) >= self._width else [*cells, *[""] * (self._width - len(cells))]
        said = dict(zip(self._alone, self._cells_alone(full), strict=True))
        for role, places in self._others:
            said[role] = next((full[place] for place in places if full[place]), "")
        return Row(cells, said)

    def is_empty(self, row: Row) -> bool:
        """Whether a row has neither a day nor a sum: something said between operations."""
        return not any(row.said.get(role) for role in ("date", "started", "amount", "debit", "credit"))

    def is_header(self, row: Row) -> bool:
        """Whether the header stands here again, as at the top of each printed page, or the numbers of its columns."""
        return row.cells == self._header or (
            row.cells[:2] == ["1", "2"] and row.cells == [str(n) for n in range(1, len(row.cells) + 1)]
        )

    def is_nobody_s(self, row: Row) -> bool:
        """Whether a row names no other side."""
        return not any(map(row.said.get, self._parties))

    def rounded_account(self, row: Row) -> tuple[str, str] | None:
        """(column, cell) of an account that a spreadsheet has rounded."""
        for place in self._accounts:
            if place < len(row.cells) and not (cell := row.cells[place]).isdigit() and is_rounded(cell):
                return self._header[place], cell
        return None

    def sides(self, row: Row) -> Sequence[Row]:
        """The operations of a row: itself, or money out and money in where it went between two accounts of ours."""
        if not self._mapping.exchanges or fold(row.said.get("direction", "")) not in self._mapping.exchanges:
            return (row,)
        cells = row.cells
        place = next(place for place in self._mapping.columns["direction"] if place < len(cells) and cells[place])
        return [self.row([*cells[:place], way, *cells[place + 1 :]]) for way in ("out", "in")]

    def key(self, row: Row) -> Key:
        """Whose operation the row is, as far as it tells itself."""
        said = row.said
        way = self._way(said.get("direction", ""))
        account = said.get("own_account", "")
        if way and "payer_account" in said and not (account and account_number(account)):
            account = said["payer_account"] if way == "out" else said.get("payee_account", "")
        return _key_of(account, said.get(_CURRENCY_ROLES[way], "") or said.get("currency", ""))

    def read(self, row: Row, key: Key) -> Operation:
        """The operation of a row that belongs to ``key``, whose both parts are known."""
        cells, said = row
        status, problem = ("booked", None) if self._always_booked else self._status(row)
        way = self._way(said.get("direction", ""))
        amount, trouble = self._amount(said, key.currency, way, status)
        booked, no_day = self._days(said)
        status = "pending" if status == "booked" and no_day == "pending" else status
        problem = problem or trouble or (self._no_date(said) if booked is None else None)
        if len(cells) > len(self._header):
            problem = _reason(
                "broken_row", _("The row has more cells than the table has columns"), cells[len(self._header)]
            )
        direction: Direction | None = way
        if amount is not None and problem is None:
            direction = "in" if amount >= 0 else "out"
        return Operation(
            booked,
            read_day(said["value_date"], self._order) if said.get("value_date") else None,
            read_day(said.get("doc_date") or self._started(said), self._order),
            None if problem else amount,
            key.currency,
            direction,
            status,
            self._counterparty(said, direction),
            self._purpose(row),
            _value(said["doc_number"]) if said.get("doc_number") else "",
            said.get("doc_kind", ""),
            _value(said["bank_ref"]) if said.get("bank_ref") else "",
            sum_minor(said["balance"], key.currency, self._mark) if said.get("balance") else None,
            problem,
        )

    def _started(self, said: Said) -> str:
        return "" if self._mapping.columns.get("started") == self._mapping.columns["date"] else said.get("started", "")

    def _days(self, said: Said) -> tuple[date | None, str]:
        """The booking day; where the bank has not booked it, the day it was made, and ``pending``."""
        text = said.get("date", "")
        if text or not self._mapping.columns.get("started"):
            return read_day(text, self._order), ""
        return read_day(said.get("started", ""), self._order), "pending"

    def _no_date(self, said: Said) -> InvalidReason:
        found = said.get("date", "") or said.get("started", "")
        if not found:
            return _reason("date_missing", _("The row has no date"), "")
        return _reason("date_unreadable", _("The date cannot be read"), found)

    def _way_of(self, word: str) -> Direction | None:
        if not word:
            return None
        sign = {"+": "in", "-": "out", "\u2212": "out"}.get(word.strip())
        return sign or self._mapping.directions.get(fold(word)) or DIRECTIONS.get(fold(word))  # type: ignore[return-value]

    def _status(self, row: Row) -> tuple[Status, InvalidReason | None]:
        cells = row.cells
        found: list[Status] = ["booked"]
        for place in self._mapping.columns.get("status", ()):
            word = cells[place] if place < len(cells) else ""
            status = self._mapping.statuses.get(fold(word)) or STATUSES.get(fold(word))
            if status is not None:
                found.append(status)
            elif fold(word):
                return "booked", _reason("status_unknown", _("It is not known whether this state means money"), word)
        ref = fold(row.said.get("bank_ref", ""))
        if any(ref.startswith(held) for held in self._mapping.held_refs):
            found.append("pending")
        return min(found, key=_WORST.index), None

    def _amount(
        self, said: Said, currency: str, way: Direction | None, status: Status
    ) -> tuple[int | None, InvalidReason | None]:
        columns = self._mapping.columns
        if "direction" in columns and said.get("direction", "") and way is None:
            return None, _reason(
                "direction_unknown",
                _("It is not known whether the money came in or went out"),
                said.get("direction", ""),
            )
        if "amount" in columns:
            amount, problem = self._one_sum(said, currency, way, status)
        elif "direction" in columns:
            amount, problem = self._sum_of(said, "credit" if way == "in" else "debit", currency)
            amount = -abs(amount) if amount is not None and way == "out" else amount
        else:
            amount, problem = self._two_sums(said, currency)
        if amount is None or problem:
            return None, problem
        return self._after_fees(said, amount, currency)

    def _one_sum(
        self, said: Said, currency: str, way: Direction | None, status: Status
    ) -> tuple[int | None, InvalidReason | None]:
        amount, problem = self._sum_of(said, "amount", currency)
        if amount is None:
            if status == "info" and (gross := sum_minor(said.get("gross", ""), currency, self._mark)) is not None:
                return gross, None
            return None, problem
        if "direction" in self._mapping.columns:
            if way is None or (way == "in" and amount < 0):
                return None, _reason(
                    "direction_unknown",
                    _("It is not known whether the money came in or went out"),
                    said.get("amount", ""),
                    abs(amount),
                )
            return (-abs(amount) if way == "out" else amount), None
        if self._signs == "negated":
            return -amount, None
        if self._signs == "unsigned_out" and not clean_sum(said.get("amount", "")).startswith("+"):
            return -abs(amount), None
        return amount, None

    def _two_sums(self, said: Said, currency: str) -> tuple[int | None, InvalidReason | None]:
        """Money out and in, each in its own column: one of them, and the other empty or nothing."""
        sums = {}
        for role in ("debit", "credit"):
            if said.get(role, "") and clean_sum(said.get(role, "")) not in _NULLS:
                sums[role], problem = self._sum_of(said, role, currency)
                if problem:
                    return None, problem
        moved = {role: abs(minor) for role, minor in sums.items() if minor}
        if len(moved) == 2:
            return None, _reason(
                "amount_twice",
                _("The row has money both in and out"),
                f"{said.get('debit', '')} / {said.get('credit', '')}",
            )
        if not moved:
            if sums or said.get("debit", "") or said.get("credit", ""):
                return 0, None
            return None, _reason("amount_missing", _("The row has no amount"), "")
        ((role, minor),) = moved.items()
        return (minor if role == "credit" else -minor), None

    def _sum_of(self, said: Said, role: str, currency: str) -> tuple[int | None, InvalidReason | None]:
        text = said.get(role, "")
        if not text:
            return None, _reason("amount_missing", _("The row has no amount"), "")
        minor = sum_minor(text, currency, self._mark)
        if minor is None or abs(minor) > _MAX_MINOR:
            return None, _reason("amount_unreadable", _("The amount cannot be read"), text)
        return minor, None

    def _after_fees(self, said: Said, amount: int, currency: str) -> tuple[int | None, InvalidReason | None]:
        role = "debit_fee" if amount < 0 and "debit_fee" in self._mapping.columns else "fee"
        text = said.get(role, "")
        if not text or (role == "fee" and not self._mapping.fee):
            return amount, None
        fee = sum_minor(text, currency, self._mark)
        if fee is None:
            return None, _reason("amount_unreadable", _("The fee cannot be read"), text)
        return amount + (fee if role == "fee" and self._mapping.fee == "plus" else -fee), None

    def _counterparty(self, said: Said, direction: Direction | None) -> Counterparty:
        facts = [(of_side and said[of_side]) or (part and said[part]) for of_side, part in self._sides[direction]]
        return _short_party(*facts) if sum(map(len, facts)) < _SHORT else _party(*facts)

    def _purpose(self, row: Row) -> str:
        places = self._mapping.columns.get("purpose", ())
        if len(places) == 1:
            return _in_one_line(row.said["purpose"])
        parts = [_in_one_line(row.cells[place]) for place in places if place < len(row.cells) and row.cells[place]]
        return ". ".join(dict.fromkeys(part.rstrip(". ") if len(parts) > 1 else part for part in parts))


def _getter(places: tuple[int, ...]) -> Callable[[Sequence[str]], Sequence[str]]:
    """What gives the cells at ``places``, as many of them as there are."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda cells: [cells[place] for place in places]


@lru_cache(maxsize=256)
def _key_of(account: str, currency: str) -> Key:
    number = account_number(account)
    return Key(number, read_currency(plain(currency)) or currency_of_account(number) or "")


def _party(name: str, inn: str, kpp: str, account: str, bic: str, bank: str) -> Counterparty:
    if "\n" in account:  # the account, under it the tax number and the name, in one cell
        account, *others = [line.strip() for line in account.splitlines() if line.strip()]
        inn = inn or next(filter(_TAX_NUMBER.fullmatch, others), "")
        name = name or " ".join(line for line in others if not _TAX_NUMBER.fullmatch(line))
    return Counterparty(plain(name), _value(inn), _value(kpp), clean_account(plain(account)), _value(bic), plain(bank))


_short_party = lru_cache(maxsize=4096)(_party)  # whoever pays, pays again


def _in_one_line(cell: str) -> str:
    text = plain(cell)
    return _LINE_END.sub(" ", text) if "\n" in text or "\r" in text else text


def _value(text: str) -> str:
    text = plain(text)
    return "" if text in _NULLS else text


def _reason(code: str, message: TranslationString, found: str, magnitude: int | None = None) -> InvalidReason:
    return InvalidReason(code, message, found[:_FOUND], magnitude)
