"""An entry of camt.05x: its amount, its parts, and who is on the other side. By local names, whatever the version."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from cabinet_finsystem.statements.formats.mt940_line import null_of
from cabinet_finsystem.statements.formats.plain_numbers import plain_minor
from cabinet_finsystem.statements.formats.texts_of_banks import single_spaced
from cabinet_finsystem.statements.formats.xml_nodes import Node
from cabinet_finsystem.statements.parsed import Counterparty, Status
from cabinet_finsystem.statements.values import clean_account, read_currency, read_date

_STATUSES: dict[str, Status] = {"BOOK": "booked", "PDNG": "pending", "FUTR": "pending", "INFO": "info"}
_RETURNS = frozenset({"RRTN", "RPCR", "RRCT", "UPDD", "UPCT", "PRDD", "ARET"})
"""Subfamilies of bank transaction codes that give an operation back."""
_TAX_SCHEMES = frozenset({"TXID", "INN", "ИНН", "USRC", "EDRPOU", "ЄДРПОУ", "UNP", "УНП", "BIN", "IIN", "БИН", "ИИН"})
"""What banks call the number of a taxpayer: Russia and any, Ukraine, Belarus, Kazakhstan."""
_INN = re.compile(r"[0-9]{10}|[0-9]{12}")
_FULL = 140
MOST_PARTS = 10_000
"""Parts of an entry that are looked through: one with more stays whole."""


class Part(NamedTuple):
    """A line that an entry gives. ``details``: the part of the entry it comes of; None: the entry has none, or stays whole.

    ``minor`` is signed; None where the amount cannot be read.
    """

    details: Node | None
    minor: int | None
    is_fee: bool = False


def status_of(entry: Node) -> Status:
    """Booked, pending or information; booked where it is not said."""
    said = entry.get("Sts", "Cd|Prtry") or entry.get("Sts")
    return _STATUSES.get(said.upper(), "info") if said else "booked"


def day_of(node: Node, name: str) -> date | None:
    """The calendar date as it is written, in whichever zone that is."""
    said = node.get(name, "Dt") or node.get(name, "DtTm") or node.get(name)
    return _day(said[:10])


_day = lru_cache(maxsize=4096)(read_date)  # a file names the same few days over and over


def sign_of(node: Node) -> int | None:
    """1 for a credit, -1 for a debit, as the account's owner sees it; None where it is neither."""
    return {"CRDT": 1, "DBIT": -1}.get(node.get("CdtDbtInd").upper())


def minor_of(amount: Node | None, currency: str) -> int | None:
    """An unsigned amount in minor units; None where it is none, or of another currency."""
    if amount is None:
        return None
    said = amount.attributes.get("Ccy")
    if said and said != currency and read_currency(said) != currency:
        return None
    return plain_minor(amount.text.strip(), currency)


def parts_of(entry: Node, whole: int, currency: str, sign: int) -> list[Part]:
    """The lines of ``entry``: its parts where they, with the charges that are told of, make up its ``whole`` amount; else that.

    What a part owes the bank goes into a line of its own, so that the part is what its payer paid.
    """
    parts = entry.all("NtryDtls", "TxDtls")
    only = parts[0] if len(parts) == 1 else None
    if not parts or any(len(group.all("TxDtls")) > MOST_PARTS for group in entry.all("NtryDtls")):
        return [Part(only, whole)]
    amounts = [_part_minor(part, currency, sign) for part in parts]
    known = [amount for amount in amounts if amount is not None]
    if len(known) < len(parts):
        return [Part(only, whole)]
    rest = whole - sum(known)
    if rest == 0:
        return [Part(part, amount) for part, amount in zip(parts, known, strict=True)]
    if rest < 0 and -rest == charges_of(entry, parts, currency):
        lines = [Part(part, amount) for part, amount in zip(parts, known, strict=True)]
        return [*lines, Part(None, rest, is_fee=True)]
    return [Part(only, whole)]


def charges_of(entry: Node, parts: Sequence[Node], currency: str) -> int:
    """What the bank took for the entry, or for its parts, in minor units."""
    return _charges(entry, currency) or sum(_charges(part, currency) for part in parts)


def _charges(node: Node, currency: str) -> int:
    total = 0
    for charges in node.all("Chrgs"):
        if (stated := minor_of(charges.find("TtlChrgsAndTaxAmt"), currency)) is not None:
            total += stated
            continue
        records = charges.all("Rcrd") or [charges]
        total += sum(minor_of(record.find("Amt"), currency) or 0 for record in records)
    return total


def _part_minor(part: Node, currency: str, sign: int) -> int | None:
    own = sign_of(part)
    for path in (("Amt",), ("AmtDtls", "TxAmt", "Amt"), ("AmtDtls", "InstdAmt", "Amt")):
        if (minor := minor_of(part.find(*path), currency)) is not None:
            return (own or sign) * minor
    return None


