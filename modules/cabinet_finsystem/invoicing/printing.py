"""The paper of an invoice."""

from __future__ import annotations

from decimal import Decimal

from cabinet_finsystem.errors import InvoiceStateError
from cabinet_finsystem.interfaces import IInvoiceBook
from cabinet_finsystem.invoicing.amounts import line_amounts, totals_by_rate
from cabinet_finsystem.invoicing.models import Invoice, InvoiceLine
from cabinet_finsystem.papers.printing import PaperPrinter, file_name
from cabinet_finsystem.pdf.document import DocumentLine, InvoiceDocument, VATTotal
from cabinet_finsystem.texts import _

_NAMES = {"ru": "Счет {number}.pdf", "en": "Invoice {number}.pdf"}


class InvoicePrinter(PaperPrinter[Invoice]):
    """Prints invoices."""

    model = Invoice
    book = IInvoiceBook

    def document(self, paper: Invoice) -> InvoiceDocument:
        """What the paper says."""
        return InvoiceDocument(
            **self._facts(paper),
            lines=tuple(_printed_line(line, paper) for line in paper.lines),
            vat_totals=_vat_totals(paper),
            due=paper.due,
            terms=paper.terms,
        )

    def file_name(self, paper: Invoice) -> str:
        """The name of its PDF for people."""
        return file_name(_NAMES.get(paper.language, _NAMES["en"]), paper.number)

    def is_draft(self, paper: Invoice) -> InvoiceStateError:
        """A draft is not kept."""
        return InvoiceStateError("invoice_draft", _("A draft is not kept: issue it first."), {"state": paper.state})

    def _print(self, paper: Invoice) -> bytes:
        from cabinet_finsystem.pdf.invoice import render_invoice

        return render_invoice(self.document(paper), self._press())


def _printed_line(line: InvoiceLine, invoice: Invoice) -> DocumentLine:
    figures = line_amounts(
        line.quantity_milli,
        line.price,
        discount=line.discount,
        vat_rate=line.vat_rate,
        vat_included=invoice.vat_included,
    )
    return DocumentLine(
        number=line.position + 1,
        text=line.text,
        unit=line.unit,
        quantity=Decimal(line.quantity_milli).scaleb(-3),
        price=line.price,
        vat_rate=_per_cent(line.vat_rate),
        vat=line.vat,
        total=line.total,
        discount=figures.discount,
    )


def _vat_totals(invoice: Invoice) -> tuple[VATTotal, ...]:
    sums = totals_by_rate((line.vat_rate, line.net, line.vat) for line in invoice.lines)
    return tuple(VATTotal(_per_cent(part.rate), part.net, part.vat) for part in sums)


def _per_cent(hundredths: int | None) -> Decimal | None:
    return None if hundredths is None else Decimal(hundredths).scaleb(-2)
