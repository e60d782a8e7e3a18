"""The daily run: rests that waited for their days, or for a bank line, client by client, each in a transaction of his own."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from cabinet.interfaces import IClock
from cabinet_finsystem.interfaces import IWriteOffs

JOB = "finsystem.write_off_rests"

UnitOfWork = Callable[..., AbstractContextManager[Any]]


def write_off_rests(
    unit_of_work: UnitOfWork,
    *,
    today: datetime.date | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Write off what has waited long enough by day ``today`` (the clock's); how many. ``unit_of_work(writing=…)`` opens a transaction."""
    with unit_of_work(writing=False) as request:
        today = today or request.find_service(IClock).today()
        clients = request.find_service(IWriteOffs).waiting()
    done = 0
    for n, client_id in enumerate(clients):
        with unit_of_work(writing=True) as request:
            done += request.find_service(IWriteOffs).run(client_id, today)
        if progress is not None:
            progress(n + 1, len(clients))
    return done
