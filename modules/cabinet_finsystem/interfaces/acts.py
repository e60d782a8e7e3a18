"""Acts, waybills and UPD of invoices, and the letters that carry them. Amounts are integer minor units."""

from cabinet_finsystem.interfaces.papers import IPaperBook, IPaperLetters

# ruff: noqa: N805 - zope.interface methods have no self


class IActBook(IPaperBook):
    """Documents of what was rendered or handed over: drafted of an invoice, issued, voided. Values: `acts.values`; rows:
    `acts.models.Act`. Where acts charge (``invoice.charges == "act"``) an issued one posts the charge on its date, else nothing."""

    def draft_of(invoice, *, date, kind="act", parts=None, payment_documents="", advances="", public_id=None):
        """A new draft of ``kind`` (act, waybill, upd) over an issued invoice; the Act row. ``parts``: ActPart of its lines, None: all that
        is left. ``public_id``: of the form it was written in, which makes one document however often it is sent: ConflictError.
        ActDataError, InvoiceStateError."""

    def issue(act):
        """Number it, freeze it, post its charge where acts charge; a job prints it and the client is told. ActStateError;
        ActDataError where others took of the invoice what it wants; InvoiceStateError, IncompleteRequisitesError, PeriodClosedError."""

    def issue_rest(invoices, *, date, kind="act", tell=True):
        """One document for all that is left of each of ``invoices``, issued in their order; list of Act. Those of which nothing is
        left are passed over; each is printed when somebody first asks for it, the clients hear of it with ``tell``. Errors of
        ``issue``."""

    def discard(act):
        """Throw a draft away. ActStateError once it is issued."""

    def void(act, *, reason):
        """Withdraw an issued one: its charge is reversed on its date, or today where that is closed; its number stays used, and what it
        took of the invoice may be taken again. ActStateError."""

    def left(invoice):
        """list of LineLeft: each line of an invoice and what of it no issued document has taken."""

    def of_invoice(invoice_id):
        """list of Act over an invoice, the oldest first, drafts and void ones among them."""

    def invoice_of(act):
        """The Invoice row that an act is of."""

    def waiting(limit):
        """list of WaitingInvoice: issued invoices of which no document has taken all, the latest first; one query."""

    def charged(invoice_ids):
        """dict invoice id → what issued documents of it have charged; those that charged nothing are left out. One query a thousand."""

    def listing(query, *, client_id=None, drafts=True, totals=True):
        """Page of NamedAct. Search: number, texts, client, number of the invoice. Filters: ``state``, ``kind``, ``client``, ``invoice``
        (public ids), ``from``, ``to``. Sorts: date, number, total. ``totals`` of the page: currency → ActTotals."""


class IActLetters(IPaperLetters):
    """Acts by mail."""
