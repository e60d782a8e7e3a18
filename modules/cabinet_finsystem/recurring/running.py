"""A run: every invoice that is due, each in a transaction of its own, so that what cannot be made keeps none of the others from being."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from cabinet.errors import DomainError
from cabinet.interfaces import IClock
from cabinet_finsystem.interfaces import IRecurringServices
from cabinet_finsystem.recurring.values import RunResult

JOB = "finsystem.bill_recurring"

UnitOfWork = Callable[..., AbstractContextManager[Any]]


def bill_all(
    unit_of_work: UnitOfWork,
    *,
    today: datetime.date | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> RunResult:
    """Bill what is due up to ``today`` (the clock's), then issue the acts that are. ``unit_of_work(writing=…)`` opens a transaction."""
    with unit_of_work(writing=False) as request:
        today = today or request.find_service(IClock).today()
        services = request.find_service(IRecurringServices)
        keys, acts_before = [due.key for due in services.due(today)], services.acts_due(today)
    made = issued = stopped = 0
    for n, key in enumerate(keys):
        try:
            with unit_of_work(writing=True) as request:
                made += request.find_service(IRecurringServices).bill(key, today=today) is not None
        except DomainError as error:
            stopped += 1
            with unit_of_work(writing=True) as request:
                request.find_service(IRecurringServices).stopped(key, error, today=today)
        if progress is not None:
            progress(n + 1, len(keys) + len(acts_before))
    with unit_of_work(writing=False) as request:
        acts = request.find_service(IRecurringServices).acts_due(today)
    for n, invoice_id in enumerate(acts):
        try:
            with unit_of_work(writing=True) as request:
                issued += request.find_service(IRecurringServices).issue_acts(invoice_id, today=today)
        except DomainError as error:
            stopped += 1
            with unit_of_work(writing=True) as request:
                request.find_service(IRecurringServices).stopped_act(invoice_id, error, today=today)
        if progress is not None:
            progress(len(keys) + n + 1, len(keys) + len(acts))
    return RunResult(made, issued, stopped)
