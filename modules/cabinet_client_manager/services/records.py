"""Clients read in bulk: the same few queries for one client and for ten thousand."""

from __future__ import annotations

import datetime
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from cabinet.db.bulk import chunks
from cabinet.db.scope import in_scope
from cabinet.identity.models import Client
from cabinet_client_manager.folding import fold, phone_digits
from cabinet_client_manager.models import ClientAccount, Profile, Tag
from cabinet_client_manager.values import AccountFacts, ClientFacts

PROFILE_FIELDS = (
    "full_name",
    "inn",
    "kpp",
    "ogrn",
    "address",
    "postal_address",
    "email",
    "phone",
    "language",
    "note",
)
_PROFILE_COLUMNS = tuple(getattr(Profile, name) for name in PROFILE_FIELDS)
_BETWEEN = "\n"  # no tag has one: they are kept with single spaces
_DEFAULTS: dict[str, Any] = {name: ClientFacts.__dataclass_fields__[name].default for name in PROFILE_FIELDS}


@dataclass(frozen=True, slots=True)
class ClientRecord:
    """A client with all that is stored of him."""

    client_id: int
    public_id: uuid.UUID
    external_id: str
    facts: ClientFacts
    archived_at: datetime.datetime | None
    created_at: datetime.datetime
    several_sessions: bool


def records_by_id(session: Session, client_ids: Collection[int] | None = None) -> dict[int, ClientRecord]:
    """Records of ``client_ids``, or of all clients in scope."""
    if client_ids is None:
        return {record.client_id: record for record in _load(session, None, None)}
    found = (_load(session, Client.id, chunk) for chunk in chunks(sorted(set(client_ids))))
    return {record.client_id: record for records in found for record in records}


def record_by_public_id(session: Session, public_id: uuid.UUID) -> ClientRecord | None:
    """The record of the client with this id of URLs, within the scope."""
    return next(_load(session, Client.public_id, [public_id]), None)


def records_by_external_id(session: Session, external_ids: Iterable[str]) -> dict[str, ClientRecord]:
    """Records of the clients that have one of ``external_ids``."""
    found = (_load(session, Client.external_id, chunk) for chunk in chunks(sorted(set(external_ids))))
    return {record.external_id: record for records in found for record in records}


def tags_column() -> Any:
    """For a query of Client: the tags of each in one text, for `split_tags`."""
    names = select(func.aggregate_strings(Tag.name, _BETWEEN)).where(Tag.client_id == Client.id)
    return names.correlate(Client).scalar_subquery()


def split_tags(joined: str | None) -> tuple[str, ...]:
    """What `tags_column` read, by name."""
    return tuple(sorted(joined.split(_BETWEEN))) if joined else ()


def search_text(facts: ClientFacts, external_id: str) -> str:
    """All that a client is searched by."""
    parts = (facts.name, facts.full_name, facts.inn, external_id, facts.email, *(a.number for a in facts.accounts))
    return fold("\n".join((*filter(None, parts), phone_digits(facts.phone))))


def _load(session: Session, column: Any, values: list[Any] | None) -> Iterator[ClientRecord]:
    """Two queries: the clients with their tags, and their accounts."""

    def narrowed(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
        return statement if column is None else statement.where(column.in_(values or []))

    accounts: dict[int, list[AccountFacts]] = defaultdict(list)
    of_account = narrowed(
        select(ClientAccount.client_id, ClientAccount.number, ClientAccount.bic, ClientAccount.bank_name).join(
            Client, Client.id == ClientAccount.client_id
        )
    ).order_by(ClientAccount.id)
    for client_id, number, bic, bank_name in session.execute(of_account):
        accounts[client_id].append(AccountFacts(number, bic, bank_name))
    clients = narrowed(
        select(
            Client.id,
            Client.public_id,
            Client.external_id,
            Client.name,
            Client.manager_id,
            Client.archived_at,
            Client.created_at,
            Client.several_sessions,
            *_PROFILE_COLUMNS,
            tags_column().label("tags"),
        )
        .outerjoin(Profile, Profile.client_id == Client.id)
        .where(*in_scope(session, Client.id))
    )
    for row in session.execute(clients):
        stored = row._mapping  # noqa: SLF001 - SQLAlchemy's public name
        yield ClientRecord(
            client_id=row.id,
            public_id=row.public_id,
            external_id=row.external_id,
            archived_at=row.archived_at,
            created_at=row.created_at,
            several_sessions=row.several_sessions,
            facts=ClientFacts(
                name=row.name,
                manager_id=row.manager_id,
                accounts=tuple(accounts.get(row.id, ())),
                tags=split_tags(row.tags),
                **{name: _DEFAULTS[name] if stored[name] is None else stored[name] for name in PROFILE_FIELDS},
            ),
        )
