"""Lists of payments: found, filtered, summed."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from cabinet.db.bulk import chunks
from cabinet.db.paging import ListQuery, Page, contains, paginate
from cabinet.identity.models import Client
from cabinet.tables import parse_date
from cabinet_finsystem.filters import id_asked
from cabinet_finsystem.payments.models import Payment
from cabinet_finsystem.payments.values import PaymentTotals
from cabinet_finsystem.searching import found_by


def standing_of_lines(session: Session, line_ids: Iterable[int]) -> dict[int, list[Payment]]:
    """The payments that stand for statement lines, by id of the line; one query a thousand."""
    found: defaultdict[int, list[Payment]] = defaultdict(list)
    for some in chunks(line_ids):
        its = select(Payment).where(Payment.line_id.in_(some), Payment.reversal_id.is_(None)).order_by(Payment.id)
        for payment in session.scalars(its):
            if payment.line_id is not None:
                found[payment.line_id].append(payment)
    return dict(found)


def payments_page(session: Session, query: ListQuery, *, client_id: int | None = None, totals: bool = True) -> Page:
    """A page of Payment rows, the latest first; its ``totals``, where wanted: currency → PaymentTotals of what the filters let through.

    Search: the text and the client's present name. Filters: ``state`` (free, reversed), ``kind``, ``client`` (public id), ``from``,
    ``to``. Sorts: date, amount, free.
    """
    criteria = [*_criteria(query)]
    if client_id is not None:
        criteria.append(Payment.client_id == client_id)
    page = paginate(
        session,
        select(Payment).where(*criteria),
        query,
        sorts={"date": Payment.date, "amount": Payment.minor, "free": _free()},
        default="-date",
        key=Payment.id,
    )
    return replace(page, totals=_totals(session, criteria)) if totals else page


def _criteria(query: ListQuery) -> Iterator[ColumnElement[bool]]:
    filters = query.filters
    yield from found_by(query.search, lambda word: contains(Payment.text, word), Payment.client_id)
    if filters.get("state") == "free":
        yield _free() > 0
    if filters.get("state") == "reversed":
        yield Payment.reversal_id.is_not(None)
    if kind := filters.get("kind"):
        yield Payment.kind == kind
    if client := filters.get("client"):
        yield Payment.client_id.in_(select(Client.id).where(Client.public_id == id_asked(client)))
    if (since := _date(filters.get("from"))) is not None:
        yield Payment.date >= since
    if (until := _date(filters.get("to"))) is not None:
        yield Payment.date <= until


def _totals(session: Session, criteria: list[ColumnElement[bool]]) -> dict[str, PaymentTotals]:
    counts = Payment.reversal_id.is_(None)
    rows = session.execute(
        select(
            Payment.currency,
            func.count(),
            func.coalesce(func.sum(case((counts, Payment.minor), else_=0)), 0),
            func.coalesce(func.sum(_free()), 0),
        )
        .where(*criteria)
        .group_by(Payment.currency)
        .order_by(Payment.currency)
    )
    return {currency: PaymentTotals(*map(int, sums)) for currency, *sums in rows}


def _free() -> ColumnElement[int]:
    """Money that came in and pays no invoice."""
    counts = Payment.reversal_id.is_(None) & (Payment.minor > 0)
    return case((counts, Payment.minor - Payment.allocated - Payment.kept), else_=0)


def _date(text: str | None) -> datetime.date | None:
    try:
        return parse_date(text) if text else None
    except ValueError:
        return None
