"""Write-offs beside their payments: booked, found when money that they rest upon is taken back, let go."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from cabinet.audit.services import Act
from cabinet.db.bulk import chunks, insert_rows, take_ids
from cabinet.interfaces import IAuditLog
from cabinet_finsystem.invoicing.models import Invoice
from cabinet_finsystem.payments.models import Allocation, Payment
from cabinet_finsystem.payments.values import WRITE_OFF, NewAllocation, NewPayment
from cabinet_finsystem.write_offs.models import WriteOff
from cabinet_finsystem.write_offs.values import Planned

Wording = Callable[[Planned], str]


class Books(Protocol):
    """Whoever books payments."""

    def book(self, payments: Sequence[NewPayment]) -> list[int]:
        """Ids in order."""


def book_write_offs(
    session: Session, payments: Books, audit: IAuditLog, planned: Sequence[Planned], text_of: Wording
) -> list[int]:
    """Book ``planned``; ids of their payments, in order. What `IPayments.book` refuses is refused."""
    if not planned:
        return []
    ids = payments.book([_payment(one, text_of(one)) for one in planned])
    rows = [
        {
            "id": id_,
            "client_id": one.client_id,
            "payment_id": payment_id,
            "invoice_id": one.invoice_id,
            "cause_id": one.cause_id,
            "article_id": one.article_id,
            "by_itself": one.by_itself,
            "most": one.most,
            "slot": one.slot,
        }
        for id_, payment_id, one in zip(take_ids(session, WriteOff.__table__, len(planned)), ids, planned, strict=True)
    ]
    insert_rows(session, WriteOff.__table__, rows)
    for one in planned:
        if one.minor < 0 and one.cause_id is not None:
            session.get_one(Payment, one.cause_id).kept -= one.minor
    session.flush()
    keys = _public_ids(session, ids)
    audit.record_many(
        "finsystem.payment.written_off",
        "payment",
        [
            Act(
                keys[id_],
                text_of(one),
                one.client_id,
                after={
                    "date": one.date.isoformat(),
                    "minor": one.minor,
                    "currency": one.currency,
                    "invoice": one.number,
                    "by_itself": one.by_itself,
                },
            )
            for id_, one in zip(ids, planned, strict=True)
        ],
    )
    return ids


def resting_upon(session: Session, payment_ids: Iterable[int], allocations: Iterable[Allocation]) -> list[int]:
    """Payments of what was written off and stands: by itself of invoices that ``allocations`` pay, or of what payments had too much."""
    found: set[int] = set()
    invoice_ids = {allocation.invoice_id for allocation in allocations}
    for column, keys in ((WriteOff.invoice_id, invoice_ids), (WriteOff.cause_id, set(payment_ids))):
        over = [] if column is WriteOff.invoice_id else [WriteOff.invoice_id.is_(None)]
        # What a person wrote off of an invoice is his decision; what was kept of a payment is gone with it, whoever kept it.
        own = [WriteOff.by_itself] if column is WriteOff.invoice_id else []
        for some in chunks(sorted(keys)):
            found |= set(
                session.scalars(
                    select(WriteOff.payment_id)
                    .join(Payment, Payment.id == WriteOff.payment_id)
                    .where(column.in_(some), Payment.reversal_id.is_(None), *over, *own)
                )
            )
    return sorted(found)


def let_go(session: Session, payments: Iterable[Payment], *, again: bool) -> None:
    """What follows for write-offs among ``payments`` that were taken back. ``again``: they may be written off by themselves again."""
    gone = {payment.id: payment for payment in payments if payment.kind == WRITE_OFF}
    for some in chunks(sorted(gone)):
        if again:
            session.execute(update(WriteOff).where(WriteOff.payment_id.in_(some)).values(slot=None))
        kept = select(WriteOff.payment_id, WriteOff.cause_id).where(
            WriteOff.payment_id.in_(some), WriteOff.invoice_id.is_(None), WriteOff.cause_id.is_not(None)
        )
        for payment_id, cause_id in session.execute(kept):
            session.get_one(Payment, cause_id).kept += gone[payment_id].minor
            gone[payment_id].kept = 0
    session.flush()


def anew(session: Session, payment_id: int, minor: int, day: datetime.date) -> Planned:
    """What was written off by a payment that is taken back, as it is written off again: ``minor`` units of it, on ``day``."""
    off, payment, number = session.execute(
        select(WriteOff, Payment, func.coalesce(Invoice.number, ""))
        .join(Payment, Payment.id == WriteOff.payment_id)
        .outerjoin(Invoice, Invoice.id == WriteOff.invoice_id)
        .where(WriteOff.payment_id == payment_id)
    ).one()
    within = off.most is not None and minor <= off.most
    return Planned(
        client_id=off.client_id,
        invoice_id=off.invoice_id,
        number=number,
        cause_id=off.cause_id,
        minor=minor,
        currency=payment.currency,
        date=day,
        legal_entity_id=payment.legal_entity_id,
        contract_id=payment.contract_id,
        article_id=off.article_id,
        most=off.most if within else None,
        by_itself=off.by_itself and within,
    )


def standing_of(session: Session, *, invoice_id: int | None = None, payment_id: int | None = None) -> list[Any]:
    """(WriteOff, Payment) that stand: of an invoice, or of what a payment brought too much or is itself; the oldest first."""
    which = (
        WriteOff.invoice_id == invoice_id
        if invoice_id is not None
        else or_(WriteOff.payment_id == payment_id, WriteOff.cause_id == payment_id)
    )
    statement = (
        select(WriteOff, Payment)
        .join(Payment, Payment.id == WriteOff.payment_id)
        .where(which, Payment.reversal_id.is_(None))
        .order_by(WriteOff.id)
    )
    return list(session.execute(statement))


def _payment(one: Planned, text: str) -> NewPayment:
    return NewPayment(
        client_id=one.client_id,
        date=one.date,
        minor=one.minor,
        currency=one.currency,
        legal_entity_id=one.legal_entity_id,
        text=text,
        kind=WRITE_OFF,
        contract_id=one.contract_id,
        allocations=() if one.invoice_id is None else (NewAllocation(one.invoice_id, one.minor),),
        article_id=one.article_id,
    )


def _public_ids(session: Session, payment_ids: Sequence[int]) -> dict[int, uuid.UUID]:
    found: dict[int, uuid.UUID] = {}
    for some in chunks(payment_ids):
        rows = session.execute(select(Payment.id, Payment.public_id).where(Payment.id.in_(some)))
        found |= {row.id: row.public_id for row in rows}
    return found
