"""Field 86 of MT940: who and what for, in whichever way the bank writes it. Told apart by content, not by a list of banks."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from cabinet_finsystem.statements.formats.mt940_line import is_bic, is_iban, null_of
from cabinet_finsystem.statements.formats.swift_rur import from_swift_rur
from cabinet_finsystem.statements.formats.texts_of_banks import single_spaced
from cabinet_finsystem.statements.parsed import Counterparty
from cabinet_finsystem.statements.values import clean_account

_WIDTH = 65
"""Characters of a full line: one that is shorter was ended by the bank's own will, or lost its last spaces."""
_SUBFIELD_WIDTH = 27
_MOST = 8192
"""Characters in which keywords are looked for: a bank writes some four hundred."""
_GERMAN = re.compile(r"\s*([0-9]{3})([^\w\s/.,:;-])[0-9]{2}")
_UNCODED = re.compile(r"\s*()([?~<^])[0-9]{2}")
"""The same without the code in front."""
_SHORT = 200
"""Characters of a party that may be kept in mind."""
_FILLERS = " \t\u00a0\u00ff\u02d9"
"""What Polish banks fill an empty subfield with, in the encodings it is met in."""
_POLISH_NAME = ("27", "28", "29")
_SEPA_WORDS = "EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|IBAN|BIC|COAM|OAMT|SQTP|ORCR"
# Each alternative begins with a letter of its own: so the expression is only tried where one of those stands.
_SEPA = re.compile("(" + "".join(rf"{word}(?=\+)|" for word in _SEPA_WORDS.split("|")) + "MTLG(?=:))[+:]")
_TOLD = frozenset(f"{number}" for number in (*range(20, 30), *range(60, 64)))
"""Subfields of what the payment is for."""
_RETURN_CODES = frozenset({"108", "109", "159", "181", "184"})
"""German business transaction codes of returned transfers and direct debits."""
_SLASHED = (
    "TRTP|TRCD|IBAN|BIC|NAME|REMI|EREF|CNTP|PURP|RTRN|MARF|CSID|BENM|ORDP|ISDT|ADDR|ID|ULTC|ULTD|ULTB|SVCL|PREF|"
    "INN|KPP|ACC|REM|BANK|DOC|OCMT|CHGS|EXCH|IREF|BBK|UCRD|IDN|IIN|BIN|KNP|KBE|ASSIGN|REMARK|RMK"
)
_SLASH_START = re.compile(rf"\s*/(?:{_SLASHED})/")
_SLASH = re.compile(rf"/({_SLASHED})/")
_AMOUNTS = ("OCMT", "CHGS", "EXCH")
_AMOUNT = re.compile(r"[A-Z]{0,3}[0-9.,]+/?\s*")
_CITI_START = re.compile(r"\s*/PT/")
_CITI = re.compile(r"/(PT|PY|OB[1-4]?|BO[1-4]?|BN[1-4]?|AB[1-4]?|BI|OI|RI|CT|PC|RO|TC|NM|AC|RE)/")
_LABELS = {
    "IBAN": "account", "REK": "account", "BIC": "bic", "NAAM": "name", "OMSCHRIJVING": "purpose", "KENMERK": "reference",
    "BETALINGSKENM.": "purpose", "MACHTIGING": "mandate", "INCASSANT": "creditor", "Z RACH.": "account",
    "NA RACH.": "account", "OD": "name", "DLA": "name", "TYT.": "purpose", "TNR": "reference",
}  # fmt: skip
# A short label is one only where a word begins; a long one may follow a line that filled its width.
_LABEL = re.compile(
    "("
    + "|".join(
        re.escape(label) if len(label) > 6 else rf"(?:(?<=[\s/;])|^){re.escape(label)}"
        for label in sorted(_LABELS, key=len, reverse=True)
    )
    + r"):\s?"
)
_IN_FRONT = re.compile(r"\s*([A-Z]{2}[0-9]{2}[A-Z0-9]{11,30})\s+(?:([A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)\s+)?(\S.*)")
_REFERENCE = re.compile(r"RF[0-9]{2}[A-Z0-9]{1,21}")
_INN = re.compile(
    r"(?:INN|ИНН)\s?([0-9]{12}|[0-9]{10})(?![0-9])(?:\.?(?:KPP|КПП)\s?([0-9]{9}))?[ ,.:;/]*", re.IGNORECASE
)


_NOBODY = Counterparty()


class Details(NamedTuple):
    """What field 86 says of an operation. An absent fact is empty."""

    purpose: str = ""
    counterparty: Counterparty = _NOBODY
    code: str = ""
    kind: str = ""
    end_to_end_id: str = ""
    creditor_ref: str = ""
    is_return: bool = False


def read_details(lines: Sequence[str], currency: str) -> Details:
    """The facts in ``lines``, the value of one field 86 (or of several, each beginning its own line)."""
    glued = "".join(lines)
    if len(glued) > _MOST:
        return Details(purpose=single_spaced(unfolded(lines)))
    if found := _GERMAN.match(glued) or _UNCODED.match(glued):
        details = _german(glued, found[1], found[2])
    else:
        text = unfolded(lines)
        read: Callable[[str], Details] = _free
        if _CITI_START.match(text):
            read = _citi
        elif _SLASH_START.match(text):
            read = _slashed
        details = read(text)
    return _in_russian(details, currency)


