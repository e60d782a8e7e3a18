"""Our side of a deal: legal entities, their bank accounts, who signs. Served by client_manager, asked by anyone."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from zope.interface import Interface

# ruff: noqa: N805 - zope.interface methods have no self

MAY_EDIT = "client_manager:entity:edit"
"""The permission of those who may change our legal entities and their accounts."""


@dataclass(frozen=True, slots=True)
class BankAccount:
    """An account of ours. ``number``: 20 digits or an IBAN; ``currency``: ISO 4217."""

    id: int
    public_id: uuid.UUID
    legal_entity_id: int
    number: str
    currency: str
    bic: str
    bank_name: str
    correspondent_account: str
    is_default: bool


@dataclass(frozen=True, slots=True)
class LegalEntity:
    """A company of ours as a document prints it. ``*_file_id``: internal ids of stored images, or None.

    ``complete``: has what an invoice must print. ``charges``: ``invoice`` or ``act``, what posts a charge by default.
    ``vat_rate``: usual rate of its lines in per cent as text ("22"), or None: «Без НДС».
    """

    id: int
    public_id: uuid.UUID
    name: str
    short_name: str
    inn: str
    kpp: str
    ogrn: str
    address: str
    phone: str
    email: str
    director_name: str
    director_post: str
    accountant_name: str
    charges: str
    vat_rate: str | None
    invoice_number_pattern: str
    currency: str
    accounts: tuple[BankAccount, ...]
    logo_file_id: int | None
    stamp_file_id: int | None
    signature_file_id: int | None
    complete: bool

    @property
    def default_account(self) -> BankAccount | None:
        """The account that documents print: the one marked default, else the first."""
        return next((a for a in self.accounts if a.is_default), self.accounts[0] if self.accounts else None)


class ILegalEntities(Interface):
    """Our legal entities. Their number is small: reads are kept for the length of a request."""

    def default():
        """The legal entity that documents are issued from unless told otherwise. There is always one."""

    def get(entity_id):
        """LegalEntity by internal id; NotFoundError."""

    def all():
        """All of them, the default first."""

    def account_by_number(number):
        """The BankAccount with ``number``, or None: whether a statement is ours."""

    def register_account(number, currency, *, bic="", bank_name="", correspondent_account="", legal_entity_id=None):
        """Make sure that the account is ours, of the default entity unless another is named; returns (BankAccount, created).
        DomainError where a number fails its check: ``details["field"]`` names it."""
