"""The editor of an invoice, and what is asked before one is sent or voided."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from wtforms import EmailField, HiddenField, RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from cabinet.contracts.clients import ClientParty, Contract
from cabinet.contracts.money import exponent, to_decimal
from cabinet.contracts.parties import LegalEntity
from cabinet.web.forms import DateField, Form
from cabinet_finsystem.articles.values import ArticleNode
from cabinet_finsystem.forms.lined import LinedForm
from cabinet_finsystem.forms.lines import InvoiceLines, LineForm, offered_articles, rate_key
from cabinet_finsystem.invoicing import amounts
from cabinet_finsystem.invoicing.values import InvoiceData, LineData
from cabinet_finsystem.invoicing.vat_rates import rate_for, rates_on
from cabinet_finsystem.texts import _

INCLUDED, ON_TOP = "included", "on_top"
PAYMENT_DAYS = 5
_OFFERED = frozenset({"draft", "active"})


@dataclass(frozen=True, slots=True)
class Choices:
    """What the editor offers. ``clients``: by name, the chosen one among them; ``more``: there are others, found by typing.

    ``contracts``: of the chosen client; ``entities``: ours, the default one first; ``items``: public id → id of the items of the price
    list that stand in the lines.
    """

    clients: Sequence[ClientParty]
    more: bool
    contracts: Sequence[Contract]
    entities: Sequence[LegalEntity]
    articles: Sequence[ArticleNode]
    today: datetime.date
    items: Mapping[str, int] = field(default_factory=dict)


class InvoiceForm(LinedForm):
    """An invoice being written. ``key``: its public id to be, so that a form sent twice makes one invoice."""

    client = SelectField(_("Client"), [InputRequired()], choices=[])
    contract = SelectField(_("Contract"), choices=[])
    date = DateField(_("Date"), [InputRequired()])
    due = DateField(_("Pay by"))
    legal_entity = SelectField(_("Our side"), choices=[])
    currency = SelectField(_("Currency"), choices=[])
    vat = RadioField(_("Prices"), choices=[])
    text = StringField(_("What for"), [Length(max=500)], description=_("The client sees it beside the number"))
    key = HiddenField()
    terms = TextAreaField(_("Note for the client"), [Length(max=4000)], description=_("Printed on the invoice"))

    def __init__(self, request: Any, choices: Choices, stored: Mapping[str, Any] | None = None) -> None:
        entity = _chosen_entity(request, choices, stored)
        super().__init__(request, data=dict(stored) if stored else _fresh(choices, entity))
        self.offered = choices
        translate = request.localizer.translate
        self.client.choices = [
            SelectChoice("", translate(_("Choose a client"))),
            *(SelectChoice(party.public_id.hex, party.name) for party in choices.clients),
        ]
        self.contract.choices = [
            SelectChoice("", translate(_("Without a contract"))),
            *(SelectChoice(c.public_id.hex, contract_name(c)) for c in self._contracts(stored)),
        ]
        self.legal_entity.choices = [SelectChoice(e.public_id.hex, e.short_name) for e in choices.entities]
        currencies = currencies_of(choices.entities, entity, choices.contracts, stored)
        self.currency.choices = [SelectChoice(code, code) for code in currencies]
        self.vat.choices = [
            SelectChoice(INCLUDED, translate(_("with VAT"))),
            SelectChoice(ON_TOP, translate(_("VAT comes on top"))),
        ]
        day = self.date.data or choices.today
        usual = rate_for(Decimal(entity.vat_rate), day) if entity.vat_rate is not None else None
        self.lines = InvoiceLines(
            request,
            stored["lines"] if stored else (),
            currency=self.shown_currency,
            rates=rates_on(day),
            articles=offered_articles(choices.articles),
            default={"quantity": Decimal(1), "vat_rate": rate_key(usual)},
        )

    @property
    def shown_currency(self) -> str:
        """The currency of the figures on the page, also while nothing right was chosen."""
        code = self.currency.data or ""
        known = [choice.value for choice in self.currency.choices]
        return code if code in known else known[0]

    @property
    def vat_included(self) -> bool:
        """Whether the prices hold the VAT."""
        return bool(self.vat.data != ON_TOP)

    @property
    def party(self) -> ClientParty | None:
        """The chosen client."""
        return next((p for p in self.offered.clients if p.public_id.hex == self.client.data), None)

    @property
    def chosen_contract(self) -> Contract | None:
        """The chosen contract."""
        return next((c for c in self.offered.contracts if c.public_id.hex == self.contract.data), None)

    @property
    def public_id(self) -> uuid.UUID | None:
        """The id that the invoice will have; None where the form came without one."""
        try:
            return uuid.UUID(hex=self.key.data or "")
        except ValueError:
            return None

    @property
    def due_by_terms(self) -> datetime.date | None:
        """When it must be paid by the terms of the contract."""
        return due_by_terms(self.date.data, self.chosen_contract)

    def validate_due(self, field: Any) -> None:
        """Not before the date."""
        if field.data and self.date.data and field.data < self.date.data:
            raise ValidationError(self.request.localizer.translate(_("This is before the date of the invoice.")))

    def invoice_data(self) -> InvoiceData:
        """The invoice; the form must be right."""
        party, contract = self.party, self.chosen_contract
        assert party is not None
        entity = next((e for e in self.offered.entities if e.public_id.hex == self.legal_entity.data), None)
        article_ids = {node.public_id.hex: node.id for node in self.offered.articles}
        day: Any = self.date.data
        return InvoiceData(
            client_id=party.client_id,
            date=day,
            lines=tuple(line.data_of(article_ids, self.offered.items) for line in self.lines.filled),
            contract_id=contract.id if contract else None,
            legal_entity_id=entity.id if entity else None,
            due=self.due.data or self.due_by_terms,
            currency=self.shown_currency,
            vat_included=self.vat_included,
            text=(self.text.data or "").strip(),
            terms=(self.terms.data or "").replace("\r\n", "\n").strip(),
        )

    def _contracts(self, stored: Mapping[str, Any] | None) -> list[Contract]:
        """Contracts in force or being written; also the one that stands in the invoice."""
        keep = stored["contract"] if stored else ""
        return [c for c in self.offered.contracts if c.status in _OFFERED or c.public_id.hex == keep]


@dataclass(frozen=True, slots=True)
class Sums:
    """What the editor shows below the lines, in minor units. ``lines``: of each line, None while it cannot be counted.

    ``uncounted``: how many of those that somebody wrote in are missing from the totals.
    """

    lines: Sequence[int | None]
    rates: Sequence[amounts.RateTotal]
    net: int
    vat: int
    total: int
    uncounted: int


def sums_of(lines: Sequence[LineForm], *, vat_included: bool) -> Sums:
    """Count what can be counted of ``lines``."""
    figures = [line.figures(vat_included=vat_included) if line.filled else None for line in lines]
    counted = [
        (None if line.rate is None else int(line.rate.scaleb(2)), figure.net, figure.vat)
        for line, figure in zip(lines, figures, strict=True)
        if figure is not None
    ]
    totals = amounts.totals(figure for figure in figures if figure is not None)
    return Sums(
        lines=[figure.total if figure else None for figure in figures],
        rates=amounts.totals_by_rate(counted),
        net=totals.net,
        vat=totals.vat,
        total=totals.total,
        uncounted=sum(line.filled and figure is None for line, figure in zip(lines, figures, strict=True)),
    )


def stored_invoice(invoice: Any, choices: Choices) -> dict[str, Any]:
    """An Invoice as the fields of the editor want it."""
    articles = {node.id: node.public_id.hex for node in choices.articles}
    items = {item_id: key for key, item_id in choices.items.items()}
    contract = next((c for c in choices.contracts if c.id == invoice.contract_id), None)
    entity = next((e for e in choices.entities if e.id == invoice.legal_entity_id), None)
    client = next((p for p in choices.clients if p.client_id == invoice.client_id), None)
    first = invoice.lines[0].text[:500] if invoice.lines else ""
    return {
        "client": client.public_id.hex if client else "",
        "contract": contract.public_id.hex if contract else "",
        "date": invoice.date,
        "due": invoice.due,
        "legal_entity": entity.public_id.hex if entity else "",
        "currency": invoice.currency,
        "vat": INCLUDED if invoice.vat_included else ON_TOP,
        "text": "" if invoice.text == first else invoice.text,
        "terms": invoice.terms,
        "lines": [_stored_line(line, invoice.currency, articles, items) for line in invoice.lines],
    }


def item_line(item: Any, data: LineData, currency: str, articles: Sequence[ArticleNode]) -> dict[str, Any]:
    """An Item, as the line that it makes (``data``), for the fields of the editor."""
    return {
        "text": data.text,
        "quantity": short(data.quantity),
        "unit": data.unit,
        "price": to_decimal(data.price, currency),
        "vat_rate": rate_key(data.vat_rate),
        "article": next((node.public_id.hex for node in articles if node.id == data.article_id), ""),
        "item": item.public_id.hex,
    }


def _stored_line(line: Any, currency: str, articles: Mapping[int, str], items: Mapping[int, str]) -> dict[str, Any]:
    rate = None if line.vat_rate is None else Decimal(line.vat_rate).scaleb(-2)
    return {
        "text": line.text,
        "quantity": short(Decimal(line.quantity_milli).scaleb(-3)),
        "unit": line.unit,
        "price": to_decimal(line.price, currency),
        "discount": short(Decimal(line.discount).scaleb(-2)) if line.discount else None,
        "vat_rate": rate_key(rate),
        "article": articles.get(line.article_id, ""),
        "item": items.get(line.item_id, ""),
    }


def due_by_terms(day: datetime.date | None, contract: Contract | None) -> datetime.date | None:
    """When an invoice of ``day`` must be paid by the terms of ``contract``."""
    if day is None:
        return None
    days = contract.payment_days if contract else None
    return day + datetime.timedelta(PAYMENT_DAYS if days is None else days)


def contract_name(contract: Contract) -> str:
    """A contract in a list of choices."""
    return ", ".join(filter(None, (contract.number, contract.subject[:80])))


def _chosen_entity(request: Any, choices: Choices, stored: Mapping[str, Any] | None) -> LegalEntity:
    wanted = request.POST.get("legal_entity") if request.method == "POST" else stored["legal_entity"] if stored else ""
    return next((e for e in choices.entities if e.public_id.hex == wanted), choices.entities[0])


def _fresh(choices: Choices, entity: LegalEntity) -> dict[str, Any]:
    """A new invoice: today, from our default company, in its currency."""
    return {
        "date": choices.today,
        "due": due_by_terms(choices.today, None),
        "legal_entity": entity.public_id.hex,
        "currency": entity.currency,
        "vat": INCLUDED,
        "key": uuid.uuid4().hex,
    }


def currencies_of(
    entities: Sequence[LegalEntity],
    entity: LegalEntity,
    contracts: Sequence[Contract] = (),
    stored: Mapping[str, Any] | None = None,
) -> list[str]:
    """Currencies that we can be paid in, that of the invoice first."""
    known = [stored["currency"]] if stored else []
    known += [entity.currency, *(a.currency for e in entities for a in e.accounts)]
    known += [c.currency for c in contracts]
    return [code for code in dict.fromkeys(known) if _is_currency(code)]


def _is_currency(code: str) -> bool:
    try:
        exponent(code)
    except ValueError:
        return False
    return True


def short(value: Decimal) -> Decimal:
    """Without zeros behind the comma."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


class VoidForm(Form):
    """Why an invoice is voided."""

    reason = StringField(_("Why"), [InputRequired(), Length(max=500)], description=_("Stays in the history"))


class SendForm(Form):
    """A letter with the invoice."""

    to = EmailField(_("Send to"), [InputRequired(), Length(max=254)])
    subject = StringField(_("Subject"), [InputRequired(), Length(max=300)])
    message = TextAreaField(_("Message"), [Length(max=4000)])
