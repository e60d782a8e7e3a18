"""The same lines invoiced to many clients at once. Amounts are integer minor units."""

from zope.interface import Interface

# ruff: noqa: N805 - zope.interface methods have no self


class IBulkIssues(Interface):
    """Bulk issues. Values: `bulk.values`; rows: `bulk.models.BulkIssue`."""

    def plan(data):
        """BulkPlan of BulkData: each invoice with its sum, and who is left out and why. Reads only.
        BulkError, InvoiceDataError, PeriodClosedError."""

    def recurring_items():
        """Ids of items of the price list that somebody is billed for by itself."""

    def ask(plan, *, public_id):
        """(BulkIssue, Job): a job issues what the plan shows. ``public_id``: of the form it was written in; ConflictError where that was
        sent already. BulkError where nobody is left."""

    def carry_out(bulk, *, progress=None):
        """Issue them all in this transaction, as the plan that was looked at says; nothing where they are issued already.
        BulkChangedError where it would be another plan by now."""

    def refuse(bulk, error):
        """Keep why nothing was issued."""

    def void(bulk, *, reason):
        """Void those of its invoices that stand; how many did. BulkStateError once money or an act stands upon one of them."""

    def find(public_id):
        """One BulkIssue, or None: all of its invoices must be within the scope."""

    def lately(limit=5):
        """The latest BulkIssue rows of the person who asks."""

    def paid(bulk):
        """How many of its invoices got money."""
