"""The numbers of a purpose: which are documents' and which sums, quantities or dates, and what each of them is of.

Half of the reader: `tokens` walks over the words and asks here whenever digits come.
"""

from __future__ import annotations

from .attention import Attention
from .dates import ReadDate, read_bare_date, read_date
from .folding import fold
from .mentions import NAMING_TOPICS, Mention, TaxId
from .scanning import Scan
from .words import NEUTRAL_WORDS, Role, Sign, Strength, Topic

_LONGEST_ABBREVIATION = 9
_ACCOUNT_LENGTH = 16  # digits; no invoice has such a number, every bank account has
_TAX_ID_LENGTHS = (9, 10, 12)
_ORDINALS = frozenset(("го", "му", "ого", "ому", "ая", "ой", "ый", "ое", "ых", "th", "nd", "st", "rd"))
_ORDINAL_LETTERS = frozenset("йяе")
_FORMS_WITH_NUMBERS = frozenset(("торг", "кс"))  # "ТОРГ-12", "КС-2": the form's name, its document's number follows
_SUM_WORDS = tuple(map(fold, ("сумм", "размер")))
#: Lengths at which banks cut a purpose: what touches such an end may have lost its tail.
_CUT_LENGTHS = frozenset((105, 140, 160))
_CUT_FROM = 200


