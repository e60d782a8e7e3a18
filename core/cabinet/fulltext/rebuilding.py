"""Making the index anew out of what the modules hold, while the site runs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from cabinet.db.migrate import erased
from cabinet.interfaces import IFullText

CHUNK = 1000


def rebuild(registry: Any, unit_of_work: Callable[[], AbstractContextManager[Any]]) -> dict[str, int]:
    """Index every text of every module; how many of each kind. A transaction a thousand texts: nobody waits long for the one writer."""
    contributed = registry.cabinet_contributions
    with unit_of_work() as request:
        gone = erased(request.db.connection(), registry.cabinet_modules)
    sources = [source for source in contributed.texts.values() if contributed.owner_of(source) not in gone]
    return {source.name: _rebuild(source, unit_of_work) for source in sources}


def _rebuild(source: Any, unit_of_work: Callable[[], AbstractContextManager[Any]]) -> int:
    count, after = 0, 0
    while True:
        with unit_of_work() as request:
            index = request.find_service(IFullText)
            rows = list(source.read(request, after, CHUNK))
            last = rows[-1][0] if len(rows) == CHUNK else None
            index.forget_others(source.name, after, last, [item_id for item_id, _title, _body in rows])
            index.put_many(source.name, rows)
        count += len(rows)
        if last is None:
            return count
        after = last
