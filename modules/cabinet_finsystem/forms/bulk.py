"""Issuing the same to many: whom, for what, by when."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from cabinet.contracts.parties import LegalEntity
from cabinet.web.forms import DateField
from cabinet_finsystem.articles.values import ArticleNode
from cabinet_finsystem.bulk.values import CONTRACT, RECURRING, TAG, TICKED, BulkData
from cabinet_finsystem.forms.invoice import INCLUDED, ON_TOP, currencies_of
from cabinet_finsystem.forms.lined import LinedForm
from cabinet_finsystem.forms.lines import InvoiceLines, offered_articles, rate_key
from cabinet_finsystem.invoicing.vat_rates import rate_for, rates_on
from cabinet_finsystem.texts import _

WHO = (
    (CONTRACT, _("All with a contract in force")),
    (RECURRING, _("All with a recurring service")),
    (TAG, _("All with a tag")),
    (TICKED, _("Those I tick")),
)


@dataclass(frozen=True, slots=True)
class BulkChoices:
    """What the form offers. ``services``: items of the price list that are billed by themselves; ``tags``; ``entities``: ours.

    ``items``: public id → id of the items in the lines; ``ticked``: public id → id of the clients that are ticked.
    """

    services: Sequence[Any]
    tags: Sequence[str]
    entities: Sequence[LegalEntity]
    articles: Sequence[ArticleNode]
    today: datetime.date
    items: Mapping[str, int]
    ticked: Mapping[str, int]


class BulkForm(LinedForm):
    """``key``: public id of the bulk issue to be, so that a form sent twice issues once; ``seen``: digest of the plan that was shown."""

    who = RadioField(_("Whom to bill"), [InputRequired()], choices=[])
    service = SelectField(_("Service"), choices=[], validate_choice=False)
    tag = SelectField(_("Tag"), choices=[], validate_choice=False)
    contracted = BooleanField(
        _("Only who has one contract in force"),
        description=_("Otherwise the invoice names no contract where there is none, or where there are several."),
    )
    date = DateField(_("Date"), [InputRequired()])
    due = DateField(_("Pay by"), description=_("Empty: by the terms of each contract, else in 5 days"))
    legal_entity = SelectField(_("Our side"), choices=[])
    currency = SelectField(_("Currency"), choices=[])
    vat = RadioField(_("Prices"), choices=[])
    text = StringField(_("What for"), [Length(max=500)], description=_("The client sees it beside the number"))
    terms = TextAreaField(_("Note for the client"), [Length(max=4000)], description=_("Printed on the invoice"))
    tell = BooleanField(_("Tell the clients of each"))
    key = HiddenField()
    seen = HiddenField()

    def __init__(self, request: Any, choices: BulkChoices, *, service: str = "") -> None:
        fresh = {
            "who": RECURRING if service else CONTRACT,
            "service": service,
            "legal_entity": "",
            "date": choices.today,
            "currency": choices.entities[0].currency,
            "vat": INCLUDED,
            "key": uuid.uuid4().hex,
        }
        super().__init__(request, data=fresh)
        self.offered = choices
        translate = request.localizer.translate
        missing = {name for name, found in ((RECURRING, choices.services), (TAG, choices.tags)) if not found}
        self.who.choices = [SelectChoice(name, translate(title)) for name, title in WHO if name not in missing]
        self.service.choices = [SelectChoice(item.public_id.hex, item.name) for item in choices.services]
        self.tag.choices = [SelectChoice(tag, tag) for tag in choices.tags]
        self.legal_entity.choices = [
            SelectChoice("", translate(_("As the contract of each says"))),
            *(SelectChoice(entity.public_id.hex, entity.short_name) for entity in choices.entities),
        ]
        self.currency.choices = [SelectChoice(c, c) for c in currencies_of(choices.entities, choices.entities[0])]
        self.vat.choices = [
            SelectChoice(INCLUDED, translate(_("with VAT"))),
            SelectChoice(ON_TOP, translate(_("VAT comes on top"))),
        ]
        day, usual = self.date.data or choices.today, choices.entities[0].vat_rate
        rate = None if usual is None else rate_for(Decimal(usual), day)
        self.lines = InvoiceLines(
            request,
            (),
            currency=self.shown_currency,
            rates=rates_on(day),
            articles=offered_articles(choices.articles),
            default={"quantity": Decimal(1), "vat_rate": rate_key(rate)},
        )

    @property
    def shown_currency(self) -> str:
        """The currency of the figures on the page, also while nothing right was chosen."""
        known = [choice.value for choice in self.currency.choices]
        code = self.currency.data or ""
        return code if code in known else str(known[0])

    @property
    def vat_included(self) -> bool:
        """Whether the prices hold the VAT."""
        return bool(self.vat.data != ON_TOP)

    @property
    def public_id(self) -> uuid.UUID:
        """The id that the bulk issue will have."""
        try:
            return uuid.UUID(hex=self.key.data or "")
        except ValueError:
            return uuid.uuid4()

    def validate_who(self, field: Any) -> None:
        """Somebody must be ticked where those are billed who are."""
        if field.data == TICKED and not self.offered.ticked:
            raise ValidationError(self.request.localizer.translate(_("Tick the clients first: find them by name.")))

    def validate_due(self, field: Any) -> None:
        """Not before the date."""
        if field.data and self.date.data and field.data < self.date.data:
            raise ValidationError(self.request.localizer.translate(_("This is before the date of the invoice.")))

    def bulk_data(self) -> BulkData:
        """What is asked; the form must be right."""
        chosen = next((item for item in self.offered.services if item.public_id.hex == self.service.data), None)
        entity = next((e for e in self.offered.entities if e.public_id.hex == self.legal_entity.data), None)
        article_ids = {node.public_id.hex: node.id for node in self.offered.articles}
        day: Any = self.date.data
        return BulkData(
            who=self.who.data,
            date=day,
            lines=tuple(line.data_of(article_ids, self.offered.items) for line in self.lines.filled),
            currency=self.shown_currency,
            item_id=chosen.id if chosen is not None and self.who.data == RECURRING else None,
            client_ids=tuple(sorted(self.offered.ticked.values())) if self.who.data == TICKED else (),
            tag=(self.tag.data or "") if self.who.data == TAG else "",
            due=self.due.data,
            legal_entity_id=entity.id if entity else None,
            vat_included=self.vat_included,
            text=(self.text.data or "").strip(),
            terms=(self.terms.data or "").replace("\r\n", "\n").strip(),
            contracted=bool(self.contracted.data),
            tell=bool(self.tell.data),
        )
