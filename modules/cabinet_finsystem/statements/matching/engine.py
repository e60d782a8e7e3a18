"""Matching a statement: every line decided in the order the money came, so that nothing is paid twice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from .book import Book, Line, OpenInvoice
from .case import Case
from .cautions import asked_first
from .decision import Field, Kind, Match, Outcome, speaks_against
from .expenses import Articles
from .rules import decide


class Engine:
    """Decides lines one after another over one book. What a sure match takes of an invoice is gone for the next line."""

    def __init__(self, book: Book, articles: Articles | None = None) -> None:
        self._book = book
        self._articles = articles or Articles()
        self._open: dict[int, int] = {}

    def open_of(self, invoice: OpenInvoice) -> int:
        """What ``invoice`` still owes after the lines decided so far, in minor units."""
        return self._open.get(invoice.id, invoice.open_minor)

    def match(self, line: Line) -> Match:
        """The decision on ``line``; a sure one spends the open amounts it is applied to."""
        match = asked_first(decide(Case(line, self._book, self.open_of, self._articles)), self._book.cautions)
        if line.repeat_of is not None and match.kind is Kind.PAYMENT:
            return _waiting(match, line.repeat_of)
        if match.outcome is Outcome.SURE:
            self._spend(match)
        return match

    def _spend(self, match: Match) -> None:
        for allocation in match.allocations:
            invoice = self._book.invoices[allocation.invoice_id]
            self._open[invoice.id] = self.open_of(invoice) - allocation.minor


def match(lines: Sequence[Line], book: Book, articles: Articles | None = None) -> list[Match]:
    """Decide ``lines`` by booking date and position; the answers stand in the order of ``lines``."""
    engine = Engine(book, articles)
    order = sorted(range(len(lines)), key=lambda k: (lines[k].booking_date, lines[k].position))
    decided: dict[int, Match] = {k: _but_of(book.closed, engine.match(lines[k])) for k in order}
    return [decided[k] for k in range(len(lines))]


def _but_of(closed: Collection[int], match: Match) -> Match:
    """Nothing is put onto a client for whom finance is switched off: his money waits for a person, unsorted."""
    if not closed:
        return match
    if match.client_id not in closed and not any(one.client_id in closed for one in match.candidates):
        return match
    left = tuple(one for one in match.candidates if one.client_id not in closed)
    return replace(match, outcome=Outcome.NONE, client_id=None, allocations=(), advance_minor=0, candidates=left)


def _waiting(match: Match, repeat_of: str) -> Match:
    """A line equal to an earlier one of the day touches no invoice by itself: two payments, or one shown twice?"""
    repeat = speaks_against("repeat-of", Field.LINE, line=repeat_of)
    first, *others = match.candidates or (None,)
    candidates = () if first is None else (replace(first, evidence=(*first.evidence, repeat)), *others)
    outcome = Outcome.NONE if match.outcome is Outcome.NONE else Outcome.LIKELY
    return replace(
        match, outcome=outcome, rule="repeat", evidence=(*match.evidence, repeat), candidates=tuple(candidates)
    )
