"""Clients: added, changed, found, put away."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.orm import Session, aliased
from zope.interface import implementer

from cabinet.db.paging import ListQuery, Page, paginate
from cabinet.db.scope import in_scope
from cabinet.errors import NotFoundError
from cabinet.identity.models import Client, User
from cabinet.interfaces import IAuditLog, IClientDirectory, IClock, IEvents
from cabinet.requisites import compact
from cabinet_client_manager import events
from cabinet_client_manager.folding import words
from cabinet_client_manager.interfaces import ClientManagerError, DuplicateClientError, IClientCards
from cabinet_client_manager.models import ClientAccount, Contact, Contract, Profile, Tag
from cabinet_client_manager.services import checks
from cabinet_client_manager.services.records import (
    PROFILE_FIELDS,
    ClientRecord,
    record_by_public_id,
    records_by_id,
    search_text,
    split_tags,
    tags_column,
)
from cabinet_client_manager.texts import _
from cabinet_client_manager.values import LANGUAGES, AccountFacts, ClientCard, ClientFacts, ClientRow, changes

NO_MANAGER = "none"


@implementer(IClientCards)
class ClientCards:
    """The clients of one transaction."""

    def __init__(
        self, session: Session, directory: IClientDirectory, clock: IClock, audit: IAuditLog, happened: IEvents
    ) -> None:
        self._session = session
        self._directory = directory
        self._clock = clock
        self._audit = audit
        self._events = happened

    def add(self, facts: ClientFacts, *, external_id: str | None = None) -> ClientCard:
        """A new client; without ``external_id`` his number serves. WrongRequisiteError, DuplicateClientError, ConflictError."""
        facts = tidy(facts)
        check(facts)
        self._refuse_twin(facts, but=None)
        client = self._directory.create(name=facts.name, external_id=external_id, manager_id=facts.manager_id)
        self._session.add(
            Profile(client_id=client.id, search_text=search_text(facts, client.external_id), **_profile(facts))
        )
        self._session.flush()
        self._write_accounts(client.id, facts.accounts)
        self._write_tags(client.id, facts.tags)
        self._audit.record(
            "client_manager.client.added",
            kind="client",
            public_id=client.public_id,
            title=facts.name,
            client_id=client.id,
            after=changes(ClientFacts(""), facts)[1],
        )
        self._events.record(events.ClientAdded(client.id))
        return self.card(client.id)

    def change(self, client_id: int, facts: ClientFacts) -> frozenset[str]:
        """Write ``facts`` over what is stored; returns names of the fields that changed."""
        record = self._record(client_id)
        facts = tidy(facts)
        before, after = changes(record.facts, facts)
        if not after:
            return frozenset()
        check(facts)
        if {"inn", "kpp"} & after.keys():
            self._refuse_twin(facts, but=client_id)
        client = self._directory.get(client_id)
        client.name = facts.name
        profile = self._session.scalar(select(Profile).where(Profile.client_id == client_id))
        if profile is None:
            profile = Profile(client_id=client_id)
            self._session.add(profile)
        for name, value in _profile(facts).items():
            setattr(profile, name, value)
        profile.search_text = search_text(facts, record.external_id)
        if "accounts" in after:
            self._write_accounts(client_id, facts.accounts)
        if "tags" in after:
            self._write_tags(client_id, facts.tags)
        # Last: who sees his own clients alone does not see this one any more, once another has it.
        client.manager_id = facts.manager_id
        self._session.flush()
        self._audit.record(
            "client_manager.client.changed",
            kind="client",
            public_id=record.public_id,
            title=facts.name,
            client_id=client_id,
            before=before,
            after=after,
        )
        self._events.record(events.ClientChanged(client_id, frozenset(after)))
        return frozenset(after)

    def archive(self, client_id: int) -> None:
        """Put a client away: nothing is lost, his people cannot come in."""
        client = self._directory.get(client_id)
        if client is None:
            raise _no_client()
        if client.archived_at is None:
            client.archived_at = self._clock.now()
            self._tell(client, "client_manager.client.archived", events.ClientArchived(client_id))

    def restore(self, client_id: int) -> None:
        """Serve an archived client again."""
        client = self._directory.get(client_id)
        if client is None:
            raise _no_client()
        if client.archived_at is not None:
            client.archived_at = None
            self._tell(client, "client_manager.client.restored", events.ClientRestored(client_id))

    def card(self, client_id: int) -> ClientCard:
        """The client by internal id; NotFoundError."""
        return self._card(records_by_id(self._session, [client_id]).get(client_id))

    def by_public_id(self, public_id: uuid.UUID) -> ClientCard:
        """The client by the id of URLs; NotFoundError."""
        return self._card(record_by_public_id(self._session, public_id))

    def namesakes(self, card: ClientCard) -> list[tuple[uuid.UUID, str, str]]:
        """(public id, name, KPP) of other clients with the INN of ``card``: its branches, or a double."""
        if not card.facts.inn:
            return []
        rows = self._session.execute(
            select(Client.public_id, Client.name, Profile.kpp)
            .join(Profile, Profile.client_id == Client.id)
            .where(Profile.inn == card.facts.inn, Client.id != card.client_id)
            .order_by(Client.name)
        )
        return [(row.public_id, row.name, row.kpp) for row in rows]

    def page(self, query: ListQuery) -> Page:
        """A Page of ClientRow."""
        statement = _LISTED.where(*_wanted(query, _MANAGER), *in_scope(self._session, Client.id))
        found = paginate(self._session, statement, query, sorts=_SORTS, default="name", key=Client.id, scalars=False)
        return replace(found, rows=_rows(found.rows))

    def find(self, text: str, limit: int) -> list[ClientRow]:
        """Clients that ``text`` finds, archived ones last."""
        ordered = _LISTED.order_by(Client.archived_at.is_not(None), Client.name)
        statement = ordered.where(*_matching(text), *in_scope(self._session, Client.id)).limit(limit)
        return _rows(self._session.execute(statement).all())

    def tags(self) -> list[str]:
        """All tags in use, by name."""
        return list(self._session.scalars(select(Tag.name).distinct().order_by(Tag.name)))

    def count(self) -> int:
        """How many clients are served, archived ones left out."""
        served = select(func.count()).select_from(Client).where(Client.archived_at.is_(None))
        return self._session.scalar(served.where(*in_scope(self._session, Client.id))) or 0

    def _card(self, record: ClientRecord | None) -> ClientCard:
        if record is None:
            raise _no_client()
        manager = self._session.get(User, record.facts.manager_id) if record.facts.manager_id else None
        return ClientCard(
            client_id=record.client_id,
            public_id=record.public_id,
            external_id=record.external_id,
            facts=record.facts,
            manager_name=manager.name if manager else "",
            archived_at=record.archived_at,
            created_at=record.created_at,
            several_sessions=record.several_sessions,
        )

    def _record(self, client_id: int) -> ClientRecord:
        record = records_by_id(self._session, [client_id]).get(client_id)
        if record is None:
            raise _no_client()
        return record

    def _refuse_twin(self, facts: ClientFacts, but: int | None) -> None:
        if not facts.inn:
            return
        twin = self._session.execute(
            select(Client.public_id, Client.name)
            .join(Profile, Profile.client_id == Client.id)
            .where(Profile.inn == facts.inn, Profile.kpp == facts.kpp, Client.id != (but or 0))
            .limit(1)
        ).first()
        if twin is not None:
            raise DuplicateClientError(
                "client_exists",
                _("A client with this INN and KPP is there already: ${name}.", mapping={"name": twin.name}),
                {"field": "inn", "client": twin.public_id.hex, "name": twin.name},
            )

    def _write_accounts(self, client_id: int, accounts: tuple[AccountFacts, ...]) -> None:
        self._session.execute(delete(ClientAccount).where(ClientAccount.client_id == client_id))
        self._session.add_all(
            ClientAccount(client_id=client_id, number=a.number, bic=a.bic, bank_name=a.bank_name) for a in accounts
        )

    def _write_tags(self, client_id: int, tags: tuple[str, ...]) -> None:
        self._session.execute(delete(Tag).where(Tag.client_id == client_id))
        self._session.add_all(Tag(client_id=client_id, name=name) for name in tags)

    def _tell(self, client: Any, action: str, event: Any) -> None:
        self._session.flush()
        self._audit.record(action, kind="client", public_id=client.public_id, title=client.name, client_id=client.id)
        self._events.record(event)


def _rows(found: Iterable[Any]) -> list[ClientRow]:
    """What `_LISTED` found, in the order of ClientRow's fields; a page's rows go on with their place in it."""
    return [ClientRow(*(*facts, split_tags(tags))) for *facts, tags in (row[: len(_SHOWN)] for row in found)]


def tidy(facts: ClientFacts) -> ClientFacts:
    """``facts`` as they are stored: numbers without spaces, texts trimmed, tags and accounts once each."""
    accounts = {account.number: account for account in map(checks.tidy_account, facts.accounts) if account.number}
    return replace(
        facts,
        name=" ".join(facts.name.split()),
        full_name=" ".join(facts.full_name.split()),
        inn=compact(facts.inn),
        kpp=compact(facts.kpp),
        ogrn=compact(facts.ogrn),
        email=facts.email.strip(),
        phone=" ".join(facts.phone.split()),
        address=" ".join(facts.address.split()),
        postal_address=" ".join(facts.postal_address.split()),
        tags=tuple(sorted({" ".join(tag.split()) for tag in facts.tags if tag.strip()})),
        accounts=tuple(accounts.values()),
    )


def check(facts: ClientFacts) -> None:
    """WrongRequisiteError or ClientManagerError for the first thing that cannot be right."""
    if not facts.name:
        raise ClientManagerError("client_without_name", _("A client needs a name."), {"field": "name"})
    if facts.language not in LANGUAGES:
        raise ClientManagerError(
            "unknown_language", _("Documents are made in Russian or English."), {"field": "language"}
        )
    checks.refuse_wrong(checks.check_registration(facts.inn, facts.kpp, facts.ogrn))
    checks.check_email(facts.email)
    for position, account in enumerate(facts.accounts):
        checks.refuse_wrong(checks.check_bank_account(account.number, account.bic), f"accounts-{position}-")


def _profile(facts: ClientFacts) -> dict[str, Any]:
    return {name: getattr(facts, name) for name in PROFILE_FIELDS}


def _no_client() -> NotFoundError:
    return NotFoundError("no_client", _("There is no such client."))


_MANAGER = aliased(User)
_CONTRACTS = select(func.count()).where(Contract.client_id == Client.id, Contract.status.in_(("active", "suspended")))
_SHOWN = (
    *(Client.id, Client.public_id, Client.external_id, Client.name),
    *(func.coalesce(column, "") for column in (Profile.inn, Profile.kpp, Profile.email, Profile.phone, _MANAGER.name)),
    Client.archived_at.is_not(None),
    _CONTRACTS.correlate(Client).scalar_subquery(),
    tags_column(),
)
_LISTED = (
    select(*_SHOWN)
    .outerjoin(Profile, Profile.client_id == Client.id)
    .outerjoin(_MANAGER, _MANAGER.id == Client.manager_id)
)
"""What a row of a list shows: numbers and addresses of the profile, the manager's name, contracts in force, tags in one text."""
_SORTS = {
    "name": Client.name,
    "added": Client.created_at,
    "manager": func.coalesce(_MANAGER.name, ""),
    "inn": func.coalesce(Profile.inn, ""),
}


