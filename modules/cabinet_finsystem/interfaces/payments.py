"""Payments, a client's money as he sees it, books loaded from tables. Amounts are integer minor units unless said otherwise."""

from zope.interface import Interface

# ruff: noqa: N805 - zope.interface methods have no self


class IPayments(Interface):
    """Money of clients: booked, allocated to invoices, taken back. Every act can be undone by one that mirrors it."""

    def book(payments):
        """Book a sequence of NewPayment in bulk (an import brings ten thousand): one ledger entry each (bank or cash +, client −),
        then their allocations; list of payment ids in order. NewPayment: ``client_id, date, minor`` (positive: came in; negative: a
        refund that left), ``currency, legal_entity_id, bank_account_id`` (None: cash), ``text, contract_id, allocations``
        ((invoice_id, minor), …; their sum is at most ``minor``, the rest stays on the balance) and ``line_id`` of the statement line
        it comes from, or None by hand. AllocationError where an invoice is another client's, of another currency, not payable
        or owes less; nothing is written then."""

    def allocate(payment_id, allocations):
        """Put free money of a payment onto invoices: list of allocation ids. AllocationError."""

    def undo_allocation(allocation_id):
        """Take one allocation back; the ids of the others stay. Its cash P&L goes off on the payment's date, or today."""

    def release(invoice_id, *, text):
        """Take all money back from an invoice, and what was written off of it; minor units of the money that is free again."""

    def settlement(invoice_id, asked, nets, vat):
        """The Settlement (`payments.settling`) of the money on an invoice, were it to ask ``asked``: ``nets`` by article, and ``vat``."""

    def settling(invoice, plan, *, since, text):
        """Context manager around the change of what an Invoice asks: takes back what the Settlement ``plan`` says, then puts the rest
        again; nothing of it counts before day ``since``."""

    def reverse(payment_ids, *, text):
        """Undo whole payments: their live allocations, then their entries, under ``text`` (None: each its own). AlreadyReversedError.
        What was written off by itself after them goes with them; so it is wherever money is taken off an invoice."""

    def reverse_booked(payment_ids):
        """The same in bulk for those booked at once, each under its own text; whoever asks records the act. AlreadyReversedError."""

    def by_hand(*, client_id, date, minor, currency, text, bank_account_id=None, allocations=(), key=""):
        """A payment a person enters: cash, or another bank. ``key``: sent twice, it books once: RepeatedFactError."""

    def opening(*, client_id, date, minor, currency, text=""):
        """What a client had with us when the books began: positive, we owe him. One a client and currency: RepeatedFactError."""

    def write_off(invoice, *, date, text):
        """Forgive what is left of an invoice, however much, at our cost. By a rule: IWriteOffs."""

    def written_off(planned, text):
        """The Payment of a Planned write-off (`write_offs.values`) that is booked under ``text``. AllocationError."""

    def settle(payment_ids):
        """Write off what these payments left short or brought too much, where a rule says so by itself. ``by_hand`` and ``allocate``
        do so themselves; who calls ``book`` asks for it when all that came with the payments is written."""

    def get(payment_id, *, lock=False):
        """One Payment by internal id. PaymentNotFoundError."""

    def find(public_id):
        """One Payment with its live allocations, or None; within the scope."""

    def of_lines(line_ids):
        """dict of the id of a statement line → the Payments that stand for it: one, or those that it is split into."""

    def live_allocations(payment_ids):
        """Allocation rows that nobody took back, by id."""

    def paid_by(invoice_id):
        """(Allocation, Payment) of what pays an invoice, the oldest first."""

    def told(allocations, currency):
        """Allocations, new or stored, as the audit trail keeps them: dicts that name the invoice by its number, too."""

    def free_of(client_id, currency):
        """Money of a client that pays no invoice yet."""

    def listing(query, *, client_id=None, totals=True):
        """Page of payments for lists (cabinet.db.paging.ListQuery), with ``totals`` by currency where wanted."""


class IClientMoney(Interface):
    """A client's money as pages show it. Reads only, in a constant number of queries, within the session's client scope."""

    def standing(client_id):
        """list of Standing, one a currency he has anything in, the largest debt first."""

    def revenue(client_id):
        """list of Revenue, one a currency: twelve months up to this one, and the twelve before."""

    def counts(client_id):
        """(invoices, payments, acts) of a client, drafts among them."""

    def names(client_ids):
        """dict client id → (public id, name) of those in scope, in one query a thousand."""

    def parts(payment_ids):
        """dict payment id → list of Part: onto which invoices each payment was put."""

    def account(client_id, currency, *, since=None, until=None, after="", size=50):
        """AccountPage of the personal account, the newest first; ``after``: cursor of the page before; ``size`` 0: all lines."""

    def recent(client_id, currency, limit):
        """list of AccountLine: the last movements, the newest first, their balance not counted."""


class IBookImports(Interface):
    """Tables of invoices and of opening balances, taken in as a whole or not at all. Both answer with an ImportReport of
    ``cabinet.tables``; ``content``: bytes of CSV or XLSX called ``name``. TableError of ``cabinet.tables`` where it is no table."""

    def invoices(content, name, *, issue=False, tell=False, dry_run=False, progress=None):
        """Rows of one ``external_id`` are lines of one invoice. Drafts that are there already are brought up to date, issued ones
        are left as they are with a warning; with ``issue`` all are issued, those without a number taking the next. With
        ``tell`` besides the clients hear of each; the report says how many letters that makes."""

    def balances(content, name, *, dry_run=False):
        """``client,currency,date,amount``; a positive amount is what we owe the client. The same balance again changes nothing."""
