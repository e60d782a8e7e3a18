"""A table of bank accounts inside another form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from cabinet.requisites import Problem, compact
from cabinet.web.forms import Form
from cabinet_client_manager.forms.fields import NO_CURRENCY, is_currency, text_field
from cabinet_client_manager.interfaces import AccountFacts, BankAccountFacts
from cabinet_client_manager.services import checks
from cabinet_client_manager.texts import _

_INDEX = re.compile(r"accounts-(\d{1,4})-number")
_MAX_ACCOUNTS = 50


class AccountForm(Form):
    """A bank account of a client, as a line of a table. A line without a number is no line."""

    number = text_field(_("Account number"), 45)
    bic = text_field(_("BIC"), 15)
    bank_name = text_field(_("Bank"), 200)

    @property
    def index(self) -> str:
        """Number of the line in the names of its fields."""
        return self._prefix.split("-")[1]  # type: ignore[no-any-return]

    @property
    def filled(self) -> bool:
        """Whether anything stands in the line."""
        return any((field.data or "").strip() for field in self)

    def validate(self, extra_validators: Any = None) -> bool:
        """Wrong numbers are refused, a key that does not agree is not: it is told after saving."""
        if not self.filled:
            return True
        fine: bool = super().validate(extra_validators)
        number, bic = compact(self.number.data or ""), compact(self.bic.data or "")
        for place, problem in self.wrong_numbers(number, bic):
            if not checks.only_warns(problem):
                self.refuse(problem.message, place)
                fine = False
        return fine

    def wrong_numbers(self, number: str, bic: str) -> Iterator[tuple[str, Problem]]:
        """(field, problem) of what stands in the line."""
        return checks.check_bank_account(number, bic)

    @property
    def warning(self) -> str:
        """What may be wrong with the account all the same; empty where nothing is."""
        number, bic = compact(self.number.data or ""), compact(self.bic.data or "")
        found = (p for _place, p in self.wrong_numbers(number, bic) if number and checks.only_warns(p))
        problem = next(found, None)
        return problem.message if problem else ""

    def facts(self) -> AccountFacts:
        """The account."""
        return AccountFacts(compact(self.number.data), compact(self.bic.data or ""), self.bank_name.data or "")


class OurAccountForm(AccountForm):
    """A bank account of ours."""

    correspondent_account = text_field(_("Correspondent account"), 25)
    currency = text_field(_("Currency"), 3, default="RUB")

    def wrong_numbers(self, number: str, bic: str) -> Iterator[tuple[str, Problem]]:
        """Abroad an account may have a number of its country's own."""
        return checks.check_own_account(number, bic, (self.currency.data or "").strip().upper())

    @property
    def filled(self) -> bool:
        """Whether anything stands in the line; the currency alone stands there by itself."""
        return any((f.data or "").strip() for f in (self.number, self.bic, self.bank_name, self.correspondent_account))

    def validate(self, extra_validators: Any = None) -> bool:
        """As of any account, and the bank's own one."""
        fine = super().validate(extra_validators)
        if not self.filled:
            return fine
        bic = compact(self.bic.data or "")
        problem = checks.check_correspondent(compact(self.correspondent_account.data or ""), bic)
        if problem and not checks.only_warns(problem):
            self.refuse(problem.message, "correspondent_account")
            fine = False
        if not is_currency(self.currency.data):
            self.refuse(NO_CURRENCY, "currency")
            fine = False
        return fine

    def our_facts(self, *, is_default: bool) -> BankAccountFacts:
        """The account as one of ours."""
        return BankAccountFacts(
            number=self.number.data,
            currency=(self.currency.data or "RUB").strip().upper(),
            bic=self.bic.data or "",
            bank_name=(self.bank_name.data or "").strip(),
            correspondent_account=self.correspondent_account.data or "",
            is_default=is_default,
        )


class AccountLines:
    """The lines of a table of accounts: those that were sent, or those that are stored, or an empty one to begin with.

    ``chosen``: index of the line that documents print.
    """

    def __init__(self, request: Any, form_class: type[AccountForm], stored: Sequence[Any] = ()) -> None:
        self.blank = form_class(request, formdata=None, prefix="accounts-__n__-")
        if request.method == "POST":
            found = (_INDEX.fullmatch(key) for key in request.POST)
            indexes = list(dict.fromkeys(match[1] for match in found if match))[:_MAX_ACCOUNTS]
            self.lines = [form_class(request, prefix=f"accounts-{n}-") for n in indexes]
            self.chosen = request.POST.get("default_account", "")
        else:
            rows = [*stored] or [None]
            self.lines = [form_class(request, prefix=f"accounts-{n}-", obj=row) for n, row in enumerate(rows)]
            defaults = (n for n, row in enumerate(rows) if getattr(row, "is_default", False))
            self.chosen = str(next(defaults, 0))

    def validate(self) -> bool:
        """Whether all lines are right; each keeps its own errors."""
        checked = [line.validate() for line in self.lines]
        return all(checked)

    @property
    def filled(self) -> list[Any]:
        """Lines that hold an account."""
        return [line for line in self.lines if line.filled]

    @property
    def warnings(self) -> list[str]:
        """What may be wrong with an account all the same."""
        return [line.warning for line in self.filled if line.warning]

    def problems(self) -> list[tuple[str, str, str]]:
        """(field id, label, message) of each error, for the summary."""
        return [problem for line in self.lines for problem in line.problems()]
