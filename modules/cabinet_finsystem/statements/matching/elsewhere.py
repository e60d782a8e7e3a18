"""Numbers in a purpose besides those taken: other open invoices of the payer, and the same numbers at other clients."""

from __future__ import annotations

from collections.abc import Sequence

from .book import Book, OpenInvoice
from .folding import fold, key_of, runs_of
from .mentions import NAMING_TOPICS, Mention, Reading
from .naming import Naming, Pick

_TELLING = 3  # characters of a number that is hardly a street's or a flat's


def other_numbers(reading: Reading, naming: Naming, picks: list[Pick], *, any_topic: bool) -> list[OpenInvoice]:
    """Open invoices of the payer that other numbers in the purpose could mean, letters misread or not.

    ``any_topic``: of whatever they are said to be, else only those that a date of theirs, a number sign or their
    length make likely.
    """
    spans = [(pick.mention.start, pick.mention.end) for pick in picks]
    left = [m for m in reading.mentions if not any(start <= m.start < end for start, end in spans)]
    if not left:
        return []
    picked = {pick.invoice.id for pick in picks}
    others = [invoice for invoice in naming.owing if invoice.id not in picked]
    open_ids = {invoice.id for invoice in others}
    by_digits = {_digits(runs_of(fold(invoice.number))): invoice for invoice in others}
    found: list[OpenInvoice] = []
    for mention in left:
        meant = [hit.invoice for hit in naming.hits(mention) if hit.invoice.id in open_ids]
        alike = by_digits.get(_digits(mention.runs))
        if not meant and alike is not None:
            meant = [alike]
        found.extend(invoice for invoice in meant if any_topic or _likely(mention, invoice))
    return found


def _likely(mention: Mention, invoice: OpenInvoice) -> bool:
    if mention.when is not None and mention.when.year and mention.when.says(invoice.date):
        return True
    return mention.topic in (*NAMING_TOPICS, None) and (mention.firm or sum(map(len, mention.runs)) >= _TELLING)


def _digits(runs: tuple[str, ...]) -> str:
    return key_of(tuple(run for run in runs if not run[0].isalpha()))


def invoices_anywhere(book: Book, mentions: Sequence[Mention], limit: int) -> list[OpenInvoice]:
    """Invoices of any client that the mentions may mean, whole numbers first: for proposals, never for posting."""
    found: list[OpenInvoice] = []
    for mention in mentions:
        if mention.topic not in (*NAMING_TOPICS, None) or (mention.topic is None and not mention.when):
            continue
        key = key_of(mention.runs)
        for known in (f"{mention.keyword}|{key}", key, "~" + key):
            found.extend(book.by_number.get(known, ())[:limit])
    return found[: 4 * limit]