def is_return(entry: Node, part: Node | None) -> bool:
    """Whether the bank says that an operation is given back."""
    if entry.get("RvslInd").lower() in ("true", "1"):
        return True
    for node in (part, entry):
        if node is not None:
            if node.find("RtrInf") is not None:
                return True
            if node.get("BkTxCd", "Domn", "Fmly", "SubFmlyCd").upper() in _RETURNS:
                return True
    return False


def code_of(entry: Node, part: Node | None) -> str:
    """The bank transaction code: the standard's with points between its parts, else the bank's own."""
    for node in (part, entry):
        if node is None:
            continue
        domain = node.find("BkTxCd", "Domn")
        if domain is not None and (code := domain.get("Cd")):
            family = domain.find("Fmly")
            levels = (code, family.get("Cd") if family else "", family.get("SubFmlyCd") if family else "")
            return ".".join([level for level in levels if level])
        if own := node.get("BkTxCd", "Prtry", "Cd"):
            return own
    return ""


def counterparty_of(part: Node | None, *, incoming: bool, own_account: str) -> Counterparty:
    """The other side: who paid, or who was paid. Where a return names the sides of what it returns, the side that is not ours."""
    if part is None:
        return Counterparty()
    other, ours = ("Dbtr", "Cdtr") if incoming else ("Cdtr", "Dbtr")
    first = _side(part, other)
    if first.account == own_account or not (first.name or first.account):
        second = _side(part, ours)
        return second if second.account != own_account and (second.name or second.account) else first
    return first


def _side(part: Node, role: str) -> Counterparty:
    party = part.find("RltdPties", role)
    ultimate = part.find("RltdPties", f"Ultmt{role}")
    name = _name(party) or _name(ultimate)
    inn, kpp = _tax_ids(party)
    account = part.get("RltdPties", f"{role}Acct", "Id", "IBAN") or part.get(
        "RltdPties", f"{role}Acct", "Id", "Othr", "Id"
    )
    account = account or part.get("RltdPties", f"{role}Acct", "Id", "BBAN|PrtryAcct")
    agent = part.find("RltdAgts", f"{role}Agt", "FinInstnId")
    bic = bank = ""
    if agent is not None:
        member = agent.get("ClrSysMmbId", "MmbId")
        code = agent.get("BIC|BICFI") or agent.get("CmbndId", "BIC")
        bic = member if len(member) == 9 and member.isdigit() else code or member
        bank = agent.get("Nm")
    return Counterparty(single_spaced(name), inn, kpp, clean_account(account), bic, bank)


def _name(party: Node | None) -> str:
    return "" if party is None else party.get("Nm") or party.get("Pty", "Nm") or party.get("Agt", "FinInstnId", "Nm")


def _tax_ids(party: Node | None) -> tuple[str, str]:
    """INN and KPP among the identifiers of a party."""
    inn = kpp = ""
    if party is None:
        return inn, kpp
    for holder in (party, *party.all("Pty")):
        for other in holder.all("Id", "OrgId|PrvtId", "Othr"):
            scheme = (other.get("SchmeNm", "Cd|Prtry") or "").upper()
            number = other.get("Id")
            if scheme in ("KPP", "КПП"):
                kpp = kpp or number
            elif scheme in _TAX_SCHEMES or _INN.fullmatch(number):
                inn = inn or number
    return inn, kpp


class Remittance(NamedTuple):
    """What the payment is for, in words, and the payee's structured reference."""

    purpose: str
    reference: str


def remittance_of(entry: Node, part: Node | None) -> Remittance:
    """The words; the numbers of invoices that are told in fields of their own stand in them too, as anybody would write them."""
    if part is None:
        return Remittance(single_spaced(entry.get("AddtlNtryInf")), "")
    told = [_joined([node.text for node in part.all("RmtInf", "Ustrd")])]
    reference = ""
    for structured in part.all("RmtInf", "Strd"):
        reference = reference or null_of(structured.get("CdtrRefInf", "Ref") or structured.get("CdtrRefInf", "CdtrRef"))
        told += [node.text.strip() for node in structured.all("AddtlRmtInf")]
        number = structured.get("RfrdDocInf", "Nb") or structured.get("RfrdDocInf", "RfrdDocNb")
        if number and number not in " ".join(told):
            told.append(f"Invoice {number}")
    purpose = (
        single_spaced(" ".join(told))
        or single_spaced(part.get("AddtlTxInf"))
        or single_spaced(entry.get("AddtlNtryInf"))
    )
    return Remittance(purpose or reference, reference)


def _joined(texts: Sequence[str]) -> str:
    """One text: what filled its field goes on in the next one where it stopped."""
    return "".join(text if len(text) == _FULL else f"{text} " for text in texts)
