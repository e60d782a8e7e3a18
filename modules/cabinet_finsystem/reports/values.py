"""Reports as callers see them: frozen data. Amounts are minor units of the report's one currency, shares tenths of a per cent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal
from uuid import UUID

from cabinet_finsystem.reports.periods import Period
from cabinet_finsystem.reports.shares import percent_change

Basis = Literal["cash", "accrual"]
Compare = Literal["previous", "year", "none"]
Wanted = Literal["more", "less", "nothing"]
Show = Literal["sum", "share", "change"]
BASES: tuple[Basis, ...] = ("cash", "accrual")
COMPARISONS: tuple[Compare, ...] = ("previous", "year", "none")
SHOWS: tuple[Show, ...] = ("sum", "share", "change")
"""What a cell of a column shows: its amount, its share of the income, its change in per cent."""


@dataclass(frozen=True, slots=True)
class PnlQuery:
    """What to report. ``by``: unit of the columns; ``currency`` None: that of the legal entity, or of the default one.

    Ids of legal entity, client, contract and manager (a user) narrow the report to what was posted with them.
    """

    since: date
    until: date
    by: str = "none"
    basis: Basis = "cash"
    compare: Compare = "previous"
    currency: str | None = None
    legal_entity_id: int | None = None
    client_id: int | None = None
    contract_id: int | None = None
    manager_id: int | None = None

    @property
    def period(self) -> Period:
        """From the first to the last day."""
        return Period(self.since, self.until)

    def over(self, period: Period) -> PnlQuery:
        """The same question about another period."""
        return replace(self, since=period.since, until=period.until)


@dataclass(frozen=True, slots=True)
class Change:
    """From ``before`` to ``now``. ``sense``: good, bad or empty, whatever the direction: a cost that grew is bad."""

    minor: int
    tenths: int | None
    way: Literal["up", "down", "flat"]
    sense: Literal["good", "bad", ""]

    @classmethod
    def of(cls, now: int, before: int, wanted: Wanted) -> Change:
        """The change, judged by what is wanted."""
        grown = now - before
        if not grown:
            return cls(0, 0 if before else None, "flat", "")
        sense: Literal["good", "bad", ""] = ""
        if wanted == "nothing" and abs(now) != abs(before):
            sense = "good" if abs(now) < abs(before) else "bad"
        elif wanted != "nothing":
            sense = "good" if (grown > 0) == (wanted == "more") else "bad"
        return cls(grown, percent_change(now, before), "up" if grown > 0 else "down", sense)


@dataclass(frozen=True, slots=True)
class PnlCell:
    """A figure. ``share``: of the column's income, None where there was none; ``before``: what it is compared with, or None.

    ``wanted``: more (income), less (costs), or nothing at all (unsorted, whichever way the money went).
    """

    minor: int
    share: int | None
    before: int | None
    wanted: Wanted

    @property
    def change(self) -> Change | None:
        """Against the figure it is compared with."""
        return None if self.before is None else Change.of(self.minor, self.before, self.wanted)


@dataclass(frozen=True, slots=True)
class PnlRow:
    """A line. ``key`` names it in URLs; ``kind``: income, expense, subtotal or unsorted; ``code``: of a section or a subtotal.

    Costs are positive numbers, and so is unsorted money that went out; a subtotal is what remains. ``group``: other rows stand below
    it and are in its figures. ``own``: what was posted to the group itself and to none of those below.
    """

    key: str
    name: str
    path: tuple[str, ...]
    kind: str
    depth: int
    cells: Sequence[PnlCell]
    total: PnlCell
    code: str | None = None
    group: bool = False
    own: bool = False
    inside: tuple[str, ...] = ()
    """Keys of the groups it stands in, from the root."""


@dataclass(frozen=True, slots=True)
class Pnl:
    """The report. ``compared``: what each column is compared with, and ``total_compared`` the whole, or empty and None."""

    query: PnlQuery
    currency: str
    columns: tuple[Period, ...]
    compared: tuple[Period, ...]
    total_compared: Period | None
    rows: tuple[PnlRow, ...]

    def row(self, key: str) -> PnlRow | None:
        """The row with a ``key`` or a ``code``."""
        return next((row for row in self.rows if key in (row.key, row.code)), None)

    def section(self, code: str) -> PnlRow:
        """The row of a section or a subtotal, which is always there."""
        return next(row for row in self.rows if row.code == code)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it at all."""
        return not any(cell.minor for row in self.rows for cell in row.cells)

    @property
    def result(self) -> list[int]:
        """Net profit of each column."""
        return [cell.minor for cell in self.section("net").cells]


