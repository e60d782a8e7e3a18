"""Payments by hand: entering one, an opening balance, putting free money onto invoices."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wtforms import HiddenField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from cabinet.contracts.clients import ClientParty
from cabinet.contracts.money import Money
from cabinet.contracts.parties import LegalEntity
from cabinet.tables import parse_decimal
from cabinet.web.forms import DateField, DecimalField, Form
from cabinet_finsystem.invoicing.values import Debt
from cabinet_finsystem.payments.values import NewAllocation
from cabinet_finsystem.texts import _

CASH, OLDEST, NOWHERE = "cash", "oldest", "free"
THEIRS, OURS = "theirs", "ours"


@dataclass(frozen=True, slots=True)
class PaymentChoices:
    """What the forms offer. ``debts``: of the chosen client; ``more``: there are other clients, found by typing."""

    clients: Sequence[ClientParty]
    more: bool
    debts: Sequence[Debt]
    entities: Sequence[LegalEntity]


class _ClientMoneyForm(Form):
    """An amount of one client on a day."""

    client = SelectField(_("Client"), [InputRequired()], choices=[])
    date = DateField(_("Date"), [InputRequired()])
    amount = DecimalField(_("Amount"), [InputRequired()])
    currency = SelectField(_("Currency"), choices=[])

    def __init__(self, request: Any, choices: PaymentChoices, **kw: Any) -> None:
        super().__init__(request, **kw)
        self.offered = choices
        self.client.choices = [
            SelectChoice("", request.localizer.translate(_("Choose a client"))),
            *(SelectChoice(party.public_id.hex, party.name) for party in choices.clients),
        ]
        ours = [choices.entities[0].currency, *(a.currency for e in choices.entities for a in e.accounts)]
        self.currency.choices = [SelectChoice(code, code) for code in dict.fromkeys(ours)]
        self.currency.data = self.currency.data or self.currency.choices[0].value

    @property
    def party(self) -> ClientParty | None:
        """The chosen client."""
        return next((p for p in self.offered.clients if p.public_id.hex == self.client.data), None)

    def validate_amount(self, field: Any) -> None:
        """More than nothing, with no more decimals than the currency knows."""
        if field.data is not None and (field.data <= 0 or self._money() is None):
            raise ValidationError(
                self.request.localizer.translate(_("Write an amount above zero, for example 1,234.50."))
            )

    def _money(self) -> Money | None:
        amount: Any = self.amount.data
        try:
            return Money.of(amount, self.currency.data)
        except ValueError:
            return None

    @property
    def minor(self) -> int:
        """The amount in minor units; the form must be right."""
        money = self._money()
        assert money is not None
        return money.minor

    @property
    def client_id(self) -> int:
        """The chosen client; the form must be right."""
        assert self.party is not None
        return self.party.client_id


class PaymentForm(_ClientMoneyForm):
    """A payment that no statement brings. ``key``: sent twice, it books once."""

    account = SelectField(_("Where it came"), choices=[])
    text = StringField(_("Text"), [Length(max=300)], description=_("As it will stand on the client's account"))
    onto = SelectField(_("Put it onto"), choices=[])
    key = HiddenField()

    def __init__(self, request: Any, choices: PaymentChoices, **kw: Any) -> None:
        super().__init__(request, choices, **kw)
        translate, fmt = request.localizer.translate, request.fmt
        self.account.choices = [
            SelectChoice(CASH, translate(_("Cash desk"))),
            *(
                SelectChoice(a.public_id.hex, " ".join(filter(None, (a.bank_name, f"…{a.number[-4:]}", a.currency))))
                for e in choices.entities
                for a in e.accounts
            ),
        ]
        self.onto.choices = [
            SelectChoice(OLDEST, translate(_("invoices due first"))),
            SelectChoice(NOWHERE, translate(_("no invoice, keep it free"))),
            *(SelectChoice(d.public_id.hex, f"{d.number}, {fmt.amount(d.open, d.currency)}") for d in choices.debts),
        ]
        if request.method == "GET":
            self.key.data = secrets.token_urlsafe(16)
            self.onto.data = self.onto.data or OLDEST

    def validate_account(self, _field: Any) -> None:
        """Roubles do not come into an account in euro."""
        account = self._account()
        if account is not None and account.currency != self.currency.data:
            raise ValidationError(self.request.localizer.translate(_("This account is in another currency.")))

    def _account(self) -> Any:
        accounts = (a for e in self.offered.entities for a in e.accounts)
        return next((a for a in accounts if a.public_id.hex == self.account.data), None)

    @property
    def bank_account_id(self) -> int | None:
        """Ours where the money came; None for the cash desk."""
        account = self._account()
        return None if account is None else int(account.id)

    def allocations(self) -> list[NewAllocation]:
        """What goes onto which invoice."""
        debts = [d for d in self.offered.debts if d.currency == self.currency.data]
        if self.onto.data != OLDEST:
            debts = [d for d in debts if d.public_id.hex == self.onto.data]
        return spread_over(self.minor, debts)


class OpeningForm(_ClientMoneyForm):
    """What a client had with us, or we with him, when the books began."""

    side = SelectField(_("Who owed"), choices=[])

    def __init__(self, request: Any, choices: PaymentChoices, **kw: Any) -> None:
        super().__init__(request, choices, **kw)
        translate = request.localizer.translate
        self.side.choices = [
            SelectChoice(THEIRS, translate(_("the client owed us"))),
            SelectChoice(OURS, translate(_("we owed the client"))),
        ]

    @property
    def signed(self) -> int:
        """Positive: we owe him."""
        return self.minor if self.side.data == OURS else -self.minor


class AllocateForm(Form):
    """Amounts beside the open invoices of a client, a field each."""

    def __init__(self, request: Any, debts: Sequence[Debt], free: int) -> None:
        super().__init__(request)
        self._debts = debts
        proposed = {a.invoice_id: a.minor for a in spread_over(free, debts)}
        self.rows = [(debt, self._typed(debt, proposed.get(debt.invoice_id, 0))) for debt in debts]
        self.wrong: dict[int, str] = {}

    def _typed(self, debt: Debt, proposed: int) -> str:
        if self.request.method == "POST":
            return str(self.request.POST.get(f"amount-{debt.public_id.hex}", "")).strip()
        return str(self.request.fmt.typed(Money(proposed, debt.currency))) if proposed else ""

    def allocations(self) -> list[NewAllocation]:
        """What was typed; ``wrong`` names what cannot be read, by invoice."""
        found = []
        for debt, text in self.rows:
            if not text:
                continue
            try:
                minor = Money.of(parse_decimal(text), debt.currency).minor
            except ValueError:
                minor = 0
            if minor <= 0:
                self.wrong[debt.invoice_id] = self.request.localizer.translate(
                    _("Write an amount above zero, for example 1,234.50.")
                )
            else:
                found.append(NewAllocation(debt.invoice_id, minor))
        return found


def spread_over(minor: int, debts: Sequence[Debt]) -> list[NewAllocation]:
    """``minor`` put onto ``debts`` in their order, as far as it goes."""
    found = []
    for debt in debts:
        part = min(minor, debt.open)
        if part > 0:
            found.append(NewAllocation(debt.invoice_id, part))
            minor -= part
    return found
