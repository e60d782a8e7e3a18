"""How to pay invoices by bank transfer: the requisites of a payment order, and the code that fills it in by itself."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cabinet.contracts.money import Money, to_decimal
from cabinet.pdf.payment_qr import PaymentQRError, RoublePayment, SepaPayment, epc_payload, gost_payload
from cabinet.pdf.qr import QUIET_ZONE, symbol
from cabinet_finsystem.invoicing.amounts import round_half_up

# What the payer writes in his order, in the language of the document: the bank's reader and ours look for these words.
_ONE = {"ru": "Оплата по счету {invoices}", "en": "Payment under invoice {invoices}"}
_MANY = {"ru": "Оплата по счетам {invoices}", "en": "Payment under invoices {invoices}"}
_NAMED = {"ru": "№ {number} от {day}", "en": "No. {number} dated {day}"}
_VAT = {"ru": "В том числе НДС {vat}", "en": "Including VAT {vat}"}
_NO_VAT = {"ru": "Без налога (НДС)", "en": "Not subject to VAT"}


@dataclass(frozen=True, slots=True)
class Due:
    """An invoice and what of it is to be paid, minor units. ``issuer``: our side as it was frozen."""

    number: str
    date: datetime.date
    minor: int
    total: int
    vat: int
    currency: str
    language: str
    issuer: Mapping[str, Any]

    @property
    def payee(self) -> tuple[str, str]:
        """Invoices of one payee can be paid by one order."""
        return str(self.issuer["account"]), self.currency


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code as SVG: the ``d`` of its path, and the side of its view box."""

    path: str
    side: int


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """What stands in a payment order. ``code``: None where the facts make none that a bank would read."""

    payee: str
    inn: str
    kpp: str
    account: str
    bank_name: str
    bic: str
    correspondent_account: str
    minor: int
    currency: str
    purpose: str
    code: Code | None

    @property
    def as_text(self) -> str:
        """All of it, a line each, to paste into a bank's form or a letter."""
        facts = (
            self.payee,
            " ".join(filter(None, (self.inn, self.kpp))),
            self.account,
            " ".join(filter(None, (self.bank_name, self.bic, self.correspondent_account))),
            f"{to_decimal(self.minor, self.currency):f} {self.currency}",
            self.purpose,
        )
        return "\n".join(filter(None, facts))

    @property
    def is_iban(self) -> bool:
        """Whether the account is an international one."""
        return self.account[:2].isalpha()


def payment_orders(dues: Sequence[Due]) -> list[PaymentOrder]:
    """One order for each payee, that of the first invoice first. Those to whom nothing can be transferred have none."""
    by_payee: dict[tuple[str, str], list[Due]] = {}
    for due in dues:
        if due.minor > 0 and due.issuer["account"]:
            by_payee.setdefault(due.payee, []).append(due)
    return [_order(together) for together in by_payee.values()]


def _order(dues: Sequence[Due]) -> PaymentOrder:
    issuer = dues[0].issuer
    money = Money(sum(due.minor for due in dues), dues[0].currency)
    purpose = purpose_of(dues)
    return PaymentOrder(
        payee=issuer["name"],
        inn=issuer["inn"],
        kpp=issuer["kpp"],
        account=issuer["account"],
        bank_name=issuer["bank_name"],
        bic=issuer["bic"],
        correspondent_account=issuer["correspondent_account"],
        minor=money.minor,
        currency=money.currency,
        purpose=purpose,
        code=_code(issuer, money, purpose),
    )


def purpose_of(dues: Sequence[Due]) -> str:
    """The purpose of a payment for ``dues``; VAT in proportion where a part is paid."""
    language = dues[0].language if dues[0].language in _ONE else "en"
    named = ", ".join(_NAMED[language].format(number=due.number, day=f"{due.date:%d.%m.%Y}") for due in dues)
    text = (_ONE if len(dues) == 1 else _MANY)[language].format(invoices=named)
    vat = sum(round_half_up(due.vat * due.minor, due.total) for due in dues)
    if not vat:
        return f"{text}. {_NO_VAT[language]}"
    return f"{text}. {_VAT[language].format(vat=f'{to_decimal(vat, dues[0].currency):f}')}"


def _code(issuer: Mapping[str, Any], money: Money, purpose: str) -> Code | None:
    try:
        payload = (
            gost_payload(
                RoublePayment(
                    name=issuer["name"],
                    account=issuer["account"],
                    bank_name=issuer["bank_name"],
                    bic=issuer["bic"],
                    correspondent_account=issuer["correspondent_account"],
                    inn=issuer["inn"],
                    kpp=issuer["kpp"],
                    amount=money,
                    purpose=purpose,
                )
            )
            if money.currency == "RUB"
            else epc_payload(SepaPayment(issuer["name"], issuer["account"], money, bic=issuer["bic"], text=purpose))
        )
    except PaymentQRError:
        return None
    drawn = symbol(payload)
    return Code(drawn.svg_path(), drawn.size + 2 * QUIET_ZONE)
