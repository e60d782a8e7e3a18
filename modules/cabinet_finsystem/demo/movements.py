"""Movements on our accounts before a bank has written them down, each with the truth that only the demo knows."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from cabinet_finsystem.statements.parsed import Counterparty


@dataclass(frozen=True, slots=True)
class OfClient:
    """Money of a client for invoices ((id, minor), …); what is more stays on his balance. ``learn``: remember his account."""

    client_id: int
    invoices: tuple[tuple[int, int], ...] = ()
    learn: bool = False


@dataclass(frozen=True, slots=True)
class OfArticle:
    """Money of an article, by the demo's own word for it."""

    article: str


@dataclass(frozen=True, slots=True)
class Movement:
    """A line of a statement to come. ``minor`` is signed, in is positive; ``account``: which of ours, 0 or 1.

    ``truth``: what a person decides where the matcher asks. None: between our own accounts, or left for whoever looks at the demo.
    """

    day: datetime.date
    minor: int
    party: Counterparty
    purpose: str
    number: str
    account: int = 0
    kind: str = "Платежное поручение"
    truth: OfClient | OfArticle | None = None

    @property
    def key(self) -> tuple[datetime.date, int, str, str]:
        """What a stored line is found again by."""
        return self.day, self.minor, self.number, self.party.account
