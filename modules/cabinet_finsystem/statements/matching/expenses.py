"""The owner's article rules for money that is no client's payment: purpose contains, counterparty is, amount between."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from cabinet.contracts.money import Money

from .book import Line, account_key, usable_inn
from .decision import Candidate, Evidence, Field, Kind, Sense, speaks_against, speaks_for
from .folding import fold, name_words

_MOST_CANDIDATES = 3


@dataclass(frozen=True, slots=True)
class ArticleRule:
    """A sentence of the owner: if all conditions that are set hold, the line is of the article.

    ``purpose_contains``: any of these, from a word's beginning, case and ё do not matter. The counterparty is given by
    tax number, account or by words of its name. Bounds are of the absolute amount in minor units, both included.
    """

    id: int
    name: str
    article_id: int
    direction: Literal["in", "out", "any"] = "out"
    purpose_contains: tuple[str, ...] = ()
    counterparty_inn: str = ""
    counterparty_account: str = ""
    counterparty_name: str = ""
    min_minor: int | None = None
    max_minor: int | None = None


@dataclass(frozen=True, slots=True)
class PastArticle:
    """How often lines of a counterparty went to an article: ``times`` of all its ``total`` lines."""

    inn: str
    account: str
    article_id: int
    times: int
    total: int


@dataclass(frozen=True, slots=True)
class Sorted:
    """What the rules say of a line. ``rule`` is set when one holds in full."""

    rule: ArticleRule | None
    candidates: tuple[Candidate, ...]


class Articles:
    """The owner's rules in his order: the first that holds in full decides, what nearly holds is proposed."""

    def __init__(self, rules: Iterable[ArticleRule] = (), past: Iterable[PastArticle] = ()) -> None:
        self._rules = [_Prepared(rule) for rule in rules]
        self._past: dict[str, list[PastArticle]] = {}
        for entry in past:
            key = usable_inn(entry.inn) or account_key(entry.account)
            if key:
                self._past.setdefault(key, []).append(entry)

    def sort(self, line: Line, folded_purpose: str) -> Sorted:
        """The article of ``line``, or the articles that come near."""
        near: list[Candidate] = []
        for prepared in self._rules:
            evidence = prepared.weigh(line, folded_purpose)
            if evidence is None:
                continue
            against = [piece for piece in evidence if piece.sense is Sense.AGAINST]
            candidate = Candidate(
                Kind.EXPENSE, article_id=prepared.rule.article_id, weak=len(against) > 1, evidence=tuple(evidence)
            )
            if not against:
                return Sorted(prepared.rule, (candidate,))
            near.append(candidate)
        return Sorted(None, tuple(self._ranked(near, self._habits(line))))

    def _habits(self, line: Line) -> list[Candidate]:
        key = usable_inn(line.counterparty_inn) or account_key(line.counterparty_account)
        past = sorted(self._past.get(key, ()), key=lambda entry: -entry.times)
        return [
            Candidate(
                Kind.EXPENSE,
                article_id=entry.article_id,
                weak=2 * entry.times <= entry.total,
                evidence=(speaks_for("article-past", Field.NAME, times=entry.times, total=entry.total),),
            )
            for entry in past
        ]

    def _ranked(self, near: Sequence[Candidate], habits: Sequence[Candidate]) -> list[Candidate]:
        """One candidate an article, its evidence joined, the strongest first."""
        joined: dict[int | None, Candidate] = {}
        for candidate in (*habits, *near):
            known = joined.setdefault(candidate.article_id, candidate)
            if known is not candidate:
                evidence = known.evidence + candidate.evidence
                weak = known.weak and candidate.weak
                joined[candidate.article_id] = replace(known, weak=weak, evidence=evidence)
        ranked = sorted(joined.values(), key=lambda candidate: (candidate.weak, -_weight(candidate.evidence)))
        return ranked[:_MOST_CANDIDATES]


def _weight(evidence: Sequence[Evidence]) -> int:
    return sum(1 if piece.sense is Sense.FOR else -1 for piece in evidence)


def _within(part: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    """Whether the words of ``part`` stand together in ``whole``."""
    return any(whole[k : k + len(part)] == part for k in range(len(whole) - len(part) + 1))


class _Prepared:
    """A rule with its texts folded once."""

    def __init__(self, rule: ArticleRule) -> None:
        self.rule = rule
        self.phrases = tuple(phrase for text in rule.purpose_contains if (phrase := " ".join(fold(text).split())))
        self.inn = usable_inn(rule.counterparty_inn)
        self.account = account_key(rule.counterparty_account)
        self.name = name_words(rule.counterparty_name)
        self.empty = not (self.phrases or self.inn or self.account or self.name)

    def weigh(self, line: Line, folded: str) -> list[Evidence] | None:
        """For and against, where the words or the counterparty fit; None where neither does, or the rule says nothing."""
        direction = "in" if line.amount_minor > 0 else "out"
        if self.rule.direction not in ("any", direction):
            return None
        evidence: list[Evidence] = []
        if self.inn or self.account or self.name:
            who = self.counterparty(line)
            if who is not None:
                evidence.append(who)
            elif not self.phrases:
                return None
        words = self.words(folded) if self.phrases else None
        if words is not None:
            evidence.append(words)
        if not evidence:
            return self.by_amount_alone(line) if self.empty else None
        if self.phrases and words is None:
            evidence.append(speaks_against("article-no-words", Field.PURPOSE, rule=self.rule.name))
        if (self.inn or self.account or self.name) and who is None:
            evidence.append(speaks_against("article-other-counterparty", Field.NAME, rule=self.rule.name))
        return evidence + self.bounds(line)

    def counterparty(self, line: Line) -> Evidence | None:
        if self.inn and self.inn == usable_inn(line.counterparty_inn):
            return speaks_for("article-counterparty", Field.INN, rule=self.rule.name)
        if self.account and self.account == account_key(line.counterparty_account):
            return speaks_for("article-counterparty", Field.ACCOUNT, rule=self.rule.name)
        if self.name and not self.inn and _within(self.name, name_words(line.counterparty_name)):
            return speaks_for("article-counterparty", Field.NAME, rule=self.rule.name)
        return None

    def words(self, folded: str) -> Evidence | None:
        for phrase in self.phrases:
            at = folded.find(phrase)
            while at > 0 and folded[at - 1].isalnum():
                at = folded.find(phrase, at + 1)
            if at >= 0:
                span = (at, at + len(phrase))
                return speaks_for("article-words", Field.PURPOSE, span, rule=self.rule.name)
        return None

    def by_amount_alone(self, line: Line) -> list[Evidence] | None:
        rule = self.rule
        if rule.min_minor is None and rule.max_minor is None:
            return None
        bounds = self.bounds(line)
        return None if any(piece.sense is Sense.AGAINST for piece in bounds) else bounds

    def bounds(self, line: Line) -> list[Evidence]:
        rule, amount = self.rule, abs(line.amount_minor)
        if rule.min_minor is None and rule.max_minor is None:
            return []
        low, high = rule.min_minor or 0, rule.max_minor
        if amount < low or (high is not None and amount > high):
            least = Money(low, line.currency)
            if high is None:
                return [speaks_against("article-amount-below", Field.AMOUNT, rule=rule.name, low=least)]
            most = Money(high, line.currency)
            return [speaks_against("article-amount-outside", Field.AMOUNT, rule=rule.name, low=least, high=most)]
        return [speaks_for("article-amount", Field.AMOUNT, rule=rule.name)]
