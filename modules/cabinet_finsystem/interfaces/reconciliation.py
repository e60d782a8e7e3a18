"""Acts of reconciliation: what both sides booked in a period, sent, disputed, agreed."""

from zope.interface import Interface

# ruff: noqa: N805 - zope.interface methods have no self


class IReconciliations(Interface):
    """Acts of the clients in scope. Amounts are debit-positive: what the client owes us."""

    def reckon(scope, since, until, *, known_at=None):
        """Reckoning of a period of a Scope, as the books have it, or had it at the instant ``known_at``. ReconciliationError."""

    def currencies(client_id):
        """In which the client has an account."""

    def legal_entities(client_id, currency):
        """Ids of our companies that anything on that account was booked for."""

    def send(scope, since, until):
        """Number it, freeze it, print it, tell the client's people; the Reconciliation. Acts of the same period and scope that nobody has
        agreed to are superseded. ReconciliationError, IncompleteRequisitesError."""

    def withdraw(act, *, reason):
        """It is no longer asked to be agreed to. ReconciliationStateError where it is agreed, withdrawn or superseded."""

    def restore(act):
        """Take a withdrawal back. ReconciliationStateError."""

    def dispute(act, *, row="", text, date=None, minor=None):
        """The client's Remark against a line (its key) or, with no row, of something missing. ReconciliationStateError,
        ReconciliationError."""

    def take_back(remark):
        """The client does not dispute it any longer. ReconciliationStateError where it was answered."""

    def answer(remark, *, text):
        """Answer a Remark; the client's people are told. ReconciliationStateError, ReconciliationError."""

    def reopen(remark):
        """Take an answer back: the Remark waits again. ReconciliationStateError."""

    def sign(act, *, digest):
        """The client agrees to the act with that digest, once. ReconciliationStateError, ReconciliationError."""

    def find(public_id):
        """Reconciliation with its remarks, within the scope, or None."""

    def remark(act, public_id):
        """Remark of an act, or None."""

    def listing(query, *, client_id=None):
        """Page of ActRow, with clients' names; filters ``state`` (open, disputed, agreed, withdrawn), ``client``."""

    def draft(reckoning, language):
        """The content of an act that nobody has sent, as `content` gives it; no number."""

    def print_draft(content):
        """Its PDF, without stamp and signature."""

    def of_client(client_id, limit):
        """The latest acts of a client."""

    def agreed_until(client_id, currency, contract_id=None):
        """The last day that an agreed act covers, or None."""

    def content(act):
        """What it says, as it was frozen."""

    def paper(act):
        """The bytes of its PDF."""

    def changes(act):
        """Changes: what the books say otherwise by now."""
