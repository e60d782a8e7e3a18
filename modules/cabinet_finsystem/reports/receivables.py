"""What clients owe by open invoices, by age: now, or as it stood at the end of any day."""

from __future__ import annotations

import datetime
import uuid
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import pairwise
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, Subquery, and_, case, cast, func, or_, select
from sqlalchemy.orm import Session, aliased
from zope.interface import implementer

from cabinet.db.memo import once
from cabinet.db.paging import ListQuery, Page, paginate
from cabinet.identity.models import Client, User
from cabinet.interfaces import IClock
from cabinet_client_manager.interfaces import IClientCards
from cabinet_finsystem.acts.models import ISSUED as ACT_ISSUED
from cabinet_finsystem.acts.models import Act
from cabinet_finsystem.corrections.models import ISSUED as CORRECTION_ISSUED
from cabinet_finsystem.corrections.models import Correction
from cabinet_finsystem.interfaces import IReceivables
from cabinet_finsystem.invoicing.models import DRAFT, OPEN, VOID, Invoice
from cabinet_finsystem.ledger.models import Entry
from cabinet_finsystem.payments.models import Allocation
from cabinet_finsystem.reports.periods import DAY
from cabinet_finsystem.reports.values import Ages, ClientAges, ClientInvoices, ManagerAges, OpenDebt, OpenInvoice

