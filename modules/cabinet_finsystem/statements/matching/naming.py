"""Which of a payer's invoices a purpose names, and what still has to agree before that counts as proof."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from math import prod

from .book import Book, InvoiceState, KnownClient, Line, NumberHit, OpenInvoice, look_up
from .decision import Evidence, Field, speaks_against, speaks_for
from .mentions import NAMING_TOPICS, Mention, Reading
from .words import Strength, Topic

OpenOf = Callable[[OpenInvoice], int]

_MOST_COMBINATIONS = 256
_LONGEST_RANGE = 60
_MOST_JOINED = 3
_LONGEST_SERIAL = 9  # digits

_STATE_CODES = {InvoiceState.DRAFT: "invoice-draft", InvoiceState.VOID: "invoice-void"}


@dataclass(frozen=True, slots=True)
class Pick:
    """An invoice that a mention names."""

    mention: Mention
    invoice: OpenInvoice
    exact: bool
    dated: bool  # the date written beside the number is the invoice's


@dataclass(slots=True)
class Named:
    """What came of a purpose's numbers for one payer.

    ``problems`` forbid an automatic posting. ``need_amount``: the amount must equal what the picks owe;
    ``need_either``: the amount or the date of each pick must agree.
    """

    picks: list[Pick] = field(default_factory=list)
    problems: list[Evidence] = field(default_factory=list)
    unknown: list[Mention] = field(default_factory=list)
    need_amount: bool = False
    need_either: bool = False
    need_date: bool = False
    named: bool = False  # the purpose speaks of invoices by number at all
    by_vat_invoice: bool = False  # the numbers are said to be VAT invoices': another document, even if numbered alike

    @property
    def dated(self) -> bool:
        return bool(self.picks) and all(pick.dated for pick in self.picks)


@dataclass(slots=True)
class _Choice:
    """The invoices one mention may mean, after its date and their states had their say."""

    mention: Mention
    hits: tuple[NumberHit, ...] = ()
    dated: bool = False
    need_amount: bool = False
    need_either: bool = False
    problem: Evidence | None = None


class Naming:
    """Reads mentions against the invoices of the given clients."""

    def __init__(self, book: Book, clients: Sequence[KnownClient], line: Line, open_of: OpenOf) -> None:
        self.line = line
        self.open_of = open_of
        self.indexes = [book.numbers(client.id) for client in clients]
        self._known: dict[tuple[str, tuple[str, ...], str], list[NumberHit]] = {}
        self._book = book
        self._clients = clients

    @property
    def small(self) -> int:
        """The largest rest, in minor units of the line's currency, that is written off by itself."""
        return self._book.small.get(self.line.currency, 0)

    @property
    def invoices(self) -> list[OpenInvoice]:
        """Every invoice of the clients, of any state."""
        return [invoice for client in self._clients for invoice in self._book.invoices_of.get(client.id, ())]

    @cached_property
    def owing(self) -> list[OpenInvoice]:
        """Those of the invoices that may take money and still owe some."""
        payable = (invoice for client in self._clients for invoice in self._book.payable_of.get(client.id, ()))
        return [invoice for invoice in payable if self.open_of(invoice) > 0]

    def resolve(self, reading: Reading) -> Named:
        """The invoices that ``reading`` names, or why none can be told."""
        named = Named()
        main = _named_mentions(reading.mentions)
        if main:
            named.named = True
            named.by_vat_invoice = main[0].topic is Topic.VAT_INVOICE
            choices = self.choose_all(main, named)
            named.need_either = any(choice.mention.strength < Strength.STRONG for choice in choices)
        else:
            choices = self.choose_unmarked(reading.mentions, named)
        named.need_amount |= any(choice.need_amount for choice in choices)
        named.need_either |= any(choice.need_either for choice in choices)
        named.problems.extend(choice.problem for choice in choices if choice.problem is not None)
        self.pick(choices, named)
        if main and not named.problems:
            self.extend(reading, named)
        return named

    # -- mentions to invoices ----------------------------------------------------------------------------------------

    def hits(self, mention: Mention) -> list[NumberHit]:
        """The invoices known by the mention's number; whole numbers before shortened ones."""
        asked = (mention.keyword, mention.runs, mention.suffix)
        known = self._known.get(asked)
        if known is None:
            known = self._known[asked] = self._look_up(mention)
        return known

    def _look_up(self, mention: Mention) -> list[NumberHit]:
        if mention.suffix:
            whole = self._look_up(replace(mention, runs=(*mention.runs, mention.suffix), suffix=""))
            if any(hit.exact for hit in whole):
                return whole
        found = [hit for index in self.indexes for hit in look_up(index, mention.runs, mention.keyword)]
        spelled = self._book.spelled.get(mention.runs[0]) if not found else None
        if spelled is not None:  # "SCH-2026-00112": said in Latin letters, so the date or the amount has to agree
            runs = (spelled, *mention.runs[1:])
            found = [replace(hit, doubtful=True) for index in self.indexes for hit in look_up(index, runs, "")]
        return found

    def choose_all(self, mentions: Sequence[Mention], named: Named) -> list[_Choice]:
        choices: list[_Choice] = []
        silent = self.silent_dates(mentions)
        i = 0
        while i < len(mentions):
            mention, step = self.joined(mentions, i)
            if mention.when_span in silent:
                mention = self.heeding(mention)
            if mention.ranged and choices:
                choices.extend(self.between(mentions[i - 1], mention, named))
            hits = self.hits(mention)
            parts = self.parts(mention, hits)
            if parts:
                named.need_amount = True
                choices.extend(self.choose(part, self.hits(part)) for part in parts)
            elif hits:
                choices.append(self.choose(mention, hits))
            else:
                named.unknown.append(mention if not mention.cut else replace(mention, firm=True))
            i += step
        return choices

    def joined(self, mentions: Sequence[Mention], i: int) -> tuple[Mention, int]:
        """The mention at ``i``, with those after it that only spaces part from it where together they are a number."""
        best, step = mentions[i], 1
        whole = mentions[i]
        for k in range(i + 1, min(i + _MOST_JOINED, len(mentions))):
            following = mentions[k]
            if not following.joined:
                break
            whole = replace(
                whole,
                runs=whole.runs + following.runs,
                end=following.end,
                when=following.when,
                when_span=following.when_span,
                stated=following.stated,
                cut=following.cut,
            )
            if any(hit.exact for hit in self.hits(whole)) or (not self.hits(best) and self.hits(whole)):
                best, step = whole, k - i + 1
        return best, step

    def silent_dates(self, mentions: Sequence[Mention]) -> set[tuple[int, int]]:
        """Dates that stand after several numbers and are right for one at least: they do not speak against the rest."""
        agreeing: set[tuple[int, int]] = set()
        if len(mentions) < 2:
            return agreeing
        for mention in mentions:
            if mention.when is not None and any(mention.when.says(hit.invoice.date) for hit in self.hits(mention)):
                agreeing.add(mention.when_span)
        return agreeing

    def heeding(self, mention: Mention) -> Mention:
        """The mention, without the shared date if that is another number's."""
        when = mention.when
        if when is not None and not any(when.says(hit.invoice.date) for hit in self.hits(mention)):
            return replace(mention, when=None)
        return mention

    def parts(self, mention: Mention, hits: list[NumberHit]) -> list[Mention]:
        """``12-15`` or ``12/15`` as several numbers, where it is none itself, or is one only by leave of a short year."""
        runs = mention.runs
        if len(runs) < 2 or mention.keyword or not all("0" <= run[0] <= "9" for run in runs):
            return []
        if any(hit.exact for hit in hits) or len(set(runs)) < len(runs):
            return []
        singles = [replace(mention, runs=(run,), firm=True, stated=None) for run in runs]
        if not all(self.hits(single) for single in singles):
            return []
        if hits and self.line.amount_minor == self.open_of(hits[0].invoice):
            return []
        if max(map(len, runs)) > _LONGEST_SERIAL:
            return []
        first, last = int(runs[0]), int(runs[-1])
        if len(runs) == 2 and 1 < last - first <= _LONGEST_RANGE:
            middle = [replace(mention, runs=(str(n),), stated=None) for n in range(first + 1, last)]
            singles[1:1] = [single for single in middle if self.hits(single)]
        return singles

    def between(self, first: Mention, last: Mention, named: Named) -> list[_Choice]:
        """The numbers inside "с 12 по 15". Where some are not this payer's, only the amount can prove the rest."""
        start, stop = first.runs[-1], last.runs[-1]
        if not (start.isdecimal() and stop.isdecimal() and max(len(start), len(stop)) <= _LONGEST_SERIAL):
            return []
        if not 1 < int(stop) - int(start) <= _LONGEST_RANGE:
            return []
        choices = []
        for number in range(int(start) + 1, int(stop)):
            inner = replace(last, runs=(*last.runs[:-1], str(number)), when=None, stated=None)
            hits = self.hits(inner)
            if hits:
                choices.append(self.choose(inner, hits))
            else:
                named.need_amount = True
        return choices

    def choose_unmarked(self, mentions: Sequence[Mention], named: Named) -> list[_Choice]:
        """Numbers that no keyword stands right before. They count only where they are the payer's, with more to agree."""
        tiers: tuple[Callable[[Mention], bool], ...] = (
            lambda m: m.topic is None and m.strength is Strength.MEDIUM,
            lambda m: m.topic in NAMING_TOPICS and m.strength is Strength.FAR,
            lambda m: m.topic in (*NAMING_TOPICS, None) and m.strength is Strength.WEAK,
        )
        for tier, belongs in enumerate(tiers):
            found = [(mention, self.hits(mention)) for mention in mentions if belongs(mention)]
            found = [(mention, hits) for mention, hits in found if hits and (tier or any(hit.exact for hit in hits))]
            if found:
                named.need_either = tier == 0
                named.need_date = named.need_amount = tier > 0
                named.named = tier < len(tiers) - 1
                return [self.choose(mention, hits) for mention, hits in found]
        return []

    # -- one mention -------------------------------------------------------------------------------------------------

    def choose(self, mention: Mention, hits: list[NumberHit]) -> _Choice:
        """Let the date and the states narrow what a number may mean."""
        choice = _Choice(mention, tuple(hits), need_either=bool(mention.suffix) or any(hit.doubtful for hit in hits))
        if mention.cut:
            choice.problem = speaks_against("number-cut", Field.PURPOSE, (mention.start, mention.end))
            return choice
        if mention.when is not None:
            self.by_date(choice)
        elif len(hits) > 1 and len({hit.invoice.date.year for hit in hits}) > 1:
            choice.need_amount = True
        if choice.problem is not None:
            return choice
        payable = tuple(hit for hit in choice.hits if hit.invoice.payable and self.open_of(hit.invoice) > 0)
        if not payable:
            choice.problem = self.closed(choice)
            return choice
        if len(payable) < len(choice.hits) or len(payable) > 1:
            choice.need_amount = True
        if any(hit.invoice.date > self.line.booking_date for hit in payable):
            choice.need_amount = True
        choice.hits = payable
        return choice

    def by_date(self, choice: _Choice) -> None:
        when = choice.mention.when
        assert when is not None
        agreeing = tuple(hit for hit in choice.hits if when.says(hit.invoice.date))
        if agreeing:
            choice.hits, choice.dated = agreeing, True
            return
        swapped = tuple(hit for hit in choice.hits if when.may_say(hit.invoice.date))
        if swapped:
            choice.hits, choice.need_amount = swapped, True
            return
        span = choice.mention.when_span
        issued = choice.hits[0].invoice
        other = next((invoice for invoice in self.invoices if when.year and when.says(invoice.date)), None)
        same_year = tuple(hit for hit in choice.hits if when.year in (0, hit.invoice.date.year))
        if not same_year:
            code, params = "invoice-other-year", issued
        elif other is not None:
            code, params = "date-of-other-invoice", other
        else:
            choice.hits, choice.need_amount = same_year, True
            return
        choice.problem = speaks_against(code, Field.PURPOSE, span, number=params.number, date=params.date)

    def closed(self, choice: _Choice) -> Evidence:
        invoice = choice.hits[0].invoice
        code = _STATE_CODES.get(invoice.state, "invoice-paid")
        span = (choice.mention.start, choice.mention.end)
        return speaks_against(code, Field.PURPOSE, span, number=invoice.number, date=invoice.date)

    # -- all mentions together ---------------------------------------------------------------------------------------

    def pick(self, choices: list[_Choice], named: Named) -> None:
        """One invoice a mention: where several are possible, the one combination that owes exactly the amount."""
        open_choices = [choice for choice in choices if choice.problem is None]
        options = [choice.hits for choice in open_choices]
        chosen = tuple(hits[0] for hits in options)
        if prod(map(len, options)) > 1:
            settled = not named.unknown  # with a number nobody knows in the list, a fitting sum proves nothing
            fitting = self.only_fitting(options) if settled else None
            if fitting is None:
                named.problems.extend(
                    speaks_against(
                        "invoice-ambiguous",
                        Field.PURPOSE,
                        (choice.mention.start, choice.mention.end),
                        count=len(choice.hits),
                    )
                    for choice in open_choices
                    if len(choice.hits) > 1
                )
            chosen = fitting or chosen
        seen: set[int] = set()
        for choice, hit in zip(open_choices, chosen, strict=True):
            if hit.invoice.id not in seen:
                seen.add(hit.invoice.id)
                named.picks.append(Pick(choice.mention, hit.invoice, hit.exact, choice.dated))

    def extend(self, reading: Reading, named: Named) -> None:
        """Numbers with a sign further on ("… за март, № 16 за апрель") are taken where all together owe the amount."""
        missing = self.line.amount_minor - sum(self.open_of(pick.invoice) for pick in named.picks)
        if missing <= 0:
            return
        picked = {pick.invoice.id for pick in named.picks}
        further = []
        for mention in reading.mentions:
            if mention.strength is Strength.FAR and mention.topic in NAMING_TOPICS:
                hits = self.hits(mention)
                choice = self.choose(mention, hits) if hits else None
                if choice and choice.problem is None and len(choice.hits) == 1:
                    pick = Pick(mention, choice.hits[0].invoice, choice.hits[0].exact, choice.dated)
                    if pick.invoice.id not in picked:
                        picked.add(pick.invoice.id)
                        further.append(pick)
        if further and sum(self.open_of(pick.invoice) for pick in further) == missing:
            named.picks.extend(further)

    def only_fitting(self, options: list[tuple[NumberHit, ...]]) -> tuple[NumberHit, ...] | None:
        if prod(map(len, options)) > _MOST_COMBINATIONS:
            return None
        fitting = []
        for combination in product(*options):
            owed = {hit.invoice.id: self.open_of(hit.invoice) for hit in combination}
            if len(owed) == len(combination) and sum(owed.values()) == self.line.amount_minor:
                fitting.append(combination)
        if len(fitting) != 1:
            return None
        # A number written whole is not overruled by a shortened one that happens to fit.
        overruled = (any(hit.exact for hit in hits) for hits in options)
        told = all(hit.exact or not whole for hit, whole in zip(fitting[0], overruled, strict=True))
        return fitting[0] if told else None


def _named_mentions(mentions: Sequence[Mention]) -> list[Mention]:
    """Numbers right after a word for an invoice; a VAT invoice's only where no other is named."""
    for topic in NAMING_TOPICS:
        found = [m for m in mentions if m.topic is topic and m.strength >= Strength.MEDIUM]
        if found:
            return found
    return []


def number_evidence(pick: Pick) -> list[Evidence]:
    """What the purpose says for a pick: its number, and its date where that agrees."""
    span = pick.mention.span
    code = "invoice-number" if pick.exact else "invoice-short-number"
    found = [speaks_for(code, Field.PURPOSE, span, number=pick.invoice.number)]
    if pick.dated:
        found.append(speaks_for("invoice-date", Field.PURPOSE, pick.mention.when_span, date=pick.invoice.date))
    return found
