"""What the books and the letters of all papers offer: invoices, acts, waybills, UPD."""

from zope.interface import Attribute, Interface

# ruff: noqa: N805 - zope.interface methods have no self


class IPaperBook(Interface):
    """Papers of one kind."""

    def find(public_id):
        """One with its lines, or None; within the scope."""

    def document(paper):
        """What its PDF is made of (`pdf.document`); of an issued one from what was frozen."""

    def pdf(paper):
        """The StoredFile of an issued one's PDF: printed once, kept for good. InvoiceStateError or ActStateError for a draft."""

    def pdf_content(paper):
        """The bytes of its PDF, a draft's too, for a transaction that may only read: what is not kept yet is kept after it ended."""


class IPaperLetters(Interface):
    """Papers of one kind by mail."""

    configured = Attribute("Whether this site can send letters at all.")

    def send(paper, *, to, letter, page=""):
        """Queue a `cabinet.notify.mail.RenderedMail` with the PDF of an issued one. InvoiceStateError or ActStateError; errors of IMailer.

        ``page``: path of the page that shows how it went, for whoever sends it by hand."""

    def of(paper):
        """Letters about it, the newest first: OutgoingMail rows with their delivery."""
