"""Write-offs of small differences. Amounts are integer minor units."""

from zope.interface import Interface

# ruff: noqa: N805 - zope.interface methods have no self


class IWriteOffs(Interface):
    """Rules of writing off, and what is written off by them. Values: `write_offs.values`; rows: `write_offs.models`."""

    def rules():
        """list of WriteOffRule by currency; a currency without one has never been arranged."""

    def rule(currency):
        """The WriteOffRule of a currency, or None."""

    def arrange(currency, data):
        """Make the rule of a currency (off), or change it, to RuleData; whether anything is other. WriteOffError."""

    def back(currency):
        """Give the rule what it was before it was changed last. WriteOffError."""

    def switch(currency, *, on):
        """Let it write off what is paid from now on, or nothing more. WriteOffError where there is no rule."""

    def leave_out(client_id):
        """Write off nothing of this client by itself."""

    def take_in(client_id):
        """Write off of him again, too."""

    def left_out(client_id):
        """Whether nothing of him is written off by itself."""

    def settle(payment_ids):
        """Write off what payments that were just booked left short or brought too much, where a rule says so by itself."""

    def waiting():
        """Ids of clients who may have rests that waited long enough, in one query and that of the rules."""

    def run(client_id, today):
        """Write off what has waited long enough of a client's invoices; how many."""

    def offered(invoice):
        """What a person may write off of an Invoice: its rest where the rule of its currency is on and allows it, else 0."""

    def offered_over(payment):
        """What a person may keep of a Payment: its free rest, likewise."""

    def write_off(invoice):
        """A person writes off the rest of an invoice, today: its Payment. WriteOffError, AllocationError."""

    def keep(payment):
        """A person keeps what a payment brought too much, today: the Payment of that. WriteOffError."""

    def of_invoice(invoice_id):
        """(WriteOff, Payment) that stand for an invoice."""

    def of_payment(payment_id):
        """(WriteOff, Payment) that stand after a payment, or are it."""

    def listing(query):
        """Page of WriteOffRow (cabinet.db.paging.ListQuery), the latest first. Filters: state, side, how, client, article, from, to."""

    def sums(query):
        """(all, by month, by client): three lists of WriteOffSum over what the filters of a list let through and stands."""