def unfolded(lines: Sequence[str], width: int = _WIDTH) -> str:
    """One text of ``lines``: a full line goes on in the next one where it stopped, in the middle of a word; a shorter one is a line."""
    pieces: list[str] = []
    before, full = "", True
    for n, line in enumerate(lines):
        if not line.strip():
            full = False
            continue
        if pieces and not (full or before.endswith(" ") or line.startswith(" ") or _keyword_between(before, line)):
            pieces.append(" ")
        full = len(line) >= (width if n else width - len(":86:"))  # some banks count the tag in
        before = line if full else line.rstrip()
        pieces.append(before)
    return "".join(pieces).strip()


def _keyword_between(before: str, after: str) -> bool:
    """Whether a keyword was cut in two."""
    tail = before[-6:]
    found = _SLASH.search(tail + after[:6])
    return found is not None and found.start() < len(tail) < found.end() - 1


def _german(text: str, code: str, mark: str) -> Details:
    """Code of the operation, then subfields of 27 characters, each behind the mark and two digits."""
    parts = _subfields(mark).split(text.rstrip().removesuffix(mark))
    numbers, texts = parts[1::2], parts[2::2]
    if not text.isascii():
        texts = [said if said.strip(_FILLERS) else "" for said in texts]
    fields = dict(zip(numbers, texts, strict=True))
    if len(fields) < len(numbers):
        fields = {number: "".join(t for n, t in zip(numbers, texts, strict=True) if n == number) for number in fields}
    account, bic = fields.get("38") or fields.get("31", ""), fields.get("30", "")
    if mark == "<" and "27" in fields and "32" not in fields and account.strip()[:2] in ("PL", ""):
        fields["32"] = " ".join(fields.pop(number) for number in _POLISH_NAME if number in fields)
    if not account and is_iban(fields.get("33", "").strip()):
        account = fields.pop("33")
    told = [fields[number] for number in _told_in(tuple(fields))]
    if len(told) > 2 and is_bic(told[0].strip()) and is_iban(told[1].strip()):
        bic, account, told = told[0], told[1], told[2:]
    sepa = _keyworded(_pieces(told), _SEPA)
    name = _pieces([fields[n] for n in ("32", "33") if n in fields])
    purpose = " ".join([sepa[key] for key in ("", "SVWZ", "MTLG") if sepa.get(key)])
    name, account = sepa.get("ABWA") or sepa.get("ABWE") or name, account or sepa.get("IBAN", "")
    bic = bic.strip() or sepa.get("BIC", "").strip()
    return Details(
        single_spaced(purpose),
        (_short_party if len(name) + len(account) + len(bic) < _SHORT else _party)(name, account, bic),
        code,
        single_spaced(fields.get("00", "")),
        null_of(sepa.get("EREF", "")),
        _creditor_reference(purpose),
        code in _RETURN_CODES,
    )


def _party(name: str, account: str, bic: str) -> Counterparty:
    return Counterparty(single_spaced(name), "", "", clean_account(account), bic)


_short_party = lru_cache(maxsize=4096)(_party)  # whoever pays, pays again


@lru_cache(maxsize=256)
def _told_in(numbers: tuple[str, ...]) -> Sequence[str]:
    """Those of ``numbers`` under which the purpose stands, in their order."""
    return tuple(sorted(_TOLD.intersection(numbers)))


@lru_cache(maxsize=16)
def _subfields(mark: str) -> re.Pattern[str]:
    """What stands before a subfield."""
    return re.compile(re.escape(mark) + r"([0-9]{2})")


def _pieces(pieces: Sequence[str]) -> str:
    """Subfields as one text: a full one goes on in the next; a shorter one lost its last space, or is a line of its own."""
    if len(pieces) == 1:
        return pieces[0].rstrip()
    return "".join([piece if len(piece) >= _SUBFIELD_WIDTH else f"{piece} " for piece in pieces]).rstrip()


def _keyworded(text: str, keyword: re.Pattern[str]) -> dict[str, str]:
    """``text`` by its keywords; what stands in front of the first is under the empty one. A keyword met twice keeps both."""
    parts = iter(keyword.split(text))
    first = next(parts).strip()
    found = {"": first} if first else {}
    for key, value in zip(parts, parts, strict=True):
        found[key] = f"{found[key]} {value.strip()}" if found.get(key) else value.strip()
    return found


