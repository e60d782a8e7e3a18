"""What the books tell: results, debts, balances, the day's work. Amounts are integer minor units unless said otherwise."""

from zope.interface import Interface

# ruff: noqa: N805 - zope.interface methods have no self


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
        """Page of ClientAges. Sorts: name, overdue, total; filter ``manager``: public id of a user, or ``none``: who has no manager."""

    def managers(query, currency, on=None):
        """The same as a Page of ManagerAges: what clients of each manager owe together."""

    def clients(on=None):
        """list of ClientAges of all who owe, by name and currency."""

    def invoices(client_id, currency, on=None, part="", limit=100):
        """ClientInvoices: the open invoices of a client, of one age (a name of a part of Ages) or of all, the oldest first."""

    def latest(currency, limit):
        """list of ClientAges: those who owe most of what is overdue now."""

    def by_manager(currency):
        """dict id of a manager (None: of nobody's clients) → Ages, now."""

    def open_now(currency):
        """list of OpenDebt: what each client is to pay by each day. Asked of the database once a page."""


class IClientBalances(Interface):
    """Balances of all clients at once, at the end of day ``on`` (None: of all), as the books are or stood at the instant ``known_at``;
    positive: we owe the client."""

    def all(on=None, *, known_at=None):
        """list of BalanceRow of every client that ever had a movement, by name and currency; zero ones included."""

    def totals(on=None, *, known_at=None):
        """list of BalanceTotal, one a currency."""

    def page(query, currency, on=None, *, known_at=None):
        """Page of BalanceRow that are not zero. Sorts: name, balance; filter ``side``: ours (we owe) or theirs."""


class IOverview(Interface):
    """The head's first page. ``unit``: month, quarter or year; ``at``: a day of it, None for the last one that is over."""

    def period(unit, at=None):
        """The Period that is meant."""

    def result(unit, at=None):
        """Result of the period against the one before it, on cash basis, with twelve months up to its end."""

    def debts(currency, largest):
        """Debts of clients by age, and the ``largest`` late payers."""

    def managers(unit, at=None):
        """list of ManagerRow, the largest revenue first."""


class IOfficeWork(Interface):
    """What of the office's work there is: for its home page."""

    def now():
        """`reports.work.WorkNow`: whether anything was issued and loaded yet, how many drafts wait. One query a page."""
