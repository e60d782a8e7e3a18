"""The column of balances: the only thing in most tables that proves their sums and signs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(slots=True)
class RunningBalance:
    """Follows the balances of one account down its rows, not knowing yet whether the oldest or the newest stand first."""

    count: int = 0
    upwards: int = 0
    """Rows whose balance follows from the row above: the oldest come first."""
    downwards: int = 0
    _first: tuple[int, int] = (0, 0)
    _last: tuple[int, int] = (0, 0)
    _days: tuple[date | None, date | None] = (None, None)

    def add(self, amount: int, balance: int, day: date | None) -> None:
        """One booked row and the balance beside it."""
        if self.count:
            above_balance, above_amount = self._last
            self.upwards += balance == above_balance + amount
            self.downwards += above_balance == balance + above_amount
        else:
            self._first, self._days = (balance, amount), (day, None)
        self._last = (balance, amount)
        self._days = (self._days[0], day)
        self.count += 1

    def ends(self) -> tuple[int, int] | None:
        """(opening, closing) by the way most rows follow; None with fewer than two rows, of which nothing can be proven."""
        if self.count < 2:
            return None
        newest_first = self.downwards > self.upwards
        if self.downwards == self.upwards:
            begin, end = self._days
            newest_first = begin is not None and end is not None and begin > end
        oldest, newest = (self._last, self._first) if newest_first else (self._first, self._last)
        return oldest[0] - oldest[1], newest[0]
