"""The other side of a deal: clients as parties of documents and payers of statements. Served by client_manager."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass

from zope.interface import Interface

# ruff: noqa: N805 - zope.interface methods have no self


@dataclass(frozen=True, slots=True)
class ClientParty:
    """A client as a document prints it. ``name``: the short one people use; ``full_name``: the legal one.

    ``accounts``: numbers of his bank accounts; ``language``: ``ru`` or ``en``, of his documents.
    """

    client_id: int
    public_id: uuid.UUID
    external_id: str
    name: str
    full_name: str
    inn: str
    kpp: str
    ogrn: str
    address: str
    email: str
    phone: str
    language: str
    accounts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract. ``status``: draft, active, suspended, expired, terminated. ``charges``: ``invoice``, ``act`` or empty (the entity's).

    ``amount``: minor units or None. ``payment_days``: days from the invoice's date to its due date, or None.
    ``legal_entity_id``: the company of ours that made it, or None: the default one.
    """

    id: int
    public_id: uuid.UUID
    client_id: int
    external_id: str
    number: str
    date: datetime.date
    valid_to: datetime.date | None
    subject: str
    amount: int | None
    currency: str
    status: str
    charges: str
    payment_days: int | None
    legal_entity_id: int | None = None


class IClientBook(Interface):
    """Clients as parties. Every read obeys the session's client scope."""

    def party(client_id):
        """ClientParty; NotFoundError."""

    def parties(client_ids=None):
        """dict client_id → ClientParty, of ``client_ids`` or of all in scope, in a constant number of queries."""

    def names(client_ids):
        """dict client_id → name, of those in scope, in one query a thousand: where a party's requisites are not wanted."""

    def by_external_ids(external_ids):
        """dict external_id → client_id, for those that exist, in one query a thousand."""

    def by_public_id(public_id):
        """client_id of the client with ``public_id``, or None."""

    def by_public_ids(public_ids):
        """dict public id → client_id, for those that exist, in one query a thousand."""

    def search(text, limit):
        """client_ids of clients whose name, INN or external id contains ``text``, by name."""

    def tagged(tag):
        """client_ids of living clients that ``tag`` is given to."""

    def contract(contract_id):
        """Contract by internal id; NotFoundError."""

    def contracts(client_ids=None):
        """list of Contract, of ``client_ids`` or of all in scope."""

    def contracts_by_external_ids(external_ids):
        """dict external_id → Contract."""
