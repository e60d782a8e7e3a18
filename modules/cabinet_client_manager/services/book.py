"""Clients and contracts as other modules ask for them: parties of documents and payers of statements."""

from __future__ import annotations

import datetime
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.contracts.clients import ClientParty, IClientBook
from cabinet.contracts.clients import Contract as ContractTerms
from cabinet.db.bulk import among, chunks
from cabinet.db.memo import once
from cabinet.db.plain import PlainQuery
from cabinet.db.scope import in_scope
from cabinet.errors import NotFoundError
from cabinet.identity.models import Client
from cabinet.interfaces import IClock
from cabinet_client_manager.folding import fold
from cabinet_client_manager.models import ClientAccount, Contract, Profile, Tag
from cabinet_client_manager.services.contracts import effective_status
from cabinet_client_manager.texts import _
from cabinet_client_manager.values import ClientFacts

_NAMES = PlainQuery(select(Client.id, Client.name))
_COLUMNS = (
    Contract.id,
    Contract.public_id,
    Contract.client_id,
    Contract.external_id,
    Contract.number,
    Contract.date,
    Contract.valid_to,
    Contract.subject,
    Contract.amount,
    Contract.currency,
    Contract.status,
    Contract.charges,
    Contract.payment_days,
    Contract.legal_entity_id,
)


# In the order of ClientParty's fields. A client whom another module made has no profile.
_PARTY = select(
    *(Client.id, Client.public_id, Client.external_id, Client.name),
    func.coalesce(func.nullif(Profile.full_name, ""), Client.name),
    *(
        func.coalesce(column, "")
        for column in (Profile.inn, Profile.kpp, Profile.ogrn, Profile.address, Profile.email, Profile.phone)
    ),
    func.coalesce(Profile.language, ClientFacts.__dataclass_fields__["language"].default),
).outerjoin(Profile, Profile.client_id == Client.id)
_ACCOUNTS = select(ClientAccount.client_id, ClientAccount.number).order_by(ClientAccount.id)


