"""What each item of the price list, or each text of a line, brought: by documents from their lines, by payment from what paid them.

A payment spreads over the articles of an invoice; here each article's part spreads on over its lines, as much as is paid up to a day over
all of them, so that adjoining periods add up and every line that is paid in full has brought its net exactly.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cabinet.db.bulk import chunks
from cabinet_finsystem.acts.models import Act, ActLine
from cabinet_finsystem.corrections.models import ISSUED, Correction, CorrectionLine
from cabinet_finsystem.invoicing.models import Invoice, InvoiceLine
from cabinet_finsystem.ledger.models import Entry
from cabinet_finsystem.payments.models import Allocation, AllocationSpread
from cabinet_finsystem.payments.spread import spread
from cabinet_finsystem.reports.facts import narrowed, within
from cabinet_finsystem.reports.periods import DAY, Period
from cabinet_finsystem.reports.values import PnlQuery


class Brought(NamedTuple):
    """``minor`` in one of the periods, by a line of one invoice. ``item_id`` None: the line has only its text."""

    period: Period
    item_id: int | None
    text: str
    invoice_id: int
    minor: int


def brought(
    session: Session, query: PnlQuery, currency: str, periods: Sequence[Period], articles: Collection[int]
) -> Iterator[Brought]:
    """All that lines on ``articles`` brought in ``periods``, which may overlap."""
    if query.basis == "accrual":
        yield from _charged(session, query, currency, periods, articles)
    else:
        yield from _paid(session, query, currency, periods, articles)


def _charged(
    session: Session, query: PnlQuery, currency: str, periods: Sequence[Period], articles: Collection[int]
) -> Iterator[Brought]:
    for document, line, net in (
        (Invoice, InvoiceLine, InvoiceLine.net),
        (Act, ActLine, ActLine.net),
        (Correction, CorrectionLine, CorrectionLine.net - CorrectionLine.was_net),
    ):
        for entry_id, sign in ((document.entry_id, 1), (document.void_entry_id, -1)):
            statement = (
                select(Entry.date, InvoiceLine.item_id, InvoiceLine.text, InvoiceLine.invoice_id, func.sum(net))
                .join(document, entry_id == Entry.id)
                .where(
                    # What charged nothing is voided without a reversal of anything.
                    document.entry_id.is_not(None),
                    document.currency == currency,
                    line.article_id.in_(articles),
                    within(Entry.date, periods),
                    *narrowed(query, document),
                )
                .group_by(Entry.date, InvoiceLine.item_id, InvoiceLine.text, InvoiceLine.invoice_id)
            )
            if line is ActLine:
                statement = statement.join(ActLine, ActLine.act_id == Act.id).join(
                    InvoiceLine, InvoiceLine.id == ActLine.invoice_line_id
                )
            elif line is CorrectionLine:
                statement = statement.join(CorrectionLine, CorrectionLine.correction_id == Correction.id).join(
                    InvoiceLine, InvoiceLine.id == CorrectionLine.invoice_line_id
                )
            else:
                statement = statement.join(InvoiceLine, InvoiceLine.invoice_id == Invoice.id)
            for day, item_id, text, invoice_id, minor in session.execute(statement):
                for period in periods:
                    if day in period:
                        yield Brought(period, item_id, text, invoice_id, sign * int(minor))


def _paid(
    session: Session, query: PnlQuery, currency: str, periods: Sequence[Period], articles: Collection[int]
) -> Iterator[Brought]:
    moved = (
        select(Allocation.invoice_id)
        .join(Invoice, Invoice.id == Allocation.invoice_id)
        .where(Invoice.currency == currency, within(Allocation.date, periods), *narrowed(query, Invoice))
        .distinct()
    )
    paid: defaultdict[tuple[int, int], list[tuple[datetime.date, int]]] = defaultdict(list)
    for invoice_id, article_id, day, minor in session.execute(
        select(Allocation.invoice_id, AllocationSpread.article_id, Allocation.date, func.sum(AllocationSpread.minor))
        .join(Allocation, Allocation.id == AllocationSpread.allocation_id)
        .where(Allocation.invoice_id.in_(moved), AllocationSpread.article_id.in_(articles))
        .group_by(Allocation.invoice_id, AllocationSpread.article_id, Allocation.date)
    ):
        paid[invoice_id, article_id].append((day, int(minor)))
    lines = _lines(session, {invoice_id for invoice_id, _article_id in paid}, articles)
    for key, payments in paid.items():
        mine = lines[key]
        for period in periods:
            before = _spread_up_to(period.since - DAY, payments, mine)
            after = _spread_up_to(period.until, payments, mine)
            for line, was, now in zip(mine, before, after, strict=True):
                if now != was:
                    yield Brought(period, line.item_id, line.text, key[0], now - was)


class _Line(NamedTuple):
    """A line of an invoice. ``net``: as it was issued; ``differences``: what corrections add to that, each from its day on."""

    item_id: int | None
    text: str
    net: int
    differences: Sequence[tuple[datetime.date, int]]

    def net_on(self, day: datetime.date) -> int:
        """Its net at the end of ``day``."""
        return self.net + sum(minor for since, minor in self.differences if since <= day)


def _lines(
    session: Session, invoice_ids: Iterable[int], articles: Collection[int]
) -> dict[tuple[int, int], list[_Line]]:
    """Lines of invoices, by invoice and article, in their order. Two queries a thousand."""
    found: defaultdict[tuple[int, int], list[_Line]] = defaultdict(list)
    for some in chunks(sorted(invoice_ids)):
        differences: defaultdict[int, list[tuple[datetime.date, int]]] = defaultdict(list)
        for line_id, day, minor in session.execute(
            select(CorrectionLine.invoice_line_id, Correction.date, CorrectionLine.net - CorrectionLine.was_net)
            .join(Correction, Correction.id == CorrectionLine.correction_id)
            .where(Correction.invoice_id.in_(some), Correction.state == ISSUED)
        ):
            differences[line_id].append((day, int(minor)))
        for row in session.execute(
            select(
                InvoiceLine.id,
                InvoiceLine.invoice_id,
                InvoiceLine.article_id,
                InvoiceLine.item_id,
                InvoiceLine.text,
                InvoiceLine.net,
            )
            .where(InvoiceLine.invoice_id.in_(some), InvoiceLine.article_id.in_(articles))
            .order_by(InvoiceLine.invoice_id, InvoiceLine.position, InvoiceLine.id)
        ):
            line = _Line(row.item_id, row.text, row.net, differences[row.id])
            found[row.invoice_id, row.article_id].append(line)
    return found


def _spread_up_to(
    last: datetime.date, payments: Iterable[tuple[datetime.date, int]], lines: Sequence[_Line]
) -> Sequence[Any]:
    nets = [line.net_on(last) for line in lines]
    if not any(nets):
        # All was corrected away, and money that came later than that has not been moved yet.
        nets = [line.net for line in lines]
    return spread(sum(minor for day, minor in payments if day <= last), nets)
