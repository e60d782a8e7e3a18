"""The header of a table, found among its first rows: by names that we know or may understand, else by the money that begins below."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cabinet_finsystem.statements.tables.cells import looks_like_day, looks_like_sum
from cabinet_finsystem.statements.tables.mapping import fold, header_key
from cabinet_finsystem.statements.tables.naming import likely
from cabinet_finsystem.statements.tables.words import COLUMNS

HEADER_WITHIN = 60
"""Rows among which the header is looked for."""
_LOOKED_BELOW = 6
_UNNAMED = "columns without names"
Rows = Sequence[tuple[int, list[str]]]


@dataclass(frozen=True, slots=True)
class Heading:
    """Where the columns are named. ``header``: their names, or their numbers where nobody named them; ``place``: of the row of names,
    or of the first operation; ``below``: of the first row under it; ``key``: what a mapping of such columns is kept by."""

    header: tuple[str, ...]
    place: int
    below: int
    key: str


def locate(rows: Rows) -> Heading | None:
    """The heading of the table in ``rows``: the row whose names we know, or may understand, or that stands above the money; where no
    row does, the columns have no names. None where there is no table."""
    place = find_header(rows)
    if place is None:
        place = _likely_header(rows)
    if place is None:
        first = first_money(rows)
        if first is None:
            place = widest(rows)
        elif _names(rows, first - 1, first):
            place = first - 1
        else:
            return _unnamed(rows, first)
    return None if place is None else named_by(rows, place)


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


def _likely_header(rows: Rows) -> int | None:
    """The row whose words may name a day and a sum, where such stand below them; of several the one that names most."""
    best, score = None, 0
    for index, (_number, cells) in enumerate(rows[:HEADER_WITHIN]):
        if sum(map(bool, cells)) < 2 or any(map(looks_like_day, cells)):
            continue
        found = [likely(cell) for cell in cells]
        days = [place for place, roles in enumerate(found) if roles.keys() & {"date", "value_date"}]
        sums = [place for place, roles in enumerate(found) if roles.keys() & {"amount", "debit", "credit"}]
        below = [cells for _number, cells in rows[index + 1 : index + 1 + _LOOKED_BELOW]]
        if not (_holds(days, below, looks_like_day) and _holds(sums, below, looks_like_sum)):
            continue
        known = sum(map(bool, found))
        if known > score:
            best, score = index, known
    return best


def _holds(places: Sequence[int], rows: Sequence[Sequence[str]], test: Callable[[str], bool]) -> bool:
    return any(place < len(cells) and cells[place] and test(cells[place]) for cells in rows for place in places)


def cell_at(cells: Sequence[str], place: int) -> str:
    """What stands at ``place``; nothing where the row is shorter."""
    return cells[place] if place < len(cells) else ""


def is_money(cells: Sequence[str]) -> bool:
    """Whether a row may be an operation, going by what stands in it: a day, and a sum beside it."""
    return any(map(looks_like_day, cells)) and any(looks_like_sum(cell) and not looks_like_day(cell) for cell in cells)


def first_money(rows: Rows) -> int | None:
    """The first of ``rows`` that may be an operation, with its day in the column where most have theirs."""
    days = [
        (index, next(place for place, cell in enumerate(cells) if looks_like_day(cell)))
        for index, (_number, cells) in enumerate(rows[:HEADER_WITHIN])
        if is_money(cells)
    ]
    if not days:
        return None
    usual = Counter(place for _index, place in days).most_common(1)[0][0]
    return next(index for index, place in days if place == usual)


def _names(rows: Rows, place: int, first: int) -> bool:
    """Whether the row at ``place`` may name the columns of that at ``first``: words, in at least half as many cells."""
    if place < 0:
        return False
    above, below = ([cell for cell in rows[index][1] if cell] for index in (place, first))
    if len(above) < 2 or len(above) * 2 < len(below):
        return False
    return not any(looks_like_day(cell) or looks_like_sum(cell) for cell in above)


def named_by(rows: Rows, place: int) -> Heading:
    """The heading whose names stand in the row at ``place``, and in the one under it where that says what a name stands over."""
    header, below = tuple(rows[place][1]), place + 1
    if below < len(rows) and _is_second_line(header, rows[below][1], rows[below + 1 :]):
        header, below = _over_and_under(header, rows[below][1]), below + 1
    widths = Counter(len(cells) for _number, cells in rows[below:] if is_money(cells))
    width, times = widths.most_common(1)[0] if widths else (0, 0)
    if times > 1 and width > len(header):  # its last columns have no names, and a blank at the end of a row is not told
        header += ("",) * (width - len(header))
    return Heading(header, place, below, header_key(header))


def _is_second_line(header: Sequence[str], cells: Sequence[str], rows: Rows) -> bool:
    """Whether ``cells`` are names under those of ``header``: words only, at least one of them under no name, and money follows."""
    filled = [place for place, cell in enumerate(cells) if cell]
    if not filled or any(looks_like_day(cells[place]) or looks_like_sum(cells[place]) for place in filled):
        return False
    if all(place < len(header) and header[place] for place in filled) or not any(header[: filled[0] + 1]):
        return False
    return any(is_money(cells) for _number, cells in rows[:_LOOKED_BELOW])


def _over_and_under(header: Sequence[str], cells: Sequence[str]) -> tuple[str, ...]:
    """One name of two: a name stands over all that is under it and to its right, up to the next."""
    names = []
    over = ""
    for place in range(max(len(header), len(cells))):
        over = cell_at(header, place) or over
        under = cell_at(cells, place)
        names.append(f"{over} {under}".strip() if under else cell_at(header, place))
    return tuple(names)


def _unnamed(rows: Rows, first: int) -> Heading:
    """A table without names is told from others by how many columns it has, and which hold days and sums."""
    below = [cells for _number, cells in rows[first:]]
    width = max(map(len, below))
    columns = [[cells[place] for cells in below if place < len(cells) and cells[place]] for place in range(width)]
    kinds = (
        "d" if _all(column, looks_like_day) else "s" if _all(column, looks_like_sum) else "-" for column in columns
    )
    return Heading(tuple(str(n) for n in range(1, width + 1)), first, first, header_key([_UNNAMED, *kinds]))


def _all(cells: Sequence[str], test: Callable[[str], bool]) -> bool:
    return bool(cells) and all(map(test, cells))


def widest(rows: Rows) -> int | None:
    """The first of ``rows`` that has most cells, for a table whose header says nothing to us; None where there is no table."""
    sized = [(len(cells), index) for index, (_number, cells) in enumerate(rows[:HEADER_WITHIN]) if len(cells) > 1]
    return min(sized, key=lambda pair: (-pair[0], pair[1]))[1] if sized else None


def _names_money(names: Sequence[str]) -> bool:
    def has(role: str) -> bool:
        return any(name in COLUMNS[role] for name in names)

    return has("date") and (has("amount") or (has("debit") and has("credit")))
