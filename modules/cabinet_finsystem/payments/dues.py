"""Invoices while money is put onto them or taken back: what each still owes, article by article."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cabinet.db.bulk import among, chunks
from cabinet_finsystem.errors import AllocationError
from cabinet_finsystem.invoicing.models import Invoice, InvoiceLine
from cabinet_finsystem.payments.models import Allocation, AllocationSpread, Payment
from cabinet_finsystem.payments.values import MOVES_MONEY, NewAllocation, NewPayment
from cabinet_finsystem.texts import _


@dataclass(slots=True)
class Due:
    """An invoice that is locked. ``paid``, ``money`` and ``spread`` (article → minor units) move with allocations. In minor units.

    ``asked``: what it asks for; ``nets``: what its lines sell without VAT, by article; ``vat``: the VAT of them all. All as corrections
    left them. ``money``: what of ``paid`` is money that came, which alone is spread: a rest that was written off and a
    prepayment from before the books never were in the cash P&L.
    """

    id: int
    public_id: uuid.UUID
    client_id: int
    currency: str
    state: str
    asked: int
    paid: int
    legal_entity_id: int
    contract_id: int | None
    nets: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    vat: int = 0
    money: int = 0
    spread: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def state_by_money(self) -> str:
        """The state that what is paid makes of it."""
        if self.paid >= self.asked:
            return "paid"
        return "partly_paid" if self.paid else "issued"


# In the order of Due's fields.
_COLUMNS = (
    Invoice.id,
    Invoice.public_id,
    Invoice.client_id,
    Invoice.currency,
    Invoice.state,
    Invoice.asked,
    Invoice.paid,
    Invoice.legal_entity_id,
    Invoice.contract_id,
)


def lock_dues(session: Session, invoice_ids: set[int]) -> dict[int, Due]:
    """Invoices by id, locked in the order of their ids until the transaction ends; those that are not there are left out."""
    dues: dict[int, Due] = {}
    for some in chunks(sorted(invoice_ids)):
        invoices = session.execute(
            select(*_COLUMNS).where(among(session, Invoice.id, some)).order_by(Invoice.id).with_for_update()
        )
        found = {row.id: Due(*row) for row in invoices}
        _read_lines(session, found)
        paid = {id_: due for id_, due in found.items() if due.paid}
        _read_spreads(session, paid)
        _read_money(session, paid)
        dues |= found
    return dues


def check_payments(payments: Sequence[NewPayment], dues: dict[int, Due]) -> None:
    """That each payment has what it puts onto invoices, and that they may take it, all payments together. AllocationError."""
    taken: defaultdict[int, int] = defaultdict(int)
    for payment in payments:
        if payment.allocations and sum(a.minor for a in payment.allocations) > payment.minor:
            raise AllocationError("too_much", _("More is put onto invoices than was paid."))
        check_allocations(payment.client_id, payment.currency, payment.allocations, dues, taken)


def check_allocations(
    client_id: int,
    currency: str,
    allocations: Iterable[NewAllocation],
    dues: dict[int, Due],
    taken: defaultdict[int, int],
) -> None:
    """That a client's money may go onto invoices. ``taken``: what goes onto each besides; it is added to. AllocationError."""
    for new in allocations:
        due = dues.get(new.invoice_id)
        if due is None or due.client_id != client_id:
            raise AllocationError("foreign_invoice", _("The invoice belongs to another client."))
        if due.currency != currency:
            raise AllocationError("other_currency", _("The invoice is in another currency than the payment."))
        if due.state not in {"issued", "partly_paid"}:
            raise AllocationError("not_payable", _("The invoice does not wait for money."))
        taken[due.id] += new.minor
        if new.minor <= 0 or due.paid + taken[due.id] > due.asked:
            raise AllocationError(
                "more_than_owed",
                _("The invoice owes less than that."),
                {"invoice": str(due.public_id), "open": due.asked - due.paid},
            )


def _read_lines(session: Session, dues: dict[int, Due]) -> None:
    lines = session.execute(
        select(
            InvoiceLine.invoice_id,
            InvoiceLine.article_id,
            func.sum(InvoiceLine.net_now),
            func.sum(InvoiceLine.vat_now),
        )
        .where(among(session, InvoiceLine.invoice_id, dues))
        .group_by(InvoiceLine.invoice_id, InvoiceLine.article_id)
    )
    for invoice_id, article_id, net, vat in lines:
        dues[invoice_id].nets[article_id] += int(net)
        dues[invoice_id].vat += int(vat)


def _read_money(session: Session, dues: dict[int, Due]) -> None:
    money = session.execute(
        select(Allocation.invoice_id, func.sum(Allocation.minor))
        .join(Payment, Payment.id == Allocation.payment_id)
        .where(Allocation.invoice_id.in_(dues), Payment.kind.in_(sorted(MOVES_MONEY)))
        .group_by(Allocation.invoice_id)
    )
    for invoice_id, minor in money:
        dues[invoice_id].money = int(minor)


def _read_spreads(session: Session, dues: dict[int, Due]) -> None:
    spreads = session.execute(
        select(Allocation.invoice_id, AllocationSpread.article_id, func.sum(AllocationSpread.minor))
        .join(Allocation, Allocation.id == AllocationSpread.allocation_id)
        .where(among(session, Allocation.invoice_id, dues))
        .group_by(Allocation.invoice_id, AllocationSpread.article_id)
    )
    for invoice_id, article_id, minor in spreads:
        dues[invoice_id].spread[article_id] += int(minor)
