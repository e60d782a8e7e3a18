"""What goes into the ledger and what is read from it: frozen data, amounts in minor units."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass
from enum import StrEnum


class AccountKind(StrEnum):
    """What an account holds. Bank, cash and clearing are money; income and expense make the P&L and carry articles."""

    BANK = "bank"
    CASH = "cash"
    CLEARING = "clearing"
    CLIENT = "client"
    INCOME = "income"
    EXPENSE = "expense"
    VAT = "vat"
    EQUITY = "equity"


MONEY = frozenset({AccountKind.BANK, AccountKind.CASH, AccountKind.CLEARING})
PNL = frozenset({AccountKind.INCOME, AccountKind.EXPENSE})


@dataclass(frozen=True, slots=True)
class AccountRef:
    """Names an account; the ledger makes it at first use. ``owner``: id or name of whom it belongs to, empty for the firm's own."""

    kind: AccountKind
    currency: str
    owner: int | str = ""

    @classmethod
    def client(cls, client_id: int, currency: str) -> AccountRef:
        """The personal account of a client in ``currency``."""
        return cls(AccountKind.CLIENT, currency, client_id)

    @classmethod
    def bank(cls, bank_account_id: int, currency: str) -> AccountRef:
        """An account of ours in a bank, by the id that ILegalEntities gives it."""
        return cls(AccountKind.BANK, currency, bank_account_id)

    @classmethod
    def cash(cls, legal_entity_id: int, currency: str) -> AccountRef:
        """The cash desk of a legal entity."""
        return cls(AccountKind.CASH, currency, legal_entity_id)

    @classmethod
    def clearing(cls, gateway: str, currency: str) -> AccountRef:
        """Money that a payment gateway holds for us."""
        return cls(AccountKind.CLEARING, currency, gateway)

    @property
    def key(self) -> str:
        """The account's unique name in the database."""
        return f"{self.kind.value}:{self.currency}:{self.owner}" if self.owner else f"{self.kind.value}:{self.currency}"


@dataclass(frozen=True, slots=True)
class NewPosting:
    """One side of a new entry. ``minor``: debit-positive, never zero. Income and expense carry an article, other accounts none.

    ``client_id`` and ``contract_id`` say whose deal it is; a client account implies its client.
    """

    account: AccountRef
    minor: int
    article_id: int | None = None
    client_id: int | None = None
    contract_id: int | None = None


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to post. ``kind``: charge, payment, refund, expense, transfer, opening, write_off or reversal.

    ``source``: (type, id) of finsystem's document, or (module, type, id) of another module's. ``fact``: where given, no second
    entry with that name can ever be posted.
    """

    date: datetime.date
    kind: str
    source: tuple[str, int] | tuple[str, str, int]
    text: str
    legal_entity_id: int
    postings: tuple[NewPosting, ...]
    fact: str | None = None
    reverses_id: int | None = None


@dataclass(frozen=True, slots=True)
class ClientBalance:
    """What a client's personal account shows. ``minor`` positive: we owe him."""

    client_id: int
    currency: str
    minor: int


@dataclass(frozen=True, slots=True)
class Movement:
    """A line of a personal account. ``minor`` as the client sees it: payments positive, charges negative.

    ``(date, posting_id)`` is the key of the next page.
    """

    date: datetime.date
    posting_id: int
    entry_id: int
    entry_public_id: uuid.UUID
    kind: str
    source_type: str
    source_id: int
    text: str
    contract_id: int | None
    minor: int
    currency: str
