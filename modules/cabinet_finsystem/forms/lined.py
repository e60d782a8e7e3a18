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

    def right(self) -> bool:
        """All of it; all that is wrong is said at once."""
        own = super().right()
        if not self.lines.filled:
            self.refuse(_("Write at least one line."))
        return self.lines.validate() and own and bool(self.lines.filled)

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
                line.refuse(error.message, name)

    def problems(self) -> list[tuple[str, str, str]]:
        """Those of the lines stand behind those of the header, those of the whole at the end."""
        own = super().problems()
        return [*(p for p in own if p[0]), *self.lines.problems(), *(p for p in own if not p[0])]
