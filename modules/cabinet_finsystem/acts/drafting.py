"""From an invoice to the lines of an act: what is left of it, and what a part of that is worth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cabinet.contracts.clients import ClientParty
from cabinet.db.bulk import chunks
from cabinet_finsystem.acts.models import ISSUED, Act, ActLine
from cabinet_finsystem.acts.portions import portion, rest
from cabinet_finsystem.acts.values import ActPart, LineLeft, Portion
from cabinet_finsystem.corrections.current import line_states
from cabinet_finsystem.corrections.values import LineState
from cabinet_finsystem.errors import ActDataError
from cabinet_finsystem.invoicing.models import Invoice, InvoiceLine
from cabinet_finsystem.statements.matching.folding import fold
from cabinet_finsystem.texts import _

_COPIED = ("client_id", "text", "unit", "article_id")
_PRICED = ("price", "discount", "vat_rate")


def taken(session: Session, invoice_ids: Iterable[int]) -> defaultdict[int, Portion]:
    """Id of an invoice's line → what issued acts took of it. One query a thousand invoices."""
    found: defaultdict[int, Portion] = defaultdict(Portion)
    for some in chunks(sorted(set(invoice_ids))):
        rows = session.execute(
            select(
                ActLine.invoice_line_id, func.sum(ActLine.quantity_milli), func.sum(ActLine.net), func.sum(ActLine.vat)
            )
            .join(Act, Act.id == ActLine.act_id)
            .where(Act.invoice_id.in_(some), Act.state == ISSUED)
            .group_by(ActLine.invoice_line_id)
        )
        for line_id, *figures in rows:
            found[line_id] = Portion(*map(int, figures))
    return found


def lines_left(session: Session, invoice: Invoice) -> list[LineLeft]:
    """Each line of ``invoice``, as corrections left it, and what of it no issued act has taken."""
    before, now = taken(session, [invoice.id]), line_states(session, invoice)
    return [LineLeft(line, rest(_whole(now[line.id]), before[line.id]), now[line.id]) for line in invoice.lines]


def act_lines(session: Session, invoice: Invoice, parts: Sequence[ActPart] | None) -> list[dict[str, Any]]:
    """Columns of the lines of an act that takes ``parts`` of ``invoice`` now; None: all that is left. ActDataError."""
    before = taken(session, [invoice.id])
    lines, now = {line.id: line for line in invoice.lines}, line_states(session, invoice)
    if parts is None:
        left = {id_: rest(_whole(state), before[id_]).quantity_milli for id_, state in now.items()}
        parts = [ActPart(line_id, quantity) for line_id, quantity in left.items() if quantity]
    if not parts or len({part.invoice_line_id for part in parts}) < len(parts):
        raise _nothing()
    made = []
    for position, part in enumerate(sorted(parts, key=lambda part: _position(lines, part))):
        line, state = lines[part.invoice_line_id], now[part.invoice_line_id]
        try:
            worth = portion(_whole(state), before[line.id], part.quantity_milli)
        except ValueError:
            raise _too_much(line, rest(_whole(state), before[line.id]).quantity_milli) from None
        made.append(
            {
                **{name: getattr(line, name) for name in _COPIED},
                **{name: getattr(state, name) for name in _PRICED},
                "invoice_line_id": line.id,
                "position": position,
                "quantity_milli": worth.quantity_milli,
                "net": worth.net,
                "vat": worth.vat,
                "total": worth.total,
            }
        )
    if not sum(line["total"] for line in made):
        raise _nothing()
    return made


def search_text(act: Act, invoice: Invoice, party: ClientParty) -> str:
    """What a list finds an act by."""
    parts = [act.number or "", invoice.number or "", act.text, act.basis, party.name, party.full_name, party.inn]
    parts += [line.text for line in act.lines]
    return fold(" ".join(dict.fromkeys(part for part in parts if part)))


def _whole(state: LineState) -> Portion:
    return Portion(state.quantity_milli, state.net, state.vat)


def _position(lines: dict[int, InvoiceLine], part: ActPart) -> int:
    if part.invoice_line_id not in lines:
        raise ActDataError("act_line", _("This line is not of the invoice."), {"field": "lines"})
    return lines[part.invoice_line_id].position


def _nothing() -> ActDataError:
    return ActDataError(
        "act_empty", _("There is nothing in it: choose what was done of the invoice."), {"field": "lines"}
    )


def _too_much(line: InvoiceLine, left: int) -> ActDataError:
    return ActDataError(
        "act_too_much",
        _("The invoice has less of “${text}” left than that.", mapping={"text": line.text[:80]}),
        {"field": f"quantity-{line.id}", "left_milli": left},
    )
