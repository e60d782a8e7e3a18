"""What is told of closing a period: frozen data."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gap:
    """Days of a bank account of ours that no statement covers, both included."""

    account: str
    since: datetime.date
    until: datetime.date

    @property
    def days(self) -> int:
        """How many."""
        return (self.until - self.since).days + 1


@dataclass(frozen=True, slots=True)
class Obstacles:
    """What is unfinished up to a day. Counts: ``unsorted`` and ``proposed`` bank lines, ``drafts`` of invoices, acts and waybills dated
    then, ``held`` statements; ``gaps``: days without a bank statement."""

    through: datetime.date
    unsorted: int
    proposed: int
    drafts: int
    held: int
    gaps: Sequence[Gap]

    def __bool__(self) -> bool:
        return bool(self.unsorted or self.proposed or self.drafts or self.held or self.gaps)


@dataclass(frozen=True, slots=True)
class Closing:
    """An act of closing or opening. ``through``: what was closed after it, None: nothing; ``before``: what was closed before it."""

    through: datetime.date | None
    before: datetime.date | None
    at: datetime.datetime
    reason: str
    who: str

    @property
    def opened(self) -> bool:
        """Whether days were opened again by it."""
        return self.before is not None and (self.through is None or self.through < self.before)
