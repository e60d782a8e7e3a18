"""The plain values of the second made-up firm: its books, the lines its banks report and the truth of each line.

Nothing here knows how lines are matched. Amounts are minor units; ids are unique inside one `World`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

Verdict = Literal["must", "may", "never"]
"""``must``: a careful accountant with only the books and this line posts it unasked. ``may``: the right answer can be worked out,
asking is fine too. ``never``: whatever is posted without asking is wrong."""
ClientKind = Literal["company", "branch", "sole", "person", "budget", "foreign"]
State = Literal["draft", "issued", "part_paid", "paid", "void"]


def words_of(text: str) -> tuple[str, ...]:
    """The words of ``text``, for long lists of them."""
    return tuple(text.split())


@dataclass(frozen=True, slots=True)
class BankAccount:
    """An account of somebody at some bank."""

    number: str
    bic: str
    bank: str


@dataclass(frozen=True, slots=True)
class Entity:
    """A legal entity of ours."""

    id: int
    name: str
    inn: str
    kpp: str


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """An account of ours."""

    entity: int
    number: str
    bic: str
    currency: str


@dataclass(frozen=True, slots=True)
class Treasury:
    """Who pays for budget institutions: one account for all of them."""

    name: str
    inn: str
    kpp: str
    account: BankAccount
    """Learned in the books as an account of every institution it has paid for."""


@dataclass(frozen=True, slots=True)
class Client:
    """A client as the books know it."""

    id: int
    kind: ClientKind
    name: str
    """As the books write it: ``ООО "Ромашка"``, ``ИП Иванов Иван Иванович``, ``Иванов Иван Иванович``."""
    inn: str
    """Empty: a natural person or a foreign firm. Branches of one firm share it."""
    kpp: str
    accounts: tuple[BankAccount, ...]
    """Those the books know."""
    unlisted: tuple[BankAccount, ...]
    """Those it pays from that the books do not know."""
    currency: str
    treasury: Treasury | None = None
    head: int | None = None
    """The client that is the head office of this branch."""


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract of a client with a legal entity of ours."""

    id: int
    client: int
    entity: int
    number: str
    date: date


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice as the books have it on the day the first line is booked."""

    id: int
    client: int
    entity: int
    contract: int | None
    number: str
    """Empty in a draft: the number is taken when it is issued."""
    issued: date
    due: date
    currency: str
    total: int
    paid: int
    state: State
    period: date | None
    """The first day of the month it charges; None where it charges no month."""
    subject: str

    @property
    def open(self) -> int:
        """What is left to pay."""
        return self.total - self.paid if self.state in {"issued", "part_paid"} else 0

    @property
    def core(self) -> int:
        """The running number inside ``number``: 112 of ``СЧ-2026-00112`` and of ``112/26``. 0 in a draft."""
        digits = re.findall(r"\d+", self.number.split("/")[0])
        return int(digits[-1]) if digits else 0


@dataclass(frozen=True, slots=True)
class World:
    """The firm on the day the first line is booked."""

    entities: tuple[Entity, ...]
    own_accounts: tuple[OwnAccount, ...]
    treasuries: tuple[Treasury, ...]
    clients: tuple[Client, ...]
    contracts: tuple[Contract, ...]
    invoices: tuple[Invoice, ...]
    opens: date
    """No invoice is younger, no line is older."""


@dataclass(frozen=True, slots=True)
class Payer:
    """The other side of a line, as the bank writes it; an absent fact is empty."""

    name: str
    inn: str = ""
    kpp: str = ""
    account: str = ""
    bic: str = ""
    bank: str = ""


@dataclass(frozen=True, slots=True)
class Truth:
    """What is right for a line, by how it was built."""

    kind: str
    verdict: Verdict
    client: int | None
    """Whose money it is; None where that cannot be proven or it is nobody's."""
    allocations: tuple[tuple[int, int], ...]
    """Invoice id → minor units; what is left of the amount goes to the client's balance."""


@dataclass(frozen=True, slots=True)
class Line:
    """What the bank says of one operation, and its truth."""

    account: str
    """Ours."""
    booked: date
    amount: int
    """Signed: in is positive."""
    currency: str
    payer: Payer
    """The other side: the payee when the amount is negative."""
    purpose: str
    document: str
    truth: Truth
