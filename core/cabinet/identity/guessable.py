"""Which passwords are guessed first: words that many people take, with what many people put around them.

No list of leaked passwords: such lists are a few thousand words in a few shapes, so the words are kept and the shapes are undone. Nothing
is asked of anybody outside.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files
from itertools import pairwise

_FEW = 3
"""Different characters that a password must have more of."""

_LONGEST = 40
"""Whatever is longer is no word with something around it, and is not worth the time to look."""

_DIGITS_ALONE = 12
"""Up to here digits alone are a date, a telephone or a row of keys."""

_NEAR_WORDS = 4
"""Letters beside a word that make it no longer the word alone."""

_RUN = 3
_ROWS = (
    "1234567890",
    "0987654321",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "йцукенгшщзхъ",
    "фывапролджэ",
    "ячсмитьбю",
    "abcdefghijklmnopqrstuvwxyz",
    "абвгдежзийклмнопрстуфхцчшщъыьэюя",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "qazwsxedcrfvtgbyhnujmikolp",
    "q1w2e3r4t5y6u7i8o9p0",
    "1q2w3e4r5t6y7u8i9o0p",
    "a1b2c3d4e5f6g7h8",
)
_LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_CYRILLIC = "йцукенгшщзхъфывапролджэячсмитьбюе"
_TO_LATIN, _TO_CYRILLIC = str.maketrans(_CYRILLIC, _LATIN), str.maketrans(_LATIN, _CYRILLIC)
_LEET = (str.maketrans("013457@$!", "oieasta" + "si"), str.maketrans("01345789@$!", "oleastbgasl"))
_EDGES = re.compile(r"^[\W\d_]+|[\W\d_]+$")


@cache
def common_words() -> frozenset[str]:
    """The words, case-folded, ё as е."""
    return frozenset(files("cabinet.identity").joinpath("guessable_words.txt").read_text("utf-8").split())


def is_guessable(password: str, *about: str) -> bool:
    """Whether ``password`` is among the first that anybody tries on a person known by ``about``: address, name, the site's name."""
    folded = _folded(password)
    if len(set(folded)) <= _FEW or _repeats(folded):
        return True
    if len(folded) > _LONGEST:
        return False
    if _walks(folded):
        return True
    if folded.isdigit() and len(folded) <= _DIGITS_ALONE:
        return True
    # What follows a word (2026, 123!) is cut off before letters are read out of digits, and once more behind it.
    readings = {
        _EDGES.sub("", text)
        for one in (folded, _EDGES.sub("", folded))
        for text in (one, *(one.translate(table) for table in _LEET))
    }
    readings |= {text.translate(table) for text in readings for table in (_TO_LATIN, _TO_CYRILLIC)}
    own = _own_words(about)
    return any(_is_words(text, common_words() | own) or _is_near(text, own) for text in readings if text)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().replace("ё", "е").strip()


def _repeats(text: str) -> bool:
    """Whether it is one short thing over and over: ``abcabcabc``."""
    unit = (text + text).find(text, 1)
    return unit < len(text) and unit <= 2 * _RUN


def _walks(text: str) -> bool:
    """Whether fingers only walked over the keys, or along the alphabet."""
    left, at = 0, 0
    while at < len(text):
        run = max((_run(text[at:], row) for row in _ROWS), default=0)
        left, at = (left, at + run) if run >= _RUN else (left + 1, at + 1)
    return left <= _RUN


def _run(text: str, row: str) -> int:
    """How many characters at the beginning of ``text`` stand in ``row`` one after another, in either direction."""
    best = 0
    for step in (1, -1):
        places = [row.find(c) for c in text]
        length = 1 if places[0] >= 0 else 0
        for one, other in pairwise(places):
            if one < 0 or other != one + step:
                break
            length += 1
        best = max(best, length)
    return best


def _own_words(about: tuple[str, ...]) -> frozenset[str]:
    """What stands in the address before the sign and behind it, and each part of the names; short ones tell nothing."""
    texts = [_folded(part) for text in about for part in (text, *re.split(r"[@\W_]+", text))]
    return frozenset(text for text in texts if len(text) > _RUN)


def _is_words(text: str, words: frozenset[str]) -> bool:
    """Whether it is a word, or two of them together."""
    return text in words or any(text[:at] in words and text[at:] in words for at in range(_RUN, len(text) - _RUN + 1))


def _is_near(text: str, words: frozenset[str]) -> bool:
    """Whether hardly a letter is left of it without the person's own words."""
    rest = text
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    return rest != text and sum(c.isalpha() for c in rest) < _NEAR_WORDS
