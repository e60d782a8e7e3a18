"""Services that are billed by themselves. Amounts are integer minor units."""

from zope.interface import Interface

# ruff: noqa: N805 - zope.interface methods have no self


class IRecurringServices(Interface):
    """Recurring services of contracts. Values: `recurring.values`; rows: `recurring.models`."""

    def add(data, *, public_id=None):
        """A new RecurringService from ServiceData. ``public_id``: of the form it was written in: ConflictError where it is kept already.
        RecurringError, NotFoundError."""

    def change(service, data):
        """Another text, quantity, discount, terms or end; what is billed stays, and so do prices and the first day. RecurringError."""

    def reprice(service, price, *, since):
        """Another price from a day on; None: as the price list says. RecurringError for a day whose period is billed."""

    def pause(service, *, since):
        """Serve nothing from a day on. RecurringError for a day whose period is billed."""

    def resume(service, *, since):
        """Serve again from a day on, at the price it had. RecurringError."""

    def find(public_id):
        """One RecurringService, or None; within the scope."""

    def of_contract(contract_id):
        """list of ServiceRow of a contract."""

    def rows(services):
        """list of ServiceRow of these RecurringService rows, in a constant number of queries."""

    def listing(query):
        """Page of ServiceRow. Search: text, client. Filters: ``state`` (active, paused, ended, stopped). Sorts: next, client."""

    def bills(service):
        """list of (RecurringBill, Invoice or None), the latest period first."""

    def due(until):
        """list of DueInvoice that are billed up to day ``until``, in order of their dates; each missed period with its own date."""

    def expected(currency, until):
        """list of `Expected`: what contracts in force bring by invoices that are made up to day ``until``, missed periods among them; a
        constant number of queries."""

    def bill(key, *, today):
        """The Invoice that `DueKey` names, drafted and, where wanted, issued; None where it is billed already or due no more.
        Errors of IInvoiceBook.issue."""

    def stopped(key, error, *, today):
        """Keep what kept an invoice from being made, and tell the manager of its client once."""

    def acts_due(today):
        """Ids of invoices whose acts are due."""

    def issue_acts(invoice_id, *, today):
        """Issue the act of an invoice whose period is over; how many were. Errors of IActBook.issue."""

    def again(bill):
        """Let a period be billed anew whose invoice is void or whose draft was thrown away. RecurringError."""

    def find_bill(public_id):
        """One RecurringBill, or None; within the scope."""
