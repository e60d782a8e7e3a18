"""Facts that cross the module's borders: frozen, without a database behind them."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass, fields
from typing import Any

STATUSES = ("draft", "active", "suspended", "expired", "terminated")
LANGUAGES = ("ru", "en")
PICTURES = ("logo", "stamp", "signature")


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """A bank account: 20 digits with a BIC, or an IBAN (``bic`` is then a SWIFT code or empty)."""

    number: str
    bic: str = ""
    bank_name: str = ""


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """What people write of a client. ``name``: the short one; ``full_name``: the legal one, empty where they are the same."""

    name: str
    full_name: str = ""
    inn: str = ""
    kpp: str = ""
    ogrn: str = ""
    address: str = ""
    postal_address: str = ""
    email: str = ""
    phone: str = ""
    language: str = "ru"
    note: str = ""
    manager_id: int | None = None
    tags: tuple[str, ...] = ()
    accounts: tuple[AccountFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class ClientCard:
    """A client as his card shows him."""

    client_id: int
    public_id: uuid.UUID
    external_id: str
    facts: ClientFacts
    manager_name: str
    archived_at: datetime.datetime | None
    created_at: datetime.datetime
    several_sessions: bool = True

    @property
    def name(self) -> str:
        """The short name."""
        return self.facts.name


@dataclass(frozen=True, slots=True)
class ClientRow:
    """A client as a line of the list."""

    client_id: int
    public_id: uuid.UUID
    external_id: str
    name: str
    inn: str
    kpp: str
    email: str
    phone: str
    manager_name: str
    archived: bool
    contracts: int
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """A person of a client."""

    name: str
    position: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class FoundContact:
    """A person that a search found. ``client_id``: the public one of whose person it is."""

    name: str
    position: str
    phone: str
    email: str
    client_id: uuid.UUID
    client_name: str


@dataclass(frozen=True, slots=True)
class ContactLine:
    """A person of a client with his access. ``contact_id`` is None for a login that no contact was written down for.

    ``access``: none, invited (has not set a password yet), lapsed (and his link died) or active. ``role``: its title, empty without access.
    """

    contact_id: uuid.UUID | None
    user_id: uuid.UUID | None
    facts: ContactFacts
    login: str
    access: str
    role: str
    link_expires_at: datetime.datetime | None
    seen_at: datetime.datetime | None


@dataclass(frozen=True, slots=True)
class ContractFacts:
    """Terms of a contract. ``amount``: minor units of ``currency`` or None; ``kind``: what people sort contracts by, in their own words."""

    number: str
    date: datetime.date
    valid_to: datetime.date | None = None
    subject: str = ""
    amount: int | None = None
    currency: str = "RUB"
    charges: str = ""
    payment_days: int | None = None
    legal_entity_id: int | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class ContractRow:
    """A contract as a line of a list. ``status``: as of today, so an active one past its date is expired."""

    contract_id: int
    public_id: uuid.UUID
    external_id: str
    client_id: int
    client_public_id: uuid.UUID
    client_name: str
    facts: ContractFacts
    status: str
    days_left: int | None


@dataclass(frozen=True, slots=True)
class EntityFacts:
    """What an owner writes of a company of ours."""

    name: str
    short_name: str = ""
    inn: str = ""
    kpp: str = ""
    ogrn: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    director_name: str = ""
    director_post: str = ""
    accountant_name: str = ""
    charges: str = "invoice"
    vat_rate: str | None = None
    invoice_number_pattern: str = ""
    currency: str = "RUB"


@dataclass(frozen=True, slots=True)
class BankAccountFacts:
    """What an owner writes of a bank account of ours."""

    number: str
    currency: str = "RUB"
    bic: str = ""
    bank_name: str = ""
    correspondent_account: str = ""
    is_default: bool = False


def changes(before: Any, after: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Fields of two facts of one class that differ, as they were and as they are, ready for JSON."""
    names = [f.name for f in fields(before) if getattr(before, f.name) != getattr(after, f.name)]
    return {n: _plain(getattr(before, n)) for n in names}, {n: _plain(getattr(after, n)) for n in names}


def with_currency(changed: dict[str, Any], facts: ContractFacts) -> dict[str, Any]:
    """``changed`` fields of ``facts`` as the audit trail keeps them: an amount says nothing without its currency."""
    return {**changed, "currency": facts.currency} if "amount" in changed else changed


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, AccountFacts):
        return value.number
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value