def _slashed(text: str) -> Details:
    """Keywords between slashes, as Dutch, Baltic and Russian banks write them."""
    fields = {key: value.strip("/ ") for key, value in _keyworded(text, _SLASH).items()}
    name = fields.get("NAME") or fields.get("BENM") or fields.get("ORDP", "")
    account, bic, inn = (_first_of(fields, keys) for keys in (("IBAN", "ACC"), ("BIC",), ("INN", "IDN", "IIN", "BIN")))
    if contra := fields.get("CNTP"):
        account, bic, name, *_city = [*contra.split("/"), "", "", ""][:4]
    told = next((fields[key] for key in ("REMI", "REM", "ASSIGN", "REMARK", "RMK") if fields.get(key)), "")
    if not told:  # what stands behind an amount is no part of it
        behind = (_AMOUNT.sub("", fields[key], count=1) for key in _AMOUNTS if key in fields)
        told = " ".join(filter(None, (fields.get("", ""), *behind)))
    reference = ""
    if told.upper().startswith("USTD//"):
        told = told[len("USTD//") :]
    elif (structured := re.match(r"STRD/(?:CUR|ISO)?/?(.*)", told, re.IGNORECASE | re.DOTALL)) is not None:
        told = reference = structured[1].strip("/ ")
    elif (structured := re.search(r"CDTRREF/([A-Z0-9]+)", told)) is not None:
        told = reference = structured[1]
    return Details(
        purpose=single_spaced(told),
        counterparty=Counterparty(
            name=single_spaced(name), inn=inn, kpp=fields.get("KPP", ""), account=clean_account(account), bic=bic,
            bank=fields.get("BANK", ""),
        ),
        kind=single_spaced(fields.get("TRTP", "")),
        end_to_end_id=null_of(fields.get("EREF", "")),
        creditor_ref=reference or _creditor_reference(told),
        is_return="RTRN" in fields,
    )  # fmt: skip


def _first_of(fields: Mapping[str, str], keys: Sequence[str]) -> str:
    """What the first of ``keys`` that is there says, up to the next slash: behind it stands a word that nobody told us of."""
    return next((fields[key].partition("/")[0].strip() for key in keys if fields.get(key)), "")


def _citi(text: str) -> Details:
    """Citibank: the product, the purpose, then whoever ordered it or gets it. In Russia both with BIC and account."""
    fields = {key: value.strip() for key, value in _keyworded(text, _CITI).items()}
    bic, account, name = "", "", ""
    if ordering := fields.get("OB"):
        found = re.match(r"([0-9]{9}|[A-Z0-9]{8,11})\s*:\s*([0-9A-Z]{5,34})?", ordering)
        bic, account = (found[1], found[2] or "") if found else ("", "")
        name = fields.get("OB3") or fields.get("BO", "")
    if "BN" in fields:
        found = re.match(r"(.*?)\s+([0-9]{20})\s*$", fields["BN"], re.DOTALL)
        name, account = (found[1], found[2]) if found else (fields["BN"], fields.get("AB4", ""))
        bank = re.match(r"[0-9]{9}", fields.get("AB", ""))
        bic = bank[0] if bank else ""
    who = _INN.match(name)
    return Details(
        purpose=single_spaced(fields.get("PY") or text),
        counterparty=Counterparty(
            name=single_spaced(name[who.end() :] if who else name),
            inn=who[1] if who else "",
            kpp=(who[2] or "") if who else "",
            account=clean_account(account),
            bic=bic,
        ),
        kind=fields.get("PT", ""),
        creditor_ref=_creditor_reference(fields.get("PY", "")),
    )


def _free(text: str) -> Details:
    """Words, perhaps with labels among them; an account in front is the other side's."""
    parts = _LABEL.split(text)
    found: dict[str, str] = {}
    for label, value in zip(parts[1::2], parts[2::2], strict=True):
        found.setdefault(_LABELS[label], value.strip(" /;"))
    account, bic, name = (found.get(fact, "") for fact in ("account", "bic", "name"))
    account = account if re.fullmatch(r"[A-Z0-9 ]{5,40}", account) else ""
    front = None if account else _IN_FRONT.match(text)
    purpose = found.get("purpose", "") or text
    if front:
        account, bic = front[1], front[2] or bic
    return Details(
        purpose=single_spaced(purpose),
        counterparty=Counterparty(name=single_spaced(name)[:140], account=clean_account(account), bic=bic),
        end_to_end_id=null_of(found.get("reference", "")),
        creditor_ref=_creditor_reference(purpose),
    )


def _in_russian(details: Details, currency: str) -> Details:
    """What SWIFT made Latin, in its own letters again; the tax number in front of a name."""
    if currency != "RUB":
        return details
    other = details.counterparty
    purpose = from_swift_rur(details.purpose)
    name = from_swift_rur(other.name, sure=purpose != details.purpose)
    who = _INN.match(name)
    if who and not other.inn:
        other = other._replace(inn=who[1], kpp=who[2] or other.kpp)
        name = name[who.end() :]
    return details._replace(purpose=purpose, counterparty=other._replace(name=name))


def _creditor_reference(text: str) -> str:
    """An ISO 11649 reference whose check digits agree."""
    found = _REFERENCE.search(text)
    if not found:
        return ""
    moved = found[0][4:] + found[0][:4]
    return found[0] if int("".join(str(int(letter, 36)) for letter in moved)) % 97 == 1 else ""


def counterparty_with(other: Counterparty, supplement: Mapping[str, str]) -> Counterparty:
    """``other``, where it says nothing filled from what stands beside the operation."""
    if not supplement:
        return other
    return other._replace(**{name: value for name, value in supplement.items() if value and not getattr(other, name)})
