"""Closing a period and opening one again."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, PasswordField, StringField
from wtforms.validators import InputRequired, Length, Optional

from cabinet.web.forms import DateField, Form
from cabinet_finsystem.texts import _


class CloseForm(Form):
    """Through which day, and why. ``anyway``: what is unfinished was seen."""

    through = DateField(_("Close through"), [InputRequired()])
    reason = StringField(_("Why"), [InputRequired(), Length(max=500)], description=_("Stays in the history"))
    anyway = BooleanField(_("I have seen what is unfinished: close all the same"))

    def seen(self, unfinished: Any) -> bool:
        """Whether it may be closed; says at ``anyway`` what is asked where it may not."""
        if unfinished and not self.anyway.data:
            self.refuse(_("Look at what is unfinished, then tick this."), "anyway")
            return False
        return True


class ReopenForm(Form):
    """What stays closed, why the rest is opened, and the head's own password."""

    until = DateField(
        _("Stays closed through"), [Optional()], description=_("Empty: everything is opened"), id="reopen-until"
    )
    why = StringField(_("Why"), [InputRequired(), Length(max=500)], description=_("The owner is told"), id="reopen-why")
    own_password = PasswordField(
        _("Your own password"), [Length(max=1024)], description=_("To know that it is you."), id="reopen-password"
    )
