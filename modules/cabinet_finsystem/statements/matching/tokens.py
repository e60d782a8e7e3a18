"""Reading a payment purpose: which numbers it names, of what, with which dates, and where in the text that stands.

One pass over the tokens, every step takes at least one of them, so the time is linear in the text whatever it holds.
Nothing here knows the books: what a number *may* be is said, what it *is* is settled in `naming`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from .dates import read_date
from .figures import Figures
from .folding import fold
from .mentions import NAMING_TOPICS, Reading
from .telling import BESIDE_THE_POINT, sign_of
from .words import (
    COMPOUND_STEMS,
    PAIR_HEADS,
    PLAIN,
    Role,
    Sign,
    Strength,
    Topic,
    Word,
    word_of,
)

_MOST_MENTIONS = 60
_TOWARDS = frozenset(("для", "к"))  # "счет для оплаты № 15", "счет к оплате № 15"
_DEMOTING = frozenset(("на", "в", "во"))
_UNFITTING = frozenset(("о", "об", "у", "до", "без", "из", "при"))
_OUT_OF = frozenset(("с", "со"))
_BY_INVOICE = frozenset(("счетом", "счетами"))  # "в соответствии со счетом", but "со счета" is a bank account
_FORMS_RUN_INTO = tuple(map(fold, ("счету", "счета", "счет")))
_NOT = fold("не")
_FACTURE = fold("фактур")
_TAX_ID_WORDS = frozenset(map(fold, ("инн", "бин", "иин", "унп", "inn")))
_ACCOUNT = Word(Role.KEYWORD, Topic.ACCOUNT)


def read(purpose: str, prefixes: frozenset[str] = frozenset()) -> Reading:
    """Read ``purpose``. ``prefixes``: folded letters that begin known invoice numbers, for what only they can tell."""
    return _Reader(fold(purpose), prefixes).reading()


class _Reader(Figures):
    """Walks over the tokens and keeps what they say."""

    def reading(self) -> Reading:
        i, count, tokens, glued = 0, self.scan.count, self.tokens, self.scan.glued
        while i < count:
            text = tokens[i][0]
            if text[0].isalpha():
                word = word_of(text)
            elif "0" <= text[0] <= "9":
                i = self.number(i)
                continue
            else:
                i = self.mark(i)
                continue
            if word is PLAIN and self.idle and not glued(i):
                self.word_before, self.last_word = self.last_word, i
                i += 1  # most words of most purposes
            else:
                i = self.word(i, word)
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
        if text in "-(:=" and self.datable and (stop := self.stated(i + 1)):
            return stop
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

    def word(self, i: int, word: Word) -> int:
        """The word at token ``i``, which is ``word`` unless it begins an abbreviation in two parts."""
        text, start, end = self.tokens[i]
        if text in PAIR_HEADS and (pair := self.scan.pair(i)):
            both, stop = pair
            if both.role is Role.KEYWORD:
                self.begin(both, i)
            return stop
        if word.role is not Role.SIGN:
            self.word_before, self.last_word = self.last_word, i
        if word.sign is not None:
            following = [self.text(k) for k in range(i + 1, i + 5)]
            sign = sign_of(text, self.text(i - 1), following)
            if sign is None and text == _NOT and self.datable and not following[0].startswith(BESIDE_THE_POINT):
                sign = Sign.EXCEPT  # "счет 15 не учтен": whatever is denied of an invoice
            if sign is not None:
                self.signs.setdefault(sign, (start, end))
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

    def plain(self, i: int, word: Word) -> int:
        if word.month and (self.dated or self.datable) and (when := read_date(self.tokens, i)):
            return self.take_date(when, i)
        if self.attached and len(self.text(i)) <= 2 and self.text(i - 1) == "(" and self.text(i + 1) == ")":
            return i + 1  # "счет(а) № 15"
        if digits := self.spaced_prefix(i):
            return self.numbered(digits, i, letters=(self.text(i),))
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
        if self.adjective or (before in _OUT_OF and self.text(i) not in _BY_INVOICE):
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
        if digits := self.spaced_prefix(i):
            return self.numbered(digits, i, letters=(self.text(i),))
        self.close()
        self.swallow, self.swallow_signed = True, word.signed
        self.tax_word = self.text(i) in _TAX_ID_WORDS
        return i + 1

    def filler(self, i: int, _: Word) -> int:
        if self.datable and (stop := self.stated_in_words(i)):
            return stop
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
        if self.datable and (stop := self.stated_in_words(i)):
            return stop
        if self.attached and (text == "с" or self.scan.sign(i + 1)):
            self.ranging = text == "с"
        elif self.attached and text in _TOWARDS and self.scan.role(i + 1) is Role.FILLER:
            pass  # the invoice's word goes on
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
