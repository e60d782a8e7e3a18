"""Reminders of the demo: the usual steps, switched on some weeks ago; who has people in the cabinet was told; one client is left out."""

from __future__ import annotations

import datetime
from typing import Any

from cabinet_finsystem.demo.market import Customer
from cabinet_finsystem.interfaces import IDunning

_SINCE, _HOUR = 30, 9.1


def remind(demo: Any, head: int, spared: Customer) -> None:
    """Switch them on, then run every morning up to today."""
    first = demo.today - datetime.timedelta(_SINCE)
    with demo.on(first, 8.4, by=head) as request:
        dunning = request.find_service(IDunning)
        dunning.seed()
        dunning.switch_all(on=True)
        dunning.leave_out(spared.client_id)
    for n in range(_SINCE + 1):
        day = first + datetime.timedelta(n)
        with demo.on(day, _HOUR) as request:
            dunning = request.find_service(IDunning)
            for client_id in dunning.due(day):
                dunning.tell(client_id, day)
