"""An item of the price list."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from wtforms import RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from cabinet.contracts.money import to_decimal, to_minor
from cabinet.contracts.parties import LegalEntity
from cabinet.web.forms import DecimalField, Form
from cabinet_finsystem.articles.values import ArticleNode
from cabinet_finsystem.forms.lines import NO_VAT, offered_articles, rate_key
from cabinet_finsystem.items.models import GOODS, SERVICE
from cabinet_finsystem.items.values import ItemData
from cabinet_finsystem.texts import _

INCLUDED, ON_TOP = "included", "on_top"
KIND_TITLES = {SERVICE: _("service"), GOODS: _("goods")}


class ItemForm(Form):
    """What is sold, and at which price."""

    name = TextAreaField(
        _("Name"), [InputRequired(), Length(max=1000)], description=_("As it will stand in invoices and acts")
    )
    code = StringField(_("Code"), [Length(max=40)], description=_("Yours, to find it by"))
    kind = RadioField(_("What it is"), choices=[])
    unit = StringField(_("Unit"), [Length(max=40)])
    price = DecimalField(_("Price"), [InputRequired()])
    currency = SelectField(_("Currency"), choices=[])
    vat_rate = SelectField(_("VAT, %"), choices=[])
    vat = RadioField(_("The price is"), choices=[])
    article = SelectField(_("Article"), choices=[])

    def __init__(
        self,
        request: Any,
        *,
        articles: Sequence[ArticleNode],
        entities: Sequence[LegalEntity],
        rates: Sequence[Decimal],
        item: Any = None,
    ) -> None:
        entity = entities[0]
        offered = offered_articles(articles)
        super().__init__(request, data=_stored(item, articles) if item else _fresh(entity, rates, offered))
        translate = request.localizer.translate
        self._articles = articles
        self.kind.choices = [SelectChoice(kind, translate(title)) for kind, title in KIND_TITLES.items()]
        known = [item.currency] if item else []
        known += [entity.currency, *(account.currency for e in entities for account in e.accounts)]
        self.currency.choices = [SelectChoice(code, code) for code in dict.fromkeys(known)]
        own = [Decimal(item.vat_rate).scaleb(-2)] if item and item.vat_rate is not None else []
        self.vat_rate.choices = [
            *(SelectChoice(rate_key(r), request.fmt.typed(r.normalize())) for r in dict.fromkeys([*rates, *own])),
            SelectChoice(NO_VAT, translate(_("no VAT"))),
        ]
        self.vat.choices = [
            SelectChoice(INCLUDED, translate(_("with VAT"))),
            SelectChoice(ON_TOP, translate(_("VAT comes on top"))),
        ]
        self.article.choices = [SelectChoice(key, name) for key, name in offered]

    def validate_price(self, field: Any) -> None:
        """With the decimals of the currency."""
        if field.data is not None and self._minor() is None:
            raise ValidationError(self.request.localizer.translate(_("The price cannot be so.")))

    def _minor(self) -> int | None:
        price: Any = self.price.data
        try:
            return to_minor(price, self.currency.data) if price >= 0 else None
        except ValueError:
            return None

    def item_data(self) -> ItemData:
        """The item; the form must be right."""
        minor = self._minor()
        assert minor is not None
        return ItemData(
            name=self.name.data or "",
            kind=self.kind.data,
            price=minor,
            currency=self.currency.data,
            code=self.code.data or "",
            unit=self.unit.data or "",
            vat_rate=None if self.vat_rate.data == NO_VAT else Decimal(self.vat_rate.data),
            vat_included=self.vat.data != ON_TOP,
            article_id=next((node.id for node in self._articles if node.public_id.hex == self.article.data), None),
        )


def _fresh(entity: LegalEntity, rates: Sequence[Decimal], articles: Sequence[tuple[str, str]]) -> dict[str, Any]:
    usual = rates[0] if entity.vat_rate is not None and rates else None
    return {
        "kind": SERVICE,
        "currency": entity.currency,
        "vat_rate": rate_key(usual),
        "vat": INCLUDED,
        "article": articles[0][0] if articles else "",
    }


def _stored(item: Any, articles: Sequence[ArticleNode]) -> dict[str, Any]:
    return {
        "name": item.name,
        "code": item.code or "",
        "kind": item.kind,
        "unit": item.unit,
        "price": to_decimal(item.price, item.currency),
        "currency": item.currency,
        "vat_rate": rate_key(None if item.vat_rate is None else Decimal(item.vat_rate).scaleb(-2)),
        "vat": INCLUDED if item.vat_included else ON_TOP,
        "article": next((node.public_id.hex for node in articles if node.id == item.article_id), ""),
    }
