"""The header of a table: found among its first rows; and what its columns most likely are, for a person to confirm."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cabinet_finsystem.statements.tables.cells import account_number, looks_like_day, looks_like_sum, plain
from cabinet_finsystem.statements.tables.mapping import ColumnMapping, fold
from cabinet_finsystem.statements.tables.words import COLUMNS, DIRECTIONS, STATUSES
from cabinet_finsystem.statements.values import read_currency

HEADER_WITHIN = 60
"""Rows among which the header is looked for."""
Rows = Sequence[tuple[int, list[str]]]


def find_header(rows: Rows) -> int | None:
    """Which of ``rows`` names the columns of a statement: a date and a sum at the least; of several the one that names most."""
    best, score = None, 0
    for index, (_number, cells) in enumerate(rows[:HEADER_WITHIN]):
        names = [fold(cell) for cell in cells]
        if len(names) < 2 or not _names_money(names):
            continue
        known = sum(any(name in words for words in COLUMNS.values()) for name in names if name)
        if known > score:
            best, score = index, known
    return best


def widest(rows: Rows) -> int | None:
    """The first of ``rows`` that has most cells, for a table whose header says nothing to us; None where there is no table."""
    sized = [(len(cells), index) for index, (_number, cells) in enumerate(rows[:HEADER_WITHIN]) if len(cells) > 1]
    return min(sized, key=lambda pair: (-pair[0], pair[1]))[1] if sized else None


def _names_money(names: Sequence[str]) -> bool:
    def has(role: str) -> bool:
        return any(name in COLUMNS[role] for name in names)

    return has("date") and (has("amount") or (has("debit") and has("credit")))


def propose(header: Sequence[str], rows: Rows) -> ColumnMapping:
    """What the columns below ``header`` most likely are, by their names and by what stands in ``rows`` (those after the header)."""
    names = [fold(name) for name in header]
    columns: dict[str, tuple[int, ...]] = {}
    taken: set[int] = set()
    for role, words in COLUMNS.items():
        for place in sorted(_named(names, words), key=lambda place: words.index(names[place])):
            if place not in taken and _fits(role, place, rows):
                columns[role] = (place,)
                taken.add(place)
                break
    if {"debit", "credit"} <= columns.keys():
        columns.pop("amount", None)
    else:
        columns.pop("debit", None)
        columns.pop("credit", None)
    return ColumnMapping(
        columns,
        signs=_signs(columns, rows),
        statuses={word: STATUSES[word] for word in words_of(columns.get("status", ()), rows) if word in STATUSES},
        directions={
            word: DIRECTIONS[word] for word in words_of(columns.get("direction", ()), rows) if word in DIRECTIONS
        },
    )


def words_of(places: Sequence[int], rows: Rows) -> list[str]:
    """The folded words in the columns at ``places``, each once, in their order."""
    return list(dict.fromkeys(word for cell in cells_of(places, rows) if (word := fold(cell))))


def cells_of(places: Sequence[int], rows: Rows) -> list[str]:
    """What stands in the columns at ``places``, row by row; empty cells are left out."""
    return [cells[place] for _number, cells in rows for place in places if place < len(cells) and cells[place]]


def _named(names: Sequence[str], words: Sequence[str]) -> list[int]:
    return [place for place, name in enumerate(names) if name in words]


def _signs(columns: dict[str, tuple[int, ...]], rows: Rows) -> str:
    """Where some sums have a plus and none a minus, those without are money out."""
    if "amount" not in columns or "direction" in columns:
        return "signed"
    sums = [plain(cell) for cell in cells_of(columns["amount"], rows)]
    return "unsigned_out" if any("+" in one for one in sums) and not any("-" in one for one in sums) else "signed"


def _mostly(test: Callable[[str], bool]) -> Callable[[list[str]], bool]:
    return lambda cells: sum(map(test, cells)) * 2 >= len(cells)


def _is_direction(cells: list[str]) -> bool:
    return all(fold(cell) in DIRECTIONS for cell in cells)


def _is_one_account(cells: list[str]) -> bool:
    """An own account stands in every row, and it is the same: a counterparty's differ."""
    numbers = {account_number(cell) for cell in cells}
    return len(numbers) == 1 and "" not in numbers


_FITTING: dict[str, Callable[[list[str]], bool]] = {
    **dict.fromkeys(("date", "value_date", "doc_date"), _mostly(looks_like_day)),
    **dict.fromkeys(("amount", "debit", "credit", "balance"), _mostly(looks_like_sum)),
    "currency": _mostly(lambda cell: read_currency(cell) is not None),
    "direction": _is_direction,
    "own_account": _is_one_account,
}


def _fits(role: str, place: int, rows: Rows) -> bool:
    """Whether what stands below a name is what the name says; an empty column is believed."""
    cells = cells_of((place,), rows)
    test = _FITTING.get(role)
    if role in ("direction", "own_account") and not cells:
        return False
    return test is None or not cells or test(cells)
