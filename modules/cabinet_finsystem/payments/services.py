"""Booking money of clients, putting it onto invoices, taking it back."""

from __future__ import annotations

import datetime
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session, selectinload
from zope.interface import implementer

from cabinet.contracts.parties import ILegalEntities
from cabinet.db.bulk import chunks, execute_many, insert_rows, take_ids
from cabinet.db.paging import ListQuery, Page
from cabinet.interfaces import IAuditLog, IClock, IEvents
from cabinet_finsystem.errors import AllocationError, AlreadyReversedError, PaymentNotFoundError
from cabinet_finsystem.events import AllocationUndone, PaymentAllocated, PaymentBooked, PaymentReversed
from cabinet_finsystem.interfaces import IArticles, ILedger, IPayments
from cabinet_finsystem.invoicing.models import Invoice, InvoiceLine
from cabinet_finsystem.ledger.months import CASH as CASH_BASIS
from cabinet_finsystem.ledger.months import PnlCell, month_of
from cabinet_finsystem.ledger.pending import Batch, Pending
from cabinet_finsystem.ledger.values import AccountKind, AccountRef, NewEntry, NewPosting
from cabinet_finsystem.payments.listing import payments_page
from cabinet_finsystem.payments.models import Allocation, AllocationSpread, Payment
from cabinet_finsystem.payments.spread import spread_step
from cabinet_finsystem.payments.values import BANK, CASH, OPENING, WRITE_OFF, NewAllocation, NewPayment
from cabinet_finsystem.texts import _

_ENTRY_KIND = {BANK: "payment", CASH: "payment", OPENING: "opening", WRITE_OFF: "write_off"}
_MOVES_MONEY = frozenset({BANK, CASH})


@dataclass(slots=True)
class _Due:
    """An invoice while money is being put onto it."""

    id: int
    public_id: uuid.UUID
    client_id: int
    currency: str
    state: str
    total: int
    paid: int
    nets: dict[int, int]
    vat: int
    spread: dict[int, int]
    legal_entity_id: int
    contract_id: int | None


