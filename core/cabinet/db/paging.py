"""Pages by key: the n-th page costs what the first does, and nothing is shown twice when rows are added meanwhile."""

from __future__ import annotations

import base64
import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, func, or_, select
from sqlalchemy.orm import Session

from cabinet.db.folding import fold, folded

COUNT_CAP = 1000
PAGE_SIZE = 50
MAX_PAGE_SIZE = 200
LARGEST_KEY = 2**63 - 1


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What a person asks of a list. ``sort``: a key the list knows, ``-`` before it for descending; ``after``: a cursor.

    ``filters``: key → text as it stands in the URL; ``size``: rows a page, 0 for all (exports).
    """

    search: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""
    after: str = ""
    size: int = PAGE_SIZE


@dataclass(frozen=True, slots=True)
class Page:
    """Rows with where to go on. ``count`` is capped at COUNT_CAP + 1; ``more`` is the cursor of the next page or empty."""

    rows: Sequence[Any]
    count: int
    more: str
    totals: Mapping[str, Any] = field(default_factory=dict)

    @property
    def count_is_capped(self) -> bool:
        """Whether there are more rows than were counted."""
        return self.count > COUNT_CAP


def paginate(
    session: Session,
    statement: Select[*tuple[Any, ...]],
    query: ListQuery,
    *,
    sorts: Mapping[str, SQLColumnExpression[Any]],
    default: str,
    key: SQLColumnExpression[Any],
    scalars: bool = True,
) -> Page:
    """One page of ``statement``.

    ``sorts``: the sortable keys; unknown ones are ignored for ``default``. ``key``: a unique column that breaks ties. Sort
    expressions must not be NULL (wrap them in coalesce). ``scalars``: rows are single entities.
    """
    name = query.sort if query.sort.lstrip("-") in sorts else default
    column, descending = sorts[name.lstrip("-")], name.startswith("-")
    counted = select(func.count()).select_from(
        statement.with_only_columns(key).order_by(None).limit(COUNT_CAP + 1).subquery()
    )
    ordered = statement.order_by(column.desc() if descending else column.asc(), key.desc() if descending else key.asc())
    if (place := _place(query.after, column)) is not None:
        value, last = place
        beyond = column < value if descending else column > value
        tie = key < last if descending else key > last
        ordered = ordered.where(or_(beyond, and_(column == value, tie)))
    size = min(query.size, MAX_PAGE_SIZE) if query.size else None
    if size is not None:
        ordered = ordered.limit(size + 1)
    found = session.execute(
        ordered.add_columns(
            column.label("cursor_value"), key.label("cursor_key"), counted.scalar_subquery().label("counted")
        )
    ).all()
    page = found if size is None else found[:size]
    more = encode_cursor(page[-1].cursor_value, page[-1].cursor_key) if size is not None and len(found) > size else ""
    rows = [row[0] if scalars else row for row in page]
    if not found and place is not None:  # past the last row none is left that would tell how many there are
        return Page(rows=[], count=session.scalar(counted) or 0, more="")
    return Page(rows=rows, count=found[0].counted if found else 0, more=more)


def encode_cursor(value: Any, key: int) -> str:
    """An opaque place in a list, fit for a URL."""
    text = json.dumps([value.isoformat() if isinstance(value, datetime.date) else value, key], default=str)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(text: str) -> tuple[Any, int] | None:
    """The place that ``text`` names, or None where it names none: a damaged link shows the first page."""
    if not text:
        return None
    try:
        value, key = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, TypeError, RecursionError):
        return None
    return (value, key) if type(key) is int and abs(key) <= LARGEST_KEY else None


def _place(after: str, column: SQLColumnExpression[Any]) -> tuple[Any, int] | None:
    """The place to go on from, where the cursor holds a value that ``column`` can be compared with."""
    cursor = decode_cursor(after)
    if cursor is None:
        return None
    try:
        return _typed(cursor[0], column), cursor[1]
    except (ValueError, ArithmeticError):
        return None


def _typed(value: Any, column: Any) -> Any:
    """``value`` as the column has it. ValueError or ArithmeticError where it is none of the column's: cursors come from anybody."""
    try:
        kind = column.type.python_type
    except NotImplementedError:  # a type that does not say what it holds: as the value itself is
        kind = int if isinstance(value, int) else str
    if issubclass(kind, datetime.datetime) and isinstance(value, str):
        instant = datetime.datetime.fromisoformat(value)
        return instant if instant.tzinfo is not None else instant.replace(tzinfo=datetime.UTC)
    if issubclass(kind, datetime.date) and isinstance(value, str):
        return datetime.date.fromisoformat(value)
    if issubclass(kind, Decimal) and isinstance(value, (int, float, str)) and Decimal(str(value)).is_finite():
        return Decimal(str(value))
    if issubclass(kind, int) and isinstance(value, (int, str)) and abs(int(value)) <= LARGEST_KEY:
        return int(value)  # PostgreSQL hands sums out as decimals, which stand as text in a cursor
    if issubclass(kind, str) and isinstance(value, str) and "\x00" not in value:
        value.encode()  # a lone surrogate is no text: UnicodeEncodeError, which is a ValueError
        return value
    raise ValueError(f"no value of the column: {value!r}")


def contains(column: SQLColumnExpression[Any], text: str) -> ColumnElement[bool]:
    """Whether ``text`` occurs in it, in whatever case, ё as е, with the wildcards of LIKE taken literally."""
    return folded(column).contains(fold(text), autoescape=True)
