"""Finding invoices: one, a page of a list, the debts, and what the matcher of bank lines must know."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased, selectinload, undefer

from cabinet.db.bulk import chunks
from cabinet.db.paging import ListQuery, Page, paginate
from cabinet.errors import NotFoundError
from cabinet.identity.models import Client
from cabinet.interfaces import IClientDirectory, IClock
from cabinet.tables import parse_date
from cabinet_client_manager.interfaces import IContracts
from cabinet_finsystem.acts.models import ISSUED as ACT_ISSUED
from cabinet_finsystem.acts.models import Act
from cabinet_finsystem.bulk.models import BulkIssue
from cabinet_finsystem.corrections.current import corrected_on
from cabinet_finsystem.filters import id_asked
from cabinet_finsystem.invoicing.models import DRAFT, OPEN, PAID, VOID, Invoice
from cabinet_finsystem.invoicing.values import Debt, ListTotals, NamedInvoice, Payable
from cabinet_finsystem.payments.models import Allocation
from cabinet_finsystem.searching import found_by
from cabinet_finsystem.statements.matching.folding import fold

LATELY = datetime.timedelta(days=400)
STATES = (DRAFT, *OPEN, PAID, VOID)
_DEBT: tuple[Any, ...] = (
    Invoice.id.label("invoice_id"),
    Invoice.public_id,
    Invoice.client_id,
    Invoice.contract_id,
    Invoice.legal_entity_id,
    Invoice.number,
    Invoice.date,
    Invoice.due,
    Invoice.currency,
    Invoice.text,
    Invoice.asked.label("total"),
)


class InvoiceReader:
    """Reads only, within the session's client scope."""

    def __init__(self, session: Session, clock: IClock, directory: IClientDirectory, contracts: IContracts) -> None:
        self._session = session
        self._clock = clock
        self._directory = directory
        self._contracts = contracts

    def find(self, public_id: uuid.UUID) -> Invoice | None:
        """One invoice with its lines and the parties as they were frozen."""
        whole = (selectinload(Invoice.lines), undefer(Invoice.issuer), undefer(Invoice.customer))
        statement = select(Invoice).options(*whole).where(Invoice.public_id == public_id)
        found: Invoice | None = self._session.scalar(statement)
        return found

    def listing(
        self, query: ListQuery, *, client_id: int | None = None, drafts: bool = True, totals: bool = True
    ) -> Page:
        """A page of Invoice rows, drafts among them or not, the latest first.

        ``totals`` of the page, where they are wanted: currency → ListTotals of all that the filters let through. Search: number, texts,
        the client's tax number and his name, as it was and as it is. Filters: ``state`` (a state, ``open`` or ``overdue``), ``client``,
        ``contract``, ``bulk`` (public ids), ``from``, ``to`` (dates of the invoice). Sorts: date, due, number, total, open.
        """
        criteria = [*self._criteria(query)]
        if client_id is not None:
            criteria.append(Invoice.client_id == client_id)
        if not drafts:
            criteria.append(Invoice.state != DRAFT)
        return self._page(select(Invoice), criteria, query, totals=totals)

    def named(self, query: ListQuery, *, totals: bool = True) -> Page:
        """The same for our side: a page of NamedInvoice, the client with each."""
        page = self._page(_NAMED, [*self._criteria(query)], query, totals=totals, scalars=False)
        return replace(page, rows=[NamedInvoice(row[0], row[1], row[2]) for row in page.rows])

    def _page(
        self,
        statement: Select[*tuple[Any, ...]],
        criteria: Sequence[ColumnElement[bool]],
        query: ListQuery,
        *,
        totals: bool,
        scalars: bool = True,
    ) -> Page:
        page = paginate(
            self._session,
            statement.where(*criteria),
            query,
            sorts=_SORTS,
            default="-date",
            key=Invoice.id,
            scalars=scalars,
        )
        return replace(page, totals=self._totals(criteria)) if totals else page

    def payable(self, client_ids: Iterable[int] | None = None) -> Sequence[Payable]:
        """Open invoices, and those that were paid or voided lately: what speaks against a number read from a bank line.

        One query, or one a thousand of ``client_ids``.
        """
        since = self._clock.today() - LATELY
        paid_lately = select(Allocation.invoice_id).where(Allocation.date >= since)
        voided_lately = Invoice.voided_at >= self._clock.now() - LATELY
        statement = _payable().where(
            or_(
                Invoice.state.in_(OPEN),
                and_(Invoice.state == PAID, Invoice.id.in_(paid_lately)),
                and_(Invoice.state == VOID, voided_lately),
            )
        )
        if client_ids is None:
            return [Payable(*row) for row in self._session.execute(statement)]
        return self._of_clients(statement, client_ids)

    def settled(self, client_ids: Iterable[int]) -> list[Payable]:
        """Paid and void invoices of these clients, however old: a number that one of them bore is not free for another.

        One query a thousand clients.
        """
        return self._of_clients(_payable().where(Invoice.state.in_((PAID, VOID))), client_ids)

    def _of_clients(self, statement: Select[Any], client_ids: Iterable[int]) -> list[Payable]:
        return [
            Payable(*row)
            for some in chunks(sorted(set(client_ids)))
            for row in self._session.execute(statement.where(Invoice.client_id.in_(some)))
        ]

    def many(self, invoice_ids: Iterable[int]) -> list[Invoice]:
        """Invoices with our side as it was frozen, without their lines, the earliest due first. One query a thousand."""
        statement = select(Invoice).options(undefer(Invoice.issuer)).order_by(Invoice.due, Invoice.date, Invoice.id)
        return [
            invoice
            for some in chunks(list(invoice_ids))
            for invoice in self._session.scalars(statement.where(Invoice.id.in_(some)))
        ]

    def numbers(self, invoice_ids: Iterable[int]) -> dict[int, str]:
        """Numbers of invoices that have one, by id, in one query a thousand."""
        statement = select(Invoice.id, Invoice.number).where(Invoice.number.is_not(None))
        return {
            invoice_id: str(number)
            for some in chunks(sorted(set(invoice_ids)))
            for invoice_id, number in self._session.execute(statement.where(Invoice.id.in_(some)))
        }

    def ids(self, public_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
        """Ids by public id, in one query a thousand."""
        statement = select(Invoice.public_id, Invoice.id)
        return {
            public_id: invoice_id
            for some in chunks(set(public_ids))
            for public_id, invoice_id in self._session.execute(statement.where(Invoice.public_id.in_(some)))
        }

    def debts(self, client_id: int | None = None, *, on: datetime.date | None = None) -> list[Debt]:
        """Open invoices of a client or of all, the earliest due first, now or as they stood at the end of day ``on``.

        A void invoice is reversed on its own date: it was never a debt. One query.
        """
        statement = self._open_now() if on is None else _open_on(on)
        if client_id is not None:
            statement = statement.where(Invoice.client_id == client_id)
        today = on or self._clock.today()
        rows = self._session.execute(statement.order_by(Invoice.due, Invoice.date, Invoice.id))
        return [Debt(**row, overdue_days=max(0, (today - row["due"]).days)) for row in rows.mappings()]

    def _open_now(self) -> Select[Any]:
        charged = select(func.coalesce(func.sum(Act.total), 0)).where(
            Act.invoice_id == Invoice.id, Act.state == ACT_ISSUED
        )
        done = charged.correlate(Invoice).scalar_subquery()
        settled = case((done > Invoice.paid, done), else_=Invoice.paid)
        ahead = case((Invoice.charges == "act", Invoice.asked - settled), else_=0)
        return select(*_DEBT, (Invoice.asked - Invoice.paid).label("open"), ahead.label("ahead")).where(
            Invoice.state.in_(OPEN)
        )

    def _criteria(self, query: ListQuery) -> Iterable[ColumnElement[bool]]:
        yield from found_by(query.search, _says, Invoice.client_id)
        filters = query.filters
        if state := filters.get("state"):
            yield self._in_state(state)
        if client := id_asked(filters.get("client")):
            found = self._directory.by_public_id(client)
            yield Invoice.client_id == (found.id if found is not None else -1)
        if contract := id_asked(filters.get("contract")):
            yield Invoice.contract_id == self._contract_id(contract)
        if bulk := id_asked(filters.get("bulk")):
            yield Invoice.bulk_id.in_(select(BulkIssue.id).where(BulkIssue.public_id == bulk))
        if (since := _date(filters.get("from"))) is not None:
            yield Invoice.date >= since
        if (until := _date(filters.get("to"))) is not None:
            yield Invoice.date <= until

    def _in_state(self, state: str) -> ColumnElement[bool]:
        if state == "overdue":
            return and_(Invoice.state.in_(OPEN), Invoice.due < self._clock.today())
        return Invoice.state.in_(OPEN) if state == "open" else Invoice.state == state

    def _contract_id(self, public_id: uuid.UUID) -> int:
        try:
            return int(self._contracts.by_public_id(public_id).contract_id)
        except NotFoundError:
            return -1

    def _totals(self, criteria: Sequence[ColumnElement[bool]]) -> dict[str, ListTotals]:
        rows = self._session.execute(_TOTALS.where(*criteria))
        return {currency: ListTotals(*map(int, sums)) for currency, *sums in rows}


def _payable() -> Select[Any]:
    """Columns of `Payable`."""
    return select(
        Invoice.id,
        Invoice.client_id,
        Invoice.number,
        Invoice.date,
        Invoice.due,
        Invoice.asked,
        Invoice.total,
        _open(),
        Invoice.currency,
        Invoice.state,
        Invoice.legal_entity_id,
    )


def _says(word: str) -> ColumnElement[bool]:
    """Whether an invoice holds ``word``, look-alike letters and all."""
    return Invoice.search_text.contains(fold(word), autoescape=True)


def _open() -> Any:
    return case((Invoice.state.in_(OPEN), Invoice.asked - Invoice.paid), else_=0)


# What every list asks is put together once: that takes longer than the database needs to answer.
_OWNER = aliased(Client)  # the search asks for clients by itself
_NAMED = select(Invoice, _OWNER.public_id, _OWNER.name).join(_OWNER, _OWNER.id == Invoice.client_id)
_COUNTS = Invoice.state.in_((*OPEN, PAID))
_TOTALS = (
    select(
        Invoice.currency,
        func.count(),
        func.coalesce(func.sum(case((_COUNTS, Invoice.asked), else_=0)), 0),
        func.coalesce(func.sum(case((_COUNTS, Invoice.paid), else_=0)), 0),
        func.coalesce(func.sum(_open()), 0),
    )
    .group_by(Invoice.currency)
    .order_by(Invoice.currency)
)
_SORTS = {
    "date": Invoice.date,
    "due": Invoice.due,
    "number": func.coalesce(Invoice.number, ""),
    "total": Invoice.asked,
    "open": _open(),
}


def _open_on(day: datetime.date) -> Select[Any]:
    """Invoices that were there on ``day`` and not paid in full by money counted up to then."""
    paid = (
        select(Allocation.invoice_id, func.sum(Allocation.minor).label("minor"))
        .where(Allocation.date <= day)
        .group_by(Allocation.invoice_id)
        .subquery()
    )
    corrected = corrected_on(day)
    asked = Invoice.total + func.coalesce(corrected.c.minor, 0)
    left = asked - func.coalesce(paid.c.minor, 0)
    return (
        select(*_DEBT[:-1], asked.label("total"), left.label("open"))
        .outerjoin(paid, paid.c.invoice_id == Invoice.id)
        .outerjoin(corrected, corrected.c.invoice_id == Invoice.id)
        .where(Invoice.state.in_((*OPEN, PAID)), Invoice.date <= day, left > 0)
    )


def _date(text: str | None) -> datetime.date | None:
    try:
        return parse_date(text) if text else None
    except ValueError:
        return None