@implementer(IPayments)
class Payments:
    """Payments of one transaction."""

    def __init__(
        self,
        session: Session,
        clock: IClock,
        audit: IAuditLog,
        events: IEvents,
        ledger: ILedger,
        articles: IArticles,
        entities: ILegalEntities,
    ) -> None:
        self._session = session
        self._clock = clock
        self._audit = audit
        self._events = events
        self._ledger = ledger
        self._articles = articles
        self._entities = entities

    # Booking

    def book(self, payments: Sequence[NewPayment]) -> list[int]:
        """Book ``payments`` in bulk with their allocations; ids in order. AllocationError, PeriodClosedError: nothing is written then."""
        if not payments:
            return []
        dues = self._dues({a.invoice_id for p in payments for a in p.allocations})
        self._check(payments, dues)
        ids = take_ids(self._session, Payment.__table__, len(payments))
        facts = self._opening_facts(payments)
        entry_ids = self._ledger.post([self._entry(p, i, facts) for p, i in zip(payments, ids, strict=True)])
        now = self._clock.now()
        rows = [
            _payment_row(payment, id_, entry_id, now)
            for payment, id_, entry_id in zip(payments, ids, entry_ids, strict=True)
        ]
        insert_rows(self._session, Payment.__table__, rows)
        self._put([(row, a) for row, payment in zip(rows, payments, strict=True) for a in payment.allocations], dues)
        for row, payment in zip(rows, payments, strict=True):
            self._events.record(PaymentBooked(row["id"], payment.client_id, payment.minor, payment.currency))
        return ids

    def by_hand(
        self,
        *,
        client_id: int,
        date: datetime.date,
        minor: int,
        currency: str,
        text: str,
        bank_account_id: int | None = None,
        allocations: Sequence[NewAllocation] = (),
        key: str = "",
    ) -> Payment:
        """A payment that a person enters: into the cash desk, or an account of ours no statement is loaded for.

        ``key``: of the form it was typed into. A form that is sent twice books once: RepeatedFactError.
        """
        payment = NewPayment(
            client_id=client_id,
            date=date,
            minor=minor,
            currency=currency,
            legal_entity_id=self._entities.default().id,
            text=text,
            kind=CASH if bank_account_id is None else BANK,
            bank_account_id=bank_account_id,
            allocations=tuple(allocations),
            key=key,
        )
        return self._one_by_hand(payment, "finsystem.payment.entered")

    def opening(self, *, client_id: int, date: datetime.date, minor: int, currency: str, text: str = "") -> Payment:
        """What a client had with us when the books began: positive, we owe him, and it may pay invoices; negative, he owes us.

        ``text``: what the books call it, in the language they are kept in. One a client and currency: RepeatedFactError for a second.
        """
        payment = NewPayment(
            client_id=client_id,
            date=date,
            minor=minor,
            currency=currency,
            legal_entity_id=self._entities.default().id,
            text=text,
            kind=OPENING,
        )
        return self._one_by_hand(payment, "finsystem.payment.opening")

    def write_off(self, invoice: Invoice, *, date: datetime.date, text: str) -> Payment:
        """Forgive what is left of an invoice: it costs us the article «Write-offs and rounding»."""
        payment = NewPayment(
            client_id=invoice.client_id,
            date=date,
            minor=invoice.total - invoice.paid,
            currency=invoice.currency,
            legal_entity_id=invoice.legal_entity_id,
            text=text,
            kind=WRITE_OFF,
            contract_id=invoice.contract_id,
            allocations=(NewAllocation(invoice.id, invoice.total - invoice.paid),),
        )
        return self._one_by_hand(payment, "finsystem.payment.written_off")

    def _one_by_hand(self, new: NewPayment, action: str) -> Payment:
        if new.minor == 0:
            raise AllocationError("amount_zero", _("The amount must not be zero."), {"field": "amount"})
        [payment_id] = self.book([new])
        payment = self.get(payment_id)
        self._audit.record(
            action,
            kind="payment",
            public_id=payment.public_id,
            title=new.text,
            client_id=new.client_id,
            after={"date": new.date.isoformat(), "minor": new.minor, "currency": new.currency},
        )
        return payment

    # Allocations

    def allocate(self, payment_id: int, allocations: Sequence[NewAllocation]) -> list[int]:
        """Put free money of a payment onto invoices; ids of the allocations. AllocationError."""
        payment = self.get(payment_id, lock=True)
        if payment.reversal_id is not None:
            raise AlreadyReversedError("payment_reversed", _("This payment was taken back."))
        dues = self._dues({a.invoice_id for a in allocations})
        wanted = sum(a.minor for a in allocations)
        if payment.minor < 0 or wanted > payment.free:
            raise AllocationError("too_much", _("The payment has less free money than that."), {"free": payment.free})
        _check_allocations(payment.client_id, payment.currency, allocations, dues, defaultdict(int))
        row = {
            "id": payment.id,
            "client_id": payment.client_id,
            "date": payment.date,
            "kind": payment.kind,
            "allocated": payment.allocated,
            "legal_entity_id": payment.legal_entity_id,
            "contract_id": payment.contract_id,
        }
        ids = self._put([(row, a) for a in allocations], dues)
        self._session.refresh(payment)
        self._audit.record(
            "finsystem.payment.allocated",
            kind="payment",
            public_id=payment.public_id,
            title=payment.text,
            client_id=payment.client_id,
            after={
                "allocations": [{"invoice": str(dues[a.invoice_id].public_id), "minor": a.minor} for a in allocations]
            },
        )
        return ids

    def undo_allocation(self, allocation_id: int) -> None:
        """Take one allocation back; the ids of all others stay. AllocationError where it is not there or taken back already."""
        allocation = self._session.get(Allocation, allocation_id)
        if allocation is None or allocation.reverses_id is not None:
            raise PaymentNotFoundError("allocation_not_found", _("There is no such allocation."))
        self._undo([allocation])

    def release(self, invoice_id: int, *, text: str) -> int:
        """Take all money back from an invoice that is withdrawn: it is the client's again. Minor units of it.

        What was written off of the invoice was no money: it is taken back altogether, with ``text`` as its reason.
        """
        onto = self.paid_by(invoice_id)
        forgiven = {payment.id for _allocation, payment in onto if payment.kind == WRITE_OFF}
        if forgiven:
            self.reverse(sorted(forgiven), text=text)
        money = [allocation for allocation, payment in onto if payment.id not in forgiven]
        if money:
            self._undo(money)
        return sum(allocation.minor for allocation in money)

    def _undo(self, allocations: Sequence[Allocation]) -> None:
        self._take_back(allocations)
        for allocation in allocations:
            payment = self.get(allocation.payment_id)
            self._audit.record(
                "finsystem.allocation.undone",
                kind="payment",
                public_id=payment.public_id,
                title=payment.text,
                client_id=payment.client_id,
                before={"invoice_id": allocation.invoice_id, "minor": allocation.minor},
            )

    def reverse(self, payment_ids: Sequence[int], *, text: str) -> None:
        """Undo whole payments: their live allocations, then their entries. AlreadyReversedError."""
        payments = [self.get(payment_id, lock=True) for payment_id in payment_ids]
        if any(payment.reversal_id is not None for payment in payments):
            raise AlreadyReversedError("payment_reversed", _("This payment was taken back before."))
        live = self.live_allocations(payment_ids)
        if live:
            self._take_back(live)
        reversals = self._ledger.reverse([payment.entry_id for payment in payments], text=text)
        for payment, reversal_id in zip(payments, reversals, strict=True):
            payment.reversal_id = reversal_id
            self._audit.record(
                "finsystem.payment.reversed",
                kind="payment",
                public_id=payment.public_id,
                title=payment.text,
                client_id=payment.client_id,
                before={"minor": payment.minor, "currency": payment.currency},
            )
            self._events.record(PaymentReversed(payment.id, payment.client_id))
        self._session.flush()

    # Reading

    def find(self, public_id: uuid.UUID) -> Payment | None:
        """One payment with its allocations, within the scope."""
        statement = select(Payment).options(selectinload(Payment.allocations)).where(Payment.public_id == public_id)
        found: Payment | None = self._session.scalar(statement)
        return found

    def live_allocations(self, payment_ids: Iterable[int]) -> list[Allocation]:
        """Allocations of payments that nobody took back, by id."""
        undone = select(Allocation.reverses_id).where(Allocation.reverses_id.is_not(None))
        found: list[Allocation] = []
        for some in chunks(payment_ids):
            found += self._session.scalars(
                select(Allocation)
                .where(Allocation.payment_id.in_(some), Allocation.reverses_id.is_(None), Allocation.id.not_in(undone))
                .order_by(Allocation.id)
            )
        return found

    def paid_by(self, invoice_id: int) -> list[tuple[Allocation, Payment]]:
        """Live allocations onto an invoice with their payments, the oldest first."""
        undone = select(Allocation.reverses_id).where(Allocation.reverses_id.is_not(None))
        rows = self._session.execute(
            select(Allocation, Payment)
            .join(Payment, Payment.id == Allocation.payment_id)
            .where(Allocation.invoice_id == invoice_id, Allocation.reverses_id.is_(None), Allocation.id.not_in(undone))
            .order_by(Payment.date, Allocation.id)
        )
        return [(allocation, payment) for allocation, payment in rows]

    def free_of(self, client_id: int, currency: str) -> int:
        """Money of a client that pays no invoice yet, less what went back to him and what he owed before the books began."""
        standing = select(func.coalesce(func.sum(Payment.minor - Payment.allocated), 0)).where(
            Payment.client_id == client_id, Payment.currency == currency, Payment.reversal_id.is_(None)
        )
        return max(int(self._session.scalar(standing) or 0), 0)

    def listing(self, query: ListQuery, *, client_id: int | None = None) -> Page:
        """A page of payments for lists; see `payments.listing`."""
        return payments_page(self._session, query, client_id=client_id)

    def get(self, payment_id: int, *, lock: bool = False) -> Payment:
        """One payment by internal id, locked until the transaction ends with ``lock``. PaymentNotFoundError."""
        statement = select(Payment).where(Payment.id == payment_id)
        payment: Payment | None = self._session.scalar(statement.with_for_update() if lock else statement)
        if payment is None:
            raise PaymentNotFoundError("payment_not_found", _("There is no such payment."))
        return payment

    # Inside

    def _dues(self, invoice_ids: set[int]) -> dict[int, _Due]:
        """Invoices with what is left of each article, locked in the order of their ids until the transaction ends."""
        dues: dict[int, _Due] = {}
        for some in chunks(sorted(invoice_ids)):
            invoices = self._session.execute(
                select(
                    Invoice.id,
                    Invoice.public_id,
                    Invoice.client_id,
                    Invoice.currency,
                    Invoice.state,
                    Invoice.total,
                    Invoice.paid,
                    Invoice.legal_entity_id,
                    Invoice.contract_id,
                )
                .where(Invoice.id.in_(some))
                .order_by(Invoice.id)
                .with_for_update()
            )
            for row in invoices:
                dues[row.id] = _Due(
                    id=row.id,
                    public_id=row.public_id,
                    client_id=row.client_id,
                    currency=row.currency,
                    state=row.state,
                    total=row.total,
                    paid=row.paid,
                    nets=defaultdict(int),
                    vat=0,
                    spread=defaultdict(int),
                    legal_entity_id=row.legal_entity_id,
                    contract_id=row.contract_id,
                )
            lines = self._session.execute(
                select(
                    InvoiceLine.invoice_id, InvoiceLine.article_id, func.sum(InvoiceLine.net), func.sum(InvoiceLine.vat)
                )
                .where(InvoiceLine.invoice_id.in_(dues.keys() & set(some)))
                .group_by(InvoiceLine.invoice_id, InvoiceLine.article_id)
            )
            for invoice_id, article_id, net, vat in lines:
                dues[invoice_id].nets[article_id] += int(net)
                dues[invoice_id].vat += int(vat)
            partly = [i for i in some if i in dues and dues[i].paid]
            spreads = self._session.execute(
                select(Allocation.invoice_id, AllocationSpread.article_id, func.sum(AllocationSpread.minor))
                .join(Allocation, Allocation.id == AllocationSpread.allocation_id)
                .where(Allocation.invoice_id.in_(partly))
                .group_by(Allocation.invoice_id, AllocationSpread.article_id)
            )
            for invoice_id, article_id, minor in spreads:
                dues[invoice_id].spread[article_id] += int(minor)
        return dues

    def _check(self, payments: Sequence[NewPayment], dues: dict[int, _Due]) -> None:
        taken: defaultdict[int, int] = defaultdict(int)
        for payment in payments:
            if payment.allocations and sum(a.minor for a in payment.allocations) > payment.minor:
                raise AllocationError("too_much", _("More is put onto invoices than was paid."))
            _check_allocations(payment.client_id, payment.currency, payment.allocations, dues, taken)

    def _opening_facts(self, payments: Sequence[NewPayment]) -> dict[tuple[int, str], str]:
        """Names that let a client have one opening balance a currency at a time: one that was taken back makes room for the next."""
        wanted = {(p.client_id, p.currency) for p in payments if p.kind == OPENING}
        times: defaultdict[tuple[int, str], int] = defaultdict(int)
        for some in chunks({client_id for client_id, _currency in wanted}):
            rows = self._session.execute(
                select(Payment.client_id, Payment.currency, func.count())
                .where(Payment.kind == OPENING, Payment.reversal_id.is_not(None), Payment.client_id.in_(some))
                .group_by(Payment.client_id, Payment.currency)
            )
            times |= {(client_id, currency): taken_back for client_id, currency, taken_back in rows}
        return {key: f"opening:{key[0]}:{key[1]}:{times[key]}" for key in wanted}

    def _entry(self, payment: NewPayment, payment_id: int, facts: dict[tuple[int, str], str]) -> NewEntry:
        if payment.kind == OPENING:
            other = NewPosting(AccountRef(AccountKind.EQUITY, payment.currency), payment.minor)
        elif payment.kind == WRITE_OFF:
            other = NewPosting(
                AccountRef(AccountKind.EXPENSE, payment.currency),
                payment.minor,
                article_id=self._articles.system_id("write_offs"),
                client_id=payment.client_id,
                contract_id=payment.contract_id,
            )
        elif payment.bank_account_id is None:
            other = NewPosting(AccountRef.cash(payment.legal_entity_id, payment.currency), payment.minor)
        else:
            other = NewPosting(AccountRef.bank(payment.bank_account_id, payment.currency), payment.minor)
        kind = "refund" if payment.minor < 0 and payment.kind in _MOVES_MONEY else _ENTRY_KIND[payment.kind]
        fact = facts[payment.client_id, payment.currency] if payment.kind == OPENING else None
        if payment.key:
            fact = f"payment:{payment.key}"
        return NewEntry(
            date=payment.date,
            kind=kind,
            source=("payment", payment_id),
            text=payment.text,
            legal_entity_id=payment.legal_entity_id,
            postings=(
                other,
                NewPosting(
                    AccountRef.client(payment.client_id, payment.currency),
                    -payment.minor,
                    client_id=payment.client_id,
                    contract_id=payment.contract_id,
                ),
            ),
            fact=fact,
        )

    def _put(self, wanted: Sequence[tuple[dict[str, Any], NewAllocation]], dues: dict[int, _Due]) -> list[int]:
        """Write allocations of payments (rows by column name), their spreads, and what follows for payments and invoices."""
        if not wanted:
            return []
        ids = take_ids(self._session, Allocation.__table__, len(wanted))
        now = self._clock.now()
        rows: list[dict[str, Any]] = []
        spreads: list[dict[str, Any]] = []
        batch = Batch()
        allocated: dict[int, dict[str, int]] = {}
        # On the day of the payment, or today where that is closed: nothing may change in a closed period.
        days = {day: self._ledger.open_day(day) for day in {payment["date"] for payment, _new in wanted}}
        for id_, (payment, new) in zip(ids, wanted, strict=True):
            due, day = dues[new.invoice_id], days[payment["date"]]
            rows.append(
                {
                    "id": id_,
                    "public_id": uuid.uuid4(),
                    "client_id": due.client_id,
                    "payment_id": payment["id"],
                    "invoice_id": due.id,
                    "minor": new.minor,
                    "date": day,
                    "reverses_id": None,
                    "recorded_at": now,
                }
            )
            if payment["kind"] in _MOVES_MONEY:
                steps = spread_step(new.minor, due.paid, due.nets, due.vat, due.spread)
                spreads += self._spread_rows(id_, due, steps)
                advance = self._advance(payment["legal_entity_id"], payment["contract_id"], due, day)
                _count(batch, advance, due, new.minor, steps)
                for article_id, step in steps.items():
                    due.spread[article_id] += step
            due.paid += new.minor
            entry = allocated.setdefault(
                payment["id"], {"b_id": payment["id"], "b_allocated": payment["allocated"], "client_id": due.client_id}
            )
            entry["b_allocated"] += new.minor
            self._events.record(PaymentAllocated(payment["id"], due.id, due.client_id, new.minor))
        self._save(rows, spreads, batch, allocated, dues)
        return ids

    def _take_back(self, allocations: Sequence[Allocation]) -> None:
        """Answer each allocation with its negation, on its own date, or today where that is closed."""
        taken = select(Allocation.reverses_id).where(Allocation.reverses_id.in_([a.id for a in allocations]))
        if self._session.scalars(taken).first() is not None:
            raise AlreadyReversedError("allocation_undone", _("This was taken back before."))
        dues = self._dues({a.invoice_id for a in allocations})
        payments = {a.payment_id: self.get(a.payment_id, lock=True) for a in allocations}
        ids = take_ids(self._session, Allocation.__table__, len(allocations))
        before = self._spreads_of([a.id for a in allocations])
        now = self._clock.now()
        rows: list[dict[str, Any]] = []
        spreads: list[dict[str, Any]] = []
        batch = Batch()
        allocated: dict[int, dict[str, int]] = {}
        for id_, old in zip(ids, allocations, strict=True):
            due, payment = dues[old.invoice_id], payments[old.payment_id]
            day = self._ledger.open_day(old.date)
            rows.append(
                {
                    "id": id_,
                    "public_id": uuid.uuid4(),
                    "client_id": old.client_id,
                    "payment_id": old.payment_id,
                    "invoice_id": old.invoice_id,
                    "minor": -old.minor,
                    "date": day,
                    "reverses_id": old.id,
                    "recorded_at": now,
                }
            )
            if payment.kind in _MOVES_MONEY:
                steps = {article_id: -minor for article_id, minor in before[old.id].items()}
                spreads += self._spread_rows(id_, due, steps)
                advance = self._advance(payment.legal_entity_id, payment.contract_id, due, day)
                _count(batch, advance, due, -old.minor, steps)
            due.paid -= old.minor
            entry = allocated.setdefault(
                payment.id, {"b_id": payment.id, "b_allocated": payment.allocated, "client_id": due.client_id}
            )
            entry["b_allocated"] -= old.minor
            self._events.record(AllocationUndone(old.id, payment.id, due.id, due.client_id))
        self._save(rows, spreads, batch, allocated, dues)
        for payment in payments.values():
            self._session.refresh(payment)

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

    def _spread_rows(self, allocation_id: int, due: _Due, steps: dict[int, int]) -> list[dict[str, Any]]:
        return [
            {"allocation_id": allocation_id, "client_id": due.client_id, "article_id": article_id, "minor": minor}
            for article_id, minor in steps.items()
        ]

    def _advance(self, legal_entity_id: int, contract_id: int | None, due: _Due, day: datetime.date) -> PnlCell:
        """Where the cash P&L has the money as an advance: under the contract and the company that it came to, whatever it pays."""
        return PnlCell(
            CASH_BASIS,
            due.currency,
            month_of(day),
            legal_entity_id,
            self._articles.system_id("advances"),
            due.client_id,
            contract_id or 0,
        )

    def _save(
        self,
        rows: list[dict[str, Any]],
        spreads: list[dict[str, Any]],
        batch: Batch,
        allocated: dict[int, dict[str, int]],
        dues: dict[int, _Due],
    ) -> None:
        owners = {row["client_id"] for row in rows}
        insert_rows(self._session, Allocation.__table__, rows)
        insert_rows(self._session, AllocationSpread.__table__, spreads)
        execute_many(
            self._session,
            update(Payment.__table__)
            .where(Payment.__table__.c.id == bindparam("b_id"))
            .values(allocated=bindparam("b_allocated")),
            [{"b_id": row["b_id"], "b_allocated": row["b_allocated"]} for row in allocated.values()],
            client_ids=owners,
        )
        execute_many(
            self._session,
            update(Invoice.__table__)
            .where(Invoice.__table__.c.id == bindparam("b_id"))
            .values(paid=bindparam("b_paid"), state=bindparam("b_state")),
            [{"b_id": due.id, "b_paid": due.paid, "b_state": _state(due)} for due in dues.values()],
            client_ids=owners,
        )
        for invoice in self._session.identity_map.values():
            if isinstance(invoice, Invoice) and invoice.id in dues:
                self._session.expire(invoice, ["paid", "state"])
        Pending.of(self._session).add(batch)


