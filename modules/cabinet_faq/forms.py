"""What people type, checked field by field. CSRF and the language of messages are the core's."""

from __future__ import annotations

from typing import Any

from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length

from cabinet.audience.values import Audience
from cabinet.interfaces import IAudiences
from cabinet.web.audience import AudienceField
from cabinet.web.editor import RichTextField
from cabinet.web.forms import Form
from cabinet_faq.interfaces import KIND, READ, IFaq, QuestionFacts
from cabinet_faq.texts import _


class QuestionForm(Form):
    """A question with its answer."""

    question = StringField(_("Question"), [DataRequired(), Length(max=300)], description=_("As a client would ask it"))
    answer = RichTextField(_("Answer"), [DataRequired()], kind=KIND)
    group = SelectField(_("Group"))
    audience = AudienceField(_("Who sees it"), permission=READ)  # of those who may read at all, it counts the readers

    def __init__(self, request: Any, question: Any = None) -> None:
        stored: dict[str, Any] = {"audience": Audience("clients"), "group": request.GET.get("group")}
        if question is not None:
            audience = request.find_service(IAudiences).get(question.audience_id)
            stored = {"question": question.question, "answer": question.answer, "audience": audience}
            stored["group"] = question.group.public_id.hex
        self._groups = {group.public_id.hex: group for group in request.find_service(IFaq).groups()}
        super().__init__(request, data=stored)
        self.group.choices = [(key, group.title) for key, group in self._groups.items()]

    def facts(self) -> QuestionFacts:
        """What was typed, as the service takes it."""
        return QuestionFacts(
            self.question.data.strip(), self.answer.data or "", self._groups[self.group.data], self.audience.data
        )


class GroupForm(Form):
    """A group of questions."""

    title = StringField(_("Title of the group"), [DataRequired(), Length(max=100)])
