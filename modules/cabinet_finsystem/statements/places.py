"""Places in the queue: what lies beside a line, where to go on after it, and what a day's work was.

All of it is by key and by an index that holds only what waits: the ten thousandth line costs what the first does.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, desc, func, select, tuple_
from sqlalchemy import literal_column as literal
from sqlalchemy.orm import Session, defer

from cabinet.db.paging import ListQuery
from cabinet.interfaces import IClock
from cabinet_finsystem.statements.models import StatementLine

BEFORE, AFTER = 15, 60
"""How many lines are shown above and below the one that is looked at."""

WAITS: ColumnElement[bool] = StatementLine.state.not_in(
    (literal("'applied'"), literal("'invalid'"), literal("'undone'"))
)
"""`models.WAITS_SQL` of a query: values that are written out, so that SQLite knows the index is meant."""

_KEY = (StatementLine.booking_date, StatementLine.id)
_NOT_LISTED = (defer(StatementLine.evidence), defer(StatementLine.problem))


@dataclass(frozen=True, slots=True)
class Around:
    """``rows``: some lines above, the line where it waits, some below; ``place``: its number among the ``of`` that wait, 0 where it
    does not; ``above``, ``below``: how many lie beyond the rows; ``previous`` and ``next``: its neighbours."""

    rows: Sequence[StatementLine]
    place: int
    of: int
    above: int
    below: int
    previous: uuid.UUID | None
    next: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class Done:
    """``count``: lines a person decided today; ``sums``: (currency, what came in, what went out) of them; ``rows``: the latest."""

    count: int
    sums: Sequence[tuple[str, int, int]]
    rows: Sequence[StatementLine]


def waiting_of(query: ListQuery) -> list[ColumnElement[bool]]:
    """The conditions of what waits, of the direction that is asked for."""
    direction = query.filters.get("direction")
    return [WAITS, StatementLine.direction == direction] if direction else [WAITS]


def around(session: Session, waiting: Select[Any], line: StatementLine | None, of: int) -> Around:
    """The neighbourhood of ``line`` among ``waiting``, the latest first. ``of``: how many there are."""
    listed = waiting.options(*_NOT_LISTED)
    if line is None or line.booking_date is None:
        rows = session.scalars(_older(listed).limit(AFTER)).all()
        following = rows[1].public_id if line is None and len(rows) > 1 else None
        return Around(rows, int(line is None and bool(rows)), of, 0, of - len(rows), None, following)
    key = (line.booking_date, line.id)
    newer = session.scalars(_newer(listed.where(_after(key))).limit(BEFORE)).all()
    older = session.scalars(_older(listed.where(_before(key))).limit(AFTER)).all()
    waits = line.state in {"proposed", "unsorted"}
    ahead = int(session.scalar(waiting.where(_after(key)).with_only_columns(func.count())) or 0)
    rows = [*reversed(newer), *([line] if waits else []), *older]
    return Around(
        rows=rows,
        place=ahead + 1 if waits else 0,
        of=of,
        above=ahead - len(newer),
        below=max(of - ahead - waits - len(older), 0),
        previous=newer[0].public_id if newer else None,
        next=older[0].public_id if older else None,
    )


def following(session: Session, waiting: Select[Any], line: StatementLine) -> uuid.UUID | None:
    """The next older line than ``line``, else the latest one; None where no other waits."""
    others = waiting.where(StatementLine.id != line.id).with_only_columns(StatementLine.public_id)
    below = None
    if line.booking_date is not None:
        below = session.scalar(_older(others.where(_before((line.booking_date, line.id)))).limit(1))
    found: uuid.UUID | None = below or session.scalar(_older(others).limit(1))
    return found


def done_since(session: Session, user_id: int | None, since: datetime.datetime, limit: int) -> Done:
    """What a person decided from ``since`` on and nobody took back."""
    line = StatementLine
    mine = (line.decided_by == user_id, line.decided_at >= since, line.state == "applied")
    came = func.sum(line.minor).filter(line.minor > 0)
    went = func.sum(line.minor).filter(line.minor < 0)
    sums = session.execute(select(line.currency, func.count(), came, went).where(*mine).group_by(line.currency)).all()
    latest = select(line).where(*mine).options(*_NOT_LISTED).order_by(line.decided_at.desc(), line.id.desc())
    return Done(
        count=sum(row[1] for row in sums),
        sums=[(row[0], int(row[2] or 0), int(row[3] or 0)) for row in sorted(sums, key=lambda row: -row[1])],
        rows=session.scalars(latest.limit(limit)).all() if sums else [],
    )


def start_of_day(clock: IClock) -> datetime.datetime:
    """The instant in which today began where the firm is."""
    midnight: datetime.datetime = datetime.datetime.combine(clock.today(), datetime.time(), clock.zone)
    return midnight.astimezone(datetime.UTC)


def _after(key: tuple[datetime.date, int]) -> ColumnElement[bool]:
    return tuple_(*_KEY) > key


def _before(key: tuple[datetime.date, int]) -> ColumnElement[bool]:
    return tuple_(*_KEY) < key


def _older(statement: Select[Any]) -> Select[Any]:
    return statement.order_by(*map(desc, _KEY))


def _newer(statement: Select[Any]) -> Select[Any]:
    return statement.order_by(*_KEY)
