"""Booking money of clients, putting it onto invoices, taking it back."""

from __future__ import annotations

import datetime
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload
from zope.interface import implementer

from cabinet.contracts.parties import ILegalEntities
from cabinet.db.bulk import chunks, insert_rows, take_ids
from cabinet.db.paging import ListQuery, Page
from cabinet.interfaces import IAuditLog, IClock, IEvents, INotices
from cabinet_finsystem.articles.defaults import WRITE_OFFS
from cabinet_finsystem.errors import AllocationError, AlreadyReversedError, PaymentNotFoundError
from cabinet_finsystem.events import PaymentBooked, PaymentReversed
from cabinet_finsystem.interfaces import IArticles, ILedger, IPayments, IWriteOffs
from cabinet_finsystem.invoicing.models import Invoice
from cabinet_finsystem.notices import tell_booked
from cabinet_finsystem.payments.allocating import Allocating, Source, is_live
from cabinet_finsystem.payments.dues import check_allocations, check_payments, lock_dues
from cabinet_finsystem.payments.entries import Entries
from cabinet_finsystem.payments.listing import payments_page, standing_of_lines
from cabinet_finsystem.payments.models import Allocation, Payment
from cabinet_finsystem.payments.settling import Settlement, corrected, held_by, settlement
from cabinet_finsystem.payments.values import BANK, CASH, OPENING, WRITE_OFF, NewAllocation, NewPayment
from cabinet_finsystem.texts import _
from cabinet_finsystem.write_offs.booking import anew, book_write_offs, let_go, resting_upon
from cabinet_finsystem.write_offs.rests import uncharged
from cabinet_finsystem.write_offs.values import Planned


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
        notices: INotices,
        settle: Callable[[Sequence[int]], None] = lambda _payment_ids: None,
    ) -> None:
        self._session = session
        self._clock = clock
        self._audit = audit
        self._events = events
        self._notices = notices
        self._ledger = ledger
        self._articles = articles
        self._entities = entities
        self._settle = settle
        self._entries = Entries(session, articles)
        self._allocating = Allocating(session, clock, events, ledger, articles)

    # Booking

    def book(self, payments: Sequence[NewPayment]) -> list[int]:
        """Book ``payments`` in bulk with their allocations; ids in order. AllocationError, PeriodClosedError: nothing is written then."""
        if not payments:
            return []
        dues = lock_dues(self._session, {a.invoice_id for p in payments for a in p.allocations})
        check_payments(payments, dues)
        ids = take_ids(self._session, Payment.__table__, len(payments))
        facts = self._entries.opening_facts(payments)
        entry_ids = self._ledger.post([self._entries.entry(p, i, facts) for p, i in zip(payments, ids, strict=True)])
        now = self._clock.now()
        rows = [
            _payment_row(payment, id_, entry_id, now)
            for payment, id_, entry_id in zip(payments, ids, entry_ids, strict=True)
        ]
        insert_rows(self._session, Payment.__table__, rows)
        self._allocating.put(
            [(_source(row), a) for row, p in zip(rows, payments, strict=True) for a in p.allocations],
            dues,
            counted=True,
        )
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
        entered = self._one_by_hand(payment, "finsystem.payment.entered")
        tell_booked(self._notices, entered)
        self.settle([entered.id])
        return entered

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
        """Forgive what is left of an invoice, however much: it costs us the article «Write-offs and rounding». By a rule: `IWriteOffs`.

        AllocationError where acts charge and some of the invoice is not charged yet: nobody owes that.
        """
        return self.written_off(
            Planned(
                client_id=invoice.client_id,
                invoice_id=invoice.id,
                number=invoice.number or "",
                cause_id=None,
                minor=invoice.open,
                currency=invoice.currency,
                date=date,
                legal_entity_id=invoice.legal_entity_id,
                contract_id=invoice.contract_id,
                article_id=self._articles.system_id(WRITE_OFFS),
                most=None,
                by_itself=False,
            ),
            text,
        )

    def written_off(self, planned: Planned, text: str) -> Payment:
        """The payment of one write-off that is booked now. AllocationError as for `write_off`."""
        if planned.invoice_id is not None and uncharged(self._session, [planned.invoice_id]):
            raise AllocationError(
                "not_charged", _("Its acts are not all issued: nobody owes that yet, and nothing can be written off.")
            )
        if planned.minor == 0:
            raise AllocationError("amount_zero", _("The amount must not be zero."), {"field": "amount"})
        [payment_id] = book_write_offs(self._session, self, self._audit, [planned], lambda _one: text)
        return self.get(payment_id)

    def settle(self, payment_ids: Sequence[int]) -> None:
        """Write off what these payments left short, or brought too much, where a rule says so (`write_offs`).

        Whoever books in bulk asks when all that came with them is written; the others are settled by themselves.
        """
        self._settle(payment_ids)

    def _one_by_hand(self, new: NewPayment, action: str) -> Payment:
        if new.minor == 0:
            raise AllocationError("amount_zero", _("The amount must not be zero."), {"field": "amount"})
        [payment_id] = self.book([new])
        payment = self.get(payment_id)
        self._record(
            payment, action, after={"date": new.date.isoformat(), "minor": new.minor, "currency": new.currency}
        )
        return payment

    def _record(self, payment: Payment, action: str, **facts: Any) -> None:
        self._audit.record(
            action,
            kind="payment",
            public_id=payment.public_id,
            title=payment.text,
            client_id=payment.client_id,
            **facts,
        )

    # Allocations

    def allocate(self, payment_id: int, allocations: Sequence[NewAllocation]) -> list[int]:
        """Put free money of a payment onto invoices; ids of the allocations. AllocationError."""
        payment = self.get(payment_id, lock=True)
        if payment.reversal_id is not None:
            raise AlreadyReversedError("payment_reversed", _("This payment was taken back."))
        dues = lock_dues(self._session, {a.invoice_id for a in allocations})
        wanted = sum(a.minor for a in allocations)
        if payment.minor < 0 or wanted > payment.free:
            raise AllocationError("too_much", _("The payment has less free money than that."), {"free": payment.free})
        check_allocations(payment.client_id, payment.currency, allocations, dues, defaultdict(int))
        ids = self._allocating.put([(Source.of(payment), a) for a in allocations], dues)
        self._session.refresh(payment)
        told = {"allocations": self.told(allocations, payment.currency)}
        self._record(payment, "finsystem.payment.allocated", after=told)
        self.settle([payment.id])
        return ids

    def undo_allocation(self, allocation_id: int) -> None:
        """Take one allocation back; the ids of all others stay. PaymentNotFoundError; AlreadyReversedError.

        What was written off was no money, and cannot pay another invoice: its payment is taken back altogether.
        """
        allocation = self._session.get(Allocation, allocation_id)
        if allocation is None or allocation.reverses_id is not None:
            raise PaymentNotFoundError("allocation_not_found", _("There is no such allocation."))
        payment = self.get(allocation.payment_id)
        if payment.kind == WRITE_OFF:
            self.reverse([payment.id], text=payment.text)
        else:
            self._undo([allocation])

    def release(self, invoice_id: int, *, text: str) -> int:
        """Take all money back from an invoice that is withdrawn: it is the client's again. Minor units of it.

        What was written off of the invoice is taken back with its payment, with ``text`` as the reason.
        """
        onto = self.paid_by(invoice_id)
        forgiven = {payment.id for _allocation, payment in onto if payment.kind == WRITE_OFF}
        if forgiven:
            self.reverse(sorted(forgiven), text=text)
        money = [allocation for allocation, payment in onto if payment.id not in forgiven]
        self._undo(money)
        return sum(allocation.minor for allocation in money)

    def settlement(self, invoice_id: int, asked: int, nets: Mapping[int, int], vat: int) -> Settlement:
        """What must happen to the money on an invoice that asks ``asked`` from now on: ``nets`` by article, and ``vat``."""
        return settlement(held_by(self._session, invoice_id), asked, nets, vat)

    @contextmanager
    def settling(self, invoice: Invoice, plan: Settlement, *, since: datetime.date, text: str) -> Iterator[None]:
        """Take back what ``plan`` says, let the caller write what the invoice asks for now, put the rest again.

        Nothing of it counts before ``since``; ``text``: the reason of write-offs that are taken back.
        """
        self._forget(plan, since, text)
        payments = {one.payment_id: self.get(one.payment_id, lock=True) for one in plan.taken}
        ids = [one.id for one in plan.taken]
        found = self._session.scalars(select(Allocation).where(Allocation.id.in_(ids)).order_by(Allocation.id)).all()
        self._allocating.take_back(found, payments, since=since)
        for part in plan.releases:
            payment = payments[part.held.payment_id]
            [told] = self.told([NewAllocation(invoice.id, part.minor)], payment.currency)
            self._record(payment, "finsystem.allocation.undone", before=told)
        yield
        dues = lock_dues(self._session, {invoice.id})
        again = [
            (Source.of(payments[part.held.payment_id]), NewAllocation(invoice.id, part.minor)) for part in plan.put
        ]
        self._allocating.put(again, dues, since=since)
        for payment in payments.values():
            self._session.expire(payment, ["allocated"])
        if plan.forgiven_again:
            day = max(max(self._ledger.open_day(one.paid_on), since) for one in plan.forgiven)
            last = plan.forgiven[-1]
            planned = anew(self._session, last.payment_id, plan.forgiven_again, day)
            book_write_offs(self._session, self, self._audit, [planned], lambda _one: last.text)
        self._session.refresh(invoice, ["paid", "state"])
        [due] = lock_dues(self._session, {invoice.id}).values()
        invoice.state = due.state_by_money

    def _straighten(self, invoice_ids: Iterable[int]) -> None:
        """Where money was taken off invoices that were corrected, what is left lies on the lines as they are now.

        What came before a correction was spread over the lines as they were, and what was put last makes up for it: neither can go alone.
        """
        for invoice_id, day in corrected(self._session, invoice_ids).items():
            due = lock_dues(self._session, {invoice_id})[invoice_id]
            plan = self.settlement(invoice_id, due.asked, due.nets, due.vat)
            if plan.taken:
                with self.settling(self._session.get_one(Invoice, invoice_id), plan, since=day, text=""):
                    pass

    def _forget(self, plan: Settlement, since: datetime.date, text: str) -> None:
        """Take back the write-offs of ``plan``."""
        for payment in self._take_back([one.payment_id for one in plan.forgiven], text, since, again=True):
            facts = {"minor": payment.minor, "currency": payment.currency}
            self._record(payment, "finsystem.payment.reversed", before=facts)

    def _undo(self, allocations: Sequence[Allocation]) -> None:
        payments = {a.payment_id: self.get(a.payment_id, lock=True) for a in allocations}
        self._allocating.take_back(allocations, payments)
        for allocation in allocations:
            payment = payments[allocation.payment_id]
            [told] = self.told([allocation], payment.currency)
            self._record(payment, "finsystem.allocation.undone", before=told)
        if following := resting_upon(self._session, list(payments), allocations):
            self._reverse(following, None, again=True)
        self._straighten(allocation.invoice_id for allocation in allocations)

    def reverse(self, payment_ids: Sequence[int], *, text: str | None) -> None:
        """Undo whole payments: live allocations, then entries, under ``text`` (None: each its own). AlreadyReversedError.

        What was written off by itself after them goes with them.
        """
        self._reverse(payment_ids, text, again=False)

    def _reverse(self, payment_ids: Sequence[int], text: str | None, *, again: bool) -> None:
        for payment in self._take_back(payment_ids, text, again=again):
            facts = {"minor": payment.minor, "currency": payment.currency}
            self._record(payment, "finsystem.payment.reversed", before=facts)
        self._session.flush()

    def reverse_booked(self, payment_ids: Sequence[int]) -> None:
        """The same for those that were booked at once, each under its own text. Whoever asks records the act, for all of them."""
        self._take_back(payment_ids, None, again=True)
        self._session.flush()

    def _take_back(
        self, payment_ids: Sequence[int], text: str | None, since: datetime.date = datetime.date.min, *, again: bool
    ) -> list[Payment]:
        """``again``: write-offs among them may come again by themselves. Those that only follow may anyway."""
        payments = [payment for some in chunks(sorted(set(payment_ids))) for payment in self._locked(some)]
        if len(payments) < len(set(payment_ids)):
            raise PaymentNotFoundError("payment_not_found", _("There is no such payment."))
        if any(payment.reversal_id is not None for payment in payments):
            raise AlreadyReversedError("payment_reversed", _("This payment was taken back before."))
        following = self._following([payment.id for payment in payments if payment.kind != WRITE_OFF])
        let_go(self._session, payments, again=again)
        let_go(self._session, following, again=True)
        payments += following
        by_id = {payment.id: payment for payment in payments}
        taken = self.live_allocations(list(by_id))
        self._allocating.take_back(taken, by_id, since=since)
        reversals = self._ledger.reverse([payment.entry_id for payment in payments], text=text, since=since)
        for payment, reversal_id in zip(payments, reversals, strict=True):
            payment.reversal_id = reversal_id
            self._events.record(PaymentReversed(payment.id, payment.client_id))
        self._straighten(allocation.invoice_id for allocation in taken)
        return payments

    def _following(self, payment_ids: Sequence[int]) -> list[Payment]:
        """Payments of what was written off by itself after those of ``payment_ids``, locked, their invoices too."""
        allocations = self.live_allocations(payment_ids)
        lock_dues(self._session, {allocation.invoice_id for allocation in allocations})
        following = sorted(set(resting_upon(self._session, payment_ids, allocations)) - set(payment_ids))
        return [payment for some in chunks(following) for payment in self._locked(some)]

    # Reading

    def find(self, public_id: uuid.UUID) -> Payment | None:
        """One payment with its allocations, within the scope."""
        statement = select(Payment).options(selectinload(Payment.allocations)).where(Payment.public_id == public_id)
        found: Payment | None = self._session.scalar(statement)
        return found

    def of_lines(self, line_ids: Iterable[int]) -> dict[int, list[Payment]]:
        """The payments that stand for statement lines, by id of the line; in the order in which they were booked."""
        return standing_of_lines(self._session, line_ids)

    def live_allocations(self, payment_ids: Iterable[int]) -> list[Allocation]:
        """Allocations of payments that nobody took back, by id."""
        return self._allocating.live(payment_ids)

    def paid_by(self, invoice_id: int) -> list[tuple[Allocation, Payment]]:
        """Live allocations onto an invoice with their payments, the oldest first."""
        rows = self._session.execute(
            select(Allocation, Payment)
            .join(Payment, Payment.id == Allocation.payment_id)
            .where(Allocation.invoice_id == invoice_id, *is_live())
            .order_by(Payment.date, Allocation.id)
        )
        return [(allocation, payment) for allocation, payment in rows]

    def told(self, allocations: Sequence[NewAllocation | Allocation], currency: str) -> list[dict[str, Any]]:
        """Allocations as the audit trail keeps them: the invoice by its number, too, and the amount with its currency."""
        wanted = select(Invoice.id, Invoice.number).where(Invoice.id.in_({a.invoice_id for a in allocations}))
        numbers = {row.id: row.number for row in self._session.execute(wanted)} if allocations else {}
        return [
            {"invoice_id": a.invoice_id, "invoice": numbers[a.invoice_id], "minor": a.minor, "currency": currency}
            for a in allocations
        ]

    def free_of(self, client_id: int, currency: str) -> int:
        """Money of a client that pays no invoice yet, less what went back to him and what he owed before the books began."""
        standing = select(func.coalesce(func.sum(Payment.minor - Payment.allocated - Payment.kept), 0)).where(
            Payment.client_id == client_id, Payment.currency == currency, Payment.reversal_id.is_(None)
        )
        return max(int(self._session.scalar(standing) or 0), 0)

    def listing(self, query: ListQuery, *, client_id: int | None = None, totals: bool = True) -> Page:
        """A page of payments for lists; see `payments.listing`."""
        return payments_page(self._session, query, client_id=client_id, totals=totals)

    def get(self, payment_id: int, *, lock: bool = False) -> Payment:
        """One payment by internal id; with ``lock`` as it is now, and locked until the transaction ends. PaymentNotFoundError."""
        statement = select(Payment).where(Payment.id == payment_id)
        payment: Payment | None = (
            next(iter(self._locked([payment_id])), None) if lock else self._session.scalar(statement)
        )
        if payment is None:
            raise PaymentNotFoundError("payment_not_found", _("There is no such payment."))
        return payment

    # Inside

    def _locked(self, payment_ids: Sequence[int]) -> Sequence[Payment]:
        """Payments as they are now, by id, locked until the transaction ends."""
        statement = select(Payment).where(Payment.id.in_(payment_ids)).order_by(Payment.id)
        found: Sequence[Payment] = self._session.scalars(
            statement.with_for_update().execution_options(populate_existing=True)
        ).all()
        return found


def _source(row: dict[str, Any]) -> Source:
    return Source(row["id"], row["kind"], row["date"], 0, row["legal_entity_id"], row["contract_id"])


def _payment_row(payment: NewPayment, id_: int, entry_id: int, now: datetime.datetime) -> dict[str, Any]:
    return {
        "id": id_,
        "public_id": uuid.uuid4(),
        "client_id": payment.client_id,
        "kind": payment.kind,
        "date": payment.date,
        "minor": payment.minor,
        "currency": payment.currency,
        "allocated": sum(a.minor for a in payment.allocations),
        # What was paid too much is taken from another payment (`write_offs`): of it nothing is free either.
        "kept": payment.minor if payment.kind == WRITE_OFF and payment.minor < 0 else 0,
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
        request.find_service(INotices),
        lambda payment_ids: request.find_service(IWriteOffs).settle(payment_ids),
    )
