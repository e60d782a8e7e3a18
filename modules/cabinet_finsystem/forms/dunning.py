"""A step of reminding."""

from __future__ import annotations

from typing import Any

from wtforms import IntegerField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange

from cabinet.notify.mail import reader
from cabinet.preferences import effective
from cabinet.texts import LANGUAGES
from cabinet.web.forms import Form
from cabinet_finsystem.dunning.values import LONGEST_TEXT, MOST_DAYS, StepData
from cabinet_finsystem.dunning.wording import usual
from cabinet_finsystem.texts import _

BEFORE, ON, AFTER = "before", "on", "after"
WHEN = {BEFORE: _("days before the due day"), ON: _("on the due day"), AFTER: _("days after the due day")}


class StepForm(Form):
    """When it tells, and its words by language; the usual words stand where there are none, and are not kept."""

    days = IntegerField(_("Days"), [InputRequired(), NumberRange(0, MOST_DAYS)])
    when = SelectField(_("When to remind"), choices=[])
    text_ru = TextAreaField(_("Words in Russian"), [Length(max=LONGEST_TEXT)])
    text_en = TextAreaField(_("Words in English"), [Length(max=LONGEST_TEXT)])

    def __init__(self, request: Any, step: Any = None) -> None:
        super().__init__(request, data=_stored(request, step))
        translate = request.localizer.translate
        self.when.choices = [SelectChoice(value, translate(title)) for value, title in WHEN.items()]

    def step_data(self) -> StepData:
        """What was written."""
        days = 0 if self.when.data == ON else abs(self.days.data or 0) * (-1 if self.when.data == BEFORE else 1)
        written = {
            language: (self[f"text_{language}"].data or "").replace("\r\n", "\n").strip() for language in LANGUAGES
        }
        kinds = {usual_words(self.request, language, sign) for language in LANGUAGES for sign in (-1, 0, 1)}
        return StepData(days, {language: text for language, text in written.items() if text not in kinds})


def usual_words(request: Any, language: str, days: int) -> str:
    """The words of a step that has none of its own."""
    _fmt, translate = reader(request, language, effective(request).site.timezone)
    return str(translate(usual(days)))


def _stored(request: Any, step: Any) -> dict[str, Any]:
    days = step.days if step is not None else 14
    own = step.texts if step is not None else {}
    return {
        "days": abs(days),
        "when": BEFORE if days < 0 else AFTER if days else ON,
        **{f"text_{language}": own.get(language) or usual_words(request, language, days) for language in LANGUAGES},
    }
