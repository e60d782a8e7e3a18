"""Which columns hold the money, where their names do not tell: a balance that follows from row to row tells for certain."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, permutations

from cabinet_finsystem.statements.tables.cells import sum_minor

_MOST = 8
"""Columns of sums that are tried with each other."""
Sums = Sequence[int | None]


def money_columns(columns: Sequence[tuple[int, Sequence[str]]]) -> dict[str, int]:
    """Role → place among ``columns`` (place, cells of the rows in their order): ``amount``, or ``debit`` and ``credit``, and ``balance``.

    By a balance that follows; without one by what must be: the only column of sums, or two of which each row fills one.
    """
    sums = {
        place: [sum_minor(cell, "RUB", ",") if cell else None for cell in cells] for place, cells in columns[:_MOST]
    }
    proved = _proved(sums)
    if proved:
        return proved
    if len(sums) == 1:
        return {"amount": next(iter(sums))}
    if len(sums) == 2:
        first, second = sums
        pairs = list(zip(sums[first], sums[second], strict=True))
        if not any(one and two for one, two in pairs) and all(any(column) for column in sums.values()):
            turned = any((value or 0) < 0 for value in sums[second])
            return {"debit": second if turned else first, "credit": first if turned else second}
    return {}


def _proved(sums: dict[int, list[int | None]]) -> dict[str, int]:
    for amount, balance in permutations(sums, 2):
        if None not in sums[amount] and _follows(sums[balance], sums[amount]):
            return {"amount": amount, "balance": balance}
    for amount, balance in permutations(sums, 2):
        if None not in sums[amount] and _precedes(sums[balance], sums[amount]):
            return {"amount": amount}
    for debit, credit, balance in permutations(sums, 3):
        out, into = sums[debit], sums[credit]
        moved = [abs(one or 0) - abs(other or 0) for one, other in zip(into, out, strict=True)]
        if any(out) and any(into) and _follows(sums[balance], moved):
            return {"debit": debit, "credit": credit, "balance": balance}
    return {}


def _follows(balances: Sums, moved: Sums) -> bool:
    """Whether each balance is the one before it with what moved, the rows going on in time or back."""
    steps = _steps(balances)
    if not steps or not any(moved[two] for _one, two in steps):
        return False
    down = all(balances[two] - balances[one] == moved[two] for one, two in steps)  # type: ignore[operator]
    return down or all(balances[one] - balances[two] == moved[one] for one, two in steps)  # type: ignore[operator]


def _precedes(balances: Sums, moved: Sums) -> bool:
    """Whether each balance is that before the row's own movement, as some banks state it."""
    steps = _steps(balances)
    return bool(steps) and any(moved) and all(balances[two] - balances[one] == moved[one] for one, two in steps)  # type: ignore[operator]


def _steps(balances: Sums) -> list[tuple[int, int]]:
    """Neighbouring rows that both state a balance; none where few rows do."""
    told = [row for row, balance in enumerate(balances) if balance is not None]
    steps = [(one, two) for one, two in pairwise(told) if two == one + 1]
    return steps if len(steps) * 2 >= len(told) else []
