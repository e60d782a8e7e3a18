"""Acts and waybills of the last months: services of a month on its last day, goods and projects as they were handed over."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from cabinet_finsystem.acts.values import ActPart
from cabinet_finsystem.demo.market import next_month, workday
from cabinet_finsystem.demo.payers import Issued
from cabinet_finsystem.demo.sales import GOODS, PROJECTS, SERVICE
from cabinet_finsystem.interfaces import IActBook
from cabinet_finsystem.invoicing.models import Invoice

MONTHS = 3


class Deed(NamedTuple):
    """A document to issue: over which invoice, of what day and kind, and which line alone it takes."""

    day: datetime.date
    manager_id: int
    invoice_id: int
    kind: str
    line: int | None = None


def write_acts(demo: Any, issued: Sequence[Issued]) -> None:
    """Issue them, each manager his own; one act was a mistake and another took its place."""
    found = sorted((deed for one in issued for deed in _deeds(one, demo.today)), key=lambda deed: deed[:3])
    wrong = next((deed for deed in found if deed.kind == "act"), None)
    for (day, manager_id), some in groupby(found, key=lambda deed: deed[:2]):
        with demo.on(day, 17.4, by=manager_id) as request:
            acts = request.find_service(IActBook)
            for deed in some:
                invoice = request.db.get_one(Invoice, deed.invoice_id)
                if deed is wrong:
                    act = acts.draft_of(invoice, date=day)
                    acts.issue(act)
                    acts.void(act, reason="Не тот месяц в тексте")
                if deed.line is None:
                    acts.issue_rest([invoice], date=day, kind=deed.kind, tell=False)
                else:
                    line = invoice.lines[deed.line]
                    part = ActPart(line.id, line.quantity_milli)
                    acts.issue(acts.draft_of(invoice, date=day, kind=deed.kind, parts=[part]))


def _deeds(one: Issued, today: datetime.date) -> Iterator[Deed]:
    since = today.replace(day=1)
    for _ in range(MONTHS):
        since = (since - datetime.timedelta(1)).replace(day=1)
    sale, manager_id = one.sale, one.customer.manager_id
    if sale.day < since:
        return
    if sale.kind == SERVICE:
        day = next_month(sale.day.replace(day=1)) - datetime.timedelta(1)
        if day <= today:
            yield Deed(day, manager_id, one.invoice_id, "act")
    elif sale.kind == GOODS:
        day = workday(sale.day + datetime.timedelta(2))
        if day <= today:
            yield Deed(day, manager_id, one.invoice_id, "upd")
    elif sale.kind == PROJECTS:
        goods, work = workday(sale.day + datetime.timedelta(4)), workday(sale.day + datetime.timedelta(12))
        if goods <= today:
            yield Deed(goods, manager_id, one.invoice_id, "waybill", 1)
        if work <= today:
            yield Deed(work, manager_id, one.invoice_id, "act", 0)
