"""What is asked when an act, a waybill or a UPD is written over an invoice."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from wtforms import HiddenField, RadioField, StringField, ValidationError
from wtforms.validators import InputRequired, Length

from cabinet.web.forms import DateField, DecimalField, Form
from cabinet_finsystem.acts.values import ActPart, LineLeft
from cabinet_finsystem.texts import _
from cabinet_finsystem.views.figures import quantity
from cabinet_finsystem.views.states import ACT_KINDS

_PLACES = 3


class _Part(Form):
    """How much of one line."""

    quantity = DecimalField(_("Quantity"))

    def __init__(self, request: Any, left: LineLeft, **kw: Any) -> None:
        super().__init__(request, **kw)
        self.left = left

    def validate_quantity(self, field: Any) -> None:
        """Not below zero, nor more than is left, in thousandths."""
        if field.data is None:
            return
        if field.data < 0 or field.data != round(field.data, _PLACES):
            raise ValidationError(self.request.localizer.translate(_("The quantity cannot be so.")))
        if field.data > Decimal(self.left.left.quantity_milli).scaleb(-_PLACES):
            left = self.request.fmt.number(quantity(self.left.left.quantity_milli))
            raise ValidationError(
                self.request.localizer.translate(_("Only ${n} are left of this line.", mapping={"n": left}))
            )

    @property
    def milli(self) -> int:
        """What was typed, in thousandths; nothing typed is nothing taken."""
        return int((self.quantity.data or Decimal(0)).scaleb(_PLACES))


class ActForm(Form):
    """A document over an invoice. ``parts``: a form for each line of which something is left, filled with all of it.

    ``key``: its public id to be, so that a form sent twice makes one document.
    """

    kind = RadioField(_("Document"), [InputRequired()], choices=[])
    date = DateField(_("Date"), [InputRequired()])
    payment_documents = StringField(
        _("To payment documents"),
        [Length(max=300)],
        description=_("Line 5 of a UPD: number and date of the payment order"),
    )
    advances = StringField(
        _("To invoices for advances"),
        [Length(max=300)],
        description=_("Line 5b of a UPD: numbers and dates, parted by a semicolon"),
    )
    key = HiddenField()

    def __init__(self, request: Any, lines: Sequence[LineLeft], today: Any) -> None:
        super().__init__(request, data={"kind": "act", "date": today, "key": uuid.uuid4().hex})
        self.kind.choices = [(kind, request.localizer.translate(title)) for kind, title in ACT_KINDS.items()]
        self.parts = [
            _Part(request, one, prefix=f"part-{n}-", data={"quantity": quantity(one.left.quantity_milli)})
            for n, one in enumerate(lines)
            if one.left.quantity_milli
        ]

    def validate(self, extra_validators: Any = None) -> bool:
        """The form and all its lines."""
        right = [super().validate(extra_validators), *(part.validate() for part in self.parts)]
        return all(right)

    def problems(self) -> list[tuple[str, str, str]]:
        """Of the lines, too."""
        return [*super().problems(), *(problem for part in self.parts for problem in part.problems())]

    @property
    def public_id(self) -> uuid.UUID:
        """What ``key`` says; a new one where it says nothing."""
        try:
            return uuid.UUID(hex=self.key.data or "")
        except ValueError:
            return uuid.uuid4()

    @property
    def chosen(self) -> list[ActPart]:
        """What of the lines goes into the document."""
        return [ActPart(part.left.line.id, part.milli) for part in self.parts if part.milli]


class ManyActsForm(Form):
    """One document for the rest of each of the ticked invoices."""

    kind = RadioField(_("Document"), [InputRequired()], choices=[])
    date = DateField(_("Date"), [InputRequired()])

    def __init__(self, request: Any, today: Any) -> None:
        super().__init__(request, data={"kind": "act", "date": today})
        self.kind.choices = [(kind, request.localizer.translate(title)) for kind, title in ACT_KINDS.items()]
