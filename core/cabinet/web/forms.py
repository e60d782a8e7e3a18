"""Forms: WTForms with the product's language, messages and fields for what people really type."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from markupsafe import Markup
from pyramid.i18n import TranslationStringFactory
from wtforms import Form as WTForm
from wtforms import StringField, ValidationError
from wtforms.widgets import TextInput

from cabinet.contracts.money import Money
from cabinet.errors import DomainError
from cabinet.tables import parse_date, parse_decimal
from cabinet.texts import _

_wtforms = TranslationStringFactory("cabinet")


_FROM_REQUEST = object()


class _Translations:
    """WTForms' own messages, through our catalogue."""

    def __init__(self, localizer: Any) -> None:
        self._localizer = localizer

    def gettext(self, text: str) -> str:
        """One form."""
        translated: str = self._localizer.translate(_wtforms(text))
        return translated

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Singular or plural."""
        translated: str = self._localizer.pluralize(singular, plural, n, domain="cabinet")
        return translated


class Form(WTForm):  # type: ignore[misc]
    """Base of all forms. ``Form(request)`` reads a POST; ``Form(request, obj=…)`` fills in what is stored."""

    def __init__(self, request: Any, formdata: Any = _FROM_REQUEST, **kw: Any) -> None:
        """``formdata=None``: an empty form on the page that answers the POST of another one."""
        self.request = request
        self.form_errors: list[str] = []
        if formdata is _FROM_REQUEST:
            formdata = request.POST if request.method == "POST" else None
        meta = {"locales": [request.locale_name], "cache_translations": False, "fmt": request.fmt, "request": request}
        super().__init__(formdata, meta=meta, **kw)

    class Meta:
        """CSRF is the core's, for all forms alike."""

        csrf = False

        def get_translations(self, form: Any) -> Any:
            """The product's catalogue."""
            return _Translations(form.request.localizer)

    def submitted(self) -> bool:
        """Whether the form was sent and what stands in it is right. Where it is wrong, the page that shows it again is a 422."""
        if self.request.method != "POST":
            return False
        right = self.right()
        if not right:
            self.request.response.status_int = 422
        return right

    def right(self) -> bool:
        """Whether what was sent is right, each field having been asked. A form that holds others asks them, too."""
        return bool(self.validate())

    def refuse(self, message: Any, field: str | None = None) -> None:
        """Say no to what was sent: ``message`` stands at ``field``, or above the form; the page that shows it again is a 422."""
        self.request.response.status_int = 422
        text = self.request.localizer.translate(message)
        target = self._fields.get(field)
        if target is not None:
            target.errors = [*target.errors, text]
        else:
            self.form_errors = [*self.form_errors, text]

    @contextmanager
    def catching(self) -> Iterator[None]:
        """A rule that says no inside this block becomes a message of the form; check ``form.errors`` behind it.

        The transaction is doomed, so that half an act never stays.
        """
        try:
            yield
        except DomainError as error:
            self.request.tm.doom()
            self.refuse(error.message, error.details.get("field"))

    def problems(self) -> list[tuple[str, str, str]]:
        """(field id, label, message) of each error, in the order of the form: for the summary."""
        translate = self.request.localizer.translate
        found = [
            (field.id, translate(field.label.text), translate(message))
            for field in self
            for message in field.errors
            if isinstance(message, str)
        ]
        return [*found, *(("", "", translate(message)) for message in self.form_errors)]


class _TypedText(StringField):  # type: ignore[misc]
    """Text as typed, kept as typed on an error; ``data`` is the value it stands for."""

    process_errors: list[str]
    widget = TextInput()
    mode = "text"

    def parse(self, text: str) -> Any:
        """The value of non-empty ``text``; ValueError."""
        raise ValueError(text)

    def show(self, value: Any) -> str:
        """How a stored value is written into the field."""
        return str(value)

    wrong = _("This cannot be read.")

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.show(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed."""
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if text:
            try:
                self.data = self.parse(text)
            except ValueError:
                raise ValueError(self.wrong) from None

    def pre_validate(self, form: Any) -> None:
        """An error of reading is told in the reader's language."""
        if self.process_errors:
            self.process_errors = [form.request.localizer.translate(e) for e in self.process_errors]

    def __call__(self, **kwargs: Any) -> Markup:
        kwargs.setdefault("inputmode", self.mode)
        rendered: Markup = super().__call__(**kwargs)
        return rendered


class DecimalField(_TypedText):
    """A decimal number as people write it: ``1 234,50``."""

    mode = "decimal"
    wrong = _("Write a number, for example 1,234.50.")

    def parse(self, text: str) -> Decimal:
        """Spaces and commas are fine."""
        return parse_decimal(text)

    def show(self, value: Decimal) -> str:
        """As the reader's language writes it."""
        return str(self.meta.fmt.typed(value))


class MoneyField(DecimalField):
    """An amount; ``data`` is Money in ``currency``."""

    wrong = _("Write an amount, for example 1,234.50.")

    def __init__(self, *args: Any, currency: str = "RUB", **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.currency = currency

    def parse(self, text: str) -> Any:
        """Exact, with the decimals of the currency."""
        return Money.of(parse_decimal(text), self.currency)

    def show(self, value: Any) -> str:
        """Major units."""
        return str(self.meta.fmt.typed(value))


class DateField(_TypedText):
    """A calendar date as people write it: ``1.2.26``, ``01.02.2026`` or ISO."""

    mode = "numeric"
    wrong = _("Write a date, for example 01.02.2026.")

    def parse(self, text: str) -> datetime.date:
        """Day first."""
        return parse_date(text)

    def show(self, value: datetime.date) -> str:
        """dd.mm.yyyy."""
        return f"{value:%d.%m.%Y}"


class Requisite:
    """A validator made of a check of ``cabinet.requisites``: ``Requisite(check_inn)``."""

    def __init__(self, check: Any) -> None:
        self._check = check

    def __call__(self, form: Any, field: Any) -> None:
        if field.data:
            problem = self._check(field.data.strip())
            if problem:
                raise ValidationError(form.request.localizer.translate(problem))