MOST_FOUND = 500
"""Clients that a search in a list may find: their names are told apart by whoever keeps them."""
NOBODY = "none"
"""In place of a manager: clients who have none."""
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
        """A page of ClientAges of those who owe in ``currency``. Sorts: name, overdue, total; filter ``manager``: public id of a user,
        or `NOBODY`."""
        return self._page(query, self._by_client(on, currency), "client_id", _client)

    def managers(self, query: ListQuery, currency: str, on: datetime.date | None = None) -> Page:
        """The same as a page of ManagerAges: what clients of each manager owe together."""
        debts = self._debts(on)
        statement = (
            select(
                debts.c.currency,
                func.coalesce(Client.manager_id, 0).label("manager_id"),
                User.public_id,
                func.coalesce(User.name, "").label("name"),
                func.count(Client.id.distinct()).label("clients"),
                *self._parts(debts, on),
            )
            .join(Client, Client.id == debts.c.client_id)
            .outerjoin(User, User.id == Client.manager_id)
            .where(debts.c.currency == currency)
            .group_by(debts.c.currency, Client.manager_id, User.public_id, User.name)
        )
        return self._page(query, statement, "manager_id", _manager)

    def _page(self, query: ListQuery, grouped: Select[Any], key: str, made_of: Callable[[Any], Any]) -> Page:
        if query.search:
            grouped = grouped.where(
                Client.id.in_([row.client_id for row in self._cards.find(query.search, MOST_FOUND)])
            )
        if manager := query.filters.get("manager"):
            its = Client.manager_id.in_(select(User.id).where(User.public_id == _id(manager)))
            grouped = grouped.where(Client.manager_id.is_(None) if manager == NOBODY else its)
        debtors = grouped.subquery()
        overdue = debtors.c.to_30 + debtors.c.to_60 + debtors.c.to_90 + debtors.c.older
        found = paginate(
            self._session,
            select(debtors),
            query,
            sorts={"name": debtors.c.name, "overdue": overdue, "total": overdue + debtors.c.not_due},
            default="-overdue",
            key=debtors.c[key],
            scalars=False,
        )
        return Page([made_of(row) for row in found.rows], found.count, found.more)

    def clients(self, on: datetime.date | None = None) -> list[ClientAges]:
        """All who owe, by name and currency."""
        return [
            _client(row) for row in self._session.execute(self._by_client(on).order_by("name", "client_id", "currency"))
        ]

    def invoices(
        self, client_id: int, currency: str, on: datetime.date | None = None, part: str = "", limit: int = 100
    ) -> ClientInvoices:
        """The open invoices of a client, of one age or of all, the oldest first: they sum to his figure in the list."""
        debts = self._debts(on)
        statement = (
            select(
                Invoice.public_id,
                Invoice.number,
                debts.c.due,
                debts.c.open,
                func.count().over().label("invoices"),
                cast(func.sum(debts.c.open).over(), BigInteger).label("minor"),
            )
            .join(debts, debts.c.id == Invoice.id)
            .where(debts.c.client_id == client_id, debts.c.currency == currency)
            .order_by(debts.c.due, Invoice.id)
            .limit(limit)
        )
        if part in PARTS:
            statement = statement.where(self._conditions(debts, on)[PARTS.index(part)])
        rows = self._session.execute(statement).all()
        shown = [OpenInvoice(row.public_id, row.number or "", row.due, int(row.open)) for row in rows]
        return ClientInvoices(int(rows[0].minor), int(rows[0].invoices), shown) if rows else ClientInvoices(0, 0, ())

    def latest(self, currency: str, limit: int) -> list[ClientAges]:
        """Those who owe most of what is overdue now, in that order."""
        by_client: defaultdict[OpenDebt, list[OpenDebt]] = defaultdict(list)
        for debt in self.open_now(currency):
            by_client[replace(debt, due=datetime.date.max, minor=0, asked=0)].append(debt)
        found = [
            ClientAges(one.client_id, one.public_id, one.external_id, one.name, self._aged(currency, debts))
            for one, debts in by_client.items()
        ]
        late = sorted(
            (one for one in found if one.ages.overdue > 0), key=lambda one: (-one.ages.overdue, one.client_id)
        )
        return late[:limit]

    def by_manager(self, currency: str) -> dict[int | None, Ages]:
        """What clients of each manager owe now, by the manager's id; None: of those who have none."""
        debts: defaultdict[int | None, list[OpenDebt]] = defaultdict(list)
        for debt in self.open_now(currency):
            debts[debt.manager_id].append(debt)
        return {manager_id: self._aged(currency, some) for manager_id, some in debts.items()}

    def open_now(self, currency: str) -> list[OpenDebt]:
        """What each client owes by each day: read once for all that a page tells of debts."""
        return once(self._session, ("finsystem.debts", currency), lambda: self._read_open(currency))

    def _read_open(self, currency: str) -> list[OpenDebt]:
        left, asked = _charged(None) - Invoice.paid, Invoice.asked - Invoice.paid
        sums: list[Any] = [cast(func.sum(minor), BigInteger) for minor in (case((left > 0, left), else_=0), asked)]
        whose: list[Any] = [Client.id, Client.public_id, Client.external_id, Client.name, Client.manager_id]
        found: list[Any] = [*whose, Invoice.due, *sums]
        rows = self._session.execute(
            select(*found)
            .join(Client, Client.id == Invoice.client_id)
            .where(Invoice.state.in_(OPEN), Invoice.currency == currency)
            .group_by(*whose, Invoice.due)
        )
        return [OpenDebt(*row) for row in rows]

    def _aged(self, currency: str, debts: Iterable[OpenDebt]) -> Ages:
        today = self._clock.today()
        sums = [0] * len(PARTS)
        for debt in debts:
            late = (today - debt.due).days
            sums[bisect_left((0, 30, 60, 90), late)] += debt.minor
        return Ages(currency, *sums)

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
                select(Invoice.id, Invoice.client_id, Invoice.currency, Invoice.due, left.label("open"))
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
            select(Invoice.id, Invoice.client_id, Invoice.currency, Invoice.due, left.label("open"))
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
        return [
            cast(func.coalesce(func.sum(case((condition, debts.c.open), else_=0)), 0), BigInteger).label(part)
            for part, condition in zip(PARTS, self._conditions(debts, on), strict=True)
        ]

    def _conditions(self, debts: Subquery, on: datetime.date | None) -> list[ColumnElement[bool]]:
        """Whether a debt is of each age, in the order of PARTS."""
        day = on or self._clock.today()
        later = [day, *(day - age * DAY for age in (30, 60, 90))]
        return [
            debts.c.due >= later[0],
            *(and_(debts.c.due >= since, debts.c.due < until) for until, since in pairwise(later)),
            debts.c.due < later[-1],
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
    itself: Any = Invoice.asked if on is None else Invoice.total + _corrected(on)
    return case((Invoice.charges == "act", by_acts.correlate(Invoice).scalar_subquery()), else_=itself)


def _corrected(on: datetime.date) -> Any:
    """What corrections of an Invoice that charges had added up to the end of day ``on``."""
    taken_back = aliased(Entry)
    return (
        select(func.coalesce(func.sum(Correction.total), 0))
        .outerjoin(taken_back, taken_back.id == Correction.void_entry_id)
        .where(
            Correction.invoice_id == Invoice.id,
            Correction.entry_id.is_not(None),
            Correction.date <= on,
            or_(Correction.state == CORRECTION_ISSUED, taken_back.date > on),
        )
        .correlate(Invoice)
        .scalar_subquery()
    )


def _ages(row: Any) -> Ages:
    return Ages(row.currency, *(int(getattr(row, part)) for part in PARTS))


def _client(row: Any) -> ClientAges:
    return ClientAges(row.client_id, row.public_id, row.external_id, row.name, _ages(row))


def _manager(row: Any) -> ManagerAges:
    return ManagerAges(row.public_id, row.name, int(row.clients), _ages(row))


def _id(text: str) -> uuid.UUID:
    """A public id as it stands in a URL; nobody's where it is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(int=0)


def receivables_factory(_context: Any, request: Any) -> Receivables:
    """``IReceivables`` of a request."""
    return Receivables(request.db, request.find_service(IClock), request.find_service(IClientCards))
