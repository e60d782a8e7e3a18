"""Putting money onto invoices and taking it back: the rows, and what follows for payments, invoices and the cash P&L."""

from __future__ import annotations

import datetime
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cabinet.db.bulk import chunks, insert_rows, take_ids, update_rows
from cabinet.interfaces import IClock, IEvents
from cabinet_finsystem.errors import AlreadyReversedError
from cabinet_finsystem.events import AllocationUndone, PaymentAllocated
from cabinet_finsystem.interfaces import IArticles, ILedger
from cabinet_finsystem.invoicing.models import Invoice
from cabinet_finsystem.ledger.months import CASH, PnlCell, month_of
from cabinet_finsystem.ledger.pending import Batch, Pending
from cabinet_finsystem.payments.dues import Due, lock_dues
from cabinet_finsystem.payments.models import Allocation, AllocationSpread, Payment
from cabinet_finsystem.payments.spread import spread_step
from cabinet_finsystem.payments.values import MOVES_MONEY, NewAllocation
from cabinet_finsystem.texts import _


@dataclass(frozen=True, slots=True)
class Source:
    """A payment whose money moves. ``allocated``: minor units of it that pay invoices before the move."""

    id: int
    kind: str
    date: datetime.date
    allocated: int
    legal_entity_id: int
    contract_id: int | None

    @classmethod
    def of(cls, payment: Payment) -> Source:
        """The source that a payment is, as it stands."""
        return cls(**{name: getattr(payment, name) for name in cls.__slots__})


@dataclass(slots=True)
class _Moves:
    """What a number of allocations writes, collected to be written at once."""

    advances_id: int
    now: datetime.datetime
    rows: list[dict[str, Any]] = field(default_factory=list)
    spreads: list[dict[str, Any]] = field(default_factory=list)
    batch: Batch = field(default_factory=Batch)
    allocated: dict[int, int] = field(default_factory=dict)

    def add(
        self,
        id_: int,
        source: Source,
        due: Due,
        minor: int,
        day: datetime.date,
        steps: Mapping[int, int],
        reverses_id: int | None = None,
    ) -> None:
        """``minor`` units of ``source`` onto ``due`` (negative: back from it) on ``day``; ``steps``: what it adds to articles."""
        self.rows.append(
            {
                "id": id_,
                "public_id": uuid.uuid4(),
                "client_id": due.client_id,
                "payment_id": source.id,
                "invoice_id": due.id,
                "minor": minor,
                "date": day,
                "reverses_id": reverses_id,
                "recorded_at": self.now,
            }
        )
        if source.kind in MOVES_MONEY:
            self._count(id_, source, due, minor, day, steps)
            due.money += minor
        due.paid += minor
        self.allocated[source.id] = self.allocated.get(source.id, source.allocated) + minor

    def _count(
        self, id_: int, source: Source, due: Due, minor: int, day: datetime.date, steps: Mapping[int, int]
    ) -> None:
        """Cash P&L: money leaves the advances and comes to the articles of the invoice, net of VAT.

        It leaves them under the contract and the company that it came to, whatever it pays.
        """
        advance = PnlCell(
            CASH,
            due.currency,
            month_of(day),
            source.legal_entity_id,
            self.advances_id,
            due.client_id,
            source.contract_id or 0,
        )
        self.batch.deltas.pnl(advance, -minor)
        for article_id, step in steps.items():
            due.spread[article_id] += step
            self.spreads.append(
                {"allocation_id": id_, "client_id": due.client_id, "article_id": article_id, "minor": step}
            )
            cell = advance._replace(
                legal_entity_id=due.legal_entity_id, article_id=article_id, contract_id=due.contract_id or 0
            )
            self.batch.deltas.pnl(cell, step)


