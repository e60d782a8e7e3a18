"""The paper of a correction."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import select

from cabinet_finsystem.corrections.models import Correction
from cabinet_finsystem.errors import CorrectionStateError
from cabinet_finsystem.interfaces import ICorrectionBook
from cabinet_finsystem.invoicing.models import Invoice
from cabinet_finsystem.papers.printing import PaperPrinter, file_name
from cabinet_finsystem.pdf.correction_words import correction_wording
from cabinet_finsystem.pdf.document import CorrectedLine, CorrectionDocument, LineSide
from cabinet_finsystem.texts import _

_NAMES = {"ru": "Корректировочный счет {number}.pdf", "en": "Correction invoice {number}.pdf"}


class CorrectionPrinter(PaperPrinter[Correction]):
    """Prints corrections."""

    model = Correction
    book = ICorrectionBook

    def document(self, paper: Correction) -> CorrectionDocument:
        """What the paper says."""
        number, day = self._session.execute(
            select(Invoice.number, Invoice.date).where(Invoice.id == paper.invoice_id)
        ).one()
        named = correction_wording(paper.language).of_invoice
        return CorrectionDocument(
            **self._facts(paper),
            lines=tuple(_printed_line(n, line) for n, line in enumerate(paper.lines, 1)),
            vat=paper.vat,
            invoice=named.format(number=number, day=f"{day:%d.%m.%Y}"),
            reason=paper.text,
            before=paper.before,
        )

    def file_name(self, paper: Correction) -> str:
        """The name of its PDF for people."""
        return file_name(_NAMES.get(paper.language, _NAMES["en"]), paper.number)

    def is_draft(self, paper: Correction) -> CorrectionStateError:
        """A draft is not kept."""
        return CorrectionStateError(
            "correction_draft", _("A draft is not kept: issue it first."), {"state": paper.state}
        )

    def _print(self, paper: Correction) -> bytes:
        from cabinet_finsystem.pdf.correction import render_correction

        return render_correction(self.document(paper), self._press())


def _printed_line(number: int, line: Any) -> CorrectedLine:
    return CorrectedLine(number, line.text, line.unit, _side(line, "was_"), _side(line, ""))


def _side(line: Any, prefix: str) -> LineSide:
    def of(name: str) -> Any:
        return getattr(line, f"{prefix}{name}")

    return LineSide(
        quantity=Decimal(of("quantity_milli")).scaleb(-3),
        price=of("price"),
        discount=Decimal(of("discount")).scaleb(-2),
        vat_rate=None if of("vat_rate") is None else Decimal(of("vat_rate")).scaleb(-2),
        vat=of("vat"),
        total=of("total"),
    )
