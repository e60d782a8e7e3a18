"""The double-entry ledger: writing and reading. Amounts are integer minor units unless said otherwise."""

import datetime

from zope.interface import Interface

# ruff: noqa: N805 - zope.interface methods have no self


class ILedger(Interface):
    """Writing to the double-entry ledger. Append-only: a mistake is answered by a reversal."""

    def post(entries):
        """Write a sequence of NewEntry in bulk; list of their ids in order. UnbalancedEntryError, PeriodClosedError,
        RepeatedFactError. Month tables and the hash chain are settled in the same transaction, at its end."""

    def reverse(entry_ids, *, text=None, date=None, since=datetime.date.min):
        """Negate each entry exactly; list of ids of the reversals. ``text`` None: each entry's own. ``date`` None: each entry's own,
        or today where that is closed, but no day before ``since``.
        AlreadyReversedError, EntryNotFoundError."""

    def closed_through():
        """The last closed day, or None."""

    def open_day(date):
        """``date``, or today where ``date`` is closed."""

    def require_open(date):
        """Nothing where ``date`` lies in no closed period, else PeriodClosedError."""

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
