"""What the reader of a purpose expects next: a number of the last keyword, one more of its list, a date."""

from __future__ import annotations

from .dates import ReadDate
from .words import Strength, Topic, Word


class Attention:
    """What the last words announced, and whether a bare number here would still be theirs."""

    def __init__(self) -> None:
        self.unanswered = 0  # words for an invoice that no number followed
        self.topic: Topic | None = None
        self.strength = Strength.WEAK
        self.plural = False
        self.lead = 0  # where the keyword starts
        self.satisfied = False  # a number of the topic was read
        self.attached = False  # nothing but fillers since the keyword
        self.listing = False  # nothing but separators since a number
        self.resumable = False  # a date or a bracket ended the list; a comma takes it up again
        self.bracketed = False  # the list goes on after the bracket
        self.datable = False  # a date here belongs to the numbers just read
        self.signed = False  # a number sign stands before
        self.dated = False  # "от" stands before
        self.swallow = False  # numbers are of no interest until the next word
        self.swallow_signed = False
        self.tax_word = False
        self.adjective = False  # "settlement", "personal": the next "счет" is an account
        self.ranging = False  # "с" stands before
        self.range_next = False
        self.early: tuple[ReadDate, int, int] | None = None  # a date that came before its number

    @property
    def near(self) -> bool:
        """A bare number here is the keyword's, or goes on with its list."""
        return self.attached or self.listing

    @property
    def idle(self) -> bool:
        """Nothing is expected: a plain word changes nothing."""
        return not (self.attached or self.listing or self.resumable or self.datable or self.signed or self.dated) and (
            not (self.swallow or self.adjective or self.ranging or self.range_next or self.bracketed)
        )

    def close(self) -> None:
        """Other words came: a bare number from here on is nobody's."""
        self.attached = self.listing = self.resumable = self.datable = self.signed = self.dated = False
        self.swallow = self.adjective = self.ranging = self.range_next = self.tax_word = False

    def announce(self, word: Word, lead: int) -> None:
        """A keyword that starts at ``lead``: numbers from here on are of its topic."""
        self.close()
        self.settle()
        self.topic, self.strength, self.plural = word.topic, word.strength, word.plural
        self.lead = lead
        self.attached = True
        self.satisfied = self.bracketed = False
        self.early = None

    def settle(self) -> None:
        """The last keyword is over: note if it was for an invoice and got no number."""
        if self.topic is Topic.INVOICE and self.strength is Strength.STRONG and not self.satisfied:
            self.unanswered += 1

    def resume(self) -> None:
        """A separator: the list goes on where only a date or a bracket stood between."""
        self.listing = self.listing or self.resumable

    def number_sign(self) -> None:
        """A number sign: the next number is a document's, unless it is a thing's that nobody asked about."""
        if self.swallow and not self.swallow_signed:
            self.swallow = False
        self.signed = not self.swallow
        self.dated = False
        self.resume()
