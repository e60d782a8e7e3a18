"""What finsystem offers to other modules and to its own pages. Amounts are integer minor units unless said otherwise."""

from zope.interface import Interface

# ruff: noqa: N805 - zope.interface methods have no self


class ILedger(Interface):
    """Writing to the double-entry ledger. Append-only: a mistake is answered by a reversal."""

    def post(entries):
        """Write a sequence of NewEntry in bulk; list of their ids in order. UnbalancedEntryError, PeriodClosedError,
        RepeatedFactError. Month tables and the hash chain are settled in the same transaction, at its end."""

    def reverse(entry_ids, *, text, date=None):
        """Negate each entry exactly; list of ids of the reversals. ``date`` None: each entry's own, or today where that is closed.
        AlreadyReversedError, EntryNotFoundError."""

    def closed_through():
        """The last closed day, or None."""

    def open_day(date):
        """``date``, or today where ``date`` is closed."""

    def close_through(date, *, reason):
        """Close all days up to ``date``. PeriodClosedError where they are closed already."""

    def reopen(through, *, reason):
        """Open all days after ``through`` (None: all). PeriodClosedError where nothing is closed there."""


class IBalances(Interface):
    """Reading balances and movements, within the session's client scope."""

    def account(ref, *, on=None, known_at=None):
        """Debit-positive balance of an AccountRef at the end of day ``on``, as known at the instant ``known_at``."""

    def client(client_id, currency, *, on=None, known_at=None):
        """Balance of a personal account; positive: we owe the client."""

    def clients(*, on=None):
        """list of ClientBalance of all clients in scope that ever had a movement."""

    def movements(client_id, currency, *, since=None, until=None, after=None, limit=None):
        """list of Movement of a personal account, oldest first; ``after``: (date, posting_id) of the last one of the page before."""


class IArticles(Interface):
    """The owner's tree of articles."""

    def seed(locale):
        """Make the default tree (``ru`` or ``en``) where there is none yet; also adds system articles that are missing."""

    def system_id(code):
        """Id of an article that the program itself uses: ``advances``, ``unsorted``, …"""


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

    def reverse(payment_ids, *, text):
        """Undo whole payments: their live allocations, then their entries. AlreadyReversedError."""

    def by_hand(*, client_id, date, minor, currency, text, bank_account_id=None, allocations=()):
        """A payment a person enters: cash, or another bank."""

    def find(public_id):
        """One Payment with its live allocations, or None; within the scope."""

    def listing(query, *, client_id=None):
        """Page of payments for lists (cabinet.db.paging.ListQuery)."""


class IInvoiceBook(Interface):
    """Invoices: drafted, issued, paid, voided."""

    def payable(client_ids=None):
        """Rows for matching, of all clients or some: a sequence of (id, client_id, number, date, due, total, open, currency, state),
        open ones and those closed lately, in a constant number of queries."""

    def draft(data):
        """A new draft from InvoiceData (client, contract, dates, lines, text…); the Invoice row. Totals are computed."""

    def change(invoice, data):
        """Rewrite a draft. InvoiceStateError once it is issued."""

    def issue(invoice, *, number=None):
        """Number it, freeze it, post its charge. InvoiceStateError, NumberTakenError, IncompleteRequisitesError."""

    def issue_many(invoices):
        """The same for many, set by set."""

    def void(invoice, *, reason):
        """Reverse its charge; the number stays used. InvoiceStateError while money is allocated to it."""

    def copy(invoice, *, date):
        """A new draft like it."""

    def find(public_id):
        """One Invoice with its lines, or None; within the scope."""

    def listing(query, *, client_id=None):
        """Page of invoices for lists, with totals by currency."""

    def document(invoice):
        """The InvoiceDocument that its PDF is made of."""

    def debts(client_id, *, on=None):
        """Open invoices of a client, the earliest due first."""


class IPnl(Interface):
    """Income and costs by article, for the head. What it needs of days is read from what happened, months from the month table."""

    def report(query):
        """Pnl for a ``reports.values.PnlQuery``. PeriodError where the period ends before it begins or makes too many columns."""

    def currency(query):
        """The one currency in which ``query`` is answered."""

    def currencies(basis):
        """Codes of all currencies in which there is anything to report."""


class IStatementDesk(Interface):
    """Where statements are handed in. `statements.desk.import_file` drives a whole import through it."""

    def receive(content, name, *, key=None):
        """Keep the bytes of a file before reading them; the StatementFile. Bytes that were imported before: that file again."""

    def plan(file, *, confirmed=False, progress=None):
        """FilePlan of a received file; nothing is written. StatementRefusedError."""

    def refuse(file, error):
        """Remember why a file was refused."""

    def show(file, plan):
        """Keep a plan for a person to look at."""

    def preview(file):
        """The Preview kept with a file. ConflictError where it was decided meanwhile."""

    def discard(file):
        """Call a loading off."""

    def write(file, plan):
        """Write a plan, all or nothing; the Statements. StalePlanError where the books changed since it was made."""

    def find(public_id):
        """The StatementFile with its statements, or None."""

    def listing(query):
        """Page of files."""


class IStatementQueue(Interface):
    """Lines that wait for a person, and every decision about a line, each of which can be undone."""

    def counts():
        """(all, in, out): how many lines wait."""

    def waiting(query):
        """Page of lines that wait; filter ``direction``: in or out; search in name and purpose."""

    def find(public_id):
        """One StatementLine, or None."""

    def credit(line, client_id, allocations, *, learn=False):
        """It is a client's payment (or a refund to him): book it, put it onto invoices; remember whose the account is with ``learn``."""

    def sort(line, article_id):
        """It is no client's money: book it on an article."""

    def transfer(line):
        """It went between our own accounts, or to and from the owners' pockets: no profit, no loss."""

    def undo(line):
        """Take the decision back: the line waits again."""

    def lines(query, *, statement_id=None, state=None):
        """Page of lines of a statement, or in a state."""
