"""Which single-byte encoding a text is in, told by what its letters would be: as each would write them, words look like words or do not.

Only what stands in words counts. A byte alone between spaces may be anything: a fill-in, a broken bar, a hard space.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import BinaryIO

_CHUNK = 1 << 18
_SAMPLED = 1 << 16
_LONGEST = 64
# 0xA0 is left out, being the hard space of the encodings of today.
_HIGH = re.compile(rb"[\x80-\x9f\xa1-\xff]+(?:[A-Za-z]{1,20}[\x80-\x9f\xa1-\xff]+)*")
_LETTERS_BEFORE = re.compile(rb"[A-Za-z]*\Z")
_LETTERS_AFTER = re.compile(rb"[A-Za-z]*")
_ASCII_LETTER = re.compile(rb"[A-Za-z]")
_RUSSIAN = frozenset("оеаинтрсвлкОЕАИНТРСВЛК")
_RUSSIAN_SHARE = 0.4
"""The share of those letters in any Russian, Ukrainian or Kazakh text, at the least; of other bytes taken for letters it is a quarter."""
_STEMS = ("дат", "сум", "плат", "опер", "счет", "счёт", "рахун", "наимен", "назв")
"""What is in the names of the columns of any table of money, and in nothing by chance."""
_JUMPS_SHARE = 0.15
"""The share of capitals behind small letters at the most: in words there are next to none."""
_ENOUGH = 40
"""Letters of which a share says anything."""
_SIGNS = frozenset("ªºµ’‘´–—“”„«»…°§€£©®·")
"""What stands in the middle of any text."""
_WEST = (
    "äöüß", "éèêëàâçîïôœùûæ", "áéíóúñü", "ãõáéíóúâêôçà", "àèéìòùî", "æøåéö", "åäöé", "ëïéèöüáó", "àáçéèíïóòúü",
)  # fmt: skip
_CENTRE = ("áčďéěíňóřšťúůýžäĺľŕôö", "ąćęłńóśźż", "áéíóöőúüű", "ăâîșțşţ", "čćđšž", "äöüß", "ëç")
_TURKISH = ("çğıöşüâîûi",)
"""With the i that a capital with a dot becomes."""
_BALTIC = ("ąčęėįšųūž", "āčēģīķļņšūž", "äöüõšž")
CYRILLIC = ("cp1251", "cp866")
LATIN = (
    ("cp1252", _WEST), ("cp850", _WEST), ("cp1250", _CENTRE), ("cp852", _CENTRE), ("cp1254", _TURKISH), ("cp1257", _BALTIC),
)  # fmt: skip
Word = tuple[bytes, bytes, bytes]
"""Up to two letters of ASCII in front of a run, the run from its first byte beyond ASCII to its last, up to two letters behind it."""


def words_in(stream: BinaryIO) -> list[Word]:
    """The words of ``stream``, from its start, that hold bytes beyond ASCII: a sample's worth."""
    stream.seek(0)
    found: list[Word] = []
    left = _SAMPLED
    while left > 0 and (chunk := stream.read(_CHUNK)):
        for run in _HIGH.finditer(chunk):
            before, after = chunk[max(run.start() - 2, 0) : run.start()], chunk[run.end() : run.end() + 2]
            found.append((_LETTERS_BEFORE.search(before)[0], run[0][:_LONGEST], _LETTERS_AFTER.match(after)[0]))  # type: ignore[index]
            left -= run.end() - run.start()
            if left <= 0:
                break
    return found


def looks_cyrillic(words: Iterable[Word], *, unsure: bool) -> bool:
    """Whether most of the bytes stand in words of their own: the letters of the West stand among those of ASCII. ``unsure``: of none."""
    own = mixed = 0
    for before, run, after in words:
        beyond = len(_ASCII_LETTER.sub(b"", run))
        if before or after or beyond < len(run):
            mixed += beyond
        elif beyond > 1:
            own += beyond
    return own >= mixed if own or mixed else unsure


def cyrillic_named(words: Sequence[Word]) -> str:
    """The encoding in which ``words`` are those of a table of money; empty where they are in none."""
    texts = {name: _in(name, words).lower() for name in CYRILLIC}
    best = max(CYRILLIC, key=lambda name: sum(texts[name].count(stem) for stem in _STEMS))
    return best if any(stem in texts[best] for stem in _STEMS) else ""


def cyrillic_of(words: Sequence[Word]) -> str:
    """The encoding in which ``words`` are most Russian; empty where they are Russian in none, as Chinese is not."""
    best = max(CYRILLIC, key=lambda name: _frequent(_in(name, words)))
    text = _in(best, words)
    letters = sum(character.isalpha() for character in text)
    jumps = sum(one.islower() and two.isupper() for one, two in pairwise(text))
    if letters >= _ENOUGH and (_frequent(text) < _RUSSIAN_SHARE * letters or jumps > _JUMPS_SHARE * letters):
        return ""
    return best


def _in(encoding: str, words: Sequence[Word]) -> str:
    return b" ".join(run for _before, run, _after in words).decode(encoding, "replace")


def _frequent(text: str) -> int:
    return sum(character in _RUSSIAN for character in text)


def latin_of(words: Sequence[Word], declared: Iterable[str] = ()) -> str:
    """The encoding in which ``words`` hold most letters of one language, and in the case of the letters around them.

    ``declared``: what the file says of itself, which wins a draw, as the usual ones do against the rare. Of words that say nothing it is
    the first that can write them at all. Empty where they are no words in any.
    """
    candidates = [*((name, _WEST + _CENTRE) for name in declared), *LATIN, ("latin-1", _WEST)]
    scores = {name: score for name, languages in candidates if (score := _usual(words, name, languages)) is not None}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] >= 0 else ""


def _usual(words: Sequence[Word], encoding: str, languages: Sequence[str]) -> int | None:
    """How many of the bytes are letters of the one language they suit best, less the others; None where one is nothing at all."""
    letters: Counter[str] = Counter()
    wrong = 0
    for before, run, after in ((b"a", b"", b""), *words):  # where there is no word, an encoding must exist all the same
        try:
            text = (before + run + after).decode(encoding)
        except (UnicodeError, LookupError):
            return None
        if not before and not after and len(run) == 1:
            continue
        for place, character in enumerate(text):
            if character.isascii() or character in _SIGNS:
                continue
            if character.isalpha() and _suits(text, place):
                letters[character.lower()[0]] += 1
            else:
                wrong += 1
    of_all = sum(letters.values())
    suit = max(2 * sum(letters[letter] for letter in language) - of_all for language in languages) - 2 * wrong
    return suit or -wrong


def _suits(text: str, place: int) -> bool:
    """Whether a letter has the case of those around it: none is small behind two capitals or between two, nor great behind a small one."""
    before = text[max(place - 2, 0) : place]
    if text[place].isupper():
        return not before[-1:].islower()
    return not (
        before[-1:].isupper() and ((len(before) > 1 and before.isupper()) or text[place + 1 : place + 2].isupper())
    )


def decide(stream: BinaryIO, declared: Sequence[str] = (), *, unsure_is_cyrillic: bool = True) -> str:
    """The encoding of ``stream``, which is not UTF-8; empty where it is none that is known. ``declared``: only of Latin ones.

    ``unsure_is_cyrillic``: what a text is whose words say nothing.
    """
    words = words_in(stream)
    named = cyrillic_named(words)
    if named:
        return named
    return cyrillic_of(words) if looks_cyrillic(words, unsure=unsure_is_cyrillic) else latin_of(words, declared)
