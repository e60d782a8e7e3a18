"""What is known before a statement is read: clients, invoices, contracts, learned payers, indexed once for every line.

Everything a line may be looked up by is a dictionary; no line walks over clients or invoices.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from .cautions import Caution
from .folding import FOLDED_FORMS, fold, fold_all, in_latin, key_of, name_words, runs_of
from .words import word_of


class InvoiceState(StrEnum):
    """States of an invoice that matching tells apart."""

    DRAFT = "draft"
    ISSUED = "issued"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a statement, from the account owner's view: ``amount_minor`` is negative for money that left.

    ``legal_entity_id``: whose account of ours it is. ``repeat_of`` names the earlier line of that day which this one
    equals in every field, None where there is none. ``is_return``: the bank itself says that it gives an operation back.
    """

    position: int
    booking_date: datetime.date
    amount_minor: int
    currency: str
    purpose: str = ""
    counterparty_name: str = ""
    counterparty_inn: str = ""
    counterparty_kpp: str = ""
    counterparty_account: str = ""
    counterparty_bic: str = ""
    doc_number: str = ""
    doc_kind: str = ""
    own_account: str = ""
    legal_entity_id: int | None = None
    repeat_of: str | None = None
    is_return: bool = False


@dataclass(frozen=True, slots=True)
class KnownClient:
    """A client, as far as payers are recognised by it."""

    id: int
    name: str
    inn: str = ""
    kpp: str = ""
    accounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """An invoice of any state: paid, void and draft ones are what speaks against a number. Amounts in minor units.

    ``total_minor``: what it asks for; ``original_minor``: what it did before it was corrected, None where it never was.
    """

    id: int
    client_id: int
    number: str
    date: datetime.date
    due: datetime.date | None
    total_minor: int
    open_minor: int
    currency: str
    state: InvoiceState = InvoiceState.ISSUED
    legal_entity_id: int | None = None
    original_minor: int | None = None

    @property
    def payable(self) -> bool:
        """Issued and not void: it may take money as far as it is open."""
        return self.state in (InvoiceState.ISSUED, InvoiceState.PARTLY_PAID)


@dataclass(frozen=True, slots=True)
class KnownContract:
    """A contract with a client."""

    id: int
    client_id: int
    number: str
    date: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class LearnedPayer:
    """A person once said that payments from this account are this client's. Evidence, never proof alone."""

    account: str
    inn: str
    client_id: int
    times: int = 1


@dataclass(frozen=True, slots=True)
class Ours:
    """Our own accounts, tax numbers and names: what the firm pays to itself is no client's payment."""

    accounts: frozenset[str] = frozenset()
    inns: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NumberHit:
    """An invoice that a number may mean.

    ``exact``: the number was written whole. ``letters``: those it begins with. ``doubtful``: only its letters and digits
    agree, run together, or the year is the payer's own addition: somebody else's number may look so.
    """

    invoice: OpenInvoice
    exact: bool
    letters: tuple[str, ...] = ()
    doubtful: bool = False
    yearless: bool = False


_REMEMBERED = 1 << 16  # numbers of parties: every rule asks for them again
_SHORTEST_NAME = 3  # letters of a one-word name that may be looked for in a purpose
_LONGEST_NAME = 8  # words
_SHORTEST_SOLID = 6  # characters: "112" is not 1-12, "СЧ202600112" is СЧ-2026-00112