class Figures(Attention):
    """Reads dates, sums and document numbers where the walk over the tokens meets digits."""

    def __init__(self, folded: str, prefixes: frozenset[str]) -> None:
        super().__init__()
        self.folded = folded
        self.prefixes = prefixes
        self.scan = Scan(folded)
        self.tokens = self.scan.tokens
        self.text = self.scan.text
        self.text_end = len(folded.rstrip())
        self.is_cut = self.text_end >= _CUT_FROM or self.text_end in _CUT_LENGTHS
        self.mentions: list[Mention] = []
        self.tax_ids: list[TaxId] = []
        self.signs: dict[Sign, tuple[int, int]] = {}
        self.undated = 0  # index of the first mention that a coming date belongs to
        self.last_stop = -1  # token right after the last mention
        self.last_word = self.word_before = -1  # the last two words, number signs left out

    # -- dates -------------------------------------------------------------------------------------------------------

    def date_here(self, i: int) -> ReadDate | None:
        if self.signed or (self.swallow and not self.dated):
            return None
        when = read_date(self.tokens, i)
        if self.dated:
            return when or read_bare_date(self.tokens, i)
        if when is None or when.sure:
            return when
        listed = self.text(i + 1) == "," or self.text(i - 1) in (",", ";", "и")
        return when if self.datable and not listed else None

    def take_date(self, when: ReadDate, i: int) -> int:
        """Give the date to the numbers just read, or keep it for the one to come."""
        start, stop = self.tokens[i][1], when.stop
        end = self.tokens[stop - 1][2]
        if self.text(stop) == '"':
            stop += 1
        if self.scan.role(stop) is Role.YEAR:
            stop += 2 if self.text(stop + 1) == "." else 1
        trusted = not (self.is_cut and end >= self.text_end)  # "от 03.02.20|26"
        if self.datable:
            for mention in self.mentions[self.undated :]:
                if trusted and mention.when is None:
                    mention.when, mention.when_span = when, (start, end)
            self.undated = len(self.mentions)
            self.listing, self.resumable = False, True
        elif self.attached and trusted:
            self.early = (when, start, end)
        self.dated = False
        return stop

    # -- numbers -----------------------------------------------------------------------------------------------------

    def number(self, i: int) -> int:
        when = self.date_here(i)
        if when is not None:
            return self.take_date(when, i)
        bare = (self.resumable or self.listing) and not (self.attached or self.signed)
        if bare and self.scan.spaced(i) and not self.another_number(i) and (stop := self.stated(i)):
            return stop  # "№ 15 от 03.02.2026 5000-00", "№ 15, 5000 руб."
        return self.numbered(i, i)

    def numbered(self, i: int, first: int, *, letters: tuple[str, ...] = (), keyword: str = "") -> int:
        """A number whose digits start at token ``i`` and whose letters, if any, at ``first``."""
        tail, stop = self.scan.number(i)
        runs = letters + tail
        if keyword in _FORMS_WITH_NUMBERS and self.topic is Topic.DOCUMENT:
            self.attached = True
            return stop
        if self.ignored(runs, i, stop):
            self.signed = self.dated = self.resumable = False
            return stop
        cents = 0
        if not (self.attached or self.signed) and self.scan.sum_at(i, stop):
            self.close()
            cents = 2  # tokens: the comma and they
        listed = self.near or self.signed or self.topic is None
        found = self.mention(runs, first, stop, keyword)
        if found is not None:
            self.mentions.append(found)
            self.satisfied = self.datable = True
            self.last_stop = stop
        self.listing = listed and found is not None
        self.attached = self.signed = self.dated = self.range_next = self.resumable = False
        return stop + cents

    def ignored(self, runs: tuple[str, ...], i: int, stop: int) -> bool:
        """Sums, accounts, tax numbers, years, quantities and ordinals are no document numbers."""
        single = len(runs) == 1
        naming = self.topic in NAMING_TOPICS and (self.near or self.signed)
        if single and len(runs[0]) in _TAX_ID_LENGTHS and (self.tax_word or not naming):
            self.tax_ids.append(TaxId(runs[0], self.tokens[i][1], self.tokens[stop - 1][2], self.tax_word))
            return True
        if self.swallow and self.swallow_signed and not self.tax_word:
            self.overheard(runs, i, stop)
        if self.swallow or (self.dated and not self.signed) or (single and len(runs[0]) >= _ACCOUNT_LENGTH):
            return True
        firm = self.signed or self.attached
        ordinal = runs[-1] in _ORDINALS or runs[-1] in _ORDINAL_LETTERS
        if ordinal and not firm and (not self.listing or self.scan.thing(stop)):
            return True  # "17, 2-я часть"; but "5269-А, 5271-я, 5199-А" are three invoices, one of them misprinted
        if not self.scan.counted(runs, stop, firm=firm, signed=self.signed):
            return False
        if len(self.text(stop)) == 1 and self.scan.role(stop) is Role.UNIT:  # "170 т": tonnes, or a spoilt "от"
            self.overheard(runs, i, stop)
        return True

    def overheard(self, runs: tuple[str, ...], i: int, stop: int) -> None:
        """Note a number that is another thing's, should the sum leave room for it."""
        start, end = self.tokens[i][1], self.tokens[stop - 1][2]
        self.mentions.append(Mention(None, Strength.FAINT, runs, start, end, lead=start))

    def mention(self, runs: tuple[str, ...], first: int, stop: int, keyword: str) -> Mention | None:
        """The number with what stands around it; None where it cannot be of interest."""
        start, end = self.tokens[first][1], self.tokens[stop - 1][2]
        firm = self.attached or self.signed
        found = Mention(
            topic=self.topic,
            strength=self.strength,
            runs=runs,
            start=start,
            end=end,
            lead=self.lead if self.attached else start,
            firm=firm,
            loose=not firm and self.scan.thing(stop),
            keyword=keyword,
            plural=self.plural,
            suffix=self.scan.suffix(stop),
            joined=self.listing and not self.signed and self.only_space_since_last(first),
            ranged=self.range_next and bool(self.mentions),
            cut=self.is_cut and end >= self.text_end,
        )
        if not self.placed(found, first):
            return None
        if not self.listing:
            self.undated = len(self.mentions)
        if self.early is not None:
            when, when_start, when_end = self.early
            found.when, found.when_span = when, (when_start, when_end)
        return found

    def unmarked(self, i: int) -> Strength:
        """How much a number that no keyword announces can say: nothing, if another word owns it ("КП № 15")."""
        before = self.word_before if self.last_word == i else self.last_word
        return Strength.WEAK if self.neutral(before, i) else Strength.FAINT

    def neutral(self, before: int, i: int) -> bool:
        """Whether the word ``before`` leaves what stands at ``i`` alone: it is a payment, or a comma stands between."""
        if before < 0 or any(token[0] in ",;()" for token in self.tokens[before + 1 : i][-3:]):
            return True
        text = self.text(before)
        if self.text(before + 1) == "." and before + 1 < i and len(text) > _LONGEST_ABBREVIATION:
            return True
        return text in ("по", "за") or text in NEUTRAL_WORDS

    def placed(self, found: Mention, first: int) -> bool:
        """Settle the mention's topic and strength by how far it stands from the keyword; False where it is nobody's."""
        if self.topic in NAMING_TOPICS:
            if not self.near:
                own = bool(found.keyword) and found.keyword in self.prefixes and not self.satisfied
                found.strength = Strength.FAR if self.signed or own else self.unmarked(first)
            return True
        if self.near and self.topic is not None:
            return True
        own = found.rich and self.satisfied and (found.runs[0] in self.prefixes or bool(found.keyword))
        if self.topic is None or own:
            found.topic, found.strength = None, self.unmarked(first)
            if found.rich and found.strength is Strength.WEAK:
                found.strength = Strength.MEDIUM
            return True
        return self.signed

    def only_space_since_last(self, i: int) -> bool:
        return all(self.scan.connector(k) for k in range(self.last_stop, i))

    def owns_prefix(self, i: int) -> bool:
        """Known letters of invoice numbers belong to the number where one is due, whatever they mean as a word."""
        if self.swallow and self.swallow_signed:
            return True
        if self.topic in NAMING_TOPICS:
            return self.near or self.signed or self.unmarked(i) is Strength.FAINT
        if self.topic is not None and (self.attached or self.signed):
            return True
        unanswered = self.topic is not None and not self.satisfied and self.scan.connector(i + 1)
        return unanswered or self.unmarked(i) is Strength.FAINT

    def spaced_prefix(self, i: int) -> int:
        """The digits behind known letters, set apart by a space, where a number is due: "№ Д 007127", "№ ИП - 15"; 0 for none."""
        if not (self.near or self.signed) or self.text(i) not in self.prefixes:
            return 0
        digits = i + 2 if self.scan.connector(i + 1) else i + 1
        return digits if self.scan.digit(digits) else 0

    # -- sums --------------------------------------------------------------------------------------------------------

    def stated(self, i: int) -> int:
        """Take the sum at token ``i`` for the number just read ("№ 15 - 5000-00 руб., № 17 …"); the token after, 0 for none."""
        if self.topic not in NAMING_TOPICS or not self.mentions or self.mentions[-1].topic not in NAMING_TOPICS:
            return 0
        found = self.scan.money(i)
        if found is None:
            return 0
        minor, stop = found
        mention = self.mentions[-1]
        if len(mention.runs) > 1 and self.text(i + 2) == mention.runs[-1]:
            return 0  # "1023-25 - 1025-25": numbers with their year
        mention.stated = minor if mention.stated is None else mention.stated
        if self.text(stop) == ")":
            stop += 1
        self.listing = self.attached = self.signed = self.dated = self.range_next = self.bracketed = False
        self.resumable = True
        return stop

    def another_number(self, i: int) -> bool:
        """Whether what may be a sum at ``i`` may as well be the list's next number: "счета 1023, 1024-25"."""
        return self.listing and self.text(i + 1) == "-" and self.text(i + 2) != "00"

    def stated_in_words(self, i: int) -> int:
        """As `stated`, behind "на сумму", "в размере"; a mere "сумма" at the end is the payment's."""
        if self.text(i) not in ("на", "в") or not self.text(i + 1).startswith(_SUM_WORDS):
            return 0
        at = i + 2
        return self.stated(at + 1 if self.text(at) in (":", "-", "=") else at)
