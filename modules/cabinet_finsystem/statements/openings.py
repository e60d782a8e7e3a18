"""What an account of ours had before its first statement: the books begin where the bank's do, or they would never agree."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from cabinet_finsystem.interfaces import ILedger
from cabinet_finsystem.ledger.models import Entry, Posting
from cabinet_finsystem.ledger.values import AccountKind, AccountRef, NewEntry, NewPosting
from cabinet_finsystem.statements.models import Statement

KIND, SOURCE = "opening", "account"


class AccountOpenings:
    """Opening balances of our bank accounts, as their first statements tell them. ``text``: what the books call one."""

    def __init__(self, session: Session, ledger: ILedger, text: str) -> None:
        self._session = session
        self._ledger = ledger
        self._text = text

    def settle(self, bank_account_ids: Iterable[int]) -> None:
        """Let the opening of each account be that of the earliest applied statement that tells one.

        An earlier statement that comes later moves it; one that is taken back, too. An opening that somebody else posted stays.
        """
        for id_ in sorted(set(bank_account_ids)):
            self._settle(id_)

    def _settle(self, bank_account_id: int) -> None:
        first, live = self._first(bank_account_id), self._live(bank_account_id)
        if live is not None and (live.fact is None or (first is not None and self._tells(live, first))):
            return
        if live is not None:
            self._ledger.reverse([live.id])
        if first is not None and first.opening:
            self._ledger.post([self._entry(first)])

    def _first(self, bank_account_id: int) -> Statement | None:
        wanted = select(Statement).where(
            Statement.bank_account_id == bank_account_id,
            Statement.state == "applied",
            Statement.opening.is_not(None),
            Statement.period_from.is_not(None),
        )
        return self._session.scalars(wanted.order_by(Statement.period_from, Statement.id).limit(1)).first()

    def _live(self, bank_account_id: int) -> Entry | None:
        reversal = aliased(Entry)
        wanted = (
            select(Entry)
            .outerjoin(reversal, reversal.reverses_id == Entry.id)
            .where(
                Entry.source_type == SOURCE,
                Entry.source_id == bank_account_id,
                Entry.kind == KIND,
                Entry.reverses_id.is_(None),
                reversal.id.is_(None),
            )
        )
        return self._session.scalars(wanted.limit(1)).first()

    def _tells(self, live: Entry, first: Statement) -> bool:
        minor = select(Posting.minor).where(Posting.entry_id == live.id).order_by(Posting.id).limit(1)
        # In a closed period it lies on the day it was booked, and stays there.
        placed = live.date == first.period_from or self._day(first) != first.period_from
        return placed and self._session.scalar(minor) == first.opening

    def _day(self, first: Statement) -> datetime.date:
        assert first.period_from is not None
        day: datetime.date = self._ledger.open_day(first.period_from)
        return day

    def _entry(self, first: Statement) -> NewEntry:
        assert first.opening is not None
        before: Any = select(func.count()).where(Entry.source_type == SOURCE, Entry.source_id == first.bank_account_id)
        times = self._session.scalar(before)
        return NewEntry(
            date=self._day(first),
            kind=KIND,
            source=(SOURCE, first.bank_account_id),
            text=self._text,
            legal_entity_id=first.legal_entity_id,
            postings=(
                NewPosting(AccountRef.bank(first.bank_account_id, first.currency), first.opening),
                NewPosting(AccountRef(AccountKind.EQUITY, first.currency), -first.opening),
            ),
            # Ours to move: of whatever comes from elsewhere we know no more than that it is there.
            fact=f"account-opening:{first.bank_account_id}:{times}",
        )