@dataclass(frozen=True, slots=True)
class Fact:
    """A row of a cell, in the sense of its line: what was spent under costs is positive. ``client_id`` None: nobody's deal.

    ``counterparty``: the client's name, else that of the bank line; ``text``: what the books say of it. ``document``: kind and public id of
    what it comes from (act, invoice, payment or line), or None. ``invoice``: number of the invoice that was charged or paid.
    """

    key: int
    date: date
    minor: int
    article: str
    client_id: int | None
    counterparty: str
    text: str
    document: tuple[str, UUID] | None
    invoice: str | None


@dataclass(frozen=True, slots=True)
class Counterparty:
    """With whom how much of a cell was. ``name`` empty: with nobody in particular."""

    name: str
    minor: int


@dataclass(frozen=True, slots=True)
class OpenedCell:
    """A cell with a page of its rows. ``minor``, ``count``: of all rows; ``more``: cursor of the next page, or empty.

    ``counterparties``: the largest; how many ``others`` there are, and the ``rest`` that is theirs.
    """

    minor: int
    count: int
    rows: Sequence[Fact]
    more: str
    counterparties: Sequence[Counterparty]
    others: int
    rest: int


@dataclass(frozen=True, slots=True)
class Ages:
    """What clients owe by invoices in one currency, by days past the due date."""

    currency: str
    not_due: int
    to_30: int
    to_60: int
    to_90: int
    older: int

    @classmethod
    def sum(cls, currency: str, ages: Iterable[Ages]) -> Ages:
        """All of them together."""
        parts = [(one.not_due, one.to_30, one.to_60, one.to_90, one.older) for one in ages]
        return cls(currency, *map(sum, zip(*parts, strict=True))) if parts else cls(currency, 0, 0, 0, 0, 0)

    @property
    def overdue(self) -> int:
        """What should have been paid by now."""
        return self.to_30 + self.to_60 + self.to_90 + self.older

    @property
    def total(self) -> int:
        """All that is owed."""
        return self.not_due + self.overdue


@dataclass(frozen=True, slots=True)
class OpenDebt:
    """Open invoices of one client that are due on one day. ``minor``: what of them is owed; ``asked``: all the money that they ask for,
    also for what no act has charged yet."""

    client_id: int
    public_id: UUID
    external_id: str
    name: str
    manager_id: int | None
    due: date
    minor: int
    asked: int


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """An invoice that waits for money, and how much."""

    public_id: UUID
    number: str
    due: date
    open: int


@dataclass(frozen=True, slots=True)
class ClientInvoices:
    """Open invoices of a client; ``minor`` and ``count`` are of all, ``rows`` of the first."""

    minor: int
    count: int
    rows: Sequence[OpenInvoice]

    @property
    def rest(self) -> int:
        """What is open on those that are not shown."""
        return self.minor - sum(row.open for row in self.rows)


@dataclass(frozen=True, slots=True)
class ClientAges:
    """What one client owes."""

    client_id: int
    public_id: UUID
    external_id: str
    name: str
    ages: Ages


@dataclass(frozen=True, slots=True)
class ManagerAges:
    """What the clients of one manager owe together; ``public_id`` None: of those who have none. ``clients``: how many owe."""

    public_id: UUID | None
    name: str
    clients: int
    ages: Ages


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """A client's balance in one currency; positive: we owe him."""

    client_id: int
    public_id: UUID
    external_id: str
    name: str
    currency: str
    minor: int


@dataclass(frozen=True, slots=True)
class BalanceTotal:
    """Balances of all clients in one currency: ``ours`` is what we owe (positive), ``theirs`` what they do (negative)."""

    currency: str
    ours: int
    theirs: int

    @property
    def minor(self) -> int:
        """Both together."""
        return self.ours + self.theirs
