"""What was asked for, shown in the text as it was written: every form of a word is marked. What comes out is safe to put on a page."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from markupsafe import Markup, escape

from cabinet.fulltext.asking import Term
from cabinet.fulltext.words import words

_FAR = 60
_DOTS = "…"


def highlight(text: str, asked: Sequence[Term]) -> Markup:
    """``text`` with what was asked for in <mark>."""
    parts, done = [], 0
    for start, end in _hits(text, asked):
        parts += [escape(text[done:start]), Markup("<mark>{}</mark>").format(text[start:end])]
        done = end
    return Markup("").join([*parts, escape(text[done:])])


def excerpt(text: str, asked: Sequence[Term], length: int) -> Markup:
    """About ``length`` characters of ``text`` where most of what was asked for stands together; its beginning where nothing does."""
    hits = list(_hits(text, asked))
    starts = [start for start, _end in hits]
    best = max(starts, key=lambda at: (_among(starts, at, at + length - _FAR), -at), default=0)
    # What fits whole is shown from its beginning; else a little stands before the first hit.
    start = _word_begins(text, best - _FAR) if best > _FAR and len(text) > length else 0
    end = _word_ends(text, start + length)
    marked = highlight(text[start:end], asked)
    return Markup("").join([_DOTS if start else "", marked, _DOTS if end < len(text) else ""])


def _hits(text: str, asked: Sequence[Term]) -> Iterator[tuple[int, int]]:
    if not asked:
        return
    for word in words(text):
        if any(term.meets(word.stem, word.form) for term in asked):
            yield word.start, word.end


def _among(starts: Sequence[int], begin: int, end: int) -> int:
    """How many of ``starts``, which grow, stand from ``begin`` on before ``end``: a text may be nothing but hits."""
    return bisect_left(starts, end) - bisect_left(starts, begin)


def _word_begins(text: str, at: int) -> int:
    """The first beginning of a word from ``at`` on, not far from it."""
    if at == 0:
        return 0
    space = text.find(" ", at - 1, at + _FAR)
    return space + 1 if space >= 0 else at


def _word_ends(text: str, at: int) -> int:
    """The last end of a word up to ``at``, not far from it."""
    if at >= len(text):
        return len(text)
    space = text.rfind(" ", at - _FAR, at + 1)
    return space if space > 0 else at
