"""What finsystem offers to other modules and to its own pages. Amounts are integer minor units unless said otherwise."""

from zope.interface import Attribute, Interface

# ruff: noqa: N805 - zope.interface methods have no self


class ILedger(Interface):
    """Writing to the double-entry ledger. Append-only: a mistake is answered by a reversal."""

    def post(entries):
        """Write a sequence of NewEntry in bulk; list of their ids in order. UnbalancedEntryError, PeriodClosedError,
        RepeatedFactError. Month tables and the hash chain are settled in the same transaction, at its end."""

    def reverse(entry_ids, *, text=None, date=None):
        """Negate each entry exactly; list of ids of the reversals. ``text`` None: each entry's own. ``date`` None: each entry's own,
        or today where that is closed.
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
    """The owner's tree of articles. Ids are internal."""

    def seed(locale):
        """Make the default tree (``ru`` or ``en``) where there is none yet; also adds system articles that are missing."""

    def system_id(code):
        """Id of an article that the program itself uses: ``advances``, ``unsorted``, … (`articles.defaults`). ArticleNotFoundError."""

    def tree(*, archived=False):
        """list of ArticleNode in the order of a report, each after its parent; one query."""

    def get(article_id):
        """ArticleNode. ArticleNotFoundError."""

    def by_public_id(public_id):
        """ArticleNode. ArticleNotFoundError."""

    def find_or_create(names):
        """(dict name as given → id, list of names made): income articles by name; an empty name is the article "Sales"."""

    def missing(names):
        """Names that ``find_or_create`` would make."""

    def create(parent_id, name):
        """A new ArticleNode, last under its parent. ArticleError."""

    def rename(article_id, name):
        """ArticleNode with another name. ArticleError."""

    def move(article_id, parent_id, position):
        """ArticleNode in another place, with all under it. ArticleError."""

    def archive(article_id):
        """Offer it no more. ArticleError where the program needs it, others stand under it or a rule sorts lines onto it."""

    def restore(article_id):
        """Offer it again. ArticleError."""

    def used(article_id):
        """Whether anything names it: money, an invoice, a bank line, a rule, another article under it. One query."""

    def remove(article_id):
        """Take away an article that nothing names. ArticleError where something does, or the program needs it."""

    def rules():
        """list of Rule, as they are asked."""


class IArticleRules(Interface):
    """Rules that give an article to bank lines which are no client's payment: the first that holds decides."""

    def all():
        """list of Rule, switched off ones too, in order."""

    def by_public_id(public_id, *, removed=False):
        """Rule, of those that are asked or of the removed ones. ArticleNotFoundError."""

    def removed():
        """list of Rule that are asked no more, the latest removed first."""

    def add(new):
        """The Rule made of a NewRule, asked last. ArticleError."""

    def change(rule_id, new):
        """The Rule with other conditions, in its place. ArticleError."""

    def remove(rule_id):
        """Ask it no more."""

    def restore(rule_id):
        """Ask a removed one again, where it stood. ArticleNotFoundError."""

    def move(rule_id, position):
        """Ask it as number ``position``, from 0."""

    def planned(new, *, replaces=None):
        """(list of Rule as they would be asked with a NewRule last or in the place of ``replaces``, id of the new one among them).
        ArticleError where it makes no sense. Nothing is changed."""

    def preview(lines, new, *, replaces=None):
        """list of RuleEffect: which of ``lines`` (`statements.matching.book.Line`) would go elsewhere with a NewRule added, in the place
        of ``replaces``, or (``new`` None) without that rule. Nothing is changed."""


class IRuleTrials(Interface):
    """Article rules against lines that are past. Reads only."""

    def sorted_lines():
        """dict rule id → how many lines stand where it put them; one query."""

    def try_on(new, *, replaces=None):
        """`statements.trial.RuleTrial` of a NewRule, last or in the place of rule ``replaces``: which of the latest lines that are no
        client's money it would have sorted. ArticleError where it makes no sense."""


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

    def reverse(payment_ids, *, text):
        """Undo whole payments: their live allocations, then their entries. AlreadyReversedError."""

    def by_hand(*, client_id, date, minor, currency, text, bank_account_id=None, allocations=(), key=""):
        """A payment a person enters: cash, or another bank. ``key``: sent twice, it books once: RepeatedFactError."""

    def opening(*, client_id, date, minor, currency, text=""):
        """What a client had with us when the books began: positive, we owe him. One a client and currency: RepeatedFactError."""

    def write_off(invoice, *, date, text):
        """Forgive what is left of an invoice, at our cost."""

    def get(payment_id, *, lock=False):
        """One Payment by internal id. PaymentNotFoundError."""

    def find(public_id):
        """One Payment with its live allocations, or None; within the scope."""

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


class IInvoiceBook(Interface):
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

    def issue_many(invoices):
        """The same for many, set by set, numbered in their order; each is printed when somebody first asks for it."""

    def void(invoice, *, reason):
        """Withdraw an issued invoice: money put onto it goes back to the client's balance, its charge is reversed, its number stays used.

        Returns the money that went back, in minor units. InvoiceStateError for a draft and for one that is void.
        """

    def find(public_id):
        """One Invoice with its lines, or None; within the scope."""

    def listing(query, *, client_id=None, drafts=True, totals=True):
        """Page of Invoice rows, drafts among them or not. Search: number, texts, client. Filters: ``state`` (draft, issued,
        partly_paid, paid, void, open, overdue), ``client``, ``contract`` (public ids), ``from``, ``to``. Sorts: date, due, number,
        total, open. ``totals`` of the page, where wanted: currency → ListTotals of all that the filters let through."""

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

    def document(invoice):
        """The InvoiceDocument that its PDF is made of; of an issued one from what was frozen."""

    def pdf(invoice):
        """The StoredFile of an issued invoice's PDF: printed once, kept for good. InvoiceStateError for a draft."""

    def pdf_content(invoice):
        """The bytes of its PDF, a draft's too, for a transaction that may only read: what is not kept yet is kept after it ended."""


