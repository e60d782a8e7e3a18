"""The paper of an invoice: made once, kept by its hash, the same bytes ever after."""

from __future__ import annotations

import logging
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from cabinet.db.session import SAFE_METHODS, unit_of_work
from cabinet.interfaces import IFileStore
from cabinet_finsystem.errors import InvoiceStateError
from cabinet_finsystem.interfaces import IInvoiceBook
from cabinet_finsystem.invoicing.amounts import line_amounts, totals_by_rate
from cabinet_finsystem.invoicing.drafting import Drafter
from cabinet_finsystem.invoicing.models import DRAFT, VOID, Invoice, InvoiceLine
from cabinet_finsystem.invoicing.parties import (
    PICTURES,
    frozen_customer,
    frozen_issuer,
    payment_details,
    printed_customer,
    printed_issuer,
    signers,
)
from cabinet_finsystem.pdf.document import DocumentLine, InvoiceDocument, Pictures, VATTotal
from cabinet_finsystem.texts import _

if TYPE_CHECKING:
    from cabinet.pdf.press import PDFPress

log = logging.getLogger(__name__)

PDF = "application/pdf"
PRINT_ACTOR = "print"
_NAMES = {"ru": "Счет {number}.pdf", "en": "Invoice {number}.pdf"}


class InvoicePrinter:
    """Prints invoices. ``keep_later(invoice)`` keeps what was printed where this transaction may only read."""

    def __init__(
        self,
        session: Session,
        files: IFileStore,
        drafter: Drafter,
        press: Callable[[], PDFPress],
        keep_later: Callable[[Invoice], None],
    ) -> None:
        self._session = session
        self._files = files
        self._drafter = drafter
        self._press = press
        self._keep_later = keep_later

    def document(self, invoice: Invoice) -> InvoiceDocument:
        """What the paper says: of an issued invoice what was frozen, of a draft what is so today."""
        draft = invoice.state == DRAFT
        if draft:
            entity = self._drafter.entity(invoice.legal_entity_id)
            issuer = frozen_issuer(entity, invoice.currency)
            customer = frozen_customer(self._drafter.party(invoice.client_id))
        else:
            issuer, customer = invoice.issuer or {}, invoice.customer or {}
        return InvoiceDocument(
            number="" if draft else invoice.number or "",
            day=invoice.date,
            issuer=printed_issuer(issuer),
            payment=payment_details(issuer),
            signers=signers(issuer),
            customer=printed_customer(customer),
            currency=invoice.currency,
            lines=tuple(_printed_line(line, invoice) for line in invoice.lines),
            vat_totals=_vat_totals(invoice),
            total=invoice.total,
            due=invoice.due,
            basis=invoice.basis,
            terms=invoice.terms,
            language=invoice.language,
            vat_included=invoice.vat_included,
            draft=draft,
            void=invoice.state == VOID,
            pictures=self._pictures(issuer["pictures"], signed=not draft and invoice.state != VOID),
        )

    def keep(self, invoice: Invoice) -> Any:
        """The StoredFile of an issued invoice, printed now where it was not before. InvoiceStateError for a draft."""
        if invoice.state == DRAFT:
            raise InvoiceStateError(
                "invoice_draft", _("A draft is not kept: issue it first."), {"state": invoice.state}
            )
        statement = select(Invoice).options(undefer("*")).where(Invoice.id == invoice.id).with_for_update()
        invoice = self._session.scalars(statement.execution_options(populate_existing=True)).one()
        if invoice.pdf_file_id is not None:
            return self._files.get(invoice.pdf_file_id)
        stored = self._files.put(
            self._print(invoice),
            name=file_name(invoice),
            media_type=PDF,
            module="finsystem",
            client_id=invoice.client_id,
        )
        invoice.pdf_file_id = stored.id
        self._session.flush()
        return stored

    def content(self, invoice: Invoice) -> bytes:
        """The bytes of the PDF, without writing anything in this transaction.

        What is not kept yet is printed and kept once this request has ended: printing is exact, so they are the same bytes.
        A void invoice is printed with its mark each time; what was kept of it when it was in force stays as it was.
        """
        if invoice.state == VOID:
            return self._print(invoice)
        if invoice.pdf_file_id is not None and (stored := self._files.get(invoice.pdf_file_id)) is not None:
            kept: bytes = self._files.read(stored)
            return kept
        content = self._print(invoice)
        if invoice.state != DRAFT:
            self._keep_later(invoice)
        return content

    def _print(self, invoice: Invoice) -> bytes:
        from cabinet_finsystem.pdf.invoice import render_invoice

        return render_invoice(self.document(invoice), self._press())

    def _pictures(self, file_ids: dict[str, int | None], *, signed: bool) -> Pictures:
        wanted = PICTURES if signed else ("logo",)
        return Pictures(**{which: self._picture(file_ids.get(which)) for which in wanted})

    def _picture(self, file_id: int | None) -> bytes | None:
        stored = self._files.get(file_id) if file_id is not None else None
        content: bytes | None = self._files.read(stored) if stored is not None else None
        return content


def file_name(invoice: Invoice) -> str:
    """The name of its PDF for people."""
    template = _NAMES.get(invoice.language, _NAMES["en"])
    return template.format(number=(invoice.number or "").replace("/", "-").replace("\\", "-")).replace(" .pdf", ".pdf")


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


def printer_of(request: Any, drafter: Drafter) -> InvoicePrinter:
    """The printer of a request. Where its transaction may only read, what was printed is kept in one of its own, after it."""
    registry = request.registry

    def keep_later(invoice: Invoice) -> None:
        public_id, client_id = invoice.public_id, invoice.client_id

        def keep(_request: Any) -> None:
            try:
                with unit_of_work(registry, scope={client_id}, actor=PRINT_ACTOR) as other:
                    book = other.find_service(IInvoiceBook)
                    book.pdf(book.find(public_id))
            except Exception:
                log.exception("the PDF of invoice %s was not kept; it is printed again when it is asked for", public_id)

        request.add_finished_callback(keep)

    return InvoicePrinter(
        request.db,
        request.find_service(IFileStore),
        drafter,
        lambda: press_of(registry),
        keep_later if request.method in SAFE_METHODS else lambda _invoice: None,
    )


def press_of(registry: Any) -> PDFPress:
    """The site's press: fonts are costly to make ready, so there is one a process."""
    from cabinet.pdf.press import PDFPress

    if getattr(registry, "finsystem_press", None) is None:
        registry.finsystem_press = PDFPress()
    return registry.finsystem_press  # type: ignore[no-any-return]
