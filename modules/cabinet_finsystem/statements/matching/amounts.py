"""What the amount says: whether it proves the named invoices, speaks for others, and how it is laid out over them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations

from cabinet.contracts.money import Money

from .book import OpenInvoice
from .decision import Allocation, Evidence, Field, speaks_against, speaks_for
from .elsewhere import other_numbers
from .folding import fold
from .mentions import NAMING_TOPICS, Reading
from .naming import Named, Naming, Pick
from .telling import PERCENT
from .words import Sign, Strength

_MOST_SUBSETS = 6
_LONGEST_SHARE = 2  # digits
_ROUNDING = 100 * 100  # a rouble, as amounts are compared a hundredfold
_THOUSANDS = re.compile(r"(?<=[0-9]) (?=[0-9]{3}(?![0-9]))")
_TAX_WORDS = frozenset(map(fold, ("ндс", "nds", "vat", "налог", "налога")))


def lay_out(amount: int, picks: Sequence[Pick], naming: Naming) -> tuple[tuple[Allocation, ...], int]:
    """``amount`` over the picks as the payer says, else in the order named, up to what each owes; and what is left."""
    allocations = []
    said = parts_as_said(amount, picks, naming)
    if said is not None:
        return tuple(Allocation(pick.invoice.id, part) for pick, part in zip(picks, said, strict=True)), 0
    for pick in picks:
        part = min(amount, naming.open_of(pick.invoice))
        if part > 0:
            allocations.append(Allocation(pick.invoice.id, part))
            amount -= part
    return tuple(allocations), amount


def parts_as_said(amount: int, picks: Sequence[Pick], naming: Naming) -> list[int] | None:
    """The sums said for each of several invoices where they make up the payment and none is more than its invoice owes."""
    said = [pick.mention.stated or 0 for pick in picks]
    if len(picks) < 2 or sum(said) != amount:
        return None
    fits = all(0 < part <= naming.open_of(pick.invoice) for part, pick in zip(said, picks, strict=True))
    return said if fits else None


def owed(picks: Sequence[Pick], naming: Naming) -> int:
    """What the picked invoices owe together."""
    return sum(naming.open_of(pick.invoice) for pick in picks)


def amount_evidence(amount: int, currency: str, picks: Sequence[Pick], naming: Naming) -> Evidence:
    """How the amount compares with what the picks owe."""
    total = owed(picks, naming)
    if amount == total:
        return speaks_for("amount-equals" if len(picks) == 1 else "amount-equals-sum", Field.AMOUNT, count=len(picks))
    if parts_as_said(amount, picks, naming) is not None:
        return speaks_for("amount-as-said", Field.AMOUNT, count=len(picks))
    if total - naming.small <= amount < total:
        return speaks_for("amount-short", Field.AMOUNT, rest=Money(total - amount, currency))
    if amount < total:
        return speaks_for("amount-part", Field.AMOUNT, rest=Money(total - amount, currency))
    return speaks_for("amount-over", Field.AMOUNT, rest=Money(amount - total, currency))


def before_correction(amount: int, picks: Sequence[Pick], naming: Naming) -> bool:
    """Whether the amount is not what one invoice owes, but what it would had nobody corrected it: the payer goes by the old paper."""
    if len(picks) != 1 or (original := picks[0].invoice.original_minor) is None:
        return False
    total = owed(picks, naming)
    return amount not in (0, total) and amount == total + original - picks[0].invoice.total_minor


def amount_doubts(amount: int, reading: Reading, named: Named, naming: Naming) -> list[Evidence]:
    """Reasons not to post an amount that differs from what the named invoices owe."""
    total = owed(named.picks, naming)
    doubts = _unread_numbers(reading, named, naming, settled=amount == total)
    if amount == total:
        return doubts
    told = before_correction(amount, named.picks, naming)
    unsure = not told and (named.need_amount or (named.need_either and not named.dated))
    if parts_as_said(amount, named.picks, naming) is not None and not unsure:
        return doubts
    first = named.picks[0]
    said = first.mention.stated if len(named.picks) == 1 else None  # "сч. 15 - 5000-00 и аванс 2000-00"
    if said is not None and 0 < said < amount and _says_sum(amount - said, reading):
        doubts.append(speaks_against("amounts-as-said-differ", Field.AMOUNT))
    shared_out = len(named.picks) > 1 and amount < total and _shares_said(reading)  # "сч. 15 - 50%, сч. 17 - 10%"
    if shared_out or any(pick.mention.stated for pick in named.picks[:-1]):  # behind the last it may be the sum of all
        doubts.append(speaks_against("amounts-as-said-differ", Field.AMOUNT))
    if unsure:
        doubts.append(speaks_against("amount-differs", Field.AMOUNT, owed=Money(total, _currency(named))))
    elif amount > _owed_firmly(named.picks, naming):
        doubts.append(speaks_against("number-loose", Field.PURPOSE))
    picked = {pick.invoice.id for pick in named.picks}
    others = [invoice for invoice in naming.owing if invoice.id not in picked]
    suspect = _told_otherwise(amount, total, reading, named, naming, others)
    if suspect is not None:
        doubts.append(suspect)
    return doubts


def _unread_numbers(reading: Reading, named: Named, naming: Naming, *, settled: bool) -> list[Evidence]:
    """Numbers behind a number sign, after a word for an invoice, that were not taken: which may be invoices paid as well.

    Where the amount settles what is named, only another open invoice of the payer casts doubt.
    """
    taken = [(pick.mention.start, pick.mention.end) for pick in named.picks]
    for mention in reading.mentions:
        if mention.topic not in NAMING_TOPICS or mention.strength is not Strength.FAR or not mention.firm:
            continue
        if any(start <= mention.start < end for start, end in taken):
            continue
        own = any(hit.invoice.payable and naming.open_of(hit.invoice) > 0 for hit in naming.hits(mention))
        if own or not settled:
            span = (mention.start, mention.end)
            return [speaks_against("number-unread", Field.PURPOSE, span, number=naming.line.purpose[slice(*span)])]
    return []


def _part_is_told(amount: int, reading: Reading, named: Named, other: OpenInvoice) -> bool:
    """Whether the purpose says plainly that one invoice is paid in part, so that the sum of ``other`` is a coincidence.

    Its number and its date do, where ``other`` is of another day or an advance is spoken of; so does a share that makes the amount.
    A share that does not ("30%", and it is a half) says that something is amiss.
    """
    if len(named.picks) != 1:
        return False
    pick = named.picks[0]
    if pick.mention.strength is not Strength.STRONG or not pick.exact or amount >= pick.invoice.total_minor:
        return False
    shares = _shares_said(reading)
    if shares:
        return any(abs(amount * 100 - pick.invoice.total_minor * share) <= _ROUNDING for share in shares)
    spoken_of = Sign.PARTLY in reading.signs or Sign.ADVANCE in reading.signs
    return pick.dated and (spoken_of or other.date != pick.invoice.date)


def _shares_said(reading: Reading) -> list[int]:
    """The percentages in the purpose that are no tax's."""
    tokens = [token[0] for token in reading.tokens]
    found = []
    for k, text in enumerate(tokens):
        share = tokens[k - 1] if k and (text == "%" or text.startswith(PERCENT)) else ""
        if share.isdecimal() and len(share) <= _LONGEST_SHARE and _TAX_WORDS.isdisjoint(tokens[max(0, k - 4) : k]):
            found.append(int(share))
    return found


def _says_sum(minor: int, reading: Reading) -> bool:
    """Whether the purpose holds a sum of ``minor`` units, its copecks left out."""
    return re.search(rf"(?<![0-9]){minor // 100}(?![0-9])", _THOUSANDS.sub("", reading.folded)) is not None


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
        if owes == amount and not (amount < total and _part_is_told(amount, reading, named, invoice)):
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
