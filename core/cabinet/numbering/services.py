"""Handing out numbers without holes."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import case
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.errors import DomainError
from cabinet.interfaces import INumbering
from cabinet.numbering.models import Sequence
from cabinet.texts import _

PATTERN_LENGTH = 40
_FIELD = re.compile(r"\{(?:(?P<name>year|yy)|n(?::0(?P<width>[1-9]))?)\}")


class NumberPatternError(DomainError):
    """A pattern that cannot make numbers."""


def check_pattern(pattern: str) -> None:
    """NumberPatternError unless ``pattern`` is text with ``{n}`` or ``{n:05}`` and maybe ``{year}`` or ``{yy}``."""
    counters = [field for field in _FIELD.finditer(pattern) if not field["name"]]
    rest = _FIELD.sub("", pattern)
    if len(counters) != 1 or "{" in rest or "}" in rest or not pattern.isprintable() or len(pattern) > PATTERN_LENGTH:
        raise NumberPatternError(
            "number_pattern",
            _(
                "“${pattern}” cannot make numbers: write {n} (or {n:05}) once, and {year} or {yy} for the year.",
                mapping={"pattern": pattern},
            ),
        )


def render_number(pattern: str, n: int, year: int) -> str:
    """The text of number ``n``. Not by ``str.format``, which lets a pattern read attributes of its arguments."""
    check_pattern(pattern)

    def value(field: re.Match[str]) -> str:
        if field["name"] == "year":
            return f"{year:04}"
        if field["name"] == "yy":
            return f"{year % 100:02}"
        return str(n).zfill(int(field["width"] or 1))

    return _FIELD.sub(value, pattern)


def read_number(pattern: str, text: str, year: int) -> int | None:
    """Which number of ``pattern`` and ``year`` the ``text`` is, leading zeros aside; None where it is none."""
    check_pattern(pattern)
    expected, end = "", 0
    for field in _FIELD.finditer(pattern):
        expected += re.escape(pattern[end : field.start()])
        expected += (
            "([0-9]{1,18})" if not field["name"] else f"{year:04}" if field["name"] == "year" else f"{year % 100:02}"
        )
        end = field.end()
    found = re.fullmatch(expected + re.escape(pattern[end:]), text.strip())
    return int(found[1]) if found else None


@implementer(INumbering)
class Numbering:
    """Numbers taken in the transaction that uses them, so that a rolled-back one leaves no hole."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def take(self, kind: str, scope: str, year: int, pattern: str) -> tuple[int, str]:
        """The next number of (kind, scope, year): (7, ``СЧ-2026-00007``). NumberPatternError.

        One statement raises the row and locks it until the transaction ends: the next issuer waits for the neighbour.
        """
        check_pattern(pattern)
        statement = self._upsert(kind, scope, year, 1).on_conflict_do_update(
            index_elements=["kind", "scope", "year"], set_={"value": Sequence.value + 1}
        )
        n: int = self._session.execute(statement.returning(Sequence.value)).scalar_one()
        return n, render_number(pattern, n, year)

    def advance(self, kind: str, scope: str, year: int, n: int) -> None:
        """Never hand out numbers up to ``n``: somebody used it by hand."""
        raised = case((Sequence.value < n, n), else_=Sequence.value)
        self._session.execute(
            self._upsert(kind, scope, year, n).on_conflict_do_update(
                index_elements=["kind", "scope", "year"], set_={"value": raised}
            )
        )

    def _upsert(self, kind: str, scope: str, year: int, value: int) -> Any:
        dialect = postgresql if self._session.get_bind().dialect.name == "postgresql" else sqlite
        return dialect.insert(Sequence).values(kind=kind, scope=scope, year=year, value=value)


def numbering_factory(_context: Any, request: Any) -> Numbering:
    """``INumbering`` of a request."""
    return Numbering(request.db)
