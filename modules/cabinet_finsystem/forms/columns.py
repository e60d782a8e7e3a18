"""What the columns of a bank's table are, as a person says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from cabinet.contracts.parties import BankAccount
from cabinet.web.forms import Form
from cabinet_finsystem.statements.mappings import PROBLEMS
from cabinet_finsystem.statements.tables.inspecting import Inspection
from cabinet_finsystem.statements.tables.mapping import ROLES, ColumnMapping, fold
from cabinet_finsystem.statements.tables.proposing import cells_of
from cabinet_finsystem.statements.tables.words import STATUSES
from cabinet_finsystem.texts import _

ROLE_TITLES = {
    "date": _("Date of booking"),
    "started": _("Date of the operation"),
    "value_date": _("Value date"),
    "doc_date": _("Date of the document"),
    "amount": _("Amount"),
    "debit": _("Money out"),
    "credit": _("Money in"),
    "direction": _("In or out"),
    "fee": _("Fee, taken besides the amount"),
    "debit_fee": _("Fee of money out"),
    "currency": _("Currency"),
    "debit_currency": _("Currency of money out"),
    "credit_currency": _("Currency of money in"),
    "balance": _("Balance after the operation"),
    "status": _("State of the operation"),
    "own_account": _("Our account"),
    "name": _("Counterparty"),
    "inn": _("Counterparty: INN"),
    "kpp": _("Counterparty: KPP"),
    "account": _("Counterparty: account"),
    "bic": _("Counterparty: BIC"),
    "bank": _("Counterparty: bank"),
    "payer_name": _("Payer"),
    "payer_inn": _("Payer: INN"),
    "payer_kpp": _("Payer: KPP"),
    "payer_account": _("Payer: account"),
    "payer_bic": _("Payer: BIC"),
    "payer_bank": _("Payer: bank"),
    "payee_name": _("Payee"),
    "payee_inn": _("Payee: INN"),
    "payee_kpp": _("Payee: KPP"),
    "payee_account": _("Payee: account"),
    "payee_bic": _("Payee: BIC"),
    "payee_bank": _("Payee: bank"),
    "purpose": _("Purpose"),
    "doc_number": _("Document number"),
    "doc_kind": _("Kind of document"),
    "bank_ref": _("The bank’s own id"),
}
SIGN_TITLES = {
    "signed": _("A minus is money out"),
    "unsigned_out": _("Without a plus it is money out"),
    "negated": _("A minus is money in"),
}
ORDER_TITLES = {
    "": _("Tell by the column"),
    "dmy": _("Day, month, year"),
    "mdy": _("Month, day, year"),
}
STATUS_TITLES = {
    "": _("Ask about such rows"),
    "booked": _("Money that moved"),
    "pending": _("Not booked yet"),
    "info": _("No money"),
}


class ColumnsForm(Form):
    """Selects by the columns of one table; made by `columns_form`."""

    order = SelectField(_("If day and month are parted by slashes or dashes"), choices=[])
    signs = SelectField(_("Sign of the amount"), choices=[])

    columns: Sequence[str] = ()
    statuses: Mapping[str, str] = {}
    accounts: Mapping[str, str] = {}
    base: ColumnMapping

    def mapping(self) -> ColumnMapping:
        """What was said. A column whose role was left as it was keeps all that was known of it."""
        roles: dict[str, list[int]] = {}
        for role, places in self.base.columns.items():
            kept = [place for place in places if self._role(place) == self._shown(place)]
            if kept:
                roles[role] = kept
        for place in range(len(self.columns)):
            said = self._role(place)
            if said and said != self._shown(place):
                roles.setdefault(said, []).append(place)
        said_of_words = {word: self[name].data for word, name in self.statuses.items() if self[name].data}
        mapping = replace(
            self.base,
            columns={role: tuple(places) for role, places in roles.items()},
            order=self.order.data or "",
            signs=self.signs.data or "signed",
            fee=self.base.fee or ("minus" if "fee" in roles else ""),
            statuses={**self.base.statuses, **said_of_words},
        )
        return mapping if mapping == self.base else replace(mapping, preset="")

    def chosen(self) -> dict[str, str]:
        """Currency → number of our account."""
        return {currency: self[name].data for currency, name in self.accounts.items()}

    def right(self) -> bool:
        """Besides the fields: whether a statement can be made of it."""
        problems = self.mapping().problems()
        for problem in problems:
            self.refuse(PROBLEMS[problem])
        return super().right() and not problems

    def _role(self, place: int) -> str:
        return self[f"column_{place}"].data or ""

    def _shown(self, place: int) -> str:
        return shown_role(self.base, place)


def shown_role(mapping: ColumnMapping, place: int) -> str:
    """The role a column is shown with: the first of those it has."""
    return next((role for role in ROLES if place in mapping.columns.get(role, ())), "")


def columns_form(
    request: Any,
    seen: Inspection,
    accounts: Sequence[BankAccount] = (),
    needed: Sequence[str] = (),
    chosen: Mapping[str, str] | None = None,
) -> ColumnsForm:
    """The form of a table. ``accounts``: ours; ``needed``: currencies that the whole file is known to want an account for; ``chosen``:
    what was said of them before."""
    translate = request.localizer.translate
    roles = [SelectChoice("", translate(_("— leave out —")))]
    roles += [SelectChoice(role, translate(ROLE_TITLES[role])) for role in ROLES]
    fields: dict[str, Any] = {
        f"column_{place}": SelectField(name or str(place + 1), choices=roles) for place, name in enumerate(seen.header)
    }
    data = {f"column_{place}": shown_role(seen.mapping, place) for place in range(len(seen.header))}
    data |= {"order": seen.mapping.order, "signs": seen.mapping.signs}
    said = _made(request, seen, fields, data).mapping()
    words = {fold(cell): cell for cell in cells_of(said.columns.get("status", ()), seen.rows) if fold(cell)}
    unknown = [word for word in words if word not in STATUSES]
    statuses = {word: f"status_{n}" for n, word in enumerate(unknown[:_WORDS])}
    for word, name in statuses.items():
        fields[name] = SelectField(words[word], choices=_choices(request, STATUS_TITLES))
        data[name] = said.statuses.get(word, "")
    wanted = [] if said.problems() or not seen.rows else sorted({*seen.accountless(said), *needed})
    owners = {currency: f"account_{currency.lower()}" for currency in wanted}
    for currency, name in owners.items():
        ours = [one for one in accounts if not currency or one.currency == currency]
        title = _("Our account in ${currency}", mapping={"currency": currency}) if currency else _("Our account")
        offered = [SelectChoice(one.number, f"{one.number} {one.currency}") for one in ours]
        if len(offered) > 1:
            offered.insert(0, SelectChoice("", translate(_("— choose —"))))
        fields[name] = SelectField(translate(title), [InputRequired()], choices=offered)
        data[name] = (chosen or {}).get(currency, offered[0].value if offered else "")
    return _made(request, seen, fields, data, statuses, owners)


_WORDS = 20
"""Words of states that are asked about; a bank has a handful."""


def _made(
    request: Any,
    seen: Inspection,
    fields: Mapping[str, Any],
    data: Mapping[str, str],
    statuses: Mapping[str, str] | None = None,
    accounts: Mapping[str, str] | None = None,
) -> ColumnsForm:
    kept = {"columns": seen.header, "statuses": statuses or {}, "accounts": accounts or {}, "base": seen.mapping}
    form: ColumnsForm = type("TableColumnsForm", (ColumnsForm,), {**fields, **kept})(request, data=data)
    form.order.choices = _choices(request, ORDER_TITLES)
    form.signs.choices = _choices(request, SIGN_TITLES)
    return form


def _choices(request: Any, titles: Mapping[str, str]) -> list[SelectChoice]:
    return [SelectChoice(value, request.localizer.translate(title)) for value, title in titles.items()]
