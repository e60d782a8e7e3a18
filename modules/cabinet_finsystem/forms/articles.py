"""Articles, and the rules that sort bank lines onto them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from cabinet.contracts.money import to_decimal, to_minor
from cabinet.web.forms import DecimalField, Form
from cabinet_finsystem.articles import defaults
from cabinet_finsystem.articles.values import ArticleNode, NewRule, Rule
from cabinet_finsystem.texts import _

_INDENT = "\u2003"


def offered(nodes: Sequence[ArticleNode]) -> list[SelectChoice]:
    """Articles as a list to choose from, those below shifted to the right."""
    return [SelectChoice(node.public_id.hex, _INDENT * node.depth + node.name) for node in nodes]


class ArticleForm(Form):
    """An article: its name and where it stands."""

    name = StringField(_("Name"), [InputRequired(), Length(max=200)])
    parent = SelectField(_("Stands under"), choices=[])

    def __init__(self, request: Any, parents: Sequence[ArticleNode], **kw: Any) -> None:
        super().__init__(request, **kw)
        self.parent.choices = offered(parents)
        self._parents = parents

    @property
    def parent_id(self) -> int:
        """Internal id of the chosen parent."""
        return next(node.id for node in self._parents if node.public_id.hex == self.parent.data)


class RuleForm(Form):
    """A rule: conditions and the article."""

    direction = SelectField(_("Which money"), choices=[])
    purpose = StringField(
        _("Words of the purpose"),
        [Length(max=200)],
        description=_("Any of several, parted by commas; from the beginning of a word."),
    )
    counterparty = StringField(
        _("Counterparty"), [Length(max=200)], description=_("A part of the name, an INN or an account number.")
    )
    amount_from = DecimalField(_("Amount from"))
    amount_to = DecimalField(_("Amount up to"))
    article = SelectField(_("Article"), [InputRequired()], choices=[])
    active = BooleanField(_("The rule is on"), default=True)

    def __init__(self, request: Any, articles: Sequence[ArticleNode], currency: str, rule: Rule | None = None) -> None:
        super().__init__(request, data=_stored(rule, articles, currency) if rule else None)
        translate = request.localizer.translate
        self._articles = [node for node in articles if may_be_chosen(node)]
        self._currency = currency
        self.direction.choices = [
            SelectChoice("out", translate(_("money out"))),
            SelectChoice("in", translate(_("money in"))),
            SelectChoice("any", translate(_("both"))),
        ]
        self.article.choices = [
            SelectChoice("", translate(_("Choose an article"))),
            *(SelectChoice(node.public_id.hex, " / ".join(node.path)) for node in self._articles),
        ]

    def validate_amount_from(self, field: Any) -> None:
        """With the decimals of the currency."""
        try:
            self._minor(field)
        except ValueError:
            text = _("Write an amount, for example 1,234.50.")
            raise ValidationError(self.request.localizer.translate(text)) from None

    validate_amount_to = validate_amount_from

    def conditions(self) -> NewRule:
        """What was written."""
        return NewRule(
            direction=self.direction.data,
            article_id=next(node.id for node in self._articles if node.public_id.hex == self.article.data),
            purpose=self.purpose.data or "",
            counterparty=self.counterparty.data or "",
            amount_from=self._minor(self.amount_from),
            amount_to=self._minor(self.amount_to),
            active=bool(self.active.data),
        )

    def _minor(self, field: Any) -> int | None:
        return None if field.data is None else to_minor(field.data, self._currency)


def may_be_chosen(node: ArticleNode) -> bool:
    """Whether a rule may put money there."""
    return node.parent_id is not None and not node.archived and node.code != defaults.ADVANCES


def _stored(rule: Rule, articles: Sequence[ArticleNode], currency: str) -> dict[str, Any]:
    conditions = rule.conditions
    chosen = next((node.public_id.hex for node in articles if node.id == conditions.article_id), "")
    amounts = {
        name: None if minor is None else to_decimal(minor, currency)
        for name, minor in (("amount_from", conditions.amount_from), ("amount_to", conditions.amount_to))
    }
    return {
        "direction": conditions.direction,
        "purpose": conditions.purpose,
        "counterparty": conditions.counterparty,
        "article": chosen,
        "active": conditions.active,
        **amounts,
    }
