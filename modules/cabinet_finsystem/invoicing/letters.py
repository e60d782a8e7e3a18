"""Sending an invoice by mail."""

from __future__ import annotations

from zope.interface import implementer

from cabinet_finsystem.errors import InvoiceStateError
from cabinet_finsystem.interfaces import IInvoiceBook, IInvoiceLetters
from cabinet_finsystem.invoicing.models import OPEN, PAID
from cabinet_finsystem.papers.letters import PaperLetters


@implementer(IInvoiceLetters)
class InvoiceLetters(PaperLetters):
    """Letters about invoices."""

    kind = "invoice"
    book = IInvoiceBook
    in_force = (*OPEN, PAID)
    refusal = InvoiceStateError
