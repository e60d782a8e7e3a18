"""A client, his contacts, a table of clients to load."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from cabinet.requisites import check_kpp, check_ogrn
from cabinet.texts import LANGUAGES
from cabinet.web.forms import Form
from cabinet_client_manager.forms.accounts import AccountForm, AccountLines
from cabinet_client_manager.forms.fields import Address, Checked, text_field
from cabinet_client_manager.interfaces import ClientFacts, ContactFacts
from cabinet_client_manager.services import checks
from cabinet_client_manager.texts import _

NOBODY = ""


class ClientForm(Form):
    """A client."""

    external_id = text_field(_("Code in other systems"), 100, Optional())
    name = text_field(_("Name"), 300, InputRequired(), description=_("Short, as people use it: ООО «Ромашка»"))
    full_name = text_field(_("Full legal name"), 500)
    inn = text_field(_("INN"), 20, Checked(checks.check_inn_of_any))
    kpp = text_field(_("KPP"), 15, Checked(check_kpp), description=_("Individuals and sole proprietors have none"))
    ogrn = text_field(_("OGRN or OGRNIP"), 20, Checked(check_ogrn))
    address = text_field(_("Registered address"), 500)
    postal_address = text_field(_("Postal address"), 500, description=_("If different"))
    email = text_field(_("E-mail"), 254, Address(), description=_("Invoices go here"))
    phone = text_field(_("Phone"), 100)
    manager = SelectField(_("Manager"), choices=[])
    language = SelectField(_("Language of documents"), choices=[])
    tags = text_field(_("Tags"), 400, description=_("Words to sort clients by, with commas between"))
    note = TextAreaField(_("Note"), [Length(max=4000)], description=_("The client does not see it"))

    def __init__(
        self, request: Any, managers: Sequence[Any], facts: ClientFacts | None = None, *, unassigned: bool = True
    ) -> None:
        super().__init__(request, data=_client_data(facts, managers) if facts else None)
        nobody = request.localizer.translate(_("nobody yet"))
        self.manager.choices = [
            *([SelectChoice(NOBODY, nobody)] if unassigned else []),
            *(SelectChoice(user.public_id.hex, user.name) for user in managers),
        ]
        self.language.choices = [SelectChoice(code, name) for code, name in LANGUAGES.items()]
        self._managers = {user.public_id.hex: user.id for user in managers}
        self.accounts = AccountLines(request, AccountForm, facts.accounts if facts else ())

    def right(self) -> bool:
        """All of it."""
        own = super().right()
        return self.accounts.validate() and own

    def problems(self) -> list[tuple[str, str, str]]:
        """Those of the accounts stand among them."""
        return [*super().problems(), *self.accounts.problems()]

    def facts(self) -> ClientFacts:
        """The client."""
        return ClientFacts(
            name=self.name.data,
            full_name=self.full_name.data or "",
            inn=self.inn.data or "",
            kpp=self.kpp.data or "",
            ogrn=self.ogrn.data or "",
            address=self.address.data or "",
            postal_address=self.postal_address.data or "",
            email=self.email.data or "",
            phone=self.phone.data or "",
            language=self.language.data,
            note=(self.note.data or "").replace("\r\n", "\n").strip(),
            manager_id=self._managers.get(self.manager.data),
            tags=tuple(tag.strip()[:40] for tag in (self.tags.data or "").split(",") if tag.strip()),
            accounts=tuple(line.facts() for line in self.accounts.filled),
        )


class ContactForm(Form):
    """A person of a client."""

    name = text_field(_("First and last name"), 200, InputRequired())
    position = text_field(_("Position"), 200)
    phone = text_field(_("Phone"), 100)
    email = text_field(_("E-mail"), 254, Address(), description=_("The name to sign in with, once access is given"))
    role = SelectField(_("In the cabinet"), [Optional()], choices=[], validate_choice=False)

    def offer_roles(self, roles: Sequence[Any]) -> None:
        """The roles (ClientRole) that a new contact may be let in as."""
        translate = self.request.localizer.translate
        self.role.choices = [SelectChoice(role.key, translate(role.title)) for role in roles]

    def facts(self) -> ContactFacts:
        """The contact."""
        return ContactFacts(**{name: self[name].data or "" for name in ("name", "position", "phone", "email")})


def _client_data(facts: ClientFacts, managers: Sequence[Any]) -> dict[str, Any]:
    chosen = next((user.public_id.hex for user in managers if user.id == facts.manager_id), NOBODY)
    values = {name: getattr(facts, name) for name in ClientFacts.__dataclass_fields__ if name != "accounts"}
    return {**values, "manager": chosen, "tags": ", ".join(facts.tags)}
