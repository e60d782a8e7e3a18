"""How the lines of an invoice stand: as its issued corrections left them, and what its acts have taken of them."""

from __future__ import annotations

import datetime
from collections import defaultdict
from typing import Any

from sqlalchemy import Subquery, func, select
from sqlalchemy.orm import Session

from cabinet_finsystem.acts.models import ISSUED as ACT_ISSUED
from cabinet_finsystem.acts.models import Act, ActLine
from cabinet_finsystem.corrections.models import ISSUED, Correction, CorrectionLine
from cabinet_finsystem.corrections.values import CurrentLine, LineState, LineTaken
from cabinet_finsystem.invoicing.models import Invoice


def line_states(session: Session, invoice: Invoice) -> dict[int, LineState]:
    """Id of each line of ``invoice`` → how it stands now. One query."""
    # Asked even where every sum is as it was: a correction may change a quantity and a price against each other.
    rows = session.scalars(
        select(CorrectionLine)
        .join(Correction, Correction.id == CorrectionLine.correction_id)
        .where(Correction.invoice_id == invoice.id, Correction.state == ISSUED)
        .order_by(Correction.place)
    )
    return {line.id: stated(line) for line in invoice.lines} | {row.invoice_line_id: stated(row) for row in rows}


def current_lines(session: Session, invoice: Invoice) -> list[CurrentLine]:
    """Each line of ``invoice`` as it stands, in their order. Two queries."""
    states, taken = line_states(session, invoice), _taken(session, invoice.id)
    return [CurrentLine(line, states[line.id], taken.get(line.id, LineTaken())) for line in invoice.lines]


def stated(row: Any) -> LineState:
    """The state that a line of an invoice, or what a line of a correction became, says."""
    return LineState(row.quantity_milli, row.price, row.discount, row.vat_rate, row.net, row.vat)


def corrected_on(day: datetime.date) -> Subquery:
    """(invoice_id, minor) of what corrections up to the end of ``day`` that still stand add to each invoice."""
    return (
        select(Correction.invoice_id, func.sum(Correction.total).label("minor"))
        .where(Correction.state == ISSUED, Correction.date <= day)
        .group_by(Correction.invoice_id)
        .subquery()
    )


def _taken(session: Session, invoice_id: int) -> dict[int, LineTaken]:
    sums: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    numbers: defaultdict[int, list[str]] = defaultdict(list)
    for line_id, number, quantity, net, vat in session.execute(
        select(ActLine.invoice_line_id, Act.number, ActLine.quantity_milli, ActLine.net, ActLine.vat)
        .join(Act, Act.id == ActLine.act_id)
        .where(Act.invoice_id == invoice_id, Act.state == ACT_ISSUED)
        .order_by(Act.id)
    ):
        for place, figure in enumerate((quantity, net, vat)):
            sums[line_id][place] += figure
        numbers[line_id].append(str(number))
    return {
        line_id: LineTaken(quantity, net, vat, tuple(numbers[line_id]))
        for line_id, (quantity, net, vat) in sums.items()
    }
