"""Sums by article for any set of periods: whole months from the month table, single days from what happened on them."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from cabinet_finsystem.ledger.models import PnlMonth
from cabinet_finsystem.ledger.pending import Pending
from cabinet_finsystem.reports.facts import Facts, narrowed, within
from cabinet_finsystem.reports.periods import DAY, Period, merged, month_end, split
from cabinet_finsystem.reports.values import PnlQuery

ByArticle = dict[int, int]


class Turnovers:
    """What each article brought (positive) or cost (negative) in any of ``periods``: two queries at the most, however many they are."""

    def __init__(
        self, session: Session, facts: Facts, query: PnlQuery, currency: str, periods: Iterable[Period]
    ) -> None:
        self._session = session
        months: list[Period] = []
        days: list[Period] = []
        for period in set(periods):
            inside, pieces = split(period)
            months += [Period(first, month_end(first)) for first in inside]
            days += pieces
        Pending.of(session).settle()
        self._months = self._read(_month_sums(query, currency, merged(months))) if months else {}
        self._days = self._read(facts.day_sums(query, currency, merged(days))) if days else {}

    def of(self, period: Period) -> ByArticle:
        """Sums by article id over one of the periods."""
        months, pieces = split(period)
        dates = [piece.since + n * DAY for piece in pieces for n in range(piece.days)]
        total: ByArticle = defaultdict(int)
        for sums, keys in ((self._months, months), (self._days, dates)):
            for key in keys:
                for article_id, minor in sums.get(key, {}).items():
                    total[article_id] += minor
        return total

    def _read(self, statement: Select[*tuple[Any, ...]]) -> dict[datetime.date, ByArticle]:
        found: defaultdict[datetime.date, ByArticle] = defaultdict(dict)
        for article_id, date, minor in self._session.execute(statement):
            found[date][article_id] = int(minor)
        return found


def _month_sums(query: PnlQuery, currency: str, periods: Sequence[Period]) -> Select[*tuple[Any, ...]]:
    return (
        select(PnlMonth.article_id, PnlMonth.month, func.sum(PnlMonth.minor))
        .where(
            PnlMonth.basis == query.basis,
            PnlMonth.currency == currency,
            within(PnlMonth.month, periods),
            *narrowed(query, PnlMonth),
        )
        .group_by(PnlMonth.article_id, PnlMonth.month)
    )
