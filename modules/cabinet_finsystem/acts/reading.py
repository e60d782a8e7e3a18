"""Finding acts: one, or a page of a list."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session, aliased, selectinload, undefer

from cabinet.db.paging import ListQuery, Page, paginate
from cabinet.identity.models import Client
from cabinet.interfaces import IClientDirectory
from cabinet.tables import parse_date
from cabinet_finsystem.acts.models import DRAFT, ISSUED, Act
from cabinet_finsystem.acts.values import ActTotals, NamedAct, WaitingInvoice
from cabinet_finsystem.invoicing.models import OPEN, PAID, Invoice
from cabinet_finsystem.searching import found_by
from cabinet_finsystem.statements.matching.folding import fold


class ActReader:
    """Reads only, within the session's client scope."""

    def __init__(self, session: Session, directory: IClientDirectory) -> None:
        self._session = session
        self._directory = directory

    def find(self, public_id: uuid.UUID) -> Act | None:
        """One with its lines and the parties as they were frozen."""
        whole = (selectinload(Act.lines), undefer(Act.issuer), undefer(Act.customer))
        found: Act | None = self._session.scalar(select(Act).options(*whole).where(Act.public_id == public_id))
        return found

    def listing(self, query: ListQuery, *, client_id: int | None, drafts: bool, totals: bool) -> Page:
        """A page of NamedAct, drafts among them or not, the latest first. Two queries, three with ``totals``."""
        criteria = [*self._criteria(query)]
        if client_id is not None:
            criteria.append(Act.client_id == client_id)
        if not drafts:
            criteria.append(Act.state != DRAFT)
        client = aliased(Client)  # the search asks for clients by itself
        statement = (
            select(Act, client.public_id, client.name, Invoice.public_id, Invoice.number)
            .join(client, client.id == Act.client_id)
            .join(Invoice, Invoice.id == Act.invoice_id)
            .where(*criteria)
        )
        page = paginate(
            self._session,
            statement,
            query,
            sorts={"date": Act.date, "number": func.coalesce(Act.number, ""), "total": Act.total},
            default="-date",
            key=Act.id,
            scalars=False,
        )
        page = replace(page, rows=[NamedAct(row[0], row[1], row[2], row[3], row[4] or "") for row in page.rows])
        return replace(page, totals=self._totals(criteria)) if totals else page

    def waiting(self, limit: int) -> list[WaitingInvoice]:
        """Issued invoices of which no act has taken all, the latest first. One query."""
        taken = (
            select(Act.invoice_id, func.sum(Act.total).label("minor"))
            .where(Act.state == ISSUED)
            .group_by(Act.invoice_id)
            .subquery()
        )
        left = Invoice.asked - func.coalesce(taken.c.minor, 0)
        rows = self._session.execute(
            select(Invoice, Client.public_id, Client.name, left)
            .join(Client, Client.id == Invoice.client_id)
            .outerjoin(taken, taken.c.invoice_id == Invoice.id)
            .where(Invoice.state.in_((*OPEN, PAID)), left > 0)
            .order_by(Invoice.date.desc(), Invoice.id.desc())
            .limit(limit)
        )
        return [WaitingInvoice(row[0], row[1], row[2], int(row[3])) for row in rows]

    def _criteria(self, query: ListQuery) -> Iterable[ColumnElement[bool]]:
        yield from found_by(query.search, _says, Act.client_id)
        filters = query.filters
        if state := filters.get("state"):
            yield Act.state == state
        if kind := filters.get("kind"):
            yield Act.kind == kind
        if client := filters.get("client"):
            found = self._directory.by_public_id(_uuid(client))
            yield Act.client_id == (found.id if found is not None else -1)
        if invoice := filters.get("invoice"):
            yield Act.invoice_id.in_(select(Invoice.id).where(Invoice.public_id == _uuid(invoice)))
        if (since := _date(filters.get("from"))) is not None:
            yield Act.date >= since
        if (until := _date(filters.get("to"))) is not None:
            yield Act.date <= until

    def _totals(self, criteria: Sequence[ColumnElement[bool]]) -> dict[str, ActTotals]:
        counted = case((Act.state == ISSUED, Act.total), else_=0)
        rows = self._session.execute(
            select(Act.currency, func.count(), func.coalesce(func.sum(counted), 0))
            .where(*criteria)
            .group_by(Act.currency)
            .order_by(Act.currency)
        )
        return {currency: ActTotals(int(count), int(total)) for currency, count, total in rows}


def _says(word: str) -> Any:
    return Act.search_text.contains(fold(word), autoescape=True)


def _uuid(text: str) -> uuid.UUID:
    """The id that ``text`` is; one that nothing has where it is damaged."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(int=0)


def _date(text: str | None) -> datetime.date | None:
    try:
        return parse_date(text) if text else None
    except ValueError:
        return None
