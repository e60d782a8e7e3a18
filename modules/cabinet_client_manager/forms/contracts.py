"""Terms of a contract."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from wtforms import SelectField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from cabinet.contracts.money import Money
from cabinet.contracts.parties import LegalEntity
from cabinet.web.forms import DateField, DecimalField, Form, MoneyField
from cabinet_client_manager.forms.fields import is_currency, refuse_no_currency, text_field
from cabinet_client_manager.interfaces import ContractFacts
from cabinet_client_manager.texts import _


class ContractForm(Form):
    """Terms of a contract."""

    number = text_field(_("Number"), 60, InputRequired())
    date = DateField(_("Date"), [InputRequired()])
    valid_to = DateField(_("In force until"), description=_("Empty: without end"))
    kind = text_field(_("Kind of contract"), 60, description=_("Service, rent, delivery: in your own words"))
    subject = text_field(_("Subject"), 500)
    amount = MoneyField(_("Amount"))
    currency = text_field(_("Currency"), 3, InputRequired(), default="RUB")
    payment_days = DecimalField(_("Days to pay"), description=_("From the date of an invoice to its due date"))
    charges = SelectField(_("What charges the client"), choices=[])
    legal_entity = SelectField(_("Our side"), choices=[])

    def __init__(self, request: Any, entities: Sequence[LegalEntity], facts: ContractFacts | None = None) -> None:
        super().__init__(request, data=_contract_data(facts, entities) if facts else None)
        translate = request.localizer.translate
        self.charges.choices = [
            SelectChoice(key, translate(title))
            for key, title in (
                ("", _("as for our company")),
                ("invoice", _("the invoice")),
                ("act", _("the act")),
            )
        ]
        self.legal_entity.choices = [SelectChoice(entity.public_id.hex, entity.short_name) for entity in entities]
        self._entities = {entity.public_id.hex: entity.id for entity in entities}

    def process(self, formdata: Any = None, obj: Any = None, data: Any = None, **kw: Any) -> None:
        """Read what was sent. How an amount is read depends on the currency, which stands behind it in the form."""
        typed = str((formdata or data or {}).get("currency") or "").strip().upper()
        self.amount.currency = typed if is_currency(typed) else "RUB"
        super().process(formdata, obj, data, **kw)

    validate_currency = refuse_no_currency

    def validate_payment_days(self, field: Any) -> None:
        """A whole number of days."""
        if field.data is not None and (field.data != int(field.data) or field.data < 0):
            raise ValidationError(self.request.localizer.translate(_("Write a number of days, for example 10.")))

    def facts(self) -> ContractFacts:
        """The contract."""
        amount = self.amount.data
        assert self.date.data is not None
        return ContractFacts(
            number=self.number.data,
            date=self.date.data,
            valid_to=self.valid_to.data,
            kind=self.kind.data or "",
            subject=self.subject.data or "",
            amount=amount.minor if amount is not None else None,
            currency=self.currency.data.strip().upper(),
            charges=self.charges.data,
            payment_days=int(self.payment_days.data) if self.payment_days.data is not None else None,
            legal_entity_id=self._entities.get(self.legal_entity.data),
        )


def _contract_data(facts: ContractFacts, entities: Sequence[LegalEntity]) -> dict[str, Any]:
    values = {name: getattr(facts, name) for name in ContractFacts.__dataclass_fields__}
    values["amount"] = None if facts.amount is None else Money(facts.amount, facts.currency)
    values["payment_days"] = None if facts.payment_days is None else Decimal(facts.payment_days)
    chosen = next((e for e in entities if e.id == facts.legal_entity_id), entities[0] if entities else None)
    return {**values, "legal_entity": chosen.public_id.hex if chosen else ""}
