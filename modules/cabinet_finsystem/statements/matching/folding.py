"""Texts reduced to what a person hears in them: case, ё, look-alike letters, dashes and quotes cease to matter."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import lru_cache

_LATIN_TWINS = dict(zip("abcehkmoptxy", "авсенкмортху", strict=True))
_SPACES = dict.fromkeys("\t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u202f\u205f\u3000\u2028\u2029", " ")
_SPACES |= dict.fromkeys(map(chr, range(0x2000, 0x200B)), " ")
_DASHES = dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\xad", "-")
_QUOTES = dict.fromkeys("«»„“”‟‘’'`", '"')
_TABLE = str.maketrans({**_LATIN_TWINS, **_SPACES, **_DASHES, **_QUOTES, "ё": "е", "\\": "/"})

_BETWEEN = "\0"  # no database keeps it, and folding leaves it

_MOST_SPELLINGS = 16
#: How letters are spelled abroad: passports, standards and habit do not agree.
_LATIN_SPELLINGS = {
    "а": ("a",), "б": ("b",), "в": ("v",), "г": ("g",), "д": ("d",), "е": ("e",), "ж": ("zh",), "з": ("z",), "и": ("i",),
    "й": ("y", "i", "j"), "к": ("k",), "л": ("l",), "м": ("m",), "н": ("n",), "о": ("o",), "п": ("p",), "р": ("r",),
    "с": ("s",), "т": ("t",), "у": ("u",), "ф": ("f",), "х": ("kh", "h"), "ц": ("ts", "c"), "ч": ("ch",), "ш": ("sh",),
    "щ": ("shch", "sch"), "ы": ("y",), "э": ("e",), "ю": ("yu", "iu", "ju"), "я": ("ya", "ia", "ja"),
}  # fmt: skip

_RUN = re.compile(r"[0-9]+|[^\W\d_]+")

#: Legal forms, as they stand before a name. Spelled-out forms are reduced to these by `name_words`.
LEGAL_FORMS = frozenset(
    [
        "ооо",
        "оао",
        "зао",
        "пао",
        "нао",
        "ао",
        "ип",
        "чп",
        "тоо",
        "одо",
        "уп",
        "чуп",
        "фгуп",
        "гуп",
        "муп",
        "нко",
        "ано",
        "тсж",
        "тсн",
        "снт",
        "кфх",
        "llc",
        "ltd",
        "gmbh",
        "inc",
        "jsc",
        "мбоу",
        "маоу",
        "мбдоу",
        "мадоу",
        "мкоу",
        "гбоу",
        "гбу",
        "мбу",
        "мау",
        "гау",
        "мку",
        "гку",
        "фгбу",
        "фгбоу",
        "гбуз",
        "мбук",
        "мбудо",
        "гапоу",
        "гбпоу",
    ]
)
_SPELLED_FORMS = (
    "общество с ограниченной ответственностью",
    "публичное акционерное общество",
    "открытое акционерное общество",
    "закрытое акционерное общество",
    "непубличное акционерное общество",
    "акционерное общество",
    "индивидуальный предприниматель",
    "автономная некоммерческая организация",
    "товарищество собственников жилья",
)


def fold(text: str) -> str:
    """``text`` in one alphabet and case, character for character: a span of the result is a span of ``text``.

    Latin letters that look Cyrillic become Cyrillic, so a number typed on the wrong keyboard equals the right one.
    """
    try:  # what banks send fits one byte a letter, and bytes are folded ten times faster
        return text.encode("cp1251").translate(_byte_table()).decode("cp1251")
    except UnicodeError:
        return fold_any(text)


def fold_all(texts: Sequence[str]) -> list[str]:
    """`fold` of each of many short texts, at the price of one long one."""
    folded = fold(_BETWEEN.join(texts)).split(_BETWEEN)
    return folded if len(folded) == len(texts) else list(map(fold, texts))


@lru_cache(maxsize=1)
def _byte_table() -> bytes:
    table = bytearray(range(256))
    for byte in range(256):
        char = bytes((byte,)).decode("cp1251", errors="ignore")
        if char:
            table[byte] = fold_any(char).encode("cp1251")[0]
    return bytes(table)


def fold_any(text: str) -> str:
    """`fold` for any text."""
    lowered = text.lower()
    if len(lowered) != len(text):  # a few letters grow when lowered; spans must not move
        lowered = "".join(low if len(low := char.lower()) == 1 else char for char in text)
    return lowered.translate(_TABLE)


def in_latin(prefixes: Collection[str]) -> dict[str, str]:
    """Folded Latin spellings of folded Russian letters that begin numbers ("SCH" of "СЧ", "TSB" of "ЦБ") → those letters.

    What is a prefix itself, or spells two of them, is left out.
    """
    found: dict[str, set[str]] = {}
    for prefix in prefixes:
        spellings = [""]
        for letter in prefix:
            spellings = [done + more for done in spellings for more in _LATIN_SPELLINGS.get(letter, (letter,))][
                :_MOST_SPELLINGS
            ]
        for spelling in map(fold, spellings):
            found.setdefault(spelling, set()).add(prefix)
    return {
        spelling: min(of) for spelling, of in found.items() if len(of) == 1 and spelling and spelling not in prefixes
    }


def runs_of(text: str) -> tuple[str, ...]:
    """The runs of letters and of digits in an already folded ``text``: ``сч-2026-00112`` → (сч, 2026, 00112)."""
    return tuple(_RUN.findall(text))


def key_of(runs: tuple[str, ...]) -> str:
    """What two spellings of one document number have in common: the runs, without leading zeros.

    Separators do not count, but a border between digits does: ``1-12`` is not ``11-2``.
    """
    if len(runs) == 1:
        return runs[0].lstrip("0") or "0" if runs[0][0] == "0" else runs[0]
    return "|".join([run.lstrip("0") or "0" if run[0] == "0" else run for run in runs])


def number_key(number: str) -> str:
    """The key of a document number as its owner writes it."""
    return key_of(runs_of(fold(number)))


@lru_cache(maxsize=1)
def _forms() -> tuple[tuple[tuple[str, ...], int], ...]:
    return tuple((tuple(fold(form).split()), len(form.split())) for form in _SPELLED_FORMS)


@lru_cache(maxsize=65536)
def name_words(name: str) -> tuple[str, ...]:
    """A party's name without its legal form, as folded words: what is left tells one firm from another."""
    words = tuple(_RUN.findall(fold(name)))
    for form, length in _forms():
        if words[:length] == form:
            words = words[length:]
            break
        if words[-length:] == form:
            words = words[:-length]
            break
    return tuple(word for word in words if word not in FOLDED_FORMS)


FOLDED_FORMS = frozenset(fold(form) for form in LEGAL_FORMS)
