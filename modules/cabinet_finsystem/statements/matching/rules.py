"""The rules for incoming money, in order. The first that answers decides; each says what it saw.

A posting by itself needs proof: the payer is the client (tax number, or an account on the client's card) and the
purpose names the client's own open invoice. Whatever casts doubt on either turns the answer into a question.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .amounts import amount_doubts, amount_evidence, before_correction, lay_out, owed, parts_as_said
from .book import KnownClient, OpenInvoice
from .case import Case, ranked_candidates
from .decision import Allocation, Candidate, Evidence, Field, Kind, Match, Outcome, is_new, speaks_against, speaks_for
from .elsewhere import invoices_anywhere
from .mentions import Mention
from .naming import Named, Naming, number_evidence
from .natures import by_article, not_a_payment, outgoing, own_transfer
from .words import Sign

_MOST_CLIENTS = 4
_EXACT_SIGNS = (Sign.SECURITY, Sign.CHANGE)
_NEVER_SIGNS = ((Sign.PENALTY, "penalty"), (Sign.EXCEPT, "invoice-excepted"))
_COLLECTED_SIGNS = (Sign.ORDERS, Sign.REGISTER, Sign.TERMINAL)


def own_invoices(case: Case) -> Match | None:
    """The proven payer names invoices of its own by number."""
    if not case.payer.clients or not case.named.picks:
        return None
    named, naming = case.named, case.naming
    client = case.book.clients[named.picks[0].invoice.client_id]
    if case.payer.pinned is None:
        named.need_either = True
    doubts = [*_payer_doubts(case, named, client), *_line_doubts(case, named, naming, client)]
    rule = "invoice-number" if len(named.picks) == 1 else "invoice-numbers"
    return _posted_or_asked(case, rule, client, named, naming, case.payer.proof, doubts)


def learned_payer(case: Case) -> Match | None:
    """The account is learned for a client, and the purpose names that client's invoice. The account alone says little."""
    if not case.payer.learned:
        return None
    naming = case.naming_for([client for client, _ in case.payer.learned])
    named = naming.resolve(case.reading)
    if not named.picks:
        return None
    named.need_either = True
    client = case.book.clients[named.picks[0].invoice.client_id]
    times = next(times for known, times in case.payer.learned if known.id == client.id)
    proof = (speaks_for("payer-learned", Field.ACCOUNT, times=times),) if times else ()
    doubts = [*case.named.problems, *_line_doubts(case, named, naming, client)]
    if not times or not named.named:
        doubts += case.payer.doubts
    elsewhere = _others_with_number(case, named, {client.id for client, _ in case.payer.learned})
    amount = case.line.amount_minor
    if elsewhere and not (named.dated and amount == sum(naming.open_of(pick.invoice) for pick in named.picks)):
        doubts.append(speaks_against("number-of-other-client", Field.PURPOSE, number=elsewhere.number))
    return _posted_or_asked(case, "learned-payer", client, named, naming, proof, doubts)


def somebodys_invoice(case: Case) -> Match | None:
    """The purpose names an invoice of a client that the payer is not: somebody pays for another, or the number is wrong."""
    candidates = [*_by_number_anywhere(case), *_own_candidates(case)]
    if not candidates or candidates[0].client_id is None or not candidates[0].allocations:
        return None
    if case.payer.holds(candidates[0].client_id):
        return None
    return case.ask("third-party", Kind.PAYMENT, candidates)


def amount_alone(case: Case) -> Match | None:
    """The payer is proven and owes exactly this on one invoice, but names none: proposed, never posted."""
    if not case.payer.clients:
        return None
    fitting = _fitting(case, case.naming)
    if len(fitting) != 1:
        return None
    return case.ask("amount-alone", Kind.PAYMENT, [*_own_candidates(case), *_by_number_anywhere(case)])


def known_payer(case: Case) -> Match | None:
    """The payer is a client (or learned for one) and nothing more is said: the money is proposed for the balance."""
    if not case.payer.clients and not any(times for _, times in case.payer.learned):
        return None
    return case.ask("payer", Kind.PAYMENT, [*_own_candidates(case), *_by_number_anywhere(case)])


