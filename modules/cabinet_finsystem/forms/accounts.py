"""Accounts that a refused statement names, about to become ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from cabinet.contracts.parties import ILegalEntities, LegalEntity
from cabinet.web.forms import Form
from cabinet.web.proving import Proof
from cabinet_finsystem.texts import _


class NewAccountForm(Form):
    """One of them. ``said``: what the file says of it (number, currency, name, inn, bic, bank, correspondent_account)."""

    legal_entity = SelectField(_("Whose account it is"), choices=[])
    currency = StringField(_("Currency"), [InputRequired(), Length(max=3)])
    bic = StringField(_("BIC"), [Length(max=15)])
    bank_name = StringField(_("Bank"), [Length(max=200)])
    correspondent_account = StringField(_("Correspondent account"), [Length(max=25)])

    def __init__(
        self, request: Any, said: Mapping[str, str], entities: Sequence[LegalEntity], position: int, formdata: Any
    ) -> None:
        told = {
            "legal_entity": _holder(said, entities).public_id.hex,
            "currency": said["currency"],
            "bic": said["bic"],
            "bank_name": said["bank"],
            "correspondent_account": said["correspondent_account"],
        }
        super().__init__(request, formdata, prefix=f"accounts-{position}-", data=told)
        self.said = said
        self._entities = entities
        self.legal_entity.choices = [SelectChoice(entity.public_id.hex, entity.short_name) for entity in entities]

    @property
    def stranger(self) -> str:
        """The holder that the file names where his INN is none of ours: most likely the file is somebody else's. Empty otherwise."""
        known = {entity.inn for entity in self._entities if entity.inn}
        return self.said["name"] if self.said["inn"] and known and self.said["inn"] not in known else ""

    def validate_currency(self, field: Any) -> None:
        """The account is kept in what the file is counted in, else the file could not be taken."""
        if field.data.strip().upper() != self.said["currency"]:
            text = _("The file is counted in ${currency}.", mapping={"currency": self.said["currency"]})
            raise ValidationError(self.request.localizer.translate(text))

    def register(self, entities: ILegalEntities) -> None:
        """Make it an account of ours. What its check refuses is kept beside the field."""
        chosen = next(entity for entity in self._entities if entity.public_id.hex == self.legal_entity.data)
        entities.register_account(
            self.said["number"],
            self.said["currency"],
            bic=self.bic.data or "",
            bank_name=" ".join((self.bank_name.data or "").split()),
            correspondent_account=self.correspondent_account.data or "",
            legal_entity_id=chosen.id,
        )


class NewAccounts:
    """The accounts of a refused file that are still not ours."""

    def __init__(self, request: Any, problem: Mapping[str, Any], *, sent: bool = False) -> None:
        entities = request.find_service(ILegalEntities)
        said = problem["details"].get("accounts", ())
        self.proof = Proof(request, request.POST if sent else None)
        self.forms = [
            NewAccountForm(request, one, entities.all(), position, request.POST if sent else None)
            for position, one in enumerate(said)
            if entities.account_by_number(one["number"]) is None
        ]

    def validate(self) -> bool:
        """Whether all of them are right; each keeps its own errors."""
        checked = [form.validate() for form in (*self.forms, self.proof)]
        return all(checked)

    def problems(self) -> list[tuple[str, str, str]]:
        """(field id, label, message) of each error, for the summary."""
        return [problem for form in (*self.forms, self.proof) for problem in form.problems()]


def _holder(said: Mapping[str, str], entities: Sequence[LegalEntity]) -> LegalEntity:
    """The entity whose INN the file names, else the default one."""
    return next((entity for entity in entities if said["inn"] and entity.inn == said["inn"]), entities[0])
