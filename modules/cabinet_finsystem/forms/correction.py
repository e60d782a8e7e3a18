"""What is asked when an issued invoice is corrected: each of its lines as it stands, to be written as it becomes."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length

from cabinet.contracts.money import to_decimal
from cabinet.errors import DomainError
from cabinet.web.forms import DateField, Form
from cabinet_finsystem.corrections.values import Became, CorrectionData, CurrentLine, LineState
from cabinet_finsystem.forms.invoice import short
from cabinet_finsystem.forms.lines import PIECES, LineForm, fits, rate_key
from cabinet_finsystem.invoicing.vat_rates import rates_on
from cabinet_finsystem.texts import _

_FIELD = re.compile(r"line-(\d+)-(quantity|price|discount|vat_rate)")


class BecameForm(LineForm):
    """What a line of the invoice becomes. ``current``: how it stands."""

    def __init__(
        self,
        request: Any,
        current: CurrentLine,
        *,
        currency: str,
        rates: Sequence[Decimal],
        becomes: LineState | None = None,
        formdata: Any = None,
    ) -> None:
        self.current = current
        state = becomes or current.now
        rate = None if state.vat_rate is None else Decimal(state.vat_rate).scaleb(-2)
        given = {} if formdata is None else {"formdata": formdata}
        super().__init__(
            request,
            currency=currency,
            rates=[*rates, *([] if rate is None else [rate])],
            prefix=f"line-{current.line.id}-",
            data={
                "quantity": short(Decimal(state.quantity_milli).scaleb(-3)),
                "price": to_decimal(state.price, currency),
                "discount": short(Decimal(state.discount).scaleb(-2)) if state.discount else None,
                "vat_rate": rate_key(rate),
            },
            **given,
        )
        for name in ("text", "unit", "article", "item"):
            del self[name]  # what is sold, and as what income, is the invoice's to say

    @property
    def filled(self) -> bool:
        """Every line of the invoice stands here."""
        return True

    def became(self) -> Became:
        """What was written, which must be right."""
        quantity: Any = self.quantity.data
        return Became(self.current.line.id, quantity, self.minor() or 0, self.discount.data or Decimal(0), self.rate)

    def _wrong_text(self) -> Iterator[tuple[str, Any]]:
        yield from ()

    def _wrong_quantity(self) -> Iterator[tuple[str, Any]]:
        quantity = self.quantity.data
        if quantity is None or quantity < 0:
            yield "quantity", _("Write how many; 0 takes the line out.")
        elif not fits(quantity, 3):
            yield "quantity", _("At most ${n} decimals are allowed.", mapping={"n": 3})
        elif not fits(quantity, 0) and self.current.line.unit.strip().rstrip(".").casefold() in PIECES:
            yield "quantity", _("Pieces are whole. If it is a part of a set, write another unit.")


class CorrectionForm(Form):
    """A correction being written. ``key``: its public id to be, so that a form sent twice makes one; ``going_on``: it is a draft."""

    date = DateField(_("Date"), [InputRequired()])
    reason = StringField(
        _("Why"),
        [InputRequired(), Length(max=500)],
        description=_("Printed on the correction: “Discount agreed on 3 March”, “Fewer pieces were delivered”"),
    )
    key = HiddenField()

    def __init__(
        self,
        request: Any,
        invoice: Any,
        current: Sequence[CurrentLine],
        today: Any,
        stored: Any = None,
        becomes: Mapping[int, LineState] | None = None,
    ) -> None:
        fresh = {"date": max(today, invoice.date), "key": uuid.uuid4().hex}
        super().__init__(request, data={"date": stored.date, "reason": stored.text} if stored else fresh)
        self.going_on = stored is not None
        self.lines = [
            BecameForm(
                request,
                one,
                currency=invoice.currency,
                rates=rates_on(invoice.date),
                becomes=(becomes or {}).get(one.line.id),
            )
            for one in current
        ]

    @property
    def public_id(self) -> uuid.UUID | None:
        """The id that the correction will have; None where the form came without one."""
        try:
            return uuid.UUID(hex=self.key.data or "")
        except ValueError:
            return None

    def right(self) -> bool:
        """All of it; all that is wrong is said at once."""
        own = super().right()
        fine = [line.validate() for line in self.lines]
        return all(fine) and own

    def correction_data(self, *, today: Any = None) -> CorrectionData:
        """The correction, whose lines must be right. ``today``: in place of a day that was not written yet."""
        day: Any = self.date.data or today
        return CorrectionData(day, self.reason.data or "", tuple(line.became() for line in self.lines))

    @contextmanager
    def catching(self) -> Iterator[None]:
        """As of any form; what the service says of a line stands at that line."""
        with super().catching():
            try:
                yield
            except DomainError as error:
                place = _FIELD.fullmatch(str(error.details.get("field")))
                line = next((one for one in self.lines if place and one.current.line.id == int(place[1])), None)
                if place is None or line is None:
                    raise
                self.request.tm.doom()
                line.refuse(error.message, place[2])

    def problems(self) -> list[tuple[str, str, str]]:
        """Of the lines, too."""
        return [*super().problems(), *(problem for line in self.lines for problem in line.problems())]
