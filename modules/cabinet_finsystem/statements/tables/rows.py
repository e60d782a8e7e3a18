"""One row of a table as an operation: what it says of itself, or why it cannot be booked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
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


class Key(NamedTuple):
    """Which statement of the file a row is of. Empty where the row does not tell."""

    account: str
    currency: str


@dataclass(frozen=True, slots=True)
class Operation:
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
        self._header = header
        self._mapping = mapping
        self._order = mapping.order or order
        self._signs = signs or mapping.signs
        self._mark = decimal_mark

    def cell(self, cells: Sequence[str], role: str) -> str:
        """What stands in the first filled column of ``role``."""
        for place in self._mapping.columns.get(role, ()):
            if place < len(cells) and cells[place]:
                return cells[place]
        return ""

    def is_empty(self, cells: Sequence[str]) -> bool:
        """Whether a row has neither a day nor a sum: something said between operations."""
        roles = ("date", "started", "amount", "debit", "credit")
        return not any(self.cell(cells, role) for role in roles)

    def is_header(self, cells: Sequence[str]) -> bool:
        """Whether the header stands here again, as at the top of each printed page."""
        return tuple(cells) == tuple(self._header)

    def rounded_account(self, cells: Sequence[str]) -> tuple[str, str] | None:
        """(column, cell) of an account that a spreadsheet has rounded."""
        for role in _ACCOUNTS:
            for place in self._mapping.columns.get(role, ()):
                if place < len(cells) and is_rounded(cells[place]):
                    return self._header[place], cells[place]
        return None

    def sides(self, cells: Sequence[str]) -> Sequence[Sequence[str]]:
        """The operations of a row: itself, or money out and money in where it went between two accounts of ours."""
        if not self._mapping.exchanges or fold(self.cell(cells, "direction")) not in self._mapping.exchanges:
            return (cells,)
        place = next(place for place in self._mapping.columns["direction"] if place < len(cells) and cells[place])
        return [[*cells[:place], way, *cells[place + 1 :]] for way in ("out", "in")]

    def key(self, cells: Sequence[str]) -> Key:
        """Whose operation the row is, as far as it tells itself."""
        way = self._stated_direction(cells)
        account = account_number(self.cell(cells, "own_account"))
        if not account and way and "payer_account" in self._mapping.columns:
            account = account_number(self.cell(cells, "payer_account" if way == "out" else "payee_account"))
        currency = self._currency(cells, way)
        return Key(account, currency or currency_of_account(account) or "")

    def read(self, cells: Sequence[str], key: Key) -> Operation:
        """The operation of a row that belongs to ``key``, whose both parts are known."""
        status, problem = self._status(cells)
        way = self._stated_direction(cells)
        amount, trouble = self._amount(cells, key.currency, way, status)
        booked, no_day = self._days(cells)
        status = "pending" if status == "booked" and no_day == "pending" else status
        problem = problem or trouble or (self._no_date(cells) if booked is None else None)
        if len(cells) > len(self._header):
            problem = _reason(
                "broken_row", _("The row has more cells than the table has columns"), cells[len(self._header)]
            )
        direction: Direction | None = way
        if amount is not None and problem is None:
            direction = "in" if amount >= 0 else "out"
        return Operation(
            booked,
            read_day(self.cell(cells, "value_date"), self._order),
            read_day(self.cell(cells, "doc_date") or self._started(cells), self._order),
            None if problem else amount,
            key.currency,
            direction,
            status,
            self._counterparty(cells, direction),
            self._purpose(cells),
            _value(self.cell(cells, "doc_number")),
            self.cell(cells, "doc_kind"),
            _value(self.cell(cells, "bank_ref")),
            sum_minor(self.cell(cells, "balance"), key.currency, self._mark),
            problem,
        )

    def _started(self, cells: Sequence[str]) -> str:
        return (
            "" if self._mapping.columns.get("started") == self._mapping.columns["date"] else self.cell(cells, "started")
        )

    def _days(self, cells: Sequence[str]) -> tuple[date | None, str]:
        """The booking day; where the bank has not booked it, the day it was made, and ``pending``."""
        text = self.cell(cells, "date")
        if text or not self._mapping.columns.get("started"):
            return read_day(text, self._order), ""
        return read_day(self.cell(cells, "started"), self._order), "pending"

    def _no_date(self, cells: Sequence[str]) -> InvalidReason:
        found = self.cell(cells, "date") or self.cell(cells, "started")
        if not found:
            return _reason("date_missing", _("The row has no date"), "")
        return _reason("date_unreadable", _("The date cannot be read"), found)

    def _stated_direction(self, cells: Sequence[str]) -> Direction | None:
        word = self.cell(cells, "direction")
        if not word:
            return None
        sign = {"+": "in", "-": "out", "\u2212": "out"}.get(word.strip())
        return sign or self._mapping.directions.get(fold(word)) or DIRECTIONS.get(fold(word))  # type: ignore[return-value]

    def _currency(self, cells: Sequence[str], way: Direction | None) -> str:
        by_way = {"out": "debit_currency", "in": "credit_currency"}.get(way or "", "")
        text = self.cell(cells, by_way) or self.cell(cells, "currency")
        return read_currency(plain(text)) or "" if text else ""

    def _status(self, cells: Sequence[str]) -> tuple[Status, InvalidReason | None]:
        found: list[Status] = ["booked"]
        for place in self._mapping.columns.get("status", ()):
            word = cells[place] if place < len(cells) else ""
            status = self._mapping.statuses.get(fold(word)) or STATUSES.get(fold(word))
            if status is not None:
                found.append(status)
            elif fold(word):
                return "booked", _reason("status_unknown", _("It is not known whether this state means money"), word)
        ref = fold(self.cell(cells, "bank_ref"))
        if any(ref.startswith(held) for held in self._mapping.held_refs):
            found.append("pending")
        return min(found, key=_WORST.index), None

    def _amount(
        self, cells: Sequence[str], currency: str, way: Direction | None, status: Status
    ) -> tuple[int | None, InvalidReason | None]:
        columns = self._mapping.columns
        if "direction" in columns and self.cell(cells, "direction") and way is None:
            return None, _reason(
                "direction_unknown",
                _("It is not known whether the money came in or went out"),
                self.cell(cells, "direction"),
            )
        if "amount" in columns:
            amount, problem = self._one_sum(cells, currency, way, status)
        elif "direction" in columns:
            amount, problem = self._sum_of(cells, "credit" if way == "in" else "debit", currency)
            amount = -abs(amount) if amount is not None and way == "out" else amount
        else:
            amount, problem = self._two_sums(cells, currency)
        if amount is None or problem:
            return None, problem
        return self._after_fees(cells, amount, currency)

    def _one_sum(
        self, cells: Sequence[str], currency: str, way: Direction | None, status: Status
    ) -> tuple[int | None, InvalidReason | None]:
        amount, problem = self._sum_of(cells, "amount", currency)
        if amount is None:
            if status == "info" and (gross := sum_minor(self.cell(cells, "gross"), currency, self._mark)) is not None:
                return gross, None
            return None, problem
        if "direction" in self._mapping.columns:
            if way is None or (way == "in" and amount < 0):
                return None, _reason(
                    "direction_unknown",
                    _("It is not known whether the money came in or went out"),
                    self.cell(cells, "amount"),
                    abs(amount),
                )
            return (-abs(amount) if way == "out" else amount), None
        if self._signs == "negated":
            return -amount, None
        if self._signs == "unsigned_out" and not clean_sum(self.cell(cells, "amount")).startswith("+"):
            return -abs(amount), None
        return amount, None

    def _two_sums(self, cells: Sequence[str], currency: str) -> tuple[int | None, InvalidReason | None]:
        """Money out and in, each in its own column: one of them, and the other empty or nothing."""
        sums = {}
        for role in ("debit", "credit"):
            if self.cell(cells, role) and clean_sum(self.cell(cells, role)) not in _NULLS:
                sums[role], problem = self._sum_of(cells, role, currency)
                if problem:
                    return None, problem
        moved = {role: abs(minor) for role, minor in sums.items() if minor}
        if len(moved) == 2:
            return None, _reason(
                "amount_twice",
                _("The row has money both in and out"),
                f"{self.cell(cells, 'debit')} / {self.cell(cells, 'credit')}",
            )
        if not moved:
            if sums or self.cell(cells, "debit") or self.cell(cells, "credit"):
                return 0, None
            return None, _reason("amount_missing", _("The row has no amount"), "")
        ((role, minor),) = moved.items()
        return (minor if role == "credit" else -minor), None

    def _sum_of(self, cells: Sequence[str], role: str, currency: str) -> tuple[int | None, InvalidReason | None]:
        text = self.cell(cells, role)
        if not text:
            return None, _reason("amount_missing", _("The row has no amount"), "")
        minor = sum_minor(text, currency, self._mark)
        if minor is None or abs(minor) > _MAX_MINOR:
            return None, _reason("amount_unreadable", _("The amount cannot be read"), text)
        return minor, None

    def _after_fees(self, cells: Sequence[str], amount: int, currency: str) -> tuple[int | None, InvalidReason | None]:
        role = "debit_fee" if amount < 0 and "debit_fee" in self._mapping.columns else "fee"
        text = self.cell(cells, role)
        if not text or (role == "fee" and not self._mapping.fee):
            return amount, None
        fee = sum_minor(text, currency, self._mark)
        if fee is None:
            return None, _reason("amount_unreadable", _("The fee cannot be read"), text)
        return amount + (fee if role == "fee" and self._mapping.fee == "plus" else -fee), None

    def _counterparty(self, cells: Sequence[str], direction: Direction | None) -> Counterparty:
        other = {"in": "payer_", "out": "payee_"}.get(direction or "", "")
        facts = [
            (self.cell(cells, other + part) if other else "") or self.cell(cells, part)
            for part in ("name", "inn", "kpp", "account", "bic", "bank")
        ]
        name, inn, kpp, account, bic, bank = (plain(fact) for fact in facts)
        return Counterparty(name, _value(inn), _value(kpp), clean_account(account), _value(bic), bank)

    def _purpose(self, cells: Sequence[str]) -> str:
        places = self._mapping.columns.get("purpose", ())
        parts = [plain(cells[place]) for place in places if place < len(cells) and cells[place]]
        return ". ".join(dict.fromkeys(part.rstrip(". ") if len(parts) > 1 else part for part in parts))


def _value(text: str) -> str:
    text = plain(text)
    return "" if text in _NULLS else text


def _reason(code: str, message: TranslationString, found: str, magnitude: int | None = None) -> InvalidReason:
    return InvalidReason(code, message, found[:_FOUND], magnitude)
