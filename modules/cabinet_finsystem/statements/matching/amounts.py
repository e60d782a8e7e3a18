"""What the amount says: whether it proves the named invoices, speaks for others, and how it is laid out over them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from cabinet.contracts.money import Money

from .book import OpenInvoice
from .decision import Allocation, Evidence, Field, speaks_against, speaks_for
from .elsewhere import other_numbers
from .mentions import Reading
from .naming import Named, Naming, Pick

_MOST_SUBSETS = 6


def lay_out(amount: int, picks: Sequence[Pick], naming: Naming) -> tuple[tuple[Allocation, ...], int]:
    """``amount`` over the picks in the order named, up to what each owes; the second value is what is left."""
    allocations = []
    for pick in picks:
        part = min(amount, naming.open_of(pick.invoice))
        if part > 0:
            allocations.append(Allocation(pick.invoice.id, part))
            amount -= part
    return tuple(allocations), amount


def owed(picks: Sequence[Pick], naming: Naming) -> int:
    """What the picked invoices owe together."""
    return sum(naming.open_of(pick.invoice) for pick in picks)


def amount_evidence(amount: int, currency: str, picks: Sequence[Pick], naming: Naming) -> Evidence:
    """How the amount compares with what the picks owe."""
    total = owed(picks, naming)
    if amount == total:
        return speaks_for("amount-equals" if len(picks) == 1 else "amount-equals-sum", Field.AMOUNT, count=len(picks))
    if amount < total:
        return speaks_for("amount-part", Field.AMOUNT, rest=Money(total - amount, currency))
    return speaks_for("amount-over", Field.AMOUNT, rest=Money(amount - total, currency))


def amount_doubts(amount: int, reading: Reading, named: Named, naming: Naming) -> list[Evidence]:
    """Reasons not to post an amount that differs from what the named invoices owe."""
    total = owed(named.picks, naming)
    if amount == total:
        return []
    doubts: list[Evidence] = []
    if named.need_amount or (named.need_either and not named.dated):
        doubts.append(speaks_against("amount-differs", Field.AMOUNT, owed=Money(total, _currency(named))))
    elif amount > _owed_firmly(named.picks, naming):
        doubts.append(speaks_against("number-loose", Field.PURPOSE))
    picked = {pick.invoice.id for pick in named.picks}
    others = [
        invoice
        for invoice in naming.invoices
        if invoice.id not in picked and invoice.payable and naming.open_of(invoice) > 0
    ]
    suspect = _told_otherwise(amount, total, reading, named, naming, others)
    if suspect is not None:
        doubts.append(suspect)
    return doubts


def _owed_firmly(picks: Sequence[Pick], naming: Naming) -> int:
    """What is owed up to the first number that may as well be a quantity: "сч. 15, 20 коробок"."""
    total = 0
    for pick in picks:
        if pick.mention.loose:
            return total
        total += naming.open_of(pick.invoice)
    return max(total, naming.line.amount_minor)


def _told_otherwise(
    amount: int, total: int, reading: Reading, named: Named, naming: Naming, others: list[OpenInvoice]
) -> Evidence | None:
    """The amount fits other invoices than those named, or fewer of them: a misprinted or missing number."""
    for invoice in others:
        owes = naming.open_of(invoice)
        if owes == amount:
            return speaks_against("amount-of-other-invoice", Field.AMOUNT, number=invoice.number)
        if amount > total and owes == amount - total:
            return speaks_against("rest-of-other-invoice", Field.AMOUNT, number=invoice.number)
    for invoice in other_numbers(reading, naming, named.picks, any_topic=amount > total):
        return speaks_against("number-of-other-invoice", Field.PURPOSE, number=invoice.number)
    if (len(named.picks) == 1 and named.picks[0].mention.plural) or (amount > total and reading.unanswered):
        return speaks_against("number-missing", Field.PURPOSE)
    return _fits_fewer(amount, named.picks, naming) if amount < total else None


def _fits_fewer(amount: int, picks: Sequence[Pick], naming: Naming) -> Evidence | None:
    """Exactly what some of the picks owe, but not the first of them: the order named is not what the payer meant."""
    owes = [naming.open_of(pick.invoice) for pick in picks]
    if any(sum(owes[:n]) == amount for n in range(1, len(owes))) or len(owes) > _MOST_SUBSETS:
        return None
    for size in range(1, len(owes)):
        for chosen in combinations(range(len(owes)), size):
            if sum(owes[k] for k in chosen) == amount:
                return speaks_against("amount-of-other-invoice", Field.AMOUNT, number=picks[chosen[0]].invoice.number)
    return None


def _currency(named: Named) -> str:
    return named.picks[0].invoice.currency
