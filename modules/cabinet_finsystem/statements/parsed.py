"""What a statement file is reduced to, whatever its format: file → statements → lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from translationstring import TranslationString

Direction = Literal["in", "out"]
Status = Literal["booked", "pending", "info"]
"""``booked``: money that moved. ``pending``: the bank has not booked it yet. ``info``: told of elsewhere as money, or none at all."""


class Counterparty(NamedTuple):
    """The other side of an operation, as the bank wrote it. An absent fact is an empty string."""

    name: str = ""
    inn: str = ""
    kpp: str = ""
    account: str = ""
    bic: str = ""
    bank: str = ""


class Holder(NamedTuple):
    """Our own side of the operations: the holder of the account and its bank, as the bank wrote them. Empty: the file does not say."""

    name: str = ""
    inn: str = ""
    bic: str = ""
    bank: str = ""
    correspondent_account: str = ""


NOBODY = Holder()


class InvalidReason(NamedTuple):
    """Why a line cannot be booked."""

    code: str
    """``amount_missing`` ``amount_unreadable`` ``amount_negative`` ``amount_twice`` ``date_missing``
    ``date_unreadable`` ``direction_unknown`` ``account_unknown`` ``repeated_key`` ``currency_differs``."""
    message: TranslationString
    found: str = ""
    """What the file says there, shortened: ``Сумма=1 2O0.00``."""
    magnitude: int | None = None
    """The unsigned amount in minor units where that much is readable: evidence for the check, never booked."""


class Batch(NamedTuple):
    """An entry that a notification takes apart: all its lines have the same. ``minor``: of the whole, signed."""

    position: int
    """Of its first line."""
    refs: tuple[str, ...]
    """What the bank calls it; the statement calls it by one of these."""
    minor: int


class ParsedLine(NamedTuple):
    """One operation on one of our accounts. A tuple, since a file may hold a hundred thousand of them."""

    statement: int
    """Index of the statement it belongs to, in `ParsedFile.statements`."""
    position: int
    """1-based place of the operation in its file. A transfer between two accounts of the file is one operation of it
    and two lines, one in each statement, with one position."""
    booking_date: date | None
    value_date: date | None
    amount_minor: int | None
    """Minor units from the account owner's view: in is positive, out negative. None in an invalid line, only there."""
    currency: str
    direction: Direction | None
    counterparty: Counterparty
    purpose: str
    doc_number: str
    doc_date: date | None
    doc_kind: str
    bank_ref: str
    """The bank's own id of the operation; empty where the format has none."""
    raw: str
    """The operation as the file has it, with ``\\n`` for line ends."""
    invalid_reason: InvalidReason | None = None
    status: Status = "booked"
    """Only a booked line is money: the others are shown to whoever loads the file, and neither counted nor stored."""
    is_return: bool = False
    """The bank says that it gives an operation back, or takes one back: it pays no invoice by itself, whoever it is from."""
    bank_code: str = ""
    """What kind of operation the bank says it is, in its own or its standard's code: ``PMNT.RCDT.ESCT``, ``NTRF``."""
    end_to_end_id: str = ""
    """What the payer called the payment, carried through all banks."""
    creditor_ref: str = ""
    """The structured reference the payee gave out to be paid by (ISO 11649 and the national ones)."""
    trusted_id: str = ""
    """An id that the format promises to be this operation's alone and for ever: it stands for the purpose and the parties where the
    line is looked for again, so those may be worded anew. Only OFX has one."""
    batch: Batch | None = None
    """The entry whose part this is, in a notification: the statement brings it as one line, which these parts explain."""


class Note(NamedTuple):
    """A fact about the whole file that a person should know."""

    code: str
    message: TranslationString
    blocking: bool = False
    """True: the file is *flagged*, nothing of it is applied until a person confirms."""


@dataclass(slots=True)
class StatementFacts:
    """A statement while its file is being read: a format fills it in, `ParsedStatement` is what comes out."""

    account: str
    currency: str
    period_from: date | None = None
    period_to: date | None = None
    opening: int | None = None
    closing: int | None = None
    turnover_in: int | None = None
    turnover_out: int | None = None
    holder: Holder = NOBODY
    aliases: tuple[str, ...] = ()
    """What else the account may be called in our books: by its IBAN, without its bank."""
    interim: bool = False
    """A report of the day or a notification, not a statement: what it shows is booked by the statement that follows, none of it here."""


@dataclass(frozen=True, slots=True)
class StatementCheck:
    """What the lines of a statement say about its figures. Amounts in minor units of its currency."""

    lines: int
    """All, also those that are no money."""
    invalid: int
    sum_in: int
    """Of the valid booked lines, positive; in an interim report of those it has."""
    sum_out: int
    """Of the valid booked lines, positive; in an interim report of those it has."""
    balance_ok: bool | None
    """None: the file states nothing to prove by."""
    expected_closing: int | None
    """Opening plus the valid lines; None where no opening is stated."""
    gap: int | None
    """What the bank's figures have more than the lines, signed; 0 when they agree, None with nothing to compare."""
    explained_by: int | None
    """Position of the one invalid line that is exactly the gap: mended, the statement agrees."""
    turnover_ok: bool | None
    """Whether what came in and what went out are as the bank says; None where it does not say both."""
    invalid_positions: tuple[int, ...]
    """The first twenty."""
    outside_period: int
    """Lines booked outside the stated period."""
    outside_positions: tuple[int, ...]
    """The first twenty."""

    @property
    def lines_missing(self) -> bool:
        """Whether the bank's figures speak of operations that are not among the lines."""
        if self.balance_ok is False:
            return self.explained_by is None
        return self.turnover_ok is False and not self.invalid


@dataclass(frozen=True, slots=True)
class ParsedStatement:
    """The movements of one account over one period. Amounts in minor units of ``currency``; None where not stated."""

    account: str
    currency: str
    period_from: date | None
    period_to: date | None
    opening: int | None
    closing: int | None
    turnover_in: int | None
    """What the bank says came in, as a positive number."""
    turnover_out: int | None
    """What the bank says went out, as a positive number."""
    check: StatementCheck
    lines: Sequence[ParsedLine] = ()
    """In the order of the file. Empty when the file was streamed."""
    holder: Holder = NOBODY
    aliases: tuple[str, ...] = ()
    """What else the account may be called: see `StatementFacts`."""
    interim: bool = False
    """Nothing of it is money: see `StatementFacts`."""

    def is_money(self, line: ParsedLine) -> bool:
        """Whether ``line`` of this statement moved money, as far as this file may tell."""
        return line.status == "booked" and not self.interim


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """A statement file, read to its end."""

    format: str
    encoding: str
    """Python's name of it: ``cp1251``, ``cp866``, ``utf-8``…; decided by content."""
    sha256: str
    size: int
    statements: tuple[ParsedStatement, ...]
    notes: tuple[Note, ...] = ()

    @property
    def interim(self) -> bool:
        """Whether nothing in the file is money: all of it waits for the statement that books it."""
        return bool(self.statements) and all(statement.interim for statement in self.statements)

    @property
    def flagged(self) -> bool:
        """Whether something about the file itself wants a person's word before anything is applied."""
        return any(note.blocking for note in self.notes)

    def needs_confirmation(self, statement: ParsedStatement) -> bool:
        """Whether ``statement`` may only be stored, and applied when a person confirms: the file is flagged, a line is
        invalid, or the balance fails."""
        return self.flagged or statement.check.invalid > 0 or statement.check.balance_ok is False

    def lines(self) -> Iterator[ParsedLine]:
        """All lines, statement by statement."""
        for statement in self.statements:
            yield from statement.lines
