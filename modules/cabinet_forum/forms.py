"""The forum's forms."""

from __future__ import annotations

from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from cabinet.web.audience import AudienceField
from cabinet.web.editor import RichTextField
from cabinet.web.forms import Form
from cabinet_forum.interfaces import POST
from cabinet_forum.telling import READ
from cabinet_forum.texts import _


class PostForm(Form):
    """A post."""

    text = RichTextField(_("Your answer"), [DataRequired()], kind=POST)


class TopicForm(Form):
    """A topic with its first post."""

    title = StringField(_("What it is about"), [DataRequired(), Length(max=200)])
    text = RichTextField(_("Text"), [DataRequired()], kind=POST)


class BoardForm(Form):
    """A board."""

    title = StringField(_("Name"), [DataRequired(), Length(max=120)])
    description = StringField(_("What it is for"), [Optional(), Length(max=500)])
    audience = AudienceField(_("Who sees it"), permission=READ, reaches=("clients", "chosen", "staff"))
    position = IntegerField(_("Place in the list"), [NumberRange(0, 1000)], default=0)


class ReasonForm(Form):
    """Why something goes."""

    reason = StringField(_("Reason"), [DataRequired(), Length(max=300)])


class MoveForm(Form):
    """Where a topic goes."""

    board = SelectField(_("Board"))
