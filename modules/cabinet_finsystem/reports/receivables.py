"""What clients owe by open invoices, by age: now, or as it stood at the end of any day."""

from __future__ import annotations

import datetime
import uuid
from itertools import pairwise
from typing import Any

from sqlalchemy import BigInteger, Select, Subquery, and_, case, cast, func, or_, select
from sqlalchemy.orm import Session, aliased
from zope.interface import implementer

from cabinet.db.paging import ListQuery, Page, paginate
from cabinet.identity.models import Client, User
from cabinet.interfaces import IClock
from cabinet_client_manager.interfaces import IClientCards
from cabinet_finsystem.acts.models import ISSUED as ACT_ISSUED
from cabinet_finsystem.acts.models import Act
from cabinet_finsystem.interfaces import IReceivables
from cabinet_finsystem.invoicing.models import DRAFT, OPEN, VOID, Invoice
from cabinet_finsystem.ledger.models import Entry
from cabinet_finsystem.payments.models import Allocation
from cabinet_finsystem.reports.periods import DAY
from cabinet_finsystem.reports.values import Ages, ClientAges, ManagedDebts

MOST_FOUND = 500
"""Clients that a search in a list may find: their names are told apart by whoever keeps them."""
PARTS = ("not_due", "to_30", "to_60", "to_90", "older")


@implementer(IReceivables)
class Receivables:
    """Debts of the clients in scope. One query each, two for a page."""

    def __init__(self, session: Session, clock: IClock, cards: IClientCards) -> None:
        self._session = session
        self._clock = clock
        self._cards = cards

    def totals(self, on: datetime.date | None = None) -> list[Ages]:
        """What all owe together, one a currency; none where nobody owes anything."""
        debts = self._debts(on)
        rows = self._session.execute(
            select(debts.c.currency, *self._parts(debts, on)).group_by(debts.c.currency).order_by(debts.c.currency)
        )
        return [_ages(row) for row in rows]

    def page(self, query: ListQuery, currency: str, on: datetime.date | None = None) -> Page:
        """A page of ClientAges of those who owe in ``currency``. Sorts: name, overdue, total; filter ``manager``: public id of a user."""
        grouped = self._by_client(on, currency)
        if query.search:
            grouped = grouped.where(
                Client.id.in_([row.client_id for row in self._cards.find(query.search, MOST_FOUND)])
            )
        if manager := query.filters.get("manager"):
            grouped = grouped.where(Client.manager_id.in_(select(User.id).where(User.public_id == _id(manager))))
        debtors = grouped.subquery()
        overdue = debtors.c.to_30 + debtors.c.to_60 + debtors.c.to_90 + debtors.c.older
        found = paginate(
            self._session,
            select(debtors),
            query,
            sorts={"name": debtors.c.name, "overdue": overdue, "total": overdue + debtors.c.not_due},
            default="-overdue",
            key=debtors.c.client_id,
            scalars=False,
        )
        return Page([_client(row) for row in found.rows], found.count, found.more)

    def clients(self, on: datetime.date | None = None) -> list[ClientAges]:
        """All who owe, by name and currency."""
        return [
            _client(row) for row in self._session.execute(self._by_client(on).order_by("name", "client_id", "currency"))
        ]

    def latest(self, currency: str, limit: int) -> list[ClientAges]:
        """Those who owe most of what is overdue now, in that order."""
        debtors = self._by_client(None, currency).subquery()
        overdue = debtors.c.to_30 + debtors.c.to_60 + debtors.c.to_90 + debtors.c.older
        rows = self._session.execute(
            select(debtors).where(overdue > 0).order_by(overdue.desc(), debtors.c.client_id).limit(limit)
        )
        return [_client(row) for row in rows]

    def by_manager(self, currency: str) -> dict[int | None, ManagedDebts]:
        """What clients of each manager owe now, by the manager's id; None: of those who have none."""
        debts, today = self._debts(None), self._clock.today()
        week, month = today + 6 * DAY, today + 29 * DAY
        due = [debts.c.due.between(today, week), debts.c.due.between(week + DAY, month), debts.c.due > month]
        rows = self._session.execute(
            select(
                Client.manager_id,
                debts.c.currency,
                *self._parts(debts, None),
                *(func.sum(case((when, debts.c.open), else_=0)) for when in due),
            )
            .join(Client, Client.id == debts.c.client_id)
            .where(debts.c.currency == currency)
            .group_by(Client.manager_id, debts.c.currency)
        )
        return {row.manager_id: ManagedDebts(_ages(row), *map(int, row[-3:])) for row in rows}

    def _by_client(self, on: datetime.date | None, currency: str | None = None) -> Select[*tuple[Any, ...]]:
        debts = self._debts(on)
        statement = (
            select(
                debts.c.client_id,
                debts.c.currency,
                Client.public_id,
                Client.external_id,
                Client.name,
                *self._parts(debts, on),
            )
            .join(Client, Client.id == debts.c.client_id)
            .group_by(debts.c.client_id, debts.c.currency, Client.public_id, Client.external_id, Client.name)
        )
        return statement if currency is None else statement.where(debts.c.currency == currency)

    def _debts(self, on: datetime.date | None) -> Subquery:
        """(client, currency, due, open) of each invoice whose money is owed, now or at the end of day ``on``.

        Where acts charge, an invoice only asks for money: what is owed of it is what its acts have charged, less what is paid.
        """
        if on is None or on >= self._clock.today():
            left = _charged(None) - Invoice.paid
            return (
                select(Invoice.client_id, Invoice.currency, Invoice.due, left.label("open"))
                .where(Invoice.state.in_(OPEN), left > 0)
                .subquery()
            )
        paid = (
            select(Allocation.invoice_id, func.sum(Allocation.minor).label("minor"))
            .where(Allocation.date <= on)
            .group_by(Allocation.invoice_id)
            .subquery()
        )
        left = _charged(on) - func.coalesce(paid.c.minor, 0)
        return (
            select(Invoice.client_id, Invoice.currency, Invoice.due, left.label("open"))
            .outerjoin(paid, paid.c.invoice_id == Invoice.id)
            .outerjoin(Entry, Entry.id == Invoice.void_entry_id)
            .where(
                Invoice.date <= on,
                Invoice.state != DRAFT,
                or_(Invoice.state != VOID, Entry.date > on),
                or_(left > 0, and_(Invoice.charges == "invoice", left != 0)),
            )
            .subquery()
        )

    def _parts(self, debts: Subquery, on: datetime.date | None) -> list[Any]:
        day = on or self._clock.today()
        later = [day, *(day - age * DAY for age in (30, 60, 90))]
        conditions = [
            debts.c.due >= later[0],
            *(and_(debts.c.due >= since, debts.c.due < until) for until, since in pairwise(later)),
            debts.c.due < later[-1],
        ]
        return [
            cast(func.coalesce(func.sum(case((condition, debts.c.open), else_=0)), 0), BigInteger).label(part)
            for part, condition in zip(PARTS, conditions, strict=True)
        ]


