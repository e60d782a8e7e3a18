"""What a payment QR code says: GOST R 56042-2014 for roubles and EPC069-12 for SEPA. Pure: facts in, bytes out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from cabinet.contracts.money import Money
from cabinet.requisites import check_account, check_bic, check_correspondent_account, check_iban, short_legal_form

GostEncoding = Literal["utf-8", "windows-1251"]

_GOST_ENCODING_DIGITS = {"windows-1251": "1", "utf-8": "2"}
_GOST_SEPARATORS = "|#;~^$&@!%*_"
_GOST_MANDATORY_BYTES = 300
_NAME_LENGTH, _BANK_LENGTH, _PURPOSE_LENGTH = 160, 45, 210
_EPC_NAME_LENGTH, _EPC_TEXT_LENGTH, _EPC_BYTES = 70, 140, 331
_EPC_LARGEST = 999_999_999_99
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\s]+")


class PaymentQRError(ValueError):
    """The facts do not make a code a bank would read; the reason is in the text."""


@dataclass(frozen=True, slots=True)
class RoublePayment:
    """A payment order in roubles to an account in a Russian bank, as the payee wants it filled in."""

    name: str
    account: str
    bank_name: str
    bic: str
    correspondent_account: str
    inn: str = ""
    kpp: str = ""
    amount: Money | None = None
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class SepaPayment:
    """A SEPA credit transfer in euro. ``reference`` is a creditor's reference (RF…) and excludes ``text``."""

    name: str
    iban: str
    amount: Money
    bic: str = ""
    text: str = ""
    reference: str = ""


def gost_payload(payment: RoublePayment, encoding: GostEncoding = "utf-8") -> bytes:
    """The code's content by GOST R 56042-2014: ``ST00012|Name=…|PersonalAcc=…``, the sum in kopecks.

    Too long a name, bank name or purpose is cut after a whole word; a name first loses its long legal form (→ ООО, ИП).
    The separator is the first of a row of signs that no value contains.
    """
    _check_rouble_account(payment)
    head = {
        "Name": _cut(_short_name(_clean(payment.name), encoding), _NAME_LENGTH),
        "PersonalAcc": payment.account,
        "BankName": _cut(_clean(payment.bank_name), _BANK_LENGTH),
        "BIC": payment.bic,
        "CorrespAcc": payment.correspondent_account or "0",
    }
    tail = {
        "PayeeINN": _clean(payment.inn),
        "KPP": _clean(payment.kpp),
        "Sum": _kopecks(payment.amount),
        "Purpose": _cut(_clean(payment.purpose), _PURPOSE_LENGTH),
    }
    if not head["Name"] or not head["BankName"]:
        raise PaymentQRError("a payment code needs the names of the payee and of the bank")
    while len(_encode("|".join(f"{k}={v}" for k, v in head.items()), encoding)) > _GOST_MANDATORY_BYTES:
        head["Name"] = _cut(head["Name"], len(head["Name"]) - 1)
    fields = head | {name: value for name, value in tail.items() if value}
    separator = next((sign for sign in _GOST_SEPARATORS if not any(sign in v for v in fields.values())), None)
    if separator is None:
        raise PaymentQRError("no sign is left to separate the fields of a payment code")
    parts = [f"ST0001{_GOST_ENCODING_DIGITS[encoding]}", *(f"{name}={value}" for name, value in fields.items())]
    return _encode(separator.join(parts), encoding)


def epc_payload(payment: SepaPayment) -> bytes:
    """The code's content by EPC069-12 version 002, UTF-8: lines from ``BCD`` to the last one filled."""
    if check_iban(payment.iban):
        raise PaymentQRError("the account of a SEPA code must be an IBAN")
    if payment.amount.currency != "EUR" or not 0 < payment.amount.minor <= _EPC_LARGEST:
        raise PaymentQRError("a SEPA code asks for 0.01 to 999,999,999.99 euro")
    if payment.text and payment.reference:
        raise PaymentQRError("a SEPA code has either a reference or a text")
    name = _cut(_clean(payment.name), _EPC_NAME_LENGTH)
    if not name:
        raise PaymentQRError("a payment code needs the name of the payee")
    text = _cut(_clean(payment.text), _EPC_TEXT_LENGTH)
    while True:
        lines = [
            *("BCD", "002", "1", "SCT", payment.bic, name, payment.iban, f"EUR{payment.amount}"),
            *("", payment.reference, text),
        ]
        payload = _encode("\n".join(lines).rstrip("\n"), "utf-8")
        if len(payload) <= _EPC_BYTES:
            return payload
        # Letters outside ASCII take two bytes and more: the text gives way first, then the name.
        text, name = (_cut(text, len(text) - 1), name) if text else ("", _cut(name, len(name) - 1))


def _check_rouble_account(payment: RoublePayment) -> None:
    if check_bic(payment.bic):
        raise PaymentQRError("the BIC of a payment code must have 9 digits")
    problem = check_account(payment.account, payment.bic)
    if problem and not problem.only_warns:
        raise PaymentQRError(f"the account of a payment code is wrong: {problem}")
    correspondent = payment.correspondent_account.strip("0")
    problem = check_correspondent_account(payment.correspondent_account, payment.bic) if correspondent else None
    if problem and not problem.only_warns:
        raise PaymentQRError(f"the correspondent account of a payment code is wrong: {problem}")


def _kopecks(amount: Money | None) -> str:
    if amount is None:
        return ""
    if amount.currency != "RUB" or not 0 < amount.minor < 10**18:
        raise PaymentQRError("a payment code by GOST asks for a positive sum in roubles")
    return str(amount.minor)


def _short_name(name: str, encoding: GostEncoding) -> str:
    limit = _NAME_LENGTH if encoding == "windows-1251" else _NAME_LENGTH // 2
    return name if len(name) <= limit else short_legal_form(name)


def _clean(value: str) -> str:
    return _UNPRINTABLE.sub(" ", value).strip()


def _cut(value: str, length: int) -> str:
    """At most ``length`` characters, whole words where the cut would otherwise halve one."""
    if len(value) <= length:
        return value
    whole = value[: length + 1].rpartition(" ")[0]
    return (whole if len(whole) * 2 > length else value[:length]).rstrip(" ,;—–-")


def _encode(text: str, encoding: GostEncoding) -> bytes:
    try:
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        raise PaymentQRError(f"{error.object[error.start]!r} cannot be written in {encoding}") from None
