"""The daily run: every client who has to be told of something, each in a transaction of his own."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from cabinet.interfaces import IClock
from cabinet_finsystem.dunning.values import RemindResult
from cabinet_finsystem.interfaces import IDunning

JOB = "finsystem.remind"

UnitOfWork = Callable[..., AbstractContextManager[Any]]


def remind_all(
    unit_of_work: UnitOfWork,
    *,
    today: datetime.date | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> RemindResult:
    """Tell whoever is to be told by day ``today`` (the clock's). ``unit_of_work(writing=…)`` opens a transaction."""
    with unit_of_work(writing=False) as request:
        today = today or request.find_service(IClock).today()
        clients = request.find_service(IDunning).due(today)
    told = invoices = 0
    for n, client_id in enumerate(clients):
        with unit_of_work(writing=True) as request:
            told_of = request.find_service(IDunning).tell(client_id, today)
        told += bool(told_of)
        invoices += told_of
        if progress is not None:
            progress(n + 1, len(clients))
    return RemindResult(told, invoices)
