"""One line on the table: what it says, who pays, what is named. Each fact is worked out once, when a rule asks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from cabinet.contracts.money import Money

from .book import Book, KnownClient, Line, account_key
from .decision import Candidate, Evidence, Field, Kind, Match, Outcome, speaks_against, speaks_for
from .expenses import Articles, Sorted
from .folding import key_of
from .mentions import Mention, Reading
from .naming import Named, Naming, OpenOf
from .payers import Payer, Spoken, identify, spoken_of
from .tokens import read
from .words import Sign, Topic

_MOST_CANDIDATES = 5


class Case:
    """A line with everything the rules ask about it."""

    def __init__(self, line: Line, book: Book, open_of: OpenOf, articles: Articles) -> None:
        self.line = line
        self.book = book
        self.open_of = open_of
        #: What the purpose says.
        self.reading: Reading = read(line.purpose, book.prefixes)
        #: Who the counterparty is.
        self.payer: Payer = identify(line, book)
        self._articles = articles

    @cached_property
    def spoken(self) -> Spoken:
        """Whom else the purpose names."""
        return spoken_of(self.reading, self.line, self.payer, self.book)

    @cached_property
    def naming(self) -> Naming:
        """The proven payer's invoices, to look numbers up in."""
        return self.naming_for(self.payer.clients)

    @cached_property
    def named(self) -> Named:
        """What the purpose names among the proven payer's invoices."""
        return self.naming.resolve(self.reading)

    @cached_property
    def sorted(self) -> Sorted:
        """What the owner's article rules say."""
        return self._articles.sort(self.line, self.reading.folded)

    def naming_for(self, clients: Sequence[KnownClient]) -> Naming:
        """The invoices of ``clients``, to look numbers up in."""
        return Naming(self.book, clients, self.line, self.open_of)

    def sign(self, *signs: Sign) -> tuple[int, int] | None:
        """Where the purpose has one of the telling words."""
        if not self.reading.signs:
            return None
        for sign in signs:
            span = self.reading.signs.get(sign)
            if span is not None:
                return span
        return None

    @cached_property
    def contracts(self) -> tuple[list[tuple[int, Evidence]], list[tuple[int, Evidence]]]:
        """Contracts named in the purpose, as (client, evidence): certain ones, and ones only a bare figure speaks of."""
        certain: list[tuple[int, Evidence]] = []
        faint: list[tuple[int, Evidence]] = []
        for mention in self.reading.mentions:
            if mention.topic is not Topic.CONTRACT:
                continue
            for contract in self.book.contracts.get(key_of(mention.runs), ()):
                dated = mention.when is not None and contract.date is not None and mention.when.says(contract.date)
                if mention.when is not None and contract.date is not None and not dated:
                    continue
                span = (mention.start, mention.end)
                evidence = speaks_for("contract-number", Field.PURPOSE, span, number=contract.number)
                (certain if dated or _telling(mention) else faint).append((contract.client_id, evidence))
        return certain, faint

    def contract_evidence(self, client_id: int) -> tuple[Evidence, ...]:
        """The client's own contracts that the purpose names."""
        certain, faint = self.contracts
        return tuple(evidence for owner, evidence in (*certain, *faint) if owner == client_id)[:1]

    def contract_doubts(self, client_id: int) -> tuple[Evidence, ...]:
        """A contract that is certainly another client's and not this one's."""
        certain, _ = self.contracts
        if not certain or self.contract_evidence(client_id):
            return ()
        return tuple(
            speaks_against("contract-of-other-client", Field.PURPOSE, evidence.span, number=evidence.params["number"])
            for _, evidence in certain
        )[:1]

    # -- answers -----------------------------------------------------------------------------------------------------

    def money(self, minor: int) -> Money:
        """``minor`` units of the line's currency."""
        return Money(minor, self.line.currency)

    def ask(self, rule: str, kind: Kind, candidates: Iterable[Candidate], *evidence: Evidence) -> Match:
        """A question: likely with its first candidate proposed, none where every candidate is weak."""
        ranked = ranked_candidates(candidates)
        best = ranked[0] if ranked else None
        if best is None or best.weak:
            return Match(Outcome.NONE, rule, kind, evidence=evidence, candidates=ranked)
        return Match(
            Outcome.LIKELY,
            rule,
            best.kind,
            client_id=best.client_id,
            allocations=best.allocations,
            advance_minor=best.advance_minor,
            article_id=best.article_id,
            evidence=evidence or best.evidence,
            candidates=ranked,
        )

    def is_own_account(self) -> bool:
        """Whether the other side is an account of ours."""
        account = account_key(self.line.counterparty_account)
        return bool(account) and account in self.book.ours.accounts


def ranked_candidates(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Each answer once, the likely before the weak, otherwise in the order given."""
    seen: set[tuple[object, ...]] = set()
    kept: list[Candidate] = []
    for candidate in candidates:
        key = (candidate.kind, candidate.client_id, candidate.article_id, candidate.allocations)
        if key not in seen:
            seen.add(key)
            kept.append(candidate)
    kept.sort(key=lambda candidate: candidate.weak)
    return tuple(kept[:_MOST_CANDIDATES])


def _telling(mention: Mention) -> bool:
    """A number that two firms would hardly share."""
    return len(mention.runs) > 1 and len(key_of(mention.runs).replace("|", "")) >= 5
