"""Revenue as callers see it: frozen data. Amounts are minor units, shares tenths of a per cent."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from cabinet_finsystem.reports.periods import Period
from cabinet_finsystem.reports.values import Change

CLIENT, MANAGER, ITEM = "client", "manager", "item"
GROUPS = (CLIENT, MANAGER, ITEM)


@dataclass(frozen=True, slots=True)
class RevenueRow:
    """Somebody or something. ``public_id``: of the client or the manager; None where it is nobody's. ``key``: of an item, in URLs.

    ``minors``: by column; ``before``: what the total is compared with, or None; ``share``: of all income, None where there is none.
    """

    key: str
    public_id: uuid.UUID | None
    name: str
    minors: tuple[int, ...]
    before: int | None
    share: int | None = None

    @property
    def total(self) -> int:
        """Over all columns."""
        return sum(self.minors)

    @property
    def change(self) -> Change | None:
        """Against what it is compared with."""
        return None if self.before is None else Change.of(self.total, self.before, "more")


@dataclass(frozen=True, slots=True)
class RevenuePage:
    """A page of rows. ``found``: the sum of all that the search leaves; ``income``: of everything, that of the P&L. ``more``: cursor."""

    currency: str
    columns: tuple[Period, ...]
    total_compared: Period | None
    rows: Sequence[RevenueRow]
    count: int
    more: str
    found: RevenueRow
    income: RevenueRow


@dataclass(frozen=True, slots=True)
class ItemRow:
    """What an item brought by one invoice."""

    public_id: uuid.UUID
    number: str
    client: str
    minor: int


@dataclass(frozen=True, slots=True)
class ItemRows:
    """The largest first; ``minor`` and ``count`` are of all."""

    name: str
    minor: int
    count: int
    rows: Sequence[ItemRow]

    @property
    def rest(self) -> int:
        """What the invoices that are not shown brought."""
        return self.minor - sum(row.minor for row in self.rows)
