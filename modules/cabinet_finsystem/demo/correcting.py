"""Corrections of the demo: a visit that turned out cheaper before it was paid, and one that was paid too much."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from cabinet_finsystem.corrections.values import Became, CorrectionData
from cabinet_finsystem.demo.payers import Issued
from cabinet_finsystem.demo.sales import CALLS
from cabinet_finsystem.interfaces import ICorrectionBook
from cabinet_finsystem.invoicing.models import OPEN, PAID, Invoice

_AGO, _HOUR = 6, 12.2
_KEPT = 85  # per cent of the price


def correct(demo: Any, issued: Sequence[Issued]) -> None:
    """One that waits for money asks for less, its reason told; of one that was paid, the surplus lies on the client's balance."""
    day = demo.today - datetime.timedelta(_AGO)
    visits = [one for one in reversed(issued) if one.sale.kind == CALLS and one.sale.day < day]
    reasons = ("Выезд короче согласованного: снижаем цену", "Замечание подтвердилось: возвращаем часть цены")
    for states, reason in zip((OPEN, (PAID,)), reasons, strict=True):
        for one in _of_states(demo, visits, states):
            _lower(demo, one, day, reason)
            break


def _of_states(demo: Any, visits: Iterable[Issued], states: Sequence[str]) -> Iterator[Issued]:
    for one in visits:
        with demo.on(demo.today, _HOUR) as request:
            state = request.db.get_one(Invoice, one.invoice_id).state
        if state in states:
            yield one


def _lower(demo: Any, one: Issued, day: datetime.date, reason: str) -> None:
    with demo.on(day, _HOUR, by=one.customer.manager_id) as request:
        book = request.find_service(ICorrectionBook)
        invoice = request.db.get_one(Invoice, one.invoice_id)
        first, now = book.lines(invoice)[0].line, book.lines(invoice)[0].now
        rate = None if now.vat_rate is None else Decimal(now.vat_rate).scaleb(-2)
        became = Became(
            first.id,
            Decimal(now.quantity_milli).scaleb(-3),
            now.price * _KEPT // 100,
            Decimal(now.discount).scaleb(-2),
            rate,
        )
        correction = book.draft(invoice, CorrectionData(day, reason, (became,)))
        book.issue(correction)
        book.pdf(correction)
