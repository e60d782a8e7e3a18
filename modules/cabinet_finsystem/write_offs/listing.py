"""Lists of what was written off, and its sums by month and by client."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, aliased

from cabinet.db.paging import ListQuery, Page, contains, paginate
from cabinet.identity.models import Client
from cabinet.tables import parse_date
from cabinet_finsystem.articles.models import Article
from cabinet_finsystem.filters import id_asked
from cabinet_finsystem.invoicing.models import Invoice
from cabinet_finsystem.ledger.months import month_of
from cabinet_finsystem.payments.models import Payment
from cabinet_finsystem.searching import found_by
from cabinet_finsystem.write_offs.models import WriteOff
from cabinet_finsystem.write_offs.values import WriteOffRow, WriteOffSum


def write_offs_page(session: Session, query: ListQuery) -> Page:
    """A page of WriteOffRow, the latest first.

    Search: the number of the invoice and the client's name. Filters: ``state`` (all: with what was taken back), ``side`` (short, over),
    ``how`` (itself, hand), ``client`` (public id), ``article`` (public id), ``from``, ``to``. Sorts: date, amount.
    """
    cause = aliased(Payment)
    statement = (
        _found(
            query,
            WriteOff.id,
            Payment.public_id.label("payment"),
            Payment.date.label("date"),
            Payment.minor.label("minor"),
            Payment.currency.label("currency"),
            WriteOff.by_itself,
            Payment.reversal_id.is_(None).label("standing"),
            Article.name.label("article"),
            Client.public_id.label("client"),
            Client.name.label("client_name"),
            Invoice.public_id.label("invoice"),
            func.coalesce(Invoice.number, "").label("number"),
            cause.public_id.label("cause"),
        )
        .join(Article, Article.id == WriteOff.article_id)
        .outerjoin(cause, cause.id == WriteOff.cause_id)
    )
    page = paginate(
        session,
        statement,
        query,
        sorts={"date": Payment.date, "amount": Payment.minor},
        default="-date",
        key=WriteOff.id,
        scalars=False,
    )
    names = WriteOffRow.__dataclass_fields__
    return replace(page, rows=[WriteOffRow(**{name: getattr(row, name) for name in names}) for row in page.rows])


def write_off_sums(
    session: Session, query: ListQuery
) -> tuple[list[WriteOffSum], list[WriteOffSum], list[WriteOffSum]]:
    """(all, by month, by client) of what the filters let through and stands. One query: months and clients are few beside documents."""
    rows = session.execute(
        _found(
            replace(query, filters={**query.filters, "state": ""}),
            Payment.currency,
            Client.public_id,
            Client.name,
            Payment.date,
            func.count(),
            func.sum(Payment.minor).filter(Payment.minor > 0),
            func.sum(-Payment.minor).filter(Payment.minor < 0),
        ).group_by(Payment.currency, Client.public_id, Client.name, Payment.date)
    ).all()
    total = _summed((row[0], row[0], "", row) for row in rows)
    months = _summed((row[0], month_of(row[3]), "", row) for row in rows)
    clients = _summed((row[0], row[1], row[2], row) for row in rows)
    return (
        sorted(total, key=lambda one: one.currency),
        sorted(months, key=lambda one: (one.key, one.currency), reverse=True),
        sorted(clients, key=lambda one: (-(one.short + one.over), one.name, one.currency)),
    )


def _summed(rows: Iterator[tuple[str, Any, str, Any]]) -> list[WriteOffSum]:
    sums: defaultdict[tuple[str, Any, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for currency, key, name, row in rows:
        mine = sums[currency, key, name]
        for n, figure in enumerate(row[4:]):
            mine[n] += int(figure or 0)
    return [WriteOffSum(currency, key, name, *figures) for (currency, key, name), figures in sums.items()]


def _found(query: ListQuery, *columns: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(*columns)
        .select_from(WriteOff)
        .join(Payment, Payment.id == WriteOff.payment_id)
        .join(Client, Client.id == WriteOff.client_id)
        .outerjoin(Invoice, Invoice.id == WriteOff.invoice_id)
        .where(*_criteria(query))
    )


def _criteria(query: ListQuery) -> Iterator[ColumnElement[bool]]:
    filters = query.filters
    yield from found_by(query.search, lambda word: contains(Invoice.number, word), WriteOff.client_id)
    if filters.get("state") != "all":
        yield Payment.reversal_id.is_(None)
    if (side := filters.get("side")) in {"short", "over"}:
        yield Payment.minor > 0 if side == "short" else Payment.minor < 0
    if (how := filters.get("how")) in {"itself", "hand"}:
        yield WriteOff.by_itself.is_(how == "itself")
    if article := filters.get("article"):
        yield WriteOff.article_id.in_(select(Article.id).where(Article.public_id == id_asked(article)))
    if client := filters.get("client"):
        yield WriteOff.client_id.in_(select(Client.id).where(Client.public_id == id_asked(client)))
    if (since := _date(filters.get("from"))) is not None:
        yield Payment.date >= since
    if (until := _date(filters.get("to"))) is not None:
        yield Payment.date <= until


def _date(text: str | None) -> datetime.date | None:
    try:
        return parse_date(text) if text else None
    except ValueError:
        return None
