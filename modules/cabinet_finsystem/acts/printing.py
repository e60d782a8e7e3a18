"""The paper of an act, a waybill or a UPD."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import select

from cabinet_finsystem.acts.models import Act
from cabinet_finsystem.errors import ActStateError
from cabinet_finsystem.interfaces import IActBook
from cabinet_finsystem.invoicing.models import Invoice
from cabinet_finsystem.papers.printing import PaperPrinter, file_name
from cabinet_finsystem.pdf.document import DeliveryDocument, DeliveryLine
from cabinet_finsystem.texts import _

_NAMES = {
    "ru": {"act": "Акт {number}.pdf", "waybill": "Накладная {number}.pdf", "upd": "УПД {number}.pdf"},
    "en": {"act": "Act {number}.pdf", "waybill": "Waybill {number}.pdf", "upd": "UTD {number}.pdf"},
}
_INVOICE = {"ru": "Счет № {number} от {day}", "en": "Invoice No. {number} dated {day}"}


class ActPrinter(PaperPrinter[Act]):
    """Prints acts."""

    model = Act
    book = IActBook

    def document(self, paper: Act) -> DeliveryDocument:
        """What the paper says."""
        return DeliveryDocument(
            **self._facts(paper),
            kind=paper.kind,
            lines=tuple(_printed_line(line) for line in paper.lines),
            net=paper.net,
            vat=paper.vat,
            invoice=self._invoice(paper),
            status=paper.status,
            payment_documents=paper.payment_documents,
            advances=paper.advances,
        )

    def file_name(self, paper: Act) -> str:
        """The name of its PDF for people."""
        return file_name(_NAMES.get(paper.language, _NAMES["en"])[paper.kind], paper.number)

    def is_draft(self, paper: Act) -> ActStateError:
        """A draft is not kept."""
        return ActStateError("act_draft", _("A draft is not kept: issue it first."), {"state": paper.state})

    def _print(self, paper: Act) -> bytes:
        from cabinet_finsystem.pdf.delivery import render_delivery

        return render_delivery(self.document(paper), self._press())

    def _invoice(self, act: Act) -> str:
        number, day = self._session.execute(
            select(Invoice.number, Invoice.date).where(Invoice.id == act.invoice_id)
        ).one()
        return _INVOICE.get(act.language, _INVOICE["en"]).format(number=number, day=f"{day:%d.%m.%Y}")


def _printed_line(line: Any) -> DeliveryLine:
    return DeliveryLine(
        number=line.position + 1,
        text=line.text,
        unit=line.unit,
        quantity=Decimal(line.quantity_milli).scaleb(-3),
        price=line.price,
        vat_rate=None if line.vat_rate is None else Decimal(line.vat_rate).scaleb(-2),
        net=line.net,
        vat=line.vat,
        total=line.total,
    )