def spoken_client(case: Case) -> Match | None:
    """Only a name speaks: the counterparty is called like a client, or the purpose names one."""
    candidates = []
    found = [(client, speaks_for("payer-name", Field.NAME)) for client in case.payer.namesakes]
    for client, evidence in (*found, *case.spoken.clients)[:_MOST_CLIENTS]:
        naming = case.naming_for([client])
        fitting = _fitting(case, naming)
        pieces = (evidence, *case.contract_evidence(client.id), *case.payer.doubts)
        if len(fitting) == 1:
            candidates.append(_for_invoice(case, fitting[0], pieces, weak=False))
        else:
            candidates.append(_for_balance(case, client, pieces, weak=True))
    return case.ask("name", Kind.PAYMENT, candidates) if candidates else None


def unsorted(case: Case) -> Match:
    """Nothing is known of it."""
    evidence = case.payer.doubts
    return Match(Outcome.NONE, "unsorted", Kind.OTHER, evidence=evidence, candidates=ranked_candidates(()))


RULES: tuple[Callable[[Case], Match | None], ...] = (
    own_transfer,
    not_a_payment,
    own_invoices,
    learned_payer,
    somebodys_invoice,
    amount_alone,
    known_payer,
    by_article,
    spoken_client,
)


def decide(case: Case) -> Match:
    """The decision on one line."""
    if case.line.amount_minor < 0:
        return own_transfer(case) or outgoing(case)
    if case.line.amount_minor == 0:
        return unsorted(case)
    for rule in RULES:
        match = rule(case)
        if match is not None:
            return match
    return unsorted(case)


# -- proof and doubt -------------------------------------------------------------------------------------------------


def _posted_or_asked(
    case: Case,
    rule: str,
    client: KnownClient,
    named: Named,
    naming: Naming,
    proof: tuple[Evidence, ...],
    doubts: list[Evidence],
) -> Match:
    amount, currency = case.line.amount_minor, case.line.currency
    picks = [pick for pick in named.picks if pick.invoice.client_id == client.id]
    evidence = [*proof, *case.contract_evidence(client.id)]
    for pick in picks:
        evidence += number_evidence(pick)
    evidence.append(amount_evidence(amount, currency, picks, naming))
    if before_correction(amount, picks, naming):
        evidence.append(speaks_for("amount-before-correction", Field.AMOUNT, number=picks[0].invoice.number))
    allocations, rest = lay_out(amount, picks, naming)
    candidate = Candidate(
        Kind.PAYMENT,
        client_id=client.id,
        allocations=allocations,
        advance_minor=rest,
        weak=False,
        evidence=(*evidence, *doubts),
    )
    if doubts:
        others = [*_own_candidates(case), *_by_number_anywhere(case)]
        return case.ask(rule, Kind.PAYMENT, (candidate, *others))
    return Match(
        Outcome.SURE,
        rule,
        Kind.PAYMENT,
        client_id=client.id,
        allocations=allocations,
        advance_minor=rest,
        evidence=candidate.evidence,
        candidates=(candidate,),
    )


def _payer_doubts(case: Case, named: Named, client: KnownClient) -> list[Evidence]:
    payer = case.payer
    doubts = [doubt for doubt in payer.doubts if doubt.code not in ("payer-ambiguous", "payer-shared-account")]
    if payer.pinned is None and len(payer.clients) > 1:
        owners = {hit.invoice.client_id for pick in named.picks for hit in case.naming.hits(pick.mention)}
        doubts += payer.doubts if len(owners) > 1 else ()
    if payer.is_other_branch(client.id):
        doubts.append(speaks_against("payer-other-branch", Field.INN))
    if payer.learned:
        taught = case.naming_for([known for known, _ in payer.learned]).resolve(case.reading)
        doubts += [
            speaks_against("number-of-other-client", Field.PURPOSE, number=pick.invoice.number) for pick in taught.picks
        ]
    return doubts


