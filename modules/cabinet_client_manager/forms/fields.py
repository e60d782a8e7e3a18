"""Fields and validators that several forms share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wtforms import StringField, ValidationError
from wtforms.validators import Length

from cabinet.contracts.money import exponent
from cabinet.requisites import Problem, compact
from cabinet_client_manager.services import checks
from cabinet_client_manager.texts import _

NO_CURRENCY = _("A currency has three capital letters, for example RUB.")


class Checked:
    """A validator made of a check of ``cabinet.requisites``; spaces in the number do not count."""

    def __init__(self, check: Callable[[str], Problem | None]) -> None:
        self._check = check

    def __call__(self, form: Any, field: Any) -> None:
        """Refuse what the check refuses."""
        problem = self._check(compact(field.data)) if field.data else None
        if problem:
            raise ValidationError(form.request.localizer.translate(problem.message))


class Address:
    """A validator of an e-mail address."""

    def __call__(self, form: Any, field: Any) -> None:
        """Refuse what no letter could reach."""
        if field.data and not checks.EMAIL.fullmatch(field.data.strip()):
            raise ValidationError(form.request.localizer.translate(_("This is no e-mail address.")))


def is_currency(text: str | None) -> bool:
    try:
        exponent((text or "").strip().upper())
    except ValueError:
        return False
    return True


def refuse_no_currency(form: Any, field: Any) -> None:
    """A code of ISO 4217."""
    if not is_currency(field.data):
        raise ValidationError(form.request.localizer.translate(NO_CURRENCY))


def text_field(label: str, length: int, *validators: Any, **kw: Any) -> StringField:
    return StringField(label, [*validators, Length(max=length)], **kw)