class IInvoiceLetters(Interface):
    """Invoices by mail."""

    configured = Attribute("Whether this site can send letters at all.")

    def send(invoice, *, to, letter):
        """Queue a `cabinet.notify.mail.RenderedMail` with the PDF of an issued invoice. InvoiceStateError; errors of IMailer."""

    def of(invoice):
        """Letters about an invoice, the newest first: OutgoingMail rows with their delivery."""


class IClientMoney(Interface):
    """A client's money as pages show it. Reads only, in a constant number of queries, within the session's client scope."""

    def standing(client_id):
        """list of Standing, one a currency he has anything in, the largest debt first."""

    def revenue(client_id):
        """list of Revenue, one a currency: twelve months up to this one, and the twelve before."""

    def counts(client_id):
        """(invoices, payments) of a client, drafts among them."""

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

    def invoices(content, name, *, issue=False, dry_run=False, progress=None):
        """Rows of one ``external_id`` are lines of one invoice. Drafts that are there already are brought up to date, issued ones
        are left as they are with a warning; with ``issue`` all are issued, those without a number taking the next."""

    def balances(content, name, *, dry_run=False):
        """``client,currency,date,amount``; a positive amount is what we owe the client. The same balance again changes nothing."""


class IPnl(Interface):
    """Income and costs by article, for the head. What it needs of days is read from what happened, months from the month table."""

    def report(query):
        """Pnl for a ``reports.values.PnlQuery``. PeriodError where the period ends before it begins or makes too many columns."""

    def currency(query):
        """The one currency in which ``query`` is answered."""

    def currencies(basis):
        """Codes of all currencies in which there is anything to report."""


class ICells(Interface):
    """What stands behind a figure of the P&L."""

    def open(query, key, *, sort="-date", after="", size=50):
        """OpenedCell: the rows of the line ``key`` of a report over the days of a ``PnlQuery``; they sum to the cell exactly.
        ``sort``: date or amount, ``-`` before it for descending. NotFoundError for a line that no report has."""


class IReceivables(Interface):
    """What clients owe by open invoices, by age. ``on``: as it stood at the end of that day; None: now."""

    def totals(on=None):
        """list of Ages, one a currency in which anybody owes anything."""

    def page(query, currency, on=None):
        """Page of ClientAges. Sorts: name, overdue, total; filter ``manager``: public id of a user."""

    def clients(on=None):
        """list of ClientAges of all who owe, by name and currency."""

    def latest(currency, limit):
        """list of ClientAges: those who owe most of what is overdue now."""

    def by_manager(currency):
        """dict id of a manager (None: of nobody's clients) → ManagedDebts, now."""


class IOfficeWork(Interface):
    """What of the office's work there is: for its home page."""

    def now():
        """`reports.work.WorkNow`: whether anything was issued and loaded yet, how many drafts wait. One query a page."""


class IOverview(Interface):
    """The head's first page. ``unit``: month, quarter or year; ``at``: a day of it, None for the last one that is over."""

    def period(unit, at=None):
        """The Period that is meant."""

    def result(unit, at=None):
        """Result of the period against the one before it, on cash basis, with twelve months up to its end."""

    def money(currency):
        """MoneyNow on all accounts of ours."""

    def debts(currency, largest):
        """Debts of clients by age, and the ``largest`` late payers."""

    def expected(currency):
        """(in 7 days, in the 23 after them, later): what clients are to pay by open invoices that are not late."""

    def managers(unit, at=None):
        """list of ManagerRow, the largest revenue first."""


class IClientBalances(Interface):
    """Balances of all clients at once, at the end of day ``on`` (None: of all); positive: we owe the client."""

    def all(on=None):
        """list of BalanceRow of every client that ever had a movement, by name and currency; zero ones included."""

    def totals(on=None):
        """list of BalanceTotal, one a currency."""

    def page(query, currency, on=None):
        """Page of BalanceRow that are not zero. Sorts: name, balance; filter ``side``: ours (we owe) or theirs."""


class IStatementDesk(Interface):
    """Where statements are handed in. `statements.desk.import_file` drives a whole import through it."""

    def receive(content, name, *, key=None):
        """Keep the bytes of a file before reading them; the StatementFile. Bytes that were imported before: that file again."""

    def plan(file, *, confirmed=False, progress=None):
        """FilePlan of a received file; nothing is written. StatementRefusedError."""

    def refuse(file, error):
        """Remember why a file was refused."""

    def resume(file):
        """Let a file that was refused for its account be read once more. ConflictError where nothing of ours can mend it."""

    def show(file, plan):
        """Keep a plan for a person to look at."""

    def preview(file):
        """The Preview kept with a file. ConflictError where it was decided meanwhile."""

    def discard(file):
        """Call a loading off."""

    def release(file):
        """Apply what was held, since a person confirms. ConflictError where nothing is held."""

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


class IRematching(Interface):
    """Lines that wait for a person, matched anew. `statements.rematching.match_again` drives the whole of it."""

    def plan(*, progress=None):
        """RematchPlan of what waits now; nothing is written. Lines of held statements are no part of it."""

    def write(plan):
        """Write a plan whole; Rematched. What a person decided meanwhile stays; what he took back stays a question. StalePlanError."""