class Book:
    """The indexes. Built once for a statement; open amounts live in the engine, which spends them line by line.

    ``cautions``: what the owner wants to be asked about first.
    ``small``: currency → the largest rest that is written off by itself, in minor units.
    ``closed``: clients to whom nothing may be credited now. They are known all the same, or their money would look like another's.
    """

    def __init__(
        self,
        clients: Iterable[KnownClient] = (),
        invoices: Iterable[OpenInvoice] = (),
        contracts: Iterable[KnownContract] = (),
        learned: Iterable[LearnedPayer] = (),
        ours: Ours | None = None,
        closed: Collection[int] = (),
        cautions: Collection[Caution] = (),
        small: Mapping[str, int] | None = None,
    ) -> None:
        self.cautions = frozenset(cautions)
        self.small = dict(small or {})
        self.ours = ours or Ours()
        self.closed = frozenset(closed)
        self.clients = {client.id: client for client in clients}
        self.by_inn: dict[str, list[KnownClient]] = {}
        self.by_account: dict[str, list[KnownClient]] = {}
        self.by_name: dict[tuple[str, ...], list[KnownClient]] = {}
        self.name_starts: dict[str, int] = {}  # a name's first word → the most words of a name that begins so
        self.learned: dict[str, list[LearnedPayer]] = {}
        self.invoices: dict[int, OpenInvoice] = {}
        self.invoices_of: dict[int, list[OpenInvoice]] = {}
        self.payable_of: dict[int, list[OpenInvoice]] = {}
        self.by_number: dict[str, list[OpenInvoice]] = {}
        self.contracts: dict[str, list[KnownContract]] = {}
        self._numbers: dict[int, dict[str, list[NumberHit]]] = {}
        self._written: dict[int, _Written] = {}
        self._index_clients()
        self._index_invoices(invoices)
        self._index_contracts(contracts)
        for payer in learned:
            if payer.client_id in self.clients:
                self.learned.setdefault(account_key(payer.account), []).append(payer)
        self.own_names = frozenset(words for name in self.ours.names if (words := name_words(name)))

    def _index_clients(self) -> None:
        for client in self.clients.values():
            if inn := usable_inn(client.inn):
                self.by_inn.setdefault(inn, []).append(client)
            for account in client.accounts:
                if key := account_key(account):
                    self.by_account.setdefault(key, []).append(client)
            words = name_words(client.name)[:_LONGEST_NAME]
            if words:
                self.by_name.setdefault(words, []).append(client)
                self.name_starts[words[0]] = max(len(words), self.name_starts.get(words[0], 0))

    def _index_invoices(self, invoices: Iterable[OpenInvoice]) -> None:
        everything = list(invoices)
        prefixes = set()
        for invoice, folded in zip(everything, fold_all([invoice.number for invoice in everything]), strict=True):
            self.invoices[invoice.id] = invoice
            self.invoices_of.setdefault(invoice.client_id, []).append(invoice)
            if invoice.payable:
                self.payable_of.setdefault(invoice.client_id, []).append(invoice)
            number = self._written[invoice.id] = _written(runs_of(folded), invoice.date)
            if not number.runs:
                continue
            self.by_number.setdefault(number.key, []).append(invoice)
            if number.short_key and number.short_key != number.key:
                self.by_number.setdefault("~" + number.short_key, []).append(invoice)
            if number.letters:
                prefixes.add(number.letters[0])
        self.prefixes = frozenset(prefixes)
        self.spelled = in_latin(self.prefixes)

    def _index_contracts(self, contracts: Iterable[KnownContract]) -> None:
        for contract in contracts:
            runs = runs_of(fold(contract.number))
            if runs:
                self.contracts.setdefault(key_of(runs), []).append(contract)

    def numbers(self, client_id: int) -> dict[str, list[NumberHit]]:
        """The client's invoices: whole numbers by their key, short forms after "~", run together after "=".

        Indexed at first need: most clients of a book do not pay in one statement.
        """
        known = self._numbers.get(client_id)
        if known is None:
            known = {}
            for invoice in self.invoices_of.get(client_id, ()):
                number = self._written[invoice.id]
                known.setdefault(number.key, []).append(NumberHit(invoice, exact=True))
                if number.short_key:
                    hit = NumberHit(invoice, exact=False, letters=number.letters, yearless=number.yearless)
                    known.setdefault("~" + number.short_key, []).append(hit)
                if len(number.runs) > 1:
                    solid = "".join(number.runs)
                    if len(solid) >= _SHORTEST_SOLID:
                        known.setdefault("=" + solid, []).append(NumberHit(invoice, exact=False, doubtful=True))
            self._numbers[client_id] = known
        return known