class Allocating:
    """Allocations of one transaction. Whether they may be is asked before: `payments.dues`."""

    def __init__(self, session: Session, clock: IClock, events: IEvents, ledger: ILedger, articles: IArticles) -> None:
        self._session = session
        self._clock = clock
        self._events = events
        self._ledger = ledger
        self._articles = articles

    def live(self, payment_ids: Iterable[int]) -> list[Allocation]:
        """Allocations of payments that nobody took back, by id."""
        found: list[Allocation] = []
        for some in chunks(payment_ids):
            found += self._session.scalars(
                select(Allocation).where(Allocation.payment_id.in_(some), *is_live()).order_by(Allocation.id)
            )
        return found

    def put(
        self,
        wanted: Sequence[tuple[Source, NewAllocation]],
        dues: dict[int, Due],
        *,
        counted: bool = False,
        since: datetime.date = datetime.date.min,
    ) -> list[int]:
        """Write allocations onto invoices of ``dues``; ids in order. ``counted``: the payments were written with them in their sums;
        ``since``: the day before which none of it counts."""
        if not wanted:
            return []
        moves = self._moves()
        ids = take_ids(self._session, Allocation.__table__, len(wanted))
        # On the day of the payment, or today where that is closed: nothing may change in a closed period.
        days = {day: max(self._ledger.open_day(day), since) for day in {source.date for source, _new in wanted}}
        for id_, (source, new) in zip(ids, wanted, strict=True):
            due = dues[new.invoice_id]
            steps = spread_step(new.minor, due.money, due.nets, due.vat, due.spread)
            moves.add(id_, source, due, new.minor, days[source.date], steps)
            self._events.record(PaymentAllocated(source.id, due.id, due.client_id, new.minor))
        self._write(moves, dues, counted=counted)
        return ids

    def take_back(
        self,
        allocations: Sequence[Allocation],
        payments: Mapping[int, Payment],
        *,
        since: datetime.date = datetime.date.min,
    ) -> None:
        """Answer each with its negation, on its own date, or today where that is closed. ``payments``: theirs by id, locked.

        ``since``: the day before which none of it counts. AlreadyReversedError.
        """
        if not allocations:
            return
        for some in chunks(a.id for a in allocations):
            taken = select(Allocation.reverses_id).where(Allocation.reverses_id.in_(some))
            if self._session.scalars(taken).first() is not None:
                raise AlreadyReversedError("allocation_undone", _("This was taken back before."))
        dues = lock_dues(self._session, {a.invoice_id for a in allocations})
        moves = self._moves()
        ids = take_ids(self._session, Allocation.__table__, len(allocations))
        before = self._spreads_of([a.id for a in allocations])
        days = {day: max(self._ledger.open_day(day), since) for day in {a.date for a in allocations}}
        for id_, old in zip(ids, allocations, strict=True):
            due, source = dues[old.invoice_id], Source.of(payments[old.payment_id])
            steps = {article_id: -minor for article_id, minor in before[old.id].items()}
            moves.add(id_, source, due, -old.minor, days[old.date], steps, reverses_id=old.id)
            self._events.record(AllocationUndone(old.id, source.id, due.id, due.client_id))
        self._write(moves, dues)
        for payment in payments.values():
            self._session.expire(payment, ["allocated"])

    def _moves(self) -> _Moves:
        return _Moves(self._articles.system_id("advances"), self._clock.now())

    def _spreads_of(self, allocation_ids: Sequence[int]) -> defaultdict[int, dict[int, int]]:
        found: defaultdict[int, dict[int, int]] = defaultdict(dict)
        for some in chunks(allocation_ids):
            rows = self._session.execute(
                select(AllocationSpread.allocation_id, AllocationSpread.article_id, AllocationSpread.minor).where(
                    AllocationSpread.allocation_id.in_(some)
                )
            )
            for allocation_id, article_id, minor in rows:
                found[allocation_id][article_id] = minor
        return found

    def _write(self, moves: _Moves, dues: dict[int, Due], *, counted: bool = False) -> None:
        owners = {row["client_id"] for row in moves.rows}
        insert_rows(self._session, Allocation.__table__, moves.rows)
        insert_rows(self._session, AllocationSpread.__table__, moves.spreads)
        update_rows(
            self._session,
            Payment.__table__,
            [] if counted else [{"id": id_, "allocated": sum_} for id_, sum_ in moves.allocated.items()],
            client_ids=owners,
        )
        update_rows(
            self._session,
            Invoice.__table__,
            [{"id": due.id, "paid": due.paid, "state": due.state_by_money} for due in dues.values()],
            client_ids=owners,
        )
        for row in self._session.identity_map.values():
            if isinstance(row, Invoice) and row.id in dues:
                self._session.expire(row, ["paid", "state"])
        Pending.of(self._session).add(moves.batch)


def is_live() -> tuple[Any, ...]:
    """Conditions that an allocation is none that was taken back, nor one that takes back."""
    undone = select(Allocation.reverses_id).where(Allocation.reverses_id.is_not(None))
    return Allocation.reverses_id.is_(None), Allocation.id.not_in(undone)
