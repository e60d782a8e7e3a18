"""Corrections of invoices. Amounts are integer minor units."""

from cabinet_finsystem.interfaces.papers import IPaperBook, IPaperLetters

# ruff: noqa: N805 - zope.interface methods have no self


class ICorrectionBook(IPaperBook):
    """Documents that change what issued invoices ask for; how it all hangs together is told in `corrections`. Values:
    `corrections.values`; rows: `corrections.models.Correction`."""

    def draft(invoice, data, *, public_id=None):
        """A new draft over an issued invoice by CorrectionData; the Correction row. ``public_id``: of the form it was written in, which
        makes one correction however often it is sent: ConflictError. CorrectionDataError, CorrectionStateError."""

    def change(correction, data):
        """Rewrite a draft over the invoice as it stands now. CorrectionStateError once it is issued; CorrectionDataError."""

    def discard(correction):
        """Throw a draft away. CorrectionStateError once it is issued."""

    def issue(correction):
        """Number it, freeze it, post the difference where the invoice charges, and give back what of the money on the invoice is too
        much; the client is told. CorrectionStateError where the invoice was corrected meanwhile; CorrectionDataError where acts stand
        in the way; IncompleteRequisitesError, PeriodClosedError."""

    def void(correction, *, reason):
        """Withdraw the latest correction of its invoice: its charge is reversed on its date, or today where that is closed; its number
        stays used. Minor units that went back to the balance, where the invoice asks for less by it. CorrectionStateError."""

    def lines(invoice):
        """list of CurrentLine: each line of an invoice as corrections left it, and what its acts took."""

    def effect(invoice, data):
        """The Effect that a correction by CorrectionData would have; nothing is written. Errors of ``draft``."""

    def effect_of(correction):
        """The Effect that issuing a draft would have. Errors of ``issue``."""

    def void_effect(correction):
        """The Effect that voiding an issued one would have. CorrectionStateError."""

    def of_invoice(invoice_id):
        """list of Correction, in the order of issue, void ones among them, drafts last."""

    def invoice_of(correction):
        """The Invoice row that it corrects."""

    def found(words, limit, *, client_id=None):
        """list of (Correction, public id and number of its invoice) that a search names; of one client without drafts. One query."""


class ICorrectionLetters(IPaperLetters):
    """Corrections by mail."""