def look_up(known: dict[str, list[NumberHit]], runs: tuple[str, ...], keyword: str) -> list[NumberHit]:
    """Invoices in ``known`` that a number of these ``runs`` may mean: written whole, else shortened or run together.

    ``keyword`` is what was glued before the runs and may belong to them. Letters in front may be left out by a payer,
    but not be others than the invoice's; a year, where one is written, has to be the invoice's.
    """
    key = key_of(runs)
    hits = (keyword and known.get(f"{keyword}|{key}")) or known.get(key)
    short = known.get("~" + key)
    if hits:
        whole = {hit.invoice.id for hit in hits}
        return [*hits, *(hit for hit in short or () if hit.invoice.id not in whole)]
    if short:
        return short
    if len(runs) > 1:
        letters = _letters(runs)
        rest = runs[len(letters) :]
        found = [hit for hit in _by_short(known, rest) if not letters or hit.letters == letters]
        if found:
            return found
    return known.get("=" + keyword + "".join(runs)) or known.get("=" + "".join(runs)) or []


def _by_short(known: dict[str, list[NumberHit]], rest: tuple[str, ...]) -> list[NumberHit]:
    if not rest:
        return []
    found = known.get("~" + key_of(rest), [])
    if found or len(rest) < 2:
        return found
    for year, serial in ((rest[-1], rest[:-1]), (rest[0], rest[1:])):
        hits = known.get("~" + key_of(serial), [])
        found = [hit for hit in hits if year in (f"{hit.invoice.date:%Y}", f"{hit.invoice.date:%y}")]
        if found:
            return [replace(hit, doubtful=True) if hit.yearless else hit for hit in found]
    return []


@lru_cache(maxsize=_REMEMBERED)
def usable_inn(inn: str) -> str:
    """A tax number that can tell a payer: empty for ``0``, ``000…`` and what is too short."""
    inn = inn.strip()
    return inn if len(inn) >= 5 and inn.strip("0") else ""


@lru_cache(maxsize=_REMEMBERED)
def usable_kpp(kpp: str) -> str:
    """A KPP that can tell a branch: empty for ``0`` and the like."""
    kpp = kpp.strip().upper()
    return kpp if len(kpp) == 9 and kpp.strip("0") else ""


@lru_cache(maxsize=_REMEMBERED)
def account_key(account: str) -> str:
    """An account number or IBAN without its spaces; empty where there is none."""
    key = account.replace(" ", "").upper()
    return key if len(key) >= 5 and key.strip("0") else ""


class _Written(NamedTuple):
    """An invoice's number taken apart. ``short_key``: of what people keep of it, without its letters in front and its year; empty for a
    number of letters only. ``yearless``: there is no year to leave out."""

    runs: tuple[str, ...]
    key: str
    letters: tuple[str, ...]
    short_key: str
    yearless: bool


def _written(runs: tuple[str, ...], issued: datetime.date) -> _Written:
    key = key_of(runs)
    if len(runs) == 1 and not runs[0][0].isalpha():
        return _Written(runs, key, (), key, yearless=True)
    letters = _letters(runs)
    rest = runs[len(letters) :]
    short = _without_year(rest, issued) if len(rest) > 1 else rest
    return _Written(runs, key, letters, key_of(short), yearless=short == rest)


def _without_year(rest: tuple[str, ...], issued: datetime.date) -> tuple[str, ...]:
    for year in (f"{issued.year:04}", f"{issued.year % 100:02}"):
        if rest[0] == year:
            return rest[1:]
        if rest[-1] == year:
            return rest[:-1]
    return rest


def _letters(runs: tuple[str, ...]) -> tuple[str, ...]:
    """The letters in front of a number."""
    start = 0
    while start < len(runs) and runs[start][0].isalpha():
        start += 1
    return runs[:start]


def names_in(book: Book, words: tuple[str, ...]) -> list[tuple[int, int, list[KnownClient]]]:
    """Known clients' names among the folded ``words``: (first word, word after, clients). The longest name wins."""
    found = []
    i = 0
    while i < len(words):
        longest = book.name_starts.get(words[i], 0)
        step = 1
        for length in range(min(longest, len(words) - i), 0, -1):
            clients = book.by_name.get(words[i : i + length])
            if clients and (length > 1 or len(words[i]) >= _SHORTEST_NAME):
                found.append((i, i + length, clients))
                step = length
                break
        i += step
    return found


def is_form(word: str) -> bool:
    """Whether a folded word is a legal form, so that a name follows it."""
    return word in FOLDED_FORMS and word_of(word).legal_form