def _line_doubts(case: Case, named: Named, naming: Naming, client: KnownClient) -> list[Evidence]:
    """What speaks against posting to ``client`` whoever pays: the numbers, the amount, the purpose's other words."""
    amount = case.line.amount_minor
    collected = case.sign(*_COLLECTED_SIGNS) and case.sign(Sign.PAYOUT, Sign.TRANSFER)
    partly = len(named.picks) > 1 and case.sign(Sign.PARTLY) and parts_as_said(amount, named.picks, naming) is None
    if collected or case.sign(*_EXACT_SIGNS) or partly:
        named.need_amount = True
    if case.sign(Sign.LETTER) or case.spoken.hints:
        named.need_either = True
    doubts = [*named.problems]
    doubts += [speaks_against(code, Field.PURPOSE, span) for sign, code in _NEVER_SIGNS if (span := case.sign(sign))]
    if named.by_vat_invoice and not (named.dated and amount == owed(named.picks, naming)):
        doubts.append(speaks_against("number-of-vat-invoice", Field.PURPOSE, named.picks[0].mention.span))
    if case.reading.crowded:
        doubts.append(speaks_against("too-many-numbers", Field.PURPOSE))
    doubts += _unknown_numbers(case, [mention for mention in named.unknown if mention.firm])
    if not all(mention.firm for mention in named.unknown):
        named.need_amount = True
    if (named.need_date or case.sign(Sign.TOP_UP)) and not named.dated:
        doubts.append(speaks_against("number-unmarked", Field.PURPOSE))
    if any(pick.invoice.currency != case.line.currency for pick in named.picks):
        doubts.append(speaks_against("currency-differs", Field.CURRENCY))
    entity = case.line.legal_entity_id
    if entity is not None and any(pick.invoice.legal_entity_id not in (None, entity) for pick in named.picks):
        doubts.append(speaks_against("other-legal-entity", Field.LINE))
    if any(pick.invoice.client_id != client.id for pick in named.picks):
        doubts.append(speaks_against("several-clients", Field.PURPOSE))
    doubts += _spoken_doubts(case, client)
    doubts += amount_doubts(amount, case.reading, named, naming)
    return doubts


def _unknown_numbers(case: Case, mentions: Sequence[Mention]) -> list[Evidence]:
    spans = [(mention.start, mention.end) for mention in mentions]
    return [
        speaks_against("invoice-unknown", Field.PURPOSE, span, number=case.line.purpose[slice(*span)]) for span in spans
    ]


def _spoken_doubts(case: Case, client: KnownClient) -> list[Evidence]:
    doubts = [*case.spoken.strangers, *case.contract_doubts(client.id)]
    doubts += [
        speaks_against("other-client-named", Field.PURPOSE, evidence.span, client=other.name)
        for other, evidence in case.spoken.clients
        if other.id != client.id
    ]
    span = case.sign(Sign.THIRD_PARTY)
    if span:
        doubts.append(speaks_against("third-party", Field.PURPOSE, span))
    return doubts


def _others_with_number(case: Case, named: Named, learned: set[int]) -> OpenInvoice | None:
    """An open invoice of a client that is not the payer's, with a number the purpose names as well."""
    for pick in named.picks:
        for invoice in invoices_anywhere(case.book, [pick.mention], _MOST_CLIENTS):
            if invoice.client_id not in learned and invoice.payable and case.open_of(invoice) > 0:
                return invoice
    return None


# -- candidates for the queue ----------------------------------------------------------------------------------------