def _charged(on: datetime.date | None) -> Any:
    """What the client was charged for an Invoice, now or up to the end of day ``on``: by itself, or by its acts."""
    by_acts = select(func.coalesce(func.sum(Act.total), 0)).where(Act.invoice_id == Invoice.id)
    if on is None:
        by_acts = by_acts.where(Act.state == ACT_ISSUED)
    else:
        taken_back = aliased(Entry)
        by_acts = by_acts.outerjoin(taken_back, taken_back.id == Act.void_entry_id).where(
            Act.entry_id.is_not(None), Act.date <= on, or_(Act.state == ACT_ISSUED, taken_back.date > on)
        )
    return case((Invoice.charges == "act", by_acts.correlate(Invoice).scalar_subquery()), else_=Invoice.total)


def _ages(row: Any) -> Ages:
    return Ages(row.currency, *(int(getattr(row, part)) for part in PARTS))


def _client(row: Any) -> ClientAges:
    return ClientAges(row.client_id, row.public_id, row.external_id, row.name, _ages(row))


def _id(text: str) -> uuid.UUID:
    """A public id as it stands in a URL; nobody's where it is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(int=0)


def receivables_factory(_context: Any, request: Any) -> Receivables:
    """``IReceivables`` of a request."""
    return Receivables(request.db, request.find_service(IClock), request.find_service(IClientCards))
