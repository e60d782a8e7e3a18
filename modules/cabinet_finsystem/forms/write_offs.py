"""The rule of writing small differences off in one currency."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, IntegerField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional

from cabinet.contracts.money import Money
from cabinet.web.forms import Form, MoneyField
from cabinet_finsystem.articles.values import ArticleNode
from cabinet_finsystem.texts import _
from cabinet_finsystem.write_offs.services import may_take
from cabinet_finsystem.write_offs.values import MOST_DAYS, RuleData


class RuleForm(Form):
    """What may be missing, what may be too much, and how much of one client in a month."""

    short_most = MoneyField(_("Write off a rest of at most"), [InputRequired()])
    short_article = SelectField(_("Article of the rest"), choices=[])
    short_by_itself = BooleanField(_("By itself, when a payment leaves no more than that"))
    short_days = IntegerField(_("Days to wait after the payment"), [InputRequired(), NumberRange(0, MOST_DAYS)])
    over_most = MoneyField(_("Keep an over-payment of at most"), [Optional()])
    over_article = SelectField(_("Article of the over-payment"), choices=[])
    over_by_itself = BooleanField(_("By itself, when the client owes nothing else"))
    month_most = MoneyField(_("Of one client in a month at most"), [Optional()])

    def __init__(self, request: Any, currency: str, articles: Sequence[ArticleNode], data: RuleData) -> None:
        super().__init__(request, data=_stored(data, articles, currency))
        self._articles = [node for node in articles if may_take(node)]
        for field in (self.short_most, self.over_most, self.month_most):
            field.currency = currency
        for field in (self.short_article, self.over_article):
            field.choices = [SelectChoice(node.public_id.hex, " / ".join(node.path)) for node in self._articles]

    def rule_data(self) -> RuleData:
        """What was written; the form must be right."""
        return RuleData(
            short_most=_minor(self.short_most) or 0,
            short_article_id=self._article(self.short_article),
            short_by_itself=bool(self.short_by_itself.data),
            short_days=self.short_days.data,
            over_most=_minor(self.over_most) or 0,
            over_article_id=self._article(self.over_article),
            over_by_itself=bool(self.over_by_itself.data),
            month_most=_minor(self.month_most),
        )

    def _article(self, field: Any) -> int:
        return next(node.id for node in self._articles if node.public_id.hex == field.data)


def _minor(field: Any) -> int | None:
    return None if field.data is None else int(field.data.minor)


def _stored(data: RuleData, articles: Sequence[ArticleNode], currency: str) -> dict[str, Any]:
    keys = {node.id: node.public_id.hex for node in articles}
    return {
        **data.to_json(),
        "short_most": Money(data.short_most, currency) if data.short_most else None,
        "over_most": Money(data.over_most, currency) if data.over_most else None,
        "month_most": Money(data.month_most, currency) if data.month_most is not None else None,
        "short_article": keys.get(data.short_article_id, ""),
        "over_article": keys.get(data.over_article_id, ""),
    }
