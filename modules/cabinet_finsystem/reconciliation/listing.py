"""Reading acts of reconciliation that were sent. A constant number of queries each."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased, selectinload, undefer

from cabinet.db.paging import ListQuery, Page, contains, paginate
from cabinet.identity.models import Client
from cabinet_finsystem.filters import id_asked
from cabinet_finsystem.reconciliation.models import AGREED, DISPUTED, OPEN, SUPERSEDED, WITHDRAWN, Reconciliation

STATES = {
    "open": OPEN,
    "disputed": (DISPUTED,),
    "agreed": (AGREED,),
    "withdrawn": (WITHDRAWN, SUPERSEDED),
}


@dataclass(frozen=True, slots=True)
class ActRow:
    """An act as a line of the office's list."""

    act: Reconciliation
    client_public_id: uuid.UUID
    client_name: str


class ActReader:
    """Acts of the clients in scope."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find(self, act_id: uuid.UUID) -> Reconciliation | None:
        """One act, with its content and what was said of it."""
        statement = (
            select(Reconciliation)
            .options(selectinload(Reconciliation.remarks), undefer("*"))
            .where(Reconciliation.public_id == act_id)
        )
        return self._session.scalars(statement).one_or_none()

    def listing(self, query: ListQuery, *, client_id: int | None = None) -> Page:
        """Page of ActRow. Filters: ``state``, ``client`` (public id); a search looks at numbers and clients' names."""
        client = aliased(Client)
        statement: Select[*tuple[Any, ...]] = select(Reconciliation, client.public_id, client.name).join(
            client, client.id == Reconciliation.client_id
        )
        if client_id is not None:
            statement = statement.where(Reconciliation.client_id == client_id)
        if states := STATES.get(query.filters.get("state", "")):
            statement = statement.where(Reconciliation.state.in_(states))
        if wanted := id_asked(query.filters.get("client")):
            statement = statement.where(client.public_id == wanted)
        if query.search:
            found = contains(Reconciliation.number, query.search)
            statement = statement.where(found | contains(client.name, query.search))
        page = paginate(
            self._session,
            statement,
            query,
            sorts={
                "sent": Reconciliation.sent_at,
                "number": Reconciliation.number,
                "until": Reconciliation.until,
                "client": client.name,
                "closing": Reconciliation.closing,
            },
            default="-sent",
            key=Reconciliation.id,
            scalars=False,
        )
        return replace(page, rows=[ActRow(row[0], row[1], row[2]) for row in page.rows])

    def of_client(self, client_id: int, limit: int) -> Sequence[Reconciliation]:
        """His latest acts, those replaced left out."""
        statement = (
            select(Reconciliation)
            .where(Reconciliation.client_id == client_id, Reconciliation.state != SUPERSEDED)
            .order_by(Reconciliation.id.desc())
            .limit(limit)
        )
        return self._session.scalars(statement).all()

    def agreed_until(self, client_id: int, currency: str, contract_id: int | None) -> datetime.date | None:
        """The last day that both sides have agreed upon."""
        part = (
            Reconciliation.contract_id.is_(None) if contract_id is None else Reconciliation.contract_id == contract_id
        )
        return self._session.scalar(
            select(func.max(Reconciliation.until)).where(
                Reconciliation.client_id == client_id,
                Reconciliation.currency == currency,
                Reconciliation.state == AGREED,
                part,
            )
        )
