"""What corrections make of an invoice, written beside its own sums; and taking all of them back with it."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cabinet_finsystem.corrections.models import DRAFT, ISSUED, VOID, Correction, CorrectionLine
from cabinet_finsystem.interfaces import ILedger
from cabinet_finsystem.invoicing.models import Invoice


def write_differences(session: Session, invoice: Invoice) -> None:
    """Write beside the sums of ``invoice`` and its lines what its issued corrections add; the database compares."""
    sums: defaultdict[int, tuple[int, int, int]] = defaultdict(lambda: (0, 0, 0))
    for line_id, *figures in session.execute(
        select(
            CorrectionLine.invoice_line_id,
            func.sum(CorrectionLine.quantity_milli - CorrectionLine.was_quantity_milli),
            func.sum(CorrectionLine.net - CorrectionLine.was_net),
            func.sum(CorrectionLine.vat - CorrectionLine.was_vat),
        )
        .join(Correction, Correction.id == CorrectionLine.correction_id)
        .where(Correction.invoice_id == invoice.id, Correction.state == ISSUED)
        .group_by(CorrectionLine.invoice_line_id)
    ):
        quantity, net, vat = map(int, figures)
        sums[line_id] = (quantity, net, vat)
    for line in invoice.lines:
        line.corrected_milli, line.corrected_net, line.corrected_vat = sums[line.id]
    invoice.corrected_vat = sum(line.corrected_vat for line in invoice.lines)
    invoice.corrected = invoice.corrected_vat + sum(line.corrected_net for line in invoice.lines)
    session.flush()


def withdraw_all(
    session: Session, ledger: ILedger, invoice: Invoice, *, text: str, now: datetime.datetime
) -> Sequence[Correction]:
    """Take back the corrections of an invoice that is voided, the latest first, and throw their drafts away; those that stood.

    No money is on the invoice any more.
    """
    found = session.scalars(
        select(Correction)
        .where(Correction.invoice_id == invoice.id, Correction.state.in_((DRAFT, ISSUED)))
        .order_by(Correction.place.desc())
    ).all()
    stood = [one for one in found if one.state == ISSUED]
    charged = [one for one in stood if one.entry_id is not None]
    entries = ledger.reverse([one.entry_id for one in charged], text=text) if charged else []
    for one, entry_id in zip(charged, entries, strict=True):
        one.void_entry_id = entry_id
    for one in stood:
        one.state, one.void_reason, one.voided_at = VOID, text[:500], now
    for one in found:
        if one.state == DRAFT:
            session.delete(one)
    session.flush()
    if stood:
        write_differences(session, invoice)
    return stood
