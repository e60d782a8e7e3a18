"""Where money lies: frozen data, amounts in minor units of the account's currency."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tie:
    """What the bank says of an account, beside the books. ``through``: the last day that any statement of it speaks of.

    ``on``: the last day at whose end a statement states the balance, which is ``stated``; ``books``: what the books have that day.
    ``since``: where the two differ, the first day known from which they do.
    """

    through: datetime.date
    on: datetime.date | None
    stated: int
    books: int
    since: datetime.date | None = None

    @property
    def gap(self) -> int:
        """How much more the bank has than the books."""
        return self.stated - self.books if self.on is not None else 0


@dataclass(frozen=True, slots=True)
class AccountMoney:
    """An account over a period. ``came`` and ``went`` (positive both) are without ``moved``: what came from other accounts of ours, less
    what went there. What was booked and taken back is in neither. ``opening`` holds what it had when the books began.

    ``kind``: bank, cash or clearing; ``name`` is empty for what is on its way between our accounts. ``tie``: None where no statement is
    known.
    """

    kind: str
    name: str
    detail: str
    entity: str
    currency: str
    closing: int
    came: int
    went: int
    moved: int
    tie: Tie | None

    @property
    def opening(self) -> int:
        """Before the first day, or when the books began."""
        return self.closing - self.came + self.went - self.moved

    @classmethod
    def sum(cls, currency: str, accounts: Iterable[AccountMoney]) -> AccountMoney:
        """All of them together."""
        closing = came = went = moved = 0
        for one in accounts:
            closing, came, went, moved = closing + one.closing, came + one.came, went + one.went, moved + one.moved
        return cls("", "", "", "", currency, closing, came, went, moved, None)
