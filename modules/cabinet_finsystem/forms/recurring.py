"""A recurring service, another price of it, a pause."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from wtforms import BooleanField, HiddenField, IntegerField, RadioField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange
from wtforms.validators import Optional as MayBeEmpty

from cabinet.contracts.money import to_minor
from cabinet.web.forms import DateField, DecimalField, Form
from cabinet_finsystem.articles.values import ArticleNode
from cabinet_finsystem.forms.items import INCLUDED, ON_TOP
from cabinet_finsystem.forms.lines import NO_VAT, offered_articles, rate_key
from cabinet_finsystem.recurring.periods import AFTER, BEFORE, MONTH, QUARTER, WITHIN, YEAR
from cabinet_finsystem.recurring.values import ServiceData
from cabinet_finsystem.texts import _

PERIODS = {MONTH: _("every month"), QUARTER: _("every quarter"), YEAR: _("every year")}
BILLED = {
    BEFORE: _("in the month before the period"),
    WITHIN: _("in the first month of the period"),
    AFTER: _("in the month after the period"),
}


@dataclass(frozen=True, slots=True)
class ServiceChoices:
    """What the form offers. ``items``: of the price list, in the currency of the contract."""

    items: Sequence[Any]
    articles: Sequence[ArticleNode]
    rates: Sequence[Decimal]
    usual_rate: Decimal | None
    currency: str


class ServiceForm(Form):
    """A service. ``key``: its public id to be, so that a form sent twice makes one."""

    item = SelectField(_("From the price list"), choices=[])
    text = StringField(
        _("What for"), [Length(max=900)], description=_("Empty: as the item is called. The period is added.")
    )
    quantity = DecimalField(_("Quantity"), [InputRequired()])
    unit = StringField(_("Unit"), [Length(max=40)])
    price = DecimalField(_("Price"), description=_("Empty: as the price list says on the day of the bill"))
    discount = DecimalField(_("Discount, %"))
    vat_rate = SelectField(_("VAT, %"), choices=[])
    vat = RadioField(_("The price is"), choices=[])
    article = SelectField(_("Article"), choices=[])
    period = SelectField(_("Billed"), choices=[])
    billed = SelectField(_("When"), choices=[])
    day = IntegerField(
        _("On day"), [InputRequired(), NumberRange(1, 31)], description=_("Of that month; 31 is its last day")
    )
    starts = DateField(_("From"), [InputRequired()], description=_("A part of a period is billed by its days"))
    ends = DateField(_("Until"), description=_("Empty: until you end it"))
    payment_days = IntegerField(
        _("Days to pay"), [MayBeEmpty(), NumberRange(0, 365)], description=_("Empty: as the contract says")
    )
    issues = BooleanField(
        _("Issue the invoice by itself"), description=_("Else a draft is left, and you look it through")
    )
    with_act = BooleanField(_("Issue the act at the end of the period"))
    key = HiddenField()

    def __init__(self, request: Any, offered: ServiceChoices, service: Any = None, **kw: Any) -> None:
        super().__init__(request, data=_stored(service, offered) if service else _fresh(offered), **kw)
        translate = request.localizer.translate
        self.offered = offered
        self.item.choices = [
            SelectChoice("", translate(_("not from the price list"))),
            *(SelectChoice(item.public_id.hex, _named(request, item)) for item in offered.items),
        ]
        rates = dict.fromkeys(
            [*offered.rates, *([Decimal(self.vat_rate.data)] if _is_rate(self.vat_rate.data) else [])]
        )
        self.vat_rate.choices = [
            *(SelectChoice(rate_key(rate), request.fmt.typed(rate.normalize())) for rate in rates),
            SelectChoice(NO_VAT, translate(_("no VAT"))),
        ]
        self.vat.choices = [
            SelectChoice(INCLUDED, translate(_("with VAT"))),
            SelectChoice(ON_TOP, translate(_("VAT comes on top"))),
        ]
        self.article.choices = [
            SelectChoice("", translate(_("as of the item, else Sales"))),
            *(SelectChoice(key, name) for key, name in offered_articles(offered.articles)),
        ]
        self.period.choices = [SelectChoice(key, translate(title)) for key, title in PERIODS.items()]
        self.billed.choices = [SelectChoice(key, translate(title)) for key, title in BILLED.items()]

    def validate_price(self, field: Any) -> None:
        """With the decimals of the currency; empty only where the price list has one."""
        translate = self.request.localizer.translate
        if field.data is None:
            if not self.item.data and "starts" in self:
                raise ValidationError(translate(_("Write the price.")))
        elif minor_of(field.data, self.offered.currency) is None:
            raise ValidationError(translate(_("The price cannot be so.")))

    @property
    def public_id(self) -> uuid.UUID | None:
        """The id that the service will have."""
        try:
            return uuid.UUID(hex=self.key.data or "")
        except ValueError:
            return None

    def service_data(self, contract_id: int, starts: datetime.date | None = None) -> ServiceData:
        """The service; the form must be right. ``starts``: where the form does not ask for it."""
        item = next((one for one in self.offered.items if one.public_id.hex == self.item.data), None)
        price = self.price.data if "price" in self else None
        quantity: Any = self.quantity.data
        first: Any = starts or self.starts.data
        return ServiceData(
            contract_id=contract_id,
            starts=first,
            text=self.text.data or "",
            item_id=item.id if item else None,
            price=None if price is None else to_minor(price, self.offered.currency),
            quantity=quantity,
            unit=self.unit.data or "",
            discount=self.discount.data or Decimal(0),
            vat_rate=None if self.vat_rate.data == NO_VAT else Decimal(self.vat_rate.data),
            vat_included=self.vat.data != ON_TOP,
            article_id=next((n.id for n in self.offered.articles if n.public_id.hex == self.article.data), None),
            period=self.period.data,
            billed=self.billed.data,
            day=self.day.data or 1,
            ends=self.ends.data,
            payment_days=self.payment_days.data,
            issues=bool(self.issues.data),
            with_act=bool(self.with_act.data),
        )


class SinceForm(Form):
    """From which day on."""

    since = DateField(_("From"), [InputRequired()])


class PriceForm(SinceForm):
    """Another price from a day on. Empty: as the price list says."""

    price = DecimalField(_("Price"))

    def __init__(self, request: Any, currency: str, **kw: Any) -> None:
        super().__init__(request, **kw)
        self._currency = currency

    def validate_price(self, field: Any) -> None:
        """With the decimals of the currency."""
        if field.data is not None and minor_of(field.data, self._currency) is None:
            raise ValidationError(self.request.localizer.translate(_("The price cannot be so.")))

    @property
    def minor(self) -> int | None:
        """The price in minor units; None: as the price list says."""
        return None if self.price.data is None else minor_of(self.price.data, self._currency)


def minor_of(price: Decimal, currency: str) -> int | None:
    """A price in minor units; None where it cannot be one."""
    try:
        return to_minor(price, currency) if price > 0 else None
    except ValueError:
        return None


def _fresh(offered: ServiceChoices) -> dict[str, Any]:
    return {
        "quantity": Decimal(1),
        "vat_rate": rate_key(offered.usual_rate),
        "vat": INCLUDED,
        "period": MONTH,
        "billed": WITHIN,
        "day": 1,
        "key": uuid.uuid4().hex,
    }


def _stored(service: Any, offered: ServiceChoices) -> dict[str, Any]:
    quantity, discount = Decimal(service.quantity_milli).scaleb(-3), Decimal(service.discount).scaleb(-2)
    return {
        "item": next((item.public_id.hex for item in offered.items if item.id == service.item_id), ""),
        "text": service.text,
        "quantity": quantity.to_integral_value() if quantity == quantity.to_integral_value() else quantity.normalize(),
        "unit": service.unit,
        "discount": discount.normalize() if discount else None,
        "vat_rate": rate_key(None if service.vat_rate is None else Decimal(service.vat_rate).scaleb(-2)),
        "vat": INCLUDED if service.vat_included else ON_TOP,
        "article": next((n.public_id.hex for n in offered.articles if n.id == service.article_id), ""),
        "period": service.period,
        "billed": service.billed,
        "day": service.day,
        "ends": service.ends,
        "payment_days": service.payment_days,
        "issues": service.issues,
        "with_act": service.with_act,
    }


def _named(request: Any, item: Any) -> str:
    return f"{item.name[:80]} · {request.fmt.amount(item.price, item.currency)}"


def _is_rate(text: str | None) -> bool:
    return bool(text) and text != NO_VAT and str(text).replace(".", "", 1).isdecimal()
