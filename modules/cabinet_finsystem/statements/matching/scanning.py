"""The pieces of a purpose and how they hang together: where a number starts and ends, and what is no number at all."""

from __future__ import annotations

import re

from .dates import Token
from .folding import fold
from .words import PAIR_HEADS, PAIRS, Role, Word, misprinted_rouble, word_of

_LEX = re.compile(r"[^\W\d_]+|[0-9]+|[^\s]")
_CONNECTORS = "-/_"
_LONGEST_NUMBER = 12  # runs of letters or digits in one document number
_LONGEST_LETTERS = 5  # in the middle or at the end of a number; a prefix may be twice as long
_LONGEST_SUM = 12  # digits
_THOUSAND, _MILLION = fold("тыс"), fold("млн")
_COUNTED = frozenset(map(fold, ("кв", "этап", "этапа", "этаж", "заказа", "заказов")))


class Scan:
    """The tokens of a folded text: words, runs of digits, single marks. Every question looks a bounded way ahead."""

    def __init__(self, folded: str) -> None:
        self.tokens: list[Token] = [(m.group(), m.start(), m.end()) for m in _LEX.finditer(folded)]
        self.count = len(self.tokens)

    def text(self, i: int) -> str:
        """Token ``i``, empty beyond the ends."""
        return self.tokens[i][0] if 0 <= i < self.count else ""

    def glued(self, i: int) -> bool:
        """Token ``i + 1`` exists and no space stands before it."""
        return i + 1 < self.count and self.tokens[i][2] == self.tokens[i + 1][1]

    def digit(self, i: int) -> bool:
        """Token ``i`` is a run of digits."""
        return 0 <= i < self.count and "0" <= self.tokens[i][0][0] <= "9"

    def spaced(self, i: int) -> bool:
        """A space stands before token ``i``."""
        return i > 0 and self.tokens[i - 1][2] < self.tokens[i][1]

    def letters(self, i: int) -> bool:
        """Token ``i`` is a word."""
        return 0 <= i < self.count and self.tokens[i][0][0].isalpha()

    def role(self, i: int) -> Role | None:
        """What the word at ``i`` does, None where there is no word."""
        return word_of(self.tokens[i][0]).role if self.letters(i) else None

    def thing(self, i: int) -> bool:
        """A word at ``i`` that may be what a number before it counts."""
        if not self.letters(i):
            return False
        word = word_of(self.tokens[i][0])
        return word.role is Role.PLAIN or (word.role is Role.ASIDE and word.signed)

    def sign(self, i: int) -> bool:
        """A number sign at ``i``: a mark, a word, or the "?" that a lossy encoding leaves of "№"."""
        text = self.text(i)
        lost = text == "?" and (self.glued(i) or not (i and self.glued(i - 1)))
        return lost or text in ("№", "#") or self.role(i) is Role.SIGN

    def connector(self, i: int) -> bool:
        """A dash, slash or underscore at ``i``, nothing but which may stand inside a number."""
        return self.text(i) in ("-", "/", "_")

    def pair(self, i: int) -> tuple[Word, int] | None:
        """An abbreviation in two parts at ``i`` ("п/п", "сч.-ф") and the token after it."""
        at = i + 1
        if self.text(at) == "." and self.glued(i) and self.text(at + 1) in ("-", "/"):
            at += 1
        if self.text(at) not in ("/", "-", ".") or not self.glued(at):
            return None
        word = PAIRS.get((self.text(i), self.text(at + 1)))
        return None if word is None else (word, at + 2)

    # -- numbers -----------------------------------------------------------------------------------------------------

    def prefix_stop(self, i: int, word: Word, *, known: bool) -> int:
        """Index of the digits that the letters at ``i`` begin a number with, 0 where they do not.

        ``known``: the letters begin numbers of invoices in the books, whatever they mean as a word.
        """
        if not (known or self._may_prefix(i, word)) or len(self.text(i)) > 2 * _LONGEST_LETTERS:
            return 0
        at = i
        for _ in range(3):
            if not self.glued(at):
                return 0
            at += 1
            if self.connector(at) and self.glued(at):
                at += 1
            if self.digit(at):
                return at
            if word.role is not Role.PLAIN or len(self.text(at)) > _LONGEST_LETTERS or self.role(at) is not Role.PLAIN:
                return 0
        return 0

    def _may_prefix(self, i: int, word: Word) -> bool:
        """ "М10" is no ten metres and "К-15" not "to 15", but "и17" is "and 17"."""
        if word.role in (Role.PLAIN, Role.KEYWORD, Role.SIGN):
            return True
        if len(self.text(i)) > 1:
            return False
        hyphened = word.role is Role.PREPOSITION and self.connector(i + 1)
        return hyphened or word.role in (Role.UNIT, Role.MONEY_UNIT) or self.text(i) == "а"

    def number(self, i: int) -> tuple[tuple[str, ...], int]:
        """The runs of the number whose digits stand at ``i``, and the token after it."""
        runs, at = [self.text(i)], i
        while len(runs) < _LONGEST_NUMBER and self.glued(at):
            text = self.text(at + 1)
            if text == "." or self.connector(at + 1):
                if not (self.glued(at + 1) and self._continues(text, runs[-1], at + 2)):
                    break
                at += 2
            elif self.digit(at + 1) or (self.letters(at + 1) and self._letters_belong(runs[-1], at + 1)):
                at += 1
            else:
                break
            runs.append(self.text(at))
        return tuple(runs), at + 1

    def _continues(self, connector: str, before: str, i: int) -> bool:
        if self.digit(i):
            return connector != "." or "0" <= before[0] <= "9"
        if connector == "." or not self.letters(i) or len(self.text(i)) > _LONGEST_LETTERS:
            return False
        return self.role(i) not in (Role.KEYWORD, Role.ASIDE, Role.FROM)

    def _letters_belong(self, before: str, i: int) -> bool:
        """Whether letters right after digits are the number's ("24А"), not the next word ("68от", "15шт")."""
        text = self.text(i)
        word = word_of(text)
        if len(text) > _LONGEST_LETTERS or word.month:
            return False
        if word.role is Role.YEAR:
            return not (len(before) == 4 and before[:2] in ("19", "20"))
        if word.role is Role.AND:
            return not (self.glued(i) and self.digit(i + 1))
        return word.role is Role.PLAIN or (len(text) == 1 and word.role is not Role.MONEY_UNIT)

    def suffix(self, stop: int) -> str:
        """A letter alone after a number, with a space or a dash between: "15 А", "15 - А". Not an initial."""
        at = stop + 1 if self.connector(stop) else stop
        text = self.text(at)
        if len(text) != 1 or not self.letters(at) or self.text(at + 1) == "." or self.glued(at):
            return ""
        return text if word_of(text).role is Role.PLAIN or text == "а" else ""

    def sum_at(self, i: int, stop: int) -> bool:
        """A stray "18026,52" after a list: a sum, though "115,17" in a list without spaces is two numbers."""
        if i and self.tokens[i][1] == self.tokens[i - 1][2]:
            return False
        whole, comma, cents = self.text(i), self.text(stop), self.text(stop + 1)
        if comma != "," or len(whole) < 3 or len(cents) != 2 or not (self.glued(stop - 1) and self.glued(stop)):
            return False
        return self.digit(stop + 1) and not self.glued(stop + 1)

    def money(self, i: int) -> tuple[int, int] | None:
        """A sum at ``i`` ("81 050,00 руб.", "3085-00", "76000 р.") in minor units, and the token after it.

        Without copecks the rouble has to be said, or it may be anything.
        """
        if not self.digit(i) or (self.text(i)[0] == "0" and len(self.text(i)) > 1):
            return None
        whole, at = self.text(i), i + 1
        while len(whole) <= _LONGEST_SUM and len(self.text(at)) == 3 and self.digit(at) and self._thousands(i, at):
            whole += self.text(at)
            at += 1
        cents = ""
        if (
            self.text(at) in (",", ".", "-", "=")
            and self.glued(at - 1)
            and self.glued(at)
            and len(self.text(at + 1)) == 2
        ):
            cents = self.text(at + 1) if self.digit(at + 1) else ""
            at += 2 if cents else 0
            if cents and self.glued(at - 1) and self.text(at) in ".,-/" and self.glued(at) and self.digit(at + 1):
                return None  # "12-01-26"
        if thousands := self._in_thousands(at):
            return None if cents else (int(whole) * 100_000, thousands)
        if (self.role(at) is Role.MONEY_UNIT and self.text(at) != _MILLION) or self.text(at) == "₽":
            at += 2 if self.text(at + 1) == "." and self.glued(at) else 1
            if not cents and len(self.text(at)) == 2 and self.digit(at) and self.text(at + 1).startswith("коп"):
                cents, at = self.text(at), at + 2
        elif not cents or len(whole) < 3 or (self.glued(at - 1) and self.text(at)[:1].isalnum()):
            return None
        return int(whole) * 100 + int(cents or 0), at

    def _in_thousands(self, at: int) -> int:
        """The token after "т.р." or "тыс. руб." at ``at``, 0 where there is neither."""
        if self.text(at) == "т" and self.text(at + 1) == "." and self.text(at + 2) == "р":
            return at + 4 if self.text(at + 3) == "." else at + 3
        if self.text(at) != _THOUSAND:
            return 0
        at += 2 if self.text(at + 1) == "." else 1
        return at + 1 if self.role(at) is Role.MONEY_UNIT else at

    def _thousands(self, first: int, at: int) -> bool:
        """Whether the digits at ``at`` go on with a sum in groups of three, a single space between."""
        return len(self.text(first)) <= 3 and self.tokens[at][1] - self.tokens[at - 1][2] == 1

    def counted(self, runs: tuple[str, ...], stop: int, *, firm: bool, signed: bool) -> bool:
        """Whether what follows makes the number a sum, a share, a year or a quantity."""
        after = self.text(stop)
        if after == "%":
            return True
        if not self.letters(stop) or (after in PAIR_HEADS and (after, self.text(stop + 2)) in PAIRS):
            return False
        role = self.role(stop)
        if role is Role.MONEY_UNIT or misprinted_rouble(after):
            return True
        if role is Role.YEAR:
            return not signed and len(runs) == 1 and len(runs[0]) == 4
        return not firm and (role is Role.UNIT or after in _COUNTED)
