"""Sending an invoice by mail."""

from __future__ import annotations

from typing import Any

from zope.interface import implementer

from cabinet_finsystem.errors import InvoiceStateError
from cabinet_finsystem.interfaces import IInvoiceBook, IInvoiceLetters
from cabinet_finsystem.invoicing.models import OPEN, PAID
from cabinet_finsystem.papers.letters import PaperLetters
from cabinet_finsystem.texts import _


@implementer(IInvoiceLetters)
class InvoiceLetters(PaperLetters):
    """Letters about invoices."""

    kind = "invoice"
    book = IInvoiceBook

    def require_issued(self, paper: Any) -> None:
        """InvoiceStateError."""
        if paper.state not in (*OPEN, PAID):
            raise InvoiceStateError(
                "invoice_not_sent", _("Only an issued invoice can be sent."), {"state": paper.state}
            )
