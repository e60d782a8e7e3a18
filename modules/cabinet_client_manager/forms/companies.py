"""A company of ours."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from wtforms import FileField, PasswordField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from cabinet.contracts.parties import LegalEntity
from cabinet.requisites import check_kpp, check_ogrn
from cabinet.web.forms import DecimalField, Form
from cabinet_client_manager.forms.accounts import AccountLines, OurAccountForm
from cabinet_client_manager.forms.fields import Address, Checked, refuse_no_currency, text_field
from cabinet_client_manager.interfaces import BankAccountFacts, EntityFacts
from cabinet_client_manager.services import checks
from cabinet_client_manager.texts import _


class EntityForm(Form):
    """A company of ours: requisites, who signs, how it charges and numbers, its pictures."""

    name = text_field(_("Full legal name"), 300, InputRequired(), description=_("As documents print it"))
    short_name = text_field(_("Short name"), 200, description=_("For example, ООО «Линия тепла»"))
    inn = text_field(_("INN"), 20, Checked(checks.check_inn_of_any))
    kpp = text_field(_("KPP"), 15, Checked(check_kpp), description=_("Sole proprietors have none"))
    ogrn = text_field(_("OGRN or OGRNIP"), 20, Checked(check_ogrn))
    address = text_field(_("Registered address"), 500)
    phone = text_field(_("Phone"), 100)
    email = text_field(_("E-mail"), 254, Address())
    director_post = text_field(_("Signatory’s position"), 200)
    director_name = text_field(_("Signatory’s name"), 200)
    accountant_name = text_field(_("Chief accountant"), 200)
    vat_rate = DecimalField(_("Usual VAT rate, %"), description=_("Empty: without VAT"))
    charges = SelectField(_("What charges clients"), choices=[])
    invoice_number_pattern = text_field(
        _("Numbers of invoices"),
        40,
        InputRequired(),
        description=_("{n:05} is the number with its zeros, {year} and {yy} the year"),
    )
    currency = text_field(_("Currency of documents"), 3, InputRequired(), default="RUB")
    logo = FileField(_("Logo"))
    stamp = FileField(_("Stamp"))
    signature = FileField(_("Signature"))
    own_password = PasswordField(
        _("Your own password"),
        [Length(max=1024)],
        description=_("Only for a change of bank accounts: it decides where clients pay"),
    )

    def __init__(self, request: Any, entity: LegalEntity | None = None, pattern: str = "") -> None:
        super().__init__(request, data=_entity_data(entity) if entity else {"invoice_number_pattern": pattern})
        translate = request.localizer.translate
        self.charges.choices = [
            SelectChoice("invoice", translate(_("the invoice, on its date"))),
            SelectChoice("act", translate(_("the act, on its date"))),
        ]
        self.accounts = AccountLines(request, OurAccountForm, entity.accounts if entity else ())

    def right(self) -> bool:
        """All of it."""
        own = super().right()
        return self.accounts.validate() and own

    def problems(self) -> list[tuple[str, str, str]]:
        """Those of the accounts stand among them."""
        return [*super().problems(), *self.accounts.problems()]

    validate_currency = refuse_no_currency

    def validate_vat_rate(self, field: Any) -> None:
        """Per cent."""
        if field.data is not None and not 0 <= field.data < 100:
            raise ValidationError(self.request.localizer.translate(_("Write a rate in per cent, for example 22.")))

    def pictures(self) -> dict[str, tuple[bytes, str]]:
        """which → (content, name) of the pictures that were sent."""
        sent = {name: self.request.POST.get(name) for name in ("logo", "stamp", "signature")}
        return {name: (f.file.read(), f.filename) for name, f in sent.items() if getattr(f, "filename", "")}

    def facts(self) -> EntityFacts:
        """The company."""
        rate = self.vat_rate.data
        texts = (
            "name",
            "short_name",
            "inn",
            "kpp",
            "ogrn",
            "address",
            "phone",
            "email",
            "director_name",
            "director_post",
            "accountant_name",
        )
        return EntityFacts(
            **{name: (self[name].data or "").strip() for name in texts},
            charges=self.charges.data,
            vat_rate=None if rate is None else f"{rate.normalize():f}",
            invoice_number_pattern=self.invoice_number_pattern.data.strip(),
            currency=self.currency.data.strip().upper(),
        )

    def account_facts(self) -> list[BankAccountFacts]:
        """Its accounts; the one whose button was chosen, else the first, is printed on documents."""
        return [line.our_facts(is_default=line.index == self.accounts.chosen) for line in self.accounts.filled]


def _entity_data(entity: LegalEntity) -> dict[str, Any]:
    values = {name: getattr(entity, name) for name in EntityFacts.__dataclass_fields__}
    values["short_name"] = "" if entity.short_name == entity.name else entity.short_name
    values["vat_rate"] = None if entity.vat_rate is None else Decimal(entity.vat_rate)
    return values
