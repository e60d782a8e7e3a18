"""Sending an invoice by mail: the letter goes through the outbox, with the PDF that was issued."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zope.interface import implementer

from cabinet.interfaces import IAuditLog, IMailer
from cabinet.notify.mail import RenderedMail
from cabinet_finsystem.errors import InvoiceStateError
from cabinet_finsystem.interfaces import IInvoiceBook, IInvoiceLetters
from cabinet_finsystem.texts import _

ABOUT = "finsystem.invoice"
_SENT_STATES = frozenset({"issued", "partly_paid", "paid"})


@implementer(IInvoiceLetters)
class InvoiceLetters:
    """Letters about invoices, of one transaction."""

    def __init__(self, mailer: IMailer, audit: IAuditLog, invoices: IInvoiceBook) -> None:
        self._mailer = mailer
        self._audit = audit
        self._invoices = invoices

    @property
    def configured(self) -> bool:
        """Whether this site can send letters at all."""
        return bool(self._mailer.configured)

    def send(self, invoice: Any, *, to: str, letter: RenderedMail, page: str = "") -> None:
        """Queue ``letter`` with the invoice's PDF. InvoiceStateError for a draft or a void one; errors of IMailer.

        ``page``: path of the page that shows how it went: who sends it is told there when nobody took it.
        """
        if invoice.state not in _SENT_STATES:
            raise InvoiceStateError(
                "invoice_not_sent", _("Only an issued invoice can be sent."), {"state": invoice.state}
            )
        stored = self._invoices.pdf(invoice)
        mail = self._mailer.queue(
            to=to,
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
            about_kind=ABOUT,
            about_id=str(invoice.public_id),
            client_id=invoice.client_id,
            attachments=[stored],
            page=page,
        )
        self._audit.record(
            "finsystem.invoice.sent",
            kind="invoice",
            public_id=invoice.public_id,
            title=invoice.number,
            client_id=invoice.client_id,
            after={"to": mail.to_address},
        )

    def of(self, invoice: Any) -> Sequence[Any]:
        """Letters about an invoice, the newest first: OutgoingMail rows."""
        return self._mailer.about(ABOUT, str(invoice.public_id))  # type: ignore[no-any-return]


def invoice_letters_factory(_context: Any, request: Any) -> InvoiceLetters:
    """``IInvoiceLetters`` of a request."""
    return InvoiceLetters(
        request.find_service(IMailer), request.find_service(IAuditLog), request.find_service(IInvoiceBook)
    )