@implementer(IClientBook)
class ClientBook:
    """Reads only, in a constant number of queries a thousand clients."""

    def __init__(self, session: Session, clock: IClock) -> None:
        self._session = session
        self._clock = clock

    def party(self, client_id: int) -> ClientParty:
        """The client as a document prints him; NotFoundError."""
        found = self.parties([client_id])
        if client_id not in found:
            raise NotFoundError("no_client", _("There is no such client."))
        return found[client_id]

    def parties(self, client_ids: Collection[int] | None = None) -> dict[int, ClientParty]:
        """Parties of ``client_ids``, or of all in scope."""
        if client_ids is None:
            return self._read_parties(None)
        known: dict[int, ClientParty] = once(self._session, "client_manager.parties", dict)
        if missing := set(client_ids) - known.keys():
            known |= self._read_parties(missing)
        return {client_id: known[client_id] for client_id in client_ids if client_id in known}

    def names(self, client_ids: Iterable[int]) -> dict[int, str]:
        """Names of those of ``client_ids`` that are in scope."""
        found: dict[int, str] = {}
        for chunk in chunks(sorted(set(client_ids))):
            here = _NAMES.where(among(self._session, Client.id, chunk), *in_scope(self._session, Client.id))
            found.update((row.id, row.name) for row in here.ask(self._session))
        return found

    def by_external_ids(self, external_ids: Iterable[str]) -> dict[str, int]:
        """Internal ids of the clients that have one of ``external_ids``."""
        found: dict[str, int] = {}
        for chunk in chunks(sorted(set(external_ids))):
            statement = select(Client.external_id, Client.id).where(
                Client.external_id.in_(chunk), *in_scope(self._session, Client.id)
            )
            found.update((row.external_id, row.id) for row in self._session.execute(statement))
        return found

    def by_public_id(self, public_id: uuid.UUID) -> int | None:
        """Internal id of the client, within the scope."""
        statement = select(Client.id).where(Client.public_id == public_id, *in_scope(self._session, Client.id))
        return self._session.execute(statement).scalar_one_or_none()

    def by_public_ids(self, public_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
        """Internal ids of the clients with these public ids, within the scope."""
        found: dict[uuid.UUID, int] = {}
        for chunk in chunks(set(public_ids)):
            statement = select(Client.public_id, Client.id).where(
                Client.public_id.in_(chunk), *in_scope(self._session, Client.id)
            )
            found.update((row.public_id, row.id) for row in self._session.execute(statement))
        return found

    def search(self, text: str, limit: int) -> list[int]:
        """Internal ids of living clients that each word of ``text`` is found in, by name."""
        statement = (
            select(Client.id)
            .join(Profile, Profile.client_id == Client.id)
            .where(
                *(Profile.search_text.contains(word, autoescape=True) for word in fold(text).split()),
                Client.archived_at.is_(None),
                *in_scope(self._session, Client.id),
            )
            .order_by(Client.name, Client.id)
            .limit(limit)
        )
        return list(self._session.execute(statement).scalars())

    def tagged(self, tag: str) -> list[int]:
        """Internal ids of living clients with this tag, by name."""
        statement = (
            select(Client.id)
            .join(Tag, Tag.client_id == Client.id)
            .where(Tag.name == tag, Client.archived_at.is_(None), *in_scope(self._session, Client.id))
            .order_by(Client.name, Client.id)
        )
        return list(self._session.execute(statement).scalars())

    def contract(self, contract_id: int) -> ContractTerms:
        """By internal id; NotFoundError."""
        found = next(self._contracts(Contract.id, [contract_id]), None)
        if found is None:
            raise NotFoundError("no_contract", _("There is no such contract."))
        return found

    def contracts(self, client_ids: Collection[int] | None = None) -> list[ContractTerms]:
        """Contracts of ``client_ids``, or of all in scope, in order of date."""
        if client_ids is None:
            return list(self._contracts(None, None))
        found = (self._contracts(Contract.client_id, chunk) for chunk in chunks(sorted(set(client_ids))))
        return [row for rows in found for row in rows]

    def contracts_by_external_ids(self, external_ids: Iterable[str]) -> dict[str, ContractTerms]:
        """Contracts that have one of ``external_ids``."""
        found = (self._contracts(Contract.external_id, chunk) for chunk in chunks(sorted(set(external_ids))))
        return {row.external_id: row for rows in found for row in rows}

    def _read_parties(self, client_ids: Collection[int] | None) -> dict[int, ClientParty]:
        if client_ids is None:
            return self._of_clients(None)
        return {id_: party for some in chunks(sorted(set(client_ids))) for id_, party in self._of_clients(some).items()}

    def _of_clients(self, client_ids: list[int] | None) -> dict[int, ClientParty]:
        """Two queries: the clients, and the numbers of their accounts."""
        statement, of_account = _PARTY.where(*in_scope(self._session, Client.id)), _ACCOUNTS
        if client_ids is not None:
            statement = statement.where(Client.id.in_(client_ids))
            of_account = of_account.where(ClientAccount.client_id.in_(client_ids))
        accounts: dict[int, list[str]] = defaultdict(list)
        for client_id, number in self._session.execute(of_account):
            accounts[client_id].append(number)
        return {
            row.id: ClientParty(*(*row, tuple(accounts.get(row.id, ())))) for row in self._session.execute(statement)
        }

    def _contracts(self, column: Any, values: list[Any] | None) -> Iterator[ContractTerms]:
        statement = select(*_COLUMNS).order_by(Contract.date, Contract.id)
        if column is not None:
            statement = statement.where(column.in_(values or []))
        today: datetime.date = self._clock.today()
        for row in self._session.execute(statement):
            facts = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name
            facts["status"] = effective_status(row.status, row.valid_to, today)
            yield ContractTerms(**facts)


def client_book_factory(_context: Any, request: Any) -> ClientBook:
    """``IClientBook`` of a request."""
    return ClientBook(request.db, request.find_service(IClock))
