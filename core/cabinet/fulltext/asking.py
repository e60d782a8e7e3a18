"""What a person types, read as words that a text must hold, and said to each engine in its own language."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cabinet.fulltext.words import words

WORDS = 16
"""How many words of a query count."""
FORM = "·"
"""Stands before a whole form in an index of stems. It is no letter, so no word has it; FTS5's tokenizer `ascii` leaves it in one."""

_LETTERS = 1000
_LEAST_BEGINNING = 2
_PHRASE = re.compile(r'"([^"]*)"|«([^»]*)»|“([^”]*)”')
_SAYS_NOTHING = frozenset(
    re.findall(
        r"\w+",
        "а без бы в во для до же за и из или к как ко ли мне мой на не о об от по при с со та те то у чем что это этот я"
        " a an and are as at be by can do for from how i in is it my of on or the this to what where why with",
    )
)
"""Words that questions are full of: beside others they are not asked for, or «как мне оплатить счёт» would not find «Оплата счёта»."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or the words of a quoted phrase, by their stems. ``beginning``: what a word may also begin with, as it is being typed."""

    stems: tuple[str, ...]
    beginning: str = ""

    def meets(self, stem: str, form: str) -> bool:
        """Whether a word is one that was asked for."""
        begun = self.beginning and (form.startswith(self.beginning) or stem.startswith(self.beginning))
        return bool(begun) or stem in self.stems


def terms(text: str) -> tuple[Term, ...]:
    """What ``text`` asks for; a text must have all of it. Whatever is typed is a query; one without words asks for nothing."""
    text = text[:_LETTERS]
    phrases = [Term(stems) for found in _PHRASE.finditer(text) if (stems := _stems(found.group()))]
    rest = _PHRASE.sub(lambda found: " " * len(found.group()), text)
    single = list(words(rest))
    # Only the last one is still being typed, and only while the cursor stands right behind it.
    last = single[-1] if single and single[-1].end == len(text) else None
    telling = [word for word in single if word.form not in _SAYS_NOTHING] or ([] if phrases else single)
    begun = [Term((word.stem,), _beginning(word.form) if word is last else "") for word in telling]
    return tuple(dict.fromkeys([*phrases, *begun]))[:WORDS]


def for_sqlite(asked: tuple[Term, ...]) -> str:
    """An expression of FTS5 (sqlite.org/fts5.html, 3). Words are letters and digits alone, so quoting them is enough."""
    return " AND ".join(
        f'("{" ".join(term.stems)}" OR "{term.beginning}" * OR "{FORM}{term.beginning}" *)'
        if term.beginning
        else f'"{" ".join(term.stems)}"'
        for term in asked
    )


def for_postgresql(asked: tuple[Term, ...]) -> str:
    """The same as a tsquery."""
    return " & ".join(
        f"('{term.stems[0]}' | '{term.beginning}':* | '{FORM}{term.beginning}':*)"
        if term.beginning
        else "(" + " <-> ".join(f"'{stem}'" for stem in term.stems) + ")"
        for term in asked
    )


def _stems(phrase: str) -> tuple[str, ...]:
    return tuple(word.stem for word in words(phrase))[:WORDS]


def _beginning(form: str) -> str:
    return form if len(form) >= _LEAST_BEGINNING else ""
