"""What a word is, and by what it is found: its stem. Pure functions; texts and queries go through the same ones, so both engines agree."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from snowballstemmer.english_stemmer import EnglishStemmer
from snowballstemmer.russian_stemmer import RussianStemmer

from cabinet.db.folding import fold

LETTERS = 32
"""How much of a word counts: nobody tells two longer ones apart by their ends."""

# A stress mark or an apostrophe inside does not end a word: за́мок, client's.
_WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f'’ʼ]+[^\W_]*)*")
_APOSTROPHES = str.maketrans("’ʼ", "''")
_RUSSIAN = re.compile("[а-я]")
_LATIN = re.compile("[a-z]")
_SAME_LOOK = ("авекмнорстух", "abekmhopctyx")
_TO_LATIN = str.maketrans(*_SAME_LOOK)
_TO_CYRILLIC = str.maketrans(*reversed(_SAME_LOOK))
_CYRILLIC_ONLY = re.compile(f"[^\\W{_SAME_LOOK[0]}a-z0-9]")
_LATIN_ONLY = re.compile(f"[a-z](?<![{_SAME_LOOK[1]}])")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: where it stands there, its plain ``form`` and its ``stem``."""

    start: int
    end: int
    form: str
    stem: str


def words(text: str) -> Iterator[Word]:
    """Words of ``text`` in their order."""
    for found in _WORD.finditer(text):
        form, stem = _plain_and_stem(found.group())
        if form:
            yield Word(found.start(), found.end(), form, stem)


@lru_cache(
    maxsize=50_000
)  # a language has so many forms in use, and a page of finds asks for the same ones again and again
def _plain_and_stem(word: str) -> tuple[str, str]:
    if len(word) > 8 * LETTERS:
        word = word[: 8 * LETTERS]
    folded = (fold(unicodedata.normalize("NFKC", word)) or "").translate(_APOSTROPHES).removesuffix("'s")
    form = _one_alphabet("".join(c for c in folded if c.isalnum()))[:LETTERS]
    # Made anew each time: a stemmer holds the word that it works on, and threads would share it.
    if any(c.isdigit() for c in form):
        return form, form
    if _RUSSIAN.search(form):
        return form, RussianStemmer().stemWord(form)
    return form, EnglishStemmer().stemWord(form) if _LATIN.search(form) else form


def _one_alphabet(form: str) -> str:
    """Letters that only look alike made one: a C typed for С. In codes (1C, A4) always, else where a word mixes alphabets."""
    if any(c.isdigit() for c in form):
        return form.translate(_TO_LATIN)
    if not (_RUSSIAN.search(form) and _LATIN.search(form)):
        return form
    if not _LATIN_ONLY.search(form):
        return form.translate(_TO_CYRILLIC)
    return form if _CYRILLIC_ONLY.search(form) else form.translate(_TO_LATIN)
