"""Reconciliations of the demo: one that the star client agreed to, one that waits for him, one that another client disputes."""

from __future__ import annotations

import datetime
from typing import Any

from cabinet.interfaces import IPeople
from cabinet_finsystem.demo.market import Customer
from cabinet_finsystem.interfaces import IReconciliations
from cabinet_finsystem.reconciliation.values import Scope
from cabinet_finsystem.reports.periods import DAY, Period, unit_of

STAR_GUEST, SIMPLE_GUEST = "client@demo.example", "client2@demo.example"


def reconcile(demo: Any, star: Customer, simple: Customer, quiet: Customer) -> None:
    """Send them, and answer for the clients as they would."""
    month = unit_of(unit_of(demo.today, "month").since - DAY, "month")
    quarter = unit_of(unit_of(demo.today, "quarter").since - DAY, "quarter")
    agreed = _send(demo, star, quarter, min(quarter.until + 8 * DAY, demo.today))
    with demo.on(min(quarter.until + 10 * DAY, demo.today), 12.4, by=_guest(demo, STAR_GUEST)) as request:
        service = request.find_service(IReconciliations)
        service.sign(service.find(agreed.public_id), digest=agreed.digest)
    _send(demo, star, Period(month.since, month.until), demo.today - 2 * DAY)
    disputed = _send(demo, simple, quarter, demo.today - 3 * DAY)
    with demo.on(demo.today - DAY, 16.2, by=_guest(demo, SIMPLE_GUEST)) as request:
        service = request.find_service(IReconciliations)
        act = service.find(disputed.public_id)
        rows = service.content(act)["rows"]
        row = next((one["key"] for one in rows if one["debit"]), "")
        service.dispute(act, row=row, text="Этих работ в нашем учёте нет: пришлите, пожалуйста, подписанный акт.")
    _send(demo, quiet, quarter, demo.today - 4 * DAY)


def _send(demo: Any, customer: Customer, period: Period, day: datetime.date) -> Any:
    with demo.on(day, 10.7, by=customer.manager_id) as request:
        scope = Scope(customer.client_id, "RUB")
        return request.find_service(IReconciliations).send(scope, period.since, period.until)


def _guest(demo: Any, email: str) -> int:
    with demo.on(demo.today) as request:
        return int(request.find_service(IPeople).by_email(email).id)
