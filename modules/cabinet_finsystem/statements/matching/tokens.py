"""Reading a payment purpose: which numbers it names, of what, with which dates, and where in the text that stands.

One pass over the tokens, every step takes at least one of them, so the time is linear in the text whatever it holds.
Nothing here knows the books: what a number *may* be is said, what it *is* is settled in `naming`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from .attention import Attention
from .dates import ReadDate, read_bare_date, read_date
from .folding import fold
from .mentions import NAMING_TOPICS, Mention, Reading, TaxId
from .scanning import Scan
from .words import (
    COMPOUND_STEMS,
    NEUTRAL_WORDS,
    PAIR_HEADS,
    PLAIN,
    Role,
    Sign,
    Strength,
    Topic,
    Word,
    sign_holds,
    word_of,
)

_MOST_MENTIONS = 60
_LONGEST_ABBREVIATION = 9
_ACCOUNT_LENGTH = 16  # digits; no invoice has such a number, every bank account has
_TAX_ID_LENGTHS = (9, 10, 12)
_ORDINALS = frozenset(("го", "му", "ого", "ому", "ая", "ой", "ый", "ое", "ых", "th", "nd", "st", "rd"))
_ORDINAL_LETTERS = frozenset("йяе")
_DEMOTING = frozenset(("на", "в", "во"))
_UNFITTING = frozenset(("о", "об", "у", "до", "без", "из", "при"))
_OUT_OF = frozenset(("с", "со"))
_FORMS_WITH_NUMBERS = frozenset(("торг", "кс"))  # "ТОРГ-12", "КС-2": the form's name, its document's number follows
_FORMS_RUN_INTO = tuple(map(fold, ("счету", "счета", "счет")))
_FACTURE = fold("фактур")
_TAX_ID_WORDS = frozenset(map(fold, ("инн", "бин", "иин", "унп", "inn")))
_ACCOUNT = Word(Role.KEYWORD, Topic.ACCOUNT)
#: Lengths at which banks cut a purpose: what touches such an end may have lost its tail.
_CUT_LENGTHS = frozenset((105, 140, 160))
_CUT_FROM = 200


def read(purpose: str, prefixes: frozenset[str] = frozenset()) -> Reading:
    """Read ``purpose``. ``prefixes``: folded letters that begin known invoice numbers, for what only they can tell."""
    return _Reader(fold(purpose), prefixes).reading()


class _Reader(Attention):
    """Walks over the tokens and keeps what they say."""

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

    def reading(self) -> Reading:
        i, count, tokens, glued = 0, self.scan.count, self.tokens, self.scan.glued
        while i < count:
            text = tokens[i][0]
            if "0" <= text[0] <= "9":
                i = self.number(i)
            elif not text[0].isalpha():
                i = self.mark(i)
            elif word_of(text) is PLAIN and self.idle and not glued(i):
                self.word_before, self.last_word = self.last_word, i
                i += 1  # most words of most purposes
            else:
                i = self.word(i)
        if self.is_cut and self.mentions and not any(t[0][0].isalnum() for t in tokens[self.last_stop :]):
            self.mentions[-1].cut = True  # the list may have gone on
        self.settle()
        return Reading(
            self.folded,
            tuple(self.tokens),
            tuple(self.mentions[:_MOST_MENTIONS]),
            tuple(self.tax_ids[:_MOST_MENTIONS]),
            self.signs,
            unanswered=self.unanswered,
            crowded=len(self.mentions) > _MOST_MENTIONS,
        )

    def begin(self, word: Word, i: int) -> None:
        """A keyword at token ``i``."""
        self.announce(word, self.tokens[i][1])
        self.undated = len(self.mentions)

    # -- punctuation -------------------------------------------------------------------------------------------------

    def mark(self, i: int) -> int:
        text = self.tokens[i][0]
        if text in "№#?" and self.scan.sign(i):
            self.number_sign()
        elif text in ",;&+":
            self.attached = False
            self.resume()
        elif text == ".":
            if not (self.scan.glued(i) and self.range_dots(i)):
                self.listing = False
        elif text in "(=":
            self.bracketed = text == "(" and (self.listing or self.resumable)
            self.listing = False
        elif text == ")":
            self.resumable, self.bracketed = self.bracketed, False
        elif text == "-" and self.listing and self.scan.digit(i + 1):
            self.range_next = True
        return i + 1

    def range_dots(self, i: int) -> bool:
        if self.text(i + 1) == "." or self.text(i - 1) == ".":
            self.range_next = self.listing
            return True
        return False

    # -- words -------------------------------------------------------------------------------------------------------

    def word(self, i: int) -> int:
        text, start, end = self.tokens[i]
        if text in PAIR_HEADS and (pair := self.scan.pair(i)):
            word, stop = pair
            if word.role is Role.KEYWORD:
                self.begin(word, i)
            return stop
        word = word_of(text)
        if word.role is not Role.SIGN:
            self.word_before, self.last_word = self.last_word, i
        if word.sign is not None and sign_holds(text, self.text(i + 1)):
            self.signs.setdefault(word.sign, (start, end))
        if self.scan.glued(i):
            digits = self.scan.prefix_stop(i, word, known=text in self.prefixes)
            if digits:
                return self.prefixed(i, word, digits)
        return _ACTS[word.role](self, i, word)

    def prefixed(self, i: int, word: Word, digits: int) -> int:
        """Letters glued to digits: a keyword or a number sign with its number, or the number's own prefix."""
        text = self.text(i)
        own = text in self.prefixes and self.owns_prefix(i)
        if word.role is Role.SIGN and not own:
            self.number_sign()
            return self.number(digits)
        for form in _FORMS_RUN_INTO:  # "счетуINV-2026-001"
            if text.startswith(form) and text[len(form) :] in self.prefixes:
                self.begin(word_of(form), i)
                return self.numbered(digits, i, keyword=text[len(form) :])
        if word.role is Role.KEYWORD and not (own and (self.swallow or self.topic not in NAMING_TOPICS)):
            inside = self.topic in NAMING_TOPICS and (own or (word.topic is Topic.INVOICE and self.near))
            if not inside:  # else "по счету СЧ-2026-00112, СЧ-2026-00113"
                self.begin(word, i)
            return self.numbered(digits, i, keyword=text)
        return self.numbered(digits, i, letters=tuple(t[0] for t in self.tokens[i:digits] if t[0].isalpha()))

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

    def spaced_prefix(self, i: int) -> bool:
        """Known letters before a number, set apart by a space, where a number is due: "№ Д 007127"."""
        return (self.near or self.signed) and self.text(i) in self.prefixes and self.scan.digit(i + 1)

    def plain(self, i: int, word: Word) -> int:
        if word.month and (self.dated or self.datable) and (when := read_date(self.tokens, i)):
            return self.take_date(when, i)
        if self.attached and len(self.text(i)) <= 2 and self.text(i - 1) == "(" and self.text(i + 1) == ")":
            return i + 1  # "счет(а) № 15"
        if self.spaced_prefix(i):
            return self.numbered(i + 1, i, letters=(self.text(i),))
        listed = word.sign is Sign.PARTLY and (self.listing or self.resumable)
        self.close()
        self.resumable = listed  # "сч. 15 частично, 17 полностью"
        return i + 1

    def keyword(self, i: int, word: Word) -> int:
        if word.topic is Topic.INVOICE:
            return self.invoice_word(i, word)
        if word.topic is Topic.CONTRACT and self.text(i + 1) == "-" and self.scan.letters(i + 2):
            other = word_of(self.text(i + 2))
            if other.topic is Topic.INVOICE:  # "договор-счет"
                self.begin(replace(other, strength=Strength.MEDIUM), i)
                return i + 3
        self.begin(word, i)
        return i + 1

    def invoice_word(self, i: int, word: Word) -> int:
        """ "Счет" means an invoice, but for a bank account, a VAT invoice, "на счет", "за счет средств"."""
        before = self.text(i - 1)
        if self.adjective or before in _OUT_OF:
            self.begin(_ACCOUNT, i)
            return i + 1
        stop = i + 2 if self.text(i + 1) == "." and self.scan.glued(i) else i + 1
        hyphen = self.text(stop) == "-"
        second = stop + 1 if hyphen else stop
        if self.text(second).startswith(_FACTURE):
            self.begin(Word(Role.KEYWORD, Topic.VAT_INVOICE, Strength.MEDIUM), i)
            return second + 1
        if self.text(second).startswith(COMPOUND_STEMS):
            self.begin(word if hyphen else replace(word, strength=Strength.MEDIUM), i)
            return second + 1
        if before in _DEMOTING or (before == "за" and not self.scan.sign(i + 1)):
            word = replace(word, strength=min(word.strength, Strength.MEDIUM))
        elif (self.scan.role(i - 1) is Role.PLAIN and not self.neutral(i - 1, i)) or before in _UNFITTING:
            word = replace(word, strength=Strength(word.strength - 1))  # "лицвого счета": an adjective nobody knows
        self.begin(word, i)
        return i + 1

    def aside(self, i: int, word: Word) -> int:
        if self.spaced_prefix(i):
            return self.numbered(i + 1, i, letters=(self.text(i),))
        self.close()
        self.swallow, self.swallow_signed = True, word.signed
        self.tax_word = self.text(i) in _TAX_ID_WORDS
        return i + 1

    def filler(self, i: int, _: Word) -> int:
        self.listing = self.signed = self.dated = False
        return i + 1

    def conjunction(self, i: int, _: Word) -> int:
        self.resume()
        return i + 1

    def from_word(self, i: int, _: Word) -> int:
        self.dated, self.signed = True, False
        return i + 1

    def sign_word(self, i: int, _: Word) -> int:
        self.number_sign()
        return i + 2 if self.text(i + 1) == "." and self.scan.glued(i) else i + 1

    def preposition(self, i: int, _: Word) -> int:
        text = self.text(i)
        if self.attached and (text == "с" or self.scan.sign(i + 1)):
            self.ranging = text == "с"
        elif self.listing and self.ranging and text == "по":
            self.range_next = True
        else:
            self.close()
        return i + 1

    def year(self, i: int, _: Word) -> int:
        return i + 1

    def unit(self, i: int, _: Word) -> int:
        self.close()
        return i + 1

    def account_adjective(self, i: int, _: Word) -> int:
        if self.attached and self.topic is Topic.INVOICE:
            self.begin(_ACCOUNT, i)
            return i + 1
        self.close()
        self.adjective = True
        return i + 1

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


_ACTS: dict[Role, Callable[[_Reader, int, Word], int]] = {
    Role.PLAIN: _Reader.plain,
    Role.KEYWORD: _Reader.keyword,
    Role.ASIDE: _Reader.aside,
    Role.FILLER: _Reader.filler,
    Role.AND: _Reader.conjunction,
    Role.FROM: _Reader.from_word,
    Role.SIGN: _Reader.sign_word,
    Role.YEAR: _Reader.year,
    Role.UNIT: _Reader.unit,
    Role.MONEY_UNIT: _Reader.unit,
    Role.PREPOSITION: _Reader.preposition,
    Role.ACCOUNT_ADJECTIVE: _Reader.account_adjective,
}
