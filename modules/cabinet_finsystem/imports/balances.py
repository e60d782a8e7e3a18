"""A table of opening balances: what each client had with us when the books began.

The amount is the balance as the client sees it: positive, we owe him (he paid ahead); negative, he owes us.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from cabinet.contracts.clients import IClientBook
from cabinet.contracts.parties import LegalEntity
from cabinet.db.bulk import chunks
from cabinet.tables import Layout
from cabinet_finsystem.imports.cells import Cells
from cabinet_finsystem.payments.models import Payment
from cabinet_finsystem.payments.values import OPENING, NewPayment
from cabinet_finsystem.texts import _

LAYOUT = Layout(
    names={
        "client": ("клиент", "код клиента", "контрагент", "external_id"),
        "currency": ("валюта",),
        "date": ("дата", "на дату"),
        "amount": ("сумма", "остаток", "баланс", "balance"),
    },
    required=("client", "date", "amount"),
)
Key = tuple[int, str]


@dataclass(slots=True)
class BalancePlan:
    """What taking the table in would do."""

    rows: int = 0
    created: list[NewPayment] = field(default_factory=list)
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class _Said:
    cells: Cells
    client: str
    currency: str
    day: datetime.date
    minor: int


def plan_balances(
    session: Session,
    clients: IClientBook,
    entity: LegalEntity,
    rows: Iterable[Cells],
    *,
    today: datetime.date,
    closed_through: datetime.date | None,
    text: str,
) -> BalancePlan:
    """The plan; what is wrong lands in the rows' remarks. ``text``: what the entry says."""
    plan = BalancePlan()
    said: list[_Said] = []
    for cells in rows:
        plan.rows += 1
        if (one := _read(cells, entity.currency, today)) is not None:
            said.append(one)
    ids = clients.by_external_ids({one.client for one in said})
    stored = _stored(session, ids.values())
    seen: dict[Key, Cells] = {}
    for one in said:
        client_id = ids.get(one.client)
        if client_id is None:
            one.cells.error("client", _("There is no client ${id}.", mapping={"id": one.client}))
            continue
        key = (client_id, one.currency)
        if key in seen:
            first = seen[key].number
            one.cells.error("client", _("Row ${n} has the same client and currency.", mapping={"n": first}))
            continue
        seen[key] = one.cells
        before = stored.get(key)
        if before == (one.day, one.minor) or (before is None and one.minor == 0):
            plan.unchanged += 1
        elif before is not None:
            _differs(one, before)
        elif closed_through is not None and one.day <= closed_through:
            closed = f"{closed_through:%d.%m.%Y}"
            one.cells.error("date", _("The books are closed through ${closed}.", mapping={"closed": closed}))
        else:
            plan.created.append(_payment(one, client_id, entity, text))
    return plan


def _read(cells: Cells, default: str, today: datetime.date) -> _Said | None:
    client = cells.text("client", 100, required=True)
    currency = cells.currency("currency") or default
    day = cells.date("date", required=True)
    minor = cells.amount("amount", currency, required=True)
    if not client or day is None or minor is None:
        return None
    if day > today:
        cells.warn("date", _("The date is in the future."))
    return _Said(cells, client, currency, day, minor)


def _differs(said: _Said, before: tuple[datetime.date, int]) -> None:
    column = "amount" if before[1] != said.minor else "date"
    said.cells.error(
        column,
        _(
            "Another opening balance is in the books already, of ${date}: take that payment back first.",
            mapping={"date": f"{before[0]:%d.%m.%Y}"},
        ),
    )


def _stored(session: Session, client_ids: Iterable[int]) -> dict[Key, tuple[datetime.date, int]]:
    found: dict[Key, tuple[datetime.date, int]] = {}
    for some in chunks(client_ids):
        rows = session.execute(
            select(Payment.client_id, Payment.currency, Payment.date, Payment.minor).where(
                Payment.kind == OPENING, Payment.reversal_id.is_(None), Payment.client_id.in_(some)
            )
        )
        found |= {(client_id, currency): (day, minor) for client_id, currency, day, minor in rows}
    return found


def _payment(said: _Said, client_id: int, entity: LegalEntity, text: str) -> NewPayment:
    return NewPayment(
        client_id=client_id,
        date=said.day,
        minor=said.minor,
        currency=said.currency,
        legal_entity_id=entity.id,
        text=text,
        kind=OPENING,
    )
