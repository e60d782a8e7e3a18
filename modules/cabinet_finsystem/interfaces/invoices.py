"""Invoices, and the letters that carry them. Amounts are integer minor units unless said otherwise."""

from cabinet_finsystem.interfaces.papers import IPaperBook, IPaperLetters

# ruff: noqa: N805 - zope.interface methods have no self


class IInvoiceBook(IPaperBook):
    """Invoices: drafted, issued, paid, voided. Values: `invoicing.values`; rows: `invoicing.models.Invoice`."""

    def draft(data, *, public_id=None):
        """A new draft from InvoiceData (client, contract, dates, lines, text…); the Invoice row. Totals are computed.
        ``public_id``: of the form it was written in, which makes one invoice however often it is sent: ConflictError.
        InvoiceDataError, NotFoundError."""

    def change(invoice, data):
        """Rewrite a draft. InvoiceStateError once it is issued; InvoiceDataError, NumberTakenError."""

    def discard(invoice):
        """Throw a draft away. InvoiceStateError once it is issued."""

    def copy(invoice, *, date):
        """A new draft like it, of ``date``; a base rate of VAT becomes the one in force on that day."""

    def issue(invoice, *, number=None):
        """Number it, freeze it, post its charge; a job prints it. ``number``: taken as it is, and the sequence moves past it.
        InvoiceStateError, InvoiceDataError, NumberTakenError, IncompleteRequisitesError, PeriodClosedError."""

    def issue_many(invoices, *, tell=False):
        """The same for many, set by set, numbered in their order; each is printed when somebody first asks for it. ``tell``: the clients
        hear of each."""

    def void(invoice, *, reason):
        """Withdraw an issued invoice: money put onto it goes back to the client's balance, its charge is reversed, its number stays used.

        Returns the money that went back, in minor units. InvoiceStateError for a draft and for one that is void.
        """

    def listing(query, *, client_id=None, drafts=True, totals=True):
        """Page of Invoice rows, drafts among them or not. Search: number, texts, client. Filters: ``state`` (draft, issued,
        partly_paid, paid, void, open, overdue), ``client``, ``contract``, ``bulk`` (public ids), ``from``, ``to``.
        Sorts: date, due, number, total, open. ``totals`` of the page, where wanted: currency → ListTotals of all that the filters let
        through."""

    def named(query, *, totals=True):
        """The same as a Page of NamedInvoice: the client's public id and name with each."""

    def debts(client_id=None, *, on=None):
        """list of Debt: open invoices of a client or of all, the earliest due first, now or as they stood at the end of day ``on``."""

    def payable(client_ids=None):
        """Rows for matching, of all clients or some: a sequence of (id, client_id, number, date, due, total, open,
        currency, state, legal_entity_id), open ones and those closed lately, in a constant number of queries."""

    def settled(client_ids):
        """The same rows of all paid and void invoices of these clients, however old, in one query a thousand."""

    def many(invoice_ids):
        """list of Invoice with our side as it was frozen, the earliest due first, in one query a thousand."""

    def numbers(invoice_ids):
        """dict id → number of issued invoices, in one query a thousand."""

    def ids(public_ids):
        """dict public id → id, of those in scope."""


class IInvoiceLetters(IPaperLetters):
    """Invoices by mail."""
