"""What forms with lines of an invoice have in common: all that is wrong is said at once, each at its line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cabinet.errors import DomainError
from cabinet.web.forms import Form
from cabinet_finsystem.forms.lines import InvoiceLines
from cabinet_finsystem.texts import _


class LinedForm(Form):
    """A form whose ``lines`` are forms of their own."""

    lines: InvoiceLines

    def submitted(self) -> bool:
        """Whether the form was sent and all of it is right; all that is wrong is said at once."""
        sent = super().submitted()
        fine = self.lines.validate() and sent
        if self.request.method == "POST" and not self.lines.filled:
            self.form_errors = [*self.form_errors, self.request.localizer.translate(_("Write at least one line."))]
            fine = False
        return fine

    @contextmanager
    def catching(self) -> Iterator[None]:
        """As of any form; what a service says of a line stands at that line."""
        with super().catching():
            try:
                yield
            except DomainError as error:
                place = self.lines.named(error.details.get("field"))
                if place is None:
                    raise
                self.request.tm.doom()
                line, name = place
                line.refuse(name, error.message)

    def problems(self) -> list[tuple[str, str, str]]:
        """Those of the lines stand behind those of the header, those of the whole at the end."""
        own = super().problems()
        return [*(p for p in own if p[0]), *self.lines.problems(), *(p for p in own if not p[0])]
