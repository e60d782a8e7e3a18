"""The paper of an act: made once, kept by its hash, the same bytes ever after."""

from __future__ import annotations

import logging
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from cabinet.db.session import SAFE_METHODS, unit_of_work
from cabinet.interfaces import IFileStore
from cabinet_finsystem.acts.models import DRAFT, VOID, Act
from cabinet_finsystem.errors import ActStateError
from cabinet_finsystem.interfaces import IActBook
from cabinet_finsystem.invoicing.drafting import Drafter
from cabinet_finsystem.invoicing.models import Invoice
from cabinet_finsystem.invoicing.parties import (
    PICTURES,
    frozen_customer,
    frozen_issuer,
    payment_details,
    printed_customer,
    printed_issuer,
    signers,
)
from cabinet_finsystem.invoicing.printing import PDF, PRINT_ACTOR, press_of
from cabinet_finsystem.pdf.document import DeliveryDocument, DeliveryLine, Pictures
from cabinet_finsystem.texts import _

if TYPE_CHECKING:
    from cabinet.pdf.press import PDFPress

log = logging.getLogger(__name__)

_NAMES = {
    "ru": {"act": "Акт {number}.pdf", "waybill": "Накладная {number}.pdf", "upd": "УПД {number}.pdf"},
    "en": {"act": "Act {number}.pdf", "waybill": "Waybill {number}.pdf", "upd": "UTD {number}.pdf"},
}
_INVOICE = {"ru": "Счет № {number} от {day}", "en": "Invoice No. {number} dated {day}"}


class ActPrinter:
    """Prints acts. ``keep_later(act)`` keeps what was printed where this transaction may only read."""

    def __init__(
        self,
        session: Session,
        files: IFileStore,
        drafter: Drafter,
        press: Callable[[], PDFPress],
        keep_later: Callable[[Act], None],
    ) -> None:
        self._session = session
        self._files = files
        self._drafter = drafter
        self._press = press
        self._keep_later = keep_later

    def document(self, act: Act) -> DeliveryDocument:
        """What the paper says: of an issued act what was frozen, of a draft what is so today."""
        draft = act.state == DRAFT
        if draft:
            issuer = frozen_issuer(self._drafter.entity(act.legal_entity_id), act.currency)
            customer = frozen_customer(self._drafter.party(act.client_id))
        else:
            issuer, customer = act.issuer or {}, act.customer or {}
        return DeliveryDocument(
            kind=act.kind,
            number="" if draft else act.number or "",
            day=act.date,
            issuer=printed_issuer(issuer),
            payment=payment_details(issuer),
            signers=signers(issuer),
            customer=printed_customer(customer),
            currency=act.currency,
            lines=tuple(_printed_line(line) for line in act.lines),
            net=act.net,
            vat=act.vat,
            total=act.total,
            invoice=self._invoice(act),
            basis=act.basis,
            language=act.language,
            vat_included=act.vat_included,
            status=act.status,
            payment_documents=act.payment_documents,
            advances=act.advances,
            draft=draft,
            void=act.state == VOID,
            pictures=self._pictures(issuer["pictures"], signed=act.state not in (DRAFT, VOID)),
        )

    def keep(self, act: Act) -> Any:
        """The StoredFile of an issued act, printed now where it was not before. ActStateError for a draft."""
        if act.state == DRAFT:
            raise ActStateError("act_draft", _("A draft is not kept: issue it first."), {"state": act.state})
        statement = select(Act).options(undefer("*")).where(Act.id == act.id).with_for_update()
        act = self._session.scalars(statement.execution_options(populate_existing=True)).one()
        if act.pdf_file_id is not None:
            return self._files.get(act.pdf_file_id)
        stored = self._files.put(
            self._print(act), name=file_name(act), media_type=PDF, module="finsystem", client_id=act.client_id
        )
        act.pdf_file_id = stored.id
        self._session.flush()
        return stored

    def content(self, act: Act) -> bytes:
        """The bytes of the PDF, without writing anything in this transaction; what is not kept yet is kept once this request ended.

        A void one is printed with its mark each time; what was kept of it when it was in force stays as it was.
        """
        if act.state == VOID:
            return self._print(act)
        if act.pdf_file_id is not None and (stored := self._files.get(act.pdf_file_id)) is not None:
            kept: bytes = self._files.read(stored)
            return kept
        content = self._print(act)
        if act.state != DRAFT:
            self._keep_later(act)
        return content

    def _print(self, act: Act) -> bytes:
        from cabinet_finsystem.pdf.delivery import render_delivery

        return render_delivery(self.document(act), self._press())

    def _invoice(self, act: Act) -> str:
        number, day = self._session.execute(
            select(Invoice.number, Invoice.date).where(Invoice.id == act.invoice_id)
        ).one()
        return _INVOICE.get(act.language, _INVOICE["en"]).format(number=number, day=f"{day:%d.%m.%Y}")

    def _pictures(self, file_ids: dict[str, int | None], *, signed: bool) -> Pictures:
        wanted = PICTURES if signed else ("logo",)
        return Pictures(**{which: self._picture(file_ids.get(which)) for which in wanted})

    def _picture(self, file_id: int | None) -> bytes | None:
        stored = self._files.get(file_id) if file_id is not None else None
        content: bytes | None = self._files.read(stored) if stored is not None else None
        return content


def file_name(act: Act) -> str:
    """The name of its PDF for people."""
    name = _NAMES.get(act.language, _NAMES["en"])[act.kind]
    return name.format(number=(act.number or "").replace("/", "-").replace("\\", "-")).replace(" .pdf", ".pdf")


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


def act_printer_of(request: Any, drafter: Drafter) -> ActPrinter:
    """The printer of a request. Where its transaction may only read, what was printed is kept in one of its own, after it."""
    registry = request.registry

    def keep_later(act: Act) -> None:
        public_id, client_id = act.public_id, act.client_id

        def keep(_request: Any) -> None:
            try:
                with unit_of_work(registry, scope={client_id}, actor=PRINT_ACTOR) as other:
                    book = other.find_service(IActBook)
                    book.pdf(book.find(public_id))
            except Exception:
                log.exception("the PDF of act %s was not kept; it is printed again when it is asked for", public_id)

        request.add_finished_callback(keep)

    return ActPrinter(
        request.db,
        request.find_service(IFileStore),
        drafter,
        lambda: press_of(registry),
        keep_later if request.method in SAFE_METHODS else lambda _act: None,
    )
