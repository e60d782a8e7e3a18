"""What is said of an act of reconciliation: against a line of it, of something missing, in answer, on taking it back."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from cabinet.web.forms import DateField, Form, MoneyField
from cabinet_finsystem.texts import _

DEBIT, CREDIT = "debit", "credit"


class RemarkForm(Form):
    """The client's words: against the line ``row``, or of something that is not there."""

    row = HiddenField()
    date = DateField(_("Date"), [Optional()])
    amount = MoneyField(_("Amount"), [Optional()])
    side = SelectField(_("What it is"), choices=[])
    text = TextAreaField(_("What is wrong"), [InputRequired(), Length(max=4000)])

    def __init__(self, request: Any, currency: str, **kw: Any) -> None:
        super().__init__(request, **kw)
        translate = request.localizer.translate
        self.amount.currency = currency
        self.side.choices = [
            SelectChoice(CREDIT, translate(_("our payment"))),
            SelectChoice(DEBIT, translate(_("your invoice or act"))),
        ]
        self.side.data = self.side.data or CREDIT

    @property
    def minor(self) -> int | None:
        """The sum, debit positive, or None where none was given."""
        if self.amount.data is None:
            return None
        return int(self.amount.data.minor) * (1 if self.side.data == DEBIT else -1)


class AnswerForm(Form):
    """What we answer."""

    text = TextAreaField(_("Answer"), [InputRequired(), Length(max=4000)])


class ReasonForm(Form):
    """Why it is withdrawn."""

    reason = StringField(_("Why"), [InputRequired(), Length(max=500)], description=_("Stays in the history"))
