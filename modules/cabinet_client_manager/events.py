"""What happened to clients, contacts, contracts and legal entities. Fields are ids; listeners ask the services for more."""

from __future__ import annotations

from dataclasses import dataclass

from cabinet.events import Event
from cabinet_client_manager.values import BankAccountFacts


@dataclass(frozen=True, slots=True)
class ClientAdded(Event):
    """A client was added, by hand or by an import."""

    client_id: int


@dataclass(frozen=True, slots=True)
class ClientChanged(Event):
    """A client's name, requisites, accounts or manager changed. ``fields``: names of what did."""

    client_id: int
    fields: frozenset[str]


@dataclass(frozen=True, slots=True)
class ClientArchived(Event):
    """A client was put away: his people cannot come in."""

    client_id: int


@dataclass(frozen=True, slots=True)
class ClientRestored(Event):
    """An archived client is served again."""

    client_id: int


@dataclass(frozen=True, slots=True)
class ContactInvited(Event):
    """A contact got access to the client's cabinet."""

    client_id: int
    contact_id: int
    user_id: int


@dataclass(frozen=True, slots=True)
class ContactAccessWithdrawn(Event):
    """A contact lost access; his sessions are over."""

    client_id: int
    contact_id: int
    user_id: int


@dataclass(frozen=True, slots=True)
class ContractAdded(Event):
    """A contract was written down."""

    client_id: int
    contract_id: int


@dataclass(frozen=True, slots=True)
class ContractChanged(Event):
    """Terms or status of a contract changed. ``fields``: names of what did."""

    client_id: int
    contract_id: int
    fields: frozenset[str]


@dataclass(frozen=True, slots=True)
class BankAccountAdded(Event):
    """An account became ours."""

    legal_entity_id: int
    bank_account_id: int
    number: str


@dataclass(frozen=True, slots=True)
class BankAccountRemoved(Event):
    """An account of ours is removed from its legal entity. Told before it is gone: who has it in his books raises, and it stays."""

    legal_entity_id: int
    bank_account_id: int
    number: str


@dataclass(frozen=True, slots=True)
class BankAccountsChanged(Event):
    """The accounts of a company of ours are others now, or another of them is printed on documents: where clients pay may have moved."""

    legal_entity_id: int
    before: tuple[BankAccountFacts, ...]
    after: tuple[BankAccountFacts, ...]


@dataclass(frozen=True, slots=True)
class LegalEntityChanged(Event):
    """Requisites, accounts or pictures of a company of ours changed."""

    legal_entity_id: int