def _matching(text: str) -> list[ColumnElement[bool]]:
    """Every word occurs in what the client, or one of his contacts, is searched by."""
    return [
        or_(
            Profile.search_text.contains(word, autoescape=True),
            Client.id.in_(select(Contact.client_id).where(Contact.search_text.contains(word, autoescape=True))),
        )
        for word in words(text)
    ]


def _wanted(query: ListQuery, manager: Any) -> list[ColumnElement[bool]]:
    criteria = _matching(query.search)
    state = query.filters.get("state", "")
    if state == "archived":
        criteria.append(Client.archived_at.is_not(None))
    elif state != "all":
        criteria.append(Client.archived_at.is_(None))
    chosen = query.filters.get("manager", "")
    if chosen == NO_MANAGER:
        criteria.append(Client.manager_id.is_(None))
    elif chosen:
        criteria.append(manager.public_id == _uuid(chosen))
    if tag := query.filters.get("tag", ""):
        criteria.append(Client.id.in_(select(Tag.client_id).where(Tag.name == tag)))
    return criteria


def _uuid(text: str) -> uuid.UUID:
    """A public id from a URL; one that names nobody finds nobody."""
    try:
        return uuid.UUID(hex=text)
    except ValueError:
        return uuid.UUID(int=0)


def client_cards_factory(_context: Any, request: Any) -> ClientCards:
    """``IClientCards`` of a request."""
    return ClientCards(
        request.db,
        request.find_service(IClientDirectory),
        request.find_service(IClock),
        request.find_service(IAuditLog),
        request.find_service(IEvents),
    )
