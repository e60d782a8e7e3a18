"""The first walk over a table: what only its whole columns tell, and whose operations it holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.statements.tables.cells import clean_sum, looks_like_sum, order_shown
from cabinet_finsystem.statements.tables.mapping import ColumnMapping
from cabinet_finsystem.statements.tables.rows import Key, Row, RowReader
from cabinet_finsystem.statements.tables.surroundings import Surroundings, is_total, label_of
from cabinet_finsystem.statements.values import KNOWN_CURRENCIES, read_currency
from cabinet_finsystem.texts import _

_SUMS = ("amount", "debit", "credit", "balance", "fee")
_DAYS = ("date", "started", "value_date", "doc_date")
_MAX_KEYS = 2_000
_MOST_OTHERS = 10_000
_LONGEST_LABEL = 60
_BALANCES = ("opening", "closing", "turnover")
_ON_BALANCE = re.compile(
    r"сальдо|остат|залиш|saldo|s a l d o|balance|brought|carried|likut|apyvart|atlikum|apgroz|käive|obrot|solde|stav|egyenleg|bakiye",
    re.IGNORECASE,
)
"""What is in every label of a balance, and seldom in a purpose: cheaper to look for than the labels."""
_MARKED = re.compile(r".*([.,])(\d{1,2})")
_NAMED_CURRENCY = re.compile(r"(?:^|[^A-Za-z])([A-Z]{3})\s*[)\]]?\s*$")
_CENTS = re.compile(r"[+-]?[0-9]+([.,])[0-9]{2}")


@dataclass(slots=True)
class Survey:
    """``orders``: ways of day and month that some date shows, ``?`` for one that shows none. ``keys``: in the order of the file."""

    keys: dict[Key, int] = field(default_factory=dict)
    orders: set[str] = field(default_factory=set)
    marks: set[str] = field(default_factory=set)
    pluses: bool = False
    minuses: bool = False
    rounded: tuple[int, str, str] | None = None
    """(row, column, cell) of the first account that lost its digits."""
    operations: int = 0
    others: set[int] | None = field(default_factory=set)
    """Numbers of the rows that are no operations; None where they are too many to be kept."""
    currency: str = ""
    """What the names of the columns of money say."""
    around: Surroundings = field(default_factory=Surroundings)

    @property
    def order(self) -> str:
        """The one way that the dates show; empty where none or both do."""
        shown = self.orders - {"?"}
        return next(iter(shown)) if len(shown) == 1 else ""

    @property
    def decimal_mark(self) -> str:
        """The one mark before cents; empty where none or both stand."""
        return next(iter(self.marks)) if len(self.marks) == 1 else ""

    def has_operation(self, number: int, reader: RowReader, row: Row) -> bool:
        """As `is_operation`, of the row ``number``, which the survey has seen."""
        return is_operation(reader, row) if self.others is None else number not in self.others

    def signs(self, mapping: ColumnMapping) -> str:
        """How signs are meant: minuses and no plus say that what has none came in, whatever the bank did in other years."""
        if mapping.signs == "unsigned_out" and self.minuses and not self.pluses:
            return "signed"
        return mapping.signs


def is_operation(reader: RowReader, row: Row) -> bool:
    """Whether a row below the header is an operation, readable or not, and not blank, a total or a remark."""
    cells, said = row
    days = said.get("date", "") + said.get("started", "")
    if reader.is_nobody_s(row) and _states_balance(said.get("purpose", "")):
        return False
    if days[:1].isdigit():
        return not reader.is_header(row)
    if not any(cells) or reader.is_header(row):
        return False
    if reader.is_empty(row):
        return not (is_total(cells) or sum(map(bool, cells)) == 1) and any(map(looks_like_sum, cells))
    return any(character.isdigit() for character in days) or not is_total(cells)


def _states_balance(purpose: str) -> bool:
    """Whether a row is what a bank says of its balance or turnover between operations."""
    return len(purpose) < _LONGEST_LABEL and _ON_BALANCE.search(purpose) is not None and label_of(purpose) in _BALANCES


def currency_named(header: Sequence[str], mapping: ColumnMapping) -> str:
    """The currency that the names of the columns of money end with, as in ``Amount (EUR)``; empty where none does, or two differ."""
    places = [place for role in ("amount", "debit", "credit") for place in mapping.columns.get(role, ())]
    ends = (_NAMED_CURRENCY.search(header[place]) for place in places if place < len(header))
    named = {read_currency(end[1]) or "" for end in ends if end} & KNOWN_CURRENCIES
    return named.pop() if len(named) == 1 else ""


def survey(rows: Iterable[tuple[int, list[str]]], header: Sequence[str], mapping: ColumnMapping) -> Survey:
    """Walk over ``rows``, those below the header."""
    found = Survey(currency=currency_named(header, mapping))
    reader = RowReader(header, mapping)
    days, sums = ([role for role in roles if mapping.columns.get(role)] for roles in (_DAYS, _SUMS))
    for number, cells in rows:
        row = reader.row(cells)
        if not is_operation(reader, row):
            found.around.add(cells)
            if found.others is not None:
                found.others.add(number)
                found.others = found.others if len(found.others) < _MOST_OTHERS else None
            continue
        found.operations += 1
        if found.rounded is None and (lost := reader.rounded_account(row)):
            found.rounded = (number, *lost)
        for side in reader.sides(row):
            key = reader.key(side)
            found.keys[key] = found.keys.get(key, 0) + 1
        if len(found.keys) > _MAX_KEYS:
            raise StatementRefusedError("too_large", _("The file is of too many accounts"))
        for role in days:
            if order := order_shown(row.said[role]):
                found.orders.add(order)
        for role in sums:
            if text := row.said[role]:
                _look_at_sum(found, role, text)
    return found


def _look_at_sum(found: Survey, role: str, text: str) -> None:
    marked = _CENTS.fullmatch(text)
    if marked is None:
        text = clean_sum(text)
        marked = _MARKED.fullmatch(text)
    if marked:
        found.marks.add(marked[1])
    if role == "amount":
        found.pluses = found.pluses or text[:1] == "+"
        found.minuses = found.minuses or text[:1] == "-"
