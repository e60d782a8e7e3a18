"""Days of the firm as instants."""

from __future__ import annotations

import datetime
from typing import Any

from cabinet.interfaces import IClock


def end_of(request: Any, day: datetime.date) -> datetime.datetime:
    """The last instant of ``day`` where the firm is: what was written by then was known on that day."""
    midnight = datetime.datetime.combine(
        day + datetime.timedelta(1), datetime.time(), request.find_service(IClock).zone
    )
    return midnight - datetime.timedelta(microseconds=1)