def _own_candidates(case: Case) -> list[Candidate]:
    """What else a proven or learned payer's money could be for: an invoice of just this amount, or the balance."""
    candidates: list[Candidate] = []
    named = _unknown_numbers(case, case.named.unknown[:2]) if case.payer.clients else []
    problems = case.named.problems[:2] if case.payer.clients else []
    pieces = (*case.payer.proof, *case.payer.doubts, *named, *problems)
    fitting = _fitting(case, case.naming)
    for invoice in fitting[:2]:
        weak = len(fitting) > 1 or bool(named) or case.payer.is_other_branch(invoice.client_id)
        candidates.append(_for_invoice(case, invoice, pieces, weak=weak))
    clients = (case.payer.pinned,) if case.payer.pinned else case.payer.clients
    candidates += [_for_balance(case, client, pieces, weak=len(clients) > 1) for client in clients[:_MOST_CLIENTS]]
    for client, times in case.payer.learned[:_MOST_CLIENTS]:
        taught = (speaks_for("payer-learned", Field.ACCOUNT, times=times),) if times else case.payer.doubts
        fits = _fitting(case, case.naming_for([client]))
        weak = not times or len(case.payer.learned) + len(case.payer.clients) > 1
        if len(fits) == 1:
            candidates.append(_for_invoice(case, fits[0], taught, weak=weak))
        else:
            candidates.append(_for_balance(case, client, taught, weak=weak))
    return candidates


def _by_number_anywhere(case: Case) -> list[Candidate]:
    """Clients whose invoices bear the named numbers, the best supported first."""
    found: dict[int, list[OpenInvoice]] = {}
    for invoice in invoices_anywhere(case.book, case.reading.mentions[: 2 * _MOST_CLIENTS], _MOST_CLIENTS):
        if not case.payer.holds(invoice.client_id):
            found.setdefault(invoice.client_id, []).append(invoice)
    scored = []
    for client_id in list(found)[: 2 * _MOST_CLIENTS]:
        candidate, score = _somebody(case, case.book.clients[client_id])
        if candidate is not None:
            scored.append((score, candidate))
    scored.sort(key=lambda pair: -pair[0])
    return [candidate for _, candidate in scored[:_MOST_CLIENTS]]


def _somebody(case: Case, client: KnownClient) -> tuple[Candidate | None, int]:
    naming = case.naming_for([client])
    named = naming.resolve(case.reading)
    if not named.picks:
        return None, 0
    evidence = [piece for other, piece in case.spoken.clients if other.id == client.id]
    if any(namesake.id == client.id for namesake in case.payer.namesakes):
        evidence.append(speaks_for("payer-name", Field.NAME))
    evidence += case.contract_evidence(client.id)
    for pick in named.picks:
        evidence += number_evidence(pick)
    fits = amount_evidence(case.line.amount_minor, case.line.currency, named.picks, naming)
    exact = fits.code in ("amount-equals", "amount-equals-sum")
    score = len(evidence) + 2 * exact - 2 * len(named.problems)
    supported = exact or named.dated or len(evidence) > len(named.picks)
    doubts = [*case.payer.doubts, *named.problems]
    if case.payer.clients:
        doubts.append(is_new("payer-is-other-client", Field.INN, client=case.payer.clients[0].name))
    allocations, rest = lay_out(case.line.amount_minor, named.picks, naming)
    candidate = Candidate(
        Kind.PAYMENT,
        client_id=client.id,
        allocations=allocations,
        advance_minor=rest,
        weak=not supported or bool(named.problems),
        evidence=(*evidence, fits, *doubts),
    )
    return candidate, score


def _fitting(case: Case, naming: Naming) -> list[OpenInvoice]:
    """Open invoices that owe exactly the line's amount, in its currency."""
    return [
        invoice
        for invoice in naming.owing
        if case.open_of(invoice) == case.line.amount_minor and invoice.currency == case.line.currency
    ]


def _for_invoice(case: Case, invoice: OpenInvoice, pieces: tuple[Evidence, ...], *, weak: bool) -> Candidate:
    evidence = (*pieces, speaks_for("amount-of-invoice", Field.AMOUNT, number=invoice.number))
    return Candidate(
        Kind.PAYMENT,
        client_id=invoice.client_id,
        allocations=(Allocation(invoice.id, case.line.amount_minor),),
        weak=weak,
        evidence=(*evidence, *case.contract_evidence(invoice.client_id)),
    )


def _for_balance(case: Case, client: KnownClient, pieces: tuple[Evidence, ...], *, weak: bool) -> Candidate:
    evidence = (*pieces, *case.contract_evidence(client.id))
    return Candidate(
        Kind.PAYMENT, client_id=client.id, advance_minor=case.line.amount_minor, weak=weak, evidence=evidence
    )
