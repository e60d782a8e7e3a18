"""Both sides of an invoice, copied at issue: what was printed once is printed the same ever after."""

from __future__ import annotations

from typing import Any

from cabinet.contracts.clients import ClientParty, Contract
from cabinet.contracts.parties import BankAccount, LegalEntity
from cabinet_finsystem.errors import IncompleteRequisitesError
from cabinet_finsystem.pdf.document import DocumentParty, PaymentDetails, Signers
from cabinet_finsystem.texts import _

_BASIS = {"ru": "Договор № {number} от {day}", "en": "Contract No. {number} dated {day}"}
_PERSON = 12  # digits of the tax number of a sole proprietor; a company has ten
PICTURES = ("logo", "stamp", "signature")


def require_complete(entity: LegalEntity) -> None:
    """IncompleteRequisitesError where our requisites lack what a document must print."""
    if not entity.complete:
        raise IncompleteRequisitesError(
            "requisites_incomplete",
            _("Fill in our requisites first: the document prints them."),
            {"legal_entity": str(entity.public_id)},
        )


def frozen_issuer(entity: LegalEntity, currency: str) -> dict[str, Any]:
    """Our side as it is now, ready for JSON, with the account that takes ``currency``."""
    account = account_for(entity, currency)
    return {
        "name": entity.name,
        "short_name": entity.short_name,
        "inn": entity.inn,
        "kpp": entity.kpp,
        "ogrn": entity.ogrn,
        "address": entity.address,
        "phone": entity.phone,
        "email": entity.email,
        "director_name": entity.director_name,
        "director_post": entity.director_post,
        "accountant_name": entity.accountant_name,
        "account": account.number if account else "",
        "bic": account.bic if account else "",
        "bank_name": account.bank_name if account else "",
        "correspondent_account": account.correspondent_account if account else "",
        "pictures": {which: getattr(entity, f"{which}_file_id") for which in PICTURES},
    }


def frozen_customer(party: ClientParty) -> dict[str, Any]:
    """The client as he is now, ready for JSON."""
    return {
        "name": party.name,
        "full_name": party.full_name,
        "inn": party.inn,
        "kpp": party.kpp,
        "ogrn": party.ogrn,
        "address": party.address,
        "email": party.email,
        "phone": party.phone,
    }


def account_for(entity: LegalEntity, currency: str) -> BankAccount | None:
    """The account that an invoice in ``currency`` prints: the default one where it fits, else the first that does, else the default."""
    default = entity.default_account
    if default is None or default.currency == currency:
        return default
    return next((account for account in entity.accounts if account.currency == currency), default)


def basis_text(contract: Contract | None, language: str) -> str:
    """The contract as a document names it; empty where there is none."""
    if contract is None or not contract.number:
        return ""
    return _BASIS.get(language, _BASIS["en"]).format(number=contract.number, day=f"{contract.date:%d.%m.%Y}")


def printed_issuer(frozen: dict[str, Any]) -> DocumentParty:
    """Our side of the paper."""
    return _party(frozen, frozen["name"])


def printed_customer(frozen: dict[str, Any]) -> DocumentParty:
    """The client's side of the paper."""
    return _party(frozen, frozen["full_name"] or frozen["name"])


def payment_details(frozen: dict[str, Any]) -> PaymentDetails:
    """Where the money goes."""
    return PaymentDetails(frozen["account"], frozen["bank_name"], frozen["bic"], frozen["correspondent_account"])


def signers(frozen: dict[str, Any]) -> Signers:
    """Who signs for us. A tax number of twelve digits is a person's: he signs alone."""
    return Signers(
        director_name=frozen["director_name"],
        director_post=frozen["director_post"],
        accountant_name=frozen["accountant_name"],
        sole_proprietor=len(frozen["inn"]) == _PERSON,
    )


def _party(frozen: dict[str, Any], name: str) -> DocumentParty:
    return DocumentParty(
        name=name,
        inn=frozen["inn"],
        kpp=frozen["kpp"],
        address=frozen["address"],
        phone=frozen["phone"],
        email=frozen["email"],
    )
