"""Article rules tried on lines that are past: what a rule has sorted, and what one would have caught that is not saved yet."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload
from zope.interface import implementer

from cabinet_finsystem.articles.rules import for_matching
from cabinet_finsystem.articles.values import NewRule
from cabinet_finsystem.interfaces import IArticleRules, IRuleTrials
from cabinet_finsystem.statements.knowledge import as_matched
from cabinet_finsystem.statements.matching.expenses import Articles
from cabinet_finsystem.statements.matching.folding import fold
from cabinet_finsystem.statements.models import TAKEN_BACK, StatementLine
from cabinet_finsystem.statements.splitting import SPLIT

LOOKED_AT = 5_000
"""The latest lines that a rule is tried on: a year of most firms, and a moment of work."""
SHOWN = 10
_SORTED = "article-"


@dataclass(frozen=True, slots=True)
class TriedLine:
    """A line that a rule would have caught. ``article_id``: where it is now; None: nowhere."""

    public_id: uuid.UUID
    date: datetime.date
    name: str
    purpose: str
    minor: int
    currency: str
    article_id: int | None


@dataclass(frozen=True, slots=True)
class RuleTrial:
    """What a rule would have done. ``looked``: lines it was tried on; ``caught``: how many it would have sorted, ``elsewhere`` of
    which are on another article now; ``lines``: the latest of them."""

    looked: int
    caught: int
    elsewhere: int
    lines: Sequence[TriedLine]


@implementer(IRuleTrials)
class RuleTrials:
    """Reads only."""

    def __init__(self, session: Session, rules: IArticleRules) -> None:
        self._session = session
        self._rules = rules

    def sorted_lines(self) -> dict[int, int]:
        """Rule id → how many lines stand where it put them; one query."""
        rows = self._session.execute(
            select(StatementLine.rule, func.count())
            .where(StatementLine.rule.like(f"{_SORTED}%"), StatementLine.state == "applied")
            .group_by(StatementLine.rule)
        )
        return {int(rule.removeprefix(_SORTED)): count for rule, count in rows}

    def try_on(self, new: NewRule, *, replaces: int | None = None) -> RuleTrial:
        """Try ``new`` (last, or in the place of rule ``replaces``) on the latest lines that are no client's money. ArticleError."""
        planned, tried_id = self._rules.planned(new, replaces=replaces)
        matcher = Articles(for_matching(planned))
        looked = caught = elsewhere = 0
        shown: list[TriedLine] = []
        for line in self._past():
            looked += 1
            found = matcher.sort(as_matched(line, line.statement), fold(line.purpose)).rule
            if found is None or found.id != tried_id:
                continue
            caught += 1
            elsewhere += line.article_id is not None and line.article_id != new.article_id
            if len(shown) < SHOWN:
                shown.append(_tried(line))
        return RuleTrial(looked, caught, elsewhere, shown)

    def _past(self) -> Sequence[StatementLine]:
        """The latest lines with an amount that are neither a client's payment nor a transfer of our own."""
        return list(
            self._session.scalars(
                select(StatementLine)
                .options(joinedload(StatementLine.statement))
                .where(
                    StatementLine.state.not_in(("invalid", TAKEN_BACK)),
                    StatementLine.client_id.is_(None),
                    StatementLine.kind.not_in(("own_transfer", SPLIT)),
                    StatementLine.minor != 0,
                )
                .order_by(StatementLine.booking_date.desc(), StatementLine.id.desc())
                .limit(LOOKED_AT)
            )
        )


def _tried(line: StatementLine) -> TriedLine:
    assert line.minor is not None
    assert line.booking_date is not None
    return TriedLine(
        line.public_id,
        line.booking_date,
        line.counterparty_name,
        line.purpose,
        line.minor,
        line.currency,
        line.article_id if line.state == "applied" else None,
    )


def rule_trials_factory(_context: Any, request: Any) -> RuleTrials:
    """``IRuleTrials`` of a request."""
    return RuleTrials(request.db, request.find_service(IArticleRules))
