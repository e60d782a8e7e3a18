"""The owner's rules for money that is no client's payment: which article it belongs to. What a rule means is the matcher's business."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Literal, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.interfaces import IAuditLog, IClock
from cabinet_finsystem.articles import defaults
from cabinet_finsystem.articles.models import ArticleRule
from cabinet_finsystem.articles.values import NewRule, Rule, RuleEffect
from cabinet_finsystem.errors import ArticleError, ArticleNotFoundError
from cabinet_finsystem.interfaces import IArticleRules, IArticles
from cabinet_finsystem.statements.matching import expenses
from cabinet_finsystem.statements.matching.book import Line
from cabinet_finsystem.statements.matching.folding import fold
from cabinet_finsystem.texts import _

DIRECTIONS = ("in", "out", "any")
_TEXT = 200
_UNSAVED = 0  # id of a rule that is only tried
_INN_LENGTHS = (5, 10, 12)
_ACCOUNT_LENGTH = 15
_SHOWN = 20  # removed rules
_ASKED = select(ArticleRule).where(ArticleRule.removed_at.is_(None)).order_by(ArticleRule.position, ArticleRule.id)


@implementer(IArticleRules)
class ArticleRules:
    """The rules of this site, in the order in which they are asked."""

    def __init__(self, session: Session, clock: IClock, audit: IAuditLog, articles: IArticles) -> None:
        self._session = session
        self._clock = clock
        self._audit = audit
        self._articles = articles

    def all(self) -> list[Rule]:
        """Every rule, switched off ones too, the first to be asked first."""
        return rules_in_order(self._session)

    def by_public_id(self, public_id: Any, *, removed: bool = False) -> Rule:
        """One rule of those that are asked, or of the removed ones. ArticleNotFoundError."""
        row = self._session.scalar(select(ArticleRule).where(ArticleRule.public_id == public_id))
        if row is None or (row.removed_at is not None) != removed:
            raise _no_rule()
        return _rule(row)

    def removed(self) -> list[Rule]:
        """Rules that are asked no more, the latest removed first."""
        gone = select(ArticleRule).where(ArticleRule.removed_at.is_not(None))
        return [_rule(row) for row in self._session.scalars(gone.order_by(ArticleRule.removed_at.desc()).limit(_SHOWN))]

    def add(self, new: NewRule) -> Rule:
        """A new rule, asked last. ArticleError where it says nothing or contradicts itself."""
        values = self._checked(new)
        last = self._session.execute(select(func.coalesce(func.max(ArticleRule.position), -1))).scalar_one()
        row = ArticleRule(position=last + 1, created_at=self._clock.now(), **values)
        self._session.add(row)
        self._session.flush()
        self._record("added", row, after=values)
        return _rule(row)

    def change(self, rule_id: int, new: NewRule) -> Rule:
        """Other conditions in the same place. Lines that are booked stay where they are. ArticleError."""
        row, values = self._row(rule_id), self._checked(new)
        before = _values(_rule(row).conditions)
        if values != before:
            for name, value in values.items():
                setattr(row, name, value)
            self._session.flush()
            self._record("changed", row, before=before, after=values)
        return _rule(row)

    def remove(self, rule_id: int) -> None:
        """Ask it no more. It may be restored, and what it has sorted still tells by which rule."""
        row = self._row(rule_id)
        row.removed_at = self._clock.now()
        self._session.flush()
        self._record("removed", row, before=_values(_rule(row).conditions))

    def restore(self, rule_id: int) -> None:
        """Ask a removed rule again, where it stood. ArticleNotFoundError where there is no such one."""
        row = self._session.get(ArticleRule, rule_id)
        if row is None or row.removed_at is None:
            raise _no_rule()
        row.removed_at = None
        self._session.flush()
        self._record("restored", row, after=_values(_rule(row).conditions))

    def move(self, rule_id: int, position: int) -> None:
        """Make it rule number ``position``, from 0."""
        moved = self._row(rule_id)
        rows = [row for row in self._session.scalars(_ASKED) if row.id != rule_id]
        rows.insert(max(position, 0), moved)
        before = moved.position
        for place, row in enumerate(rows):
            row.position = place
        self._session.flush()
        self._record("moved", moved, before={"position": before}, after={"position": moved.position})

    def preview(self, lines: Sequence[Line], new: NewRule | None, *, replaces: int | None = None) -> list[RuleEffect]:
        """Which of ``lines`` would go elsewhere if ``new`` were added last, or stood in the place of rule ``replaces``; with ``new``
        None: if that rule were removed. Nothing is changed. ArticleError."""
        present = self.all()
        if replaces is not None and all(rule.id != replaces for rule in present):
            raise _no_rule()
        if new is None:
            return effects(lines, present, [rule for rule in present if rule.id != replaces])
        return effects(lines, present, self.planned(new, replaces=replaces)[0])

    def planned(self, new: NewRule, *, replaces: int | None = None) -> tuple[list[Rule], int]:
        """The rules as they would be asked with ``new`` last, or in the place of rule ``replaces``; and the id of ``new`` among them."""
        present, checked = self.all(), NewRule(**self._checked(new))
        if replaces is None:
            return [*present, Rule(_UNSAVED, uuid.uuid4(), len(present), checked)], _UNSAVED
        return [replace(rule, conditions=checked) if rule.id == replaces else rule for rule in present], replaces

    def _checked(self, new: NewRule) -> dict[str, Any]:
        """The columns of a rule, cleaned. ArticleError names the field."""
        purpose, counterparty = " ".join(new.purpose.split()), " ".join(new.counterparty.split())
        low, high = new.amount_from, new.amount_to
        if new.direction not in DIRECTIONS:
            raise ArticleError("rule_direction", _("Choose money in, money out or both."), {"field": "direction"})
        if not (fold(purpose).strip(" ,") or counterparty or low is not None or high is not None):
            raise ArticleError("rule_empty", _("Give the rule at least one condition."), {"field": "purpose"})
        if max(len(purpose), len(counterparty)) > _TEXT:
            raise ArticleError(
                "rule_long", _("Give a condition of up to ${n} letters.", mapping={"n": _TEXT}), {"field": "purpose"}
            )
        if min(low or 0, high or 0) < 0 or (low is not None and high is not None and low > high):
            raise ArticleError(
                "rule_amounts", _("The amounts run from the smaller to the greater."), {"field": "amount_to"}
            )
        article = self._articles.get(new.article_id)
        if article.archived or article.code == defaults.ADVANCES or article.parent_id is None:
            message = _("No rule can choose “${name}”.", mapping={"name": article.name})
            raise ArticleError("rule_article", message, {"field": "article"})
        return {**_values(new), "purpose": purpose, "counterparty": counterparty}

    def _row(self, rule_id: int) -> ArticleRule:
        row = self._session.get(ArticleRule, rule_id)
        if row is None or row.removed_at is not None:
            raise _no_rule()
        return row

    def _record(self, verb: str, row: ArticleRule, **facts: dict[str, Any]) -> None:
        for side, values in facts.items():
            if "article_id" in values:
                facts[side] = {**values, "article": self._articles.get(values["article_id"]).name}
        self._audit.record(
            f"finsystem.article_rule.{verb}", kind="article_rule", public_id=row.public_id, title=_title(row), **facts
        )


def rules_in_order(session: Session) -> list[Rule]:
    """All rules as they are asked."""
    return [_rule(row) for row in session.scalars(_ASKED)]


def effects(lines: Iterable[Line], before: Sequence[Rule], after: Sequence[Rule]) -> list[RuleEffect]:
    """Lines that go elsewhere by the rules ``after`` than by the rules ``before``."""
    was, will_be = _sorter(before), _sorter(after)
    found = (RuleEffect(line.position, was(line), will_be(line)) for line in lines)
    return [effect for effect in found if effect.before != effect.after]


def for_matching(rules: Iterable[Rule]) -> list[expenses.ArticleRule]:
    """``rules`` that are switched on, as the matcher reads them: what a person typed as counterparty is told by its form."""
    return [_for_matching(rule) for rule in rules if rule.conditions.active]


def _for_matching(rule: Rule) -> expenses.ArticleRule:
    conditions = rule.conditions
    digits = conditions.counterparty.replace(" ", "")
    is_inn = digits.isdigit() and len(digits) in _INN_LENGTHS
    is_account = len(digits) >= _ACCOUNT_LENGTH and digits[-10:].isdigit()
    return expenses.ArticleRule(
        id=rule.id,
        name=_title(conditions) or str(rule.position + 1),
        article_id=conditions.article_id,
        direction=cast("Literal['in', 'out', 'any']", conditions.direction),
        purpose_contains=tuple(part.strip() for part in conditions.purpose.split(",") if part.strip()),
        counterparty_inn=digits if is_inn else "",
        counterparty_account=digits if is_account else "",
        counterparty_name="" if is_inn or is_account else conditions.counterparty,
        min_minor=conditions.amount_from,
        max_minor=conditions.amount_to,
    )


def _sorter(rules: Sequence[Rule]) -> Callable[[Line], int | None]:
    matcher = expenses.Articles(for_matching(rules))

    def article_of(line: Line) -> int | None:
        rule = matcher.sort(line, fold(line.purpose)).rule
        return rule.article_id if rule is not None else None

    return article_of


def _values(conditions: NewRule) -> dict[str, Any]:
    return {name: getattr(conditions, name) for name in NewRule.__slots__}


def _rule(row: ArticleRule) -> Rule:
    return Rule(
        row.id, row.public_id, row.position, NewRule(**{name: getattr(row, name) for name in NewRule.__slots__})
    )


def _title(conditions: NewRule | ArticleRule) -> str:
    """What people call a rule by: its place changes, its words do not. Empty where it looks at amounts alone."""
    return ", ".join(filter(None, (conditions.purpose, conditions.counterparty)))


def _no_rule() -> ArticleNotFoundError:
    return ArticleNotFoundError("rule_not_found", _("There is no such rule."))


def article_rules_factory(_context: Any, request: Any) -> ArticleRules:
    """``IArticleRules`` of a request."""
    return ArticleRules(
        request.db, request.find_service(IClock), request.find_service(IAuditLog), request.find_service(IArticles)
    )
