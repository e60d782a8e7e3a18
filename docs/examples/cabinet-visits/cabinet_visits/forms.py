"""What people type."""

from __future__ import annotations

from typing import Any

from cabinet.interfaces import IClientDirectory
from cabinet.web.forms import DateField, Form
from wtforms import StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length

from cabinet_visits.texts import _


class VisitForm(Form):
    """A new visit. ``client_id``: internal id of the client whose code was typed."""

    client = StringField(_("Client’s code"), [InputRequired(), Length(max=100)])
    subject = StringField(_("Work"), [InputRequired(), Length(max=200)])
    due = DateField(_("Day"))
    text = TextAreaField(_("Text"), [Length(max=10_000)])
    client_id: int = 0

    def validate_client(self, field: Any) -> None:
        """A client that we have."""
        found = self.request.find_service(IClientDirectory).by_external_id(field.data.strip())
        if found is None:
            raise ValidationError(self.request.localizer.translate(_("There is no client with this code.")))
        self.client_id = found.id
