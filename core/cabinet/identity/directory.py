"""The core's record of clients: who is served, by which manager."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.db.bulk import execute_many, insert_rows, take_ids
from cabinet.errors import ConflictError
from cabinet.identity.models import Client
from cabinet.interfaces import IClientDirectory, IClock
from cabinet.texts import _

_CLIENTS = cast(Table, Client.__table__)


@implementer(IClientDirectory)
class ClientDirectory:
    """The core's record of clients."""

    def __init__(self, session: Session, clock: IClock) -> None:
        self._session = session
        self._clock = clock

    def get(self, client_id: int) -> Client | None:
        """By internal id."""
        return self._session.get(Client, client_id)

    def by_public_id(self, public_id: Any) -> Client | None:
        """By the id of URLs."""
        return self._session.scalar(select(Client).where(Client.public_id == public_id))

    def by_external_id(self, external_id: str) -> Client | None:
        """By the id of the company's other systems."""
        return self._session.scalar(select(Client).where(Client.external_id == external_id))

    def create(self, *, name: str, external_id: str | None = None, manager_id: int | None = None) -> Client:
        """A new client; without ``external_id`` its own number serves. ConflictError where it is taken."""
        if external_id and self.by_external_id(external_id) is not None:
            raise ConflictError(
                "external_id_taken", _("There is a client with the id ${id} already.", mapping={"id": external_id})
            )
        client = Client(
            name=name,
            external_id=external_id or f"~{secrets.token_hex(8)}",
            manager_id=manager_id,
            created_at=self._clock.now(),
        )
        self._session.add(client)
        self._session.flush()
        if not external_id:
            client.external_id = self._free_number(client.id)
            self._session.flush()
        return client

    def create_many(self, clients: Sequence[tuple[str, str, int | None]]) -> list[tuple[int, uuid.UUID]]:
        """New clients from (external_id, name, manager_id); the caller knows that no external id is taken.

        Returns (id, public id) of each, in order.
        """
        ids = take_ids(self._session, _CLIENTS, len(clients))
        made = [(client_id, uuid.uuid4()) for client_id in ids]
        now = self._clock.now()
        rows = [
            {
                "id": client_id,
                "public_id": public_id,
                "external_id": external_id,
                "name": name,
                "manager_id": manager_id,
                "created_at": now,
            }
            for (client_id, public_id), (external_id, name, manager_id) in zip(made, clients, strict=True)
        ]
        insert_rows(self._session, _CLIENTS, rows)
        return made

    def change_many(self, clients: Sequence[tuple[int, str, int | None]]) -> None:
        """Write name and manager over what is stored, from (id, name, manager_id)."""
        statement = (
            update(_CLIENTS)
            .where(_CLIENTS.c.id == bindparam("client"))
            .values(name=bindparam("new_name"), manager_id=bindparam("new_manager"))
        )
        rows = [{"client": i, "new_name": name, "new_manager": manager} for i, name, manager in clients]
        execute_many(self._session, statement, rows, client_ids=[i for i, _name, _manager in clients])

    def _free_number(self, number: int) -> str:
        candidate = str(number)
        while self.by_external_id(candidate) is not None:
            candidate = f"{candidate}-1"
        return candidate
