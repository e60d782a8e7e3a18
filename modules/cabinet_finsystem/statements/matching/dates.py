"""Dates as payers write them: ``03.02.2026``, ``17,01,2025``, ``3/2/26``, ``2026-02-03``, ``7 октября 2025``, ``Feb 3, 2026``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from .words import word_of

#: A piece of the text: what it says, where it starts, where it ends.
Token = tuple[str, int, int]

_OLDEST, _NEWEST = 1990, 2099
_SEPARATORS = frozenset(".,/-")


@dataclass(frozen=True, slots=True)
class ReadDate:
    """A date read from the tokens ``[.., stop)``. ``year`` is 0 where the text names none.

    ``sure`` is false for what may as well be a list or a number: ``15,17,19``, ``12-01-26``.
    """

    day: int
    month: int
    year: int
    stop: int
    sure: bool = True

    def says(self, other: date) -> bool:
        """Whether ``other`` is the date that was written."""
        return self.year in (0, other.year) and (self.day, self.month) == (other.day, other.month)

    def may_say(self, other: date) -> bool:
        """Whether ``other`` is the date that was written with the month first: not an agreement, not a contradiction."""
        return self.year in (0, other.year) and (self.day, self.month) == (other.month, other.day)


def read_date(tokens: Sequence[Token], i: int) -> ReadDate | None:
    """The date that starts at token ``i``, a number or a month's English name; None where there is none."""
    text = tokens[i][0]
    if not "0" <= text[0] <= "9":
        return _english(tokens, i)
    return _in_words(tokens, i) or _in_figures(tokens, i)


def read_bare_date(tokens: Sequence[Token], i: int) -> ReadDate | None:
    """A date that only the word "от" before it can prove: ``03 02 2026``, ``03022026``, ``03.02``."""
    day = tokens[i][0]
    if len(day) == 8:
        return _checked(day[:2], day[2:4], day[4:], i + 1)
    if i + 2 < len(tokens) and _numeric(tokens, i + 1) and _numeric(tokens, i + 2):
        return _checked(day, tokens[i + 1][0], tokens[i + 2][0], i + 3)
    if i + 2 < len(tokens) and tokens[i + 1][0] in ".," and _numeric(tokens, i + 2) and len(tokens[i + 2][0]) == 2:
        return _checked(day, tokens[i + 2][0], "", i + 3)
    return None


def _in_figures(tokens: Sequence[Token], i: int) -> ReadDate | None:
    if i + 4 >= len(tokens):
        return None
    first, separator, second, again, third = (token[0] for token in tokens[i : i + 5])
    if separator not in _SEPARATORS or again not in _SEPARATORS or len(first) > 4:
        return None
    if not (_numeric(tokens, i + 2) and _numeric(tokens, i + 4)):
        return None
    glued = all(tokens[k][2] == tokens[k + 1][1] for k in range(i, i + 4))
    if not glued and (separator not in ".," or tokens[i + 4][2] - tokens[i][1] > 14):
        return None
    if len(first) == 4:
        return _checked(third, second, first, i + 5, sure=separator != "/")
    stop = i + 5
    if len(third) < 4 and separator == again == "." and (rest := _rest_of_year(tokens, stop)):
        third, stop = third + rest, stop + 1
    sure = len(third) == 4 or (separator == again == ".")
    return _checked(first, second, third, stop, sure=sure)


def _rest_of_year(tokens: Sequence[Token], i: int) -> str:
    """The digits at ``i`` where a line of the bank broke off inside a year of this century: "03.02.20 26", "03.02.2 026"."""
    if i >= len(tokens) or not _numeric(tokens, i) or tokens[i][1] == tokens[i - 1][2]:
        return ""
    begun, rest = tokens[i - 1][0], tokens[i][0]
    ends = i + 1 == len(tokens) or tokens[i][2] < tokens[i + 1][1] or not tokens[i + 1][0][0].isdecimal()
    return rest if ends and len(begun + rest) == 4 and (begun + rest).startswith("20") else ""


def _in_words(tokens: Sequence[Token], i: int) -> ReadDate | None:
    day = tokens[i][0]
    at = _skip_quotes(tokens, i + 1)
    if len(day) > 2 or at >= len(tokens):
        return None
    word = word_of(tokens[at][0])
    if not word.month:
        return None
    year_at = _skip_quotes(tokens, at + 1)
    if year_at < len(tokens) and tokens[year_at][0] in ".,":
        year_at += 1
    if year_at < len(tokens) and _numeric(tokens, year_at) and len(tokens[year_at][0]) in (2, 4):
        found = _checked(day, str(word.month), tokens[year_at][0], year_at + 1, sure=word.genitive)
        if found is not None and (found.year or len(tokens[year_at][0]) == 4):
            return found
    return _checked(day, str(word.month), "", at + 1, sure=word.genitive)


def _english(tokens: Sequence[Token], i: int) -> ReadDate | None:
    month = word_of(tokens[i][0]).month
    if not month or i + 2 >= len(tokens) or not _numeric(tokens, i + 1) or len(tokens[i + 1][0]) > 2:
        return None
    year_at = i + 3 if tokens[i + 2][0] == "," and i + 3 < len(tokens) else i + 2
    if not _numeric(tokens, year_at) or len(tokens[year_at][0]) != 4:
        return None
    return _checked(tokens[i + 1][0], str(month), tokens[year_at][0], year_at + 1)


def _skip_quotes(tokens: Sequence[Token], i: int) -> int:
    return i + 1 if i < len(tokens) and tokens[i][0] == '"' else i


def _numeric(tokens: Sequence[Token], i: int) -> bool:
    return "0" <= tokens[i][0][0] <= "9"


def _checked(day: str, month: str, year: str, stop: int, *, sure: bool = True) -> ReadDate | None:
    """The date if the calendar knows it (day and month in either order), else None. Two-digit years are of this century."""
    if len(day) > 2 or len(month) > 2 or len(year) not in (0, 2, 4):
        return None
    full_year = int(year) + 2000 if len(year) == 2 else int(year or 0)
    if full_year and not _OLDEST <= full_year <= _NEWEST:
        return None
    days, months = int(day), int(month)
    if not (_exists(full_year, months, days) or _exists(full_year, days, months)):
        return None
    return ReadDate(days, months, full_year, stop, sure)


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year or 2024, month, day)
    except ValueError:
        return False
    return True
