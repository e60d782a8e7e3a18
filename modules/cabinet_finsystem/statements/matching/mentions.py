"""What reading a purpose yields: numbers with their topics and dates, tax numbers, telling words, each with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .dates import ReadDate, Token
from .words import Sign, Strength, Topic

#: Topics whose numbers may be invoices for payment.
NAMING_TOPICS = (Topic.INVOICE, Topic.VAT_INVOICE)


@dataclass(slots=True)
class Mention:
    """A document number in a purpose. ``start``/``end``: its span in the original text.

    Not frozen while it is read (a date may follow the number); nobody changes it afterwards.
    """

    topic: Topic | None
    strength: Strength
    runs: tuple[str, ...]
    start: int
    end: int
    lead: int = 0  # where the keyword before it starts, or the number itself
    firm: bool = False  # right after the keyword, or with a number sign: not a stray figure in a list
    loose: bool = False  # in a list, but a word follows right away: may be "20 boxes"
    keyword: str = ""  # the keyword glued to the number, which may be its prefix: "сч" of "СЧ-2026-00112"
    plural: bool = False  # the keyword speaks of several invoices
    suffix: str = ""  # a single letter set apart by a space, which may belong to it: "15 А"
    joined: bool = False  # nothing but space between this and the number before: both may be one
    ranged: bool = False  # "15 - 19": with the number before, a range
    when: ReadDate | None = None
    when_span: tuple[int, int] = (0, 0)
    stated: int | None = None  # the sum said for it, in minor units: "№ 15 - 5000-00 руб."
    cut: bool = False  # touches the end of a text that was cut there

    @property
    def span(self) -> tuple[int, int]:
        """The number with the word that announces it, for showing."""
        return self.lead, self.end

    @property
    def rich(self) -> bool:
        """Letters and at least three digits: hardly anything but a document's number."""
        digits = sum(len(run) for run in self.runs if "0" <= run[0] <= "9")
        return digits >= 3 and len(self.runs) > 1 and any(run[0].isalpha() for run in self.runs)


@dataclass(frozen=True, slots=True)
class TaxId:
    """A tax number in a purpose; ``marked`` when a word like ИНН stands before it."""

    value: str
    start: int
    end: int
    marked: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """What a purpose says. ``folded`` has the length of the purpose, so every span is a span of the original."""

    folded: str
    tokens: tuple[Token, ...]
    mentions: tuple[Mention, ...]
    tax_ids: tuple[TaxId, ...]
    signs: Mapping[Sign, tuple[int, int]] = field(default_factory=dict)
    unanswered: int = 0  # words for an invoice that no number followed
    crowded: bool = False  # far more numbers than anyone pays at once, only the first are kept
