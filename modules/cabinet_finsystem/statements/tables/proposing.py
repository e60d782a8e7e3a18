"""What the columns of a table most likely are, for a person to confirm."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from cabinet_finsystem.statements.tables.cells import account_number, looks_like_day, looks_like_sum, plain
from cabinet_finsystem.statements.tables.heading import Rows, cell_at
from cabinet_finsystem.statements.tables.mapping import ColumnMapping, fold
from cabinet_finsystem.statements.tables.naming import likely
from cabinet_finsystem.statements.tables.proof import money_columns
from cabinet_finsystem.statements.tables.words import COLUMNS, DIRECTIONS, STATUSES
from cabinet_finsystem.statements.values import read_currency

_PURPOSES = 3
_OUTRIGHT = 80
_SURE_OF_SIDE = 84
_OF_BOTH_SIDES = ("name", "inn", "account", "bic")
_WORDY = 6
_MOST_DIGITS = 14
_LEAST_DIGITS = 5
_DIGIT = re.compile(r"\d")
_NUMBERED = re.compile(r"\W*\d*$")
_IDENTIFIER = re.compile(r"[^\s]*\d[^\s]*|[\d ]+|[A-Za-zА-Яа-я]{1,3}[- ]?\d+")
_TAX_NUMBER = re.compile(r"\d{5,14}|0|-")
_BIC = re.compile(r"\d{3,9}|[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")


def propose(header: Sequence[str], rows: Rows) -> ColumnMapping:
    """What the columns below ``header`` most likely are: by names we know, then by words in them, then by what stands in ``rows``
    (those after the header)."""
    rows = [(number, cells) for number, cells in rows if tuple(cells) != tuple(header)]
    columns = _by_known_names(header, rows)
    _by_likely_names(columns, header, rows)
    _by_content(columns, header, rows)
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


_Columns = dict[str, tuple[int, ...]]


def _taken(columns: _Columns) -> set[int]:
    return {place for places in columns.values() for place in places}


def _by_known_names(header: Sequence[str], rows: Rows) -> _Columns:
    names = [fold(name) for name in header]
    columns: _Columns = {}
    taken: set[int] = set()
    for role, words in COLUMNS.items():
        places = sorted(_named(names, words), key=lambda place: words.index(names[place]))
        if places and role in _OF_BOTH_SIDES:  # a bare name may be our own, where another says whose it is
            places = [place for place, name in enumerate(header) if likely(name).get(role, 0) >= _SURE_OF_SIDE] + places
        for place in places:
            if place not in taken and _fits(role, place, rows):
                columns[role] = (place,)
                taken.add(place)
                break
    return columns


def _by_likely_names(columns: _Columns, header: Sequence[str], rows: Rows) -> None:
    """The surest first; what is said in several columns is the purpose in all of them."""
    taken = _taken(columns)
    said = sorted(
        (-weight, place, role)
        for place, name in enumerate(header)
        for role, weight in likely(name).items()
        if place not in taken
    )
    for _weight, place, role in said:
        several = role == "purpose" and _goes_on(columns.get(role, ()), place, header, -_weight)
        if place in taken or (role in columns and not several) or not _holds_what(role, place, rows):
            continue
        if role == "amount" and {"debit", "credit"} <= columns.keys():
            continue
        columns[role] = (*columns.get(role, ()), place)
        taken.add(place)


def _goes_on(purposes: Sequence[int], place: int, header: Sequence[str], weight: int) -> bool:
    """Whether a column is more of the purpose that ``purposes`` are: it is called so outright, or the same but for a number."""
    if not 0 < len(purposes) < _PURPOSES:
        return False
    name = _NUMBERED.sub("", fold(header[place]))
    return weight >= _OUTRIGHT or any(name.startswith(_NUMBERED.sub("", fold(header[one]))) for one in purposes)


def _by_content(columns: _Columns, header: Sequence[str], rows: Rows) -> None:
    """What no name told: days, money by the balance that follows, words of sides and states, and the longest words."""
    width = max([len(header), *(len(cells) for _number, cells in rows)], default=0)

    def first(fits: Callable[[int], bool]) -> tuple[int, ...]:
        return next(((place,) for place in _free(columns, width) if fits(place)), ())

    if "date" not in columns:
        columns["date"] = columns.pop("value_date", ()) or first(lambda place: _holds_what("date", place, rows))
    if "amount" not in columns and not {"debit", "credit"} <= columns.keys():
        _find_money(columns, rows, width)
    if "amount" in columns and "direction" not in columns:
        columns["direction"] = first(lambda place: _holds_sides(place, rows))
    if "status" not in columns:
        columns["status"] = first(lambda place: _holds_states(place, rows))
    if "purpose" not in columns:
        longest = max(_free(columns, width), key=lambda place: _length(place, rows), default=-1)
        if longest >= 0 and _length(longest, rows) >= _WORDY and _fits("purpose", longest, rows):
            columns["purpose"] = (longest,)
    _add_unnamed(columns, header, rows, width)
    for role in [role for role, places in columns.items() if not places]:
        del columns[role]


def _find_money(columns: _Columns, rows: Rows, width: int) -> None:
    for role in ("debit", "credit", "balance"):
        columns.pop(role, None)
    sums = [place for place in _free(columns, width) if _holds_what("amount", place, rows)]
    found = money_columns([(place, [cell_at(cells, place) for _number, cells in rows]) for place in sums])
    columns.update({role: (place,) for role, place in found.items()})


def _holds_sides(place: int, rows: Rows) -> bool:
    return len({DIRECTIONS.get(word) for word in words_of((place,), rows)}) == 2 and _fits("direction", place, rows)


def _holds_states(place: int, rows: Rows) -> bool:
    words = words_of((place,), rows)
    return bool(words) and all(word in STATUSES for word in words)


def _add_unnamed(columns: _Columns, header: Sequence[str], rows: Rows, width: int) -> None:
    """Columns without names that go on where the purpose stops."""
    while (places := columns.get("purpose", ())) and len(places) < _PURPOSES and any(header):
        following = places[-1] + 1
        free = following in _free(columns, width) and not cell_at(header, following)
        if not free or not _holds_what("purpose", following, rows):
            return
        columns["purpose"] = (*places, following)


def _free(columns: _Columns, width: int) -> list[int]:
    taken = _taken(columns)
    return [place for place in range(width) if place not in taken]


def _length(place: int, rows: Rows) -> float:
    cells = cells_of((place,), rows)
    return sum(map(len, cells)) / len(cells) if cells else 0


def _holds_what(role: str, place: int, rows: Rows) -> bool:
    """Whether what stands below says the same as the name: an empty column says nothing, and proves no name that is not known."""
    return bool(cells_of((place,), rows)) and _fits(role, place, rows)


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


def _is_money_sum(cell: str) -> bool:
    return looks_like_sum(cell) and not looks_like_day(cell) and len(_DIGIT.findall(cell)) <= _MOST_DIGITS


def _is_wording(cell: str) -> bool:
    return not (looks_like_day(cell) or looks_like_sum(cell) or account_number(cell))


def _is_purpose(cells: list[str]) -> bool:
    return _mostly(_is_wording)(cells) and not all(fold(cell) in DIRECTIONS or fold(cell) in STATUSES for cell in cells)


def _are_others(cells: list[str]) -> bool:
    """Accounts that differ, or of which there is but one: ours would be the same in every row."""
    return _mostly(lambda cell: len(_DIGIT.findall(cell)) >= _LEAST_DIGITS)(cells) and (
        len(cells) == 1 or len(set(cells)) > 1
    )


_FITTING: dict[str, Callable[[list[str]], bool]] = {
    **dict.fromkeys(("date", "value_date", "doc_date"), _mostly(looks_like_day)),
    **dict.fromkeys(("amount", "debit", "credit", "balance"), _mostly(_is_money_sum)),
    "name": _mostly(_is_wording),
    "purpose": _is_purpose,
    **dict.fromkeys(("doc_number", "bank_ref"), _mostly(lambda cell: _IDENTIFIER.fullmatch(plain(cell)) is not None)),
    **dict.fromkeys(
        ("payer_account", "payee_account"), _mostly(lambda cell: len(_DIGIT.findall(cell)) >= _LEAST_DIGITS)
    ),
    "inn": _mostly(lambda cell: _TAX_NUMBER.fullmatch(plain(cell)) is not None),
    "account": _are_others,
    "bic": _mostly(lambda cell: _BIC.fullmatch(plain(cell).upper()) is not None),
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