def _count(batch: Batch, advance: PnlCell, due: _Due, minor: int, steps: dict[int, int]) -> None:
    """Cash P&L: money leaves the advances and comes to the articles of the invoice, net of VAT."""
    batch.deltas.pnl(advance, -minor)
    for article_id, step in steps.items():
        cell = advance._replace(
            legal_entity_id=due.legal_entity_id, article_id=article_id, contract_id=due.contract_id or 0
        )
        batch.deltas.pnl(cell, step)


def _state(due: _Due) -> str:
    if due.paid >= due.total:
        return "paid"
    return "partly_paid" if due.paid else "issued"


def _check_allocations(
    client_id: int,
    currency: str,
    allocations: Sequence[NewAllocation],
    dues: dict[int, _Due],
    taken: defaultdict[int, int],
) -> None:
    for new in allocations:
        due = dues.get(new.invoice_id)
        if due is None or due.client_id != client_id:
            raise AllocationError("foreign_invoice", _("The invoice belongs to another client."))
        if due.currency != currency:
            raise AllocationError("other_currency", _("The invoice is in another currency than the payment."))
        if due.state not in {"issued", "partly_paid"}:
            raise AllocationError("not_payable", _("The invoice does not wait for money."))
        taken[due.id] += new.minor
        if new.minor <= 0 or due.paid + taken[due.id] > due.total:
            raise AllocationError(
                "more_than_owed",
                _("The invoice owes less than that."),
                {"invoice": str(due.public_id), "open": due.total - due.paid},
            )


def _payment_row(payment: NewPayment, id_: int, entry_id: int, now: datetime.datetime) -> dict[str, Any]:
    return {
        "id": id_,
        "public_id": uuid.uuid4(),
        "client_id": payment.client_id,
        "kind": payment.kind,
        "date": payment.date,
        "minor": payment.minor,
        "currency": payment.currency,
        "allocated": 0,
        "legal_entity_id": payment.legal_entity_id,
        "bank_account_id": payment.bank_account_id,
        "contract_id": payment.contract_id,
        "line_id": payment.line_id,
        "text": payment.text[:500],
        "entry_id": entry_id,
        "reversal_id": None,
        "created_at": now,
    }


def payments_factory(_context: Any, request: Any) -> Payments:
    """``IPayments`` of a request."""
    return Payments(
        request.db,
        request.find_service(IClock),
        request.find_service(IAuditLog),
        request.find_service(IEvents),
        request.find_service(ILedger),
        request.find_service(IArticles),
        request.find_service(ILegalEntities),
    )
