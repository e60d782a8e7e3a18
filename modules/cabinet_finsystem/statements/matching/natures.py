"""Lines that are no client's payment by their nature: they never credit a client by themselves."""

from __future__ import annotations

from .book import account_key, usable_inn
from .case import Case
from .decision import Candidate, Field, Kind, Match, Outcome, speaks_against, speaks_for
from .words import Sign, Strength, Topic

# Russian tax service, as the payer and payee of the single tax account.
_TAX_INNS = frozenset({"7727406020", "7707830464"})
_CASH_ACCOUNTS = ("20202", "20208")
_SETTLEMENT_ACCOUNTS = ("30232", "30233")


def own_transfer(case: Case) -> Match | None:
    """Both accounts are ours: proven. Our tax number on an unknown account: likely."""
    if case.is_own_account():
        evidence = (speaks_for("own-account", Field.ACCOUNT),)
        candidate = Candidate(Kind.OWN_TRANSFER, weak=False, evidence=evidence)
        return Match(Outcome.SURE, "own-transfer", Kind.OWN_TRANSFER, evidence=evidence, candidates=(candidate,))
    if usable_inn(case.line.counterparty_inn) in case.book.ours.inns:
        evidence = (speaks_for("own-inn", Field.INN),)
        return case.ask(
            "own-transfer", Kind.OWN_TRANSFER, (Candidate(Kind.OWN_TRANSFER, weak=False, evidence=evidence),)
        )
    return None


def not_a_payment(case: Case) -> Match | None:
    """Refunds, loans, card settlements, cash, tax money: an article rule may know them, a client never gets them."""
    found = _nature(case)
    if found is None:
        return None
    kind, code, where, span = found
    evidence = speaks_against(code, where, span)
    by_rule = by_article(case, kind)
    if by_rule is not None and by_rule.outcome is Outcome.SURE:
        return by_rule
    candidates = [*(by_rule.candidates if by_rule else ())]
    candidates += [
        Candidate(
            kind, client_id=client.id, advance_minor=case.line.amount_minor, evidence=(*case.payer.proof, evidence)
        )
        for client in case.payer.clients[:1]
    ]
    return case.ask(kind.value, kind, candidates, evidence)


def by_article(case: Case, kind: Kind = Kind.OTHER) -> Match | None:
    """What the owner's article rules say: sure where one holds in full, a question where one nearly does."""
    known = case.sorted
    if known.rule is not None:
        candidate = known.candidates[0]
        return Match(
            Outcome.SURE,
            f"article-{known.rule.id}",
            kind if kind is not Kind.OTHER or case.line.amount_minor > 0 else Kind.EXPENSE,
            article_id=candidate.article_id,
            evidence=candidate.evidence,
            candidates=known.candidates,
        )
    if known.candidates:
        return case.ask("article", kind, known.candidates)
    return None


_Found = tuple[Kind, str, Field, tuple[int, int] | None]


def _nature(case: Case) -> _Found | None:
    if case.line.is_return:
        return Kind.REFUND, "nature-return", Field.LINE, None
    return _by_words(case) or _by_party(case)


def _by_words(case: Case) -> _Found | None:
    if not case.reading.signs:
        return None  # most lines
    for sign, kind in (
        (Sign.REFUND, Kind.REFUND),
        (Sign.LOAN, Kind.LOAN),
        (Sign.CASH, Kind.CASH),
        (Sign.ACQUIRING, Kind.AGGREGATOR),
        (Sign.WITHHELD, Kind.AGGREGATOR),
        (Sign.TAX, Kind.TAX),
        (Sign.EQUITY, Kind.OTHER),
    ):
        span = case.sign(sign)
        if span is not None:
            return kind, f"nature-{kind.value}", Field.PURPOSE, span
    collected = case.sign(Sign.ORDERS, Sign.REGISTER, Sign.TERMINAL)
    if collected and case.sign(Sign.PAYOUT, Sign.TRANSFER) and not _names_invoice(case):
        return Kind.AGGREGATOR, "nature-aggregator", Field.PURPOSE, collected
    own = case.sign(Sign.OWN_FUNDS)
    if own and case.sign(Sign.PAYOUT, Sign.TRANSFER) and not _names_invoice(case):
        return Kind.OTHER, "nature-own-funds", Field.PURPOSE, own
    return None


def _by_party(case: Case) -> _Found | None:
    line = case.line
    account = account_key(line.counterparty_account)
    if "наличн" in line.doc_kind.lower() or account.startswith(_CASH_ACCOUNTS):
        return Kind.CASH, "nature-cash", Field.ACCOUNT, None
    if len(account) == 20 and account.startswith(_SETTLEMENT_ACCOUNTS):
        return Kind.AGGREGATOR, "nature-aggregator", Field.ACCOUNT, None
    if usable_inn(line.counterparty_inn) in _TAX_INNS:
        return Kind.TAX, "nature-tax", Field.INN, None
    return None


def _names_invoice(case: Case) -> bool:
    return any(m.topic is Topic.INVOICE and m.strength is Strength.STRONG for m in case.reading.mentions)


def outgoing(case: Case) -> Match:
    """Money that left: back to a client, to an article by the owner's rules, or unsorted with what the words suggest."""
    refund = case.sign(Sign.REFUND)
    if (refund or case.line.is_return) and case.payer.clients:
        client = case.payer.pinned or case.payer.clients[0]
        told = (
            speaks_for("refund-to-client", Field.PURPOSE, refund) if refund else speaks_for("nature-return", Field.LINE)
        )
        evidence = (*case.payer.proof, told)
        candidate = Candidate(
            Kind.REFUND, client_id=client.id, advance_minor=case.line.amount_minor, weak=False, evidence=evidence
        )
        return case.ask("refund-to-client", Kind.REFUND, (candidate,))
    kind = _outgoing_kind(case)
    by_rule = by_article(case, kind)
    if by_rule is not None:
        return by_rule
    return Match(Outcome.NONE, "unsorted", kind)


def _outgoing_kind(case: Case) -> Kind:
    if case.sign(Sign.LOAN):
        return Kind.LOAN
    if case.sign(Sign.TAX) or usable_inn(case.line.counterparty_inn) in _TAX_INNS:
        return Kind.TAX
    if case.sign(Sign.FEE) or case.line.counterparty_account.startswith("706"):
        return Kind.FEE
    return Kind.EXPENSE
