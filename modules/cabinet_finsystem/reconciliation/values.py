"""What an act of reconciliation is made of: frozen data, amounts in minor units as our books have them: debit, the client owes."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

NO_CONTRACT = 0
"""In place of a contract's id: what stands under no contract."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose money is reconciled. ``legal_entity_id`` None: with all companies of ours; ``contract_id`` None: under all contracts."""

    client_id: int
    currency: str
    legal_entity_id: int | None = None
    contract_id: int | None = None

    @property
    def narrowed(self) -> bool:
        """Whether it is a part of the personal account."""
        return self.legal_entity_id is not None or self.contract_id is not None


@dataclass(frozen=True, slots=True)
class Line:
    """A movement. ``minor``: debit positive, credit negative, never zero. ``key``: names it for good, whatever else is booked.

    ``kind``: invoice, correction (``text``: the number of its invoice), act, waybill, upd, payment, refund, opening, write_off, moved
    (money of another contract put onto an invoice of this one, or away) or other; ``reversal``: it takes one of these back.
    ``paper``: how the document calls itself (bank, cash or empty), with its ``number`` and ``day``.
    """

    key: str
    date: datetime.date
    minor: int
    kind: str
    reversal: bool
    paper: str
    number: str
    day: datetime.date | None
    text: str
    recorded_at: datetime.datetime

    @property
    def debit(self) -> int:
        """What it adds to the debt."""
        return max(self.minor, 0)

    @property
    def credit(self) -> int:
        """What it takes from the debt."""
        return max(-self.minor, 0)


@dataclass(frozen=True, slots=True)
class Reckoning:
    """A period of one scope. ``opening`` + ``debit`` − ``credit`` = ``closing``, which is the opening of the next day's."""

    scope: Scope
    since: datetime.date
    until: datetime.date
    opening: int
    lines: Sequence[Line]

    @property
    def debit(self) -> int:
        """Turnover that adds to the debt."""
        return sum(line.debit for line in self.lines)

    @property
    def credit(self) -> int:
        """Turnover that takes from it."""
        return sum(line.credit for line in self.lines)

    @property
    def closing(self) -> int:
        """What the client owes at the end of ``until``; negative: we owe him."""
        return self.opening + self.debit - self.credit


@dataclass(frozen=True, slots=True)
class Changes:
    """What the books say otherwise than an act: ``added`` lines that it lacks, dated in its period or before, and how its figures moved."""

    added: Sequence[Line]
    opening: int
    closing: int

    def __bool__(self) -> bool:
        return bool(self.added or self.opening or self.closing)


@dataclass(frozen=True, slots=True)
class Missing:
    """What a client says that an act lacks. ``minor``: debit positive as our books would have it, or None where he gave no sum."""

    date: datetime.date | None
    minor: int | None
